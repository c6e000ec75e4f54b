import { type HttpRequest, type HttpResponse, queryValue } from '../../../world/network/http.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import type { Connector, ExecOptions } from '../connector.ts';
import { at, isRecord, type Stored } from '../object.ts';
import type { Resource } from '../resource.ts';
import { response } from '../response.ts';
import type { ApiRequest, ApiServer } from '../server.ts';

/** The subresources that go on to the kubelet. kubernetes: pkg/registry/core/pod/strategy.go LogLocation, streamLocation */
export function podLogs(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { http, info } = request;
  const pod = server.registry.get(resource, info.namespace, info.name);
  const container = containerOf(pod, queryValue(http, 'container') ?? '');
  const tailLines = numberOf(http, 'tailLines');
  const sinceSeconds = numberOf(http, 'sinceSeconds');
  const limitBytes = numberOf(http, 'limitBytes');
  const sinceTime = queryValue(http, 'sinceTime');
  if (nodeOf(pod) === '') return response(200, { kind: 'bytes', bytes: new Uint8Array(0) }, 'text/plain');
  const items = connector(server).logs(pod, {
    container,
    follow: flag(http, 'follow'),
    previous: flag(http, 'previous'),
    timestamps: flag(http, 'timestamps'),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceTime === undefined ? {} : { sinceTime }),
  });
  return response(200, { kind: 'stream', items }, 'text/plain');
}

export function execPod(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { http, info } = request;
  const pod = server.registry.get(resource, info.namespace, info.name);
  const options = execOptions(http, containerOf(pod, queryValue(http, 'container') ?? ''));
  if (options.command.length === 0)
    throw StatusError.badRequest('you must specify at least one command for the container');
  mustBeScheduled(pod);
  return response(101, { kind: 'upgrade', session: connector(server).exec(pod, options) });
}

export function attachPod(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { http, info } = request;
  const pod = server.registry.get(resource, info.namespace, info.name);
  const options = execOptions(http, containerOf(pod, queryValue(http, 'container') ?? ''));
  mustBeScheduled(pod);
  return response(101, { kind: 'upgrade', session: connector(server).attach(pod, options) });
}

export function portForwardPod(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info } = request;
  const pod = server.registry.get(resource, info.namespace, info.name);
  mustBeScheduled(pod);
  return response(101, { kind: 'tunnel', tunnel: connector(server).portForward(pod) });
}

function connector(server: ApiServer): Connector {
  if (!server.connector) throw StatusError.internal('no kubelet can be reached');
  return server.connector;
}

function mustBeScheduled(pod: Stored): void {
  if (nodeOf(pod) === '') throw StatusError.badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
}

function nodeOf(pod: Stored): string {
  const name = at(pod, 'spec', 'nodeName');
  return typeof name === 'string' ? name : '';
}

function execOptions(http: HttpRequest, container: string): ExecOptions {
  return {
    container,
    command: http.query.filter(([key]) => key === 'command').map(([, value]) => value),
    stdin: flag(http, 'stdin'),
    stdout: flag(http, 'stdout'),
    stderr: flag(http, 'stderr'),
    tty: flag(http, 'tty'),
  };
}

function flag(http: HttpRequest, name: string): boolean {
  const value = queryValue(http, name);
  return value !== undefined && value !== 'false' && value !== '0';
}

function numberOf(http: HttpRequest, name: string): number | undefined {
  const value = queryValue(http, name);
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** The container a request means: the one named, or the only one. kubernetes: validateContainer */
function containerOf(pod: Stored, wanted: string): string {
  const names = (field: string) => {
    const list = at(pod, 'spec', field);
    return (Array.isArray(list) ? list : []).filter(isRecord).map((container) => String(container['name']));
  };
  const containers = names('containers');
  const init = names('initContainers');
  const ephemeral = names('ephemeralContainers');
  const { name } = pod.metadata;
  if (wanted === '') {
    if (containers.length === 1) return containers[0] ?? '';
    if (containers.length === 0) throw StatusError.badRequest(`a container name must be specified for pod ${name}`);
    const choice = `choose one of: [${containers.join(' ')}]`;
    const more = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : '';
    throw StatusError.badRequest(`a container name must be specified for pod ${name}, ${choice}${more}`);
  }
  if ([...containers, ...init, ...ephemeral].includes(wanted)) return wanted;
  throw StatusError.badRequest(`container ${wanted} is not valid for pod ${name}`);
}

import type { HttpResponse } from '../../../world/network/http.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { at, isRecord, type Stored } from '../object.ts';
import type { Resource } from '../resource.ts';
import { response } from '../response.ts';
import type { ApiRequest, ApiServer } from '../server.ts';

const KUBELET_PORT = 10250;

/** `https:web:80` taken apart. kubernetes: apimachinery/pkg/util/net/port_split.go SplitSchemeNamePort */
interface Target {
  readonly tls: boolean;
  readonly name: string;
  readonly port: string;
}

/** The proxy of pods, services and nodes: finds where the request goes. Raises StatusError. kubernetes: pkg/registry/core/{pod,service,node}/… ResourceLocation */
export function proxyTo(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info, http } = request;
  const target = targetOf(info.name);
  if (!target) throw StatusError.badRequest(`invalid ${resource.kind.toLowerCase()} request "${info.name}"`);
  const object = server.registry.get(resource, info.namespace, target.name);
  const marker = `/${info.name}/proxy`;
  const path = http.path.slice(http.path.indexOf(marker) + marker.length);
  if (path === '') return redirect(`${http.path}/`);
  const place = LOCATIONS[resource.plural]?.(server, object, target);
  if (!place) throw StatusError.noSuchPath();
  const kubelet = resource.plural === 'nodes' && place.port === KUBELET_PORT;
  return response(200, { kind: 'elsewhere', place: { ...place, path, tls: target.tls || kubelet, kubelet } });
}

function targetOf(word: string): Target | undefined {
  const parts = word.split(':');
  const [one = '', two = '', three = ''] = parts;
  if (parts.length === 1) return { tls: false, name: one, port: '' };
  if (parts.length === 2) return { tls: false, name: one, port: two };
  if (parts.length > 3 || (one !== 'http' && one !== 'https' && one !== '')) return undefined;
  return { tls: one === 'https', name: two, port: three };
}

function redirect(location: string): HttpResponse {
  return { status: 301, headers: new Map([['location', location]]), body: { kind: 'bytes', bytes: new Uint8Array(0) } };
}

type Location = (server: ApiServer, object: Stored, target: Target) => { address: string; port: number };

const LOCATIONS: Readonly<Record<string, Location>> = {
  pods: (_server, pod, { port }) => {
    const address = at(pod, 'status', 'podIP');
    if (typeof address !== 'string' || address === '') throw StatusError.badRequest('address not allowed');
    return { address, port: port === '' ? firstPort(pod) : namedPort(pod, port) };
  },
  services: (server, service, target) => serviceLocation(server, service, target),
  nodes: (_server, node, { port }) => {
    const addresses = records(at(node, 'status', 'addresses'));
    const internal = addresses.find((one) => one['type'] === 'InternalIP');
    return { address: String(internal?.['address'] ?? ''), port: port === '' ? KUBELET_PORT : Number(port) };
  },
};

/** Numbers as they are, names quoted. */
function shownPort(port: string): string {
  return /^\d+$/.test(port) ? port : JSON.stringify(port);
}

/** An endpoint of the Service, by chance. kubernetes: pkg/registry/core/service/storage/storage.go ResourceLocation */
function serviceLocation(server: ApiServer, service: Stored, target: Target): { address: string; port: number } {
  const { name, namespace = '' } = service.metadata;
  const unavailable = (message: string) => new StatusError({ code: 503, reason: 'ServiceUnavailable', message });
  const ports = records(at(service, 'spec', 'ports'));
  const wanted = ports.find((one) => String(one['port']) === target.port || one['name'] === target.port);
  if (target.port !== '' && !wanted)
    throw unavailable(`no service port ${shownPort(target.port)} found for service ${JSON.stringify(name)}`);
  // Who names no port means the one without a name.
  const portName = String(wanted?.['name'] ?? '');
  const endpoints = server.registry.find(server.resources.need('', 'v1', 'endpoints'), namespace, name);
  const found = records(at(endpoints, 'subsets')).flatMap((subset) => {
    const port = records(subset['ports']).find((one) => String(one['name'] ?? '') === portName);
    return port
      ? records(subset['addresses']).map(({ ip }) => ({ address: String(ip), port: Number(port['port']) }))
      : [];
  });
  const chosen = found[server.world.random.integer(Math.max(1, found.length))];
  if (!chosen) throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  return chosen;
}

function firstPort(pod: Stored): number {
  for (const container of records(at(pod, 'spec', 'containers')))
    for (const port of records(container['ports']))
      if ((port['protocol'] ?? 'TCP') === 'TCP') return Number(port['containerPort']);
  return 80;
}

function namedPort(pod: Stored, port: string): number {
  if (/^\d+$/.test(port)) return Number(port);
  for (const container of records(at(pod, 'spec', 'containers')))
    for (const one of records(container['ports'])) if (one['name'] === port) return Number(one['containerPort']);
  throw StatusError.badRequest(`no such port ${JSON.stringify(port)}`);
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

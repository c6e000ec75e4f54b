import type { HttpResponse } from '../../../world/network/http.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import type { Resource } from '../resource.ts';
import { jsonResponse } from '../response.ts';
import type { ApiRequest, ApiServer } from '../server.ts';
import { objectResponse, putObject } from './answer.ts';
import { bindPod } from './binding.ts';
import { attachPod, execPod, podLogs, portForwardPod } from './connect.ts';
import { evictPod } from './eviction.ts';
import { patchResource } from './patch.ts';
import { proxyTo } from './proxy.ts';
import { handleScale } from './scale.ts';

export type SubresourceHandler = (server: ApiServer, request: ApiRequest, resource: Resource) => HttpResponse;

/** GET, PUT and PATCH of a subresource that has the form of its object: status, ephemeralcontainers, approval … */
function objectSubresource(name: string): SubresourceHandler {
  return (server, request, resource) => {
    const { info } = request;
    switch (info.verb) {
      case 'get':
        return objectResponse(server, request, resource, server.registry.get(resource, info.namespace, info.name));
      case 'update':
        return putObject(server, request, resource, name);
      case 'patch':
        return patchResource(server, request, resource, name);
      default:
        throw StatusError.methodNotSupported(resource, info.verb);
    }
  };
}

function createToken(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { namespace, name } = request.info;
  if (!server.store.get('namespaces', namespace))
    throw StatusError.notFound({ group: '', plural: 'namespaces' }, namespace);
  server.registry.get(resource, namespace, name);
  const create = server.virtual.get('serviceaccounts/token');
  if (!create) throw StatusError.noSuchPath();
  return jsonResponse(201, create(server, request, undefined));
}

const HANDLERS: Readonly<Record<string, SubresourceHandler>> = {
  status: objectSubresource('status'),
  ephemeralcontainers: objectSubresource('ephemeralcontainers'),
  resize: objectSubresource('resize'),
  approval: objectSubresource('approval'),
  finalize: objectSubresource('finalize'),
  scale: handleScale,
  binding: bindPod,
  eviction: evictPod,
  log: podLogs,
  exec: execPod,
  attach: attachPod,
  portforward: portForwardPod,
  proxy: proxyTo,
  token: createToken,
};

export function findSubresource(resource: Resource, name: string): SubresourceHandler | undefined {
  return resource.subresources.includes(name) ? HANDLERS[name] : undefined;
}

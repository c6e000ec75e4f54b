import type { HttpResponse } from '../../../world/network/http.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { includeObject, presentation } from '../handlers/answer.ts';
import { selectionOf } from '../handlers/options.ts';
import type { Stored } from '../object.ts';
import type { Resource, Strategy } from '../resource.ts';
import { jsonResponse } from '../response.ts';
import type { ApiRequest, ApiServer } from '../server.ts';
import { nameColumn, tableOf } from '../table.ts';

/** Where the API server looks, whatever the components were told. kubernetes: pkg/controlplane/instance.go componentStatusStorage */
const PORTS = [
  ['scheduler', 10259],
  ['controller-manager', 10257],
] as const;

interface Health {
  readonly healthy: boolean;
  readonly message: string;
}

const conditionOf = (object: Stored): { readonly [key: string]: unknown } => {
  const conditions: unknown = 'conditions' in object ? object.conditions : [];
  return Array.isArray(conditions) ? conditions[0] : {};
};

export const componentStatusStrategy: Strategy = {
  columns: [
    nameColumn,
    { name: 'Status', value: (object) => (conditionOf(object)['status'] === 'True' ? 'Healthy' : 'Unhealthy') },
    { name: 'Message', value: (object) => String(conditionOf(object)['message'] ?? '') },
    { name: 'Error', value: (object) => String(conditionOf(object)['error'] ?? '') },
  ],
};

/** Reads componentstatuses: nothing is stored, components are asked when somebody reads. kubernetes: pkg/registry/core/componentstatus/rest.go */
export function readComponentStatuses(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info, http } = request;
  const selection = selectionOf(http, info.name, ['metadata.name'], (label) => `field label not supported: ${label}`);
  const sample = server.registry.sample(resource);
  const all = [...healthOf(server)].map(([name, { healthy, message }]) => ({
    ...sample,
    metadata: { ...sample.metadata, name },
    conditions: [{ type: 'Healthy', status: healthy ? 'True' : 'False', message }],
  }));
  const chosen = all.filter(({ metadata: { name } }) =>
    info.verb === 'get' ? name === info.name : selection.labels({}) && selection.fields({ 'metadata.name': name }),
  );
  const [first] = chosen;
  if (info.verb === 'get' && !first) throw StatusError.notFound({ group: '', plural: 'componentstatus' }, info.name);
  if (presentation(request) === 'Table')
    return jsonResponse(200, tableOf(resource, chosen, server.world.now, includeObject(request), {}));
  const plain = chosen.map(({ metadata, conditions }) => ({ metadata: { name: metadata.name }, conditions }));
  const kind = { kind: 'ComponentStatus', apiVersion: 'v1' };
  return jsonResponse(
    200,
    info.verb === 'get'
      ? { ...kind, ...plain[0] }
      : { ...kind, kind: 'ComponentStatusList', metadata: {}, items: plain },
  );
}

function healthOf(server: ApiServer): Map<string, Health> {
  const port = Number(server.address.split(':').at(-1));
  const host = [...server.world.machines.values()].find(({ network }) =>
    network.all.some((listener) => listener.port === port),
  );
  const health = new Map<string, Health>();
  for (const [name, at] of PORTS) {
    const url = `https://127.0.0.1:${at}/healthz`;
    const up = host?.network.all.some((listener) => listener.port === at) === true;
    health.set(name, {
      healthy: up,
      message: up ? 'ok' : `Get "${url}": dial tcp 127.0.0.1:${at}: connect: connection refused`,
    });
  }
  const stored = server.storeUp();
  return health.set('etcd-0', { healthy: stored, message: stored ? 'ok' : 'context deadline exceeded' });
}

import type { Client } from '../../../cluster/api/client.ts';
import { ENDPOINT_SLICES } from '../../../cluster/api/kinds.ts';
import type { Stored } from '../../../cluster/api/object.ts';
import { serviceTarget } from '../endpoints.ts';
import { normalize, type Share } from '../traefik/router.ts';
import type { NewCondition } from './conditions.ts';
import { isGranted } from './grants.ts';
import type { BackendRef, Route } from './types.ts';

export interface LoadedBackend {
  readonly share: Share;
  readonly problem: NewCondition | undefined;
}

/** The servers of a backendRef, or why there are none: then its share of requests gets status 500. */
export function loadBackend(
  client: Client,
  route: Stored<Route>,
  kind: 'HTTPRoute' | 'GRPCRoute',
  backend: BackendRef,
): LoadedBackend {
  const { name, port, weight = 1 } = backend;
  const group = backend.group || 'core';
  const toKind = backend.kind ?? 'Service';
  const home = route.metadata.namespace ?? '';
  const namespace = backend.namespace || home;
  const label = `Cannot load ${kind.slice(0, 4)}BackendRef ${group}/${toKind}/${namespace}/${name}`;
  const fail = (reason: string, message: string): LoadedBackend => ({
    share: { name: normalize(`${namespace}-${name}`), weight, servers: [], scheme: 'http', status: 500 },
    problem: { type: 'ResolvedRefs', status: 'False', reason, message },
  });
  const reference = { fromKind: kind, fromNamespace: home, group: backend.group ?? '', kind: toKind, name, namespace };
  if (!isGranted(client, reference)) return fail('RefNotPermitted', `${label}: missing ReferenceGrant`);
  if (group !== 'core' || toKind !== 'Service')
    return fail('InvalidKind', `${label}: unsupported HTTPBackendRef ${group}/${toKind}/${name}`);
  if (port === undefined) return fail('UnsupportedProtocol', `${label} port is required`);
  const target = serviceTarget(client, namespace, name, { number: port });
  if (!target.service) return fail('BackendNotFound', `${label}: service not found`);
  if (!target.port) return fail('BackendNotFound', `${label}: service port ${port} not found`);
  const slices = client
    .list(ENDPOINT_SLICES, namespace)
    .some(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  if (!slices) return fail('BackendNotFound', `${label}: endpointslices not found`);
  const secure = port === 443 || target.port.name?.startsWith('https');
  return {
    share: {
      name: normalize(`${namespace}-${name}-${port}`),
      weight,
      servers: target.endpoints,
      scheme: secure ? 'https' : 'http',
    },
    problem: undefined,
  };
}

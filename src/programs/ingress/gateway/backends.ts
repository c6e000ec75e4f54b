import type { Client } from '../../../cluster/api/client.ts';
import { ENDPOINT_SLICES } from '../../../cluster/api/kinds.ts';
import type { Stored } from '../../../cluster/api/object.ts';
import type { ServicePort } from '../../../cluster/api/types.generated.ts';
import type { Endpoint } from '../../proxy/forward.ts';
import { serviceTarget } from '../endpoints.ts';
import { normalize, type Service, type Share } from '../traefik/router.ts';
import type { NewCondition } from './conditions.ts';
import { isGranted } from './grants.ts';
import type { BackendRef, Route } from './types.ts';

export interface LoadedBackend {
  readonly share: Share;
  readonly problem: NewCondition | undefined;
}

/** What one kind of routes does in its own way. */
interface Style {
  readonly kind: 'HTTPRoute' | 'GRPCRoute';
  /** How messages call a reference. */
  readonly ref: 'HTTPBackendRef' | 'GRPCBackendRef';
  readonly name: (namespace: string, name: string, port?: number) => string;
  readonly scheme: (port: ServicePort) => Service['scheme'] | { readonly problem: string };
}

/** traefik: pkg/provider/kubernetes/gateway/httproute.go loadService, grpcroute.go loadGRPCBackendRef */
const STYLES: Readonly<Record<Style['kind'], Style>> = {
  HTTPRoute: {
    kind: 'HTTPRoute',
    ref: 'HTTPBackendRef',
    name: (namespace, name, port) => normalize(`${namespace}-${name}-http${port === undefined ? '' : `-${port}`}`),
    scheme: httpScheme,
  },
  GRPCRoute: {
    kind: 'GRPCRoute',
    ref: 'GRPCBackendRef',
    name: (namespace, name, port) => normalize(`${namespace}-${name}${port === undefined ? '' : `-${port}-grpc`}`),
    scheme: grpcScheme,
  },
};

/** The servers of a backendRef, or why there are none: then its share of requests is answered with status 500. */
export function loadBackend(
  client: Client,
  route: Stored<Route>,
  kind: 'HTTPRoute' | 'GRPCRoute',
  backend: BackendRef,
): LoadedBackend {
  const style = STYLES[kind];
  const { name, port, weight = 1 } = backend;
  const group = backend.group || 'core';
  const toKind = backend.kind ?? 'Service';
  const home = route.metadata.namespace ?? '';
  const namespace = backend.namespace || home;
  const long = `Cannot load ${style.ref} ${group}/${toKind}/${namespace}/${name}`;
  const share = (named: string): Omit<Service, 'servers' | 'scheme'> => ({ name: named, passHostHeader: true });
  const fail = (reason: string, message: string): LoadedBackend => ({
    share: {
      service: { ...share(style.name(namespace, name, port)), servers: [], scheme: 'http' },
      weight,
      status: 500,
    },
    problem: { type: 'ResolvedRefs', status: 'False', reason, message },
  });
  const reference = { fromKind: kind, fromNamespace: home, group: backend.group ?? '', kind: toKind, name, namespace };
  const foreign = group !== 'core' || toKind !== 'Service';
  if (foreign && kind === 'GRPCRoute') return fail('InvalidKind', `${long}: only Kubernetes services are supported`);
  if (!isGranted(client, reference)) return fail('RefNotPermitted', `${long}: missing ReferenceGrant`);
  if (foreign) return fail('InvalidKind', `${long}: unsupported ${style.ref} ${group}/${toKind}/${name}`);
  if (port === undefined) return fail('UnsupportedProtocol', `${long}: port is required`);
  const short = `Cannot load ${style.ref} ${namespace}/${name}`;
  const found = addressesOf(client, namespace, name, port);
  if (typeof found === 'string') return fail('BackendNotFound', `${short}: ${found}`);
  const scheme = style.scheme(found.port);
  if (typeof scheme !== 'string') return fail('UnsupportedProtocol', `${short}: ${scheme.problem}`);
  const service = { ...share(style.name(namespace, name, port)), servers: found.endpoints, scheme };
  return { share: { service, weight }, problem: undefined };
}

/** traefik: pkg/provider/kubernetes/gateway/kubernetes.go getBackendAddresses */
function addressesOf(
  client: Client,
  namespace: string,
  name: string,
  number: number,
): { readonly endpoints: readonly Endpoint[]; readonly port: ServicePort } | string {
  const { service, port, endpoints } = serviceTarget(client, namespace, name, { number });
  if (!service) return `getting service: service "${name}" not found`;
  if (service.spec?.type === 'ExternalName')
    return 'type ExternalName is not supported for Kubernetes Service reference';
  if (!port) return `service port ${number} not found`;
  const slices = client
    .list(ENDPOINT_SLICES, namespace)
    .some(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  return slices ? { endpoints, port } : 'endpointslices not found';
}

/** traefik: httproute.go getHTTPServiceProtocol */
function httpScheme({ protocol = 'TCP', appProtocol, port, name }: ServicePort): ReturnType<Style['scheme']> {
  if (protocol !== 'TCP') return { problem: 'only TCP protocol is supported' };
  const wanted = appProtocol?.toLowerCase();
  if (wanted === undefined) return port === 443 || name?.startsWith('https') ? 'https' : 'http';
  if (wanted === 'kubernetes.io/h2c') return 'h2c';
  if (wanted === 'http' || wanted === 'kubernetes.io/ws') return 'http';
  if (wanted === 'https' || wanted === 'kubernetes.io/wss') return 'https';
  return { problem: `unsupported application protocol ${wanted}` };
}

/** traefik: grpcroute.go getGRPCServiceProtocol */
function grpcScheme({ protocol = 'TCP', appProtocol }: ServicePort): ReturnType<Style['scheme']> {
  if (protocol !== 'TCP') return { problem: 'only TCP protocol is supported' };
  const wanted = appProtocol?.toLowerCase() ?? 'kubernetes.io/h2c';
  if (wanted === 'kubernetes.io/h2c') return 'h2c';
  if (wanted === 'https') return 'https';
  return { problem: 'only "kubernetes.io/h2c" and "https" appProtocol is supported' };
}

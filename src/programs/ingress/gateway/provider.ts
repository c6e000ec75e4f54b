import type { Client, Kind } from '../../../cluster/api/client.ts';
import { SERVICES } from '../../../cluster/api/kinds.ts';
import { type ApiObject, keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { Entry } from '../traefik/logger.ts';
import type { Router } from '../traefik/router.ts';
import { dated, type NewCondition } from './conditions.ts';
import { type ListenPort, type LoadedListener, loadListeners } from './listeners.ts';
import { loadRoute } from './routes.ts';
import {
  BACKEND_TLS_POLICIES,
  GATEWAY_CLASSES,
  GATEWAYS,
  type Gateway,
  type GatewayStatus,
  GRPC_ROUTES,
  HTTP_ROUTES,
  type Route,
} from './types.ts';

/** Which Gateways belong to the proxy, and where clients find it. */
export interface GatewayOptions {
  readonly controllerName: string;
  /** For the condition of GatewayClasses. */
  readonly reason: string;
  readonly message: string;
  readonly ports: readonly ListenPort[];
  readonly statusIp: string;
  readonly statusHostname: string;
  /** `namespace/name`; empty: none. */
  readonly statusService: string;
  readonly experimentalChannel: boolean;
  readonly features: readonly string[];
}

export interface GatewayConfiguration {
  readonly routers: readonly Router[];
  readonly log: readonly Entry[];
  readonly certificates: readonly string[];
}

/** Whether the kinds of the Gateway API are served at all: their CRDs are installed. */
export function hasGatewayApi(client: Client): boolean {
  return client.server.resources.find('gateway.networking.k8s.io', 'v1', 'gateways') !== undefined;
}

/** Loads all Gateways and routes of a controller, and writes their statuses. Raises StatusError, ApiUnreachable. */
export function reconcileGateways(client: Client, options: GatewayOptions): GatewayConfiguration {
  const log: Entry[] = listIfServed(client, BACKEND_TLS_POLICIES).map((policy) => ({
    level: 'WARN',
    message: `kubetutor does not model the BackendTLSPolicy ${keyOf(policy)}: it has no effect`,
    fields: { providerName: 'kubernetesgateway' },
  }));
  const classes = acceptClasses(client, options);
  const gateways = client.list(GATEWAYS).filter(({ spec }) => classes.has(spec?.gatewayClassName ?? ''));
  const listeners = gateways.flatMap((gateway) => loadListeners(client, gateway, options));
  const loaded = [
    ...client
      .list(HTTP_ROUTES)
      .sort(byAge)
      .map((route) => ({ kind: HTTP_ROUTES, ...loadRoute(client, route, 'HTTPRoute', listeners, log) })),
    ...listIfServed(client, GRPC_ROUTES).map((route) => ({
      kind: GRPC_ROUTES,
      ...loadRoute(client, route, 'GRPCRoute', listeners, log),
    })),
  ];
  for (const { kind, route, parents } of loaded) writeRoute(client, kind, route, parents, options.controllerName);
  for (const gateway of gateways) {
    const own = listeners.filter((one) => one.gateway === gateway);
    const wrong = new Set(own.flatMap(({ conditions }) => conditions).map(({ message }) => message));
    const { name, namespace = '' } = gateway.metadata;
    const fields = { providerName: 'kubernetesgateway', gateway: name, namespace, error: [...wrong].join('\n') };
    if (wrong.size > 0) log.push({ level: 'ERROR', message: 'Gateway Not Accepted', fields });
    writeGateway(client, gateway, own, options);
  }
  return {
    log,
    routers: loaded.flatMap(({ routers }) => routers),
    certificates: listeners.flatMap(({ certificates }) => certificates),
  };
}

function byAge(a: Stored, b: Stored): number {
  return a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp) || (keyOf(a) < keyOf(b) ? -1 : 1);
}

function listIfServed<T extends ApiObject>(client: Client, kind: Kind<T>): Stored<T>[] {
  return client.server.resources.find(kind.group, kind.version, kind.plural) ? client.list(kind) : [];
}

function acceptClasses(client: Client, options: GatewayOptions): ReadonlySet<string> {
  const names = new Set<string>();
  for (const gatewayClass of client.list(GATEWAY_CLASSES)) {
    if (gatewayClass.spec?.controllerName !== options.controllerName) continue;
    const { name, generation } = gatewayClass.metadata;
    names.add(name);
    const wanted: NewCondition = { type: 'Accepted', status: 'True', reason: options.reason, message: options.message };
    const conditions = dated([wanted], gatewayClass.status?.conditions, generation, client.now);
    const supportedFeatures = options.features.map((feature) => ({ name: feature }));
    const status = { conditions, supportedFeatures };
    if (same(gatewayClass.status, status)) continue;
    client.modify(GATEWAY_CLASSES, '', name, (old) => ({ ...old, status }), 'status');
  }
  return names;
}

function writeRoute(
  client: Client,
  kind: Kind<Route>,
  route: Stored<Route>,
  parents: readonly {
    readonly parentRef: NonNullable<NonNullable<Route['spec']>['parentRefs']>[number];
    readonly conditions: readonly NewCondition[];
  }[],
  controllerName: string,
): void {
  if (parents.length === 0) return;
  const before = route.status?.parents ?? [];
  const mine = parents.map(({ parentRef, conditions }) => {
    const old = before.find((one) => one.controllerName === controllerName && same(one.parentRef, parentRef));
    return {
      parentRef,
      controllerName,
      conditions: dated(conditions, old?.conditions, route.metadata.generation, client.now),
    };
  });
  const others = before.filter((one) => one.controllerName !== controllerName);
  const next = [...mine, ...others];
  if (same(before, next)) return;
  const { namespace = '', name } = route.metadata;
  client.modify(kind, namespace, name, (old) => ({ ...old, status: { ...old.status, parents: next } }), 'status');
}

function writeGateway(
  client: Client,
  gateway: Stored<Gateway>,
  listeners: readonly LoadedListener[],
  options: GatewayOptions,
): void {
  const { namespace = '', name, generation } = gateway.metadata;
  const old = gateway.status;
  const addresses = addressesOf(client, options);
  const status: GatewayStatus = {
    ...(addresses.length > 0 ? { addresses } : {}),
    conditions: dated(gatewayConditions(listeners), old?.conditions, generation, client.now),
    listeners: listeners.map(({ listener, kinds, attachedRoutes, conditions }) => ({
      name: listener.name,
      supportedKinds: kinds,
      attachedRoutes,
      conditions: dated(
        conditions.length > 0 ? conditions : LISTENER_WORKS,
        old?.listeners?.find((one) => one.name === listener.name)?.conditions,
        generation,
        client.now,
      ),
    })),
  };
  if (same(old, status)) return;
  client.modify(GATEWAYS, namespace, name, (stored) => ({ ...stored, status }), 'status');
}

const LISTENER_WORKS: readonly NewCondition[] = [
  { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'No error found' },
  { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: 'No error found' },
  { type: 'Programmed', status: 'True', reason: 'Programmed', message: 'No error found' },
];

/** traefik: pkg/provider/kubernetes/gateway/kubernetes.go makeGatewayStatus */
function gatewayConditions(listeners: readonly LoadedListener[]): NewCondition[] {
  if (listeners.some(({ conditions }) => conditions.length > 0))
    return [{ type: 'Accepted', status: 'False', reason: 'ListenersNotValid', message: 'All Listeners must be valid' }];
  const message = 'Gateway successfully scheduled';
  return [
    { type: 'Accepted', status: 'True', reason: 'Accepted', message },
    { type: 'Programmed', status: 'True', reason: 'Programmed', message },
  ];
}

function addressesOf(
  client: Client,
  { statusIp, statusHostname, statusService }: GatewayOptions,
): { type: string; value: string }[] {
  if (statusIp !== '') return [{ type: 'IPAddress', value: statusIp }];
  if (statusHostname !== '') return [{ type: 'Hostname', value: statusHostname }];
  const [namespace = '', name = ''] = statusService.split('/');
  const ingress = name === '' ? [] : (client.get(SERVICES, namespace, name)?.status?.loadBalancer?.ingress ?? []);
  return ingress.map(({ ip, hostname }) =>
    ip ? { type: 'IPAddress', value: ip } : { type: 'Hostname', value: hostname ?? '' },
  );
}

/** Equal but for the order of keys. */
function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([x], [y]) => (x < y ? -1 : 1)))
      : item,
  );
}

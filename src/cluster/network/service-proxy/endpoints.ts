import type { Stored } from '../../api/object.ts';
import type { EndpointSlice, Service, ServicePort } from '../../api/types.generated.ts';

/** An endpoint of one port of a Service, as kube-proxy sees it. */
export interface ProxyEndpoint {
  readonly address: string;
  readonly port: number;
  readonly node: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Nodes and zones that should use it. */
  readonly forNodes: readonly string[];
  readonly forZones: readonly string[];
}

/** The node that looks. */
export interface ProxyNode {
  readonly name: string;
  readonly zone: string | undefined;
}

/** All endpoints of a port, sorted as the rules list them. kubernetes: pkg/proxy/endpointslicecache.go */
export function endpointsOf(port: ServicePort, slices: Iterable<Stored<EndpointSlice>>): ProxyEndpoint[] {
  const found = new Map<string, ProxyEndpoint>();
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue;
    for (const candidate of slice.ports ?? []) {
      if ((candidate.name ?? '') !== (port.name ?? '') || !candidate.port) continue;
      if ((candidate.protocol ?? 'TCP') !== (port.protocol ?? 'TCP')) continue;
      for (const endpoint of slice.endpoints ?? []) {
        const [address] = endpoint.addresses;
        if (address === undefined) continue;
        const ready = endpoint.conditions?.ready !== false;
        const serving = endpoint.conditions?.serving ?? ready;
        found.set(`${address}:${candidate.port}`, {
          address,
          port: candidate.port,
          node: endpoint.nodeName ?? '',
          ready,
          serving,
          terminating: endpoint.conditions?.terminating === true,
          forNodes: (endpoint.hints?.forNodes ?? []).map(({ name }) => name),
          forZones: (endpoint.hints?.forZones ?? []).map(({ name }) => name),
        });
      }
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint);
}

export interface Policies {
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** Reached by a node port, an external address or a load balancer. */
  readonly external: boolean;
}

export function policiesOf({ spec, status }: Service): Policies {
  const balanced = (status?.loadBalancer?.ingress ?? []).some(({ ip }) => ip);
  const external =
    (spec?.ports ?? []).some(({ nodePort }) => nodePort) || (spec?.externalIPs ?? []).length > 0 || balanced;
  return {
    internalLocal: spec?.internalTrafficPolicy === 'Local',
    externalLocal: spec?.externalTrafficPolicy === 'Local',
    external,
  };
}

export interface Categorized {
  readonly cluster: readonly ProxyEndpoint[];
  readonly local: readonly ProxyEndpoint[];
  /** Every endpoint that a rule of this node leads to. */
  readonly reachable: readonly ProxyEndpoint[];
  /** Somewhere in the cluster is one that answers. */
  readonly any: boolean;
}

export function usesCluster(policies: Policies): boolean {
  return !policies.internalLocal || (policies.external && !policies.externalLocal) || policies.external;
}

export function usesLocal(policies: Policies): boolean {
  return policies.internalLocal || (policies.externalLocal && policies.external);
}

/** Which endpoints a node uses for which policy. kubernetes: pkg/proxy/topology.go CategorizeEndpoints */
export function categorize(endpoints: readonly ProxyEndpoint[], policies: Policies, node: ProxyNode): Categorized {
  const isHere = (endpoint: ProxyEndpoint) => endpoint.node === node.name;
  const near = topologyOf(endpoints, node);
  const cluster = usesCluster(policies) ? readyOrEnding(endpoints, (endpoint) => near(endpoint)) : [];
  if (!usesLocal(policies)) return { cluster, local: [], reachable: cluster, any: cluster.length > 0 };
  const local = readyOrEnding(endpoints.filter(isHere), () => true);
  const any = readyOrEnding(endpoints, () => true).length > 0;
  const reachable = [...cluster, ...local.filter((endpoint) => !cluster.includes(endpoint))];
  return { cluster, local, reachable, any };
}

/** Those that are ready; when there are none, those that end but still answer. */
function readyOrEnding(
  endpoints: readonly ProxyEndpoint[],
  near: (endpoint: ProxyEndpoint) => boolean,
): readonly ProxyEndpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready && near(endpoint));
  return ready.length > 0 ? ready : endpoints.filter((endpoint) => endpoint.serving && endpoint.terminating);
}

/** Hints count when every ready endpoint has them and one is for this node, else this zone. */
function topologyOf(
  endpoints: readonly ProxyEndpoint[],
  { name, zone }: ProxyNode,
): (endpoint: ProxyEndpoint) => boolean {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const byNode =
    ready.every(({ forNodes }) => forNodes.length > 0) && ready.some(({ forNodes }) => forNodes.includes(name));
  if (byNode) return ({ forNodes }) => forNodes.includes(name);
  const byZone =
    zone !== undefined &&
    ready.every(({ forZones }) => forZones.length > 0) &&
    ready.some(({ forZones }) => forZones.includes(zone));
  return byZone ? ({ forZones }) => forZones.includes(zone) : () => true;
}

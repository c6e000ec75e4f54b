import type { Match, PacketRule, Target } from '../../../world/network/netfilter/rule.ts';
import type { TableName } from '../../../world/network/netfilter/tables.ts';
import type { RuleOrigin, StopReason } from '../../../world/network/packet.ts';
import type { Stored } from '../../api/object.ts';
import type { EndpointSlice, Service, ServicePort } from '../../api/types.generated.ts';
import {
  type Categorized,
  categorize,
  endpointsOf,
  type Policies,
  type ProxyEndpoint,
  type ProxyNode,
  policiesOf,
  usesCluster,
  usesLocal,
} from './endpoints.ts';
import { type ChainNames, chainNames, endpointChain } from './names.ts';

/** What one Service puts into the tables of a node. */
export interface ServiceRules {
  /** Whole chains of its own in `nat`, by name. */
  readonly chains: ReadonlyMap<string, readonly PacketRule[]>;
  /** Its share of chains that all Services have in common. */
  readonly shared: readonly {
    readonly table: TableName;
    readonly chain: string;
    readonly rules: readonly PacketRule[];
  }[];
  /** Endpoints on this node, for the health check of load balancers. */
  readonly localEndpoints: number;
}

export interface ProxyOptions {
  readonly node: ProxyNode;
  /** Addresses of Pods; what comes from elsewhere to a cluster address is masqueraded. */
  readonly clusterCidr: string | undefined;
}

const jump = (chain: string): Target => ({ kind: 'jump', chain });
const comment = (text: string): Match => ({ kind: 'comment', text });
const MASQUERADE = jump('KUBE-MARK-MASQ');
/** kube-proxy counts what comes to node ports by 127.0.0.1. */
const LOCALHOST_COUNTER = 'localhost_nps_accepted_pkts';

/** kubernetes: pkg/proxy/iptables/proxier.go syncProxyRules */
export function serviceRules(
  service: Stored<Service>,
  slices: Iterable<Stored<EndpointSlice>>,
  options: ProxyOptions,
): ServiceRules {
  const { spec } = service;
  const collected = [...slices];
  const writer = new Writer(options);
  let localEndpoints = 0;
  if (spec && spec.type !== 'ExternalName' && spec.clusterIP !== 'None' && spec.clusterIP) {
    for (const port of spec.ports ?? []) {
      const endpoints = endpointsOf(port, collected);
      const policies = policiesOf(service);
      const found = categorize(endpoints, policies, options.node);
      if (policies.externalLocal || policies.internalLocal)
        localEndpoints = Math.max(localEndpoints, found.local.length);
      writer.port(service, port, policies, found);
    }
    if (spec.healthCheckNodePort) writer.healthCheck(service, spec.healthCheckNodePort);
  }
  return { chains: writer.chains, shared: writer.shares(), localEndpoints };
}

class Writer {
  readonly chains = new Map<string, PacketRule[]>();
  private readonly shared = new Map<string, { table: TableName; chain: string; rules: PacketRule[] }>();

  constructor(private readonly options: ProxyOptions) {}

  shares() {
    return [...this.shared.values()];
  }

  private share(table: TableName, chain: string, rule: PacketRule): void {
    const id = `${table} ${chain}`;
    const entry = this.shared.get(id) ?? { table, chain, rules: [] };
    this.shared.set(id, entry);
    entry.rules.push(rule);
  }

  private own(chain: string, rule: PacketRule): void {
    const rules = this.chains.get(chain) ?? [];
    this.chains.set(chain, rules);
    rules.push(rule);
  }

  healthCheck(service: Stored<Service>, port: number): void {
    const { namespace, name } = service.metadata;
    this.share('filter', 'KUBE-NODEPORTS', {
      protocol: 'tcp',
      matches: [comment(`${namespace}/${name}:health check node port`), { kind: 'port', protocol: 'tcp', port }],
      target: { kind: 'ACCEPT' },
    });
  }

  port(service: Stored<Service>, port: ServicePort, policies: Policies, found: Categorized): void {
    const protocol = (port.protocol ?? 'TCP').toLowerCase();
    const title = `${service.metadata.namespace}/${service.metadata.name}${port.name ? `:${port.name}` : ''}`;
    const names = chainNames(title, protocol);
    const { namespace = '', name } = service.metadata;
    const origin = { kind: 'Service', namespace, name, ...(port.name ? { detail: port.name } : {}) };
    const reason = found.any ? 'no-local-endpoints' : 'no-endpoints';
    const to = (address: string, number: number, text: string, target: Target): PacketRule => ({
      destination: { address },
      protocol,
      matches: [comment(`${title} ${text}`), { kind: 'port', protocol, port: number }],
      target,
      origin,
      ...(target.kind === 'DROP' || target.kind === 'REJECT' ? { reason } : {}),
    });
    const inside = policies.internalLocal ? found.local : found.cluster;
    const outside = policies.externalLocal ? found.local : found.cluster;
    const insideChain = policies.internalLocal ? names.local : names.cluster;
    const missing = (ready: readonly ProxyEndpoint[]) =>
      ready.length > 0 ? undefined : found.any ? 'has no local endpoints' : 'has no endpoints';
    const verdict: Target = { kind: found.any ? 'DROP' : 'REJECT' };
    const clusterIP = service.spec?.clusterIP ?? '';
    const external = (service.spec?.externalIPs ?? []).map((address) => ({ address, text: 'external IP' }));
    const balanced = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) =>
      ip && ipMode !== 'Proxy' ? [ip] : [],
    );
    const ranges = service.spec?.loadBalancerSourceRanges ?? [];

    // What is answered by nobody is refused or dropped by the table filter.
    const lacksInside = missing(inside);
    if (lacksInside) this.share('filter', 'KUBE-SERVICES', to(clusterIP, port.port, lacksInside, verdict));
    else this.share('nat', 'KUBE-SERVICES', to(clusterIP, port.port, 'cluster IP', jump(insideChain)));
    const lacksOutside = missing(outside);
    const reachable = found.any && policies.external;
    for (const { address, text } of external) {
      if (reachable) this.share('nat', 'KUBE-SERVICES', to(address, port.port, text, jump(names.external)));
      if (lacksOutside) this.share('filter', 'KUBE-EXTERNAL-SERVICES', to(address, port.port, lacksOutside, verdict));
    }
    for (const address of balanced) {
      const chain = ranges.length > 0 ? names.firewall : names.external;
      if (reachable) this.share('nat', 'KUBE-SERVICES', to(address, port.port, 'loadbalancer IP', jump(chain)));
      if (ranges.length > 0)
        this.share('filter', 'KUBE-PROXY-FIREWALL', {
          ...to(address, port.port, `traffic not accepted by ${names.firewall}`, { kind: 'DROP' }),
          reason: 'policy',
        });
      if (lacksOutside) this.share('filter', 'KUBE-EXTERNAL-SERVICES', to(address, port.port, lacksOutside, verdict));
    }
    if (port.nodePort) {
      const shared = { protocol, origin };
      this.nodePort(
        title,
        shared,
        port.nodePort,
        names,
        reachable,
        lacksOutside && { text: lacksOutside, verdict, reason },
      );
    }
    if (ranges.length > 0 && balanced.length > 0 && reachable) this.firewall(title, names, ranges, balanced);
    if (!lacksInside && this.options.clusterCidr !== undefined) {
      const rule = to(clusterIP, port.port, 'cluster IP', MASQUERADE);
      this.own(insideChain, { source: { address: this.options.clusterCidr, negated: true }, ...rule });
    }
    if (reachable) this.external(title, names, policies, outside.length > 0);
    const affinity =
      service.spec?.sessionAffinity === 'ClientIP'
        ? (service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800)
        : undefined;
    if (usesCluster(policies)) this.balance(title, protocol, names.cluster, found.cluster, affinity);
    if (usesLocal(policies)) this.balance(title, protocol, names.local, found.local, affinity);
    for (const endpoint of found.reachable) this.endpoint(title, protocol, endpoint, affinity !== undefined);
  }

  private nodePort(
    title: string,
    shared: { readonly protocol: string; readonly origin: RuleOrigin },
    port: number,
    names: ChainNames,
    reachable: boolean,
    lacks: { readonly text: string; readonly verdict: Target; readonly reason: StopReason } | undefined | '',
  ): void {
    const dport: Match = { kind: 'port', protocol: shared.protocol, port };
    const matches: Match[] = [comment(title), dport];
    if (reachable) {
      const target = jump(names.external);
      const counted: Match[] = [...matches, { kind: 'nfacct', name: LOCALHOST_COUNTER }];
      this.share('nat', 'KUBE-NODEPORTS', {
        ...shared,
        destination: { address: '127.0.0.0/8' },
        matches: counted,
        target,
      });
      this.share('nat', 'KUBE-NODEPORTS', { ...shared, matches, target });
    }
    if (lacks)
      this.share('filter', 'KUBE-EXTERNAL-SERVICES', {
        ...shared,
        matches: [comment(`${title} ${lacks.text}`), { kind: 'local', side: 'dst' }, dport],
        target: lacks.verdict,
        reason: lacks.reason,
      });
  }

  private firewall(title: string, names: ChainNames, ranges: readonly string[], addresses: readonly string[]): void {
    const text = comment(`${title} loadbalancer IP`);
    for (const address of [...ranges, ...addresses])
      this.own(names.firewall, { source: { address }, matches: [text], target: jump(names.external) });
    this.own(names.firewall, {
      matches: [comment(`other traffic to ${title} will be dropped by KUBE-PROXY-FIREWALL`)],
    });
  }

  /** What comes from outside: masqueraded, or kept on the node with its address. */
  private external(title: string, names: ChainNames, policies: Policies, some: boolean): void {
    const { clusterCidr } = this.options;
    const said = (text: string) => comment(`${text} for ${title} external destinations`);
    if (!policies.externalLocal) {
      this.own(names.external, { matches: [said('masquerade traffic')], target: MASQUERADE });
      this.own(names.external, { matches: [], target: jump(names.cluster) });
      return;
    }
    if (clusterCidr !== undefined)
      this.own(names.external, {
        source: { address: clusterCidr },
        matches: [said('pod traffic')],
        target: jump(names.cluster),
      });
    const own: Match = { kind: 'local', side: 'src' };
    this.own(names.external, { matches: [said('masquerade LOCAL traffic'), own], target: MASQUERADE });
    this.own(names.external, { matches: [said('route LOCAL traffic'), own], target: jump(names.cluster) });
    if (some) this.own(names.external, { matches: [], target: jump(names.local) });
  }

  /** The chain of a policy: who came before goes where it went, the others by chance. */
  private balance(
    title: string,
    protocol: string,
    chain: string,
    endpoints: readonly ProxyEndpoint[],
    affinity: number | undefined,
  ): void {
    const entries = endpoints.map(({ address, port }) => ({
      text: comment(`${title} -> ${address}:${port}`),
      name: endpointChain(title, protocol, `${address}:${port}`),
    }));
    if (affinity !== undefined)
      for (const { text, name } of entries)
        this.own(chain, { matches: [text, { kind: 'recent', name, seconds: affinity }], target: jump(name) });
    entries.forEach(({ text, name }, index) => {
      const left = entries.length - index;
      const chance: Match[] = left > 1 ? [{ kind: 'statistic', probability: Number((1 / left).toFixed(10)) }] : [];
      this.own(chain, { matches: [text, ...chance], target: jump(name) });
    });
  }

  private endpoint(title: string, protocol: string, { address, port }: ProxyEndpoint, affinity: boolean): void {
    const name = endpointChain(title, protocol, `${address}:${port}`);
    const remember: Match[] = affinity ? [{ kind: 'recent', name }] : [];
    // A Pod that meets itself must not see its own address.
    this.own(name, { source: { address }, matches: [comment(title)], target: MASQUERADE });
    this.own(name, {
      protocol,
      matches: [comment(title), ...remember, { kind: 'port', protocol }],
      target: { kind: 'DNAT', address, port },
    });
  }
}

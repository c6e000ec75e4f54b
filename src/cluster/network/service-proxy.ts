import type { NetworkNamespace } from '../../world/network/namespace.ts';
import { installTables } from '../../world/network/netfilter/install.ts';
import type { PacketTables } from '../../world/network/netfilter/tables.ts';
import type { Random } from '../../world/random.ts';
import type { Client } from '../api/client.ts';
import { ENDPOINT_SLICES, NODES, SERVICES } from '../api/kinds.ts';
import { keyOf, type Stored, splitKey } from '../api/object.ts';
import type { EndpointSlice, Service } from '../api/types.generated.ts';
import { writeProxyBase } from './service-proxy/base-rules.ts';
import { type ProxyOptions, type ServiceRules, serviceRules } from './service-proxy/rules.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';

/** What kube-proxy reads from its configuration. */
export interface ServiceProxyConfig {
  readonly clusterCidr: string | undefined;
}

/**
 * kube-proxy of one node in iptables mode: it keeps the node's packet filter in step with Services and EndpointSlices,
 * and looks only at those that changed. The rules change only while it runs. kubernetes: pkg/proxy/iptables/proxier.go
 */
export class ServiceProxy {
  private readonly tables: PacketTables;
  /** Slices of each Service, by the slice's name. */
  private readonly slices = new Map<string, Map<string, Stored<EndpointSlice>>>();
  private readonly written = new Map<string, ServiceRules>();
  private readonly dirty = new Set<string>();
  private readonly stops: (() => void)[] = [];
  private config: ServiceProxyConfig = { clusterCidr: undefined };

  constructor(
    private readonly client: Client,
    readonly nodeName: string,
    random: Random,
    network: NetworkNamespace,
  ) {
    this.tables = installTables(network, {
      get now() {
        return client.now;
      },
      random,
      beforePacket: () => this.sync(),
    });
  }

  start(config: ServiceProxyConfig): void {
    this.config = config;
    writeProxyBase(this.tables);
    this.slices.clear();
    for (const slice of this.client.list(ENDPOINT_SLICES)) this.noteSlice(slice, false);
    for (const service of this.client.list(SERVICES)) this.dirty.add(keyOf(service));
    for (const key of this.written.keys()) this.dirty.add(key);
    this.stops.push(
      this.client.watch(SERVICES, ({ object }) => this.dirty.add(keyOf(object))),
      this.client.watch(ENDPOINT_SLICES, ({ type, object }) => this.noteSlice(object, type === 'DELETED')),
    );
  }

  /** The process is gone: what is written stays. */
  stop(): void {
    this.sync();
    for (const stop of this.stops.splice(0)) stop();
  }

  /** Writes the rules of all Services that changed. */
  sync(): void {
    if (this.dirty.size === 0 || this.stops.length === 0 || !this.client.available) return;
    const zone = this.client.get(NODES, '', this.nodeName)?.metadata.labels?.['topology.kubernetes.io/zone'];
    const options = { node: { name: this.nodeName, zone }, clusterCidr: this.config.clusterCidr };
    for (const key of this.dirty) this.write(key, options);
    this.dirty.clear();
  }

  /** Endpoints of a Service on this node: what the health check of its load balancer says. */
  localEndpoints(service: Service): number {
    this.sync();
    return this.written.get(`${service.metadata?.namespace}/${service.metadata?.name}`)?.localEndpoints ?? 0;
  }

  /** A slice that loses its label is stale, but kube-proxy goes on with what it knew of it. */
  private noteSlice(slice: Stored<EndpointSlice>, gone: boolean): void {
    const name = slice.metadata.labels?.[SERVICE_NAME];
    if (name === undefined) return;
    const key = `${slice.metadata.namespace}/${name}`;
    const known = this.slices.get(key) ?? new Map<string, Stored<EndpointSlice>>();
    this.slices.set(key, known);
    if (gone) known.delete(slice.metadata.name);
    else known.set(slice.metadata.name, slice);
    this.dirty.add(key);
  }

  private write(key: string, options: ProxyOptions): void {
    const { namespace, name } = splitKey(key);
    const service = this.client.get(SERVICES, namespace, name);
    const before = this.written.get(key);
    const after = service && serviceRules(service, this.slices.get(key)?.values() ?? [], options);
    for (const chain of before?.chains.keys() ?? []) if (!after?.chains.has(chain)) this.tables.remove('nat', chain);
    for (const { table, chain } of before?.shared ?? []) this.tables.chain(table, chain).set(key, []);
    for (const [chain, rules] of after?.chains ?? []) this.tables.chain('nat', chain).set('', rules);
    for (const { table, chain, rules } of after?.shared ?? []) this.tables.chain(table, chain).set(key, rules);
    if (after) this.written.set(key, after);
    else this.written.delete(key);
    if (!service && this.slices.get(key)?.size === 0) this.slices.delete(key);
  }
}

import type { NatRule, RuleOrigin } from '../../world/network/packet.ts';
import type { Random } from '../../world/random.ts';
import type { Client } from '../api/client.ts';
import { ENDPOINT_SLICES, SERVICES } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import type { Service, ServicePort } from '../api/types.generated.ts';

interface Target {
  readonly address: string;
  readonly port: number;
  readonly node: string;
}

interface Entry {
  readonly targets: readonly Target[];
  readonly localOnly: boolean;
  /** Of a NodePort, an external address or a load balancer. */
  readonly external: boolean;
  readonly by: RuleOrigin;
}

/**
 * What kube-proxy writes into a node's packet filter: which Service address and port leads to which endpoints.
 * The rules of a node change only while its kube-proxy runs. kubernetes: pkg/proxy/iptables/proxier.go
 */
export class ServiceProxy {
  private byAddress = new Map<string, Entry>();
  private byNodePort = new Map<string, Entry>();
  private dirty = true;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly client: Client,
    readonly nodeName: string,
    private readonly random: Random,
  ) {}

  start(): void {
    const mark = () => {
      this.dirty = true;
    };
    mark();
    this.stops.push(this.client.watch(SERVICES, mark), this.client.watch(ENDPOINT_SLICES, mark));
  }

  /** The process is gone: what is written stays. */
  stop(): void {
    this.sync();
    for (const stop of this.stops.splice(0)) stop();
  }

  private sync(): void {
    if (!this.dirty || this.stops.length === 0 || !this.client.available) return;
    this.dirty = false;
    this.byAddress = new Map();
    this.byNodePort = new Map();
    for (const service of this.client.list(SERVICES)) this.addService(service);
  }

  private addService(service: Stored<Service>): void {
    const { spec } = service;
    if (!spec || spec.type === 'ExternalName' || spec.clusterIP === 'None') return;
    for (const port of spec.ports ?? []) {
      const protocol = (port.protocol ?? 'TCP').toLowerCase();
      const targets = this.targetsOf(service, port);
      const { namespace = '', name } = service.metadata;
      const by = { kind: 'Service', namespace, name, ...(port.name ? { detail: port.name } : {}) };
      const inside = { targets, localOnly: spec.internalTrafficPolicy === 'Local', external: false, by };
      const outside = { targets, localOnly: spec.externalTrafficPolicy === 'Local', external: true, by };
      for (const address of spec.clusterIPs ?? []) this.byAddress.set(`${protocol}/${address}:${port.port}`, inside);
      const external = [
        ...(spec.externalIPs ?? []),
        ...(service.status?.loadBalancer?.ingress ?? []).map((ingress) => ingress.ip ?? ''),
      ];
      for (const address of external)
        if (address !== '') this.byAddress.set(`${protocol}/${address}:${port.port}`, outside);
      if (port.nodePort) this.byNodePort.set(`${protocol}/${port.nodePort}`, outside);
    }
  }

  private targetsOf(service: Stored<Service>, port: ServicePort): Target[] {
    const targets: Target[] = [];
    for (const slice of this.client.list(ENDPOINT_SLICES, service.metadata.namespace)) {
      if (slice.metadata.labels?.['kubernetes.io/service-name'] !== service.metadata.name) continue;
      const number = slice.ports?.find((candidate) => (candidate.name ?? '') === (port.name ?? ''))?.port;
      if (number === undefined) continue;
      for (const endpoint of slice.endpoints ?? []) {
        if (endpoint.conditions?.ready === false) continue;
        for (const address of endpoint.addresses)
          targets.push({ address, port: number, node: endpoint.nodeName ?? '' });
      }
    }
    return targets;
  }

  /** PREROUTING and OUTPUT of this node. */
  readonly rule: NatRule = (packet) => {
    if (packet.protocol === 'icmp') return undefined;
    this.sync();
    const { protocol, address, port } = packet;
    const inside = this.byAddress.get(`${protocol}/${address}:${port}`);
    const entry = inside ?? (packet.at.isLocal(address) ? this.byNodePort.get(`${protocol}/${port}`) : undefined);
    if (!entry) return undefined;
    const { by } = entry;
    const targets = entry.localOnly ? entry.targets.filter((target) => target.node === this.nodeName) : entry.targets;
    // Without endpoints the packet filter rejects; a Local policy without local ones drops.
    if (targets.length === 0)
      return entry.localOnly && entry.targets.length > 0
        ? { kind: 'timeout', reason: 'no-local-endpoints', by }
        : { kind: 'refused', reason: 'no-endpoints', by };
    const target = targets[this.random.integer(targets.length)];
    if (!target) return undefined;
    // KUBE-MARK-MASQ: what comes from outside, and a Pod that meets itself.
    const outside = entry.external ? !entry.localOnly : packet.from === packet.at;
    const masquerade = outside || packet.source === target.address;
    return { address: target.address, port: target.port, masquerade, by };
  };
}

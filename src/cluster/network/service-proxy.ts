import type { NetworkNamespace } from '../../world/network/namespace.ts';
import type { Attempt, Rule } from '../../world/network/network.ts';
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
      const inside = { targets, localOnly: spec.internalTrafficPolicy === 'Local' };
      const outside = { targets, localOnly: spec.externalTrafficPolicy === 'Local' };
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

  /** Where a packet goes that this node's rules see first. */
  redirect(attempt: Attempt, toNode: boolean): ReturnType<Rule> {
    this.sync();
    const key = `${attempt.protocol}/${attempt.address}:${attempt.port}`;
    const entry =
      this.byAddress.get(key) ?? (toNode ? this.byNodePort.get(`${attempt.protocol}/${attempt.port}`) : undefined);
    if (!entry) return undefined;
    const targets = entry.localOnly ? entry.targets.filter((target) => target.node === this.nodeName) : entry.targets;
    // Without endpoints the packet filter rejects; a Local policy without local ones drops.
    if (targets.length === 0) return { kind: entry.localOnly && entry.targets.length > 0 ? 'timeout' : 'refused' };
    const target = targets[this.random.integer(targets.length)];
    return target && { address: target.address, port: target.port };
  }
}

/** The Services of a cluster as rules of the network: each packet meets the rules of the node it starts from or comes to. */
export function serviceRule(
  nodeOf: (namespace: NetworkNamespace) => string | undefined,
  nodeAddresses: ReadonlyMap<string, string>,
  proxies: ReadonlyMap<string, ServiceProxy>,
): Rule {
  return (attempt) => {
    const toNode = nodeAddresses.get(attempt.address);
    const from = nodeOf(attempt.from);
    const proxy = proxies.get(toNode ?? from ?? '');
    return proxy?.redirect(attempt, toNode !== undefined);
  };
}

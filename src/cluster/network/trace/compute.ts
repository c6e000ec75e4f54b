import { ipv4Text } from '../../../world/network/address.ts';
import type { NetworkNamespace, Protocol } from '../../../world/network/namespace.ts';
import type { Delivered, Hop, Refused, RuleOrigin, Verdict } from '../../../world/network/packet.ts';
import type { Route } from '../../../world/network/routes.ts';
import type { World } from '../../../world/world.ts';
import { at, listAt, selectorText, type TraceObjects, textAt } from './objects.ts';
import { findTarget, type TraceGoal, type TraceTarget } from './target.ts';
import type { ServiceFacts, Trace, TraceEnd, TraceHop, TracePlace } from './trace.ts';

const DNS_PORT = 53;

export interface TraceOptions {
  /** Default tcp. */
  readonly protocol?: Protocol;
  /** Which of several endpoints it meets: equal texts meet the same one as long as the rules are the same. */
  readonly luck?: string;
}

/**
 * Follows one request through the world without sending it, and leaves the world as it was: no chance of it is spent,
 * no affinity begun. `objects`: the cluster whose names are meant.
 */
export function traceRequest(
  world: World,
  objects: TraceObjects,
  from: NetworkNamespace,
  goal: TraceGoal,
  { protocol = 'tcp', luck = '' }: TraceOptions = {},
): Trace {
  return new Tracer(world, objects, from, protocol, luck).trace(goal);
}

/** The place that a namespace is the network of. */
function placeOf(world: World, objects: TraceObjects, { name }: NetworkNamespace): TracePlace {
  const slash = name.indexOf('/');
  if (slash > 0) return { kind: 'pod', namespace: name.slice(0, slash), name: name.slice(slash + 1) };
  if (objects.get('Node', undefined, name)) return { kind: 'node', name };
  return { kind: world.machines.has(name) ? 'machine' : 'outside', name };
}

class Tracer {
  private readonly hops: TraceHop[] = [];
  private readonly place: TracePlace;

  constructor(
    private readonly world: World,
    private readonly objects: TraceObjects,
    private readonly from: NetworkNamespace,
    private readonly protocol: Protocol,
    private readonly luck: string,
  ) {
    this.place = this.at(from);
  }

  trace(goal: TraceGoal): Trace {
    const target = findTarget(this.world, this.objects, this.place, goal);
    const end = this.unresolved(target) ?? this.follow(target.address ?? '', target.port);
    return { protocol: this.protocol, from: this.place, target: `${target.text}:${target.port}`, hops: this.hops, end };
  }

  /** The name does not lead to an address, or the DNS that knows it cannot be reached. */
  private unresolved(target: TraceTarget): TraceEnd | undefined {
    const { name, address, port } = target;
    const dns = name !== undefined && this.place.kind === 'pod' ? this.dnsTrace(this.place) : undefined;
    if (dns && dns.end.result !== 'accepted') {
      this.hops.push(...dns.hops);
      return { ...dns.end, result: 'unresolved', reason: 'no-dns' };
    }
    if (address === undefined)
      return { result: 'unresolved', reason: 'no-name', place: this.place, address: target.text, port };
    if (name !== undefined) this.hops.push({ kind: 'name', place: this.place, name, address });
    return undefined;
  }

  /** The way to the cluster's DNS, for Pods that use it. */
  private dnsTrace(place: TracePlace & { kind: 'pod' }): Trace | undefined {
    const policy = textAt(this.objects.get('Pod', place.namespace, place.name), 'spec', 'dnsPolicy');
    const address = textAt(this.objects.get('Service', 'kube-system', 'kube-dns'), 'spec', 'clusterIP');
    if (address === '' || policy === 'Default' || policy === 'None') return undefined;
    const goal = { kind: 'host', host: address, port: DNS_PORT } as const;
    return new Tracer(this.world, this.objects, this.from, 'udp', this.luck).trace(goal);
  }

  private follow(address: string, port: number): TraceEnd {
    const way: Hop[] = [];
    const { from, protocol, luck: peek } = this;
    const verdict = this.world.network.route({ from, protocol, address, port, peek }, way);
    for (const [index, hop] of way.entries()) this.add(hop, way[index + 1]);
    return this.endOf(verdict, way, address, port);
  }

  private at(namespace: NetworkNamespace): TracePlace {
    return placeOf(this.world, this.objects, namespace);
  }

  private placeAt(address: string): TracePlace | undefined {
    const namespace = this.world.network.namespaceOf(address);
    return namespace && this.at(namespace);
  }

  private add(hop: Hop, next: Hop | undefined): void {
    switch (hop.kind) {
      case 'sent':
        this.hops.push({ kind: 'from', place: this.at(hop.at), address: hop.source });
        return;
      case 'routed':
        // A Pod has one way out: what its node decides is what matters.
        if (this.at(hop.at).kind !== 'pod')
          this.hops.push({ kind: 'route', place: this.at(hop.at), route: routeText(hop.route) });
        return;
      case 'crossed':
        this.hops.push(this.crossing(hop));
        return;
      case 'redirected':
        this.hops.push({
          kind: 'service',
          place: this.at(hop.at),
          service: hop.by?.kind === 'Service' ? nameOf(hop.by) : undefined,
          address: `${hop.from.address}:${hop.from.port}`,
          endpoint: `${hop.to.address}:${hop.to.port}`,
          pod: this.placeAt(hop.to.address),
        });
        return;
      case 'masqueraded':
        // The address that a sender chooses for itself is no masquerade.
        if (next?.kind === 'crossed')
          this.hops.push({ kind: 'masquerade', place: this.at(hop.at), address: hop.source });
        return;
      case 'filtered': {
        const { by, verdict } = hop.verdict;
        this.hops.push({
          kind: 'policy',
          place: this.at(hop.at),
          hook: hop.hook,
          allowed: verdict === 'accept',
          direction: by?.detail ?? hop.hook,
          policies: by ? `${by.kind} ${nameOf(by)}` : 'iptables',
        });
      }
    }
  }

  private crossing({ out, in: into }: Hop & { kind: 'crossed' }): TraceHop {
    const [from, to] = [out.namespace, into.namespace].map((one) => one && this.at(one));
    const outside: TracePlace = { kind: 'outside', name: '' };
    const [sender, receiver] = [from ?? outside, to ?? outside];
    const bridge = out.segment?.bridge?.name;
    if (sender.kind === 'pod' && receiver.kind === 'pod')
      return { kind: 'bridge', place: sender, bridge: bridge ?? '', to: receiver };
    if (sender.kind === 'pod')
      return { kind: 'veth', place: sender, direction: 'out', device: out.peer?.name ?? '', bridge, node: receiver };
    if (receiver.kind === 'pod')
      return { kind: 'veth', place: receiver, direction: 'in', device: into.peer?.name ?? '', bridge, node: sender };
    const tunnel = out.kind === 'vxlan' || out.kind === 'ipip';
    return { kind: 'wire', place: sender, device: out.name, tunnel, to: receiver };
  }

  private endOf(verdict: Verdict, way: readonly Hop[], address: string, port: number): TraceEnd {
    if (verdict.kind === 'delivered') return this.arrival(verdict);
    const last = way.findLast((hop) => 'at' in hop || hop.kind === 'crossed');
    const reporter = verdict.reporter ?? (last?.kind === 'crossed' ? last.in.namespace : last?.at) ?? this.from;
    const redirected = way.findLast((hop) => hop.kind === 'redirected');
    return {
      result: verdict.kind,
      reason: verdict.reason ?? 'no-route',
      place: this.at(reporter),
      address: redirected?.to.address ?? address,
      port: redirected?.to.port ?? port,
      ...this.blame(verdict),
      ...(redirected ? {} : this.portless(address, port)),
    };
  }

  /** No rule leads on what is for a port that a Service does not have: such a request goes where routes take it. */
  private portless(address: string, port: number): Partial<TraceEnd> {
    const service = this.objects.list('Service').find((one) => textAt(one, 'spec', 'clusterIP') === address);
    const ports = listAt(service, 'spec', 'ports')
      .filter((one) => (textAt(one, 'protocol') || 'TCP').toLowerCase() === this.protocol)
      .map((one) => Number(at(one, 'port')));
    if (!service || ports.includes(port)) return {};
    const name = `${textAt(service, 'metadata', 'namespace')}/${textAt(service, 'metadata', 'name')}`;
    return { portless: { service: name, ports } };
  }

  private blame({ by }: Refused): Partial<TraceEnd> {
    if (!by) return {};
    const facts = by.kind === 'Service' ? this.serviceFacts(by) : undefined;
    return { by: `${by.kind} ${nameOf(by)}`, ...(facts ? { service: facts } : {}) };
  }

  private serviceFacts({ namespace = '', name }: RuleOrigin): ServiceFacts | undefined {
    const service = this.objects.get('Service', namespace, name);
    if (!service) return undefined;
    const selector = selectorText(at(service, 'spec', 'selector'));
    const pods = selector === '' ? [] : this.objects.list('Pod', namespace, selector);
    const ready = pods.filter((pod) =>
      listAt(pod, 'status', 'conditions').some(
        (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
      ),
    );
    const names = listAt(service, 'spec', 'ports').map((port) => at(port, 'targetPort'));
    const unknownPort = names.find(
      (target): target is string => typeof target === 'string' && !pods.some((pod) => hasPort(pod, target)),
    );
    return {
      service: `${namespace}/${name}`,
      selector,
      matching: pods.length,
      ready: ready.length,
      ...(unknownPort !== undefined && ready.length > 0 ? { unknownPort } : {}),
    };
  }

  private arrival({ namespace, address, port }: Delivered): TraceEnd {
    const place = this.at(namespace);
    const listener = namespace.listenerAt(this.protocol, address, port);
    if (listener) {
      this.hops.push({ kind: 'process', place, program: listener.owner?.comm ?? '', port });
      return { result: 'accepted', reason: 'listening', place, address, port };
    }
    const ports = namespace.all.filter((one) => one.protocol === this.protocol).map((one) => one.port);
    const listening = [...new Set(ports)].sort((a, b) => a - b);
    return { result: 'refused', reason: 'no-listener', place, address, port, listening };
  }
}

function hasPort(pod: unknown, name: string): boolean {
  const ports = listAt(pod, 'spec', 'containers').flatMap((container) => listAt(container, 'ports'));
  return ports.some((port) => textAt(port, 'name') === name);
}

function nameOf({ namespace, name }: RuleOrigin): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** As `ip route` shows it. */
function routeText({ network, prefix, via, link, type }: Route): string {
  const to = prefix === 0 ? 'default' : prefix === 32 ? ipv4Text(network) : `${ipv4Text(network)}/${prefix}`;
  if (type) return `${type} ${to}`;
  return `${to}${via === undefined ? '' : ` via ${via}`} dev ${link.name}`;
}

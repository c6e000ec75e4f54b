import { Link } from './link.ts';
import type { NetworkNamespace, Protocol } from './namespace.ts';
import type { FilterHook, Hop, Packet, Refused, RuleOrigin, StopReason, Verdict } from './packet.ts';

/** Through lo, and from one end of a veth pair to the other, ms. */
const LOOPBACK_TIME = 0.02;
const VETH_TIME = 0.03;
/** Linux asks three times for a neighbour, a second each, before it says that there is none. */
const NEIGHBOUR_TIME = 3060;
const FIRST_TTL = 64;

/** A packet that looks for its way. */
export interface Attempt {
  readonly from: NetworkNamespace;
  readonly protocol: Protocol | 'icmp';
  readonly address: string;
  readonly port: number;
  /** The address it is sent from, where the sender chose one. */
  readonly source?: string;
  /** How many machines may pass it on (traceroute); 64 without. */
  readonly ttl?: number;
  /**
   * Nothing is sent, somebody only asks for the way: no list remembers it and no chance of the world is spent on it.
   * The text stands for the chance: equal texts meet equal luck.
   */
  readonly peek?: string;
}

/** Follows a packet through interfaces, routes and rules to where it ends. `hops` gets what happened on the way. */
export function walk(attempt: Attempt, hops?: Hop[]): Verdict {
  return new Walk(attempt, hops).run();
}

class Walk {
  private at: NetworkNamespace;
  private source: string;
  private address: string;
  private port: number;
  private ttl: number;
  private time = 0;
  private masquerade = false;
  /** Machines that changed the destination and kept the source. */
  private translators: NetworkNamespace[] = [];

  constructor(
    private readonly attempt: Attempt,
    private readonly hops: Hop[] | undefined,
  ) {
    this.at = attempt.from;
    this.address = attempt.address;
    this.port = attempt.port;
    this.source = attempt.source ?? attempt.from.sourceFor(attempt.address) ?? '';
    this.ttl = attempt.ttl ?? FIRST_TTL;
  }

  run(): Verdict {
    this.hops?.push({ kind: 'sent', at: this.at, source: this.source });
    let arrivedBy: Link | undefined;
    for (;;) {
      const refused = this.redirect(arrivedBy);
      if (refused) return refused;
      if (this.at.isLocal(this.address)) return this.deliver(arrivedBy);
      if (arrivedBy) {
        if (!this.at.forwarding) return this.stop('timeout', 'not-forwarding');
      }
      const next = this.forward(arrivedBy);
      if (!(next instanceof Link)) return next;
      arrivedBy = next;
      if (!arrivedBy.namespace) return this.stop('timeout', 'no-neighbour');
      this.at = arrivedBy.namespace;
      this.masquerade = false;
    }
  }

  private packet(arrivedBy: Link | undefined): Packet {
    const { from, protocol, peek } = this.attempt;
    const { at, source, address, port } = this;
    return { at, from, in: arrivedBy, protocol, source, address, port, peek };
  }

  /** Table nat, before routing. */
  private redirect(arrivedBy: Link | undefined): Refused | undefined {
    if (this.at.nat.length === 0) return undefined;
    const packet = this.packet(arrivedBy);
    for (const rule of this.at.nat) {
      const change = rule(packet);
      if (!change) continue;
      if ('kind' in change) return { reporter: this.at, delay: this.time, ...change };
      const { address, port } = this;
      ({ address: this.address, port: this.port } = change);
      this.masquerade = change.masquerade === true;
      // Answers must come back this way, or nobody gives them their old address.
      if (!this.masquerade && this.at !== this.attempt.from) this.translators.push(this.at);
      if (address !== this.address || port !== this.port)
        this.hops?.push({ kind: 'redirected', at: this.at, from: { address, port }, to: change, by: change.by });
      return undefined;
    }
    return undefined;
  }

  private deliver(arrivedBy: Link | undefined): Verdict {
    const refused = this.check(arrivedBy ? 'input' : 'output', arrivedBy, undefined);
    if (refused) return refused;
    if (!arrivedBy) this.time += LOOPBACK_TIME;
    const lost = this.translators.find((machine) => machine !== this.at && !passes(this.at, this.source, machine));
    if (lost) return { kind: 'timeout', reason: 'asymmetric', reporter: lost };
    if (arrivedBy && !this.at.answersNeighbours && !findsWay(this.at, this.source))
      return this.stop('timeout', 'no-way-back');
    const { at: namespace, address, port, source, time: latency, ttl } = this;
    this.hops?.push({ kind: 'arrived', at: namespace, address, port });
    return { kind: 'delivered', namespace, address, port, source: source || address, latency, ttl };
  }

  /** Routes the packet and sends it over the next wire. The value is the interface that takes it. */
  private forward(arrivedBy: Link | undefined): Link | Refused {
    const route = this.at.routes.lookup(this.address);
    if (!route) return this.report('no-network', 'no-route');
    if (route.type === 'blackhole') return this.stop('timeout', 'route-refuses');
    if (route.type) return this.report('unreachable', 'route-refuses');
    const { link } = route;
    if (arrivedBy && --this.ttl <= 0) return this.report('unreachable', 'ttl');
    this.hops?.push({ kind: 'routed', at: this.at, route });
    const refused = this.check(arrivedBy ? 'forward' : 'output', arrivedBy, link);
    if (refused) return refused;
    const own = this.masquerade || this.source === '' ? this.at.sourceFor(this.address) : undefined;
    if (own !== undefined && own !== this.source) {
      this.source = own;
      this.translators = [];
      this.hops?.push({ kind: 'masqueraded', at: this.at, source: own });
    }
    if (!link.up) return this.report('no-network', 'link-down');
    return this.cross(link, route.via ?? this.address);
  }

  private cross(out: Link, nextHop: string): Link | Refused {
    const direct = out.peer && !out.segment ? out.peer : undefined;
    const next = direct ?? out.segment?.owners.get(nextHop);
    // On a bridge the ports at both ends count as well: the other halves of the veth pairs.
    if (!next?.up || !next.carrier || !out.carrier) {
      return this.report('unreachable', 'no-neighbour', undefined, NEIGHBOUR_TIME);
    }
    this.time += direct ? VETH_TIME : (out.segment?.latency ?? 0);
    const { source, address, port, time } = this;
    this.hops?.push({ kind: 'crossed', out, in: next, source, address, port, time });
    return next;
  }

  /** Table filter. */
  private check(hook: FilterHook, incoming: Link | undefined, out: Link | undefined): Refused | undefined {
    if (this.at.filter.length === 0) return undefined;
    const { from, protocol, peek } = this.attempt;
    const { at, source, address, port } = this;
    const packet = { at, from, in: incoming, out, hook, protocol, source, address, port, peek };
    for (const rule of this.at.filter) {
      const verdict = rule(packet);
      if (!verdict) continue;
      this.hops?.push({ kind: 'filtered', at: this.at, hook, verdict });
      if (verdict.verdict === 'accept') return undefined;
      return verdict.verdict === 'drop'
        ? this.stop('timeout', 'policy', verdict.by)
        : this.report('refused', 'policy', verdict.by);
    }
    return undefined;
  }

  private stop(kind: Refused['kind'], reason: StopReason, by?: RuleOrigin): Refused {
    return { kind, reason, reporter: this.at, ...(by ? { by } : {}) };
  }

  /** It ends here, and this machine says so to the sender after `waited` ms: if that message finds its way. */
  private report(kind: Refused['kind'], reason: StopReason, by?: RuleOrigin, waited = 0): Refused {
    const own = this.at === this.attempt.from;
    if (!own && !findsWay(this.at, this.source)) return this.stop('timeout', reason, by);
    return { ...this.stop(kind, reason, by), delay: waited + (own ? this.time : 2 * this.time) };
  }
}

/** Whether the way from a machine to an address leads through another, by routes alone; a bridge sees what it passes on. */
function passes(from: NetworkNamespace, address: string, through: NetworkNamespace): boolean {
  let at = from;
  for (let ttl = FIRST_TTL; ttl > 0; ttl--) {
    if (at === through) return true;
    if (at.isLocal(address)) return false;
    const route = at.routes.lookup(address);
    if (!route || route.type || !route.link.up) return false;
    const { link } = route;
    if (link.segment?.bridge?.namespace === through) return true;
    const next = link.peer && !link.segment ? link.peer : link.segment?.owners.get(route.via ?? address);
    if (!next?.namespace) return false;
    at = next.namespace;
  }
  return false;
}

/** Whether a packet gets from a machine to an address by routes alone. */
function findsWay(from: NetworkNamespace, address: string): boolean {
  let at = from;
  for (let ttl = FIRST_TTL; ttl > 0; ttl--) {
    if (at.isLocal(address)) return true;
    const route = at.routes.lookup(address);
    if (!route || route.type || !route.link.up) return false;
    const { link } = route;
    const next = link.peer && !link.segment ? link.peer : link.segment?.owners.get(route.via ?? address);
    if (!next?.namespace?.forwarding && !next?.namespace?.isLocal(address)) return false;
    at = next.namespace;
  }
  return false;
}

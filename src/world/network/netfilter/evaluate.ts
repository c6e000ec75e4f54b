import { ipv4 } from '../address.ts';
import type { RuleOrigin, StopReason } from '../packet.ts';
import { type AddressMatch, type InterfaceMatch, type Match, type PacketRule, storedProbability } from './rule.ts';
import type { PacketTables, TableName } from './tables.ts';

/** A packet of a new connection, as the rules of one machine see it. */
export interface FilteredPacket {
  readonly protocol: string;
  readonly source: string;
  readonly address: string;
  readonly port: number;
  /** A process of this machine sends it. */
  readonly own: boolean;
  /** The interface it came in by; undefined for the machine's own. */
  readonly incoming?: string | undefined;
  /** The interface that packets to an address leave by. */
  readonly wayOut?: (address: string) => string | undefined;
  /** Whether an address is one of the machine's. */
  readonly isLocal: (address: string) => boolean;
  /** Somebody only asks what would happen: nothing is remembered. */
  readonly peek?: boolean;
}

/** What the rules did with a packet. */
export type FilterResult =
  | {
      readonly kind: 'DNAT';
      readonly address: string;
      readonly port: number;
      readonly masquerade: boolean;
      readonly by: RuleOrigin | undefined;
    }
  | { readonly kind: 'DROP' | 'REJECT'; readonly by: RuleOrigin | undefined; readonly reason: StopReason };

type Decision =
  | { readonly kind: 'DNAT'; readonly address: string; readonly port: number }
  | { readonly kind: 'ACCEPT' | 'DROP' | 'REJECT' | 'MASQUERADE'; readonly rule: PacketRule | undefined };

export interface Chance {
  /** In [0, 1). */
  next(): number;
}

/** Jumps within jumps end somewhere. */
const MAX_DEPTH = 32;
/** How many passing packets a machine remembers at most. */
const MAX_PASSING = 2000;

/**
 * Sends a packet through `nat` (before routing) and, with where it goes then, through `filter`; what goes out passes
 * `nat` once more (POSTROUTING).
 */
export function filterPacket(
  tables: PacketTables,
  packet: FilteredPacket,
  chance: Chance,
  now: number,
): FilterResult | undefined {
  const id = passingId(packet);
  if (tables.passing.has(id)) return undefined;
  const walk = new Evaluation(tables, chance, now);
  const result = decide(walk, packet);
  if (!result && walk.repeatable) {
    if (tables.passing.size >= MAX_PASSING) tables.passing.clear();
    tables.passing.add(id);
  }
  return result;
}

/** All that rules may ask about a packet, but where it would leave. */
function passingId({ protocol, source, address, port, own, incoming, isLocal }: FilteredPacket): string {
  const local = (isLocal(source) ? 2 : 0) + (isLocal(address) ? 1 : 0);
  return `${protocol} ${source} ${address} ${port} ${incoming} ${own} ${local}`;
}

function decide(walk: Evaluation, packet: FilteredPacket): FilterResult | undefined {
  const translated = walk.table('nat', packet.own ? 'OUTPUT' : 'PREROUTING', packet);
  const dnat = translated?.kind === 'DNAT' ? translated : undefined;
  const after = dnat ? { ...packet, address: dnat.address, port: dnat.port } : packet;
  const hook = packet.own ? 'OUTPUT' : packet.isLocal(after.address) ? 'INPUT' : 'FORWARD';
  const verdict = walk.table('filter', hook, after);
  if (verdict?.kind === 'DROP' || verdict?.kind === 'REJECT')
    return { kind: verdict.kind, by: verdict.rule?.origin, reason: verdict.rule?.reason ?? 'policy' };
  const { address, port } = after;
  // kube-proxy's chain there asks for the mark and takes it away.
  const masquerade = walk.marked || (hook !== 'INPUT' && walk.masquerades(after));
  if (!dnat && (!masquerade || packet.own || hook === 'INPUT' || walk.marked)) return undefined;
  return { kind: 'DNAT', address, port, masquerade, by: walk.origin };
}

class Evaluation {
  marked = false;
  /** Whether the same packet meets the same answers again: no chance, list or route was asked. */
  repeatable = true;
  /** Of the last rule that was written for somebody. */
  origin: RuleOrigin | undefined;

  constructor(
    private readonly tables: PacketTables,
    private readonly chance: Chance,
    private readonly now: number,
  ) {}

  table(table: TableName, chain: string, packet: FilteredPacket): Decision | undefined {
    const decision = this.chain(table, chain, packet, 0);
    if (decision) return decision === 'RETURN' ? undefined : decision;
    return this.tables.find(table, chain)?.policy === 'DROP' ? { kind: 'DROP', rule: undefined } : undefined;
  }

  /** POSTROUTING of nat. */
  masquerades(packet: FilteredPacket): boolean {
    if (packet.isLocal(packet.address)) return false;
    return this.table('nat', 'POSTROUTING', packet)?.kind === 'MASQUERADE';
  }

  private chain(
    table: TableName,
    name: string,
    packet: FilteredPacket,
    depth: number,
  ): Decision | 'RETURN' | undefined {
    const chain = this.tables.find(table, name);
    if (!chain || depth > MAX_DEPTH) return undefined;
    for (const rule of chain.candidates(packet.address)) {
      if (!this.matches(rule, packet)) continue;
      const { target } = rule;
      if (!target) continue;
      if (table === 'nat' && rule.origin) this.origin = rule.origin;
      if (target.kind === 'jump') {
        const inner = this.chain(table, target.chain, packet, depth + 1);
        if (inner && inner !== 'RETURN') return inner;
      } else if (target.kind === 'MARK') this.marked = target.operation === 'or';
      else if (target.kind === 'RETURN') return 'RETURN';
      else if (target.kind === 'DNAT') return { kind: 'DNAT', address: target.address, port: target.port };
      else return { kind: target.kind, rule };
    }
    return undefined;
  }

  private matches(rule: PacketRule, packet: FilteredPacket): boolean {
    if (rule.protocol !== undefined && rule.protocol !== packet.protocol) return false;
    if (rule.destination && !addressMatches(rule.destination, packet.address)) return false;
    if (rule.source && !addressMatches(rule.source, packet.source)) return false;
    if (rule.incoming && !interfaceMatches(rule.incoming, packet.incoming)) return false;
    if (rule.outgoing) {
      this.repeatable = false;
      if (!interfaceMatches(rule.outgoing, packet.wayOut?.(packet.address))) return false;
    }
    for (const match of rule.matches) if (!this.asks(match, packet)) return false;
    return true;
  }

  private asks(match: Match, packet: FilteredPacket): boolean {
    switch (match.kind) {
      case 'port':
        return match.protocol === packet.protocol && (match.port === undefined || match.port === packet.port);
      case 'local':
        return packet.isLocal(match.side === 'src' ? packet.source : packet.address);
      case 'conntrack':
        // Only first packets come by here.
        return match.states.includes('NEW') !== (match.negated ?? false);
      case 'mark':
        return this.marked !== (match.negated ?? false);
      case 'statistic':
        this.repeatable = false;
        return this.chance.next() < storedProbability(match.probability);
      case 'recent':
        this.repeatable = false;
        return this.seen(match.name, match.seconds, packet);
      default:
        return true;
    }
  }

  private seen(name: string, seconds: number | undefined, { source, peek }: FilteredPacket): boolean {
    const { recent } = this.tables;
    if (seconds === undefined) {
      if (peek) return true;
      const list = recent.get(name) ?? new Map<string, number>();
      recent.set(name, list.set(source, this.now));
      return true;
    }
    const time = recent.get(name)?.get(source);
    return time !== undefined && this.now - time <= seconds * 1000;
  }
}

function interfaceMatches(match: InterfaceMatch, name: string | undefined): boolean {
  return (match.name === name) !== (match.negated ?? false);
}

function addressMatches(match: AddressMatch, address: string): boolean {
  return inRange(match.address, address) !== (match.negated ?? false);
}

function inRange(range: string, address: string): boolean {
  const slash = range.indexOf('/');
  if (slash < 0) return range === address;
  const bits = Number(range.slice(slash + 1));
  if (bits === 0) return true;
  const [a, b] = [ipv4(range.slice(0, slash)), ipv4(address)];
  const size = 2 ** (32 - bits);
  return a !== undefined && b !== undefined && Math.floor(a / size) === Math.floor(b / size);
}

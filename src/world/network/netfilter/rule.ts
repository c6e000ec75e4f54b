import type { RuleOrigin, StopReason } from '../packet.ts';

/** An address or a range of addresses, perhaps all others than those. */
export interface AddressMatch {
  /** `10.96.0.1` or `10.244.0.0/16`. */
  readonly address: string;
  readonly negated?: boolean;
}

/** An interface, perhaps all others than that. */
export interface InterfaceMatch {
  readonly name: string;
  readonly negated?: boolean;
}

/** What a rule asks of a packet beside its addresses, in the order in which it was written. iptables-extensions(8) */
export type Match =
  | { readonly kind: 'comment'; readonly text: string }
  /** `-m tcp --dport 80`; without a port any. */
  | { readonly kind: 'port'; readonly protocol: string; readonly port?: number }
  /** The address is one of this machine's. */
  | { readonly kind: 'local'; readonly side: 'src' | 'dst' }
  | { readonly kind: 'conntrack'; readonly states: readonly string[]; readonly negated?: boolean }
  /** `0x4000/0x4000`: what kube-proxy marks for masquerading. */
  | { readonly kind: 'mark'; readonly negated?: boolean }
  | { readonly kind: 'statistic'; readonly probability: number }
  /** Remembers the sender under a name, or asks whether it was seen within `seconds`. */
  | { readonly kind: 'recent'; readonly name: string; readonly seconds?: number }
  | { readonly kind: 'nfacct'; readonly name: string };

export type Target =
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'ACCEPT' | 'DROP' | 'RETURN' | 'REJECT' }
  /** kube-proxy asks for ports by chance (`--random-fully`); `plain` does not. */
  | { readonly kind: 'MASQUERADE'; readonly plain?: boolean }
  | { readonly kind: 'DNAT'; readonly address: string; readonly port: number }
  | { readonly kind: 'MARK'; readonly operation: 'or' | 'xor' };

/** One rule of a chain. */
export interface PacketRule {
  readonly source?: AddressMatch;
  readonly destination?: AddressMatch;
  /** Where it came in and where it goes out: `-i`, `-o`. */
  readonly incoming?: InterfaceMatch;
  readonly outgoing?: InterfaceMatch;
  /** `tcp`, `udp`, `sctp`; any when absent. */
  readonly protocol?: string;
  readonly matches: readonly Match[];
  /** Absent: the rule only counts. */
  readonly target?: Target;
  /** The object it was written for, and why it refuses, for the trace. */
  readonly origin?: RuleOrigin;
  readonly reason?: StopReason;
}

export const PROTOCOL_NUMBERS: { readonly [name: string]: number } = { icmp: 1, tcp: 6, udp: 17, sctp: 132 };

/** As xt_statistic keeps it: 31 bits. linux: net/netfilter/xt_statistic.c */
export function storedProbability(probability: number): number {
  return Math.round(probability * 0x80000000) / 0x80000000;
}

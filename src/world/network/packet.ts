import type { Link } from './link.ts';
import type { NetworkNamespace, Protocol } from './namespace.ts';
import type { Route } from './routes.ts';

/** The first packet of a conversation, as the machine that looks at it now sees it. */
export interface Packet {
  /** The namespace whose rules look at it. */
  readonly at: NetworkNamespace;
  /** The namespace it was sent from. */
  readonly from: NetworkNamespace;
  /** The interface it came in by; absent where it begins. */
  readonly in?: Link | undefined;
  readonly protocol: Protocol | 'icmp';
  /** Where it says it comes from; changed by masquerading. */
  readonly source: string;
  readonly address: string;
  readonly port: number;
  /** Of one that is only thought of (`Attempt.peek`): rules must leave no trace of it. */
  readonly peek?: string | undefined;
}

/** A new destination. */
export interface Redirect {
  readonly address: string;
  readonly port: number;
  /** The packet leaves with the address of the machine that changed it. */
  readonly masquerade?: boolean;
  /** What did it, for the trace. */
  readonly by?: RuleOrigin | undefined;
}

/** The object of the cluster that a rule comes from. */
export interface RuleOrigin {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Something to add: which port, which direction. */
  readonly detail?: string;
}

export type Refusal = 'refused' | 'timeout' | 'unreachable' | 'no-network' | 'reset';

/** It goes no further. */
export interface Refused {
  readonly kind: Refusal;
  /** What refused it, for the trace. */
  readonly by?: RuleOrigin | undefined;
  readonly reason?: StopReason;
  /** ms until the sender learns of it; never for 'timeout'. */
  readonly delay?: number;
  /** Which machine said so (ICMP); the sender itself when it found no way. */
  readonly reporter?: NetworkNamespace;
}

export interface Delivered {
  readonly kind: 'delivered';
  readonly namespace: NetworkNamespace;
  readonly address: string;
  readonly port: number;
  /** The address that the receiver sees. */
  readonly source: string;
  /** ms of virtual time, one way. */
  readonly latency: number;
  /** What is left of the 64 that it began with. */
  readonly ttl: number;
}

export type Verdict = Delivered | Refused;

/** Why a packet goes no further. */
export type StopReason =
  /** No route in the table of this machine. */
  | 'no-route'
  /** A route that says unreachable or blackhole. */
  | 'route-refuses'
  /** Nobody on the wire has the address. */
  | 'no-neighbour'
  /** It came to a machine that is not its destination and passes nothing on. */
  | 'not-forwarding'
  /** The interface is down. */
  | 'link-down'
  /** A Service without endpoints. */
  | 'no-endpoints'
  /** A Service with policy Local without endpoints on this node. */
  | 'no-local-endpoints'
  /** A network policy. */
  | 'policy'
  /** It arrived, but the answer takes another way than past the machine that changed its destination. */
  | 'asymmetric'
  /** It arrived, but its receiver, or a machine on the way back, has no route to the sender. */
  | 'no-way-back'
  /** Passed on too often. */
  | 'ttl';

/**
 * A rule of a machine for packets that come in or begin there, before they are routed (`nat`: PREROUTING and OUTPUT).
 * It gives another destination, refuses, or undefined when it has nothing to do with the packet.
 */
export type NatRule = (packet: Packet) => Redirect | Refused | undefined;

export type FilterHook = 'input' | 'forward' | 'output';

/** A rule for packets that a machine takes, passes on or sends, after they are routed (`filter`). */
export type FilterRule = (
  packet: Packet & { readonly hook: FilterHook; readonly in: Link | undefined; readonly out: Link | undefined },
) => FilterVerdict | undefined;

export interface FilterVerdict {
  readonly verdict: 'accept' | 'drop' | 'reject';
  readonly by?: RuleOrigin;
}

/** One thing that happened to a packet on its way; addresses are those it had then. */
export type Hop =
  | { readonly kind: 'sent'; readonly at: NetworkNamespace; readonly source: string }
  | { readonly kind: 'routed'; readonly at: NetworkNamespace; readonly route: Route }
  | {
      readonly kind: 'crossed';
      /** Out of this interface, into that one. */
      readonly out: Link;
      readonly in: Link;
      readonly source: string;
      readonly address: string;
      readonly port: number;
      /** ms since it was sent. */
      readonly time: number;
    }
  | {
      readonly kind: 'redirected';
      readonly at: NetworkNamespace;
      readonly from: { readonly address: string; readonly port: number };
      readonly to: { readonly address: string; readonly port: number };
      readonly by: RuleOrigin | undefined;
    }
  | { readonly kind: 'masqueraded'; readonly at: NetworkNamespace; readonly source: string }
  | {
      readonly kind: 'filtered';
      readonly at: NetworkNamespace;
      readonly hook: FilterHook;
      readonly verdict: FilterVerdict;
    }
  | { readonly kind: 'arrived'; readonly at: NetworkNamespace; readonly address: string; readonly port: number };

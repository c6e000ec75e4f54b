import type { Protocol } from '../../../world/network/namespace.ts';
import type { FilterHook, StopReason } from '../../../world/network/packet.ts';

/** Where a request is: a Pod, a machine of the data centre, or something outside. */
export type TracePlace =
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'node' | 'machine' | 'outside'; readonly name: string };

/** One thing that happens to a request on its way. Addresses are those it has then. */
export type TraceHop =
  | { readonly kind: 'from'; readonly place: TracePlace; readonly address: string }
  /** A name was looked up. */
  | { readonly kind: 'name'; readonly place: TracePlace; readonly name: string; readonly address: string }
  /** Out of a Pod into its node, or from there into a Pod: through a veth pair, and a bridge where there is one. */
  | {
      readonly kind: 'veth';
      readonly place: TracePlace;
      readonly direction: 'out' | 'in';
      readonly device: string;
      readonly bridge: string | undefined;
      readonly node: TracePlace;
    }
  /** From Pod to Pod over the bridge of their node. */
  | { readonly kind: 'bridge'; readonly place: TracePlace; readonly bridge: string; readonly to: TracePlace }
  /** From machine to machine: over a wire, or in a tunnel. */
  | {
      readonly kind: 'wire';
      readonly place: TracePlace;
      readonly device: string;
      readonly tunnel: boolean;
      readonly to: TracePlace;
    }
  | { readonly kind: 'route'; readonly place: TracePlace; readonly route: string }
  | {
      readonly kind: 'service';
      readonly place: TracePlace;
      /** `default/web`; undefined for a rule that belongs to no Service. */
      readonly service: string | undefined;
      readonly address: string;
      readonly endpoint: string;
      readonly pod: TracePlace | undefined;
    }
  | { readonly kind: 'masquerade'; readonly place: TracePlace; readonly address: string }
  | {
      readonly kind: 'policy';
      readonly place: TracePlace;
      readonly hook: FilterHook;
      readonly allowed: boolean;
      /** `ingress` or `egress` for a NetworkPolicy. */
      readonly direction: string;
      readonly policies: string;
    }
  | { readonly kind: 'process'; readonly place: TracePlace; readonly program: string; readonly port: number };

export type TraceResult = 'accepted' | 'refused' | 'timeout' | 'unreachable' | 'no-network' | 'reset' | 'unresolved';

/** Why a request ends where it ends. */
export type TraceReason = StopReason | 'listening' | 'no-listener' | 'no-name' | 'no-dns';

/** What is known of the Service that had nobody to send to. */
export interface ServiceFacts {
  readonly service: string;
  /** `app=web`; empty for none. */
  readonly selector: string;
  readonly matching: number;
  readonly ready: number;
  /** A targetPort that is a name which no container port of these Pods has. */
  readonly unknownPort?: string;
}

export interface TraceEnd {
  readonly result: TraceResult;
  readonly reason: TraceReason;
  readonly place: TracePlace;
  /** The address and port it was for at the end. */
  readonly address: string;
  readonly port: number;
  /** What listens there instead: ports. */
  readonly listening?: readonly number[];
  readonly service?: ServiceFacts;
  /** `NetworkPolicy default/deny`. */
  readonly by?: string;
  /** The Service whose address it was for, when that has no such port: `default/web`, and the ports it has. */
  readonly portless?: { readonly service: string; readonly ports: readonly number[] };
}

/** The way of one request, and why it ends where it ends. */
export interface Trace {
  readonly protocol: Protocol;
  readonly from: TracePlace;
  /** As it was asked for. */
  readonly target: string;
  readonly hops: readonly TraceHop[];
  readonly end: TraceEnd;
}

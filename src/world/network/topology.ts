import type { Random } from '../random.ts';
import { ipv4 } from './address.ts';
import { Link, Segment } from './link.ts';
import type { NetworkNamespace } from './namespace.ts';

/** From one port of a bridge to another on the same machine, ms. */
const BRIDGE_TIME = 0.05;

export interface BridgeOptions {
  readonly name: string;
  readonly address: string;
  readonly prefix: number;
  readonly random: Random;
  readonly mtu?: number;
}

/** A bridge of a machine with an address: cni0, docker0, cbr0. */
export function addBridge(machine: NetworkNamespace, options: BridgeOptions): Segment {
  const { name, address, prefix, random, mtu } = options;
  const link = machine.addLink(new Link({ name, kind: 'bridge', random, ...(mtu ? { mtu } : {}) }));
  const segment = new Segment(name, BRIDGE_TIME);
  segment.setBridge(link);
  link.addAddress(address, prefix, true);
  return segment;
}

export interface SandboxOptions {
  readonly address: string;
  readonly prefix: number;
  /** Its way out; undefined for one more network of a sandbox that has a way out. */
  readonly gateway: string | undefined;
  readonly random: Random;
  readonly mtu?: number;
  /** The name of the end in the sandbox: eth0. */
  readonly interface?: string;
}

/** A veth pair with one end as eth0 of a sandbox; the other belongs to nobody yet. */
function vethPair(
  sandbox: NetworkNamespace,
  options: { readonly random: Random; readonly mtu?: number; readonly name?: string; readonly interface?: string },
): { inner: Link; outer: Link } {
  const { random, mtu, name } = options;
  const queueLength = name ? 1000 : 0;
  const end = (called: string | undefined, peerNamespace?: () => string | undefined) =>
    new Link({ kind: 'veth', random, mtu, queueLength, name: called, peerNamespace });
  const inner = sandbox.addLink(end(options.interface ?? 'eth0'));
  const outer = end(name, () => sandbox.netns);
  inner.peer = outer;
  outer.peer = inner;
  return { inner, outer };
}

/** What the CNI plugin `bridge` does for a sandbox. The value is the end on the machine. */
export function joinBridge(bridge: Segment, sandbox: NetworkNamespace, options: SandboxOptions): Link {
  const { inner, outer } = vethPair(sandbox, options);
  inner.segment = bridge;
  bridge.addPort(outer);
  inner.addAddress(options.address, options.prefix, true);
  if (options.gateway !== undefined) sandbox.routes.add({ network: 0, prefix: 0, via: options.gateway, link: inner });
  return outer;
}

export function leaveBridge(bridge: Segment, outer: Link): void {
  bridge.removePort(outer);
  const { peer } = outer;
  if (peer) peer.namespace?.removeLink(peer);
}

/** What calico does for a sandbox: no bridge, a route for each address. The value is the end on the machine. */
export function joinRouted(
  machine: NetworkNamespace,
  sandbox: NetworkNamespace,
  options: { readonly address: string; readonly name: string; readonly random: Random; readonly mtu?: number },
): Link {
  const { inner, outer } = vethPair(sandbox, options);
  machine.addLink(outer);
  inner.addAddress(options.address, 32);
  sandbox.routes.add({ network: GATEWAY, prefix: 32, link: inner, scope: 'link' });
  sandbox.routes.add({ network: 0, prefix: 0, via: '169.254.1.1', link: inner });
  const network = ipv4(options.address);
  if (network !== undefined) machine.routes.add({ network, prefix: 32, link: outer, scope: 'link' });
  return outer;
}

const GATEWAY = ipv4('169.254.1.1') ?? 0;

export function leaveRouted(machine: NetworkNamespace, outer: Link): void {
  machine.removeLink(outer);
  const { peer } = outer;
  if (peer) peer.namespace?.removeLink(peer);
}

/** Joins a machine to a wire with other machines: the value is its new interface. */
export function joinSegment(
  segment: Segment,
  machine: NetworkNamespace,
  options: {
    readonly name: string;
    readonly address: string;
    readonly prefix: number;
    readonly random: Random;
  },
): Link {
  const { name, address, prefix, random } = options;
  const inner = machine.addLink(new Link({ name, kind: 'veth', random }));
  const outer = new Link({ name: `v-${machine.name}`, kind: 'veth', random });
  inner.peer = outer;
  outer.peer = inner;
  inner.segment = segment;
  segment.addPort(outer);
  inner.addAddress(address, prefix);
  return inner;
}

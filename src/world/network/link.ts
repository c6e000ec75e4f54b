import type { Random } from '../random.ts';
import { ipv4, networkOf } from './address.ts';
import type { NetworkNamespace } from './namespace.ts';

export type LinkKind = 'loopback' | 'veth' | 'bridge' | 'ethernet' | 'vxlan' | 'ipip';

export interface LinkAddress {
  readonly address: string;
  readonly prefix: number;
  /** `ip a` shows `brd` when it was set. */
  readonly broadcast?: boolean;
}

export interface LinkOptions {
  readonly name?: string | undefined;
  readonly kind: LinkKind;
  readonly mtu?: number | undefined;
  /** txqueuelen; 0 is not shown. */
  readonly queueLength?: number;
  /** The name `ip netns` has for the namespace of the other end. */
  readonly peerNamespace?: (() => string | undefined) | undefined;
  readonly random?: Random;
}

/** A network interface. Names and hardware addresses are worked out when somebody looks. */
export class Link {
  readonly kind: LinkKind;
  readonly addresses: LinkAddress[] = [];
  mtu: number;
  readonly queueLength: number;
  up = true;
  /** ifindex; set when a namespace takes it. */
  index = 0;
  /** The other end of a veth pair. */
  peer: Link | undefined;
  /** The bridge that it is a port of. */
  master: Link | undefined;
  /** What it shares a wire with; for a port of a bridge that is the bridge's segment. */
  segment: Segment | undefined;
  namespace: NetworkNamespace | undefined;
  readonly peerNamespace: (() => string | undefined) | undefined;
  private readonly random: Random | undefined;
  private givenName: string | undefined;
  private hardware: string | undefined;

  constructor(options: LinkOptions) {
    this.kind = options.kind;
    this.mtu = options.mtu ?? 1500;
    this.queueLength = options.queueLength ?? 1000;
    this.givenName = options.name;
    this.random = options.random;
    this.peerNamespace = options.peerNamespace;
  }

  get name(): string {
    this.givenName ??= `veth${this.identity('name').hex(8)}`;
    return this.givenName;
  }

  /** `0a:bc:39:1c:20:7b`: locally administered, unicast. */
  get mac(): string {
    if (this.kind === 'loopback') return '00:00:00:00:00:00';
    if (this.hardware === undefined) {
      const bytes = this.identity('mac').bytes(6);
      bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 2;
      this.hardware = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
    }
    return this.hardware;
  }

  /** Whether the wire is live: a bridge needs a port, a veth the other end. */
  get carrier(): boolean {
    if (this.kind === 'bridge') return (this.segment?.ports.length ?? 0) > 0;
    return this.peer?.up ?? true;
  }

  /** `ip link set … up` and `down`: the routes that were added by hand go with it. */
  set(up: boolean): void {
    this.up = up;
    if (!up) this.namespace?.routes.remove((route) => route.link === this && route.protocol !== 'kernel');
  }

  private identity(what: string): Random {
    const place = `${this.namespace?.name ?? ''}/${this.index}/${what}`;
    if (!this.random) throw new Error(`link without a source of names: ${place}`);
    return this.random.fork(`link/${place}`);
  }

  /** Gives the link an address and its namespace the route that comes with it. */
  addAddress(address: string, prefix: number, broadcast = false): void {
    this.addresses.push({ address, prefix, ...(broadcast ? { broadcast } : {}) });
    this.namespace?.addresses.add(address);
    this.segment?.owners.set(address, this);
    const value = ipv4(address);
    if (value !== undefined && prefix < 32 && this.kind !== 'loopback')
      this.namespace?.routes.add({
        network: networkOf(value, prefix),
        prefix,
        link: this,
        source: address,
        scope: 'link',
        protocol: 'kernel',
      });
  }

  removeAddress(address: string): void {
    const at = this.addresses.findIndex((one) => one.address === address);
    if (at < 0) return;
    this.addresses.splice(at, 1);
    this.namespace?.addresses.delete(address);
    this.namespace?.routes.remove((route) => route.link === this && route.source === address);
    if (this.segment?.owners.get(address) === this) this.segment.owners.delete(address);
  }
}

/** What shares a wire: the ports of a bridge, the machines of a local network. Who has an address answers for it. */
export class Segment {
  /** Who answers for an address (ARP). A load balancer announces addresses that no interface has. */
  readonly owners = new Map<string, Link>();
  readonly ports: Link[] = [];
  /** The bridge that makes the segment, where a machine of the world does. */
  bridge: Link | undefined;

  constructor(
    readonly name: string,
    /** ms of virtual time from one port to another. */
    readonly latency: number,
  ) {}

  /** Makes `bridge` the bridge of this segment; ports that were there before become its own. */
  setBridge(bridge: Link): void {
    this.bridge = bridge;
    bridge.segment = this;
    for (const one of bridge.addresses) this.owners.set(one.address, bridge);
    for (const port of this.ports) this.adopt(port);
  }

  addPort(port: Link): void {
    this.ports.push(port);
    this.adopt(port);
  }

  removePort(port: Link): void {
    const at = this.ports.indexOf(port);
    if (at >= 0) this.ports.splice(at, 1);
    port.namespace?.removeLink(port);
    for (const { address } of port.peer?.addresses ?? []) this.owners.delete(address);
  }

  private adopt(port: Link): void {
    port.segment = this;
    port.master = this.bridge;
    if (this.bridge?.namespace && !port.namespace) this.bridge.namespace.addLink(port);
  }
}

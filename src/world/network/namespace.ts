import type { Process } from '../process.ts';
import { ipv4, isLoopback } from './address.ts';
import type { Connection } from './connection.ts';
import type { HttpHandler } from './http.ts';
import { Link } from './link.ts';
import type { PacketTables } from './netfilter/tables.ts';
import type { FilterRule, NatRule } from './packet.ts';
import { RouteTable } from './routes.ts';

export type Protocol = 'tcp' | 'udp';

/** How a server proves who it is. */
export interface ServerTls {
  /** The names of its certificate. */
  readonly names: readonly string[];
  /** Its certificate as PEM, by the name that the client asks for (SNI). Undefined: an authority that all know has signed one. */
  readonly certificate?: (serverName: string | undefined) => string | undefined;
  /** It serves those without TLS as well. */
  readonly optional?: boolean;
}

/** What grpc.health.v1.Health says of a service; undefined for one that it does not know. */
export type GrpcHealth = 'SERVING' | 'NOT_SERVING' | 'UNKNOWN';

/** A listening socket. */
export interface Listener {
  readonly protocol: Protocol;
  /** `0.0.0.0` or `::` for every address of the namespace. */
  readonly address: string;
  readonly port: number;
  /** The process that listens; undefined for the kernel's own. */
  readonly owner: Process | undefined;
  /** A client connected: read and write its bytes. */
  readonly accept?: (connection: Connection) => void;
  /** The server speaks HTTP. */
  readonly http?: HttpHandler | undefined;
  /** The server speaks TLS. */
  readonly tls?: ServerTls | undefined;
  /** The server speaks gRPC and has the health service. */
  readonly grpcHealth?: (service: string) => GrpcHealth | undefined;
  /** A datagram arrived; the value is the answer, if there is one. */
  readonly datagram?: (bytes: Uint8Array, from: string) => Uint8Array | LateAnswer | undefined;
}

/** An answer that the server needs time for. */
export interface LateAnswer {
  readonly bytes: Uint8Array;
  /** ms of virtual time. */
  readonly delay: number;
}

/**
 * The network of a machine, or of all containers of a Pod: its interfaces, addresses and routes, who listens, and the
 * rules that packets meet.
 */
export class NetworkNamespace {
  /** Addresses of all interfaces. */
  readonly addresses = new Set<string>(['127.0.0.1']);
  readonly routes = new RouteTable();
  /** PREROUTING and OUTPUT of the table nat: asked in order, the first that answers decides. */
  readonly nat: NatRule[] = [];
  /** INPUT, FORWARD and OUTPUT of the table filter: asked in order, the first that answers decides. */
  readonly filter: FilterRule[] = [];
  /** What `iptables` shows; absent until somebody writes rules. */
  tables: PacketTables | undefined;
  /** Lets those who write `tables` catch up before somebody looks. */
  beforeLook: (() => void) | undefined;
  /** net.ipv4.ip_forward */
  forwarding = false;
  /** Answers go to the neighbour that the request came by (CONNMARK and policy routing): no routes to the senders are needed. */
  answersNeighbours = false;
  /** The name that `ip netns` on its machine has for it; sandboxes of Pods have one. */
  netns: string | undefined;
  /** Connections that stand. */
  readonly connections = new Set<Connection>();
  private readonly listeners = new Set<Listener>();
  /** Without lo, which is made when somebody looks. */
  private readonly attached: Link[] = [];
  private lo: Link | undefined;
  private lastIndex = 1;

  constructor(public name: string) {}

  // ---- interfaces ----

  /** `ip link`, by index. */
  get links(): readonly Link[] {
    if (!this.lo) {
      this.lo = new Link({ name: 'lo', kind: 'loopback', mtu: 65536 });
      this.lo.index = 1;
      this.lo.namespace = this;
      this.lo.addAddress('127.0.0.1', 8);
    }
    return [this.lo, ...this.attached.sort((a, b) => a.index - b.index)];
  }

  link(name: string): Link | undefined {
    return name === 'lo' ? this.links[0] : this.attached.find((link) => link.name === name);
  }

  /** `index` for one that comes after others that are not there yet. */
  addLink(link: Link, index?: number): Link {
    link.index = index ?? ++this.lastIndex;
    link.namespace = this;
    this.attached.push(link);
    return link;
  }

  removeLink(link: Link): void {
    const at = this.attached.indexOf(link);
    if (at >= 0) this.attached.splice(at, 1);
    for (const { address } of [...link.addresses]) link.removeAddress(address);
    this.routes.remove((route) => route.link === link);
  }

  /** Whether packets for the address end here. */
  isLocal(address: string): boolean {
    return this.addresses.has(address) || isLoopback(address);
  }

  /** The address that packets to `destination` come from; undefined when there is no way. */
  sourceFor(destination: string): string | undefined {
    if (this.isLocal(destination)) return destination;
    const route = this.routes.lookup(destination);
    if (!route) return undefined;
    return route.source ?? addressOn(route.link, route.via ?? destination) ?? this.primaryAddress;
  }

  /** The first address that is not the machine's own loopback. */
  get primaryAddress(): string | undefined {
    for (const address of this.addresses) if (!isLoopback(address) && ipv4(address) !== undefined) return address;
    return undefined;
  }

  // ---- listeners ----

  /** Raises nothing: false when the port is taken (EADDRINUSE). */
  listen(listener: Listener): boolean {
    if (this.listenerAt(listener.protocol, listener.address, listener.port)) return false;
    this.listeners.add(listener);
    return true;
  }

  close(listener: Listener): void {
    this.listeners.delete(listener);
  }

  /** Lets go of everything a process listened on. */
  closeAll(owner: Process): void {
    for (const listener of this.listeners) if (listener.owner === owner) this.listeners.delete(listener);
  }

  /** Lets go of everything that processes of a machine listened on. */
  closeAllOf(machine: Process['machine']): void {
    for (const listener of this.listeners) if (listener.owner?.machine === machine) this.listeners.delete(listener);
  }

  listenerAt(protocol: Protocol, address: string, port: number): Listener | undefined {
    for (const listener of this.listeners) {
      if (listener.protocol !== protocol || listener.port !== port) continue;
      if (isAny(listener.address) || isAny(address) || listener.address === address) return listener;
    }
    return undefined;
  }

  get all(): readonly Listener[] {
    return [...this.listeners];
  }
}

/** The address of `link` that is nearest to `destination`. */
function addressOn(link: Link, destination: string): string | undefined {
  const [first] = link.addresses;
  if (link.addresses.length < 2) return first?.address;
  const value = ipv4(destination);
  const near = link.addresses.find(({ address, prefix }) => {
    const own = ipv4(address);
    const size = 2 ** (32 - prefix);
    return own !== undefined && value !== undefined && Math.floor(own / size) === Math.floor(value / size);
  });
  return (near ?? first)?.address;
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

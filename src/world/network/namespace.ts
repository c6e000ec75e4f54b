import type { Process } from '../process.ts';
import type { Connection } from './connection.ts';
import type { HttpHandler } from './http.ts';

export type Protocol = 'tcp' | 'udp';

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
  readonly http?: HttpHandler;
  /** The server speaks TLS; the names of its certificate. */
  readonly tls?: { readonly names: readonly string[] };
  /** A datagram arrived; the value is the answer, if there is one. */
  readonly datagram?: (bytes: Uint8Array, from: string) => Uint8Array | undefined;
}

/** The network of a machine, or of all containers of a Pod: its addresses and who listens. */
export class NetworkNamespace {
  readonly addresses = new Set<string>(['127.0.0.1']);
  private readonly listeners = new Set<Listener>();

  constructor(public name: string) {}

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

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

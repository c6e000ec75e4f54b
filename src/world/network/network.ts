import { Errno } from '../errno.ts';
import type { Process } from '../process.ts';
import type { Task } from '../task.ts';
import { type Connection, makeConnection } from './connection.ts';
import type { HttpBody, HttpRequest, HttpResponse } from './http.ts';
import type { Listener, NetworkNamespace, Protocol } from './namespace.ts';

/** A packet that looks for its way. */
export interface Attempt {
  readonly from: NetworkNamespace;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  /** A rule has changed its destination: whoever did that passes it on. */
  readonly forwarded?: boolean;
}

export type Verdict = Delivered | { readonly kind: 'refused' | 'timeout' | 'unreachable' };

export interface Delivered {
  readonly kind: 'delivered';
  readonly namespace: NetworkNamespace;
  readonly address: string;
  readonly port: number;
}

/**
 * Something that changes the way of packets before they are routed: kube-proxy's rules, a policy, a load balancer.
 * It gives another destination, a verdict, or undefined when it has nothing to do with the packet.
 */
export type Rule = (attempt: Attempt) => { readonly address: string; readonly port: number } | Verdict | undefined;

/** One way through the network, ms of virtual time. */
const LATENCY = 0.4;
/** Linux gives up on a connection that nobody answers after tcp_syn_retries, ms. */
const CONNECT_TIMEOUT = 130_000;

export interface OutgoingRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: HttpRequest['query'];
  readonly headers?: ReadonlyMap<string, string>;
  readonly body?: HttpBody;
  readonly tls?: HttpRequest['tls'];
  /** ms of virtual time to wait for the connection. */
  readonly connectTimeout?: number;
}

/** How the machines of a world reach each other. */
export class Network {
  private readonly byAddress = new Map<string, NetworkNamespace>();
  /** Asked in order, the first that answers decides; then asked again with the new destination. */
  readonly rules: Rule[] = [];
  /** Host names that every machine can resolve, beside its own /etc/hosts: a simulated internet. */
  readonly names = new Map<string, readonly string[]>();
  private ephemeralPort = 32768;

  attach(address: string, namespace: NetworkNamespace): void {
    namespace.addresses.add(address);
    this.byAddress.set(address, namespace);
  }

  detach(address: string): void {
    this.byAddress.get(address)?.addresses.delete(address);
    this.byAddress.delete(address);
  }

  namespaceOf(address: string): NetworkNamespace | undefined {
    return this.byAddress.get(address);
  }

  /** Where a packet would end. */
  route(attempt: Attempt): Verdict {
    let { address, port } = attempt;
    for (let hops = 0; hops < 4; hops++) {
      const change = this.changeOf({ ...attempt, address, port, forwarded: hops > 0 });
      if (!change) break;
      if ('kind' in change) return change;
      ({ address, port } = change);
    }
    const local = address.startsWith('127.') || address === '::1' || attempt.from.addresses.has(address);
    const namespace = local ? attempt.from : this.byAddress.get(address);
    if (!namespace) return { kind: 'timeout' };
    return { kind: 'delivered', namespace, address, port };
  }

  private changeOf(attempt: Attempt): ReturnType<Rule> {
    for (const rule of this.rules) {
      const change = rule(attempt);
      if (change) return change;
    }
    return undefined;
  }

  /** Finds the listener, waiting as a real connection would. Raises ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH. */
  private *reach(process: Process, address: string, port: number, timeout: number): Task<Listener> {
    const verdict = this.route({ from: process.machine.network, protocol: 'tcp', address, port });
    if (verdict.kind === 'timeout') {
      yield* process.sleep(Math.min(timeout, CONNECT_TIMEOUT));
      throw new Errno('ETIMEDOUT');
    }
    yield* process.sleep(LATENCY);
    if (verdict.kind !== 'delivered') throw new Errno(verdict.kind === 'refused' ? 'ECONNREFUSED' : 'EHOSTUNREACH');
    const listener = verdict.namespace.listenerAt('tcp', verdict.address, verdict.port);
    if (!listener) throw new Errno('ECONNREFUSED');
    return listener;
  }

  /** A TCP connection as an open file of `process`. Raises Errno; the caller retains and releases it. */
  *connect(process: Process, address: string, port: number, timeout = CONNECT_TIMEOUT): Task<Connection> {
    const listener = yield* this.reach(process, address, port, timeout);
    const ends = makeConnection({ address: sourceAddress(process, address), port: this.nextPort() }, { address, port });
    if (listener.accept) listener.accept(ends.server.retain());
    else ends.server.retain().release();
    return ends.client;
  }

  /** A datagram and its answer; undefined when none came within `timeout` ms. Raises ECONNREFUSED when nobody listens. */
  *datagram(
    process: Process,
    address: string,
    port: number,
    bytes: Uint8Array,
    timeout: number,
  ): Task<Uint8Array | undefined> {
    const verdict = this.route({ from: process.machine.network, protocol: 'udp', address, port });
    if (verdict.kind === 'refused') {
      yield* process.sleep(LATENCY);
      throw new Errno('ECONNREFUSED');
    }
    if (verdict.kind !== 'delivered') {
      yield* process.sleep(timeout);
      return undefined;
    }
    yield* process.sleep(2 * LATENCY);
    const listener = verdict.namespace.listenerAt('udp', verdict.address, verdict.port);
    if (!listener?.datagram) throw new Errno('ECONNREFUSED');
    return listener.datagram(bytes, sourceAddress(process, address));
  }

  /** An HTTP exchange. Raises Errno when the connection fails, EIO when the server does not speak HTTP. */
  *request(process: Process, address: string, port: number, request: OutgoingRequest): Task<HttpResponse> {
    const listener = yield* this.reach(process, address, port, request.connectTimeout ?? CONNECT_TIMEOUT);
    if (!listener.http) throw new Errno('EIO');
    const response = yield* listener.http({
      method: request.method,
      path: request.path,
      query: request.query ?? [],
      headers: request.headers ?? new Map(),
      remoteAddress: sourceAddress(process, address),
      ...(request.body ? { body: request.body } : {}),
      ...(request.tls ? { tls: request.tls } : {}),
    });
    yield* process.sleep(LATENCY);
    return response;
  }

  private nextPort(): number {
    this.ephemeralPort = this.ephemeralPort >= 60999 ? 32768 : this.ephemeralPort + 1;
    return this.ephemeralPort;
  }
}

/** The address a process speaks from when it speaks to `destination`. */
export function sourceAddress(process: Process, destination: string): string {
  if (destination.startsWith('127.') || process.machine.network.addresses.has(destination)) return destination;
  for (const address of process.machine.network.addresses) if (!address.startsWith('127.')) return address;
  return '127.0.0.1';
}

import { Errno, type ErrnoCode } from '../errno.ts';
import type { Process } from '../process.ts';
import type { Random } from '../random.ts';
import type { Task } from '../task.ts';
import { type Capture, Flow } from './capture.ts';
import { type Connection, makeConnection } from './connection.ts';
import { bodyBytes, type HttpBody, type HttpRequest, type HttpResponse } from './http.ts';
import { Internet } from './internet.ts';
import { Segment } from './link.ts';
import type { Listener, NetworkNamespace } from './namespace.ts';
import type { Delivered, Hop, Refused, Verdict } from './packet.ts';
import { reasonOf, reasonPhrase } from './reasons.ts';
import { joinSegment } from './topology.ts';
import { type Attempt, walk } from './walk.ts';

/** From one machine of the data centre to another, ms of virtual time. */
const LAN_TIME = 0.3;
/** Linux gives up on a connection that nobody answers after tcp_syn_retries, ms. */
const CONNECT_TIMEOUT = 130_000;

export interface OutgoingRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: HttpRequest['query'];
  readonly target?: string | undefined;
  readonly protocol?: string | undefined;
  readonly headers?: ReadonlyMap<string, string>;
  readonly body?: HttpBody | undefined;
  readonly tls?: HttpRequest['tls'];
  /** ms of virtual time to wait for the connection. */
  readonly connectTimeout?: number;
}

/** A connection that was accepted. */
export interface Opened {
  readonly listener: Listener;
  readonly delivered: Delivered;
  readonly localPort: number;
  /** The packets of it, while somebody looks on. */
  readonly flow: Flow | undefined;
}

/** What became of an echo request. */
export type Echo =
  | { readonly kind: 'reply'; readonly time: number; readonly ttl: number }
  | { readonly kind: 'lost' }
  /** A machine on the way said that it goes no further. */
  | {
      readonly kind: 'error';
      readonly reason: 'host' | 'net' | 'ttl';
      readonly reporter: string;
      readonly delay: number;
    }
  /** The sender itself has no way. */
  | { readonly kind: 'no-network' };

/** An address of a name, or why there is none: nobody has it, or nobody answers. */
export type Resolver = (
  process: Process,
  name: string,
) => Task<{ address: string } | { problem: 'unknown' | 'try-again' }>;

/** How the machines of a world reach each other. */
export class Network {
  private readonly byAddress = new Map<string, NetworkNamespace>();
  /** The wire between the machines of the data centre; the workstation is its switch and its router. */
  readonly lan = new Segment('lan', LAN_TIME);
  readonly internet: Internet;
  /** Host names that every machine can resolve, beside its own /etc/hosts: a simulated internet. */
  readonly names = new Map<string, readonly string[]>();
  /** getaddrinfo(3) of a process, for those that may not know how names are looked up. */
  resolver: Resolver | undefined;
  /** Those who look on. */
  readonly captures = new Set<Capture>();
  private ephemeralPort = 32768;

  constructor(
    readonly random: Random,
    /** Virtual time, ms. */
    private readonly now: () => number,
  ) {
    this.internet = new Internet(random);
  }

  /** Gives a machine an address on the wire between the machines: its eth0, or one more address of it. */
  attach(address: string, namespace: NetworkNamespace, prefix = 24): void {
    const link = namespace.link('eth0');
    if (link) link.addAddress(address, 32);
    else joinSegment(this.lan, namespace, { name: 'eth0', address, prefix, random: this.random });
    this.register(address, namespace);
  }

  /** Gives a server an address on the simulated internet. */
  attachOutside(address: string, server: NetworkNamespace): void {
    this.internet.join(server, address);
    this.register(address, server);
  }

  /** Says whose address it is; interfaces and routes are made elsewhere. */
  register(address: string, namespace: NetworkNamespace): void {
    namespace.addresses.add(address);
    this.byAddress.set(address, namespace);
  }

  detach(address: string): void {
    const namespace = this.byAddress.get(address);
    if (!namespace) return;
    for (const link of namespace.links) link.removeAddress(address);
    namespace.addresses.delete(address);
    this.byAddress.delete(address);
  }

  namespaceOf(address: string): NetworkNamespace | undefined {
    return this.byAddress.get(address);
  }

  /** Where a packet would end. `hops` gets what would happen to it on its way. */
  route(attempt: Attempt, hops?: Hop[]): Verdict {
    return walk(attempt, hops);
  }

  /**
   * Finds who listens, waiting as a real connection would. Raises ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH,
   * ECONNRESET.
   */
  *open(process: Process, address: string, port: number, timeout = CONNECT_TIMEOUT): Task<Opened> {
    const localPort = this.nextPort();
    const hops = this.recorder();
    const verdict = walk({ from: process.machine.network, protocol: 'tcp', address, port }, hops);
    const flow = hops && this.flow(hops, localPort);
    flow?.syn();
    if (verdict.kind !== 'delivered') return yield* this.fail(process, verdict, timeout);
    yield* process.sleep(2 * verdict.latency);
    const listener = verdict.namespace.listenerAt('tcp', verdict.address, verdict.port);
    if (!listener) {
      flow?.reset();
      throw new Errno('ECONNREFUSED');
    }
    flow?.accepted();
    return { listener, delivered: verdict, localPort, flow };
  }

  private recorder(): Hop[] | undefined {
    return this.captures.size > 0 ? [] : undefined;
  }

  private flow(hops: readonly Hop[], localPort: number): Flow {
    return new Flow(this.captures, hops, localPort, this.now);
  }

  private *fail(process: Process, refused: Refused, timeout: number): Task<never> {
    const patience = Math.min(timeout, CONNECT_TIMEOUT);
    if (refused.kind === 'timeout') {
      yield* process.sleep(patience);
      throw new Errno('ETIMEDOUT');
    }
    const delay = refused.delay ?? 0;
    yield* process.sleep(Math.min(delay, patience));
    if (delay > patience) throw new Errno('ETIMEDOUT');
    throw new Errno(ERRORS[refused.kind]);
  }

  /** A TCP connection as an open file of `process`. Raises Errno; the caller retains and releases it. */
  *connect(process: Process, address: string, port: number, timeout = CONNECT_TIMEOUT): Task<Connection> {
    return this.join(process, yield* this.open(process, address, port, timeout), address, port);
  }

  /** The stream of a connection that was accepted. The caller retains and releases it. */
  join(
    process: Process,
    { listener, delivered, localPort: local, flow }: Opened,
    address: string,
    port: number,
  ): Connection {
    const ends = makeConnection(
      {
        local: sourceAddress(process, address),
        localPort: local,
        remote: address,
        remotePort: port,
        namespace: process.machine.network,
        owner: process,
      },
      {
        local: delivered.address,
        localPort: delivered.port,
        remote: delivered.source,
        remotePort: local,
        namespace: delivered.namespace,
        owner: listener.owner,
      },
    );
    if (flow) {
      const watch = (direction: 'forward' | 'backward') => ({
        data: (bytes: number) => flow.data(direction, bytes),
        end: () => flow.finish(direction),
      });
      ends.client.watcher = watch('forward');
      ends.server.watcher = watch('backward');
    }
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
    const result = this.exchangeDatagram(process.machine.network, address, port, bytes);
    const heard = result !== undefined && result.delay <= timeout;
    yield* process.sleep(heard ? result.delay : timeout);
    if (!heard) return undefined;
    if ('error' in result) throw new Errno(result.error);
    return result.bytes;
  }

  /** What comes back for a datagram, and after how many ms; undefined when nothing ever does. */
  exchangeDatagram(
    from: NetworkNamespace,
    address: string,
    port: number,
    bytes: Uint8Array,
  ):
    | { readonly bytes: Uint8Array; readonly delay: number }
    | { readonly error: ErrnoCode; readonly delay: number }
    | undefined {
    const hops = this.recorder();
    const verdict = walk({ from, protocol: 'udp', address, port }, hops);
    const flow = hops && this.flow(hops, this.nextPort());
    flow?.forward({ kind: 'udp', bytes });
    if (verdict.kind === 'timeout') return undefined;
    if (verdict.kind !== 'delivered') return { error: ERRORS[verdict.kind], delay: verdict.delay ?? 0 };
    const delay = 2 * verdict.latency;
    const listener = verdict.namespace.listenerAt('udp', verdict.address, verdict.port);
    if (!listener?.datagram) {
      flow?.backward({ kind: 'unreachable', text: `${verdict.address} udp port ${verdict.port} unreachable` }, true);
      return { error: 'ECONNREFUSED', delay };
    }
    const answer = listener.datagram(bytes, verdict.source);
    if (!answer) return undefined;
    flow?.backward({ kind: 'udp', bytes: answer instanceof Uint8Array ? answer : answer.bytes }, true);
    return answer instanceof Uint8Array
      ? { bytes: answer, delay }
      : { bytes: answer.bytes, delay: delay + answer.delay };
  }

  /** One echo request, and what comes back; the caller waits. `ttl`: how many machines may pass it on. */
  echo(process: Process, address: string, id: number, sequence: number, bytes: number, ttl?: number): Echo {
    const { network } = process.machine;
    const hops = this.recorder();
    const verdict = walk({ from: network, protocol: 'icmp', address, port: 0, ...(ttl ? { ttl } : {}) }, hops);
    const flow = hops && this.flow(hops, 0);
    flow?.forward({ kind: 'echo', reply: false, id, sequence, bytes });
    if (verdict.kind === 'delivered') {
      flow?.backward({ kind: 'echo', reply: true, id, sequence, bytes }, true);
      return { kind: 'reply', time: 2 * verdict.latency, ttl: verdict.ttl };
    }
    return echoFailure(network, address, verdict);
  }

  /** An HTTP exchange. Raises Errno when the connection fails, EIO when the server does not speak HTTP. */
  *request(process: Process, address: string, port: number, request: OutgoingRequest): Task<HttpResponse> {
    const opened = yield* this.open(process, address, port, request.connectTimeout ?? CONNECT_TIMEOUT);
    return yield* this.exchange(process, opened, request);
  }

  /** An HTTP exchange over a connection that stands. Raises EIO when the server does not speak HTTP. */
  *exchange(process: Process, { listener, delivered, flow }: Opened, request: OutgoingRequest): Task<HttpResponse> {
    if (!listener.http) throw new Errno('EIO');
    const { method, path, target, protocol, query = [], headers = NO_HEADERS, body, tls } = request;
    const remoteAddress = delivered.source;
    const sent: HttpRequest = { method, path, target, protocol, query, headers, body, remoteAddress, tls };
    flow?.data(
      'forward',
      requestSize(sent),
      request.tls ? undefined : `${sent.method} ${target ?? path} ${protocol ?? 'HTTP/1.1'}`,
    );
    const response = yield* listener.http(sent);
    yield* process.sleep(2 * delivered.latency);
    if (flow) {
      const line = `HTTP/1.1 ${response.status} ${reasonOf(response)}`;
      flow.data('backward', responseSize(response), request.tls ? undefined : line);
      flow.close();
    }
    return response;
  }

  private nextPort(): number {
    this.ephemeralPort = this.ephemeralPort >= 60999 ? 32768 : this.ephemeralPort + 1;
    return this.ephemeralPort;
  }
}

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

const ERRORS = {
  refused: 'ECONNREFUSED',
  timeout: 'ETIMEDOUT',
  unreachable: 'EHOSTUNREACH',
  'no-network': 'ENETUNREACH',
  reset: 'ECONNRESET',
} as const;

function echoFailure(network: NetworkNamespace, to: string, { kind, reason, delay = 0, reporter }: Refused): Echo {
  if (kind === 'timeout') return { kind: 'lost' };
  if (reporter === network && kind === 'no-network') return { kind: 'no-network' };
  // A machine answers from the interface that the message leaves by.
  const own = network.sourceFor(to) ?? '';
  const address = !reporter || reporter === network ? own : (reporter.sourceFor(own) ?? '');
  const what = reason === 'ttl' ? 'ttl' : kind === 'no-network' ? 'net' : 'host';
  return { kind: 'error', reason: what, reporter: address, delay };
}

/** Bytes of a request and of a response, with their heads. */
function requestSize({ method, path, headers, body }: HttpRequest): number {
  return method.length + path.length + 14 + headersSize(headers) + bodyBytes(body).length;
}

function responseSize({ status, reason = reasonPhrase(status), headers, body }: HttpResponse): number {
  return 15 + reason.length + headersSize(headers) + bodyBytes(body).length;
}

function headersSize(headers: ReadonlyMap<string, string>): number {
  let size = 2;
  for (const [name, value] of headers) size += name.length + value.length + 4;
  return size;
}

/** The address a process speaks from when it speaks to `destination`. */
export function sourceAddress(process: Process, destination: string): string {
  const { network } = process.machine;
  return network.sourceFor(destination) ?? network.primaryAddress ?? '127.0.0.1';
}

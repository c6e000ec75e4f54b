import type { HttpResponse } from '../../world/network/http.ts';
import { hash32 } from '../../world/random.ts';
import type { Task } from '../../world/task.ts';
import { HttpFault, type HttpFaultKind } from '../http/client.ts';
import { isAddress } from '../net/resolve.ts';
import { type Endpoint, forward, requestBody } from '../proxy/forward.ts';
import type { Exchange } from './exchange.ts';
import type { Loaded } from './load.ts';
import { askResolver } from './lookup.ts';
import type { Peer, Upstream } from './model.ts';
import type { Settings } from './settings.ts';

/** What the error log says about a failed try, and the status that comes of it. */
export const FAULTS: Readonly<Record<HttpFaultKind, readonly [string, number]>> = {
  refused: ['connect() failed (111: Connection refused) while connecting to upstream', 502],
  unreachable: ['connect() failed (113: Host is unreachable) while connecting to upstream', 502],
  'no-network': ['connect() failed (101: Network is unreachable) while connecting to upstream', 502],
  reset: ['recv() failed (104: Connection reset by peer) while reading response header from upstream', 502],
  'connect-timeout': ['upstream timed out (110: Operation timed out) while connecting to upstream', 504],
  timeout: ['upstream timed out (110: Operation timed out) while reading response header from upstream', 504],
  'no-tls': [
    'SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream',
    502,
  ],
  empty: ['upstream prematurely closed connection while reading response header from upstream', 502],
  'certificate-required': ['upstream prematurely closed connection while reading response header from upstream', 502],
  'not-http': ['upstream sent no valid HTTP/1.0 header while reading response header from upstream', 502],
};

interface PeerState extends Endpoint {
  readonly peer: Peer;
  current: number;
  fails: number;
  failedAt: number;
}

/** The servers of an upstream with what is known of them now. nginx: src/http/ngx_http_upstream_round_robin.c */
class Balancer {
  private readonly peers: PeerState[];

  constructor(
    private readonly upstream: Upstream,
    addresses: Loaded['addresses'],
  ) {
    this.peers = upstream.peers.flatMap((peer) =>
      (isAddress(peer.host) ? [peer.host] : (addresses.get(peer.host) ?? [])).map((address) => ({
        peer,
        address,
        port: peer.port,
        current: 0,
        fails: 0,
        failedAt: 0,
      })),
    );
  }

  get size(): number {
    return this.peers.length;
  }

  next(tried: ReadonlySet<Endpoint>, exchange: Exchange): PeerState | undefined {
    for (const backup of [false, true]) {
      const able = this.peers.filter(
        (state) => state.peer.backup === backup && !tried.has(state) && this.isAble(state, exchange),
      );
      if (able.length > 0) return this.choose(able, exchange);
    }
    return undefined;
  }

  failed(endpoint: Endpoint, now: number): void {
    const state = this.peers.find((candidate) => candidate === endpoint);
    if (!state) return;
    state.fails++;
    state.failedAt = now;
  }

  private isAble({ peer, fails, failedAt }: PeerState, { process }: Exchange): boolean {
    if (peer.down) return false;
    const alone = this.peers.length === 1;
    return alone || peer.maxFails === 0 || fails < peer.maxFails || process.now - failedAt > peer.failTimeout;
  }

  private choose(able: readonly PeerState[], exchange: Exchange): PeerState | undefined {
    const { method, key } = this.upstream;
    if (method === 'hash') return able[hash32(exchange.expand(key)) % able.length];
    if (method === 'ip_hash')
      return able[hash32(exchange.request.remoteAddress.split('.').slice(0, 3).join('.')) % able.length];
    let total = 0;
    let best: PeerState | undefined;
    for (const state of able) {
      const { weight } = state.peer;
      state.current += weight;
      total += weight;
      if (!best || state.current > best.current) best = state;
    }
    if (best) best.current -= total;
    return best;
  }
}

export type Passed =
  | { readonly kind: 'response'; readonly response: HttpResponse; readonly url: string }
  | { readonly kind: 'failed'; readonly status: number };

/** Where proxy_pass leads, as the configuration says it. */
interface Destination {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly explicitPort: boolean;
  /** Path with query as it is sent. */
  readonly target: string;
}

/** Passes requests on to upstreams; it remembers turns and failures between requests. */
export class Upstreams {
  private readonly balancers = new Map<string, Balancer>();

  constructor(private readonly loaded: Loaded) {
    for (const upstream of loaded.config.upstreams.values())
      this.balancers.set(upstream.name, new Balancer(upstream, loaded.addresses));
  }

  /** `complain` writes to the error log; its second argument is the URL that was tried. */
  *pass(
    exchange: Exchange,
    settings: Settings,
    prefix: string | undefined,
    complain: (text: string, url?: string) => Task,
  ): Task<Passed> {
    const destination = destinationOf(exchange, settings.proxyPass ?? '', prefix);
    if (!destination) {
      yield* complain(`invalid URL prefix in "${exchange.expand(settings.proxyPass ?? '')}"`);
      return { kind: 'failed', status: 500 };
    }
    const { host, port } = destination;
    exchange.proxyHost = destination.explicitPort ? `${host}:${port}` : host;
    const choices = yield* this.choices(exchange, settings, destination, complain);
    if (!choices) return { kind: 'failed', status: 502 };
    const tried = new Set<Endpoint>();
    const limit = settings.nextUpstreamTries || choices.size;
    let status = 502;
    while (tried.size < limit) {
      const endpoint = choices.next(tried);
      if (!endpoint) {
        if (tried.size === 0)
          yield* complain(
            `no live upstreams while connecting to upstream`,
            `${destination.scheme}://${host}${destination.target}`,
          );
        break;
      }
      tried.add(endpoint);
      const url = `${destination.scheme}://${endpoint.address}:${endpoint.port}${destination.target}`;
      const started = exchange.process.now;
      const note = (code: number) =>
        exchange.tries.push({
          address: `${endpoint.address}:${endpoint.port}`,
          status: code,
          time: exchange.process.now - started,
        });
      try {
        const response = yield* ask(exchange, settings, destination, endpoint);
        note(response.status);
        if (settings.nextUpstream.includes(`http_${response.status}`) && tried.size < limit) continue;
        return { kind: 'response', response, url: `${destination.scheme}://${exchange.proxyHost}` };
      } catch (error) {
        if (!(error instanceof HttpFault)) throw error;
        const [text, code] = FAULTS[error.kind];
        status = code;
        note(code);
        choices.failed(endpoint);
        yield* complain(text, url);
        if (!settings.nextUpstream.includes(code === 504 ? 'timeout' : 'error')) break;
      }
    }
    return { kind: 'failed', status };
  }

  private *choices(
    exchange: Exchange,
    settings: Settings,
    { host, port }: Destination,
    complain: (text: string) => Task,
  ) {
    const balancer = this.balancers.get(host);
    if (balancer)
      return {
        size: balancer.size,
        next: (tried: ReadonlySet<Endpoint>) => balancer.next(tried, exchange),
        failed: (endpoint: Endpoint) => balancer.failed(endpoint, exchange.process.now),
      };
    let addresses = isAddress(host) ? [host] : this.loaded.addresses.get(host);
    if (!addresses) {
      if (settings.resolver === undefined) {
        yield* complain(`no resolver defined to resolve ${host}`);
        return undefined;
      }
      const resolved = yield* askResolver(exchange.process, settings.resolver, host);
      if (resolved.addresses.length === 0) {
        yield* complain(resolved.problem);
        return undefined;
      }
      addresses = resolved.addresses;
    }
    const endpoints = addresses.map((address): Endpoint => ({ address, port }));
    return {
      size: endpoints.length,
      next: (tried: ReadonlySet<Endpoint>) => endpoints.find((endpoint) => !tried.has(endpoint)),
      failed: () => {},
    };
  }
}

/** The URI part of proxy_pass takes the place of the location's prefix; with variables it is the whole path. */
function destinationOf(exchange: Exchange, text: string, prefix: string | undefined): Destination | undefined {
  const url = exchange.expand(text);
  const [, scheme = '', host = '', portText, uri] = /^(https?):\/\/([^/:?]+)(?::(\d+))?([/?].*)?$/.exec(url) ?? [];
  if (host === '') return undefined;
  const query = exchange.args === '' ? '' : `?${exchange.args}`;
  const rest = prefix === undefined ? '' : exchange.uri.slice(prefix.length);
  const target =
    uri === undefined ? encodeURI(exchange.uri) + query : text.includes('$') ? uri : encodeURI(uri + rest) + query;
  return {
    scheme,
    host,
    port: portText === undefined ? (scheme === 'https' ? 443 : 80) : Number(portText),
    explicitPort: portText !== undefined,
    target,
  };
}

function* ask(
  exchange: Exchange,
  settings: Settings,
  destination: Destination,
  endpoint: Endpoint,
): Task<HttpResponse> {
  const { request, process } = exchange;
  return yield* forward(
    process,
    endpoint,
    {
      method: request.method,
      target: destination.target,
      headers: onwardHeaders(exchange, settings),
      body: requestBody(request),
      tls: destination.scheme === 'https',
      serverName: destination.host,
    },
    { connect: settings.connectTimeout, read: settings.readTimeout },
  );
}

/** Host and Connection are nginx's own unless proxy_set_header says otherwise; an empty value leaves a header out. */
function onwardHeaders(exchange: Exchange, settings: Settings): [string, string][] {
  const set = new Map<string, readonly [string, string]>([
    ['host', ['Host', exchange.proxyHost]],
    ['connection', ['Connection', 'close']],
  ]);
  for (const [name, value] of settings.proxyHeaders) set.set(name.toLowerCase(), [name, exchange.expand(value)]);
  const own = [...set.values()]
    .filter(([, value]) => value !== '')
    .map(([name, value]): [string, string] => [name, value]);
  return [...own, ...[...exchange.request.headers].filter(([name]) => !set.has(name))];
}

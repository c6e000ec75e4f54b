import type { HttpRequest, HttpResponse } from '../../../world/network/http.ts';
import type { Process } from '../../../world/process.ts';
import { type Task, wait } from '../../../world/task.ts';
import { HttpFault } from '../../http/client.ts';
import { type Endpoint, forward, queryOf, requestBody, targetOf } from '../../proxy/forward.ts';
import type { Filter, HeaderFilter } from '../gateway/types.ts';
import { type Account, accessLine } from './access-log.ts';
import { type Answer, bare, httpError, json, notFound, passedOn, redirect, sent, words } from './answers.ts';
import { Balancer } from './balancer.ts';
import { type EntryPoint, type Flags, INTERNAL } from './flags.ts';
import type { Logger } from './logger.ts';
import { cleanPath, modifiedPath, type RunningRouter, type Service, type Share } from './router.ts';
import { stickyValue } from './sticky.ts';

/** ms */
const TIMEOUTS = { connect: 30_000, read: 600_000 };
/** gRPC's code Unavailable, as grpc's status is written in JSON. */
const UNAVAILABLE = '{"code":14,"message":"Service Unavailable"}';

/** A request as middlewares have changed it. */
interface Onward {
  path: string;
  host: string;
  /** Names in lower case. */
  readonly headers: Map<string, string>;
  readonly responseFilters: HeaderFilter[];
  /** Set-Cookie of a sticky service. */
  cookie?: string;
}

/** The HTTP side of Traefik: routers by priority, middlewares, weighted services. */
export class TraefikServer {
  routers: readonly RunningRouter[] = [];
  private count = 0;
  private ports = 32768;
  private readonly balancers = new Map<string, Balancer>();

  constructor(
    private readonly process: Process,
    private readonly flags: Flags,
    private readonly logger: Logger,
    private readonly internal: (request: HttpRequest) => Answer,
  ) {}

  *handle(entryPoint: EntryPoint, given: HttpRequest): Task<HttpResponse> {
    const started = this.process.now;
    yield* wait(this.process.timer(0.2));
    const request = sanitized(given);
    const account: Account = { originTime: 0, fromService: false, entryPoint: entryPoint.name, silent: false };
    const found = yield* this.answer(entryPoint, request, account);
    const { now } = this.process;
    const head = request.method === 'HEAD';
    const { accessLog } = this.flags;
    if (accessLog && !account.silent) {
      const size = head ? 0 : found.body.length;
      const clientPort = this.nextPort();
      const count = ++this.count;
      const logged = { request: given, account, status: found.status, size, started, now, count, clientPort };
      yield* this.process.print(accessLine(accessLog, logged));
    }
    return sent(found, now, given);
  }

  /** Requests do not carry the port of their connection: one that it could have. */
  private nextPort(): number {
    this.ports = this.ports >= 60998 ? 32768 : this.ports + 2;
    return this.ports;
  }

  private *answer(entryPoint: EntryPoint, request: HttpRequest, account: Account): Task<Answer> {
    if (entryPoint.name === INTERNAL || entryPoint.redirection) {
      account.silent = true;
      const own = entryPoint.redirection ? this.redirection(entryPoint, request) : this.internal(request);
      if (own) return own;
      account.silent = false;
    }
    const router = this.routers.find(
      (one) =>
        one.status !== 'disabled' &&
        one.using.includes(entryPoint.name) &&
        one.tls === (request.tls !== undefined) &&
        one.matches(request),
    );
    if (!router) return notFound();
    account.router = router.name;
    const onward: Onward = {
      path: request.path,
      host: request.headers.get('host') ?? '',
      headers: this.forwardedHeaders(entryPoint, request),
      responseFilters: [],
    };
    for (const { filter, prefix } of router.middlewares) {
      const answer = applyFilter(filter, prefix, request, onward);
      if (answer) return answer;
    }
    const answer = yield* this.serve(router, request, onward, account);
    const headers = new Map(answer.headers);
    if (onward.cookie !== undefined) headers.set('set-cookie', onward.cookie);
    for (const filter of onward.responseFilters) changeHeaders(headers, filter);
    const typeGone = onward.responseFilters.some(({ remove = [] }) =>
      remove.some((name) => name.toLowerCase() === 'content-type'),
    );
    return { ...answer, headers, sniff: typeGone && !headers.has('content-type') };
  }

  /** traefik: pkg/provider/traefik/internal.go redirection, pkg/middlewares/redirect/redirect_scheme.go */
  private redirection({ redirection }: EntryPoint, request: HttpRequest): Answer | undefined {
    if (!redirection || request.tls) return undefined;
    const { to, scheme, permanent } = redirection;
    const port = /^:(\d+)$/.exec(to)?.[1] ?? String(this.flags.entryPoints.find(({ name }) => name === to)?.port ?? '');
    const usual = (scheme === 'https' && port === '443') || (scheme === 'http' && port === '80');
    const host = (request.headers.get('host') ?? '').replace(/:\d+$/, '');
    const isGet = request.method === 'GET';
    const status = permanent ? (isGet ? 301 : 308) : isGet ? 302 : 307;
    return redirect(status, `${scheme}://${host}${usual || port === '' ? '' : `:${port}`}${targetOf(request)}`);
  }

  private *serve(router: RunningRouter, request: HttpRequest, onward: Onward, account: Account): Task<Answer> {
    const share = this.choose(router);
    if (!share) return httpError(503, 'no available server');
    if (share.status !== undefined) return router.grpc ? json(200, UNAVAILABLE) : bare(share.status);
    const { service } = share;
    const provider = router.name.replace(/^.*@/, '');
    const server = this.chooseServer(service, request, onward);
    if (!server) return httpError(503, 'no available server');
    account.service = `${service.name}@${provider}`;
    account.server = `${server.address}:${server.port}`;
    account.scheme = service.scheme;
    const asked = this.process.now;
    const answer = yield* this.ask(service, server, request, onward);
    account.originTime = this.process.now - asked;
    account.fromService = true;
    return answer;
  }

  private *ask(service: Service, server: Endpoint, request: HttpRequest, onward: Onward): Task<Answer> {
    const host = service.passHostHeader ? onward.host : `${server.address}:${server.port}`;
    const message = {
      method: request.method,
      target: targetOf(request, onward.path),
      headers: [['Host', host] as const, ...[...onward.headers].filter(([name]) => name !== 'host')],
      body: requestBody(request),
      tls: service.scheme === 'https',
      serverName: host,
    };
    try {
      const response = yield* forward(this.process, server, message, TIMEOUTS);
      // Nobody in the world speaks HTTP/2 without TLS: what came was no frame of it.
      return service.scheme === 'h2c' ? words(500) : passedOn(response);
    } catch (error) {
      if (!(error instanceof HttpFault)) throw error;
      const late = error.kind === 'timeout' || error.kind === 'connect-timeout';
      const status = late ? 504 : error.kind === 'no-tls' || error.kind === 'not-http' ? 500 : 502;
      if (error.kind === 'no-tls')
        yield* this.logger.log('ERROR', '500 Internal Server Error', {
          error: 'tls: first record does not look like a TLS handshake',
        });
      return words(status);
    }
  }

  private choose({ name, shares }: RunningRouter): Share | undefined {
    if (shares.length < 2) return shares.find(({ weight }) => weight > 0);
    const entries = shares.map((share, index) => ({ name: String(index), weight: share.weight }));
    const chosen = this.balancer(`router ${name}`, entries).next();
    return chosen === undefined ? undefined : shares[Number(chosen)];
  }

  private chooseServer(service: Service, request: HttpRequest, onward: Onward): Endpoint | undefined {
    const urls = new Map(
      service.servers.map((server) => [`${service.scheme}://${server.address}:${server.port}`, server]),
    );
    if (service.cookie !== undefined) {
      const given = new RegExp(`(?:^|; *)${service.cookie.replace(/\W/g, '\\$&')}=([0-9a-f]+)`).exec(
        request.headers.get('cookie') ?? '',
      )?.[1];
      for (const [url, server] of urls) if (stickyValue(url) === given) return server;
    }
    const entries = [...urls.keys()].map((name) => ({ name, weight: 1 }));
    const chosen = this.balancer(`service ${service.name}`, entries).next();
    if (chosen === undefined) return undefined;
    if (service.cookie !== undefined) onward.cookie = `${service.cookie}=${stickyValue(chosen)}; Path=/`;
    return urls.get(chosen);
  }

  private balancer(key: string, entries: readonly { readonly name: string; readonly weight: number }[]): Balancer {
    const balancer = this.balancers.get(key) ?? new Balancer();
    this.balancers.set(key, balancer);
    balancer.update(entries);
    return balancer;
  }

  /** Nobody's word is taken for these headers, unless the entry point trusts. traefik: pkg/middlewares/forwardedheaders/forwarded_header.go */
  private forwardedHeaders({ trusting }: EntryPoint, request: HttpRequest): Map<string, string> {
    const host = request.headers.get('host') ?? '';
    const headers = new Map(
      [...request.headers].filter(([name]) => (trusting || !FORWARDED.has(name)) && name !== 'connection'),
    );
    const unlessGiven = (name: string, value: string) => {
      if (!headers.get(name)) headers.set(name, value);
    };
    unlessGiven('x-real-ip', request.remoteAddress);
    unlessGiven('x-forwarded-proto', request.tls ? 'https' : 'http');
    const secure = request.tls !== undefined || headers.get('x-forwarded-proto') === 'https';
    unlessGiven('x-forwarded-port', /:(\d+)$/.exec(host)?.[1] ?? (secure ? '443' : '80'));
    unlessGiven('x-forwarded-host', host);
    headers.set('x-forwarded-server', this.process.machine.hostname);
    const before = headers.get('x-forwarded-for');
    headers.set('x-forwarded-for', before ? `${before}, ${request.remoteAddress}` : request.remoteAddress);
    unlessGiven('accept-encoding', 'gzip');
    return headers;
  }
}

const FORWARDED = new Set([
  'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-method', 'x-forwarded-port', 'x-forwarded-prefix', 'x-forwarded-proto',
  'x-forwarded-server', 'x-forwarded-tls-client-cert', 'x-forwarded-tls-client-cert-info', 'x-forwarded-uri', 'x-real-ip',
]); // biome-ignore format: a list

/**
 * Without needless escapes, `.`, `..` and empty parts; escapes of characters that mean something stay, for routing too.
 * traefik: pkg/server/server_entrypoint_tcp.go normalizePath, sanitizePath
 */
function sanitized(request: HttpRequest): HttpRequest {
  const target = targetOf(request);
  const [given = '/'] = target.split('?');
  const query = target.slice(given.length);
  const normal = given.replace(/%([0-9a-fA-F]{2})/g, (whole, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : whole.toUpperCase();
  });
  const clean = cleanPath(normal);
  const path = normal.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
  return { ...request, path: decodedPath(path), target: `${path}${query}` };
}

function decodedPath(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function applyFilter(filter: Filter, prefix: string, request: HttpRequest, onward: Onward): Answer | undefined {
  if (filter.requestHeaderModifier) changeHeaders(onward.headers, filter.requestHeaderModifier);
  if (filter.responseHeaderModifier) onward.responseFilters.push(filter.responseHeaderModifier);
  if (filter.urlRewrite) {
    onward.path = modifiedPath(onward.path, filter.urlRewrite.path, prefix);
    onward.host = filter.urlRewrite.hostname ?? onward.host;
  }
  const to = filter.requestRedirect;
  if (!to) return undefined;
  const scheme = to.scheme ?? (request.tls ? 'https' : 'http');
  const [host = '', port = ''] = onward.host.split(':');
  const wanted = to.port !== undefined ? String(to.port) : to.scheme !== undefined ? '' : port;
  const path = modifiedPath(request.path, to.path, prefix);
  const place = `${to.hostname ?? host}${wanted === '' ? '' : `:${wanted}`}`;
  return redirect(to.statusCode ?? 302, `${scheme}://${place}${encodeURI(path)}${queryOf(request)}`);
}

function changeHeaders(headers: Map<string, string>, { set = [], add = [], remove = [] }: HeaderFilter): void {
  for (const { name, value } of set) headers.set(name.toLowerCase(), value);
  for (const { name, value } of add) {
    const old = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), old === undefined ? value : `${old}, ${value}`);
  }
  for (const name of remove) headers.delete(name.toLowerCase());
}

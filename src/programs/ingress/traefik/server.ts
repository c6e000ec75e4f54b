import { encode } from '../../../world/bytes.ts';
import { bodyBytes, type HttpBody, type HttpRequest, type HttpResponse } from '../../../world/network/http.ts';
import { reasonPhrase } from '../../../world/network/reasons.ts';
import type { Process } from '../../../world/process.ts';
import { type Task, wait } from '../../../world/task.ts';
import { HttpFault } from '../../http/client.ts';
import { forward, queryOf, requestBody, targetOf } from '../../proxy/forward.ts';
import { logTime } from '../../servers/support.ts';
import type { Filter, HeaderFilter } from '../gateway/types.ts';
import type { EntryPoint } from './flags.ts';
import { modifiedPath, type Router, type Share } from './router.ts';

/** ms */
const TIMEOUTS = { connect: 30_000, read: 600_000 };

/** A request as middlewares have changed it. */
interface Onward {
  path: string;
  host: string;
  /** Names in lower case. */
  readonly headers: Map<string, string>;
  readonly responseFilters: HeaderFilter[];
}

/** What the access log says of a request besides the request. */
interface Account {
  router: string;
  server: string;
}

/** The HTTP side of Traefik: routers by priority, middlewares, weighted services. */
export class TraefikServer {
  routers: readonly Router[] = [];
  private count = 0;
  private readonly turns = new Map<string, number>();
  private readonly balances = new Map<string, number>();

  constructor(
    private readonly process: Process,
    private readonly entryPoints: readonly EntryPoint[],
    private readonly accessLog: boolean,
  ) {}

  *handle(entryPoint: EntryPoint, request: HttpRequest): Task<HttpResponse> {
    const started = this.process.now;
    yield* wait(this.process.timer(0.2));
    const account: Account = { router: '-', server: '-' };
    const response = dated(this.process.now, yield* this.answer(entryPoint, request, account));
    this.count++;
    if (this.accessLog)
      yield* this.process.print(this.accessLine(request, response, account, this.process.now - started));
    if (request.method !== 'HEAD') return response;
    return { ...response, body: { kind: 'bytes', bytes: new Uint8Array(0) } };
  }

  private *answer(entryPoint: EntryPoint, request: HttpRequest, account: Account): Task<HttpResponse> {
    const target = this.entryPoints.find(
      ({ name }) => name === entryPoint.redirectTo || `:${entryPoint.redirectTo}` === name,
    );
    if (target && !request.tls) {
      account.router = `${entryPoint.name}-to-${target.name}@internal`;
      const port = target.port === 443 || target.port === 8443 ? '' : `:${target.port}`;
      return redirect(
        301,
        `https://${(request.headers.get('host') ?? '').replace(/:\d+$/, '')}${port}${targetOf(request)}`,
      );
    }
    const router = this.routers.find(
      (one) =>
        one.entryPoints.includes(entryPoint.name) && one.tls === (request.tls !== undefined) && one.matches(request),
    );
    if (!router) return notFound();
    account.router = router.name;
    const onward: Onward = {
      path: request.path,
      host: request.headers.get('host') ?? '',
      headers: new Map(request.headers),
      responseFilters: [],
    };
    for (const { filter, prefix } of router.middlewares) {
      const answer = applyFilter(filter, prefix, request, onward);
      if (answer) return answer;
    }
    return yield* this.serve(router, request, onward, account);
  }

  private *serve(router: Router, request: HttpRequest, onward: Onward, account: Account): Task<HttpResponse> {
    const share = this.choose(router);
    if (!share) return plain(503, 'no available server\n');
    if (share.status !== undefined) return { status: share.status, headers: new Map([['content-length', '0']]) };
    const turn = this.turns.get(share.name) ?? 0;
    this.turns.set(share.name, turn + 1);
    const server = share.servers[turn % share.servers.length];
    if (!server) return plain(503, 'no available server\n');
    account.server = `${share.scheme}://${server.address}:${server.port}`;
    try {
      const response = yield* forward(
        this.process,
        server,
        {
          method: request.method,
          target: targetOf(request, onward.path),
          headers: this.onwardHeaders(request, onward),
          body: requestBody(request),
          tls: share.scheme === 'https',
          serverName: onward.host,
        },
        TIMEOUTS,
      );
      return withFilters(response, onward.responseFilters);
    } catch (error) {
      if (!(error instanceof HttpFault)) throw error;
      const late = error.kind === 'timeout' || error.kind === 'connect-timeout';
      return plain(late ? 504 : 502, late ? 'Gateway Timeout' : 'Bad Gateway');
    }
  }

  /** Weighted round robin, spread evenly. */
  private choose({ name, shares }: Router): Share | undefined {
    const able = shares.filter(({ weight }) => weight > 0);
    if (able.length < 2) return able[0];
    const total = able.reduce((sum, { weight }) => sum + weight, 0);
    let best: Share | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const share of able) {
      const balance = (this.balances.get(`${name} ${share.name}`) ?? 0) + share.weight;
      this.balances.set(`${name} ${share.name}`, balance);
      if (balance > most) {
        most = balance;
        best = share;
      }
    }
    if (best) this.balances.set(`${name} ${best.name}`, most - total);
    return best;
  }

  private onwardHeaders(request: HttpRequest, { headers, host }: Onward): [string, string][] {
    const scheme = request.tls ? 'https' : 'http';
    const before = headers.get('x-forwarded-for');
    const own: [string, string][] = [
      ['Host', host],
      ['X-Forwarded-For', before === undefined ? request.remoteAddress : `${before}, ${request.remoteAddress}`],
      ['X-Forwarded-Host', request.headers.get('host') ?? ''],
      ['X-Forwarded-Port', request.tls ? '443' : (/:(\d+)$/.exec(request.headers.get('host') ?? '')?.[1] ?? '80')],
      ['X-Forwarded-Proto', scheme],
      ['X-Forwarded-Server', this.process.machine.hostname],
      ['X-Real-Ip', request.remoteAddress],
      ['Accept-Encoding', headers.get('accept-encoding') ?? 'gzip'],
    ];
    const set = new Set([...own.map(([name]) => name.toLowerCase()), 'connection']);
    return [...own, ...[...headers].filter(([name]) => !set.has(name))];
  }

  /** Common log format with what Traefik adds. Headers of requests are dropped unless told otherwise. */
  private accessLine(request: HttpRequest, response: HttpResponse, { router, server }: Account, time: number): string {
    const size = bodyBytes(response.body).length;
    const line = `${request.method} ${targetOf(request)} HTTP/${request.tls ? '2.0' : '1.1'}`;
    return `${request.remoteAddress} - - [${logTime(this.process.now)}] "${line}" ${response.status} ${size} "-" "-" ${this.count} "${router}" "${server}" ${Math.floor(time)}ms\n`;
  }
}

function applyFilter(filter: Filter, prefix: string, request: HttpRequest, onward: Onward): HttpResponse | undefined {
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
  const usual = scheme === 'https' ? '443' : '80';
  const shown = wanted === '' || wanted === usual ? '' : `:${wanted}`;
  const path = modifiedPath(request.path, to.path, prefix);
  return redirect(
    to.statusCode ?? 302,
    `${scheme}://${to.hostname ?? host}${shown}${encodeURI(path)}${queryOf(request)}`,
  );
}

function changeHeaders(headers: Map<string, string>, { set = [], add = [], remove = [] }: HeaderFilter): void {
  for (const { name, value } of set) headers.set(name.toLowerCase(), value);
  for (const { name, value } of add) {
    const old = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), old === undefined ? value : `${old}, ${value}`);
  }
  for (const name of remove) headers.delete(name.toLowerCase());
}

function withFilters(response: HttpResponse, filters: readonly HeaderFilter[]): HttpResponse {
  if (filters.length === 0) return response;
  const headers = new Map(response.headers);
  for (const filter of filters) changeHeaders(headers, filter);
  return { ...response, headers };
}

function dated(now: number, response: HttpResponse): HttpResponse {
  if (response.headers.has('date')) return response;
  return { ...response, headers: new Map([...response.headers, ['date', new Date(now).toUTCString()]]) };
}

function plain(status: number, text: string): HttpResponse {
  const body: HttpBody = { kind: 'bytes', bytes: encode(text) };
  const headers = new Map([
    ['content-type', 'text/plain; charset=utf-8'],
    ['content-length', String(body.bytes.length)],
  ]);
  return { status, headers, body };
}

/** Go's http.NotFound. */
function notFound(): HttpResponse {
  const { status, headers, body } = plain(404, '404 page not found\n');
  return { status, headers: new Map([...headers, ['x-content-type-options', 'nosniff']]), ...(body ? { body } : {}) };
}

function redirect(status: number, location: string): HttpResponse {
  const { headers, body } = plain(status, reasonPhrase(status));
  return { status, headers: new Map([['location', location], ...headers]), ...(body ? { body } : {}) };
}

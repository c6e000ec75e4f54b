import type { Client } from '../../../cluster/api/client.ts';
import { encode } from '../../../world/bytes.ts';
import { bodyBytes, type HttpBody, type HttpRequest, type HttpResponse } from '../../../world/network/http.ts';
import { reasonOf } from '../../../world/network/reasons.ts';
import type { Process } from '../../../world/process.ts';
import type { Random } from '../../../world/random.ts';
import { type Task, wait } from '../../../world/task.ts';
import { HttpFault } from '../../http/client.ts';
import { keepsAlive } from '../../net/http-bytes.ts';
import { errorPage, STATUS_LINES } from '../../nginx/pages.ts';
import { FAULTS } from '../../nginx/upstream.ts';

import { type Endpoint, forward, queryOf, requestBody, targetOf } from '../../proxy/forward.ts';
import { hostOf } from '../matching.ts';
import { accessOf } from './access.ts';
import type { LocationSettings } from './annotations.ts';
import { takesCanary } from './canary.ts';
import {
  type Configuration,
  DEFAULT_SERVER,
  DEFAULT_UPSTREAM,
  type Location,
  type Server,
  type Upstream,
} from './configuration.ts';
import { accessLine, errorLine, type Try } from './log.ts';
import { routeOf, serverOf } from './route.ts';

/** nginx's proxy_next_upstream_tries. */
const MAX_TRIES = 3;
/** The default backend inside the controller. */
const DEFAULT_ENDPOINT = '127.0.0.1:8181';
const HOP_BY_HOP = new Set(['server', 'date', 'connection', 'content-length', 'content-type', 'keep-alive']);

interface Answer {
  readonly status: number;
  /** Of the status line of who was asked. */
  readonly reason?: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: HttpBody;
}

/** What is told about a request beside its answer. */
interface Account {
  user: string;
  upstream: string;
  alternative: string;
  readonly tries: Try[];
}

/** The nginx of the controller: answers requests by the configuration that it has now. */
export class NginxProxy {
  private turn = new Map<string, number>();
  private connection = 0;

  constructor(
    private readonly process: Process,
    private readonly client: Client,
    private readonly random: Random,
    private readonly configuration: () => Configuration,
    private readonly options: () => Readonly<Record<string, string>>,
  ) {}

  /** Answers on port 80 and, with `request.tls`, on 443. */
  *handle(request: HttpRequest): Task<HttpResponse> {
    const started = this.process.now;
    yield* wait(this.process.timer(0.2));
    const server = serverOf(this.configuration(), hostOf(request.headers.get('host')));
    const routed = server && routeOf(server, request.path);
    const id = this.random.hex(32);
    const account: Account = { user: '-', upstream: routed?.location.upstream ?? '', alternative: '', tries: [] };
    this.connection++;
    const answer =
      server && routed ? yield* this.answer(server, routed.location, routed.path, request, account, id) : page(404);
    const sent = request.method === 'HEAD' ? 0 : bodyBytes(answer.body).length;
    if (routed?.location.settings.accessLog !== false) {
      const time = this.process.now - started;
      yield* this.process.print(
        accessLine(this.process.now, { request, status: answer.status, sent, time, id, ...account }),
      );
    }
    return this.finish(answer, request, routed?.location.settings);
  }

  private *answer(
    server: Server,
    location: Location,
    path: string,
    request: HttpRequest,
    account: Account,
    id: string,
  ): Task<Answer> {
    const { settings } = location;
    const redirect = redirectOf(server, settings, request, this.options());
    if (redirect) return redirect;
    if (settings.bodySize > 0 && (requestBody(request)?.length ?? 0) > settings.bodySize) {
      yield* this.complain(
        `client intended to send too large body: ${requestBody(request)?.length} bytes`,
        request,
        server,
      );
      return page(413);
    }
    const access = accessOf(this.client, settings, request);
    if (access.kind === 'forbidden') {
      yield* this.complain('access forbidden by rule', request, server);
      return page(403);
    }
    if (access.kind === 'broken') return page(503);
    if (access.kind === 'unauthorized') {
      if (access.why !== '') yield* this.complain(access.why, request, server);
      return withHeaders(page(401), [['www-authenticate', `Basic realm="${access.realm}"`]]);
    }
    account.user = access.user;
    if (settings.cors && request.method === 'OPTIONS') return { ...page(204), headers: [] };
    return yield* this.proxy(location, path, request, account, id, server);
  }

  private *proxy(
    location: Location,
    path: string,
    request: HttpRequest,
    account: Account,
    id: string,
    server: Server,
  ): Task<Answer> {
    const { upstreams } = this.configuration();
    const main = upstreams.get(location.upstream);
    const upstream = main && this.choose(main, request, account);
    if (!upstream) return page(503);
    const endpoints = upstream.endpoints.length > 0 ? upstream.endpoints : location.fallback;
    if (endpoints.length === 0) {
      if (upstream.name !== DEFAULT_UPSTREAM) return page(503);
      const missing = page(404);
      account.tries.push({ address: DEFAULT_ENDPOINT, length: bodyBytes(missing.body).length, time: 0, status: 404 });
      return missing;
    }
    let status = 502;
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const endpoint = this.next(upstream.name, endpoints);
      const started = this.process.now;
      const tried = (length: number, code: number) =>
        account.tries.push({
          address: `${endpoint.address}:${endpoint.port}`,
          length,
          time: this.process.now - started,
          status: code,
        });
      try {
        const response = yield* this.ask(endpoint, location.settings, path, request, id);
        tried(bodyBytes(response.body).length, response.status);
        return passedOn(response);
      } catch (error) {
        if (!(error instanceof HttpFault)) throw error;
        const [text, code] = FAULTS[error.kind];
        status = code;
        tried(0, code);
        const url = `${location.settings.backendTls ? 'https' : 'http'}://${endpoint.address}:${endpoint.port}${targetOf(request, path)}`;
        yield* this.complain(text, request, server, url);
        if (request.method !== 'GET' && request.method !== 'HEAD' && error.kind === 'timeout') break;
      }
    }
    return page(status);
  }

  /** The upstream itself or one of its canaries. */
  private choose(main: Upstream, request: HttpRequest, account: Account): Upstream {
    const { upstreams } = this.configuration();
    // Upstreams are shared by all who name the Service, and only the first canary counts, as in the real one.
    const [first] = main.alternatives;
    const alternative = first && upstreams.get(first.upstream);
    if (!alternative || alternative.endpoints.length === 0) return main;
    if (!takesCanary(first.canary, request, this.random)) return main;
    account.alternative = alternative.name;
    return alternative;
  }

  /** One after the other, as the controller's round robin does. */
  private next(upstream: string, endpoints: readonly Endpoint[]): Endpoint {
    const turn = this.turn.get(upstream) ?? this.random.integer(endpoints.length);
    this.turn.set(upstream, turn + 1);
    return endpoints[turn % endpoints.length] ?? { address: '', port: 0 };
  }

  private *ask(
    endpoint: Endpoint,
    settings: LocationSettings,
    path: string,
    request: HttpRequest,
    id: string,
  ): Task<HttpResponse> {
    const onward = {
      method: request.method,
      target: rewrittenTarget(request, path),
      headers: onwardHeaders(request, settings, id),
      body: requestBody(request),
      tls: settings.backendTls,
    };
    return yield* forward(this.process, endpoint, onward, {
      connect: settings.connectTimeout,
      read: settings.readTimeout,
    });
  }

  private *complain(text: string, request: HttpRequest, server: Server, upstream = ''): Task {
    const line = errorLine(this.process.now, this.connection, text, request, server.host, upstream);
    yield* this.process.printError(line);
  }

  private finish(answer: Answer, request: HttpRequest, settings: LocationSettings | undefined): HttpResponse {
    const headers = new Map<string, string>([['date', new Date(this.process.now).toUTCString()]]);
    const type = answer.headers.find(([name]) => name === 'content-type')?.[1];
    if (type !== undefined) headers.set('content-type', type);
    if (answer.body.kind === 'bytes' && answer.status !== 204)
      headers.set('content-length', String(answer.body.bytes.length));
    if (!request.tls) headers.set('connection', keepsAlive(request) ? 'keep-alive' : 'close');
    for (const [name, value] of answer.headers) if (name !== 'content-type') headers.set(name, value);
    if (settings?.cors) for (const [name, value] of corsHeaders(settings.cors, request)) headers.set(name, value);
    if (request.tls && this.options()['hsts'] !== 'false')
      headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
    const body: HttpBody = request.method === 'HEAD' ? { kind: 'bytes', bytes: new Uint8Array(0) } : answer.body;
    const reason = answer.reason ?? STATUS_LINES[answer.status];
    return { status: answer.status, ...(reason === undefined ? {} : { reason }), headers, body };
  }
}

function page(status: number): Answer {
  return {
    status,
    headers: [['content-type', 'text/html']],
    body: { kind: 'bytes', bytes: encode(errorPage(status, 'nginx')) },
  };
}

function withHeaders(answer: Answer, headers: readonly (readonly [string, string])[]): Answer {
  return { ...answer, headers: [...answer.headers, ...headers] };
}

/** Where the location sends a client instead of answering. */
function redirectOf(
  server: Server,
  settings: LocationSettings,
  request: HttpRequest,
  options: Readonly<Record<string, string>>,
): Answer | undefined {
  const to = (status: number, where: string) => withHeaders(page(status), [['location', where]]);
  const host = request.headers.get('host') ?? '';
  if (settings.appRoot !== '' && request.path === '/')
    return to(302, `${request.tls ? 'https' : 'http'}://${host}${settings.appRoot}`);
  if (settings.redirect) return to(settings.redirect.code, settings.redirect.to);
  const secure = settings.forceSslRedirect || (settings.sslRedirect && server.tls && server.host !== DEFAULT_SERVER);
  if (!secure || request.tls || /^https$/i.test(forwardedScheme(request, options))) return undefined;
  return to(Number(options['http-redirect-code'] ?? 308), `https://${hostOf(host)}${targetOf(request)}`);
}

/** The scheme that a trusted proxy in front reports. */
function forwardedScheme(request: HttpRequest, options: Readonly<Record<string, string>>): string {
  return options['use-forwarded-headers'] === 'true' ? (request.headers.get('x-forwarded-proto') ?? '') : '';
}

/** A rewritten path may bring a query, which then comes before that of the request. */
function rewrittenTarget(request: HttpRequest, path: string): string {
  const mark = path.indexOf('?');
  if (mark < 0) return targetOf(request, path);
  const query = queryOf(request).replace('?', '&');
  return path.endsWith('?') ? path.slice(0, -1) : path + query;
}

function onwardHeaders(request: HttpRequest, settings: LocationSettings, id: string): [string, string][] {
  const { headers, tls, remoteAddress } = request;
  const host = settings.upstreamVhost || (headers.get('host') ?? '');
  const scheme = tls ? 'https' : 'http';
  const own: [string, string][] = [
    ['Host', host],
    ['X-Request-ID', headers.get('x-request-id') ?? id],
    ['X-Real-IP', remoteAddress],
    ['X-Forwarded-For', remoteAddress],
    ['X-Forwarded-Host', headers.get('host') ?? ''],
    ['X-Forwarded-Port', tls ? '443' : '80'],
    ['X-Forwarded-Proto', scheme],
    ['X-Forwarded-Scheme', scheme],
    ['X-Scheme', scheme],
  ];
  const before = headers.get('x-forwarded-for');
  if (before !== undefined) own.push(['X-Original-Forwarded-For', before]);
  const set = new Set([...own.map(([name]) => name.toLowerCase()), 'connection']);
  return [...own, ...[...headers].filter(([name]) => !set.has(name))];
}

function passedOn(response: HttpResponse): Answer {
  const type = response.headers.get('content-type');
  const headers: [string, string][] = type === undefined ? [] : [['content-type', type]];
  for (const [name, value] of response.headers) if (!HOP_BY_HOP.has(name)) headers.push([name, value]);
  const { body = { kind: 'bytes', bytes: new Uint8Array(0) } } = response;
  const whole: HttpBody = body.kind === 'json' ? { kind: 'bytes', bytes: bodyBytes(body) } : body;
  return { status: response.status, reason: reasonOf(response), headers, body: whole };
}

function corsHeaders(cors: NonNullable<LocationSettings['cors']>, request: HttpRequest): [string, string][] {
  const origin = cors.origin === '*' ? '*' : allowedOrigin(cors.origin, request.headers.get('origin'));
  if (origin === undefined) return [];
  return [
    ['access-control-allow-origin', origin],
    ...(cors.credentials ? [['access-control-allow-credentials', 'true'] as [string, string]] : []),
    ['access-control-allow-methods', cors.methods],
    ['access-control-allow-headers', cors.headers],
    ['access-control-max-age', cors.maxAge],
  ];
}

function allowedOrigin(list: string, origin: string | undefined): string | undefined {
  return list
    .split(',')
    .map((item) => item.trim())
    .find((item) => item === origin);
}

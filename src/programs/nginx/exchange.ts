import { bodyBytes, type HttpBody, type HttpRequest } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import { queryOf, targetOf } from '../proxy/forward.ts';
import { logTime } from '../servers/support.ts';
import type { HttpConfig, Server } from './model.ts';

export interface Answer {
  readonly status: number;
  /** Of an upstream's status line. */
  readonly reason?: string;
  /** Names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: HttpBody;
}

/** One try at an upstream. */
export interface Try {
  readonly address: string;
  readonly status: number;
  /** ms */
  readonly time: number;
}

/** A request on its way through nginx, with the variables that it has. */
export class Exchange {
  /** The path as rewrites have made it. */
  uri: string;
  /** The query without its question mark. */
  args: string;
  server: Server | undefined;
  answer: Answer | undefined;
  user = '';
  proxyHost = '';
  readonly variables = new Map<string, string>();
  captures: readonly (string | undefined)[] = [];
  readonly tries: Try[] = [];
  readonly started: number;
  private id: string | undefined;

  constructor(
    readonly process: Process,
    readonly config: HttpConfig,
    readonly request: HttpRequest,
    readonly port: number,
    readonly connection: number,
  ) {
    this.uri = request.path;
    this.args = queryOf(request).slice(1);
    this.started = process.now;
  }

  get host(): string {
    return (this.request.headers.get('host') ?? this.server?.names[0] ?? '').replace(/:\d+$/, '').toLowerCase();
  }

  get target(): string {
    return targetOf(this.request);
  }

  /** As the client said it. */
  get protocol(): string {
    return this.request.protocol ?? 'HTTP/1.1';
  }

  get requestLine(): string {
    return `${this.request.method} ${this.target} ${this.protocol}`;
  }

  /** Takes the groups of a match as `$1`, `$2` and by their names. */
  capture(match: RegExpExecArray): void {
    this.captures = match;
    for (const [name, value] of Object.entries(match.groups ?? {})) this.variables.set(name, value ?? '');
  }

  /** Text with its variables filled in. `missing` stands for those without a value. */
  expand(text: string, missing = ''): string {
    if (!text.includes('$')) return text;
    return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced: string | undefined, bare: string | undefined) => {
      const value = this.variable(braced ?? bare ?? '');
      return value === undefined || value === '' ? missing : value;
    });
  }

  variable(name: string): string | undefined {
    if (/^\d$/.test(name)) return this.captures[Number(name)];
    const own = this.variables.get(name);
    if (own !== undefined) return own;
    const map = this.config.maps.get(name);
    if (map) return this.mapped(name);
    const reader = VARIABLES[name];
    if (reader) return reader(this);
    const { headers, query } = this.request;
    if (name.startsWith('http_')) return headers.get(name.slice(5).replace(/_/g, '-'));
    if (name.startsWith('arg_')) return query.find(([key]) => key === name.slice(4))?.[1];
    if (name.startsWith('cookie_')) return this.cookie(name.slice(7));
    const sent = /^(?:sent|upstream)_http_(.+)$/.exec(name)?.[1]?.replace(/_/g, '-');
    return sent === undefined ? undefined : this.answer?.headers.find(([key]) => key === sent)?.[1];
  }

  requestId(): string {
    this.id ??= this.process.machine.world.random.hex(32);
    return this.id;
  }

  private mapped(name: string): string {
    const map = this.config.maps.get(name);
    if (!map) return '';
    const value = this.expand(map.source);
    const exact = map.exact.get(value.toLowerCase());
    if (exact !== undefined) return this.expand(exact);
    for (const [pattern, result] of map.patterns) {
      const match = pattern.exec(value);
      if (!match) continue;
      this.capture(match);
      return this.expand(result);
    }
    return this.expand(map.fallback);
  }

  private cookie(name: string): string | undefined {
    for (const pair of (this.request.headers.get('cookie') ?? '').split(';')) {
      const [key = '', value] = pair.trim().split('=');
      if (key === name) return value;
    }
    return undefined;
  }
}

/** Seconds with three digits, of ms. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function list(exchange: Exchange, text: (attempt: Try) => string): string | undefined {
  return exchange.tries.length === 0 ? undefined : exchange.tries.map(text).join(', ');
}

/** nginx: src/http/ngx_http_variables.c and the variables of other modules. */
const VARIABLES: Readonly<Record<string, (exchange: Exchange) => string | undefined>> = {
  args: ({ args }) => args,
  query_string: ({ args }) => args,
  is_args: ({ args }) => (args === '' ? '' : '?'),
  uri: ({ uri }) => uri,
  document_uri: ({ uri }) => uri,
  request_uri: ({ target }) => target,
  request: ({ requestLine }) => requestLine,
  request_method: ({ request }) => request.method,
  request_id: (exchange) => exchange.requestId(),
  request_length: ({ request, target }) =>
    String(
      request.method.length +
        target.length +
        12 +
        [...request.headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0),
    ),
  request_time: ({ process, started }) => seconds(process.now - started),
  host: ({ host }) => host,
  hostname: ({ process }) => process.machine.hostname,
  scheme: ({ request }) => (request.tls ? 'https' : 'http'),
  https: ({ request }) => (request.tls ? 'on' : ''),
  server_name: ({ server }) => server?.names[0] ?? '',
  server_port: ({ port }) => String(port),
  server_addr: ({ process }) => [...process.machine.network.addresses].find((address) => !address.startsWith('127.')),
  server_protocol: ({ protocol }) => protocol,
  remote_addr: ({ request }) => request.remoteAddress,
  remote_port: ({ connection }) => String(32768 + (connection % 28000)),
  remote_user: ({ user }) => user,
  binary_remote_addr: ({ request }) => request.remoteAddress,
  proxy_add_x_forwarded_for: ({ request }) => {
    const before = request.headers.get('x-forwarded-for');
    return before ? `${before}, ${request.remoteAddress}` : request.remoteAddress;
  },
  proxy_host: ({ proxyHost }) => proxyHost,
  proxy_port: ({ proxyHost }) => /:(\d+)$/.exec(proxyHost)?.[1] ?? '80',
  status: ({ answer }) => (answer ? String(answer.status) : ''),
  body_bytes_sent: ({ request, answer }) => String(request.method === 'HEAD' ? 0 : bodyBytes(answer?.body).length),
  bytes_sent: ({ request, answer }) => String((request.method === 'HEAD' ? 0 : bodyBytes(answer?.body).length) + 238),
  content_length: ({ request }) => request.headers.get('content-length'),
  content_type: ({ request }) => request.headers.get('content-type'),
  time_local: ({ process }) => logTime(process.now),
  time_iso8601: ({ process }) => `${new Date(process.now).toISOString().slice(0, 19)}+00:00`,
  msec: ({ process }) => seconds(Math.floor(process.now)),
  connection: ({ connection }) => String(connection),
  connection_requests: () => '1',
  pid: ({ process }) => String(process.pid + 28),
  pipe: () => '.',
  nginx_version: () => '1.27.5',
  upstream_addr: (exchange) => list(exchange, ({ address }) => address),
  upstream_status: (exchange) => list(exchange, ({ status }) => String(status)),
  upstream_response_time: (exchange) => list(exchange, ({ time }) => seconds(time)),
  upstream_connect_time: (exchange) => list(exchange, () => '0.000'),
  upstream_header_time: (exchange) => list(exchange, ({ time }) => seconds(time)),
  upstream_response_length: ({ answer, tries }) =>
    tries.length === 0 ? undefined : String(bodyBytes(answer?.body).length),
  upstream_cache_status: () => undefined,
  ssl_protocol: ({ request }) => (request.tls ? 'TLSv1.3' : undefined),
  ssl_cipher: ({ request }) => (request.tls ? 'TLS_AES_256_GCM_SHA384' : undefined),
  document_root: () => undefined,
  request_filename: () => undefined,
  realpath_root: () => undefined,
  request_body: ({ request }) => (request.body ? new TextDecoder().decode(bodyBytes(request.body)) : undefined),
  limit_rate: () => '0',
};

/** Whether a variable exists in a configuration at all. */
export function isKnownVariable(name: string, declared: ReadonlySet<string>): boolean {
  return (
    /^\d$/.test(name) ||
    name in VARIABLES ||
    declared.has(name) ||
    /^(http|arg|cookie|sent_http|upstream_http|upstream_cookie)_/.test(name)
  );
}

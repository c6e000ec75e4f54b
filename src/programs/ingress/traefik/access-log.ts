import type { HttpRequest } from '../../../world/network/http.ts';
import { targetOf } from '../../proxy/forward.ts';
import { logTime } from '../../servers/support.ts';
import type { LogFormat } from './flags.ts';

/** What the access log says of a request besides the request. */
export interface Account {
  /** Names with their providers; absent when nothing took the request. */
  router?: string;
  service?: string;
  /** `10.244.1.2:8080` */
  server?: string;
  scheme?: string;
  /** ms that the server took. */
  originTime: number;
  /** Whether an answer came from behind the router, not from Traefik itself. */
  fromService: boolean;
  entryPoint: string;
  /** Nobody is told of it: Traefik's own services. */
  silent: boolean;
}

export interface Logged {
  readonly request: HttpRequest;
  readonly account: Account;
  readonly status: number;
  readonly size: number;
  readonly started: number;
  readonly now: number;
  readonly count: number;
  /** Of the connection. */
  readonly clientPort: number;
}

/** One line of the access log. traefik: pkg/middlewares/accesslog */
export function accessLine(format: LogFormat, logged: Logged): string {
  return format === 'json' ? jsonLine(logged) : commonLine(format, logged);
}

/** Common log format with what Traefik adds. Headers of requests are dropped unless told otherwise. */
function commonLine(format: LogFormat, { request, account, status, size, started, now, count }: Logged): string {
  const { router, server, scheme } = account;
  const quoted = (text: string | undefined) => `"${text ?? '-'}"`;
  const line = `${request.method} ${targetOf(request)} ${protocolOf(request)}`;
  const common = `${request.remoteAddress} - - [${logTime(started)}] "${line}" ${status} ${size} "-" "-"`;
  if (format === 'genericCLF') return `${common}\n`;
  const url = server === undefined ? undefined : `${scheme}://${server}`;
  return `${common} ${count} ${quoted(router)} ${quoted(url)} ${Math.floor(now - started)}ms\n`;
}

export function protocolOf({ protocol = 'HTTP/1.1' }: HttpRequest): string {
  return protocol;
}

/** logrus.JSONFormatter: keys in order, durations in ns. */
function jsonLine({ request, account, status, size, started, now, count, clientPort }: Logged): string {
  const { router, service, server, scheme, originTime, entryPoint } = account;
  const host = request.headers.get('host') ?? '';
  const [, name = host, port = '-'] = /^(.*):(\d+)$/.exec(host) ?? [];
  const ns = (ms: number) => Math.round(ms * 1e6);
  const originSize = server === undefined ? 0 : size;
  const fields: Record<string, unknown> = {
    ClientAddr: `${request.remoteAddress}:${clientPort}`,
    ClientHost: request.remoteAddress,
    ClientPort: String(clientPort),
    ClientUsername: '-',
    DownstreamContentSize: size,
    DownstreamStatus: status,
    Duration: ns(now - started),
    ...(originSize !== size && size !== 0 ? { GzipRatio: originSize / size } : {}),
    OriginContentSize: originSize,
    OriginDuration: ns(originTime),
    OriginStatus: server === undefined ? 0 : status,
    Overhead: ns(now - started - originTime),
    RequestAddr: host,
    RequestContentSize: request.body?.kind === 'bytes' ? request.body.bytes.length : 0,
    RequestCount: count,
    RequestHost: name,
    RequestMethod: request.method,
    RequestPath: targetOf(request),
    RequestPort: port,
    RequestProtocol: protocolOf(request),
    RequestScheme: request.tls ? 'https' : 'http',
    RetryAttempts: 0,
    ...(router === undefined ? {} : { RouterName: router }),
    ...(server === undefined ? {} : { ServiceAddr: server, ServiceName: service, ServiceURL: `${scheme}://${server}` }),
    StartLocal: new Date(started).toISOString(),
    StartUTC: new Date(started).toISOString(),
    ...(request.tls ? { TLSCipher: 'TLS_AES_128_GCM_SHA256', TLSVersion: '1.3' } : {}),
    entryPointName: entryPoint,
    level: 'info',
    msg: '',
    time: `${new Date(now).toISOString().slice(0, 19)}Z`,
  };
  return `${JSON.stringify(fields)}\n`;
}

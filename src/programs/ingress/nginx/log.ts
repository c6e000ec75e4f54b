import type { HttpRequest } from '../../../world/network/http.ts';
import { targetOf } from '../../proxy/forward.ts';
import { logTime } from '../../servers/support.ts';

/** One try at an endpoint. */
export interface Try {
  /** `10.244.1.5:80` */
  readonly address: string;
  readonly length: number;
  /** ms */
  readonly time: number;
  readonly status: number;
}

export interface AccessEntry {
  readonly request: HttpRequest;
  readonly user: string;
  readonly status: number;
  readonly sent: number;
  /** ms */
  readonly time: number;
  readonly upstream: string;
  readonly alternative: string;
  readonly tries: readonly Try[];
  /** 32 hexadecimal digits. */
  readonly id: string;
}

/** `GET / HTTP/1.1`; over TLS clients speak HTTP/2. */
export function requestLine(request: HttpRequest): string {
  return `${request.method} ${targetOf(request)} ${request.protocol ?? (request.tls ? 'HTTP/2.0' : 'HTTP/1.1')}`;
}

/** kubernetes/ingress-nginx: log-format-upstream */
export function accessLine(now: number, entry: AccessEntry): string {
  const { request, tries } = entry;
  const header = (name: string) => request.headers.get(name) ?? '-';
  const each = (text: (attempt: Try) => string) => (tries.length === 0 ? '-' : tries.map(text).join(', '));
  const fields = [
    `${request.remoteAddress} - ${entry.user} [${logTime(now)}] "${requestLine(request)}" ${entry.status} ${entry.sent}`,
    `"${header('referer')}" "${header('user-agent')}" ${requestLength(request)} ${seconds(entry.time)}`,
    `[${entry.upstream}] [${entry.alternative}]`,
    each(({ address }) => address),
    each(({ length }) => String(length)),
    each(({ time }) => seconds(time)),
    each(({ status }) => String(status)),
    entry.id,
  ];
  return `${fields.join(' ')}\n`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** The bytes of the request as HTTP/1.1 sends it. */
function requestLength(request: HttpRequest): number {
  let length = `${request.method} ${targetOf(request)} HTTP/1.1\r\n\r\n`.length;
  for (const [name, value] of request.headers) length += name.length + value.length + 4;
  return length + (request.body?.kind === 'bytes' ? request.body.bytes.length : 0);
}

/** A line of nginx's error log about a request. `upstream`: the URL of the try that failed. */
export function errorLine(
  now: number,
  connection: number,
  text: string,
  request: HttpRequest,
  server: string,
  upstream = '',
): string {
  const time = new Date(now).toISOString().slice(0, 19).replace(/-/g, '/').replace('T', ' ');
  const tried = upstream === '' ? '' : `, upstream: "${upstream}"`;
  return `${time} [error] 32#32: *${connection} ${text}, client: ${request.remoteAddress}, server: ${server}, request: "${requestLine(request)}"${tried}, host: "${request.headers.get('host') ?? ''}"\n`;
}

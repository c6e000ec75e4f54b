import { decode, encode } from '../../../world/bytes.ts';
import { bodyBytes, type HttpRequest, type HttpResponse } from '../../../world/network/http.ts';
import { reasonPhrase } from '../../../world/network/reasons.ts';

/** What a handler answers with, before Go's server has added its own headers. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** Its type was taken away, and Go looks for one. */
  readonly sniff?: boolean;
}

function answer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: new Map(Object.entries(headers)), body: encode(text) };
}

/** The words of the status and nothing else. traefik: pkg/proxy/httputil/proxy.go ErrorHandler */
export function words(status: number): Answer {
  return answer(status, reasonPhrase(status));
}

export function bare(status: number): Answer {
  return answer(status, '');
}

export function redirect(status: number, location: string): Answer {
  return answer(status, reasonPhrase(status), { location });
}

/** Go's http.Error. */
export function httpError(status: number, text: string): Answer {
  return answer(status, `${text}\n`, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
}

/** Go's http.NotFound. */
export function notFound(): Answer {
  return httpError(404, '404 page not found');
}

export function json(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return answer(status, text, { 'content-type': 'application/json', ...headers });
}

export function plain(status: number, text: string): Answer {
  return answer(status, text);
}

const HOP_BY_HOP = new Set([
  'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade',
]); // biome-ignore format: a list

/** A server's answer, without what belongs to the one connection. Go: httputil.ReverseProxy */
export function passedOn({ status, headers, body }: HttpResponse): Answer {
  return { status, headers: new Map([...headers].filter(([name]) => !HOP_BY_HOP.has(name))), body: bodyBytes(body) };
}

/** As it is sent: what the handler set by name, then what Go's server adds. Go: net/http, golang.org/x/net/http2 */
export function sent({ status, headers, body, sniff }: Answer, now: number, request: HttpRequest): HttpResponse {
  const http2 = request.protocol === 'HTTP/2.0';
  const length = headers.get('content-length') ?? String(body.length);
  const set = [...headers]
    .filter(([name]) => !http2 || name !== 'content-length')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const date: [string, string][] = headers.has('date') ? [] : [['date', new Date(now).toUTCString()]];
  const size: [string, string][] = !http2 && headers.has('content-length') ? [] : [['content-length', length]];
  const type: [string, string][] = sniff ? [['content-type', sniffed(body)]] : [];
  return {
    status,
    headers: new Map([...set, ...(http2 ? [...type, ...size, ...date] : [...date, ...size, ...type])]),
    body: { kind: 'bytes', bytes: request.method === 'HEAD' ? new Uint8Array(0) : body },
  };
}

/** Go's http.DetectContentType, of texts. */
function sniffed(body: Uint8Array): string {
  const start = decode(body.subarray(0, 512)).trimStart();
  return /^<(!doctype html|html|head|body|h1|p|div|table|title|script)[\s>]/i.test(start)
    ? 'text/html; charset=utf-8'
    : 'text/plain; charset=utf-8';
}

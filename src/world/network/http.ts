import { decode, encode } from '../bytes.ts';
import type { Channel, Task } from '../task.ts';
import type { Listener } from './namespace.ts';

export type HttpBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A JSON document that was never written out; `bodyBytes` does that where somebody looks. */
  | { readonly kind: 'json'; readonly value: unknown }
  /** Chunks as they come: a watch (objects), a log (bytes). */
  | { readonly kind: 'stream'; readonly items: Channel<unknown> }
  /** The connection became something else: exec, attach. */
  | { readonly kind: 'upgrade'; readonly session: RemoteSession }
  /** The connection became a way to ports behind the server: port-forward. */
  | { readonly kind: 'tunnel'; readonly tunnel: Tunnel }
  /** Somebody else has the answer, and the program that serves asks there: the API server's proxy. */
  | { readonly kind: 'elsewhere'; readonly place: Place };

/** A way to the ports of a Pod, as the client of port-forward has it. */
export interface Tunnel {
  /** Who listens on a port at its end. Raises TunnelError. */
  open(port: number): Pick<Listener, 'http' | 'accept' | 'tls'>;
}

/** What the far end of a tunnel says when nobody answers there. */
export class TunnelError extends Error {}

export interface Place {
  readonly address: string;
  readonly port: number;
  readonly path: string;
  readonly tls: boolean;
  /** It is a kubelet, which wants to see the API server's certificate. */
  readonly kubelet?: boolean;
}

/** The streams of exec and attach, seen from the client: it pushes to `stdin` and `resize` and reads the others. */
export interface RemoteSession {
  readonly stdin: Channel<Uint8Array>;
  readonly stdout: Channel<Uint8Array>;
  readonly stderr: Channel<Uint8Array>;
  readonly resize: Channel<{ readonly columns: number; readonly rows: number }>;
  /** One item: how it ended, as a meta/v1 Status. */
  readonly status: Channel<unknown>;
}

export interface HttpRequest {
  readonly method: string;
  /** Decoded path, without query. */
  readonly path: string;
  /** As it stood on the request line, if that is known: path with query, escapes and all. */
  readonly target?: string | undefined;
  /** `HTTP/1.0`, `HTTP/2.0`; absent: HTTP/1.1. */
  readonly protocol?: string | undefined;
  /** Query parameters in order. */
  readonly query: readonly (readonly [string, string])[];
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body?: HttpBody | undefined;
  /** Address of the client as the server sees it. */
  readonly remoteAddress: string;
  /** Set when the connection is encrypted; the client's certificate as PEM. */
  readonly tls?: { readonly serverName?: string; readonly clientCertificate?: string } | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** What the status line says beside the number, where the server has words of its own. */
  readonly reason?: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body?: HttpBody;
}

/** Answers a request. It may wait: a proxy asks somebody else. */
export type HttpHandler = (request: HttpRequest) => Task<HttpResponse>;

export function queryValue(request: HttpRequest, name: string): string | undefined {
  return request.query.find(([key]) => key === name)?.[1];
}

/** The bytes of a body that is complete: empty for streams. */
export function bodyBytes(body: HttpBody | undefined): Uint8Array {
  if (body?.kind === 'bytes') return body.bytes;
  return body?.kind === 'json' ? encode(`${JSON.stringify(body.value)}\n`) : new Uint8Array(0);
}

export function bodyText(body: HttpBody | undefined): string {
  return decode(bodyBytes(body));
}

export function textResponse(status: number, text: string, contentType = 'text/plain; charset=utf-8'): HttpResponse {
  const bytes = encode(text);
  return {
    status,
    headers: new Map([
      ['content-type', contentType],
      ['content-length', String(bytes.length)],
    ]),
    body: { kind: 'bytes', bytes },
  };
}

/** `/a/b?x=1&y` → path and query, percent-decoded; malformed escapes stay as they are. */
export function parseTarget(target: string): { path: string; query: [string, string][] } {
  const mark = target.indexOf('?');
  const path = percentDecode(mark < 0 ? target : target.slice(0, mark), false);
  const query: [string, string][] = [];
  if (mark >= 0) {
    for (const part of target.slice(mark + 1).split('&')) {
      if (part === '') continue;
      const equals = part.indexOf('=');
      const name = equals < 0 ? part : part.slice(0, equals);
      query.push([percentDecode(name, true), equals < 0 ? '' : percentDecode(part.slice(equals + 1), true)]);
    }
  }
  return { path, query };
}

function percentDecode(text: string, plus: boolean): string {
  try {
    return decodeURIComponent(plus ? text.replace(/\+/g, ' ') : text);
  } catch {
    return text;
  }
}

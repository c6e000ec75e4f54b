import { concat, decode, encode } from '../../world/bytes.ts';
import type { Connection } from '../../world/network/connection.ts';
import { bodyBytes, type HttpHandler, type HttpRequest, parseTarget } from '../../world/network/http.ts';
import { reasonOf } from '../../world/network/reasons.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';

/** A head longer than this is refused. */
const MAX_HEAD = 32_768;
const REQUEST_LINE = /^[A-Z]+ \/\S* HTTP\/\d/;

export { reasonOf };

/** What a server says to somebody who does not speak HTTP: head and body. */
const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n';

/** Serves somebody who speaks HTTP byte by byte (telnet, nc): one process for each connection. */
export function acceptHttp(
  server: Process,
  connection: Connection,
  handler: HttpHandler,
  badRequest: () => string = () => BAD_REQUEST,
): void {
  server.spawn({
    argv: server.argv,
    files: new Map([[3, connection]]),
    *main(process) {
      yield* serveConnection(process, connection, handler, badRequest);
      return 0;
    },
  });
  connection.release();
}

function* serveConnection(
  process: Process,
  connection: Connection,
  handler: HttpHandler,
  badRequest: () => string,
): Task {
  let pending: Uint8Array = new Uint8Array(0);
  for (;;) {
    let end = -1;
    for (;;) {
      const soFar = decode(pending);
      end = soFar.search(/\r?\n\r?\n/);
      const first = /^(.*?)\r?\n/.exec(soFar)?.[1];
      if (first !== undefined && first !== '' && !REQUEST_LINE.test(first)) break;
      if (end >= 0 || pending.length > MAX_HEAD) break;
      const more = yield* process.read(3);
      if (more.length === 0) return;
      pending = concat([pending, more]);
    }
    const text = decode(pending);
    const [line = '', ...lines] = text.slice(0, Math.max(0, end)).split(/\r?\n/);
    const [method = '', target = '', version = ''] = line.split(' ');
    if (end < 0 || !REQUEST_LINE.test(line)) {
      yield* process.write(3, badRequest());
      return;
    }
    const headers = new Map<string, string>();
    for (const header of lines) {
      const colon = header.indexOf(':');
      if (colon > 0) headers.set(header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim());
    }
    const headLength = encode(/^[\s\S]*?\r?\n\r?\n/.exec(text)?.[0] ?? '').length;
    pending = pending.slice(headLength);
    const length = Number(headers.get('content-length') ?? '0');
    while (pending.length < length) {
      const more = yield* process.read(3);
      if (more.length === 0) break;
      pending = concat([pending, more]);
    }
    const body = pending.slice(0, length);
    pending = pending.slice(length);
    const { path, query } = parseTarget(target);
    const request: HttpRequest = {
      method,
      path,
      query,
      target,
      ...(version === 'HTTP/1.1' ? {} : { protocol: version }),
      headers,
      remoteAddress: connection.remoteAddress,
      ...(length > 0 ? { body: { kind: 'bytes', bytes: body } as const } : {}),
    };
    const response = yield* handler(request);
    const bytes = bodyBytes(response.body);
    const shown = [...response.headers].map(([name, value]) => `${headerName(name)}: ${value}\r\n`).join('');
    yield* process.write(3, `HTTP/1.1 ${response.status} ${reasonOf(response)}\r\n${shown}\r\n`);
    if (method !== 'HEAD') yield* process.write(3, bytes);
    if (!keepsAlive(request)) return;
  }
}

/** Whether the connection is to stay open for a further request. RFC 9112: 9.3 */
export function keepsAlive({ protocol, headers }: HttpRequest): boolean {
  const wish = headers.get('connection')?.toLowerCase() ?? '';
  return protocol === 'HTTP/1.0' ? wish.includes('keep-alive') : !wish.includes('close');
}

/** `content-type` → `Content-Type`; `etag` → `ETag`; `www-authenticate` → `WWW-Authenticate`. */
export function headerName(name: string): string {
  if (name === 'etag') return 'ETag';
  if (name === 'www-authenticate') return 'WWW-Authenticate';
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

import { concat, decode, EMPTY, encode } from '../../world/bytes.ts';
import { Errno, type ErrnoCode } from '../../world/errno.ts';
import { bodyBytes, type HttpBody, type HttpResponse, parseTarget, textResponse } from '../../world/network/http.ts';
import type { ServerTls } from '../../world/network/namespace.ts';
import type { Opened } from '../../world/network/network.ts';
import type { Process } from '../../world/process.ts';
import { anyOf, type Task, wait } from '../../world/task.ts';
import { headerName } from '../net/http-bytes.ts';

/** Why there is no answer; each program words it. */
export type HttpFaultKind =
  | 'refused'
  | 'unreachable'
  | 'no-network'
  | 'reset'
  | 'connect-timeout'
  | 'timeout'
  /** TLS was spoken to a server that does not. */
  | 'no-tls'
  | 'empty'
  /** The server wanted a certificate. */
  | 'certificate-required'
  | 'not-http';

export class HttpFault extends Error {
  constructor(readonly kind: HttpFaultKind) {
    super(kind);
  }
}

/** Connections that never stood, and what the system says. */
export const CONNECT_FAILURES: Partial<Record<HttpFaultKind, string>> = {
  refused: 'Connection refused',
  unreachable: 'No route to host',
  'no-network': 'Network is unreachable',
  'connect-timeout': 'Connection timed out',
};

/** What a deadline ended. */
export class DeadlineError extends Error {}

/** Runs `task` until `deadline` (virtual ms), then gives it up and raises DeadlineError. */
export function* withDeadline<T>(process: Process, task: Task<T>, deadline: number | undefined): Task<T> {
  if (deadline === undefined) return yield* task;
  let step = task.next(undefined);
  while (!step.done) {
    const left = deadline - process.now;
    const woken = left <= 0 ? undefined : yield* wait(anyOf<unknown>(step.value, process.timer(left)));
    if (!woken || woken.index === 1) {
      task.return(undefined as never);
      throw new DeadlineError();
    }
    step = task.next(woken.value);
  }
  return step.value;
}

export interface HttpTarget {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
  /** ms */
  readonly connectTimeout: number;
}

export interface HttpMessage {
  readonly method: string;
  /** Path with query, as it is sent. */
  readonly target: string;
  /** Names as they are sent. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | undefined;
  readonly clientCertificate?: string;
  readonly serverName?: string;
  /** The client speaks no newer version: `HTTP/1.0`, `HTTP/1.1`. */
  readonly protocol?: string;
  /** Bytes without a head are taken for the body (HTTP/0.9). */
  readonly headless?: boolean;
}

export interface HttpAnswer {
  /** The connection speaks HTTP/2, as Go's servers do over TLS. */
  readonly http2: boolean;
  /** Of the status line, where it is not what the client speaks: Go refuses plain requests to a TLS port so. */
  readonly version?: '1.0';
  /** The server's certificate comes from an authority that is not the system's. */
  readonly response: HttpResponse;
}

/** A request to a server of the world. Raises HttpFault. `connected` runs once the connection stands. */
export function* httpExchange(
  process: Process,
  target: HttpTarget,
  message: HttpMessage,
  connected: (tls: ServerTls | undefined) => Task = noTask,
): Task<HttpAnswer> {
  const opened = yield* open(process, target);
  const { listener } = opened;
  yield* connected(listener.tls);
  if (target.tls && !listener.tls) throw new HttpFault('no-tls');
  if (!target.tls && listener.tls && !listener.tls.optional)
    return {
      http2: false,
      version: '1.0',
      response: textResponse(400, 'Client sent an HTTP request to an HTTPS server.\n'),
    };
  if (!listener.http) return { http2: false, response: yield* overBytes(process, opened, target, message) };
  const { path, query } = parseTarget(message.target);
  const http2 = target.tls && message.protocol === undefined;
  const protocol = http2 ? 'HTTP/2.0' : message.protocol;
  const request = {
    method: message.method,
    path,
    query,
    target: message.target,
    ...(protocol === undefined ? {} : { protocol }),
    headers: new Map(message.headers.map(([name, value]): [string, string] => [name.toLowerCase(), value])),
    ...(message.body ? { body: { kind: 'bytes', bytes: message.body } as const } : {}),
    ...(target.tls
      ? {
          tls: {
            ...(message.serverName === undefined ? {} : { serverName: message.serverName }),
            ...(message.clientCertificate === undefined ? {} : { clientCertificate: message.clientCertificate }),
          },
        }
      : {}),
  };
  const response = yield* answerOf(process.machine.world.network.exchange(process, opened, request));
  if (target.tls && response.status === CERTIFICATE_REQUIRED) throw new HttpFault('certificate-required');
  return { http2, response };
}

/** What servers here answer whose handshake failed for the client's certificate. */
const CERTIFICATE_REQUIRED = 495;

/** A server that goes away instead of answering is one that says nothing. */
function* answerOf(answer: Task<HttpResponse>): Task<HttpResponse> {
  try {
    return yield* answer;
  } catch (error) {
    if (error instanceof Errno && error.code === 'EPIPE') throw new HttpFault('empty');
    throw error;
  }
}

function* noTask(): Task {}

/** connect(2), with what went wrong as a HttpFault. */
function* open(process: Process, { address, port, connectTimeout }: HttpTarget): Task<Opened> {
  try {
    return yield* process.machine.world.network.open(process, address, port, connectTimeout);
  } catch (error) {
    const kind = error instanceof Errno ? FAULTS[error.code] : undefined;
    throw kind ? new HttpFault(kind) : error;
  }
}

const FAULTS: Partial<Record<ErrnoCode, HttpFaultKind>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'no-network',
  ETIMEDOUT: 'connect-timeout',
};

/** Speaks HTTP/1.1 byte by byte: to `nc -l` and the like. */
function* overBytes(
  process: Process,
  opened: Opened,
  { address, port }: HttpTarget,
  message: HttpMessage,
): Task<HttpResponse> {
  const connection = process.machine.world.network.join(process, opened, address, port).retain();
  try {
    const head = message.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const text = `${message.method} ${message.target} HTTP/1.1\r\n${head}\r\n`;
    yield* connection.write(process, concat([encode(text), message.body ?? EMPTY]));
    const chunks: Uint8Array[] = [];
    for (;;) {
      const chunk = yield* connection.read(process, 65536);
      if (chunk.length === 0) break;
      chunks.push(chunk);
      const parsed = parseResponse(concat(chunks), message.method === 'HEAD');
      if (parsed === 'not-http') {
        if (message.headless) continue;
        throw new HttpFault('not-http');
      }
      if (parsed?.complete) return parsed.response;
    }
    if (chunks.length === 0) throw new HttpFault('empty');
    const parsed = parseResponse(concat(chunks), message.method === 'HEAD');
    if (parsed === 'not-http' && message.headless)
      return { status: 0, headers: new Map(), body: { kind: 'bytes', bytes: concat(chunks) } };
    if (!parsed || parsed === 'not-http') throw new HttpFault('not-http');
    return parsed.response;
  } catch (error) {
    if (error instanceof Errno && error.code === 'EPIPE') throw new HttpFault('empty');
    throw error;
  } finally {
    connection.release();
  }
}

function parseResponse(
  bytes: Uint8Array,
  headOnly: boolean,
): { response: HttpResponse; complete: boolean } | 'not-http' | undefined {
  const text = decode(bytes);
  if (!'HTTP/'.startsWith(text.slice(0, 5))) return 'not-http';
  const head = /^([\s\S]*?)\r?\n\r?\n/.exec(text);
  if (!head) return undefined;
  const [line = '', ...lines] = (head[1] ?? '').split(/\r?\n/);
  const headers = new Map<string, string>();
  for (const header of lines) {
    const colon = header.indexOf(':');
    if (colon > 0) headers.set(header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim());
  }
  const body = bytes.subarray(encode(head[0]).length);
  const length = headers.get('content-length');
  const wanted = length === undefined ? undefined : Number(length);
  return {
    response: {
      status: Number(line.split(' ')[1] ?? '0'),
      headers,
      body: { kind: 'bytes', bytes: wanted === undefined ? body : body.subarray(0, wanted) },
    },
    complete: headOnly || (wanted !== undefined && body.length >= wanted),
  };
}

/** The parts of a body as they come, as bytes; undefined at the end. */
export function* nextPart(body: HttpBody | undefined, state: { done: boolean }): Task<Uint8Array | undefined> {
  if (state.done) return undefined;
  if (body?.kind === 'stream') {
    const item = yield* body.items.next();
    if (item === undefined) {
      state.done = true;
      return undefined;
    }
    return item instanceof Uint8Array ? item : encode(`${typeof item === 'string' ? item : JSON.stringify(item)}\n`);
  }
  state.done = true;
  return bodyBytes(body);
}

/** The names of headers as the protocol shows them. */
export function shownHeaders(response: HttpResponse, http2: boolean): [string, string][] {
  return [...response.headers].map(([name, value]) => [http2 ? name : headerName(name), value]);
}

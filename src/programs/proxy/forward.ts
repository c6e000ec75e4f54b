import type { HttpRequest, HttpResponse } from '../../world/network/http.ts';
import { bodyBytes } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { DeadlineError, HttpFault, httpExchange, withDeadline } from '../http/client.ts';
import { resolveHost } from '../net/resolve.ts';

/** Where a request can go: an address, or a name that is looked up. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface Onward {
  readonly method: string;
  /** Path with query, encoded. */
  readonly target: string;
  /** Names as they are sent. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | undefined;
  readonly tls: boolean;
  readonly serverName?: string;
}

export interface Timeouts {
  /** ms */
  readonly connect: number;
  /** ms */
  readonly read: number;
}

/** One attempt at one endpoint. Raises HttpFault; 'timeout' when the answer does not come in time. */
export function* forward(process: Process, endpoint: Endpoint, onward: Onward, timeouts: Timeouts): Task<HttpResponse> {
  const address = yield* resolveHost(process, endpoint.address);
  if (address === undefined) throw new HttpFault('unreachable');
  const exchange = httpExchange(
    process,
    { address, port: endpoint.port, tls: onward.tls, connectTimeout: timeouts.connect },
    {
      method: onward.method,
      target: onward.target,
      headers: onward.headers,
      body: onward.body,
      ...(onward.serverName === undefined ? {} : { serverName: onward.serverName }),
    },
  );
  try {
    const { response } = yield* withDeadline(process, exchange, process.now + timeouts.connect + timeouts.read);
    return response;
  } catch (error) {
    if (error instanceof DeadlineError) throw new HttpFault('timeout');
    throw error;
  }
}

/** The path with its query, as it stood on the request line. */
export function targetOf(request: HttpRequest, path = request.path): string {
  if (path === request.path && request.target !== undefined) return request.target;
  return encodePath(path) + queryOf(request);
}

/** `?a=1&b=2`, or nothing. */
export function queryOf({ query }: HttpRequest): string {
  if (query.length === 0) return '';
  return `?${query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
}

function encodePath(path: string): string {
  return encodeURI(path).replace(/[?#]/g, encodeURIComponent);
}

export function requestBody(request: HttpRequest): Uint8Array | undefined {
  return request.body ? bodyBytes(request.body) : undefined;
}

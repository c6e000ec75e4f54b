import { type HttpRequest, type HttpResponse, textResponse } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import { type Task, wait } from '../../world/task.ts';

export type Pages = (path: string) => HttpResponse | undefined;

/** Pages of a component on a port of its own. Returns how to close them; undefined when the port is taken. */
export function servePages(
  process: Process,
  port: number,
  pages: Pages,
  address = '0.0.0.0',
  /** The name in its certificate, when it speaks TLS. */
  tlsName?: string,
): (() => void) | undefined {
  const { network } = process.machine;
  const listener = {
    protocol: 'tcp' as const,
    address,
    port,
    owner: process,
    ...(tlsName === undefined ? {} : { tls: { names: [tlsName] } }),
    *http(request: HttpRequest): Task<HttpResponse> {
      yield* wait(process.timer(1));
      return pages(request.path) ?? textResponse(404, '404 page not found\n');
    },
  };
  return network.listen(listener) ? () => network.close(listener) : undefined;
}

export function jsonPage(
  status: number,
  text: string,
  extra: readonly (readonly [string, string])[] = [],
): HttpResponse {
  const response = textResponse(status, text, 'application/json');
  const length = response.headers.get('content-length') ?? '0';
  const headers = new Map([
    ['content-type', 'application/json'],
    ['x-content-type-options', 'nosniff'],
    ...extra,
    ['content-length', length],
  ]);
  return { ...response, headers };
}

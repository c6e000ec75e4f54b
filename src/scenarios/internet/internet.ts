import { type HttpHandler, type HttpRequest, type HttpResponse, textResponse } from '../../world/network/http.ts';
import { NetworkNamespace, type ServerTls } from '../../world/network/namespace.ts';
import type { Task } from '../../world/task.ts';
import type { World } from '../../world/world.ts';
import { type WebFile, webFile } from './files.ts';
import { HOSTS, PUBLIC_RESOLVERS } from './hosts.ts';
import { addPublicResolver } from './resolver.ts';

/** `OWNER/REPO/releases/download/TAG/FILE` or `…/releases/latest/download/FILE`. */
const RELEASE = /^\/[^/]+\/[^/]+\/releases\/(latest\/)?download\//;

const MORE = new WeakMap<World, readonly WebFile[]>();

/** Puts files of one kind of world on the sites of its internet. */
export function addWebFiles(world: World, files: readonly WebFile[]): void {
  MORE.set(world, [...(MORE.get(world) ?? []), ...files]);
}

/** Gives a world a small internet: names that resolve, and web servers with the files of files.ts. */
export function addInternet(world: World): void {
  for (const [host, addresses] of Object.entries(HOSTS)) {
    world.network.names.set(host, addresses);
    const namespace = new NetworkNamespace(host);
    for (const address of addresses) world.network.attachOutside(address, namespace);
    if (PUBLIC_RESOLVERS.includes(host)) addPublicResolver(world, namespace);
    const listen = (port: number, http: HttpHandler, tls?: ServerTls) =>
      namespace.listen({ protocol: 'tcp', address: '0.0.0.0', port, owner: undefined, http, tls });
    listen(443, (request) => serve(world, host, request), { names: [host] });
    listen(80, (request) => servePlain(world, host, request));
  }
}

function* servePlain(world: World, host: string, request: HttpRequest): Task<HttpResponse> {
  if (host.endsWith('example.com')) return yield* serve(world, host, request);
  return redirect(world, 301, `https://${host}${request.path}`);
}

function* serve(world: World, host: string, request: HttpRequest): Task<HttpResponse> {
  // What is released lies elsewhere, as on the real site.
  if (host === 'github.com' && RELEASE.test(request.path)) {
    const elsewhere = 'release-assets.githubusercontent.com';
    return webFile(elsewhere, request.path, MORE.get(world))
      ? redirect(world, 302, `https://${elsewhere}${request.path}`)
      : dated(world, textResponse(404, 'Not Found'));
  }
  if (host === 'dl.k8s.io') return redirect(world, 302, `https://cdn.dl.k8s.io${request.path}`);
  const file = webFile(host, request.path, MORE.get(world));
  if (!file) return dated(world, textResponse(404, '404: Not Found'));
  if (typeof file.text === 'string') return dated(world, textResponse(200, file.text, file.type));
  const headers = new Map([
    ['content-type', file.type],
    ['content-length', String(file.text.length)],
  ]);
  return dated(world, { status: 200, headers, body: { kind: 'bytes', bytes: file.text } });
}

function redirect(world: World, status: number, location: string): HttpResponse {
  const { headers, body } = dated(world, textResponse(status, ''));
  return { status, headers: new Map([...headers, ['location', location]]), ...(body ? { body } : {}) };
}

function dated(world: World, { status, headers, body }: HttpResponse): HttpResponse {
  const date = new Date(world.now).toUTCString();
  return { status, headers: new Map([['date', date], ...headers]), ...(body ? { body } : {}) };
}

import { type HttpRequest, type HttpResponse, textResponse } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import { Condition, type Task, wait } from '../../world/task.ts';
import type { Command, Invocation } from '../command/command.ts';
import { ConnectionError, KubectlError } from '../errors.ts';
import { bool, duration, int, string } from '../flags/index.ts';

/** kubernetes: kubectl/pkg/cmd/proxy/proxy.go, kubectl/pkg/proxy/proxy_server.go */
export const proxy: Command = {
  name: 'proxy',
  use: 'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  short: 'Run a proxy to the Kubernetes API server',
  long: `Listen on this machine and pass what comes to the API server, with the credentials of the kubeconfig.

 So a program that knows nothing of them can ask the API: curl http://localhost:8001/api/`,
  examples: `# On port 8001
kubectl proxy

# On any free port
kubectl proxy --port=0

# Only some of the paths, below /k8s-api
kubectl proxy --api-prefix=/k8s-api --accept-paths='^/api/v1/pods'`,
  flags: [
    string('accept-hosts', '^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$', 'Regular expressions of hosts to accept.'),
    string('accept-paths', '^.*', 'Regular expressions of paths to accept.'),
    string('address', '127.0.0.1', 'The IP address on which to serve on.'),
    string('api-prefix', '/', 'Prefix to serve the proxied API under.'),
    bool('append-server-path', false, 'If true, the path of the server in the kubeconfig is added to each request.'),
    bool('disable-filter', false, 'If true, accept every request. Only for a port that nobody else can reach.'),
    duration('keepalive', 0, 'The keep-alive period of a connection. Zero means none.'),
    int('port', 8001, 'The port on which to run the proxy. 0 is any free one.', { shorthand: 'p' }),
    string('reject-methods', '^$', 'Regular expressions of methods to refuse.'),
    string(
      'reject-paths',
      '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach',
      'Regular expressions of paths to refuse, even when they are accepted.',
    ),
    string('unix-socket', '', 'Unix socket on which to run the proxy.', { shorthand: 'u' }),
    string('www', '', 'Also serve static files from the given directory under the specified prefix.', {
      shorthand: 'w',
    }),
    string('www-prefix', '/static/', 'Prefix to serve static files under.', { shorthand: 'P' }),
  ],
  *run(invocation) {
    const { flags, process, factory } = invocation;
    if (flags.string('unix-socket') !== '') throw new KubectlError('kubetutor does not model unix sockets of proxy');
    const client = factory.client();
    const { network, world } = process.machine;
    const address = flags.string('address');
    const wanted = flags.number('port');
    const port = wanted === 0 ? 32768 + world.random.fork(`proxy-${process.pid}`).integer(28232) : wanted;
    if (wanted < 0 || wanted > 65_535) throw new KubectlError(`listen tcp: address ${wanted}: invalid port`);
    const accepts = filterOf(invocation);
    const prefix = `/${flags.string('api-prefix').replace(/^\/|\/$/g, '')}/`.replace('//', '/');
    const listener = {
      protocol: 'tcp' as const,
      address,
      port,
      owner: process,
      *http(request: HttpRequest): Task<HttpResponse> {
        if (!accepts(request)) return textResponse(403, 'Forbidden\n');
        const file = served(process, flags.string('www'), flags.string('www-prefix'), request.path);
        if (file) return file;
        if (!`${request.path}/`.startsWith(prefix)) return textResponse(404, '404 page not found\n');
        const path = prefix === '/' ? request.path : request.path.slice(prefix.length - 1) || '/';
        try {
          return yield* client.relay({ ...request, path });
        } catch (error) {
          if (error instanceof ConnectionError) return textResponse(502, '');
          throw error;
        }
      },
    };
    if (address !== '0.0.0.0' && address !== '::' && !network.isLocal(address))
      throw new KubectlError(`listen tcp ${address}:${port}: bind: cannot assign requested address`);
    if (!network.listen(listener))
      throw new KubectlError(`listen tcp ${address}:${port}: bind: address already in use`);
    const over = new Condition();
    try {
      yield* process.print(`Starting to serve on ${address.includes(':') ? `[${address}]` : address}:${port}\n`);
      for (;;) yield* wait(over);
    } finally {
      network.close(listener);
    }
  },
};

const PAGE_START = '<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n';

/** A file of `--www`, as Go's file server gives it; undefined for paths that are not below its prefix. */
function served(process: Process, folder: string, prefix: string, path: string): HttpResponse | undefined {
  const start = `/${prefix.replace(/^\/|\/$/g, '')}/`.replace('//', '/');
  if (folder === '' || !path.startsWith(start)) return undefined;
  const { files } = process.machine;
  const who = process.credentials;
  const names = decodeURIComponent(path.slice(start.length))
    .split('/')
    .filter((name) => name !== '' && name !== '.' && name !== '..');
  const root = folder.startsWith('/') ? folder : `${process.cwd}/${folder}`;
  const at = [root, ...names].join('/');
  const found = files.tryStat(at, who);
  if (!found) return textResponse(404, '404 page not found\n');
  if (found.kind !== 'directory') return textResponse(200, files.readText(at, who));
  if (files.tryStat(`${at}/index.html`, who)) return textResponse(200, files.readText(`${at}/index.html`, who));
  const links = files
    .readDirectory(at, who)
    .toSorted()
    .map((name) => (files.tryStat(`${at}/${name}`, who)?.kind === 'directory' ? `${name}/` : name))
    .map((name) => `<a href="${name}">${name}</a>\n`);
  return textResponse(200, `${PAGE_START}${links.join('')}</pre>\n`);
}

/** kubernetes: kubectl/pkg/proxy/proxy_server.go FilterServer */
function filterOf({ flags }: Invocation): (request: HttpRequest) => boolean {
  if (flags.bool('disable-filter')) return () => true;
  const list = (name: string) =>
    flags
      .string(name)
      .split(',')
      .map((pattern) => {
        try {
          return new RegExp(pattern);
        } catch {
          throw new KubectlError(`error parsing regexp: ${JSON.stringify(pattern)}`);
        }
      });
  const [hosts, paths, rejected, methods] = [
    list('accept-hosts'),
    list('accept-paths'),
    list('reject-paths'),
    list('reject-methods'),
  ];
  return ({ method, path, headers }) => {
    const host = (headers.get('host') ?? 'localhost').replace(/:\d+$/, '');
    if (rejected.some((one) => one.test(path)) || methods.some((one) => one.test(method))) return false;
    return paths.some((one) => one.test(path)) && hosts.some((one) => one.test(host));
  };
}

import { jsonResponse } from '../cluster/api/response.ts';
import { StatusError } from '../cluster/apimachinery/errors.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { encode } from '../world/bytes.ts';
import { Errno } from '../world/errno.ts';
import { type HttpRequest, type HttpResponse, type Place, textResponse } from '../world/network/http.ts';
import type { Process } from '../world/process.ts';
import type { Program } from '../world/program.ts';
import { type Task, wait } from '../world/task.ts';
import { handleWithWebhooks } from './webhooks.ts';

/** Virtual ms that the API server takes for a request. */
const REQUEST_TIME = 2;

/** ms that a request waits for an etcd that does not answer. */
const ETCD_TIMEOUT = 7000;
/** What is no Status of the API server's own has no reason. kubernetes: apiserver/pkg/endpoints/handlers/responsewriters ErrorToAPIStatus */
const ETCD_SILENT = new StatusError({ code: 500, message: 'etcdserver: request timed out' });

/** ms that a proxied request waits for a connection. */
const PROXY_TIMEOUT = 30_000;

/** Waits until the process is told to stop: what a daemon does that works by events. The exit status is 0. */
export function* untilStopped(process: Process): Task<number> {
  let stop = () => {};
  let stopped = false;
  for (const signal of ['TERM', 'INT'] as const) {
    process.onSignal(signal, {
      interrupt: false,
      handle: () => {
        stopped = true;
        stop();
      },
    });
  }
  while (!stopped) {
    yield* wait<void>({
      arm: (wake) => {
        stop = wake;
        return () => {};
      },
    });
  }
  return 0;
}

/** What kubeadm's apiserver.crt is for. */
const API_SERVER_NAMES = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];
const servingCertificates = new WeakMap<Cluster, string>();

const namesOf = ({ options }: Cluster) => [...(options.serverNames ?? ['controlplane']), ...API_SERVER_NAMES];

/** Made when somebody looks at it: most worlds never do. */
function servingCertificate(cluster: Cluster): string {
  const known = servingCertificates.get(cluster);
  if (known !== undefined) return known;
  const addresses = ['10.96.0.1', cluster.options.address.split(':')[0] ?? '', '127.0.0.1'];
  const names = [...namesOf(cluster), ...addresses];
  const { certificate } = cluster.authority.issue({ commonName: 'kube-apiserver', organizations: [] }, 365, names);
  servingCertificates.set(cluster, certificate);
  return certificate;
}

const kubeletClients = new WeakMap<Cluster, string>();

/** What the API server shows to kubelets: made when it first asks one. */
function kubeletClient(cluster: Cluster): string {
  const known = kubeletClients.get(cluster);
  if (known !== undefined) return known;
  const subject = { commonName: 'kube-apiserver-kubelet-client', organizations: [] };
  const { certificate } = cluster.authority.issue(subject, 365);
  kubeletClients.set(cluster, certificate);
  return certificate;
}

/** kube-apiserver as a program: while its process lives, it listens and the cluster can be reached. */
export function apiServerProgram(cluster: Cluster): Program {
  return {
    name: 'kube-apiserver',
    *main(process: Process) {
      const port = Number(cluster.options.address.split(':')[1] ?? '6443');
      const { network } = process.machine;
      const listener = {
        protocol: 'tcp' as const,
        address: '::',
        port,
        owner: process,
        tls: { names: namesOf(cluster), certificate: () => servingCertificate(cluster) },
        *http(request: HttpRequest): Task<HttpResponse> {
          yield* wait(process.timer(REQUEST_TIME));
          if (!cluster.etcdUp && request.path.startsWith('/api')) {
            yield* wait(process.timer(ETCD_TIMEOUT));
            if (!cluster.etcdUp) return jsonResponse(500, ETCD_SILENT.toStatus());
          }
          const response = yield* handleWithWebhooks(process, cluster.server, request);
          if (response.body?.kind === 'elsewhere')
            return yield* askElsewhere(process, request, response.body.place, () => kubeletClient(cluster));
          return isForEyes(request) ? indented(response) : response;
        },
      };
      if (!network.listen(listener)) {
        yield* process.printError(
          `Error: failed to create listener: failed to listen on 0.0.0.0:${port}: listen tcp 0.0.0.0:${port}: bind: address already in use\n`,
        );
        return 1;
      }
      cluster.apiServerRunning = true;
      try {
        return yield* untilStopped(process);
      } finally {
        cluster.apiServerRunning = false;
        network.close(listener);
      }
    },
  };
}

/** kubernetes: apiserver/pkg/endpoints/handlers/responsewriters isPrettyPrint */
function isForEyes({ headers, query }: HttpRequest): boolean {
  const pretty = query.find(([name]) => name === 'pretty')?.[1];
  if (pretty !== undefined) return pretty === '1' || pretty === 'true';
  return /^(curl|Wget|Mozilla\/5\.0)/.test(headers.get('user-agent') ?? '');
}

function indented(response: HttpResponse): HttpResponse {
  if (response.body?.kind !== 'json') return response;
  const bytes = encode(JSON.stringify(response.body.value, null, 2));
  return { ...response, body: { kind: 'bytes', bytes } };
}

/** What somebody else answers to a request for the proxy subresource. kubernetes: apimachinery/pkg/util/proxy/upgradeaware.go */
function* askElsewhere(
  process: Process,
  request: HttpRequest,
  place: Place,
  kubeletCertificate: () => string,
): Task<HttpResponse> {
  const { address, port, path, tls } = place;
  const headers = new Map(request.headers);
  headers.delete('authorization');
  try {
    const { network } = process.machine.world;
    const opened = yield* network.open(process, address, port, PROXY_TIMEOUT);
    if (tls && !opened.listener.tls) return unreachable('tls: first record does not look like a TLS handshake');
    if (!tls && opened.listener.tls && !opened.listener.tls.optional)
      return textResponse(400, 'Client sent an HTTP request to an HTTPS server.\n');
    return yield* network.exchange(process, opened, {
      method: request.method,
      path,
      query: request.query,
      headers,
      ...(request.body ? { body: request.body } : {}),
      ...(tls ? { tls: place.kubelet ? { clientCertificate: kubeletCertificate() } : {} } : {}),
      connectTimeout: PROXY_TIMEOUT,
    });
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const text = error.code === 'ETIMEDOUT' ? 'i/o timeout' : `connect: ${error.text.toLowerCase()}`;
    const why = error.code === 'EIO' ? 'EOF' : `dial tcp ${address}:${port}: ${text}`;
    return unreachable(why);
  }
}

function unreachable(why: string): HttpResponse {
  const status = new StatusError({
    code: 503,
    reason: 'ServiceUnavailable',
    message: `error trying to reach service: ${why}`,
  });
  return jsonResponse(503, status.toStatus());
}

/** Where a component listens: its manifest says so. */
function boundTo(process: Process): string {
  const text = process.argv
    .map((word) => /^--(?:bind-address|listen-metrics-urls)=(?:http:\/\/)?([\d.]+)/.exec(word)?.[1])
    .find(Boolean);
  return text === undefined || text === '0.0.0.0' ? '::' : text;
}

/** The health endpoints of a component. Returns how to close them. */
export function serveHealth(
  process: Process,
  port: number,
  tls: boolean,
  pages: Readonly<Record<string, string>> = {},
  refuse?: (request: HttpRequest) => HttpResponse | undefined,
): () => void {
  const { network } = process.machine;
  const listener = {
    protocol: 'tcp' as const,
    address: boundTo(process),
    port,
    owner: process,
    ...(tls ? { tls: { names: ['localhost'] } } : {}),
    *http(request: HttpRequest): Task<HttpResponse> {
      yield* wait(process.timer(1));
      const page = pages[request.path];
      if (page !== undefined) return textResponse(200, page);
      if (/^\/(healthz|livez|readyz|health|ready)$/.test(request.path)) return textResponse(200, 'ok');
      return refuse?.(request) ?? textResponse(404, '404 page not found\n');
    },
  };
  network.listen(listener);
  return () => network.close(listener);
}

/** Beside its health a component shows nothing to those it does not know. kubernetes: --authorization-always-allow-paths */
export function refuseAnonymous(request: HttpRequest): HttpResponse | undefined {
  const { method, path, headers } = request;
  if (headers.has('authorization')) return undefined;
  const verb = method === 'GET' ? 'get' : method.toLowerCase();
  const why = `User "system:anonymous" cannot ${verb} path "${path}"`;
  const response = jsonResponse(403, StatusError.forbidden(undefined, '', why).toStatus());
  return isForEyes(request) ? indented(response) : response;
}

/** A component that works by the cluster's events, as a program: it runs while its process lives. */
export function componentProgram(name: string, start: () => { readonly stop: () => void }, port?: number): Program {
  return {
    name,
    *main(process) {
      const component = start();
      const close = port === undefined ? () => {} : serveHealth(process, port, true);
      try {
        return yield* untilStopped(process);
      } finally {
        component.stop();
        close();
      }
    },
  };
}

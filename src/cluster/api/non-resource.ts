import { type HttpResponse, queryValue, textResponse } from '../../world/network/http.ts';
import { StatusError } from '../apimachinery/errors.ts';
import { jsonResponse } from './response.ts';
import { discoveryDocument, rootPaths } from './schema/discovery.ts';
import type { ApiRequest, ApiServer } from './server.ts';

const CHECKS = [
  'ping',
  'log',
  'loopback-serving-certificate',
  'etcd',
  'etcd-readiness',
  'informer-sync',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/priority-and-fairness-config-consumer',
  'poststarthook/priority-and-fairness-filter',
  'poststarthook/storage-object-count-tracker-hook',
  'poststarthook/start-apiextensions-informers',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/start-system-namespaces-controller',
  'poststarthook/peer-endpoint-reconciler-controller',
  'poststarthook/start-cluster-authentication-info-controller',
  'poststarthook/start-kube-apiserver-identity-lease-controller',
  'poststarthook/start-kube-apiserver-identity-lease-garbage-collector',
  'poststarthook/storage-readiness',
  'poststarthook/start-legacy-token-tracking-controller',
  'poststarthook/start-service-ip-repair-controllers',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/priority-and-fairness-config-producer',
  'poststarthook/bootstrap-controller',
  'poststarthook/start-kubernetes-service-cidr-controller',
  'poststarthook/aggregator-reload-proxy-client-cert',
  'poststarthook/start-kube-aggregator-informers',
  'poststarthook/apiservice-status-local-available-controller',
  'poststarthook/apiservice-status-remote-available-controller',
  'poststarthook/apiservice-registration-controller',
  'poststarthook/apiservice-discovery-controller',
  'poststarthook/kube-apiserver-autoregistration',
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
];

/** What lies outside /api and /apis/GROUP/VERSION/RESOURCE: discovery, version, health. */
export function handleNonResource(server: ApiServer, request: ApiRequest): HttpResponse {
  const { path, http } = { path: request.info.path.replace(/(.)\/+$/, '$1'), http: request.http };
  if (http.method !== 'GET' && http.method !== 'HEAD') throw StatusError.noSuchPath();
  if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) return health(server, request, path);
  if (path === '/') return textResponse(200, JSON.stringify({ paths: indexOf(server) }, null, 2));
  if (path === '/version') return jsonResponse(200, server.version);
  const document = discoveryDocument(path, server.resources.all(), http.headers.get('accept') ?? '');
  if (document === undefined) throw StatusError.noSuchPath();
  return jsonResponse(200, document);
}

/** What `kubectl get --raw /` lists. kubernetes: apiserver/pkg/server/routes/index.go */
function indexOf(server: ApiServer): string[] {
  const checks = ['healthz', 'livez', 'readyz'].flatMap((kind) => [
    `/${kind}`,
    ...checksOf(kind).map((check) => `/${kind}/${check}`),
  ]);
  return [...rootPaths(server.resources.all()), ...OTHER_PATHS, ...checks].sort();
}

const OTHER_PATHS = [
  ...['/.well-known/openid-configuration', '/flagz', '/metrics', '/metrics/slis', '/openapi/v2', '/openapi/v3'],
  ...['/openapi/v3/', '/openid/v1/jwks', '/statusz', '/version'],
];

function checksOf(kind: string): string[] {
  const unlike = kind === 'readyz' ? ['loopback-serving-certificate'] : ['informer-sync', 'etcd-readiness'];
  const checks = CHECKS.filter((check) => !unlike.includes(check));
  return kind === 'readyz' ? [...checks, 'shutdown'] : checks;
}

/** Those that ask etcd; the liveness of the process is not made to depend on it here. */
const OF_THE_STORE = ['etcd', 'etcd-readiness'];
const NO_ETCD = 'error getting data from etcd: context deadline exceeded';

/** kubernetes: apiserver/pkg/server/healthz/healthz.go */
function health(server: ApiServer, request: ApiRequest, path: string): HttpResponse {
  const [, kind = '', ...rest] = path.split('/');
  const one = rest.join('/');
  const failing = kind !== 'livez' && !server.storeUp() ? OF_THE_STORE : [];
  const verbose = queryValue(request.http, 'verbose') !== undefined;
  // Kubelets ask this every second.
  if (one === '' && failing.length === 0 && !verbose) return textResponse(200, 'ok');
  const checks = checksOf(kind);
  if (one !== '') {
    if (!checks.includes(one)) return textResponse(404, '404 page not found\n');
    return failing.includes(one) ? textResponse(500, `internal server error: ${NO_ETCD}\n`) : textResponse(200, 'ok');
  }
  const excluded = new Set(request.http.query.filter(([key]) => key === 'exclude').map(([, value]) => value));
  const failed = checks.filter((check) => failing.includes(check) && !excluded.has(check));
  const lines = checks.map((check) => {
    if (failed.includes(check)) return `[-]${check} failed: reason withheld`;
    return excluded.has(check) ? `[+]${check} excluded: ok` : `[+]${check} ok`;
  });
  if (failed.length > 0) return textResponse(500, `${lines.join('\n')}\n${kind} check failed\n`);
  if (!verbose) return textResponse(200, 'ok');
  return textResponse(200, `${lines.join('\n')}\n${kind} check passed\n`);
}

import type { Client } from '../../../cluster/api/client.ts';
import type { Stored } from '../../../cluster/api/object.ts';
import type { Entry } from '../traefik/logger.ts';
import { normalize, type Router, ruleHash, type Share } from '../traefik/router.ts';
import { loadBackend } from './backends.ts';
import type { NewCondition } from './conditions.ts';
import type { LoadedListener } from './listeners.ts';
import { commonHosts, grpcRuleOf, ruleOf } from './match.ts';
import type { Filter, ParentReference, Route, RouteRule } from './types.ts';

export type RouteKindName = 'HTTPRoute' | 'GRPCRoute';

export interface LoadedRoute {
  readonly route: Stored<Route>;
  /** What became of each parent; empty when none is ours. */
  readonly parents: readonly { readonly parentRef: ParentReference; readonly conditions: readonly NewCondition[] }[];
  readonly routers: readonly Router[];
}

const RESOLVED: NewCondition = { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: '' };

/**
 * Attaches a route to the listeners of its parents. A listener that several parentRefs could mean is looked at once for
 * each of them, and counts the route as often. traefik: pkg/provider/kubernetes/gateway/httproute.go loadHTTPRoutes
 */
export function loadRoute(
  client: Client,
  route: Stored<Route>,
  kind: RouteKindName,
  listeners: readonly LoadedListener[],
  log: Entry[],
): LoadedRoute {
  const references = route.spec?.parentRefs ?? [];
  const candidates = listeners.flatMap((listener) =>
    references.filter((parent) => isParent(listener, route, parent)).map(() => listener),
  );
  if (candidates.length === 0) return { route, parents: [], routers: [] };
  const routers = new Map<string, Router>();
  const parents = references.map((parentRef) => {
    let reason = 'NoMatchingParent';
    let resolved: NewCondition | undefined;
    for (const listener of candidates) {
      const hosts = commonHosts(listener.listener.hostname, route.spec?.hostnames ?? []);
      const why = isSection(listener, parentRef) ? refusal(listener, route, kind, hosts) : 'NoMatchingParent';
      if (why !== 'NoMatchingParent' && why !== undefined && reason !== 'Accepted') reason = why;
      const attached = listener.conditions.length === 0;
      if (why === undefined) {
        listener.attachedRoutes++;
        if (attached) reason = 'Accepted';
      }
      const made = routersOf(client, route, kind, listener, hosts ?? [], log);
      if (resolved?.status !== 'False' || made.resolved.status === 'False') resolved = made.resolved;
      if (why === undefined && attached) for (const router of made.routers) routers.set(router.name, router);
    }
    const status = reason === 'Accepted' ? 'True' : 'False';
    const accepted: NewCondition = { type: 'Accepted', status, reason, message: '' };
    return { parentRef, conditions: [accepted, resolved ?? RESOLVED] };
  });
  return { route, parents, routers: [...routers.values()] };
}

function isParent({ gateway }: LoadedListener, route: Stored<Route>, parent: ParentReference): boolean {
  const { kind = 'Gateway', namespace = route.metadata.namespace, name } = parent;
  return kind === 'Gateway' && gateway.metadata.name === name && gateway.metadata.namespace === namespace;
}

function isSection({ listener }: LoadedListener, { sectionName, port }: ParentReference): boolean {
  return (sectionName === undefined || sectionName === listener.name) && (port === undefined || port === listener.port);
}

function refusal(
  listener: LoadedListener,
  route: Stored<Route>,
  kind: string,
  hosts: readonly string[] | undefined,
): string | undefined {
  const { namespace = '' } = route.metadata;
  const open = listener.namespaces.some((allowed) => allowed === '' || allowed === namespace);
  if (!open || !listener.kinds.some((one) => one.kind === kind)) return 'NotAllowedByListeners';
  return hosts ? undefined : 'NoMatchingListenerHostname';
}

function routersOf(
  client: Client,
  route: Stored<Route>,
  kind: RouteKindName,
  { gateway, listener, entryPoint }: LoadedListener,
  hosts: readonly string[],
  log: Entry[],
): { routers: Router[]; resolved: NewCondition } {
  const { namespace = '', name } = route.metadata;
  const rules = route.spec?.rules ?? [];
  const isHttp = kind === 'HTTPRoute';
  const say = (message: string, error?: string) =>
    void log.push({
      level: 'ERROR',
      message,
      fields: {
        providerName: 'kubernetesgateway',
        [isHttp ? 'http_route' : 'grpc_route']: name,
        namespace,
        ...(error === undefined ? {} : { error }),
      },
    });
  let resolved = RESOLVED;
  const routers = new Map<string, Router>();
  for (const [index, rule] of rules.entries()) {
    const key = normalize(
      `${kind.toLowerCase()}-${namespace}-${name}-gw-${gateway.metadata.namespace}-${gateway.metadata.name}-ep-${entryPoint}-${index}`,
    );
    for (const match of rule.matches?.length ? rule.matches : [{}]) {
      const made = isHttp ? ruleOf(hosts, match) : grpcRuleOf(hosts, match);
      const routerName = `${key}-${ruleHash(made.text)}`;
      const wrong = filterProblem(rule, kind);
      let shares: readonly Share[];
      if (wrong !== undefined) {
        say(`Unable to load ${isHttp ? 'HTTPRoute' : 'GRPC route'} filters`, wrong);
        shares = [brokenShare(kind)];
      } else {
        const backends = (rule.backendRefs ?? []).map((backend) => loadBackend(client, route, kind, backend));
        for (const { problem } of backends) {
          if (!problem) continue;
          resolved = problem;
          if (isHttp) say(`Unable to load HTTPRoute backend: ${problem.message}`);
        }
        shares = backends.map(({ share }) => share);
      }
      routers.set(routerName, {
        name: `${routerName}@kubernetesgateway`,
        rule: made.text,
        priority: made.priority + (isHttp ? rules.length - index : 0),
        entryPoints: [entryPoint],
        tls: listener.protocol === 'HTTPS',
        matches: made.matches,
        middlewares: wrong ? [] : (rule.filters ?? []).map((filter) => ({ filter, prefix: match.path?.value ?? '/' })),
        middlewareNames: [],
        service: `${routerName}${wrong ? '-err' : ''}-wrr`,
        shares,
        grpc: !isHttp,
      });
    }
  }
  return { routers: [...routers.values()], resolved };
}

function brokenShare(kind: RouteKindName): Share {
  const name = `invalid-${kind.toLowerCase()}-filter`;
  return { service: { name, servers: [], scheme: 'http', passHostHeader: true }, weight: 1, status: 500 };
}

/** traefik: httproute.go loadMiddlewares, grpcroute.go loadGRPCMiddlewares */
function filterProblem({ filters = [] }: RouteRule, kind: RouteKindName): string | undefined {
  for (const filter of filters) {
    const known = kind === 'HTTPRoute' ? HTTP_FILTERS.has(filter.type) : filter.type === 'RequestHeaderModifier';
    if (filter.type === 'ExtensionRef') return `loading ExtensionRef filter ExtensionRef: ${extensionProblem(filter)}`;
    if (!known) return `unsupported filter ${filter.type}`;
    const { urlRewrite } = filter;
    if (filter.type === 'URLRewrite' && !urlRewrite?.path && urlRewrite?.hostname === undefined)
      return 'invalid filter URLRewrite: empty configuration';
  }
  return undefined;
}

const HTTP_FILTERS = new Set(['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite']);

function extensionProblem({ extensionRef }: Filter): string {
  if (!extensionRef) return 'filter extension ref undefined';
  const { group = '', kind = '', name } = extensionRef;
  return `unsupported filter extension ref ${group}/${kind}/${name}`;
}

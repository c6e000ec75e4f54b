import type { Client } from '../../../cluster/api/client.ts';
import type { Stored } from '../../../cluster/api/object.ts';
import { normalize, type Router } from '../traefik/router.ts';
import { loadBackend } from './backends.ts';
import type { NewCondition } from './conditions.ts';
import type { LoadedListener } from './listeners.ts';
import { commonHosts, ruleOf } from './match.ts';
import type { ParentReference, Route, RouteRule } from './types.ts';

export interface LoadedRoute {
  readonly route: Stored<Route>;
  /** What became of each parent that is ours. */
  readonly parents: readonly { readonly parentRef: ParentReference; readonly conditions: readonly NewCondition[] }[];
  readonly routers: readonly Router[];
}

/** Filters that are understood here. */
const FILTERS = new Set(['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite']);

/** Attaches a route to the listeners of its parents. traefik: pkg/provider/kubernetes/gateway/httproute.go loadHTTPRoutes */
export function loadRoute(
  client: Client,
  route: Stored<Route>,
  kind: 'HTTPRoute' | 'GRPCRoute',
  listeners: readonly LoadedListener[],
): LoadedRoute {
  const routers: Router[] = [];
  const parents = (route.spec?.parentRefs ?? []).flatMap((parentRef) => {
    if (!listeners.some((listener) => isParent(listener, route, parentRef))) return [];
    let reason = 'NoMatchingParent';
    let resolved: NewCondition = { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: '' };
    for (const listener of listeners) {
      if (!isParent(listener, route, parentRef) || !isSection(listener, parentRef)) continue;
      const hosts = commonHosts(listener.listener.hostname, route.spec?.hostnames ?? []);
      const why = refusal(listener, route, kind, hosts);
      if (why !== undefined && reason !== 'Accepted') reason = why;
      const attached = listener.conditions.length === 0;
      if (why === undefined) {
        listener.attachedRoutes++;
        if (attached) reason = 'Accepted';
      }
      const made = routersOf(client, route, kind, listener, hosts ?? []);
      if (made.problem) resolved = made.problem;
      if (why === undefined && attached && kind === 'HTTPRoute') routers.push(...made.routers);
    }
    const accepted: NewCondition = {
      type: 'Accepted',
      status: reason === 'Accepted' ? 'True' : 'False',
      reason,
      message: '',
    };
    return [{ parentRef, conditions: [accepted, resolved] }];
  });
  return { route, parents, routers };
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
  kind: 'HTTPRoute' | 'GRPCRoute',
  { gateway, listener, entryPoint }: LoadedListener,
  hosts: readonly string[],
): { routers: Router[]; problem: NewCondition | undefined } {
  const { namespace = '', name } = route.metadata;
  const rules = route.spec?.rules ?? [];
  let problem: NewCondition | undefined;
  const routers = rules.flatMap((rule, index) => {
    const backends = (rule.backendRefs ?? []).map((backend) => loadBackend(client, route, kind, backend));
    problem = backends.find((backend) => backend.problem)?.problem ?? problem;
    const label = `${kind.toLowerCase()}-${namespace}-${name}-gw-${gateway.metadata.namespace}-${gateway.metadata.name}-ep-${entryPoint}-${index}`;
    const matches = rule.matches?.length ? rule.matches : [{}];
    return matches.map((match): Router => {
      const made = ruleOf(hosts, match);
      const broken = hasUnknownFilter(rule);
      return {
        name: `${normalize(label)}@kubernetesgateway`,
        rule: made.text,
        priority: made.priority + rules.length - index,
        entryPoints: [entryPoint],
        tls: listener.protocol === 'HTTPS',
        matches: made.matches,
        middlewares: broken ? [] : (rule.filters ?? []).map((filter) => ({ filter, prefix: match.path?.value ?? '/' })),
        shares: broken
          ? [{ name: 'invalid-httproute-filter', weight: 1, servers: [], scheme: 'http', status: 500 }]
          : backends.map(({ share }) => share),
      };
    });
  });
  return { routers, problem };
}

function hasUnknownFilter({ filters = [] }: RouteRule): boolean {
  return filters.some(
    ({ type, urlRewrite }) =>
      !FILTERS.has(type) || (type === 'URLRewrite' && !urlRewrite?.path && !urlRewrite?.hostname),
  );
}

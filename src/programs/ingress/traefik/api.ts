import type { HttpRequest } from '../../../world/network/http.ts';
import { type Answer, json, notFound, plain } from './answers.ts';
import { type Flags, INTERNAL, MAX_INT } from './flags.ts';
import type { RunningRouter, Service } from './router.ts';

/** What the API tells of. */
export interface ApiState {
  readonly flags: Flags;
  readonly release: string;
  readonly codename: string;
  readonly startDate: string;
  readonly routers: readonly RunningRouter[];
}

/** A router of Traefik's own. traefik: pkg/provider/traefik/internal.go */
interface InternalRouter {
  readonly name: string;
  readonly rule: string;
  readonly priority: bigint;
  readonly service: string;
  readonly entryPoint: string;
}

/** /ping and, if it is wanted here, the API with the dashboard. traefik: pkg/api */
export function internalAnswer(state: ApiState, request: HttpRequest): Answer {
  const { flags } = state;
  const { path } = request;
  if (flags.ping && path === '/ping') return plain(200, 'OK');
  if (!flags.apiInsecure) return notFound();
  if (path === '/') return { ...plain(301, ''), headers: new Map([['location', '/dashboard/']]) };
  if (path.startsWith('/dashboard'))
    return plain(200, "kubetutor does not model Traefik's dashboard; /api/http/routers lists its routers\n");
  return apiAnswer(state, path) ?? notFound();
}

function apiAnswer(state: ApiState, path: string): Answer | undefined {
  const { flags } = state;
  const [, list, id] =
    /^\/api\/(http\/routers|http\/services|http\/middlewares|entrypoints)(?:\/(.+))?$/.exec(path) ?? [];
  const lists: Readonly<Record<string, () => { readonly name: string }[]>> = {
    'http/routers': () => routersOf(state),
    'http/services': () => servicesOf(state),
    'http/middlewares': () => middlewaresOf(flags),
    entrypoints: () => flags.entryPoints.map(({ name, port }) => ({ address: `:${port}`, name })).sort(byName),
  };
  if (list !== undefined) {
    const found = lists[list]?.() ?? [];
    if (id === undefined) return json(200, text(found), { 'x-next-page': '1' });
    const one = found.find(({ name }) => name === id);
    const kind = list === 'entrypoints' ? 'entrypoint' : (list.split('/')[1] ?? '').replace(/s$/, '');
    return one ? json(200, text(one)) : json(404, text({ message: `${kind} not found: ${id}` }));
  }
  if (path === '/api/version')
    return json(200, text({ Version: state.release, Codename: state.codename, startDate: state.startDate }));
  if (path === '/api/overview') return json(200, text(overview(state)));
  if (path === '/api/rawdata')
    return json(
      200,
      text({
        routers: Object.fromEntries(routersOf(state).map(({ name, ...rest }) => [name, rest])),
        services: Object.fromEntries(servicesOf(state).map(({ name, ...rest }) => [name, rest])),
      }),
    );
  return undefined;
}

/** JSON with a line's end, as Go's encoder writes it; big numbers whole. */
function text(value: unknown): string {
  const marked = JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `\u0001${item}` : item));
  return `${marked.replace(/"\\u0001(-?\d+)"/g, '$1')}\n`;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function internalRouters({ entryPoints, apiInsecure, ping }: Flags): InternalRouter[] {
  const own = (name: string, path: string, priority: bigint): InternalRouter => ({
    name: `${name}@internal`,
    rule: `PathPrefix(\`${path}\`)`,
    priority,
    service: `${name}@internal`,
    entryPoint: INTERNAL,
  });
  return [
    ...(apiInsecure ? [own('api', '/api', MAX_INT - 1n), own('dashboard', '/', MAX_INT - 2n)] : []),
    ...(ping ? [own('ping', '/ping', MAX_INT)] : []),
    ...entryPoints.flatMap(({ name, redirection }) =>
      redirection
        ? [
            {
              name: `${name}-to-${redirection.to.replace(/^:/, '')}@internal`,
              rule: 'HostRegexp(`^.+$`)',
              priority: redirection.priority,
              service: 'noop@internal',
              entryPoint: name,
            },
          ]
        : [],
    ),
  ];
}

function routersOf({ flags, routers }: ApiState): { readonly name: string }[] {
  const own = internalRouters(flags).map(({ name, rule, priority, service, entryPoint }) => ({
    entryPoints: [entryPoint],
    service,
    rule,
    ruleSyntax: 'default',
    priority,
    status: 'enabled',
    using: [entryPoint],
    name,
    provider: 'internal',
    priorityStr: String(priority),
  }));
  const others = routers.map((router) => ({
    entryPoints: router.entryPoints,
    ...(router.middlewareNames.length > 0 ? { middlewares: router.middlewareNames } : {}),
    service: router.service,
    rule: router.rule,
    ...(router.using.length > 0 ? { priority: router.priority } : {}),
    ...(router.tls ? { tls: { options: 'default' } } : {}),
    ...(router.errors.length > 0 ? { error: router.errors } : {}),
    status: router.status,
    ...(router.using.length > 0 ? { using: router.using } : {}),
    name: router.name,
    provider: providerOf(router.name),
    priorityStr: router.using.length > 0 ? String(router.priority) : '0',
  }));
  return [...own, ...others].sort(byName);
}

function providerOf(name: string): string {
  return name.replace(/^.*@/, '');
}

function servicesOf({ flags, routers }: ApiState): { readonly name: string }[] {
  const found = new Map<string, { users: Set<string>; describe: () => Record<string, unknown> }>();
  const use = (name: string, user: string | undefined, describe: () => Record<string, unknown>) => {
    const known = found.get(name) ?? { users: new Set<string>(), describe };
    if (user !== undefined) known.users.add(user);
    found.set(name, known);
  };
  for (const router of routers) {
    const provider = providerOf(router.name);
    const user = router.using.length > 0 ? router.name : undefined;
    const direct = router.shares.length === 1 && router.shares[0]?.service.name === router.service;
    if (!direct)
      use(`${router.service}@${provider}`, user, () => ({
        weighted: { services: router.shares.map(({ service, weight }) => ({ name: service.name, weight })) },
        type: 'weighted',
      }));
    for (const { service, status } of router.shares)
      if (status === undefined)
        use(`${service.name}@${provider}`, direct ? user : undefined, () => balancerOf(service));
  }
  const internal = [...(flags.api ? ['api', 'dashboard'] : []), 'noop', ...(flags.ping ? ['ping'] : [])];
  const own = internal.map((name) => ({
    status: 'enabled',
    ...(routersUsing(flags, `${name}@internal`).length > 0 ? { usedBy: routersUsing(flags, `${name}@internal`) } : {}),
    name: `${name}@internal`,
    provider: 'internal',
  }));
  const others = [...found].map(([name, { users, describe }]) => ({
    ...describe(),
    status: 'enabled',
    ...(users.size > 0 ? { usedBy: [...users].sort() } : {}),
    name,
    provider: providerOf(name),
  }));
  return [...own, ...others].sort(byName);
}

/** Traefik's own middlewares. traefik: pkg/provider/traefik/internal.go */
function middlewaresOf({ apiInsecure, entryPoints }: Flags): { readonly name: string }[] {
  const own = (name: string, type: string, settings: unknown, user: string) => ({
    [type]: settings,
    status: 'enabled',
    usedBy: [`${user}@internal`],
    name: `${name}@internal`,
    provider: 'internal',
    type: type.toLowerCase(),
  });
  const dashboard = [
    own(
      'dashboard_redirect',
      'redirectRegex',
      {
        regex: '^(http:\\/\\/(\\[[\\w:.]+\\]|[\\w\\._-]+)(:\\d+)?)\\/$',
        replacement: '${1}/dashboard/',
        permanent: true,
      },
      'dashboard',
    ),
    own('dashboard_stripprefix', 'stripPrefix', { prefixes: ['/dashboard/', '/dashboard'] }, 'dashboard'),
  ];
  const redirections = entryPoints.flatMap(({ name, redirection }) => {
    if (!redirection) return [];
    const { to, scheme, permanent } = redirection;
    const port = /^:(\d+)$/.exec(to)?.[1] ?? String(entryPoints.find((entry) => entry.name === to)?.port ?? '');
    const router = `${name}-to-${to.replace(/^:/, '')}`;
    return [own(`redirect-${router}`, 'redirectScheme', { scheme, port, permanent }, router)];
  });
  return [...(apiInsecure ? dashboard : []), ...redirections].sort(byName);
}

function routersUsing(flags: Flags, service: string): string[] {
  return internalRouters(flags).flatMap((router) => (router.service === service ? [router.name] : []));
}

function balancerOf({ servers, scheme, passHostHeader }: Service): Record<string, unknown> {
  const urls = servers.map(({ address, port }) => `${scheme}://${address}:${port}`);
  return {
    loadBalancer: {
      servers: urls.map((url) => ({ url })),
      strategy: 'wrr',
      passHostHeader,
      responseForwarding: { flushInterval: '100ms' },
    },
    ...(urls.length > 0 ? { serverStatus: Object.fromEntries(urls.map((url) => [url, 'UP'])) } : {}),
    type: 'loadbalancer',
  };
}

function overview(state: ApiState): unknown {
  const { flags, routers } = state;
  const count = (total: number, warnings = 0, errors = 0) => ({ total, warnings, errors });
  const http = {
    routers: count(
      routersOf(state).length,
      routers.filter(({ status }) => status === 'warning').length,
      routers.filter(({ status }) => status === 'disabled').length,
    ),
    services: count(servicesOf(state).length),
    middlewares: count(middlewaresOf(flags).length),
  };
  return {
    http,
    tcp: { routers: count(0), services: count(0), middlewares: count(0) },
    udp: { routers: count(0), services: count(0) },
    features: { tracing: '', metrics: '', accessLog: flags.accessLog !== undefined },
    providers: [...(flags.ingress ? ['KubernetesIngress'] : []), ...(flags.gateway ? ['KubernetesGateway'] : [])],
  };
}

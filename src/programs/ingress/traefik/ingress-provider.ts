import type { Client } from '../../../cluster/api/client.ts';
import { INGRESS_CLASSES, INGRESSES, SECRETS } from '../../../cluster/api/kinds.ts';
import { keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { HTTPIngressPath, Ingress, IngressBackend } from '../../../cluster/api/types.generated.ts';
import type { HttpRequest } from '../../../world/network/http.ts';
import { serviceAddresses } from '../addresses.ts';
import { serviceTarget } from '../endpoints.ts';
import { hostMatches, hostOf, prefixMatches } from '../matching.ts';
import type { Flags } from './flags.ts';
import { normalize, type Router, type Share } from './router.ts';

export const INGRESS_CONTROLLER = 'traefik.io/ingress-controller';
const PREFIX = 'traefik.ingress.kubernetes.io/router.';

/** What Traefik makes of the Ingresses of a cluster. traefik: pkg/provider/kubernetes/ingress/kubernetes.go */
export interface IngressConfiguration {
  readonly routers: readonly Router[];
  readonly certificates: readonly string[];
  /** Problems for the log: error and message. */
  readonly problems: readonly { readonly ingress: string; readonly message: string }[];
  readonly mine: readonly Stored<Ingress>[];
}

export function ingressConfiguration(client: Client, flags: Flags): IngressConfiguration {
  const classes = client.list(INGRESS_CLASSES).filter(({ spec }) => spec?.controller === INGRESS_CONTROLLER);
  const names = new Set(classes.map(({ metadata }) => metadata.name));
  const mine = client.list(INGRESSES).filter((ingress) => isMine(ingress, flags.ingressClass, names));
  const routers: Router[] = [];
  const problems: { ingress: string; message: string }[] = [];
  const certificates: string[] = [];
  for (const ingress of mine) {
    for (const { secretName } of ingress.spec?.tls ?? []) {
      const data = client.get(SECRETS, ingress.metadata.namespace ?? '', secretName ?? '')?.data?.['tls.crt'];
      if (data !== undefined) certificates.push(atob(data));
      else if (secretName)
        problems.push({
          ingress: keyOf(ingress),
          message: `Error configuring TLS error="secret ${ingress.metadata.namespace}/${secretName} does not exist"`,
        });
    }
    routers.push(...routersOf(client, ingress, flags, problems));
  }
  return { routers, certificates, problems, mine };
}

function isMine(ingress: Stored<Ingress>, wanted: string, classes: ReadonlySet<string>): boolean {
  const name = ingress.spec?.ingressClassName;
  if (name !== undefined) return classes.has(name) && (wanted === '' || wanted === name);
  const annotation = ingress.metadata.annotations?.['kubernetes.io/ingress.class'] ?? '';
  return annotation === wanted || (wanted === '' && annotation === 'traefik');
}

function routersOf(
  client: Client,
  ingress: Stored<Ingress>,
  flags: Flags,
  problems: { ingress: string; message: string }[],
): Router[] {
  const { namespace = '', name, annotations = {} } = ingress.metadata;
  const given = annotations[`${PREFIX}entrypoints`]?.split(',').map((word) => word.trim());
  const entryPoints = flags.entryPoints.filter((entry) =>
    given ? given.includes(entry.name) : entry.name !== 'traefik',
  );
  const tls = annotations[`${PREFIX}tls`] === 'true';
  const routers: Router[] = [];
  const add = (key: string, rule: string, matches: Router['matches'], backend: IngressBackend) => {
    const share = shareOf(client, namespace, backend);
    if (typeof share === 'string') {
      problems.push({ ingress: keyOf(ingress), message: share });
      return;
    }
    for (const secure of [false, true]) {
      const on = entryPoints.filter((entry) => (entry.tls || tls) === secure).map((entry) => entry.name);
      if (on.length === 0) continue;
      const priority = Number(annotations[`${PREFIX}priority`] ?? 0) || rule.length;
      routers.push({
        name: `${key}@kubernetes`,
        rule,
        priority,
        entryPoints: on,
        tls: secure,
        matches,
        middlewares: [],
        shares: [share],
      });
    }
  };
  for (const { host = '', http } of ingress.spec?.rules ?? [])
    for (const path of http?.paths ?? []) {
      const { rule, matches } = ruleOf(host.toLowerCase(), path, annotations[`${PREFIX}pathmatcher`]);
      add(normalize(`${namespace}-${name}-${host}${path.path ?? ''}`), rule, matches, path.backend);
    }
  const { defaultBackend } = ingress.spec ?? {};
  if (defaultBackend) {
    add('default-router', 'PathPrefix(`/`)', () => true, defaultBackend);
    const last = routers.at(-1);
    if (last) routers.splice(-1, 1, { ...last, priority: Number.MIN_SAFE_INTEGER });
  }
  return routers;
}

/** Prefixes go by characters unless strict prefix matching is on, as in Traefik. */
function ruleOf(
  host: string,
  { path = '/', pathType }: HTTPIngressPath,
  matcher = 'PathPrefix',
): { rule: string; matches: Router['matches'] } {
  const kind = pathType === 'Exact' ? 'Path' : pathType === 'Prefix' ? 'PathPrefix' : matcher;
  const parts: string[] = [];
  if (host.startsWith('*.')) parts.push(`HostRegexp(\`^[a-zA-Z0-9-]+${host.slice(1).replace(/\./g, '\\.')}$\`)`);
  else if (host !== '') parts.push(`Host(\`${host}\`)`);
  parts.push(`${kind}(\`${path}\`)`);
  const fits = (request: HttpRequest) =>
    (host === '' || hostMatches(host, hostOf(request.headers.get('host')))) &&
    (kind === 'Path' ? request.path === path : request.path.startsWith(path) || prefixMatches(path, request.path));
  return { rule: parts.join(' && '), matches: fits };
}

/** Why there is no service, or its servers. */
function shareOf(client: Client, namespace: string, { service }: IngressBackend): Share | string {
  if (!service) return 'Resource is not supported for backends';
  const target = serviceTarget(client, namespace, service.name, service.port ?? {});
  const fail = (text: string) =>
    `Cannot create service error="${text}" serviceName=${service.name} servicePort=${JSON.stringify(service.port ?? {})}`;
  if (!target.service) return fail('service not found');
  if (!target.port) return fail('service port not found');
  if (target.endpoints.length === 0) return `Skipping service: no endpoints found serviceName=${service.name}`;
  const secure = target.port.port === 443 || target.port.name?.startsWith('https');
  return {
    name: normalize(`${namespace}-${service.name}-${service.port?.name || service.port?.number}`),
    weight: 1,
    servers: target.endpoints,
    scheme: secure ? 'https' : 'http',
  };
}

/** Copies the address of the Service in front of Traefik into the Ingresses. */
export function publishAddresses(client: Client, flags: Flags, ingresses: readonly Stored<Ingress>[]): void {
  const { publishedService, endpointIp, endpointHostname } = flags;
  if (publishedService === '' && endpointIp === '' && endpointHostname === '') return;
  const wanted =
    publishedService === ''
      ? [
          {
            ...(endpointIp === '' ? {} : { ip: endpointIp }),
            ...(endpointHostname === '' ? {} : { hostname: endpointHostname }),
          },
        ]
      : serviceAddresses(client, publishedService);
  for (const ingress of ingresses) {
    if (JSON.stringify(ingress.status?.loadBalancer?.ingress ?? []) === JSON.stringify(wanted)) continue;
    const { namespace = '', name } = ingress.metadata;
    client.modify(
      INGRESSES,
      namespace,
      name,
      (old) => ({ ...old, status: { ...old.status, loadBalancer: { ingress: wanted } } }),
      'status',
    );
  }
}

import type { Client } from '../../../cluster/api/client.ts';
import { INGRESS_CLASSES, INGRESSES, SECRETS } from '../../../cluster/api/kinds.ts';
import type { Stored } from '../../../cluster/api/object.ts';
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  ServiceBackendPort,
} from '../../../cluster/api/types.generated.ts';
import { goQuote } from '../../../cluster/apimachinery/go-quote.ts';
import { parseLabelSelector } from '../../../cluster/apimachinery/labels.ts';
import { BoundedRegExp } from '../../../shell/utilities/bounded-regex.ts';
import type { HttpRequest } from '../../../world/network/http.ts';
import { serviceTarget } from '../endpoints.ts';
import { prefixMatches } from '../matching.ts';
import { type RouterSettings, routerSettings, serviceSettings } from './annotations.ts';
import { certificateOf } from './certificates.ts';
import type { Flags } from './flags.ts';
import type { Entry } from './logger.ts';
import { normalize, type Router, ruleHash, type Service } from './router.ts';
import { updateStatus } from './status.ts';
import { cookieName } from './sticky.ts';

const INGRESS_CONTROLLER = 'traefik.io/ingress-controller';
/** Go's math.MinInt32: after everything else. */
const LAST = -2147483648;

/** What Traefik makes of the Ingresses of a cluster. traefik: pkg/provider/kubernetes/ingress/kubernetes.go */
export interface IngressConfiguration {
  readonly routers: readonly Router[];
  readonly certificates: readonly string[];
  readonly log: readonly Entry[];
}

/** Loads all Ingresses and writes their statuses. Raises StatusError, ApiUnreachable. */
export function ingressConfiguration(client: Client, flags: Flags): IngressConfiguration {
  const classes = client
    .list(INGRESS_CLASSES)
    .filter(
      ({ metadata, spec }) =>
        spec?.controller === INGRESS_CONTROLLER && (flags.ingressClass || metadata.name) === metadata.name,
    );
  const names = new Set(classes.map(({ metadata }) => metadata.name));
  const loader = new Loader(client, flags);
  const watched = watches(flags);
  for (const ingress of client.list(INGRESSES))
    if (watched(ingress) && isMine(ingress, flags.ingressClass, names)) loader.load(ingress);
  return loader;
}

function watches({ ingressNamespaces, ingressSelector }: Flags): (ingress: Stored<Ingress>) => boolean {
  const selector = parseLabelSelector(ingressSelector);
  return ({ metadata: { namespace = '', labels = {} } }) =>
    (ingressNamespaces.length === 0 || ingressNamespaces.includes(namespace)) && selector.matches(labels);
}

function isMine({ metadata, spec }: Stored<Ingress>, wanted: string, classes: ReadonlySet<string>): boolean {
  const name = spec?.ingressClassName;
  if (name !== undefined) return classes.has(name);
  const annotation = metadata.annotations?.['kubernetes.io/ingress.class'] ?? '';
  return annotation === wanted || (wanted === '' && annotation === 'traefik');
}

class Loader implements IngressConfiguration {
  readonly routers: Router[] = [];
  readonly log: Entry[] = [];
  readonly certificates: string[] = [];
  private readonly secrets = new Set<string>();
  private hasDefault = false;

  constructor(
    private readonly client: Client,
    private readonly flags: Flags,
  ) {}

  load(ingress: Stored<Ingress>): void {
    const { namespace = '', name, annotations } = ingress.metadata;
    const fields = { providerName: 'kubernetes', ingress: name, namespace };
    const fail = (message: string, more: Readonly<Record<string, string>> = {}) =>
      void this.log.push({ level: 'ERROR', message, fields: { ...fields, ...more } });
    const written = updateStatus(this.client, this.flags, ingress);
    if (written.problem !== undefined) fail('Error while updating ingress status', { error: written.problem });
    if (written.updated)
      this.log.push({ level: 'INFO', message: 'Updated ingress status', fields: { namespace, ingress: name } });
    const settings = routerSettings(annotations);
    if (typeof settings === 'string') return fail('Failed to parse annotations', { error: settings });
    const tls = this.loadCertificates(ingress);
    if (tls !== undefined) fail('Error configuring TLS', { error: tls });
    const { rules = [], defaultBackend } = ingress.spec ?? {};
    if (rules.length === 0 && defaultBackend && !this.loadDefault(namespace, defaultBackend, settings, fail)) return;
    const made = new Map<string, Router[]>();
    for (const { host = '', http } of rules)
      for (const path of http?.paths ?? []) {
        const service = this.loadBackend(namespace, path.backend, fail);
        if (!service) continue;
        const key = normalize(`${namespace}-${name}-${host}${path.path ?? ''}`).replace(/^-/, '');
        const rule = ruleOf(host, path, settings.pathMatcher, this.flags.strictPrefixMatching);
        const router = { ...routerOf(`${key}@kubernetes`, rule.rule, service, settings), ...rule };
        made.set(key, [...(made.get(key) ?? []), router]);
      }
    for (const [key, routers] of made)
      for (const router of routers)
        this.routers.push(
          routers.length === 1 ? router : { ...router, name: `${key}-${ruleHash(router.rule)}@kubernetes` },
        );
  }

  /** Why a Secret cannot be used. */
  private loadCertificates(ingress: Stored<Ingress>): string | undefined {
    const { namespace = '' } = ingress.metadata;
    for (const { secretName = '' } of ingress.spec?.tls ?? []) {
      const key = `${namespace}/${secretName}`;
      if (secretName === '' || this.secrets.has(key)) continue;
      const secret = this.client.get(SECRETS, namespace, secretName);
      if (!secret) return `secret ${key} does not exist`;
      const blocks = certificateOf(secret.data, key);
      if (blocks.problem !== undefined) return blocks.problem;
      this.secrets.add(key);
      this.certificates.push(blocks.certificate);
    }
    return undefined;
  }

  private loadDefault(namespace: string, backend: IngressBackend, settings: RouterSettings, fail: Fail): boolean {
    if (this.hasDefault) {
      fail('The default backend already exists.');
      return false;
    }
    if (backend.resource) {
      fail('Resource is not supported for default backend');
      return false;
    }
    const service = this.loadBackend(namespace, backend, fail);
    if (!service) return false;
    this.hasDefault = true;
    this.routers.push({
      ...routerOf('default-router@kubernetes', 'PathPrefix("/")', { ...service, name: 'default-backend' }, settings),
      priority: LAST,
    });
    return true;
  }

  private loadBackend(
    namespace: string,
    { service: wanted, resource }: IngressBackend,
    fail: Fail,
  ): Service | undefined {
    if (resource || !wanted) {
      fail(resource ? 'Resource backends are not supported' : 'Missing service definition');
      return undefined;
    }
    const { name, port = {} } = wanted;
    const fields = { serviceName: name, servicePort: portText(port) };
    const service = this.loadService(namespace, name, port);
    if (typeof service === 'string') {
      fail('Cannot create service', { ...fields, error: service });
      return undefined;
    }
    if (service.servers.length > 0 || this.flags.allowEmptyServices) return service;
    fail('Skipping service: no endpoints found', fields);
    return undefined;
  }

  /** Why there is no service, or its servers. */
  private loadService(namespace: string, name: string, wanted: ServiceBackendPort): Service | string {
    const { service, port, endpoints } = serviceTarget(this.client, namespace, name, wanted, 'serving');
    if (!service) return 'service not found';
    if (service.spec?.type === 'ExternalName' && !this.flags.allowExternalNameServices)
      return `externalName services not allowed: ${namespace}/${name}`;
    if (!port) return 'service port not found';
    const settings = serviceSettings(service.metadata.annotations);
    if (typeof settings === 'string') return settings;
    const usual = port.port === 443 || port.name?.startsWith('https') ? 'https' : 'http';
    const key = normalize(`${namespace}-${name}-${wanted.name || wanted.number}`);
    return {
      name: key,
      servers: endpoints,
      scheme: settings.scheme ?? usual,
      passHostHeader: settings.passHostHeader,
      ...(settings.cookie === undefined ? {} : { cookie: settings.cookie || cookieName(`${key}@kubernetes`) }),
    };
  }
}

type Fail = (message: string, more?: Readonly<Record<string, string>>) => void;

function routerOf(name: string, rule: string, service: Service, settings: RouterSettings): Router {
  return {
    name,
    rule,
    priority: settings.priority || rule.length,
    entryPoints: settings.entryPoints,
    tls: settings.tls,
    matches: () => true,
    middlewares: [],
    middlewareNames: settings.middlewares,
    service: service.name,
    shares: [{ service, weight: 1 }],
  };
}

/** As Go prints a ServiceBackendPort. */
function portText({ name = '', number = 0 }: ServiceBackendPort): string {
  return `&ServiceBackendPort{Name:${name},Number:${number},}`;
}

/** Prefixes go by characters unless strict prefix matching is on. */
function ruleOf(
  host: string,
  { path = '', pathType }: HTTPIngressPath,
  pathMatcher: string,
  strict: boolean,
): Pick<Router, 'rule' | 'matches' | 'ruleProblem'> {
  const matcher = pathType === 'Exact' ? 'Path' : pathType === 'Prefix' ? 'PathPrefix' : pathMatcher;
  const path_ = path === '' ? undefined : pathRule(matcher, path, strict);
  const texts = [...(host === '' ? [] : [hostText(host)]), ...(path_ ? [path_.text] : [])];
  return {
    rule: texts.join(' && '),
    matches: (request) =>
      (host === '' || hostFits(host.toLowerCase(), request.headers.get('host') ?? '')) &&
      (path_?.matches(request.path) ?? true),
    ...(path_?.problem === undefined ? {} : { ruleProblem: path_.problem }),
  };
}

/** A wildcard is a pattern, to which a dot at the end is one too many. traefik: pkg/muxer/http/matcher.go */
function hostFits(rule: string, header: string): boolean {
  const host = header.replace(/:\d+$/, '').toLowerCase();
  if (!rule.startsWith('*.')) return host === rule || host === `${rule}.`;
  const label = host.slice(0, -(rule.length - 1));
  return host.endsWith(rule.slice(1)) && /^[a-z0-9-]+$/.test(label);
}

function hostText(host: string): string {
  if (!host.startsWith('*.')) return `Host(${goQuote(host)})`;
  return `HostRegexp(${goQuote(`^[a-zA-Z0-9-]+\\.${host.slice(2).replace(/\./g, '\\.')}$`)})`;
}

interface PathRule {
  readonly text: string;
  readonly matches: (path: HttpRequest['path']) => boolean;
  readonly problem?: string;
}

/** traefik: pkg/muxer/http/matcher.go */
function pathRule(matcher: string, path: string, strict: boolean): PathRule {
  const text = `${matcher}(${goQuote(path)})`;
  if (matcher === 'Path') return { text, matches: (given) => given === path };
  if (matcher === 'PathRegexp') {
    const pattern = patternOf(path);
    return { text, matches: (given) => pattern?.test(given) ?? false };
  }
  if (matcher !== 'PathPrefix')
    return {
      text,
      matches: () => false,
      problem: `error while parsing rule ${text}: unsupported function: ${matcher}`,
    };
  if (!strict) return { text, matches: (given) => given.startsWith(path) };
  if (path === '/') return { text, matches: () => true };
  const bare = path.replace(/\/$/, '');
  return {
    text: `(Path(${goQuote(bare)}) || PathPrefix(${goQuote(`${bare}/`)}))`,
    matches: (given) => prefixMatches(path, given),
  };
}

function patternOf(text: string): RegExp | undefined {
  try {
    return new BoundedRegExp(text);
  } catch {
    return undefined;
  }
}

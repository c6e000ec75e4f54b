import type { Client } from '../../../cluster/api/client.ts';
import { SECRETS } from '../../../cluster/api/kinds.ts';
import { keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { HTTPIngressPath, Ingress, IngressBackend } from '../../../cluster/api/types.generated.ts';
import { fromBase64 } from '../../../world/bytes.ts';
import { type Certificate, readCertificate } from '../../../world/pki/certificate.ts';
import { isForHost } from '../../../world/pki/verify.ts';
import type { Endpoint } from '../../proxy/forward.ts';
import { serviceTarget } from '../endpoints.ts';
import { type CanarySettings, canarySettings, type LocationSettings, locationSettings, PREFIX } from './annotations.ts';

/** The server for hosts that no rule names, and the upstream that answers there. */
export const DEFAULT_SERVER = '_';
export const DEFAULT_UPSTREAM = 'upstream-default-backend';

export interface Upstream {
  /** `namespace-service-port` */
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly port: string;
  readonly endpoints: readonly Endpoint[];
  /** Canaries of this upstream. */
  readonly alternatives: { readonly upstream: string; readonly canary: CanarySettings }[];
}

export interface Location {
  readonly path: string;
  readonly type: 'Exact' | 'Prefix' | 'ImplementationSpecific';
  readonly upstream: string;
  /** Undefined: the server's own root, which leads to the default backend. */
  readonly ingress: Stored<Ingress> | undefined;
  readonly settings: LocationSettings;
  /** The upstream of the annotation default-backend, for when there is no endpoint. */
  readonly fallback: readonly Endpoint[];
}

export interface Server {
  readonly host: string;
  locations: Location[];
  /** Whether some rule of an Ingress asks for TLS under this host. */
  tls: boolean;
  certificate: { readonly pem: string; readonly secret: string } | undefined;
  /** Paths are regular expressions: some location of the host uses them. */
  regex: boolean;
}

/** File, text, and the severity if it is no warning. */
type Problem = readonly [where: string, text: string, severity?: 'E'];

/** What nginx is told: one server a host, with its locations in the order in which they are tried. */
export interface Configuration {
  readonly servers: ReadonlyMap<string, Server>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** Problems found on the way, as the controller logs them: file and text. */
  readonly warnings: readonly Problem[];
}

type Options = Readonly<Record<string, string>>;

/** kubernetes/ingress-nginx: internal/ingress/controller/controller.go getConfiguration */
export function makeConfiguration(
  client: Client,
  ingresses: readonly Stored<Ingress>[],
  options: Options,
  defaultService: string,
): Configuration {
  return new Builder(client, options).build([...ingresses].sort(byAge), defaultService);
}

function byAge(a: Stored<Ingress>, b: Stored<Ingress>): number {
  return (
    a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp) ||
    (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0)
  );
}

class Builder {
  private readonly servers = new Map<string, Server>();
  private readonly upstreams = new Map<string, Upstream>();
  private readonly warnings: Problem[] = [];

  constructor(
    private readonly client: Client,
    private readonly options: Options,
  ) {}

  build(ingresses: readonly Stored<Ingress>[], defaultService: string): Configuration {
    this.addDefaultUpstream(defaultService);
    this.server(DEFAULT_SERVER);
    for (const ingress of ingresses) if (!canarySettings(ingress)) this.addIngress(ingress);
    for (const ingress of ingresses) {
      const canary = canarySettings(ingress);
      if (canary) this.addCanary(ingress, canary);
    }
    for (const server of this.servers.values()) this.finish(server);
    return { servers: this.servers, upstreams: this.upstreams, warnings: this.warnings };
  }

  private addDefaultUpstream(key: string): void {
    const [namespace = '', service = ''] = key.split('/');
    const found = key === '' ? undefined : serviceTarget(this.client, namespace, service, firstPort(this.client, key));
    const endpoints = found?.endpoints.length ? found.endpoints : [];
    this.upstreams.set(DEFAULT_UPSTREAM, {
      name: DEFAULT_UPSTREAM,
      namespace,
      service,
      port: '',
      endpoints,
      alternatives: [],
    });
  }

  private server(host: string): Server {
    const known = this.servers.get(host);
    if (known) return known;
    const server: Server = { host, locations: [], tls: false, certificate: undefined, regex: false };
    this.servers.set(host, server);
    return server;
  }

  private addIngress(ingress: Stored<Ingress>): void {
    const settings = locationSettings(ingress, this.options);
    const rules = ingress.spec?.rules ?? [];
    const fallback = this.fallbackOf(ingress);
    const { defaultBackend } = ingress.spec ?? {};
    if (defaultBackend) {
      const upstream = this.upstream(ingress, defaultBackend, true);
      if (upstream) {
        const root = { path: '/', type: 'Prefix', upstream, ingress, settings, fallback } as const;
        // Beside rules it answers for their hosts only. ingress-nginx: internal/ingress/controller/controller.go createServers
        if (rules.length === 0) this.addLocation(this.server(DEFAULT_SERVER), root);
        for (const { host = '', http } of rules)
          if (host !== '' && !http?.paths.some(({ path }) => (path ?? '/') === '/'))
            this.addLocation(this.server(host), root);
      }
    }
    for (const { host = '', http } of rules) {
      const server = this.server(host === '' ? DEFAULT_SERVER : host.toLowerCase());
      this.addTls(server, ingress);
      if (settings.useRegex || settings.rewriteTarget !== '') server.regex = true;
      for (const rule of http?.paths ?? []) {
        const upstream = this.upstream(ingress, rule.backend);
        if (upstream === undefined) continue;
        const path = rule.path || '/';
        this.addLocation(server, { path, type: rule.pathType, upstream, ingress, settings, fallback });
      }
    }
  }

  /** The first Ingress that names a path has it. */
  private addLocation(server: Server, location: Location): void {
    const taken = server.locations.some(({ path, type }) => path === location.path && type === location.type);
    if (!taken) server.locations.push(location);
  }

  private upstream(ingress: Stored<Ingress>, { service }: IngressBackend, isDefault = false): string | undefined {
    // Other backends are passed over without a word.
    if (!service) return undefined;
    const namespace = ingress.metadata.namespace ?? '';
    const port = service.port?.name || String(service.port?.number ?? '');
    const name = `${namespace}-${service.name}-${port}`;
    if (this.upstreams.has(name)) return name;
    const target = serviceTarget(this.client, namespace, service.name, service.port ?? {});
    const key = `${namespace}/${service.name}`;
    const gone = `no object matching key ${JSON.stringify(key)} in local store`;
    if (!target.service && isDefault)
      this.warnings.push(
        ['controller.go:1071', `Error creating upstream ${JSON.stringify(name)}: ${gone}`],
        ['controller.go:1077', `Error obtaining Service ${JSON.stringify(key)}: ${gone}`],
      );
    else if (!target.service)
      this.warnings.push([
        'controller.go:1135',
        `Error obtaining Endpoints for Service ${JSON.stringify(key)}: ${gone}`,
      ]);
    else if (target.port && target.endpoints.length === 0)
      this.warnings.push(['controller.go:1241', `Service ${JSON.stringify(key)} does not have any active Endpoint.`]);
    this.upstreams.set(name, {
      name,
      namespace,
      service: service.name,
      port,
      endpoints: target.endpoints,
      alternatives: [],
    });
    return name;
  }

  private fallbackOf(ingress: Stored<Ingress>): readonly Endpoint[] {
    const name = ingress.metadata.annotations?.[`${PREFIX}default-backend`];
    if (!name) return [];
    const key = `${ingress.metadata.namespace}/${name}`;
    return serviceTarget(this.client, ingress.metadata.namespace ?? '', name, firstPort(this.client, key)).endpoints;
  }

  private addTls(server: Server, ingress: Stored<Ingress>): void {
    const { host } = server;
    const { tls = [] } = ingress.spec ?? {};
    const entry = tls.find(({ hosts = [] }) => hosts.some((name) => name.toLowerCase() === host || covers(name, host)));
    if (!entry || server.certificate) return;
    server.tls = true;
    const key = `${ingress.metadata.namespace}/${entry.secretName ?? ''}`;
    if (!entry.secretName) return;
    const secret = this.client.get(SECRETS, ingress.metadata.namespace ?? '', entry.secretName);
    const pem = secret?.data?.['tls.crt'] && secret.data['tls.key'] ? fromBase64(secret.data['tls.crt']) : undefined;
    if (pem) this.takeCertificate(server, pem, key);
    else
      this.warnings.push([
        'controller.go:1482',
        `Error getting SSL certificate ${JSON.stringify(key)}: local SSL certificate ${key} was not found. Using default certificate`,
      ]);
  }

  /** A certificate that is not for the host is not used; one that has ended is. ingress-nginx: controller.go createServers */
  private takeCertificate(server: Server, pem: string, key: string): void {
    const certificate = readCertificate(pem);
    if (!certificate) return;
    const { host } = server;
    const say = (line: number, text: string) => this.warnings.push([`controller.go:${line}`, text]);
    const [shown, name] = [JSON.stringify(key), JSON.stringify(host)];
    if (!isForHost(pem, host) || certificate.names.length === 0) {
      const why = hostnameProblem(certificate, host);
      say(1496, `Unexpected error validating SSL certificate ${shown} for server ${name}: ${why}`);
      say(1497, 'Validating certificate against DNS names. This will be deprecated in a future version');
      if (!isForHost(pem, host)) {
        say(
          1502,
          `SSL certificate ${shown} does not contain a Common Name or Subject Alternative Name for server ${name}: ${why}`,
        );
        say(1503, 'Using default certificate');
        return;
      }
    }
    server.certificate = { pem, secret: key };
    const end = certificate.notAfter;
    const when = `${new Date(end).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
    if (end < this.client.now) say(1513, `SSL certificate for server ${name} expired (${when})`);
    else if (end < this.client.now + TEN_DAYS)
      say(1515, `SSL certificate for server ${name} is about to expire (${when})`);
  }

  /** A canary stands beside the location that another Ingress made for the same host and path. */
  private addCanary(ingress: Stored<Ingress>, canary: CanarySettings): void {
    for (const { host = '', http } of ingress.spec?.rules ?? []) {
      const hostname = host === '' ? DEFAULT_SERVER : host.toLowerCase();
      const server = this.servers.get(hostname);
      for (const rule of http?.paths ?? []) {
        const upstream = this.upstream(ingress, rule.backend);
        if (upstream === undefined) continue;
        const main = server?.locations.find((location) => samePlace(location, rule));
        if (main) this.upstreams.get(main.upstream)?.alternatives.push({ upstream, canary });
        else if (server)
          this.warnings.push([
            'controller.go:1713',
            `unable to find real backend for alternative backend ${upstream}. Deleting.`,
          ]);
        else
          this.warnings.push([
            'controller.go:1680',
            `cannot merge alternative backend ${upstream} into hostname ${hostname} that does not exist`,
            'E',
          ]);
      }
    }
  }

  private finish(server: Server): void {
    if (!server.locations.some(({ path }) => path === '/'))
      server.locations.push({
        path: '/',
        type: 'Prefix',
        upstream: DEFAULT_UPSTREAM,
        ingress: undefined,
        settings: locationSettings(NOTHING, this.options),
        fallback: [],
      });
    server.locations.sort((a, b) => b.path.length - a.path.length || (a.path < b.path ? 1 : a.path > b.path ? -1 : 0));
  }
}

const TEN_DAYS = 240 * 3_600_000;

/** Go: crypto/x509 HostnameError */
function hostnameProblem({ names, subject }: Certificate, host: string): string {
  if (names.length === 0)
    return subject.commonName.includes('.')
      ? 'x509: certificate relies on legacy Common Name field, use SANs instead'
      : `x509: certificate is not valid for any names, but wanted to match ${host}`;
  return `x509: certificate is valid for ${names.join(', ')}, not ${host}`;
}

/** An Ingress that says nothing: its settings are those of the ConfigMap. */
const NOTHING: Stored<Ingress> = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: '', uid: '', resourceVersion: '', creationTimestamp: '' },
};

function samePlace(location: Location, rule: HTTPIngressPath): boolean {
  return location.path === (rule.path || '/') && location.ingress !== undefined;
}

function firstPort(client: Client, key: string): { readonly number: number | undefined } {
  const [namespace = '', name = ''] = key.split('/');
  const target = serviceTarget(client, namespace, name, {});
  return { number: target.service?.spec?.ports?.[0]?.port };
}

function covers(wildcard: string, host: string): boolean {
  return wildcard.startsWith('*.') && host.slice(host.indexOf('.')) === wildcard.slice(1).toLowerCase();
}

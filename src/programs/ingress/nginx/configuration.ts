import type { Client } from '../../../cluster/api/client.ts';
import { SECRETS } from '../../../cluster/api/kinds.ts';
import { keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { HTTPIngressPath, Ingress, IngressBackend } from '../../../cluster/api/types.generated.ts';
import { fromBase64 } from '../../../world/bytes.ts';
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

/** What nginx is told: one server a host, with its locations in the order in which they are tried. */
export interface Configuration {
  readonly servers: ReadonlyMap<string, Server>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** Problems found on the way, as the controller logs them: file and text. */
  readonly warnings: readonly (readonly [string, string])[];
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
  private readonly warnings: [string, string][] = [];

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
      const upstream = this.upstream(ingress, defaultBackend);
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

  private upstream(ingress: Stored<Ingress>, { service }: IngressBackend): string | undefined {
    if (!service) {
      this.warnings.push([
        'controller.go:1090',
        `Ingress ${JSON.stringify(keyOf(ingress))} has a resource backend, which is not supported`,
      ]);
      return undefined;
    }
    const namespace = ingress.metadata.namespace ?? '';
    const port = service.port?.name || String(service.port?.number ?? '');
    const name = `${namespace}-${service.name}-${port}`;
    if (this.upstreams.has(name)) return name;
    const target = serviceTarget(this.client, namespace, service.name, service.port ?? {});
    const key = `${namespace}/${service.name}`;
    if (!target.service)
      this.warnings.push([
        'controller.go:1216',
        `Error obtaining Endpoints for Service ${JSON.stringify(key)}: no object matching key ${JSON.stringify(key)} in local store`,
      ]);
    else if (target.endpoints.length === 0)
      this.warnings.push(['controller.go:1232', `Service ${JSON.stringify(key)} does not have any active Endpoint.`]);
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
    if (pem) server.certificate = { pem, secret: key };
    else
      this.warnings.push([
        'controller.go:1535',
        `Error getting SSL certificate ${JSON.stringify(key)}: local SSL certificate ${key} was not found. Using default certificate`,
      ]);
  }

  /** A canary stands beside the location that another Ingress made for the same host and path. */
  private addCanary(ingress: Stored<Ingress>, canary: CanarySettings): void {
    for (const { host = '', http } of ingress.spec?.rules ?? []) {
      const server = this.servers.get(host === '' ? DEFAULT_SERVER : host.toLowerCase());
      for (const rule of http?.paths ?? []) {
        const upstream = this.upstream(ingress, rule.backend);
        const main = server?.locations.find((location) => samePlace(location, rule));
        if (upstream === undefined || !main) continue;
        this.upstreams.get(main.upstream)?.alternatives.push({ upstream, canary });
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

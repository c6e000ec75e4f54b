/** An address that Traefik listens on: `--entrypoints.web.address=:80`. */
export interface EntryPoint {
  readonly name: string;
  readonly port: number;
  /** All of its routers speak TLS. */
  readonly tls: boolean;
  /** Redirects everything to this entry point. */
  readonly redirectTo: string;
}

export interface Flags {
  readonly entryPoints: readonly EntryPoint[];
  readonly ingress: boolean;
  readonly ingressClass: string;
  /** `namespace/name`; empty: none. */
  readonly publishedService: string;
  readonly endpointIp: string;
  readonly endpointHostname: string;
  readonly gateway: boolean;
  readonly statusIp: string;
  readonly statusHostname: string;
  readonly statusService: string;
  readonly accessLog: boolean;
  readonly logLevel: string;
  readonly api: boolean;
  readonly ping: boolean;
  readonly version: boolean;
}

/** Names are without regard to case; a name alone means true. Raises RangeError with Traefik's text for one that is not known. */
export function readFlags(args: readonly string[]): Flags {
  const values = new Map<string, string>();
  for (const word of args) {
    if (!word.startsWith('--')) continue;
    const [name = '', ...rest] = word.slice(2).split('=');
    const key = name.toLowerCase();
    if (!KNOWN.test(key))
      throw new RangeError(`failed to decode configuration from flags: field not found, node: ${name.split('.')[0]}`);
    values.set(key, rest.length === 0 ? 'true' : rest.join('='));
  }
  const text = (name: string) => values.get(name) ?? '';
  const isOn = (name: string) =>
    [...values].some(([key, value]) => (key === name || key.startsWith(`${name}.`)) && value !== 'false');
  const service = 'providers.kubernetesgateway.statusaddress.service';
  return {
    entryPoints: entryPointsOf(values),
    ingress: isOn('providers.kubernetesingress'),
    ingressClass: text('providers.kubernetesingress.ingressclass'),
    publishedService: text('providers.kubernetesingress.ingressendpoint.publishedservice'),
    endpointIp: text('providers.kubernetesingress.ingressendpoint.ip'),
    endpointHostname: text('providers.kubernetesingress.ingressendpoint.hostname'),
    gateway: isOn('providers.kubernetesgateway'),
    statusIp: text('providers.kubernetesgateway.statusaddress.ip'),
    statusHostname: text('providers.kubernetesgateway.statusaddress.hostname'),
    statusService: values.has(`${service}.name`) ? `${text(`${service}.namespace`)}/${text(`${service}.name`)}` : '',
    accessLog: isOn('accesslog'),
    logLevel: (text('log.level') || 'ERROR').toUpperCase(),
    api: isOn('api'),
    ping: isOn('ping'),
    version: args[0] === 'version',
  };
}

const KNOWN =
  /^(entrypoints|providers|accesslog|log|api|ping|metrics|tracing|global|serverstransport|certificatesresolvers|experimental|hostresolver|core|spiffe|tcpserverstransport|configfile)(\.|$)/;

function entryPointsOf(values: ReadonlyMap<string, string>): EntryPoint[] {
  const names = new Set([...values.keys()].flatMap((key) => /^entrypoints\.([^.]+)\./.exec(key)?.[1] ?? []));
  const found = [...names].map((name): EntryPoint => {
    const of = (rest: string) => values.get(`entrypoints.${name}.${rest}`) ?? '';
    const tls = [...values].some(([key, value]) => key.startsWith(`entrypoints.${name}.http.tls`) && value !== 'false');
    const port = Number(/:(\d+)(?:\/tcp)?$/.exec(of('address'))?.[1] ?? 80);
    return { name, port, tls, redirectTo: of('http.redirections.entrypoint.to') };
  });
  return found.length > 0 ? found : [{ name: 'http', port: 80, tls: false, redirectTo: '' }];
}

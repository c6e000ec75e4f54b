import { FormatError } from '../../../cluster/apimachinery/format-error.ts';
import { parseLabelSelector } from '../../../cluster/apimachinery/labels.ts';

/** An address that Traefik listens on: `--entrypoints.web.address=:80`. */
export interface EntryPoint {
  readonly name: string;
  readonly port: number;
  /** All of its routers speak TLS. */
  readonly tls: boolean;
  /** What clients say of whom they forward for is believed. */
  readonly trusting: boolean;
  /** Redirects everything to another entry point. */
  readonly redirection?: Redirection;
}

export interface Redirection {
  /** The name of an entry point, or `:PORT`. */
  readonly to: string;
  readonly scheme: string;
  readonly permanent: boolean;
  readonly priority: bigint;
}

export type LogFormat = 'common' | 'json' | 'genericCLF';

export interface Flags {
  readonly entryPoints: readonly EntryPoint[];
  readonly ingress: boolean;
  readonly ingressClass: string;
  /** Empty: all. */
  readonly ingressNamespaces: readonly string[];
  readonly ingressSelector: string;
  /** The selector is none: the provider does not start. */
  readonly badSelector: boolean;
  /** `namespace/name`; empty: none. */
  readonly publishedService: string;
  readonly endpointIp: string;
  readonly endpointHostname: string;
  readonly allowEmptyServices: boolean;
  readonly allowExternalNameServices: boolean;
  readonly strictPrefixMatching: boolean;
  readonly gateway: boolean;
  readonly experimentalChannel: boolean;
  readonly statusIp: string;
  readonly statusHostname: string;
  readonly statusService: string;
  /** Undefined: no access log. */
  readonly accessLog: LogFormat | undefined;
  readonly logLevel: string;
  readonly logColour: boolean;
  readonly logJson: boolean;
  readonly api: boolean;
  /** The API answers on the entry point traefik. */
  readonly apiInsecure: boolean;
  readonly ping: boolean;
  readonly checkNewVersion: boolean;
  readonly sendAnonymousUsage: boolean;
}

/** The entry point of /ping and the API. traefik: pkg/config/static/static_config.go DefaultInternalEntryPointName */
export const INTERNAL = 'traefik';

/** What goes wrong with the flags: `usage` when Traefik would show all of its flags first. */
export class FlagError extends Error {
  constructor(
    message: string,
    readonly usage: boolean,
  ) {
    super(message);
  }
}

/** Names are without regard to case; a name alone means true. Raises FlagError. traefik: paerser/flag, paerser/cli */
export function readFlags(args: readonly string[]): Flags {
  const values = valuesOf(args);
  const text = (name: string) => values.get(name) ?? '';
  const isTrue = (name: string) => values.get(name) === 'true';
  const isOn = (name: string) =>
    values.get(name) !== 'false' && [...values].some(([key]) => key === name || key.startsWith(`${name}.`));
  const service = 'providers.kubernetesgateway.statusaddress.service';
  const ingress = 'providers.kubernetesingress';
  const format = text('accesslog.format').toLowerCase();
  const flags = {
    ingress: isOn(ingress),
    ingressClass: text(`${ingress}.ingressclass`),
    ingressNamespaces: text(`${ingress}.namespaces`).split(',').filter(Boolean),
    ingressSelector: text(`${ingress}.labelselector`),
    badSelector: !isSelector(text(`${ingress}.labelselector`)),
    publishedService: text(`${ingress}.ingressendpoint.publishedservice`),
    endpointIp: text(`${ingress}.ingressendpoint.ip`),
    endpointHostname: text(`${ingress}.ingressendpoint.hostname`),
    allowEmptyServices: isTrue(`${ingress}.allowemptyservices`),
    allowExternalNameServices: isTrue(`${ingress}.allowexternalnameservices`),
    strictPrefixMatching: isTrue(`${ingress}.strictprefixmatching`),
    gateway: isOn('providers.kubernetesgateway'),
    experimentalChannel: isTrue('providers.kubernetesgateway.experimentalchannel'),
    statusIp: text('providers.kubernetesgateway.statusaddress.ip'),
    statusHostname: text('providers.kubernetesgateway.statusaddress.hostname'),
    statusService: values.has(`${service}.name`) ? `${text(`${service}.namespace`)}/${text(`${service}.name`)}` : '',
    accessLog: !isOn('accesslog')
      ? undefined
      : format === 'json'
        ? ('json' as const)
        : format === 'genericclf'
          ? ('genericCLF' as const)
          : ('common' as const),
    logLevel: (text('log.level') || 'ERROR').toUpperCase(),
    logColour: !isTrue('log.nocolor'),
    logJson: text('log.format').toLowerCase() === 'json',
    api: isOn('api'),
    apiInsecure: isTrue('api.insecure'),
    ping: isOn('ping'),
    checkNewVersion: values.get('global.checknewversion') !== 'false',
    sendAnonymousUsage: isTrue('global.sendanonymoususage'),
  };
  const entryPoints = entryPointsOf(values);
  const hasInternal = entryPoints.some(({ name }) => name === INTERNAL);
  if ((flags.ping || flags.apiInsecure) && !hasInternal)
    entryPoints.push({ name: INTERNAL, port: 8080, tls: false, trusting: false });
  return { ...flags, entryPoints };
}

function isSelector(text: string): boolean {
  try {
    parseLabelSelector(text);
    return true;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return false;
  }
}

function valuesOf(args: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? '';
    if (!word.startsWith('-')) continue;
    const [name = '', ...rest] = word.replace(/^--?/, '').split('=');
    const key = name.toLowerCase();
    const next = args[index + 1];
    if (rest.length > 0) values.set(key, rest.join('='));
    else if (BOOLEAN.test(key)) values.set(key, 'true');
    else if (next === undefined || next.startsWith('-')) throw new FlagError(`flag needs an argument: -${name}`, true);
    else {
      values.set(key, next);
      index++;
    }
    if (!KNOWN.test(key))
      throw new FlagError(
        `failed to decode configuration from flags: field not found, node: ${name.split('.')[0]}`,
        false,
      );
  }
  return values;
}

const KNOWN =
  /^(entrypoints|providers|accesslog|log|api|ping|metrics|tracing|global|serverstransport|certificatesresolvers|experimental|hostresolver|core|spiffe|ocsp|tcpserverstransport|configfile)(\.|$)/;
/** Flags that mean something without a value. */
const BOOLEAN =
  /^(accesslog|api|ping|metrics|tracing|log|api\.(insecure|dashboard|debug|disabledashboardad)|global\.\w+|log\.(nocolor|compress)|providers\.\w+|providers\.\w+\.(allow\w+|experimentalchannel|strictprefixmatching|nativelbbydefault|disable\w+)|entrypoints\.[^.]+\.(http\.tls|asdefault|http\.redirections\.entrypoint\.permanent|forwardedheaders\.insecure)|serverstransport\.insecureskipverify)$/;

function entryPointsOf(values: ReadonlyMap<string, string>): EntryPoint[] {
  const names = new Set([...values.keys()].flatMap((key) => /^entrypoints\.([^.]+)\./.exec(key)?.[1] ?? []));
  const found = [...names].map((name): EntryPoint => {
    const of = (rest: string) => values.get(`entrypoints.${name}.${rest}`) ?? '';
    const tls = [...values].some(([key, value]) => key.startsWith(`entrypoints.${name}.http.tls`) && value !== 'false');
    const port = Number(/:(\d+)(?:\/tcp)?$/.exec(of('address'))?.[1] ?? 80);
    const redirection = redirectionOf(of);
    const trusting = of('forwardedheaders.insecure') === 'true';
    return { name, port, tls, trusting, ...(redirection ? { redirection } : {}) };
  });
  return found.length > 0 ? found : [{ name: 'http', port: 80, tls: false, trusting: false }];
}

/** Go's math.MaxInt. */
export const MAX_INT = 9223372036854775807n;

/** traefik: pkg/config/static/entrypoints.go RedirectEntryPoint.SetDefaults */
function redirectionOf(of: (rest: string) => string): Redirection | undefined {
  const at = 'http.redirections.entrypoint';
  const to = of(`${at}.to`);
  if (to === '') return undefined;
  return {
    to,
    scheme: of(`${at}.scheme`) || 'https',
    permanent: of(`${at}.permanent`) !== 'false',
    priority: /^\d+$/.test(of(`${at}.priority`)) ? BigInt(of(`${at}.priority`)) : MAX_INT - 1n,
  };
}

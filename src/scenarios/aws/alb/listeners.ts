import { keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { Ingress } from '../../../cluster/api/types.generated.ts';
import { annotation, annotationNames, ModelError } from './annotations.ts';

/** A port that a load balancer is to listen at, and the Ingresses whose rules hold there. */
export interface WantedListener {
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS';
  /** ARNs of certificates; the first is shown to clients that name no host. */
  readonly certificates: readonly string[];
  /** Everything is sent to this port instead. */
  readonly redirect?: number;
  readonly members: readonly Stored<Ingress>[];
}

/** Finds certificates for hosts. Raises ModelError. */
export type Discover = (hosts: readonly string[]) => readonly string[];

/** What changes where requests go or who may ask, and is not there. What only tunes a load balancer is passed over. */
const NOT_MODELLED =
  /^(actions|conditions|transforms)\.|^auth-|^(backend-protocol|backend-protocol-version|inbound-cidrs|security-groups|mutual-authentication|ip-address-type|wafv2-acl-arn|waf-acl-id)$/;
/** Values of these that say what is there anyway. */
const ORDINARY = new Map([
  ['auth-type', 'none'],
  ['backend-protocol', 'HTTP'],
  ['backend-protocol-version', 'HTTP1'],
  ['ip-address-type', 'ipv4'],
  ['inbound-cidrs', '0.0.0.0/0'],
]);

/** Raises ModelError. aws-load-balancer-controller: pkg/ingress/model_build_listener.go, model_builder.go */
export function listenersOf(members: readonly Stored<Ingress>[], discover: Discover): WantedListener[] {
  const listeners = new Map<number, WantedListener>();
  for (const one of members) {
    for (const name of annotationNames(one))
      if (NOT_MODELLED.test(name) && annotation(one, name) !== ORDINARY.get(name))
        throw new ModelError(`kubetutor does not model the annotation alb.ingress.kubernetes.io/${name}`);
    const wrong = (text: string) => new ModelError(`ingress: ${keyOf(one)}: ${text}`);
    const given = listOf(annotation(one, 'certificate-arn'));
    const wanted = portsOf(one, given.length > 0, wrong);
    const secured = [...wanted.values()].includes('HTTPS');
    const certificates = secured && given.length === 0 ? found(one, discover, wrong) : given;
    for (const [port, protocol] of wanted) {
      const known = listeners.get(port);
      if (known && known.protocol !== protocol)
        throw new ModelError(
          `failed to merge listPort config for port: ${port}: conflicting protocol, ${keyOf(known.members[0] ?? one)}: ${known.protocol} | ${keyOf(one)}: ${protocol}`,
        );
      listeners.set(port, {
        port,
        protocol,
        certificates: protocol === 'HTTPS' ? [...new Set([...(known?.certificates ?? []), ...certificates])] : [],
        members: [...(known?.members ?? []), one],
      });
    }
  }
  const redirect = redirectOf(members, listeners);
  return [...listeners.values()]
    .map((one) => (redirect !== undefined && one.protocol === 'HTTP' ? { ...one, redirect } : one))
    .sort((a, b) => a.port - b.port);
}

const listOf = (text = '') => text.split(',').flatMap((part) => part.trim() || []);

/** `[{"HTTP": 80}, {"HTTPS": 443}]` */
function portsOf(
  ingress: Stored<Ingress>,
  preferTls: boolean,
  wrong: (text: string) => ModelError,
): Map<number, 'HTTP' | 'HTTPS'> {
  const text = annotation(ingress, 'listen-ports');
  if (text === undefined) return new Map([preferTls ? [443, 'HTTPS'] : [80, 'HTTP']]);
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw wrong(`failed to parse listen-ports configuration: \`${text}\`: invalid JSON`);
  }
  if (!Array.isArray(entries) || entries.length === 0) throw wrong(`empty listen-ports configuration: \`${text}\``);
  const ports = new Map<number, 'HTTP' | 'HTTPS'>();
  for (const entry of entries)
    for (const [protocol, port] of Object.entries(entry ?? {})) {
      if (typeof port !== 'number')
        throw wrong(
          `failed to parse listen-ports configuration: \`${text}\`: json: cannot unmarshal ${typeof port} into Go value of type int32`,
        );
      if (port < 1 || port > 65535) throw wrong(`listen port must be within [1, 65535]: ${port}`);
      if (protocol !== 'HTTP' && protocol !== 'HTTPS')
        throw wrong(`listen protocol must be within [HTTP, HTTPS]: ${protocol}`);
      ports.set(port, protocol);
    }
  return ports;
}

/** Certificates for the hosts of an Ingress. aws-load-balancer-controller: computeIngressInferredTLSCertARNs */
function found({ spec }: Stored<Ingress>, discover: Discover, wrong: (text: string) => ModelError): readonly string[] {
  const hosts = [
    ...(spec?.rules ?? []).flatMap(({ host }) => host || []),
    ...(spec?.tls ?? []).flatMap(({ hosts: more }) => more ?? []),
  ];
  try {
    return discover([...new Set(hosts)].sort());
  } catch (error) {
    throw error instanceof ModelError ? wrong(error.message) : error;
  }
}

/** The port that `ssl-redirect` asks for. Raises ModelError for a port that has no TLS. */
function redirectOf(
  members: readonly Stored<Ingress>[],
  listeners: ReadonlyMap<number, WantedListener>,
): number | undefined {
  const wanted = [...new Set(members.flatMap((one) => annotation(one, 'ssl-redirect') ?? []))];
  const [text] = wanted;
  if (text === undefined) return undefined;
  if (wanted.length > 1) throw new ModelError(`conflicting sslRedirect port: [${wanted.sort().join(' ')}]`);
  const port = Number(text);
  const protocol = listeners.get(port)?.protocol;
  if (protocol === undefined) throw new ModelError(`listener does not exist for SSLRedirect port: ${text}`);
  if (protocol !== 'HTTPS') throw new ModelError(`listener protocol non-SSL for SSLRedirect port: ${text}`);
  return port;
}

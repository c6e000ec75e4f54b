import { keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { Ingress } from '../../../cluster/api/types.generated.ts';
import { annotation, annotationNames, ModelError } from './annotations.ts';

/** The ports that Ingresses ask a load balancer to listen at. */
export interface Listeners {
  readonly http: readonly number[];
  readonly https: readonly number[];
  /** ARNs that are given for the ports with TLS. */
  readonly certificates: readonly string[];
}

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
export function listenersOf(members: readonly Stored<Ingress>[]): Listeners {
  const ports = new Map<number, string>();
  const certificates = new Set<string>();
  for (const one of members) {
    for (const name of annotationNames(one))
      if (NOT_MODELLED.test(name) && annotation(one, name) !== ORDINARY.get(name))
        throw new ModelError(`kubetutor does not model the annotation alb.ingress.kubernetes.io/${name}`);
    const wrong = (text: string) => new ModelError(`ingress: ${keyOf(one)}: ${text}`);
    const given = listOf(annotation(one, 'certificate-arn'));
    const wanted = portsOf(one, given.length > 0, wrong);
    if ([...wanted.values()].includes('HTTPS') && given.length === 0) discover(one, wrong);
    for (const [port, protocol] of wanted) ports.set(port, protocol);
    for (const arn of given) certificates.add(arn);
  }
  const of = (wanted: string) => [...ports].flatMap(([port, protocol]) => (protocol === wanted ? [port] : []));
  // Once all of it is to be redirected, nothing is served without TLS.
  return { http: redirects(members, ports) ? [] : of('HTTP'), https: of('HTTPS'), certificates: [...certificates] };
}

const listOf = (text = '') => text.split(',').flatMap((part) => part.trim() || []);

/** `[{"HTTP": 80}, {"HTTPS": 443}]` */
function portsOf(
  ingress: Stored<Ingress>,
  preferTls: boolean,
  wrong: (text: string) => ModelError,
): Map<number, string> {
  const text = annotation(ingress, 'listen-ports');
  if (text === undefined) return new Map([preferTls ? [443, 'HTTPS'] : [80, 'HTTP']]);
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw wrong(`failed to parse listen-ports configuration: \`${text}\`: invalid JSON`);
  }
  if (!Array.isArray(entries) || entries.length === 0) throw wrong(`empty listen-ports configuration: \`${text}\``);
  const ports = new Map<number, string>();
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

/** Looks for certificates of the hosts in ACM, which has none here. aws-load-balancer-controller: pkg/ingress/cert_discovery.go */
function discover({ spec }: Stored<Ingress>, wrong: (text: string) => ModelError): void {
  const hosts = [
    ...(spec?.rules ?? []).flatMap(({ host }) => host || []),
    ...(spec?.tls ?? []).flatMap(({ hosts: more }) => more ?? []),
  ];
  const [first] = hosts.sort();
  if (first !== undefined) throw wrong(`no certificate found for host: ${first}`);
}

/** Whether `ssl-redirect` is asked for. Raises ModelError for a port that has no TLS. */
function redirects(members: readonly Stored<Ingress>[], ports: ReadonlyMap<number, string>): boolean {
  const wanted = [...new Set(members.flatMap((one) => annotation(one, 'ssl-redirect') ?? []))];
  const [port] = wanted;
  if (port === undefined) return false;
  if (wanted.length > 1) throw new ModelError(`conflicting sslRedirect port: [${wanted.sort().join(' ')}]`);
  const protocol = ports.get(Number(port));
  if (protocol === undefined) throw new ModelError(`listener does not exist for SSLRedirect port: ${port}`);
  if (protocol !== 'HTTPS') throw new ModelError(`listener protocol non-SSL for SSLRedirect port: ${port}`);
  return true;
}

/** What ELB answers when a listener with TLS is to be made: nothing can have been put into ACM. The code and the text. */
export function refusalOfTls({ certificates }: Listeners): string {
  const [arn] = certificates;
  if (arn === undefined) return 'api error ValidationError: A certificate must be specified for HTTPS listeners';
  if (!/^arn:aws[\w-]*:(acm|iam):/.test(arn)) return `api error ValidationError: Certificate ARN '${arn}' is not valid`;
  return `CertificateNotFound: Certificate '${arn}' not found`;
}

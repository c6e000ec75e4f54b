import type { Client } from '../../../cluster/api/client.ts';
import { NAMESPACES, SECRETS } from '../../../cluster/api/kinds.ts';
import type { Stored } from '../../../cluster/api/object.ts';
import { labelSelectorMatches } from '../../../cluster/apimachinery/labels.ts';
import { certificateOf, keyPairProblem } from '../traefik/certificates.ts';
import type { NewCondition } from './conditions.ts';
import { isGranted } from './grants.ts';
import { type Gateway, GROUP, type Listener, type RouteKind } from './types.ts';

/** What the proxy under a Gateway listens on. */
export interface ListenPort {
  readonly name: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface ListenOptions {
  readonly ports: readonly ListenPort[];
  /** TCPRoutes and TLSRoutes are known. */
  readonly experimentalChannel: boolean;
}

/** A listener of a Gateway with what became of it. */
export interface LoadedListener {
  readonly gateway: Stored<Gateway>;
  readonly listener: Listener;
  /** The entry point; empty when there is none for its port. */
  readonly entryPoint: string;
  /** `''` for all. */
  readonly namespaces: readonly string[];
  readonly kinds: readonly RouteKind[];
  /** Problems; none: routes may attach. */
  readonly conditions: readonly NewCondition[];
  /** Certificates as PEM. */
  readonly certificates: readonly string[];
  attachedRoutes: number;
}

/** kubernetes-sigs/gateway-api's listener rules in the words of Traefik: pkg/provider/kubernetes/gateway/kubernetes.go loadGatewayListeners */
export function loadListeners(client: Client, gateway: Stored<Gateway>, options: ListenOptions): LoadedListener[] {
  const taken = new Set<string>();
  return (gateway.spec?.listeners ?? []).map((listener) => load(client, gateway, listener, options, taken));
}

function load(
  client: Client,
  gateway: Stored<Gateway>,
  listener: Listener,
  { ports, experimentalChannel }: ListenOptions,
  taken: Set<string>,
): LoadedListener {
  const base = { gateway, listener, entryPoint: '', namespaces: [], kinds: [], certificates: [], attachedRoutes: 0 };
  const port = ports.find((entry) => entry.port === listener.port && !(listener.protocol === 'HTTP' && entry.tls));
  if (!port)
    return {
      ...base,
      conditions: [
        refused(
          'PortUnavailable',
          `Cannot find entryPoint for Gateway: no matching entryPoint for port ${listener.port} and protocol "${listener.protocol}"`,
        ),
      ],
    };
  const namespaces = allowedNamespaces(client, gateway, listener);
  const supported = supportedKinds(listener.protocol, experimentalChannel);
  if (!Array.isArray(supported)) return { ...base, entryPoint: port.name, namespaces, conditions: [supported] };
  const { kinds, conditions } = allowedKinds(listener, supported);
  const found = { ...base, entryPoint: port.name, namespaces, kinds };
  if (conditions.length > 0) return { ...found, conditions };
  const key = `${listener.protocol}|${listener.hostname ?? ''}|${listener.port}`;
  if (taken.has(key))
    return {
      ...found,
      conditions: [
        {
          type: 'Conflicted',
          status: 'True',
          reason: 'DuplicateListener',
          message: 'A listener with same protocol, port and hostname already exists',
        },
      ],
    };
  taken.add(key);
  return { ...found, ...loadTls(client, gateway, listener) };
}

function refused(reason: string, message: string): NewCondition {
  return { type: 'Accepted', status: 'False', reason, message };
}

function unresolved(reason: string, message: string): NewCondition {
  return { type: 'ResolvedRefs', status: 'False', reason, message };
}

/** The kinds of routes that a protocol carries, or why it carries none. */
function supportedKinds(protocol: string, experimentalChannel: boolean): RouteKind[] | NewCondition {
  const of = (...kinds: string[]) => kinds.map((kind) => ({ kind, group: GROUP }));
  if (protocol === 'HTTP' || protocol === 'HTTPS') return of('HTTPRoute', 'GRPCRoute');
  const layer4 = protocol === 'TCP' ? of('TCPRoute') : protocol === 'TLS' ? of('TCPRoute', 'TLSRoute') : undefined;
  if (layer4 && experimentalChannel) return layer4;
  return {
    type: 'Conflicted',
    status: 'True',
    reason: protocol === 'TCP' ? 'ProtocolConflict' : layer4 ? 'InvalidRouteKinds' : 'UnsupportedProtocol',
    message: layer4
      ? `Protocol "${protocol}" requires the experimental channel support to be enabled, please use the \`experimentalChannel\` option`
      : `Unsupported listener protocol "${protocol}"`,
    unobserved: true,
  };
}

function allowedKinds(
  listener: Listener,
  supported: readonly RouteKind[],
): { kinds: readonly RouteKind[]; conditions: NewCondition[] } {
  const wanted = listener.allowedRoutes?.kinds ?? [];
  if (wanted.length === 0) return { kinds: supported, conditions: [] };
  const fits = ({ kind, group = GROUP }: RouteKind) =>
    supported.some((one) => one.kind === kind && one.group === group);
  const conditions = wanted
    .filter((kind) => !fits(kind))
    .map(({ kind, group = GROUP }) =>
      unresolved(
        'InvalidRouteKinds',
        `Listener protocol "${listener.protocol}" does not support RouteGroupKind ${group}/${kind}`,
      ),
    );
  return { kinds: wanted.filter(fits).map(({ kind, group = GROUP }) => ({ kind, group })), conditions };
}

function allowedNamespaces(client: Client, gateway: Stored<Gateway>, { allowedRoutes }: Listener): string[] {
  const { from = 'Same', selector } = allowedRoutes?.namespaces ?? {};
  if (from === 'All') return [''];
  if (from === 'Same') return [gateway.metadata.namespace ?? ''];
  if (from !== 'Selector' || !selector) return [];
  return client
    .list(NAMESPACES)
    .filter(({ metadata }) => labelSelectorMatches(selector, metadata.labels ?? {}))
    .map(({ metadata }) => metadata.name);
}

function loadTls(
  client: Client,
  gateway: Stored<Gateway>,
  listener: Listener,
): { conditions: NewCondition[]; certificates: string[] } {
  const { protocol, tls } = listener;
  const fail = (...conditions: NewCondition[]) => ({ conditions, certificates: [] });
  if (protocol === 'HTTP' || protocol === 'TCP')
    return tls
      ? fail(refused('InvalidTLSConfiguration', 'TLS configuration must no be defined when using HTTP or TCP protocol'))
      : fail();
  const bare = (tls?.certificateRefs?.length ?? 0) === 0 && tls?.mode !== undefined && tls.mode !== 'Passthrough';
  if (!tls || bare)
    return fail(
      refused(
        'InvalidTLSConfiguration',
        `No TLS configuration for Gateway Listener ${listener.name}:${listener.port} and protocol "${protocol}"`,
      ),
    );
  if (tls.mode === 'Passthrough')
    return protocol === 'HTTPS'
      ? fail(refused('UnsupportedProtocol', 'HTTPS protocol is not supported with TLS mode Passthrough'))
      : fail();
  const [reference] = tls.certificateRefs ?? [];
  if (!reference)
    return fail(unresolved('InvalidCertificateRef', 'One TLS CertificateRef is required in Terminate mode'));
  const { group = '', kind = 'Secret', name } = reference;
  if (kind !== 'Secret' || (group !== '' && group !== 'core'))
    return fail(unresolved('InvalidCertificateRef', `Unsupported TLS CertificateRef group/kind: ${group}/${kind}`));
  const home = gateway.metadata.namespace ?? '';
  const namespace = reference.namespace ?? home;
  if (!isGranted(client, { fromKind: 'Gateway', fromNamespace: home, group: '', kind: 'Secret', name, namespace }))
    return fail(
      unresolved('RefNotPermitted', `Cannot load CertificateRef ${namespace}/${name}: missing ReferenceGrant`),
    );
  const loaded = loadCertificate(client, namespace, name);
  if (loaded.problem === undefined) return { conditions: [], certificates: [loaded.certificate] };
  const message = `Error while retrieving certificate: ${loaded.problem}`;
  return fail(unresolved('InvalidCertificateRef', message), {
    type: 'Programmed',
    status: 'False',
    reason: 'Invalid',
    message,
  });
}

/** traefik: pkg/provider/kubernetes/gateway/kubernetes.go getTLS */
function loadCertificate(
  client: Client,
  namespace: string,
  name: string,
): { readonly certificate: string; readonly problem?: string } {
  const fail = (problem: string) => ({ certificate: '', problem });
  const secret = client.get(SECRETS, namespace, name);
  if (!secret) return fail(`getting secret: secret "${name}" not found`);
  const { certificate, problem } = certificateOf(secret.data, `${namespace}/${name}`);
  if (problem !== undefined) return fail(`getting certificate blocks: ${problem}`);
  const wrong = keyPairProblem(certificate, atob(secret.data?.['tls.key'] ?? ''));
  return wrong === undefined
    ? { certificate }
    : fail(`validating certificate: unable to parse TLS certificate: ${wrong}`);
}

import type { Client } from '../../../cluster/api/client.ts';
import { NAMESPACES, SECRETS } from '../../../cluster/api/kinds.ts';
import type { Stored } from '../../../cluster/api/object.ts';
import { labelSelectorMatches } from '../../../cluster/apimachinery/labels.ts';
import type { NewCondition } from './conditions.ts';
import { isGranted } from './grants.ts';
import { type Gateway, GROUP, type Listener, type ObjectReference, type RouteKind } from './types.ts';

/** What the proxy under a Gateway listens on. */
export interface ListenPort {
  readonly name: string;
  readonly port: number;
  readonly tls: boolean;
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
export function loadListeners(
  client: Client,
  gateway: Stored<Gateway>,
  ports: readonly ListenPort[],
): LoadedListener[] {
  const taken = new Set<string>();
  return (gateway.spec?.listeners ?? []).map((listener) => load(client, gateway, listener, ports, taken));
}

function load(
  client: Client,
  gateway: Stored<Gateway>,
  listener: Listener,
  ports: readonly ListenPort[],
  taken: Set<string>,
): LoadedListener {
  const base = { gateway, listener, entryPoint: '', namespaces: [], kinds: [], certificates: [], attachedRoutes: 0 };
  const supported = supportedKinds(listener.protocol);
  if (!supported)
    return {
      ...base,
      conditions: [refused('UnsupportedProtocol', `Unsupported listener protocol "${listener.protocol}"`)],
    };
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
  const { kinds, conditions } = allowedKinds(listener, supported);
  const found = { ...base, entryPoint: port.name, namespaces: allowedNamespaces(client, gateway, listener), kinds };
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

function supportedKinds(protocol: string): readonly RouteKind[] | undefined {
  const of = (...kinds: string[]) => kinds.map((kind) => ({ kind, group: GROUP }));
  if (protocol === 'HTTP' || protocol === 'HTTPS') return of('HTTPRoute', 'GRPCRoute');
  if (protocol === 'TCP') return of('TCPRoute');
  return protocol === 'TLS' ? of('TLSRoute') : undefined;
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
  if (!tls)
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
  const references = tls.certificateRefs ?? [];
  if (references.length === 0)
    return fail(unresolved('InvalidCertificateRef', 'One TLS CertificateRef is required in Terminate mode'));
  const loaded = references.map((reference) => certificateOf(client, gateway, reference));
  const problems = loaded.filter((one): one is NewCondition => typeof one !== 'string');
  if (problems.length > 0)
    return fail(...problems, {
      type: 'Programmed',
      status: 'False',
      reason: 'Invalid',
      message: 'Invalid CertificateRefs',
    });
  return { conditions: [], certificates: loaded.filter((one): one is string => typeof one === 'string') };
}

function certificateOf(
  client: Client,
  gateway: Stored<Gateway>,
  { group = '', kind = 'Secret', name, namespace }: ObjectReference,
): string | NewCondition {
  const home = gateway.metadata.namespace ?? '';
  const place = namespace ?? home;
  if (kind !== 'Secret' || (group !== '' && group !== 'core'))
    return unresolved('InvalidCertificateRef', `Unsupported TLS CertificateRef group/kind: ${group}/${kind}`);
  if (
    !isGranted(client, { fromKind: 'Gateway', fromNamespace: home, group: '', kind: 'Secret', name, namespace: place })
  )
    return unresolved('RefNotPermitted', `Cannot reference CertificateRef ${place}/${name}: missing ReferenceGrant`);
  const wrong = (text: string) =>
    unresolved('InvalidCertificateRef', `Cannot load CertificateRef ${place}/${name}: ${text}`);
  const secret = client.get(SECRETS, place, name);
  if (!secret) return wrong(`getting secret: secrets "${name}" not found`);
  const { 'tls.crt': certificate, 'tls.key': key } = secret.data ?? {};
  const missing = [...(certificate ? [] : ['tls.crt']), ...(key ? [] : ['tls.key'])];
  if (missing.length > 0)
    return wrong(
      `getting certificate blocks: secret ${place}/${name} is missing the following TLS data entries: ${missing.join(', ')}`,
    );
  return atob(certificate ?? '');
}

import type { Client } from '../../../cluster/api/client.ts';
import { INGRESSES } from '../../../cluster/api/kinds.ts';
import { isRecord, keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { Ingress } from '../../../cluster/api/types.generated.ts';
import { bodyText, type HttpRequest, type HttpResponse } from '../../../world/network/http.ts';
import { canarySettings, PREFIX } from './annotations.ts';

/** Groups of annotations with snippets in them. ingress-nginx: internal/ingress/annotations/annotations.go */
const SNIPPETS: Readonly<Record<string, string>> = {
  'auth-snippet': 'ExternalAuth',
  'configuration-snippet': 'ConfigurationSnippet',
  'modsecurity-snippet': 'ModSecurity',
  'server-snippet': 'ServerSnippet',
  'stream-snippet': 'StreamSnippet',
};
/** ingress-nginx: internal/ingress/inspector/rules.go validPathType */
const PLAIN_PATH = /^\/[a-zA-Z0-9._\-/]*$/;

/**
 * Why the controller's webhook refuses an Ingress; undefined when it takes it. `settings`: the controller's ConfigMap.
 * ingress-nginx: internal/ingress/controller/controller.go CheckIngress
 */
export function refusal(
  client: Client,
  ingress: Stored<Ingress>,
  settings: Readonly<Record<string, string>>,
  mine: (other: Stored<Ingress>) => boolean,
): string | undefined {
  const wrong = settings['strict-validate-path-type'] === 'false' ? [] : invalidPaths(ingress);
  if (wrong.length > 0) return `ingress contains invalid paths: ${wrong.join('\n')}`;
  const { annotations = {} } = ingress.metadata;
  for (const key of Object.keys(annotations)) {
    if (!key.startsWith(PREFIX) || !key.endsWith('-snippet')) continue;
    if (settings['allow-snippet-annotations'] !== 'true')
      return `${key} annotation cannot be used. Snippet directives are disabled by the Ingress administrator`;
    const group = SNIPPETS[key.slice(PREFIX.length)];
    if (group !== undefined && settings['annotations-risk-level'] !== 'Critical')
      return `annotation group ${group} contains risky annotation based on ingress configuration`;
  }
  return overlap(client, ingress, mine);
}

/** Paths that look like patterns, but whose type says that they are none. ingress-nginx: inspector.go ValidatePathType */
export function invalidPaths(ingress: Stored<Ingress>): string[] {
  return (ingress.spec?.rules ?? [])
    .flatMap(({ http }) => http?.paths ?? [])
    .filter(({ path = '', pathType }) => path !== '' && pathType !== 'ImplementationSpecific' && !PLAIN_PATH.test(path))
    .map(({ path, pathType }) => `path ${path} cannot be used with pathType ${pathType}`);
}

/** A host and path that another Ingress has already. ingress-nginx: controller.go checkOverlap */
function overlap(
  client: Client,
  ingress: Stored<Ingress>,
  mine: (other: Stored<Ingress>) => boolean,
): string | undefined {
  const isCanary = canarySettings(ingress) !== undefined;
  const others = client
    .list(INGRESSES)
    .filter(
      (other) => keyOf(other) !== keyOf(ingress) && mine(other) && (canarySettings(other) !== undefined) === isCanary,
    );
  for (const { host = '', path } of places(ingress)) {
    const taken = others.find((other) => places(other).some((place) => place.host === host && place.path === path));
    if (taken)
      return `host "${host === '' ? '_' : host}" and path "${path}" is already defined in ingress ${keyOf(taken)}`;
  }
  return undefined;
}

function places(ingress: Stored<Ingress>): { readonly host: string; readonly path: string }[] {
  return (ingress.spec?.rules ?? []).flatMap(({ host = '', http }) =>
    (http?.paths ?? []).map(({ path }) => ({ host, path: path || '/' })),
  );
}

interface Verdict {
  readonly why?: string | undefined;
  readonly warnings?: readonly string[];
}

/** The webhook itself: an AdmissionReview in, one out. */
export function answerReview(request: HttpRequest, check: (ingress: Stored<Ingress>) => Verdict): HttpResponse {
  const review: unknown = request.body?.kind === 'json' ? request.body.value : parse(bodyText(request.body));
  const asked = isRecord(review) && isRecord(review['request']) ? review['request'] : undefined;
  const object = asked?.['object'];
  const { why, warnings = [] } = isIngress(object) ? check(object) : {};
  const response = {
    uid: asked?.['uid'] ?? '',
    allowed: why === undefined,
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(why === undefined
      ? {}
      : { status: { metadata: {}, status: 'Failure', message: why, reason: 'BadRequest', code: 400 } }),
  };
  return {
    status: 200,
    headers: new Map([['content-type', 'application/json']]),
    body: { kind: 'json', value: { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response } },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isIngress(value: unknown): value is Stored<Ingress> {
  return isRecord(value) && value['kind'] === 'Ingress' && isRecord(value['metadata']);
}

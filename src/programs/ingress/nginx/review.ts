import type { Client } from '../../../cluster/api/client.ts';
import { INGRESSES } from '../../../cluster/api/kinds.ts';
import { isRecord, keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { Ingress } from '../../../cluster/api/types.generated.ts';
import { bodyText, type HttpRequest, type HttpResponse } from '../../../world/network/http.ts';
import { canarySettings, PREFIX } from './annotations.ts';

/** Why the controller's webhook refuses an Ingress; undefined when it takes it. kubernetes/ingress-nginx: controller.go CheckIngress */
export function refusal(
  client: Client,
  ingress: Stored<Ingress>,
  mine: (other: Stored<Ingress>) => boolean,
): string | undefined {
  for (const key of Object.keys(ingress.metadata.annotations ?? {}))
    if (key.startsWith(PREFIX) && key.endsWith('-snippet'))
      return `${key} annotation cannot be used. Snippet directives are disabled by the Ingress administrator`;
  if (canarySettings(ingress)) return undefined;
  const others = client
    .list(INGRESSES)
    .filter((other) => keyOf(other) !== keyOf(ingress) && mine(other) && !canarySettings(other));
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

/** The webhook itself: an AdmissionReview in, one out. */
export function answerReview(
  request: HttpRequest,
  check: (ingress: Stored<Ingress>) => string | undefined,
): HttpResponse {
  const review: unknown = request.body?.kind === 'json' ? request.body.value : parse(bodyText(request.body));
  const asked = isRecord(review) && isRecord(review['request']) ? review['request'] : undefined;
  const object = asked?.['object'];
  const why = isIngress(object) ? check(object) : undefined;
  const response = {
    uid: asked?.['uid'] ?? '',
    allowed: why === undefined,
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

import { StatusError } from '../../apimachinery/errors.ts';
import { FormatError } from '../../apimachinery/format-error.ts';
import { applyJsonPatch } from '../../apimachinery/json-patch.ts';
import { at, isRecord } from '../object.ts';

import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import { matchesConstraints } from './resource-rules.ts';

/** A webhook to be asked before a request can go on. */
export interface WebhookCall {
  readonly key: string;
  /** As error texts name it: `https://web.default.svc:443/check?timeout=10s`. */
  readonly url: string;
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number } | undefined;
  readonly path: string;
  /** ms */
  readonly timeout: number;
  readonly review: unknown;
}

/** What came of a call: the `response` of the review, or why there is none. */
export type WebhookAnswer =
  | { readonly kind: 'answered'; readonly response: unknown }
  | { readonly kind: 'failed'; readonly why: string };

/** Answers by the key of the call. */
export type WebhookAnswers = ReadonlyMap<string, WebhookAnswer>;

/** Thrown out of a request that has to wait for a webhook: it is handled anew when the answer is there. Nothing has been written then. */
export class WebhookNeeded extends Error {
  constructor(readonly call: WebhookCall) {
    super(`webhook ${call.key} is needed`);
  }
}

/** kubernetes: apiserver/pkg/admission/plugin/webhook/mutating */
export const mutatingWebhooks: AdmissionPlugin = {
  name: 'MutatingAdmissionWebhook',
  admit(request) {
    for (const response of asked(request, 'mutatingwebhookconfigurations')) mutate(request, response);
  },
};

/** kubernetes: apiserver/pkg/admission/plugin/webhook/validating */
export const validatingWebhooks: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  validate(request) {
    for (const _ of asked(request, 'validatingwebhookconfigurations'));
  },
};

/** The answers of all webhooks that let the request pass. Raises StatusError, WebhookNeeded. */
function asked(request: AdmissionRequest, plural: string): Iterable<unknown> {
  const { answers } = request.options;
  // Components of the cluster that write in process are trusted, and webhooks do not judge webhooks.
  if (!answers || request.resource.group === 'admissionregistration.k8s.io') return [];
  return answersOf(request, answers, plural);
}

function* answersOf(request: AdmissionRequest, answers: WebhookAnswers, plural: string): Generator<unknown> {
  for (const configuration of request.context.server.store.list(`${plural}.admissionregistration.k8s.io`)) {
    const hooks = at(configuration, 'webhooks');
    for (const hook of Array.isArray(hooks) ? hooks : []) {
      const rules = at(hook, 'rules');
      if (!Array.isArray(rules) || rules.length === 0 || !matchesConstraints(hook, rules, request)) continue;
      const key = [plural, configuration.metadata.name, textAt(hook, 'name'), request.namespace, request.name].join(
        '/',
      );
      const answer = answers.get(key);
      if (!answer) throw new WebhookNeeded(callOf(key, hook, request));
      const response = judged(hook, answer, request);
      if (response !== undefined) yield response;
    }
  }
}

function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

function numberAt(value: unknown, fallback: number, ...path: readonly string[]): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : fallback;
}

function callOf(key: string, hook: unknown, request: AdmissionRequest): WebhookCall {
  const seconds = numberAt(hook, 10, 'timeoutSeconds');
  const given = textAt(hook, 'clientConfig', 'url');
  const service = {
    namespace: textAt(hook, 'clientConfig', 'service', 'namespace'),
    name: textAt(hook, 'clientConfig', 'service', 'name'),
    port: numberAt(hook, 443, 'clientConfig', 'service', 'port'),
  };
  const path = textAt(hook, 'clientConfig', 'service', 'path');
  const base =
    given === ''
      ? `https://${service.name}.${service.namespace}.svc:${service.port}${path.startsWith('/') ? path : `/${path}`}`
      : given;
  return {
    key,
    url: `${base}?timeout=${seconds}s`,
    service: given === '' ? service : undefined,
    path: /^https?:\/\/[^/]+(\/[^?]*)?/.exec(base)?.[1] ?? '/',
    timeout: seconds * 1000,
    review: reviewOf(request),
  };
}

/** kubernetes: apiserver/pkg/admission/plugin/webhook/request/admissionreview.go */
function reviewOf({
  resource,
  subresource,
  name,
  namespace,
  operation,
  object,
  old,
  options,
  context,
}: AdmissionRequest) {
  const kind = { group: resource.group, version: resource.version, kind: resource.kind };
  const plural = { group: resource.group, version: resource.version, resource: resource.plural };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: context.server.world.random.uid(),
      kind,
      resource: plural,
      ...(subresource === '' ? {} : { subResource: subresource }),
      requestKind: kind,
      requestResource: plural,
      name,
      ...(namespace === '' ? {} : { namespace }),
      operation,
      userInfo: { username: options.user.name, groups: options.user.groups },
      object: object ? structuredClone(object) : null,
      oldObject: old ?? null,
      dryRun: context.dryRun,
      options: null,
    },
  };
}

/** The response of a webhook that allows; undefined when it failed and may. Raises StatusError. */
function judged(hook: unknown, answer: WebhookAnswer, request: AdmissionRequest): unknown {
  const name = JSON.stringify(textAt(hook, 'name'));
  if (answer.kind === 'failed') {
    if (textAt(hook, 'failurePolicy') === 'Ignore') return undefined;
    throw StatusError.internal(`failed calling webhook ${name}: failed to call webhook: ${answer.why}`);
  }
  const { response } = answer;
  const warnings = at(response, 'warnings');
  for (const text of Array.isArray(warnings) ? warnings : []) request.options.warnings?.push(String(text));
  if (at(response, 'allowed') === true) return response;
  const by = `admission webhook ${name} denied the request`;
  const why = textAt(response, 'status', 'message') || textAt(response, 'status', 'reason');
  throw new StatusError({
    code: Math.max(400, numberAt(response, 400, 'status', 'code')),
    reason: textAt(response, 'status', 'reason'),
    message: why === '' ? `${by} without explanation` : `${by}: ${why}`,
  });
}

/** Applies the JSON patch of a response. */
function mutate({ object, resource }: AdmissionRequest, response: unknown): void {
  const patch = textAt(response, 'patch');
  if (!object || patch === '') return;
  const bytes = Uint8Array.from(atob(patch), (char) => char.charCodeAt(0));
  const operations: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const changed: unknown = applyJsonPatch(object, operations);
  if (!isRecord(changed)) throw new FormatError('the patch of a webhook leaves no object');
  for (const key of Object.keys(object)) if (!(key in changed)) Reflect.deleteProperty(object, key);
  Object.assign(object, changed);
  resource.strategy.setDefaults?.(object);
}

type Fields = { [key: string]: unknown };

/** kubernetes: pkg/apis/admissionregistration/v1/defaults.go */
export function setWebhookDefaults(configuration: unknown, mutating: boolean): void {
  const hooks = at(configuration, 'webhooks');
  for (const hook of Array.isArray(hooks) ? hooks : []) {
    if (!isRecord(hook)) continue;
    const fields: Fields = hook;
    fields['failurePolicy'] ??= 'Fail';
    fields['matchPolicy'] ??= 'Equivalent';
    fields['namespaceSelector'] ??= {};
    fields['objectSelector'] ??= {};
    fields['timeoutSeconds'] ??= 10;
    if (mutating) fields['reinvocationPolicy'] ??= 'Never';
    const service = at(hook, 'clientConfig', 'service');
    if (isRecord(service)) service['port'] ??= 443;
    const rules = fields['rules'];
    for (const rule of Array.isArray(rules) ? rules : []) if (isRecord(rule)) rule['scope'] ??= '*';
  }
}

import { labelSelectorMatches } from '../../apimachinery/labels.ts';
import { at, isRecord } from '../object.ts';
import type { ApiServer } from '../server.ts';
import type { AdmissionRequest } from './admission.ts';

function list(value: unknown, field: string): readonly unknown[] {
  const found = at(value, field);
  return Array.isArray(found) ? found : [];
}

function has(rule: unknown, field: string, ...wanted: readonly string[]): boolean {
  return list(rule, field).some((one) => one === '*' || wanted.some((other) => one === other));
}

/** Whether a rule of a webhook or of a policy is about a request. kubernetes: apiserver/pkg/admission/plugin/webhook/predicates/rules */
export function matchesRule(rule: unknown, request: AdmissionRequest): boolean {
  const { resource, subresource, operation } = request;
  const plural = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`;
  const scope = at(rule, 'scope') ?? '*';
  const names = list(rule, 'resourceNames');
  const asked = list(rule, 'resources').some(
    (one) =>
      one === '*/*' ||
      one === plural ||
      (one === '*' && subresource === '') ||
      (subresource !== '' && (one === `${resource.plural}/*` || one === `*/${subresource}`)),
  );
  return (
    asked &&
    has(rule, 'operations', operation) &&
    has(rule, 'apiGroups', resource.group) &&
    has(rule, 'apiVersions', resource.version) &&
    (scope === '*' || (scope === 'Namespaced') === resource.namespaced) &&
    (names.length === 0 || names.includes(request.name))
  );
}

/** Rules, exclusions, the namespace's labels and the object's, as policies and webhooks have them. */
export function matchesConstraints(
  constraints: unknown,
  rules: readonly unknown[],
  request: AdmissionRequest,
): boolean {
  if (list(constraints, 'excludeResourceRules').some((rule) => matchesRule(rule, request))) return false;
  if (rules.length > 0 && !rules.some((rule) => matchesRule(rule, request))) return false;
  return (
    selects(at(constraints, 'namespaceSelector'), namespaceLabels(request)) &&
    [request.object, request.old].some(
      (object) => object !== undefined && selects(at(constraints, 'objectSelector'), labelsOf(object)),
    )
  );
}

function selects(selector: unknown, labels: { readonly [key: string]: unknown } | undefined): boolean {
  if (!isRecord(selector) || Object.keys(selector).length === 0) return true;
  // What has no namespace is not asked for its labels.
  return labels === undefined || labelSelectorMatches(selector, labels);
}

function labelsOf(object: unknown): { readonly [key: string]: unknown } {
  const labels = at(object, 'metadata', 'labels');
  return isRecord(labels) ? labels : {};
}

function namespaceLabels(request: AdmissionRequest): { readonly [key: string]: unknown } | undefined {
  const namespace = namespaceOf(request.context.server, request);
  return namespace === undefined ? undefined : labelsOf(namespace);
}

/** The Namespace object of a request. */
export function namespaceOf(server: ApiServer, { resource, namespace, object }: AdmissionRequest): unknown {
  if (resource.group === '' && resource.plural === 'namespaces') return object;
  return namespace === '' ? undefined : server.store.get('namespaces', namespace);
}

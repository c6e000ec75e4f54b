import { StatusError } from '../../../apimachinery/errors.ts';
import { at, deepEqual } from '../../object.ts';
import { qualifiedResource } from '../../resource.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import { labelErrors, policyOf, standardText, strictness, violations, violationsText } from './policy.ts';

/** Where the Pod template of each kind is. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  'deployments.apps': ['spec', 'template'],
  'replicasets.apps': ['spec', 'template'],
  'statefulsets.apps': ['spec', 'template'],
  'daemonsets.apps': ['spec', 'template'],
  replicationcontrollers: ['spec', 'template'],
  podtemplates: ['template'],
  'jobs.batch': ['spec', 'template'],
  'cronjobs.batch': ['spec', 'jobTemplate', 'spec', 'template'],
};

/**
 * Holds Pods to the Pod Security Standard that their namespace's labels ask for.
 * kubernetes: staging/src/k8s.io/pod-security-admission/admission/admission.go
 */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  validate(request) {
    const { resource, operation, subresource } = request;
    if (operation === 'DELETE') return;
    const name = qualifiedResource(resource);
    if (name === 'pods') checkPod(request);
    else if (name === 'namespaces') checkNamespace(request);
    else if (subresource === '' && TEMPLATES[name]) warnOfTemplate(request, TEMPLATES[name]);
  },
};

function labelsOf(object: unknown): Record<string, string> {
  return (at(object, 'metadata', 'labels') ?? {}) as Record<string, string>;
}

function policyFor({ context, namespace }: AdmissionRequest) {
  return policyOf(labelsOf(context.server.store.get('namespaces', namespace)));
}

function checkPod(request: AdmissionRequest): void {
  const { object, old, subresource, resource, name } = request;
  if (subresource !== '' && subresource !== 'ephemeralcontainers') return;
  if (old && deepEqual(at(old, 'spec'), at(object, 'spec'))) return;
  const { enforce, warn } = policyFor(request);
  if (enforce.level !== 'privileged') {
    const found = violations(enforce, at(object, 'metadata'), at(object, 'spec'));
    if (found.length > 0) {
      const text = `violates PodSecurity "${standardText(enforce)}": ${violationsText(found)}`;
      throw StatusError.forbidden(resource, name, text);
    }
  }
  warnOf(request, warn, at(object, 'metadata'), at(object, 'spec'));
}

function warnOfTemplate(request: AdmissionRequest, path: readonly string[]): void {
  const template = at(request.object, ...path);
  if (request.old && deepEqual(at(request.old, ...path), template)) return;
  warnOf(request, policyFor(request).warn, at(template, 'metadata'), at(template, 'spec'));
}

function warnOf(
  request: AdmissionRequest,
  warn: ReturnType<typeof policyOf>['warn'],
  metadata: unknown,
  spec: unknown,
): void {
  if (warn.level === 'privileged' || !request.options.warnings) return;
  const found = violations(warn, metadata, spec);
  if (found.length === 0) return;
  request.options.warnings.push(`would violate PodSecurity "${standardText(warn)}": ${violationsText(found)}`);
}

/** Labels must make sense; Pods that a stricter level would not have let in are told of. */
function checkNamespace({ resource, name, object, old, subresource, context, options }: AdmissionRequest): void {
  if (subresource !== '') return;
  const labels = labelsOf(object);
  const errors = labelErrors(labels);
  if (errors.length > 0 && (!old || labelErrors(labelsOf(old)).length === 0)) {
    throw StatusError.invalid(resource, name, errors);
  }
  if (!old || errors.length > 0) return;
  const { enforce } = policyOf(labels);
  const before = policyOf(labelsOf(old)).enforce;
  if (enforce.level === 'privileged') return;
  if (enforce.version === before.version && strictness(enforce.level) <= strictness(before.level)) return;
  const byReasons = new Map<string, { readonly first: string; count: number }>();
  for (const pod of context.server.store.list('pods', name)) {
    const reasons = violations(enforce, pod.metadata, at(pod, 'spec')).map(({ reason }) => reason);
    if (reasons.length === 0) continue;
    const text = reasons.join(', ');
    const known = byReasons.get(text) ?? { first: pod.metadata.name, count: 0 };
    known.count++;
    byReasons.set(text, known);
  }
  if (byReasons.size === 0 || !options.warnings) return;
  options.warnings.push(
    `existing pods in namespace "${name}" violate the new PodSecurity enforce level "${standardText(enforce)}"`,
  );
  const lines = [...byReasons].map(([reasons, { first, count }]) => {
    const others = count > 1 ? ` (and ${count - 1} other ${count > 2 ? 'pods' : 'pod'})` : '';
    return `${first}${others}: ${reasons}`;
  });
  options.warnings.push(...lines.sort());
}

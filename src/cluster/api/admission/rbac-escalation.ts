import { StatusError } from '../../apimachinery/errors.ts';
import { breakDownRule, ruleCovers } from '../../apimachinery/policy-rules.ts';
import { type PolicyRule, policyRule } from '../access-rules.ts';
import { authorize, rulesFor } from '../authorization.ts';
import { at } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

const GROUP = 'rbac.authorization.k8s.io';
const ROLES = new Set([`roles.${GROUP}`, `clusterroles.${GROUP}`]);
const BINDINGS = new Set([`rolebindings.${GROUP}`, `clusterrolebindings.${GROUP}`]);

/**
 * Nobody grants what he does not have. In Kubernetes it is the storage of the RBAC kinds that checks.
 * kubernetes: pkg/registry/rbac/{role,rolebinding}/policybased/storage.go
 */
export const rbacEscalation: AdmissionPlugin = {
  name: 'RBACEscalation',
  validate(request) {
    const { resource, operation, object, options } = request;
    if (operation === 'DELETE' || !object || options.user.groups.includes('system:masters') || options.trusted) return;
    const name = qualifiedResource(resource);
    if (ROLES.has(name) && !may(request, 'escalate', resource.plural, request.name)) {
      mustHold(request, rulesOf(object));
    } else if (BINDINGS.has(name)) checkBinding(request);
  },
};

function checkBinding(request: AdmissionRequest): void {
  const { object, namespace, context, resource } = request;
  const kind = String(at(object, 'roleRef', 'kind'));
  const name = String(at(object, 'roleRef', 'name'));
  const plural = kind === 'Role' ? 'roles' : 'clusterroles';
  if (may(request, 'bind', plural, name)) return;
  const key = kind === 'Role' ? `${namespace}/${name}` : name;
  const role = context.server.store.get(`${plural}.${GROUP}`, key);
  if (!role) throw StatusError.notFound(resource, name);
  mustHold(request, rulesOf(role));
}

function may(request: AdmissionRequest, verb: string, resource: string, name: string): boolean {
  const { context, options, namespace } = request;
  const question = { verb, group: GROUP, resource, subresource: '', namespace, name };
  return authorize(context.server.store, options.user, question).allowed;
}

function rulesOf(role: unknown): PolicyRule[] {
  const rules = at(role, 'rules');
  return (Array.isArray(rules) ? rules : []).map(policyRule);
}

/** kubernetes: pkg/registry/rbac/validation/rule.go ConfirmNoEscalation */
function mustHold(request: AdmissionRequest, wanted: readonly PolicyRule[]): void {
  const { context, options, namespace, resource, name } = request;
  const held: PolicyRule[] = [];
  for (const { rule } of rulesFor(context.server.store, options.user, namespace)) if (rule) held.push(rule);
  const missing = wanted.flatMap(breakDownRule).filter((rule) => !held.some((owned) => ruleCovers(owned, rule)));
  if (missing.length === 0) return;
  const groups = options.user.groups.map((group) => JSON.stringify(group)).join(' ');
  const lines = compact(missing).map(ruleText).sort();
  throw StatusError.forbidden(
    resource,
    name,
    `user ${JSON.stringify(options.user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`,
  );
}

/** Rules that differ only in their verb become one. kubernetes: pkg/registry/rbac/validation/policy_compact.go */
function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const byRest = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const { verbs, ...rest } = rule;
    const key = JSON.stringify(rest);
    const same = byRest.get(key);
    byRest.set(key, same ? { ...same, verbs: [...new Set([...same.verbs, ...verbs])] } : rule);
  }
  return [...byRest.values()];
}

function ruleText(rule: PolicyRule): string {
  const list = (items: readonly string[]) => `[${items.map((item) => JSON.stringify(item)).join(' ')}]`;
  const parts: string[] = [];
  if (rule.nonResourceURLs.length > 0) parts.push(`NonResourceURLs:${list(rule.nonResourceURLs)}`);
  if (rule.apiGroups.length > 0) parts.push(`APIGroups:${list(rule.apiGroups)}`);
  if (rule.resources.length > 0) parts.push(`Resources:${list(rule.resources)}`);
  if (rule.resourceNames.length > 0) parts.push(`ResourceNames:${list(rule.resourceNames)}`);
  parts.push(`Verbs:${list(rule.verbs)}`);
  return `{${parts.join(', ')}}`;
}

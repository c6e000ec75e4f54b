import { type AccessAnswer, type AccessQuestion, type PolicyRule, policyRule, ruleAllows } from './access-rules.ts';
import type { User } from './authentication.ts';
import { authorizeNode } from './node-authorizer.ts';
import { at, type Stored } from './object.ts';
import { nameOf, type RequestInfo } from './request-info.ts';
import type { Store } from './store.ts';

const ROLE_BINDINGS = 'rolebindings.rbac.authorization.k8s.io';
const CLUSTER_ROLE_BINDINGS = 'clusterrolebindings.rbac.authorization.k8s.io';
const ROLES = 'roles.rbac.authorization.k8s.io';
const CLUSTER_ROLES = 'clusterroles.rbac.authorization.k8s.io';

const RBAC_RESOURCES = [CLUSTER_ROLE_BINDINGS, ROLE_BINDINGS, ROLES, CLUSTER_ROLES];

export function questionOf(info: RequestInfo): AccessQuestion {
  const { verb, group, resource, subresource, namespace, isResourceRequest } = info;
  const fieldSelector = info.fieldSelector === '' ? undefined : info.fieldSelector;
  const path = isResourceRequest ? undefined : info.path;
  return { verb, group, resource, subresource, namespace, name: nameOf(info), fieldSelector, path };
}

/** `--authorization-mode=Node,RBAC`, with the superusers of system:masters before both. */
export function authorize(store: Store, user: User, question: AccessQuestion): AccessAnswer {
  if (user.groups.includes('system:masters')) return { allowed: true, reason: '' };
  const asNode = authorizeNode(store, user, question);
  if (asNode.allowed) return asNode;
  const byRoles = authorizeByRoles(store, user, question);
  if (byRoles.allowed || asNode.reason === '') return byRoles;
  return { allowed: false, reason: [asNode.reason, byRoles.reason].filter((reason) => reason !== '').join('\n') };
}

/** kubernetes: plugin/pkg/auth/authorizer/rbac/rbac.go */
function authorizeByRoles(store: Store, user: User, question: AccessQuestion): AccessAnswer {
  let errors = '';
  for (const rules of listsFor(store, user, question.namespace))
    for (const { rule, reason, error } of rules) {
      if (error) errors = error;
      if (rule && ruleAllows(rule, question)) return { allowed: true, reason };
    }
  return { allowed: false, reason: errors };
}

/** A rule that a binding gives, or what is wrong with the binding. */
export interface BoundRule {
  readonly rule?: PolicyRule;
  readonly reason: string;
  readonly error?: string;
}

/** Requests come by the thousand, roles hardly ever change: what applies to whom is kept until one of them does. */
class Remembered {
  private readonly users = new Map<string, UserRules>();
  /** The same for those who ask again as the same object. */
  private readonly known = new WeakMap<User, UserRules>();
  /** Bindings for the whole cluster by the names and groups in their subjects. */
  readonly bySubject = new Map<string, number[]>();

  constructor(
    readonly stamp: number,
    readonly bindings: readonly Stored[],
  ) {
    for (const [index, binding] of bindings.entries())
      for (const subject of list(at(binding, 'subjects'))) {
        const key = subjectKey(subject);
        const same = this.bySubject.get(key);
        if (same) same.push(index);
        else this.bySubject.set(key, [index]);
      }
  }

  /** What is kept of a user; `everywhere` computes his rules for the whole cluster. */
  of(user: User, everywhere: () => readonly BoundRule[]): UserRules {
    const known = this.known.get(user);
    if (known) return known;
    const id = JSON.stringify([user.name, user.groups]);
    const rules = this.users.get(id) ?? { everywhere: everywhere(), byNamespace: new Map() };
    this.users.set(id, rules);
    this.known.set(user, rules);
    return rules;
  }
}

interface UserRules {
  readonly everywhere: readonly BoundRule[];
  readonly byNamespace: Map<string, readonly BoundRule[]>;
}

const remembered = new WeakMap<Store, Remembered>();

/** The rules that apply to a user in a namespace, each with why. */
export function rulesFor(store: Store, user: User, namespace: string): readonly BoundRule[] {
  return listsFor(store, user, namespace).flat();
}

/** Those he was given beside RBAC, those for the whole cluster, and those for the namespace. */
function listsFor(store: Store, user: User, namespace: string): (readonly BoundRule[])[] {
  const known = remember(store);
  const { everywhere, byNamespace } = known.of(user, () => clusterRules(store, known, user));
  let here = namespace === '' ? NO_RULES : byNamespace.get(namespace);
  if (!here) {
    here = namespaceRules(store, user, namespace);
    byNamespace.set(namespace, here);
  }
  return user.grants ? [grantedRules(store, user, namespace), everywhere, here] : [everywhere, here];
}

const NO_RULES: readonly BoundRule[] = [];

function remember(store: Store): Remembered {
  // Each version only grows: their sum stays the same as long as none of them changes.
  let stamp = 0;
  for (const resource of RBAC_RESOURCES) stamp += store.version(resource);
  const old = remembered.get(store);
  if (old?.stamp === stamp) return old;
  const known = new Remembered(stamp, store.list(CLUSTER_ROLE_BINDINGS));
  remembered.set(store, known);
  return known;
}

/** The name that a user has, or one of his groups, when a subject of a binding for the whole cluster means him. */
function subjectKey(subject: unknown): string {
  const name = String(at(subject, 'name'));
  if (at(subject, 'kind') === 'Group') return `group ${name}`;
  return at(subject, 'kind') === 'ServiceAccount'
    ? `user system:serviceaccount:${at(subject, 'namespace') ?? ''}:${name}`
    : `user ${name}`;
}

function grantedRules(store: Store, user: User, namespace: string): BoundRule[] {
  const mine = (user.grants ?? []).filter(({ namespaces }) => !namespaces || namespaces.includes(namespace));
  return mine.flatMap(({ role }) => policyRules(store.get(CLUSTER_ROLES, role)).map((rule) => ({ rule, reason: '' })));
}

function clusterRules(store: Store, { bySubject, bindings }: Remembered, user: User): BoundRule[] {
  const names = [`user ${user.name}`, ...user.groups.map((group) => `group ${group}`)];
  const mine = new Set(names.flatMap((name) => bySubject.get(name) ?? []));
  return [...mine]
    .sort((a, b) => a - b)
    .flatMap((index) => {
      const binding = bindings[index];
      return binding ? rulesOfBinding(store, user, binding, '') : [];
    });
}

function namespaceRules(store: Store, user: User, namespace: string): BoundRule[] {
  return store.list(ROLE_BINDINGS, namespace).flatMap((binding) => rulesOfBinding(store, user, binding, namespace));
}

function rulesOfBinding(
  store: Store,
  user: User,
  binding: { kind: string; metadata: { name: string; namespace?: string | undefined } },
  namespace: string,
): BoundRule[] {
  const subject = list(at(binding, 'subjects')).find((candidate) => subjectIs(candidate, user, namespace));
  if (!subject) return [];
  const kind = String(at(binding, 'roleRef', 'kind') ?? '');
  const name = String(at(binding, 'roleRef', 'name') ?? '');
  const role = kind === 'Role' ? store.get(ROLES, `${namespace}/${name}`) : store.get(CLUSTER_ROLES, name);
  const bound = namespace === '' ? binding.metadata.name : `${binding.metadata.name}/${namespace}`;
  const reason = `RBAC: allowed by ${binding.kind} "${bound}" of ${kind} "${name}" to ${subjectText(subject)}`;
  if (!role) {
    const missing = kind === 'Role' ? 'role' : 'clusterrole';
    return [{ reason, error: `RBAC: ${missing}.rbac.authorization.k8s.io "${name}" not found` }];
  }
  return policyRules(role).map((rule) => ({ rule, reason }));
}

/** Of a role. The lists of rules of roles are never changed, and those that the API server begins with are in every world. */
function policyRules(role: unknown): readonly PolicyRule[] {
  const rules = list(at(role, 'rules'));
  let known = plainRules.get(rules);
  if (!known) {
    known = rules.map(policyRule);
    plainRules.set(rules, known);
  }
  return known;
}

const plainRules = new WeakMap<readonly unknown[], readonly PolicyRule[]>();

function subjectText(subject: unknown): string {
  const kind = at(subject, 'kind');
  const name = at(subject, 'name');
  return kind === 'ServiceAccount' ? `ServiceAccount "${name}/${at(subject, 'namespace')}"` : `${kind} "${name}"`;
}

function subjectIs(subject: unknown, user: User, namespace: string): boolean {
  const name = at(subject, 'name');
  switch (at(subject, 'kind')) {
    case 'User':
      return name === user.name;
    case 'Group':
      return typeof name === 'string' && user.groups.includes(name);
    case 'ServiceAccount':
      return user.name === `system:serviceaccount:${at(subject, 'namespace') ?? namespace}:${name}`;
    default:
      return false;
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

import type { Stored } from '../../api/object.ts';
import { deepEqual } from '../../api/object.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
} from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { validatePathSegmentName } from '../../apimachinery/names.ts';
import { dnsSubdomain, type Errors, invalid } from './field.ts';
import { isParsable, validateLabelSelector } from './selectors.ts';

// kubernetes: pkg/apis/rbac/validation/validation.go

const GROUP = 'rbac.authorization.k8s.io';

export function validateRole(role: Role): Errors {
  return (role.rules ?? []).flatMap((rule, i) => validateRule(rule, true, `rules[${i}]`));
}

export function validateClusterRole(role: ClusterRole): Errors {
  const errors = (role.rules ?? []).flatMap((rule, i) => validateRule(rule, false, `rules[${i}]`));
  if (!role.aggregationRule) return errors;
  const path = 'aggregationRule.clusterRoleSelectors';
  const selectors = role.aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) {
    errors.push(FieldError.required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
  }
  for (const [i, selector] of selectors.entries()) {
    errors.push(...validateLabelSelector(selector, `${path}[${i}]`));
    if (!isParsable(selector)) errors.push(FieldError.invalid(`${path}[${i}]`, null, 'invalid label selector.'));
  }
  return errors;
}

function validateRule(rule: PolicyRule, namespaced: boolean, path: string): Errors {
  const errors: Errors = [];
  const given = (list: readonly string[] | undefined) => (list ?? []).length > 0;
  if (!given(rule.verbs)) errors.push(FieldError.required(`${path}.verbs`, 'verbs must contain at least one value'));
  if (given(rule.nonResourceURLs)) {
    const at = `${path}.nonResourceURLs`;
    if (namespaced)
      errors.push(FieldError.invalid(at, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (given(rule.apiGroups) || given(rule.resources) || given(rule.resourceNames)) {
      const why = 'rules cannot apply to both regular resources and non-resource URLs';
      errors.push(FieldError.invalid(at, rule.nonResourceURLs, why));
    }
    return errors;
  }
  if (!given(rule.apiGroups))
    errors.push(FieldError.required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if (!given(rule.resources))
    errors.push(FieldError.required(`${path}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}

/** RoleBindings and ClusterRoleBindings: the latter have no namespace, and bind ClusterRoles only. */
export function validateBinding(binding: RoleBinding | ClusterRoleBinding): Errors {
  const namespaced = binding.kind === 'RoleBinding' || (binding.metadata?.namespace ?? '') !== '';
  const { apiGroup, kind, name } = binding.roleRef ?? {};
  const errors: Errors = [];
  if (apiGroup !== GROUP) errors.push(FieldError.notSupported('roleRef.apiGroup', apiGroup ?? '', [GROUP]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(kind ?? '')) errors.push(FieldError.notSupported('roleRef.kind', kind ?? '', kinds));
  if (!name) errors.push(FieldError.required('roleRef.name'));
  else errors.push(...invalid('roleRef.name', name, validatePathSegmentName(name)));
  return [
    ...errors,
    ...(binding.subjects ?? []).flatMap((subject, i) => validateSubject(subject, namespaced, `subjects[${i}]`)),
  ];
}

function validateSubject(subject: Subject, namespaced: boolean, path: string): Errors {
  const errors: Errors = subject.name ? [] : [FieldError.required(`${path}.name`)];
  const group = subject.apiGroup ?? '';
  switch (subject.kind) {
    case 'ServiceAccount':
      if (subject.name) errors.push(...dnsSubdomain(subject.name, `${path}.name`));
      if (group !== '') errors.push(FieldError.notSupported(`${path}.apiGroup`, group, ['']));
      if (!namespaced && !subject.namespace) errors.push(FieldError.required(`${path}.namespace`));
      return errors;
    case 'User':
    case 'Group':
      return group === GROUP ? errors : [...errors, FieldError.notSupported(`${path}.apiGroup`, group, [GROUP])];
    default:
      return [
        ...errors,
        FieldError.notSupported(`${path}.kind`, subject.kind ?? '', ['ServiceAccount', 'User', 'Group']),
      ];
  }
}

export function validateBindingUpdate<T extends RoleBinding | ClusterRoleBinding>(binding: T, old: Stored<T>): Errors {
  const errors = validateBinding(binding);
  if (deepEqual(binding.roleRef, old.roleRef)) return errors;
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef ?? {};
  return [
    ...errors,
    FieldError.invalid('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef'),
  ];
}

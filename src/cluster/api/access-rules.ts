import { isRecord } from './object.ts';

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Of lists and watches. */
  readonly fieldSelector?: string | undefined;
  /** For requests that are not for a resource. */
  readonly path?: string | undefined;
}

export interface AccessAnswer {
  readonly allowed: boolean;
  /** `RBAC: allowed by ClusterRoleBinding "x" of ClusterRole "y" to User "z"`. */
  readonly reason: string;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): string[] {
  return list(value).filter((item): item is string => typeof item === 'string');
}

/** A rule as plain data, with every list there. */
export function policyRule(value: unknown): PolicyRule {
  const rule = isRecord(value) ? value : {};
  return {
    apiGroups: strings(rule['apiGroups']),
    resources: strings(rule['resources']),
    verbs: strings(rule['verbs']),
    resourceNames: strings(rule['resourceNames']),
    nonResourceURLs: strings(rule['nonResourceURLs']),
  };
}

/** kubernetes: plugin/pkg/auth/authorizer/rbac/rbac.go RuleAllows */
export function ruleAllows(rule: PolicyRule, question: AccessQuestion): boolean {
  if (!rule.verbs.includes('*') && !rule.verbs.includes(question.verb)) return false;
  if (question.path !== undefined) return rule.nonResourceURLs.some((url) => urlMatches(url, question.path ?? ''));
  if (!rule.apiGroups.includes('*') && !rule.apiGroups.includes(question.group)) return false;
  const combined = question.subresource === '' ? question.resource : `${question.resource}/${question.subresource}`;
  const named = rule.resources.some(
    (resource) =>
      resource === '*' ||
      resource === combined ||
      (question.subresource !== '' && resource === `*/${question.subresource}`),
  );
  return named && (rule.resourceNames.length === 0 || rule.resourceNames.includes(question.name));
}

function urlMatches(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1).replace(/\*+$/, ''));
}

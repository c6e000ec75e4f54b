/** The lists of an rbac/v1 PolicyRule. */
export interface RuleLists {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** One rule for each group, resource, verb and name. kubernetes: component-helpers/auth/rbac/validation/policy_comparator.go BreakdownRule */
export function breakDownRule(rule: RuleLists): RuleLists[] {
  const none = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
  const parts: RuleLists[] = [];
  for (const group of rule.apiGroups) {
    for (const resource of rule.resources) {
      for (const verb of rule.verbs) {
        const base = { ...none, verbs: [verb], apiGroups: [group], resources: [resource] };
        if (rule.resourceNames.length === 0) parts.push(base);
        for (const name of rule.resourceNames) parts.push({ ...base, resourceNames: [name] });
      }
    }
  }
  for (const url of rule.nonResourceURLs)
    for (const verb of rule.verbs) parts.push({ ...none, verbs: [verb], nonResourceURLs: [url] });
  return parts;
}

/** Whether a rule grants a part that `breakDownRule` made. */
export function ruleCovers(owned: RuleLists, part: RuleLists): boolean {
  const within = (all: readonly string[], one: readonly string[]) =>
    all.includes('*') || one.every((item) => all.includes(item));
  if (!within(owned.verbs, part.verbs)) return false;
  if (part.nonResourceURLs.length > 0) return within(owned.nonResourceURLs, part.nonResourceURLs);
  return (
    within(owned.apiGroups, part.apiGroups) &&
    within(owned.resources, part.resources) &&
    (owned.resourceNames.length === 0 ||
      (part.resourceNames.length > 0 && part.resourceNames.every((name) => owned.resourceNames.includes(name))))
  );
}

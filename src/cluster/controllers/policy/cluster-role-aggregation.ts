import { CLUSTER_ROLES } from '../../api/kinds.ts';
import { deepEqual } from '../../api/object.ts';
import type { PolicyRule } from '../../api/types.generated.ts';
import { labelSelectorMatches } from '../../apimachinery/labels.ts';
import type { Controller } from '../controller.ts';

const texts = new WeakMap<PolicyRule, string>();

/** Rules are never changed, and those that the API server begins with are in every world. */
function textOf(rule: PolicyRule): string {
  const known = texts.get(rule);
  if (known !== undefined) return known;
  const text = JSON.stringify(rule);
  texts.set(rule, text);
  return text;
}

/** Gives ClusterRoles with an aggregationRule the rules of those that it selects. kubernetes: pkg/controller/clusterroleaggregation */
export const clusterRoleAggregation: Controller = {
  name: 'clusterrole-aggregation-controller',
  start(context) {
    const { client } = context;
    const queue = context.queue((name) => {
      const role = client.get(CLUSTER_ROLES, '', name);
      const selectors = role?.aggregationRule?.clusterRoleSelectors;
      if (!role || !selectors) return;
      const rules = new Map<string, PolicyRule>();
      for (const selector of selectors) {
        for (const other of client.list(CLUSTER_ROLES)) {
          if (other.metadata.name === name || !labelSelectorMatches(selector, other.metadata.labels)) continue;
          for (const rule of other.rules ?? []) {
            const text = textOf(rule);
            if (!rules.has(text)) rules.set(text, rule);
          }
        }
      }
      const wanted = [...rules.values()];
      if (!deepEqual(role.rules ?? [], wanted)) {
        client.modify(CLUSTER_ROLES, '', name, (old) => ({ ...old, rules: wanted }));
      }
    });
    const all = context.queue(() => {
      for (const role of client.list(CLUSTER_ROLES)) if (role.aggregationRule) queue.add(role.metadata.name);
    });
    context.informer(CLUSTER_ROLES, () => all.add('all'));
  },
};

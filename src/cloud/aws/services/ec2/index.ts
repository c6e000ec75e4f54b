import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import type { Call, Service } from '../call.ts';
import { changeOperations } from './change.ts';
import { describeOperations } from './describe.ts';
import { filtered } from './filters.ts';
import { keyOperations } from './keys.ts';
import { ruleViews } from './rules.ts';

function describeSecurityGroupRules({ region, params }: Call): JsonObject {
  const rules = [...region.securityGroups.values()].flatMap((group) => ruleViews(region, group));
  return { SecurityGroupRules: filtered(rules, params, {}, new Set(['GroupId', 'SecurityGroupRuleId', 'IsEgress'])) };
}

export const ec2: Service = {
  ...describeOperations,
  ...keyOperations,
  ...changeOperations,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
};

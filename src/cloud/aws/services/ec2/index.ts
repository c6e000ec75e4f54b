import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import type { Call, Service } from '../call.ts';
import { changeOperations } from './change.ts';
import { describeOperations } from './describe.ts';
import { filtered } from './filters.ts';
import { keyOperations } from './keys.ts';

/** One line a rule. Ids are made from what the rule says, so that they stay. */
function describeSecurityGroupRules({ region, params, account }: Call): JsonObject {
  const rules: JsonObject[] = [];
  for (const group of region.securityGroups.values()) {
    for (const [egress, permissions] of [
      [false, group.IpPermissions],
      [true, group.IpPermissionsEgress],
    ] as const) {
      for (const rule of permissions) {
        const sources = [
          ...rule.IpRanges.map((range) => ({ CidrIpv4: range.CidrIp })),
          ...rule.UserIdGroupPairs.map((pair) => ({
            ReferencedGroupInfo: { GroupId: pair.GroupId, UserId: pair.UserId },
          })),
        ];
        for (const source of sources) {
          const about = JSON.stringify([group.GroupId, egress, rule.IpProtocol, rule.FromPort ?? -1, source]);
          rules.push({
            SecurityGroupRuleId: `sgr-0${account.random.fork(about).hex(16)}`,
            GroupId: group.GroupId,
            GroupOwnerId: group.OwnerId,
            IsEgress: egress,
            IpProtocol: rule.IpProtocol,
            FromPort: rule.FromPort ?? -1,
            ToPort: rule.ToPort ?? -1,
            ...source,
            Tags: [],
          });
        }
      }
    }
  }
  return { SecurityGroupRules: filtered(rules, params, {}, new Set(['GroupId', 'SecurityGroupRuleId'])) };
}

export const ec2: Service = {
  ...describeOperations,
  ...keyOperations,
  ...changeOperations,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
};

import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import type { Region } from '../../region.ts';
import type { IpPermission, SecurityGroup } from '../../types/ec2.ts';

/** One line a source of each rule of a group. Ids are made from what the rule says, so that they stay. */
export function ruleViews(region: Region, group: SecurityGroup): JsonObject[] {
  return [
    ...group.IpPermissions.flatMap((rule) => viewsOf(region, group, rule, false)),
    ...group.IpPermissionsEgress.flatMap((rule) => viewsOf(region, group, rule, true)),
  ];
}

function viewsOf({ account }: Region, group: SecurityGroup, rule: IpPermission, egress: boolean): JsonObject[] {
  const described = (text: string | undefined) => (text === undefined ? {} : { Description: text });
  const sources: JsonObject[] = [
    ...rule.IpRanges.map(({ CidrIp, Description }) => ({ CidrIpv4: CidrIp, ...described(Description) })),
    ...rule.UserIdGroupPairs.map(({ GroupId, UserId, Description }) => ({
      ReferencedGroupInfo: { GroupId, UserId },
      ...described(Description),
    })),
  ];
  return sources.map((source) => {
    const about = JSON.stringify([group.GroupId, egress, rule.IpProtocol, rule.FromPort ?? -1, source]);
    const SecurityGroupRuleId = `sgr-0${account.random.fork(about).hex(16)}`;
    return {
      SecurityGroupRuleId,
      GroupId: group.GroupId,
      GroupOwnerId: group.OwnerId,
      IsEgress: egress,
      IpProtocol: rule.IpProtocol,
      FromPort: rule.FromPort ?? -1,
      ToPort: rule.ToPort ?? -1,
      ...source,
      Tags: [],
    };
  });
}

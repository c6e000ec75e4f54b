import { AwsError } from '../../errors.ts';
import { type Params, tagMap, textOf, textsOf } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { Service } from '../call.ts';

/** What has tags in EKS. */
interface Holder {
  tags: Record<string, string>;
}

/** Clusters and all that belongs to them, by ARN. Raises NotFoundException, BadRequestException. */
function holderOf(region: Region, params: Params): Holder {
  const arn = textOf(params, 'resourceArn') ?? '';
  if (!/^arn:aws[\w-]*:eks:/.test(arn)) throw new AwsError('BadRequestException', `Invalid Resource ARN: ${arn}`);
  for (const cluster of region.clusters.values()) {
    const parts: readonly (readonly [string, Holder])[] = [
      [cluster.arn, cluster],
      ...[...cluster.nodegroups.values()].map((one) => [one.nodegroupArn, one] as const),
      ...[...cluster.addons.values()].map((one) => [one.addonArn, one] as const),
      ...[...cluster.accessEntries.values()].map((one) => [one.accessEntryArn, one] as const),
      ...[...cluster.fargateProfiles.values()].map((one) => [one.fargateProfileArn, one] as const),
    ];
    const found = parts.find(([one]) => one === arn);
    if (found) return found[1];
  }
  throw new AwsError('NotFoundException', `Resource was not found for this ARN: ${arn}`, 404);
}

export const tagOperations: Service = {
  ListTagsForResource: ({ region, params }) => ({ tags: { ...holderOf(region, params).tags } }),
  TagResource: ({ region, params }) => {
    const holder = holderOf(region, params);
    holder.tags = { ...holder.tags, ...tagMap(params['tags']) };
    return {};
  },
  UntagResource: ({ region, params }) => {
    const holder = holderOf(region, params);
    const gone = textsOf(params, 'tagKeys');
    holder.tags = Object.fromEntries(Object.entries(holder.tags).filter(([key]) => !gone.includes(key)));
    return {};
  },
};

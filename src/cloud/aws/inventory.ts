import type { Account } from './account.ts';
import type { Region } from './region.ts';

/** Something that an account holds and that it did not have from the start. */
export interface InventoryItem {
  /** `nat-gateway`, `load-balancer`, … */
  readonly kind: string;
  readonly id: string;
  readonly region: string;
  /** US dollars an hour; 0 for what is free. */
  readonly hourly: number;
}

/** What somebody has left in an account, dearest first. Default VPCs, users and their keys do not count. */
export function inventory(account: Account): InventoryItem[] {
  const rates = new Map<string, number>();
  for (const usage of account.costs.running()) rates.set(usage.id, (rates.get(usage.id) ?? 0) + usage.rate);
  const items: InventoryItem[] = [];
  const add = (kind: string, region: string, id: string, paidAs = id) =>
    items.push({ kind, id, region, hourly: rates.get(paidAs) ?? 0 });
  for (const region of account.regions) addRegion(region, add);
  for (const name of account.iam.groups.keys()) add('group', 'global', name);
  for (const name of account.iam.roles.keys()) add('role', 'global', name);
  for (const arn of account.iam.providers.keys()) add('oidc-provider', 'global', arn);
  for (const arn of account.iam.policies.keys()) add('policy', 'global', arn);
  return items.sort((a, b) => b.hourly - a.hourly);
}

type Add = (kind: string, region: string, id: string, paidAs?: string) => void;

function addRegion(region: Region, add: Add): void {
  const { name } = region;
  for (const cluster of region.clusters.values()) add('eks-cluster', name, cluster.name, cluster.arn);
  for (const instance of region.instances.values())
    if (instance.State.Name !== 'terminated') add('instance', name, instance.InstanceId);
  for (const gateway of region.natGateways.values())
    if (gateway.State !== 'deleted') add('nat-gateway', name, gateway.NatGatewayId);
  for (const balancer of region.loadBalancers.values()) add('load-balancer', name, balancer.name, balancer.arn);
  for (const id of region.volumes.keys()) add('volume', name, id);
  for (const id of region.addresses.keys()) add('elastic-ip', name, id);
  for (const stack of region.stacks.values())
    if (stack.StackStatus !== 'DELETE_COMPLETE') add('stack', name, stack.StackName);
  for (const vpc of region.vpcs.values()) if (!vpc.IsDefault) add('vpc', name, vpc.VpcId);
  for (const group of region.securityGroups.values())
    if (group.GroupName !== 'default') add('security-group', name, group.GroupId);
  for (const id of region.networkInterfaces.keys()) add('network-interface', name, id);
  for (const id of region.launchTemplates.keys()) add('launch-template', name, id);
  for (const group of region.logGroups.keys()) add('log-group', name, group);
  for (const arn of region.certificates.keys()) add('certificate', name, arn);
  for (const one of region.repositories.values()) add('repository', name, one.repositoryName, one.repositoryArn);
  for (const key of region.keyPairs.keys()) add('key-pair', name, key);
}

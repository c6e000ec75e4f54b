import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../../errors.ts';
import { objectsOf, tagMap, textOf, textsOf, toJsonObject } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { EksCluster, FargateProfile } from '../../types/eks.ts';
import type { Service } from '../call.ts';
import { clusterOf } from './find.ts';

/** ms until a profile is active; until one is gone. */
const CREATE_TIME = 75_000;
const DELETE_TIME = 130_000;

/** Raises ResourceNotFoundException. */
function profileOf(cluster: EksCluster, name: string): FargateProfile {
  const found = cluster.fargateProfiles.get(name);
  if (!found) throw new AwsError('ResourceNotFoundException', `No Fargate Profile found with name: ${name}.`, 404);
  return found;
}

/** A subnet from which no route leads to an internet gateway. */
function isPrivate(region: Region, subnet: string): boolean {
  const tables = [...region.routeTables.values()];
  const own = tables.find(({ Associations }) => Associations.some(({ SubnetId }) => SubnetId === subnet));
  const vpc = region.subnets.get(subnet)?.VpcId;
  const table = own ?? tables.find(({ VpcId, Associations }) => VpcId === vpc && Associations.some(({ Main }) => Main));
  return !table?.Routes.some(({ GatewayId }) => GatewayId?.startsWith('igw-'));
}

/** One profile of a cluster at a time. Raises ResourceInUseException. */
function checkOthers(cluster: EksCluster, verb: string, name: string): void {
  for (const other of cluster.fargateProfiles.values())
    if (other.status !== 'ACTIVE' && other.fargateProfileName !== name)
      throw new AwsError(
        'ResourceInUseException',
        `Cannot ${verb} Fargate Profile ${name} because cluster ${cluster.name} currently has Fargate profile ${other.fargateProfileName} in status ${other.status}`,
        409,
      );
}

function createProfile(region: Region, params: JsonObject): FargateProfile {
  const { account } = region;
  const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
  const name = textOf(params, 'fargateProfileName') ?? '';
  if (cluster.fargateProfiles.has(name))
    throw new AwsError(
      'ResourceInUseException',
      'A Fargate Profile already exists with this name in this cluster.',
      409,
    );
  const selectors = objectsOf(params, 'selectors').map((one) => ({
    namespace: textOf(one, 'namespace') ?? '',
    labels: tagMap(one['labels']),
  }));
  if (selectors.length === 0)
    throw new AwsError('InvalidParameterException', 'Fargate Profile requires at least one selector.');
  checkOthers(cluster, 'create', name);
  const given = textsOf(params, 'subnets');
  const wrong = given.find((subnet) => !isPrivate(region, subnet));
  if (wrong !== undefined)
    throw new AwsError(
      'InvalidParameterException',
      `Subnet ${wrong} provided in Fargate Profile is not a private subnet`,
    );
  const profile: FargateProfile = {
    fargateProfileName: name,
    fargateProfileArn: region.arn('eks', `fargateprofile/${cluster.name}/${name}/${account.random.uid()}`),
    clusterName: cluster.name,
    createdAt: account.now,
    podExecutionRoleArn: textOf(params, 'podExecutionRoleArn') ?? '',
    subnets: given.length > 0 ? given : cluster.vpc.subnetIds.filter((subnet) => isPrivate(region, subnet)),
    selectors,
    status: 'CREATING',
    tags: tagMap(params['tags']),
  };
  cluster.fargateProfiles.set(name, profile);
  account.after(CREATE_TIME, () => {
    if (profile.status === 'CREATING') profile.status = 'ACTIVE';
  });
  return profile;
}

/** Fargate profiles are objects only: kubetutor makes no nodes for them. */
export const fargateOperations: Service = {
  CreateFargateProfile: ({ region, params }) => ({ fargateProfile: toJsonObject(createProfile(region, params)) }),
  DescribeFargateProfile: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
    return { fargateProfile: toJsonObject(profileOf(cluster, textOf(params, 'fargateProfileName') ?? '')) };
  },
  ListFargateProfiles: ({ region, params }) => ({
    fargateProfileNames: [...clusterOf(region, textOf(params, 'clusterName') ?? '').fargateProfiles.keys()],
  }),
  DeleteFargateProfile: ({ region, account, params }) => {
    const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
    const profile = profileOf(cluster, textOf(params, 'fargateProfileName') ?? '');
    checkOthers(cluster, 'delete', profile.fargateProfileName);
    profile.status = 'DELETING';
    account.after(DELETE_TIME, () => cluster.fargateProfiles.delete(profile.fargateProfileName));
    return { fargateProfile: toJsonObject(profile) };
  },
};

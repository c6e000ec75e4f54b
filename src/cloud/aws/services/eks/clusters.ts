import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../../errors.ts';
import { upperHex } from '../../ids.ts';
import { objectOf, tagMap, textOf, textsOf } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { EksCluster } from '../../types/eks.ts';
import type { Identity } from '../../types/iam.ts';
import { deleteSecurityGroup } from '../ec2/change.ts';
import { addInterface, addSecurityGroup, allow, removeInterface } from '../ec2/network.ts';
import { addAccessEntry } from './access.ts';
import { addonVersion } from './addon-versions.ts';
import { chargeCluster } from './charges.ts';
import { controlPlaneOf, setControlPlane } from './find.ts';
import { enabledTypes, loggingView } from './logging.ts';
import { checkClusterRole } from './roles.ts';
import { DEFAULT_VERSION, eksVersionOf } from './versions.ts';

/** ms that EKS takes for a control plane. */
const CREATE_TIME = 9.5 * 60_000;
const DELETE_TIME = 2.5 * 60_000;

/** Begins to make a cluster. Raises ResourceInUseException, InvalidParameterException. */
export function createCluster(region: Region, params: JsonObject, creator: Identity): EksCluster {
  const { account } = region;
  const name = textOf(params, 'name') ?? '';
  if (region.clusters.has(name))
    throw new AwsError('ResourceInUseException', `Cluster already exists with name: ${name}`, 409);
  if (!/^[0-9A-Za-z][A-Za-z0-9\-_]{0,99}$/.test(name))
    throw new AwsError(
      'InvalidParameterException',
      'The cluster name should contain only alphanumeric characters, hyphens and underscores, and start with an alphanumeric character. The name must be between 1 and 100 characters.',
    );
  const { version, platformVersion } = eksVersionOf(textOf(params, 'version') ?? DEFAULT_VERSION);
  const network = objectOf(params, 'resourcesVpcConfig');
  const subnetIds = textsOf(network, 'subnetIds');
  const subnets = subnetIds.map((id) => {
    const subnet = region.subnets.get(id);
    if (!subnet)
      throw new AwsError(
        'InvalidParameterException',
        `The subnet ID '${id}' does not exist (Service: Ec2, Status Code: 400)`,
      );
    return subnet;
  });
  const zones = new Set(subnets.map((subnet) => subnet.AvailabilityZone));
  if (zones.size < 2)
    throw new AwsError('InvalidParameterException', 'Subnets specified must be in at least two different AZs');
  checkClusterRole(account, textOf(params, 'roleArn') ?? '');
  const vpcId = subnets[0]?.VpcId ?? '';
  const id = upperHex(account.random, 32);
  const access = objectOf(params, 'accessConfig');
  const cluster: EksCluster = {
    name,
    arn: region.arn('eks', `cluster/${name}`),
    createdAt: account.now,
    version,
    platformVersion,
    roleArn: textOf(params, 'roleArn') ?? '',
    status: 'CREATING',
    certificateAuthority: {},
    issuer: `https://oidc.eks.${region.name}.amazonaws.com/id/${id}`,
    serviceCidr: textOf(objectOf(params, 'kubernetesNetworkConfig'), 'serviceIpv4Cidr') ?? '10.100.0.0/16',
    vpc: {
      subnetIds,
      securityGroupIds: textsOf(network, 'securityGroupIds'),
      vpcId,
      endpointPublicAccess: network['endpointPublicAccess'] !== false,
      endpointPrivateAccess: network['endpointPrivateAccess'] === true,
      publicAccessCidrs: ['0.0.0.0/0'],
    },
    authenticationMode: textOf(access, 'authenticationMode') ?? 'CONFIG_MAP',
    logging: new Set(enabledTypes(objectOf(params, 'logging'))),
    updates: new Map(),
    tags: tagMap(params['tags']),
    interfaces: [],
    nodegroups: new Map(),
    addons: new Map(),
    accessEntries: new Map(),
    fargateProfiles: new Map(),
    associations: new Map(),
  };
  region.clusters.set(name, cluster);
  const group = addSecurityGroup(
    region,
    vpcId,
    `eks-cluster-sg-${name}-${account.random.integer(900_000_000) + 100_000_000}`,
    'EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.',
    [
      { Key: 'Name', Value: `eks-cluster-sg-${name}-1` },
      { Key: 'aws:eks:cluster-name', Value: name },
      { Key: `kubernetes.io/cluster/${name}`, Value: 'owned' },
    ],
  );
  allow(group, { IpProtocol: '-1' }, group.GroupId);
  cluster.vpc.clusterSecurityGroupId = group.GroupId;
  for (const subnet of subnets.slice(0, 2)) {
    const eni = addInterface(region, subnet, {
      description: `Amazon EKS ${name}`,
      groups: [group.GroupId, ...cluster.vpc.securityGroupIds],
      requester: account.id,
      tags: [{ Key: 'cluster.k8s.amazonaws.com/name', Value: name }],
    });
    cluster.interfaces.push(eni.NetworkInterfaceId);
  }
  chargeCluster(region, cluster);
  account.after(CREATE_TIME, () => {
    if (cluster.status !== 'CREATING') return;
    const plane = account.backend.startCluster(region, cluster);
    setControlPlane(cluster, plane);
    cluster.endpoint = plane.endpoint;
    cluster.certificateAuthority = { data: btoa(plane.authority) };
    cluster.status = 'ACTIVE';
    // Whoever makes a cluster is its administrator. EKS: bootstrapClusterCreatorAdminPermissions
    if (access['bootstrapClusterCreatorAdminPermissions'] !== false)
      addAccessEntry(region, cluster, principalOf(creator), { policy: 'AmazonEKSClusterAdminPolicy' });
    if (params['bootstrapSelfManagedAddons'] !== false)
      for (const addon of ['vpc-cni', 'kube-proxy', 'coredns']) plane.addon(addon, addonVersion(addon, version));
  });
  return cluster;
}

/** The IAM principal behind an identity: of a session its role. */
export function principalOf(identity: Identity): string {
  const role = /^arn:aws:sts::(\d+):assumed-role\/([^/]+)\//.exec(identity.arn);
  return role ? `arn:aws:iam::${role[1]}:role/${role[2]}` : identity.arn;
}

/** Begins to delete. Raises ResourceInUseException while node groups are left. */
export function deleteCluster(region: Region, cluster: EksCluster): void {
  const { account } = region;
  if (cluster.nodegroups.size > 0) throw new AwsError('ResourceInUseException', 'Cluster has nodegroups attached', 409);
  const [profile] = cluster.fargateProfiles.values();
  if (profile)
    throw new AwsError(
      'ResourceInUseException',
      `Cannot delete because cluster ${cluster.name} currently has Fargate profile ${profile.fargateProfileName} in status ${profile.status}`,
      409,
    );
  if (cluster.status === 'CREATING' || cluster.status === 'DELETING')
    throw new AwsError(
      'ResourceInUseException',
      cluster.status === 'DELETING'
        ? `Cluster already exists with name: ${cluster.name}, and it is currently being deleted`
        : `Cannot delete because cluster ${cluster.name} currently has an update in progress`,
      409,
    );
  cluster.status = 'DELETING';
  account.after(DELETE_TIME, () => {
    controlPlaneOf(cluster)?.remove();
    account.costs.stop(cluster.arn, account.now);
    for (const id of cluster.interfaces) removeInterface(region, id);
    region.clusters.delete(cluster.name);
    removeOwnGroup(region, cluster);
  });
}

/** EKS takes its own security group away unless somebody else still uses it. */
function removeOwnGroup(region: Region, cluster: EksCluster): void {
  const id = cluster.vpc.clusterSecurityGroupId ?? '';
  try {
    deleteSecurityGroup(region, id);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
}

export function clusterView(cluster: EksCluster): JsonObject {
  const { vpc } = cluster;
  return {
    name: cluster.name,
    arn: cluster.arn,
    createdAt: cluster.createdAt,
    version: cluster.version,
    ...(cluster.endpoint === undefined ? {} : { endpoint: cluster.endpoint }),
    roleArn: cluster.roleArn,
    resourcesVpcConfig: {
      subnetIds: vpc.subnetIds,
      securityGroupIds: vpc.securityGroupIds,
      ...(vpc.clusterSecurityGroupId === undefined ? {} : { clusterSecurityGroupId: vpc.clusterSecurityGroupId }),
      vpcId: vpc.vpcId,
      endpointPublicAccess: vpc.endpointPublicAccess,
      endpointPrivateAccess: vpc.endpointPrivateAccess,
      publicAccessCidrs: vpc.publicAccessCidrs,
    },
    kubernetesNetworkConfig: {
      serviceIpv4Cidr: cluster.serviceCidr,
      ipFamily: 'ipv4',
      elasticLoadBalancing: { enabled: false },
    },
    logging: loggingView(cluster),
    identity: { oidc: { issuer: cluster.issuer } },
    status: cluster.status,
    certificateAuthority:
      cluster.certificateAuthority.data === undefined ? {} : { data: cluster.certificateAuthority.data },
    platformVersion: cluster.platformVersion,
    tags: cluster.tags,
    ...(cluster.status === 'CREATING' ? {} : { health: { issues: [] } }),
    accessConfig: { authenticationMode: cluster.authenticationMode },
    upgradePolicy: { supportType: 'EXTENDED' },
    deletionProtection: false,
  };
}

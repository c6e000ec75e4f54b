import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { encodeYaml } from '../../../cluster/apimachinery/yaml.ts';
import type { Task } from '../../../world/task.ts';
import type { Context } from './context.ts';
import type { ClusterSpec, NodegroupSpec } from './spec.ts';

const ADDON_POLICIES = [
  'albIngress appMesh appMeshPreview autoScaler awsLoadBalancerController certManager cloudWatch',
  'ebs efs externalDNS fsx imageBuilder xRay',
].flatMap((names) => names.split(' '));

/** What a ClusterConfig is taken to say of parts that it leaves out. eksctl: pkg/apis/eksctl.io/v1alpha5/defaults.go */
export const DEFAULTS: Readonly<Record<string, JsonObject>> = {
  accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
  addonsConfig: {},
  kubernetesNetworkConfig: { ipFamily: 'IPv4' },
  privateCluster: { enabled: false, skipEndpointCreation: false },
  vpc: {
    autoAllocateIPv6: false,
    cidr: '192.168.0.0/16',
    clusterEndpoints: { privateAccess: false, publicAccess: true },
    manageSharedNodeSecurityGroupRules: true,
    nat: { gateway: 'Single' },
  },
};

/** The same of `iam` and of a managed node group. */
export const IAM_DEFAULTS: JsonObject = { vpcResourceControllerPolicy: true };
export const NODEGROUP_DEFAULTS: JsonObject = {
  amiFamily: 'AmazonLinux2023',
  disableIMDSv1: true,
  iam: { withAddonPolicies: Object.fromEntries(ADDON_POLICIES.map((name) => [name, false])) },
  instanceSelector: {},
  releaseVersion: '',
  securityGroups: { withLocal: null, withShared: null },
  volumeIOPS: 3000,
  volumeThroughput: 125,
};

function nodegroupPlan(cluster: string, group: NodegroupSpec): JsonObject {
  const own = { 'alpha.eksctl.io/cluster-name': cluster, 'alpha.eksctl.io/nodegroup-name': group.name };
  return {
    ...NODEGROUP_DEFAULTS,
    desiredCapacity: group.desired,
    instanceType: group.instanceType,
    labels: { ...own, ...group.labels },
    maxSize: group.max,
    minSize: group.min,
    name: group.name,
    privateNetworking: group.privateNetworking,
    ssh: { allow: group.ssh.allow, publicKeyPath: group.ssh.key ?? '' },
    tags: {
      'alpha.eksctl.io/nodegroup-name': group.name,
      'alpha.eksctl.io/nodegroup-type': 'managed',
    },
    volumeSize: group.volumeSize,
    volumeType: group.volumeType,
  };
}

/** `eksctl create cluster --dry-run`: the ClusterConfig that stands for what was said. eksctl: pkg/ctl/cmdutils/dry_run.go */
export function* showClusterPlan(context: Context, spec: ClusterSpec, version: string, zones: readonly string[]): Task {
  const { logTypes, logRetention } = spec;
  yield* print(context, {
    ...DEFAULTS,
    ...(spec.addons.length > 0 ? { addons: spec.addons.map((name) => ({ name })) } : {}),
    availabilityZones: [...zones],
    cloudWatch: {
      clusterLogging: {
        ...(logTypes.length > 0 ? { enableTypes: [...logTypes] } : {}),
        ...(logRetention > 0 ? { logRetentionInDays: logRetention } : {}),
      },
    },
    iam: { ...IAM_DEFAULTS, withOIDC: spec.withOidc },
    ...(spec.nodegroups.length > 0
      ? { managedNodeGroups: spec.nodegroups.map((group) => nodegroupPlan(spec.name, group)) }
      : {}),
    metadata: {
      name: spec.name,
      region: context.region,
      ...(Object.keys(spec.tags).length > 0 ? { tags: { ...spec.tags } } : {}),
      version,
    },
  });
}

/** `eksctl create nodegroup --dry-run` */
export function* showNodegroupPlan(
  context: Context,
  cluster: string,
  version: string,
  groups: readonly NodegroupSpec[],
): Task {
  yield* print(context, {
    managedNodeGroups: groups.map((group) => nodegroupPlan(cluster, group)),
    metadata: { name: cluster, region: context.region, version },
  });
}

/** Keys stand in the order of the alphabet. */
function* print({ process }: Context, config: JsonObject): Task {
  const whole: JsonObject = { ...config, apiVersion: 'eksctl.io/v1alpha5', kind: 'ClusterConfig' };
  const sorted = Object.fromEntries(Object.entries(whole).sort(([a], [b]) => (a < b ? -1 : 1)));
  yield* process.print(encodeYaml(sorted));
}

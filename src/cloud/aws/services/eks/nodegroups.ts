import { isObject, type JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../../errors.ts';
import { iamId } from '../../ids.ts';
import { numberOf, objectOf, tagMap, textOf, textsOf, toJsonObject } from '../../params.ts';
import { INSTANCE_TYPES } from '../../prices.ts';
import type { Region } from '../../region.ts';
import type { LaunchTemplate } from '../../types/ec2.ts';
import type { EksCluster, EksUpdate, Nodegroup } from '../../types/eks.ts';
import { addGroup, reconcile, removeGroup, resizeGroup } from '../autoscaling.ts';
import type { Call, Service } from '../call.ts';
import { addAccessEntry } from './access.ts';
import { clusterOf, controlPlaneOf } from './find.ts';
import { changeMarks, taintsOf } from './node-marks.ts';
import { checkNodeRole } from './roles.ts';
import { checkActive, updateNodegroupVersion } from './rolling-update.ts';
import { addUpdate, updateView } from './updates.ts';
import { minorOf, nodeImageOf } from './versions.ts';

/** ms until the instances of a new group have joined, as EKS sees it; until a group that goes is gone after its nodes are drained. */
const CREATE_TIME = 165_000;
const DELETE_TIME = 90_000;
/** How often a draining node is looked at, and after how long it goes all the same, ms. */
const DRAIN_PERIOD = 10_000;
const DRAIN_LIMIT = 15 * 60_000;
/** ms until a change of a group's settings counts as over. */
const CONFIG_TIME = 12_000;
/** Of a group that goes as a whole: logs of eksctl of 2023 to 2025 show 5 to 16 minutes for its stack, most of them 7 to 10. */
const DELETE_DRAIN_LIMIT = 6.5 * 60_000;

/** Raises ResourceNotFoundException. */
export function nodegroupOf(cluster: EksCluster, name: string): Nodegroup {
  const group = cluster.nodegroups.get(name);
  if (!group) throw new AwsError('ResourceNotFoundException', `No node group found for name: ${name}.`, 404);
  return group;
}

/** Begins to make a node group. Raises ResourceInUseException, InvalidParameterException. */
export function createNodegroup(region: Region, params: JsonObject): Nodegroup {
  const { account } = region;
  const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
  const name = textOf(params, 'nodegroupName') ?? '';
  if (cluster.status !== 'ACTIVE')
    throw new AwsError('InvalidRequestException', `Cluster '${cluster.name}' is not in ACTIVE status`);
  if (cluster.nodegroups.has(name))
    throw new AwsError(
      'ResourceInUseException',
      `NodeGroup already exists with name ${name} and cluster name ${cluster.name}`,
      409,
    );
  const types = textsOf(params, 'instanceTypes');
  const type = types[0] ?? 't3.medium';
  if (!INSTANCE_TYPES[type])
    throw new AwsError('InvalidParameterException', `The following supplied instance types do not exist: [${type}]`);
  const scaling = objectOf(params, 'scalingConfig');
  const desired = numberOf(scaling, 'desiredSize') ?? 2;
  const min = numberOf(scaling, 'minSize') ?? 1;
  const max = numberOf(scaling, 'maxSize') ?? Math.max(2, desired);
  checkSizes(min, max, desired);
  const version = textOf(params, 'version') ?? cluster.version;
  const image = nodeImageOf(version, textOf(params, 'releaseVersion'));
  if (minorOf(version) > minorOf(cluster.version))
    throw new AwsError(
      'InvalidParameterException',
      `Nodegroup Kubernetes version ${version} is newer than that of the cluster, ${cluster.version}`,
    );
  const subnets = textsOf(params, 'subnets');
  const missing = subnets.find((id) => !region.subnets.has(id));
  if (missing !== undefined)
    throw new AwsError(
      'InvalidParameterException',
      `The subnet ID '${missing}' does not exist (Service: Ec2, Status Code: 400)`,
    );
  const given = launchTemplateOf(region, objectOf(params, 'launchTemplate'));
  const remote = textOf(objectOf(params, 'remoteAccess'), 'ec2SshKey');
  if (remote !== undefined && !region.keyPairs.has(remote))
    throw new AwsError('InvalidParameterException', `The key pair '${remote}' does not exist`);
  checkNodeRole(account, textOf(params, 'nodeRole') ?? '');
  const hash = account.random.uid();
  const id = `eks-${name}-${hash}`;
  const diskSize = numberOf(params, 'diskSize') ?? 20;
  const group: Nodegroup = {
    nodegroupName: name,
    nodegroupArn: region.arn('eks', `nodegroup/${cluster.name}/${name}/${hash}`),
    clusterName: cluster.name,
    version,
    releaseVersion: image.release,
    createdAt: account.now,
    modifiedAt: account.now,
    status: 'CREATING',
    capacityType: textOf(params, 'capacityType') ?? 'ON_DEMAND',
    scalingConfig: { minSize: min, maxSize: max, desiredSize: desired },
    instanceTypes: [type],
    subnets,
    amiType: textOf(params, 'amiType') ?? 'AL2023_x86_64_STANDARD',
    nodeRole: textOf(params, 'nodeRole') ?? '',
    labels: tagMap(params['labels']),
    taints: taintsOf(params, 'taints'),
    ...(given
      ? { launchTemplate: { name: given.LaunchTemplateName, id: given.LaunchTemplateId, version: '1' } }
      : { diskSize }),
    ...(remote === undefined ? {} : { remoteAccess: { ec2SshKey: remote } }),
    tags: tagMap(params['tags']),
    group: id,
    issues: [],
  };
  cluster.nodegroups.set(name, group);
  const template = addLaunchTemplate(region, id, {
    ...(given?.data ?? {
      ...(remote === undefined ? {} : { KeyName: remote }),
      VolumeSize: diskSize,
      VolumeType: 'gp3',
    }),
    SecurityGroupIds: given?.data.SecurityGroupIds ?? [cluster.vpc.clusterSecurityGroupId ?? ''],
  });
  const profile = addProfile(region, id, group.nodeRole);
  if (cluster.authenticationMode !== 'CONFIG_MAP')
    addAccessEntry(region, cluster, group.nodeRole, { type: 'EC2_LINUX' });
  account.after(8000, () => {
    if (group.status !== 'CREATING') return;
    addGroup(region, {
      name: id,
      launchTemplate: template.LaunchTemplateId,
      min,
      max,
      desired,
      subnets,
      instanceType: type,
      image: image.ami,
      profile,
      tags: [
        { Key: 'eks:cluster-name', Value: cluster.name },
        { Key: 'eks:nodegroup-name', Value: name },
        { Key: 'k8s.io/cluster-autoscaler/enabled', Value: 'true' },
        { Key: `k8s.io/cluster-autoscaler/${cluster.name}`, Value: 'owned' },
        { Key: `kubernetes.io/cluster/${cluster.name}`, Value: 'owned' },
        { Key: 'Name', Value: `${cluster.name}-${name}-Node` },
      ],
    });
  });
  account.after(CREATE_TIME, () => {
    if (group.status === 'CREATING') group.status = 'ACTIVE';
  });
  return group;
}

function checkSizes(min: number, max: number, desired: number): void {
  if (desired < min)
    throw new AwsError(
      'InvalidParameterException',
      `Minimum capacity ${min} can't be greater than desired size ${desired}`,
    );
  if (desired > max)
    throw new AwsError(
      'InvalidParameterException',
      `desired capacity ${desired} can't be greater than max size ${max}`,
    );
}

function launchTemplateOf(region: Region, reference: JsonObject): LaunchTemplate | undefined {
  const id = textOf(reference, 'id');
  const name = textOf(reference, 'name');
  if (id === undefined && name === undefined) return undefined;
  const found = [...region.launchTemplates.values()].find(
    (one) => one.LaunchTemplateId === id || one.LaunchTemplateName === name,
  );
  if (!found) throw new AwsError('InvalidParameterException', `The launch template ${id ?? name} does not exist`);
  return found;
}

export function addLaunchTemplate(region: Region, name: string, data: LaunchTemplate['data']): LaunchTemplate {
  const template: LaunchTemplate = {
    LaunchTemplateId: region.id('lt'),
    LaunchTemplateName: name,
    CreateTime: region.account.now,
    CreatedBy: `arn:aws:iam::${region.account.id}:root`,
    DefaultVersionNumber: 1,
    LatestVersionNumber: 1,
    Tags: [],
    data,
  };
  region.launchTemplates.set(template.LaunchTemplateId, template);
  return template;
}

function addProfile(region: Region, name: string, roleArn: string): { Arn: string; Id: string } {
  const { account } = region;
  const profile = {
    InstanceProfileName: name,
    InstanceProfileId: iamId(account.random, 'AIPA'),
    Arn: `arn:aws:iam::${account.id}:instance-profile/${name}`,
    role: roleArn.slice(roleArn.lastIndexOf('/') + 1),
    CreateDate: account.now,
  };
  account.iam.profiles.set(name, profile);
  return { Arn: profile.Arn, Id: profile.InstanceProfileId };
}

/** Drains the nodes, then lets the group go. Raises ResourceInUseException. */
export function deleteNodegroup(region: Region, cluster: EksCluster, group: Nodegroup): void {
  const { account } = region;
  if (group.status === 'DELETING') return;
  if (group.status === 'CREATING' || group.status === 'UPDATING')
    throw new AwsError(
      'ResourceInUseException',
      'Nodegroup cannot be deleted while it is being created or updated',
      409,
    );
  group.status = 'DELETING';
  const scaling = region.autoScalingGroups.get(group.group);
  if (scaling) scaling.deleting = true;
  const started = account.now;
  const look = () => {
    const plane = controlPlaneOf(cluster);
    const instances = (scaling?.instances ?? []).flatMap((id) => region.instances.get(id) ?? []);
    const drained = instances.map((instance) => plane?.drain(instance) ?? true).every(Boolean);
    if (!drained && account.now - started < DELETE_DRAIN_LIMIT) {
      account.after(DRAIN_PERIOD, look);
      return;
    }
    if (scaling) removeGroup(region, scaling);
    account.after(DELETE_TIME, () => {
      cluster.nodegroups.delete(group.nodegroupName);
      for (const template of [...region.launchTemplates.values()])
        if (template.LaunchTemplateName === group.group) region.launchTemplates.delete(template.LaunchTemplateId);
      account.iam.profiles.delete(group.group);
      if (![...cluster.nodegroups.values()].some((other) => other.nodeRole === group.nodeRole))
        cluster.accessEntries.delete(group.nodeRole);
    });
  };
  account.after(DRAIN_PERIOD, look);
}

/** Raises InvalidParameterException when the sizes do not fit. */
export function scaleNodegroup(
  region: Region,
  group: Nodegroup,
  sizes: { min?: number; max?: number; desired?: number },
): void {
  const { minSize, maxSize, desiredSize } = group.scalingConfig;
  const min = sizes.min ?? minSize;
  const max = sizes.max ?? maxSize;
  const desired = sizes.desired ?? desiredSize;
  checkSizes(min, max, desired);
  group.scalingConfig = { minSize: min, maxSize: max, desiredSize: desired };
  group.modifiedAt = region.account.now;
  const scaling = region.autoScalingGroups.get(group.group);
  if (!scaling) return;
  const cluster = region.clusters.get(group.clusterName);
  const tooMany = scaling.instances.slice(0, Math.max(0, scaling.instances.length - desired));
  if (tooMany.length === 0) {
    resizeGroup(region, scaling, min, max, desired);
    return;
  }
  // Nodes that go are drained first.
  scaling.MinSize = min;
  scaling.MaxSize = max;
  scaling.DesiredCapacity = desired;
  const started = region.account.now;
  const look = () => {
    const plane = cluster && controlPlaneOf(cluster);
    const instances = tooMany.flatMap((id) => region.instances.get(id) ?? []);
    const drained = instances.map((instance) => plane?.drain(instance) ?? true).every(Boolean);
    if (drained || region.account.now - started > DRAIN_LIMIT) reconcile(region, scaling, 'resize');
    else region.account.after(DRAIN_PERIOD, look);
  };
  region.account.after(DRAIN_PERIOD, look);
}

function view(region: Region, { group, issues, ...nodegroup }: Nodegroup): JsonObject {
  return {
    ...toJsonObject(nodegroup),
    resources: { autoScalingGroups: region.autoScalingGroups.has(group) ? [{ name: group }] : [] },
    health: { issues: issues.map((issue) => ({ ...issue })) },
    updateConfig: { maxUnavailable: 1 },
  };
}

/** EKS API: UpdateParam */
const PARAM_TYPES: Readonly<Record<string, string>> = {
  addOrUpdateLabels: 'LabelsToAdd',
  removeLabels: 'LabelsToRemove',
  addOrUpdateTaints: 'TaintsToAdd',
  removeTaints: 'TaintsToRemove',
};

function configUpdate({ region, params }: Call, cluster: EksCluster, nodegroup: string): EksUpdate {
  const changed = Object.values(params)
    .flatMap((value) => (isObject(value) ? Object.entries(value) : []))
    .map(([key, value]) => ({
      type: PARAM_TYPES[key] ?? `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    }));
  const update = addUpdate(region, cluster, { type: 'ConfigUpdate', params: changed, nodegroup });
  region.account.after(CONFIG_TIME, () => {
    update.status = 'Successful';
  });
  return update;
}

export const nodegroupOperations: Service = {
  CreateNodegroup: ({ region, params }) => ({ nodegroup: view(region, createNodegroup(region, params)) }),
  DescribeNodegroup: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
    return { nodegroup: view(region, nodegroupOf(cluster, textOf(params, 'nodegroupName') ?? '')) };
  },
  ListNodegroups: ({ region, params }) => ({
    nodegroups: [...clusterOf(region, textOf(params, 'clusterName') ?? '').nodegroups.keys()],
  }),
  DeleteNodegroup: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
    const group = nodegroupOf(cluster, textOf(params, 'nodegroupName') ?? '');
    deleteNodegroup(region, cluster, group);
    return { nodegroup: view(region, group) };
  },
  UpdateNodegroupConfig: (call) => {
    const { region, params } = call;
    const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
    const group = nodegroupOf(cluster, textOf(params, 'nodegroupName') ?? '');
    checkActive(group);
    const scaling = objectOf(params, 'scalingConfig');
    const sizes: { min?: number; max?: number; desired?: number } = {};
    const [min, max, desired] = ['minSize', 'maxSize', 'desiredSize'].map((name) => numberOf(scaling, name));
    if (min !== undefined) sizes.min = min;
    if (max !== undefined) sizes.max = max;
    if (desired !== undefined) sizes.desired = desired;
    scaleNodegroup(region, group, sizes);
    changeMarks(region, cluster, group, params);
    return { update: updateView(configUpdate(call, cluster, group.nodegroupName)) };
  },
  UpdateNodegroupVersion: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
    const group = nodegroupOf(cluster, textOf(params, 'nodegroupName') ?? '');
    return { update: updateView(updateNodegroupVersion(region, cluster, group, params)) };
  },
};

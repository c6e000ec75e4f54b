import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../errors.ts';
import { numberOf, required, type Tag, textsOf } from '../params.ts';
import type { Region } from '../region.ts';
import type { Instance } from '../types/ec2.ts';
import type { AutoScalingGroup, ScalingActivity } from '../types/eks.ts';
import type { Call, Service } from './call.ts';
import { launchInstance, terminateInstance } from './ec2/instances.ts';

/** ms until a group notices that one of its instances is gone. */
const HEALTH_CHECK = 45_000;
/** Activities that are kept. */
const HISTORY = 50;

export interface GroupOptions {
  readonly name: string;
  readonly launchTemplate: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  readonly subnets: readonly string[];
  readonly instanceType: string;
  readonly image: string;
  readonly profile: { Arn: string; Id: string };
  readonly tags: Tag[];
}

/** A group that from now on keeps its size. */
export function addGroup(region: Region, options: GroupOptions): AutoScalingGroup {
  const { account } = region;
  const zones = new Set(options.subnets.map((id) => region.subnets.get(id)?.AvailabilityZone ?? ''));
  const group: AutoScalingGroup = {
    AutoScalingGroupName: options.name,
    AutoScalingGroupARN: region.arn(
      'autoscaling',
      `autoScalingGroup:${account.random.uid()}:autoScalingGroupName/${options.name}`,
    ),
    LaunchTemplateId: options.launchTemplate,
    templateVersion: 1,
    MinSize: options.min,
    MaxSize: options.max,
    DesiredCapacity: options.desired,
    DefaultCooldown: 300,
    AvailabilityZones: [...zones].sort(),
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 15,
    CreatedTime: account.now,
    VPCZoneIdentifier: options.subnets.join(','),
    Tags: options.tags,
    instances: [],
    instanceType: options.instanceType,
    image: options.image,
    profile: options.profile,
    activities: [],
    deleting: false,
  };
  region.autoScalingGroups.set(options.name, group);
  region.onInstanceEnd.push((instance) => {
    if (!group.instances.includes(instance.InstanceId)) return;
    account.after(HEALTH_CHECK, () => reconcile(region, group, 'unhealthy'));
  });
  reconcile(region, group, 'resize');
  return group;
}

function alive(instance: Instance | undefined): boolean {
  return instance?.State.Name === 'running' || instance?.State.Name === 'pending';
}

/** Launches what is missing, in the zone with the fewest, and takes the oldest of what is too much. */
export function reconcile(region: Region, group: AutoScalingGroup, why: 'resize' | 'unhealthy'): void {
  for (const id of group.instances) {
    const instance = region.instances.get(id);
    if (alive(instance)) continue;
    group.instances = group.instances.filter((other) => other !== id);
    const time = stamp(region);
    record(region, group, {
      Description: `Terminating EC2 instance: ${id}`,
      Cause: `At ${time} an instance was taken out of service in response to an EC2 health check that indicated it has been terminated or stopped.`,
    });
    // A stopped instance counts as unhealthy, and is terminated.
    if (instance && instance.State.Name !== 'terminated') terminateInstance(region, instance);
  }
  if (group.deleting) return;
  // Without a subnet or a template there is nothing to launch.
  while (group.instances.length < group.DesiredCapacity) if (!launch(region, group, why)) break;
  while (group.instances.length > group.DesiredCapacity) {
    const oldest = group.instances[0];
    if (oldest === undefined) return;
    take(region, group, oldest);
  }
}

/** False when there is no subnet or no template to launch with. */
function launch(region: Region, group: AutoScalingGroup, why: string): boolean {
  const subnets = group.VPCZoneIdentifier.split(',').flatMap((id) => region.subnets.get(id) ?? []);
  const used = (zone: string) =>
    group.instances.filter((id) => region.instances.get(id)?.Placement.AvailabilityZone === zone).length;
  const [subnet] = [...subnets].sort((a, b) => used(a.AvailabilityZone) - used(b.AvailabilityZone));
  const template = region.launchTemplates.get(group.LaunchTemplateId);
  if (!subnet || !template) return false;
  const instance = launchInstance(region, {
    subnet,
    type: group.instanceType,
    image: group.image,
    keyName: template.data.KeyName,
    groups: template.data.SecurityGroupIds,
    profile: group.profile,
    volumeSize: template.data.VolumeSize,
    volumeType: template.data.VolumeType,
    tags: [
      ...group.Tags,
      { Key: 'aws:autoscaling:groupName', Value: group.AutoScalingGroupName },
      { Key: 'aws:ec2launchtemplate:id', Value: group.LaunchTemplateId },
      { Key: 'aws:ec2launchtemplate:version', Value: String(group.templateVersion) },
    ],
  });
  group.instances.push(instance.InstanceId);
  const time = stamp(region);
  const cause =
    why === 'unhealthy'
      ? `At ${time} an instance was launched in response to an unhealthy instance needing to be replaced.`
      : `At ${time} a user request created an AutoScalingGroup changing the desired capacity from 0 to ${group.DesiredCapacity}.  At ${time} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${group.instances.length - 1} to ${group.instances.length}.`;
  record(region, group, { Description: `Launching a new EC2 instance: ${instance.InstanceId}`, Cause: cause });
  return true;
}

/** Ends an instance that is in service. */
export function take(region: Region, group: AutoScalingGroup, id: string, asked = false): void {
  group.instances = group.instances.filter((other) => other !== id);
  const instance = region.instances.get(id);
  if (instance) terminateInstance(region, instance);
  const left = group.instances.length;
  record(region, group, {
    Description: `Terminating EC2 instance: ${id}`,
    Cause: asked
      ? `At ${stamp(region)} instance ${id} was taken out of service in response to a user request.`
      : `At ${stamp(region)} an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${left + 1} to ${left}.`,
  });
}

function record(
  region: Region,
  group: AutoScalingGroup,
  { Description, Cause }: { Description: string; Cause: string },
): void {
  const { account } = region;
  const activity: ScalingActivity = {
    ActivityId: account.random.uid(),
    AutoScalingGroupName: group.AutoScalingGroupName,
    Description,
    Cause,
    StartTime: account.now,
    EndTime: account.now + 12_000,
    StatusCode: 'Successful',
    Progress: 100,
  };
  group.activities.unshift(activity);
  group.activities.length = Math.min(group.activities.length, HISTORY);
}

function stamp(region: Region): string {
  return `${new Date(region.account.now).toISOString().slice(0, 19)}Z`;
}

export function removeGroup(region: Region, group: AutoScalingGroup): void {
  group.deleting = true;
  for (const id of [...group.instances]) take(region, group, id);
  region.autoScalingGroups.delete(group.AutoScalingGroupName);
}

function groupOf({ region, params }: Call): AutoScalingGroup {
  const name = required(params, 'AutoScalingGroupName');
  const group = region.autoScalingGroups.get(name);
  if (!group)
    throw new AwsError('ValidationError', `AutoScalingGroup name not found - AutoScalingGroup ${name} not found`);
  return group;
}

function view(region: Region, group: AutoScalingGroup): JsonObject {
  const template = region.launchTemplates.get(group.LaunchTemplateId);
  const reference = {
    LaunchTemplateId: group.LaunchTemplateId,
    LaunchTemplateName: template?.LaunchTemplateName ?? '',
    Version: String(group.templateVersion),
  };
  return {
    AutoScalingGroupName: group.AutoScalingGroupName,
    AutoScalingGroupARN: group.AutoScalingGroupARN,
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: reference,
        Overrides: [{ InstanceType: group.instanceType }],
      },
      InstancesDistribution: {
        OnDemandAllocationStrategy: 'prioritized',
        OnDemandBaseCapacity: 0,
        OnDemandPercentageAboveBaseCapacity: 100,
        SpotAllocationStrategy: 'lowest-price',
        SpotInstancePools: 2,
      },
    },
    MinSize: group.MinSize,
    MaxSize: group.MaxSize,
    DesiredCapacity: group.DesiredCapacity,
    DefaultCooldown: group.DefaultCooldown,
    AvailabilityZones: group.AvailabilityZones,
    LoadBalancerNames: [],
    TargetGroupARNs: [],
    HealthCheckType: group.HealthCheckType,
    HealthCheckGracePeriod: group.HealthCheckGracePeriod,
    Instances: group.instances.map((id) => memberView(region, id, reference)),
    CreatedTime: group.CreatedTime,
    SuspendedProcesses: [],
    VPCZoneIdentifier: group.VPCZoneIdentifier,
    EnabledMetrics: [],
    Tags: group.Tags.map((tag) => ({
      ResourceId: group.AutoScalingGroupName,
      ResourceType: 'auto-scaling-group',
      ...tag,
      PropagateAtLaunch: true,
    })),
    TerminationPolicies: ['AllocationStrategy', 'OldestLaunchTemplate', 'OldestInstance'],
    NewInstancesProtectedFromScaleIn: false,
    ServiceLinkedRoleARN: `arn:aws:iam::${region.account.id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    CapacityRebalance: true,
  };
}

function tagOf(instance: Instance | undefined, key: string): string | undefined {
  return instance?.Tags?.find((tag) => tag.Key === key)?.Value;
}

function memberView(region: Region, id: string, LaunchTemplate: JsonObject): JsonObject {
  const instance = region.instances.get(id);
  return {
    InstanceId: id,
    InstanceType: instance?.InstanceType ?? '',
    AvailabilityZone: instance?.Placement.AvailabilityZone ?? '',
    LifecycleState: instance?.State.Name === 'pending' ? 'Pending' : 'InService',
    HealthStatus: alive(instance) ? 'Healthy' : 'Unhealthy',
    // An instance keeps the version of the template that it was launched with.
    LaunchTemplate: { ...LaunchTemplate, Version: tagOf(instance, 'aws:ec2launchtemplate:version') ?? '1' },
    ProtectedFromScaleIn: false,
  };
}

/** Raises ValidationError when the sizes do not fit together. */
function resize(region: Region, group: AutoScalingGroup, min: number, max: number, desired: number): void {
  if (desired > max)
    throw new AwsError(
      'ValidationError',
      `New SetDesiredCapacity value ${desired} is above max value ${max} for the AutoScalingGroup.`,
    );
  if (desired < min)
    throw new AwsError(
      'ValidationError',
      `New SetDesiredCapacity value ${desired} is below min value ${min} for the AutoScalingGroup.`,
    );
  group.MinSize = min;
  group.MaxSize = max;
  group.DesiredCapacity = desired;
  region.account.after(5000, () => reconcile(region, group, 'resize'));
}

export { resize as resizeGroup };

export const autoscaling: Service = {
  DescribeAutoScalingGroups: ({ region, params }) => {
    const names = textsOf(params, 'AutoScalingGroupNames');
    const groups = [...region.autoScalingGroups.values()];
    const chosen = groups.filter((group) => names.length === 0 || names.includes(group.AutoScalingGroupName));
    return { AutoScalingGroups: chosen.map((group) => view(region, group)) };
  },
  DescribeAutoScalingInstances: ({ region, params }) => {
    const ids = textsOf(params, 'InstanceIds');
    const out: JsonObject[] = [];
    for (const group of region.autoScalingGroups.values()) {
      for (const id of group.instances) {
        if (ids.length > 0 && !ids.includes(id)) continue;
        const { HealthStatus, ...rest } = memberView(region, id, {
          LaunchTemplateId: group.LaunchTemplateId,
          Version: String(group.templateVersion),
        });
        out.push({
          ...rest,
          HealthStatus: String(HealthStatus).toUpperCase(),
          AutoScalingGroupName: group.AutoScalingGroupName,
        });
      }
    }
    return { AutoScalingInstances: out };
  },
  DescribeScalingActivities: (call) => {
    const { region, params } = call;
    const groups =
      params['AutoScalingGroupName'] === undefined ? [...region.autoScalingGroups.values()] : [groupOf(call)];
    return {
      Activities: groups.flatMap((group) =>
        group.activities.map((activity) => ({
          ...activity,
          Details: '{}',
          AutoScalingGroupARN: group.AutoScalingGroupARN,
        })),
      ),
    };
  },
  SetDesiredCapacity: (call) => {
    const group = groupOf(call);
    resize(call.region, group, group.MinSize, group.MaxSize, numberOf(call.params, 'DesiredCapacity') ?? 0);
    return {};
  },
  UpdateAutoScalingGroup: (call) => {
    const group = groupOf(call);
    const min = numberOf(call.params, 'MinSize') ?? group.MinSize;
    const max = numberOf(call.params, 'MaxSize') ?? group.MaxSize;
    resize(call.region, group, min, max, numberOf(call.params, 'DesiredCapacity') ?? group.DesiredCapacity);
    return {};
  },
  TerminateInstanceInAutoScalingGroup: ({ region, params }) => {
    const id = required(params, 'InstanceId');
    const group = [...region.autoScalingGroups.values()].find((one) => one.instances.includes(id));
    if (!group)
      throw new AwsError('ValidationError', `Instance Id not found - No managed instance found for instance ID: ${id}`);
    if (params['ShouldDecrementDesiredCapacity'] === true) group.DesiredCapacity--;
    take(region, group, id, true);
    region.account.after(HEALTH_CHECK, () => reconcile(region, group, 'unhealthy'));
    return { Activity: { ...(group.activities[0] ?? {}) } };
  },
};

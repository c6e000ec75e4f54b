import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../../errors.ts';
import { objectOf, textOf } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { Instance } from '../../types/ec2.ts';
import type { AutoScalingGroup, EksCluster, EksUpdate, Nodegroup } from '../../types/eks.ts';
import { reconcile, take } from '../autoscaling.ts';
import { controlPlaneOf } from './find.ts';
import { addUpdate } from './updates.ts';
import { minorOf, type NodeImage, nodeImageOf } from './versions.ts';

/** ms until a new version of the launch template is there; between two looks; between a node that is empty and its end. */
const SETUP = 40_000;
const PERIOD = 10_000;
const REST = 60_000;
/** How long EKS waits for new nodes, and for the Pods of an old one to go, ms. EKS User Guide: managed-node-update-behavior */
const JOIN_LIMIT = 15 * 60_000;
const DRAIN_LIMIT = 15 * 60_000;

/** Raises ResourceInUseException. */
export function checkActive(group: Nodegroup): void {
  if (group.status !== 'ACTIVE' && group.status !== 'DEGRADED')
    throw new AwsError(
      'ResourceInUseException',
      'Nodegroup cannot be updated as it is currently not in Active State',
      409,
    );
}

/**
 * Begins to give a node group another version of Kubernetes or another release of its image.
 * Raises ResourceInUseException, InvalidParameterException.
 */
export function updateNodegroupVersion(
  region: Region,
  cluster: EksCluster,
  group: Nodegroup,
  params: JsonObject,
): EksUpdate {
  const template = objectOf(params, 'launchTemplate');
  checkActive(group);
  if ((textOf(template, 'version') ?? '1') !== '1') throw notModelled('more than one version of a launch template');
  const version = textOf(params, 'version') ?? group.version;
  const image = nodeImageOf(version, textOf(params, 'releaseVersion'));
  if (minorOf(version) > minorOf(cluster.version) || minorOf(version) < minorOf(group.version))
    throw new AwsError(
      'InvalidParameterException',
      `Unsupported nodegroup Kubernetes version update from ${group.version} to ${version} in a cluster of version ${cluster.version}`,
    );
  const update = addUpdate(region, cluster, {
    type: 'VersionUpdate',
    params: [
      { type: 'Version', value: version },
      { type: 'ReleaseVersion', value: image.release },
    ],
    nodegroup: group.nodegroupName,
  });
  group.status = 'UPDATING';
  new RollingUpdate(region, cluster, group, image, update, params['force'] === true).start();
  return update;
}

/**
 * Replaces the nodes of a group one after the other: new ones first, so that the Pods of the old have a place to go to.
 * The group grows by a node for each of its zones meanwhile. EKS User Guide: managed-node-update-behavior
 */
class RollingUpdate {
  private readonly scaling: AutoScalingGroup | undefined;
  private readonly before: { readonly image: string; readonly max: number; readonly desired: number };
  private old: string[] = [];

  constructor(
    private readonly region: Region,
    private readonly cluster: EksCluster,
    private readonly group: Nodegroup,
    private readonly image: NodeImage,
    private readonly update: EksUpdate,
    private readonly force: boolean,
  ) {
    this.scaling = region.autoScalingGroups.get(group.group);
    const { image: ami = '', MaxSize = 0, DesiredCapacity = 0 } = this.scaling ?? {};
    this.before = { image: ami, max: MaxSize, desired: DesiredCapacity };
  }

  start(): void {
    this.region.account.after(SETUP, () => this.scaleUp());
  }

  private scaleUp(): void {
    const { region, scaling, image, before } = this;
    if (!scaling) return this.finish();
    this.old = scaling.instances.filter((id) => region.instances.get(id)?.ImageId !== image.ami);
    if (before.image !== image.ami) {
      scaling.image = image.ami;
      scaling.templateVersion++;
      const template = region.launchTemplates.get(scaling.LaunchTemplateId);
      if (template) template.LatestVersionNumber = scaling.templateVersion;
    }
    if (this.old.length === 0) return this.finish();
    const surge = scaling.AvailabilityZones.length;
    scaling.MaxSize = before.max + surge;
    scaling.DesiredCapacity = before.desired + surge;
    reconcile(region, scaling, 'resize');
    this.whenReady(scaling, () => {
      for (const instance of this.instances(this.old)) controlPlaneOf(this.cluster)?.cordon(instance);
      this.replaceNext(scaling);
    });
  }

  /** The oldest that is left goes; the group may shrink with it as long as it is larger than it was. */
  private replaceNext(scaling: AutoScalingGroup): void {
    const { region, before } = this;
    const [instance] = this.instances(this.old.filter((id) => scaling.instances.includes(id)));
    if (!instance) return this.scaleDown(scaling);
    this.emptied(instance, DRAIN_LIMIT, (isEmpty) => {
      if (!isEmpty && !this.force) return this.evictionFailed(scaling, instance);
      region.account.after(REST, () => {
        if (scaling.DesiredCapacity > before.desired) scaling.DesiredCapacity--;
        take(region, scaling, instance.InstanceId, true);
        reconcile(region, scaling, 'resize');
        this.whenReady(scaling, () => this.replaceNext(scaling));
      });
    });
  }

  /** Back to the size of before: what is too much of the new nodes goes, empty if it can be. */
  private scaleDown(scaling: AutoScalingGroup): void {
    const { region, before } = this;
    scaling.DesiredCapacity = Math.max(scaling.DesiredCapacity, before.desired);
    const [instance] = this.instances(scaling.instances).reverse();
    if (!instance || scaling.DesiredCapacity <= before.desired) return this.finish();
    // Who forces an update does not wait for budgets a second time.
    this.emptied(instance, this.force ? REST : DRAIN_LIMIT, () => {
      scaling.DesiredCapacity--;
      if (scaling.instances.includes(instance.InstanceId)) take(region, scaling, instance.InstanceId);
      this.scaleDown(scaling);
    });
  }

  private whenReady(scaling: AutoScalingGroup, then: () => void): void {
    const { region } = this;
    const { account } = region;
    const until = account.now + JOIN_LIMIT;
    const look = () => {
      reconcile(region, scaling, 'resize');
      const fresh = this.instances(scaling.instances).filter(({ ImageId }) => ImageId === this.image.ami);
      const waiting = fresh.filter((instance) => !(controlPlaneOf(this.cluster)?.isReady(instance) ?? true));
      if (waiting.length === 0) then();
      else if (account.now < until) account.after(PERIOD, look);
      else
        this.fail(scaling, {
          errorCode: 'NodeCreationFailure',
          errorMessage: `Couldn't proceed with upgrade process as new nodes are not joining node group ${this.group.nodegroupName}`,
          resourceIds: waiting.map(({ InstanceId }) => InstanceId),
        });
    };
    look();
  }

  /** Drains a node, for `limit` ms at most. */
  private emptied(instance: Instance, limit: number, then: (isEmpty: boolean) => void): void {
    const { account } = this.region;
    const until = account.now + limit;
    const look = () => {
      const isEmpty = controlPlaneOf(this.cluster)?.drain(instance) ?? true;
      if (isEmpty || account.now >= until) then(isEmpty);
      else account.after(PERIOD, look);
    };
    look();
  }

  private evictionFailed(scaling: AutoScalingGroup, { PrivateDnsName }: Instance): void {
    this.fail(scaling, {
      errorCode: 'PodEvictionFailure',
      errorMessage: `Reached max retries while trying to evict pods from nodes in node group ${this.group.nodegroupName}`,
      resourceIds: [PrivateDnsName],
    });
  }

  /** The old nodes that are left stay as they are, cordoned, and new ones beyond the group's size go. */
  private fail(scaling: AutoScalingGroup, error: EksUpdate['errors'][number]): void {
    const { region, before, update, group } = this;
    scaling.image = before.image;
    const fresh = scaling.instances.filter((id) => !this.old.includes(id)).reverse();
    while (scaling.instances.length > before.desired) {
      const id = fresh.shift();
      if (id === undefined) break;
      take(region, scaling, id);
    }
    scaling.MaxSize = before.max;
    scaling.DesiredCapacity = before.desired;
    reconcile(region, scaling, 'resize');
    update.errors = [error];
    update.status = 'Failed';
    group.status = 'ACTIVE';
  }

  private finish(): void {
    const { scaling, before, group, image, update, region } = this;
    if (scaling) {
      scaling.MaxSize = before.max;
      scaling.DesiredCapacity = before.desired;
      reconcile(region, scaling, 'resize');
    }
    group.version = image.version;
    group.releaseVersion = image.release;
    group.modifiedAt = region.account.now;
    group.status = 'ACTIVE';
    update.status = 'Successful';
  }

  private instances(ids: readonly string[]): Instance[] {
    return ids.flatMap((id) => this.region.instances.get(id) ?? []);
  }
}

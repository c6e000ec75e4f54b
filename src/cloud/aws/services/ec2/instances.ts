import type { Tag } from '../../params.ts';
import { INSTANCE_TYPES, PRICES } from '../../prices.ts';
import type { Region } from '../../region.ts';
import type { Instance, Subnet } from '../../types/ec2.ts';
import { addInterface, addVolume, groupReferences, removeInterface, removeVolume } from './network.ts';

/** ms until an instance that was asked for runs; until its system answers; until one that was told to is off. */
const BOOT_TIME = 12_000;
const STOP_TIME = 35_000;
/** A terminated instance is still listed for a while, ms. */
const REMEMBERED = 3_600_000;

const STATES = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 } as const;

export interface LaunchOptions {
  readonly subnet: Subnet;
  readonly type: string;
  readonly image: string;
  readonly keyName: string | undefined;
  readonly groups: readonly string[];
  readonly profile: { Arn: string; Id: string } | undefined;
  readonly volumeSize: number;
  readonly volumeType: string;
  readonly tags: Tag[];
}

export function setState(instance: Instance, name: keyof typeof STATES): void {
  instance.State = { Code: STATES[name], Name: name };
}

export function launchInstance(region: Region, options: LaunchOptions): Instance {
  const { account } = region;
  const { subnet } = options;
  const id = region.id('i');
  const eni = addInterface(region, subnet, { description: '', groups: options.groups });
  eni.Attachment = {
    AttachmentId: region.id('eni-attach'),
    InstanceOwnerId: account.id,
    InstanceId: id,
    DeviceIndex: 0,
    Status: 'attached',
  };
  const volume = addVolume(region, {
    zone: subnet.AvailabilityZone,
    size: options.volumeSize,
    type: options.volumeType,
    tags: [],
  });
  volume.State = 'in-use';
  volume.Attachments.push({
    AttachTime: account.now,
    Device: '/dev/xvda',
    InstanceId: id,
    State: 'attached',
    VolumeId: volume.VolumeId,
    DeleteOnTermination: true,
  });
  const publicIp = subnet.MapPublicIpOnLaunch ? region.takePublicAddress() : undefined;
  if (publicIp !== undefined) eni.Association = { IpOwnerId: 'amazon', PublicIp: publicIp };
  const instance: Instance = {
    InstanceId: id,
    ImageId: options.image,
    InstanceType: options.type,
    ...(options.keyName === undefined ? {} : { KeyName: options.keyName }),
    LaunchTime: account.second,
    State: { Code: 0, Name: 'pending' },
    Placement: { AvailabilityZone: subnet.AvailabilityZone, Tenancy: 'default' },
    PrivateDnsName: privateName(region.name, eni.PrivateIpAddress),
    PrivateIpAddress: eni.PrivateIpAddress,
    PublicDnsName: publicIp === undefined ? '' : publicName(region.name, publicIp),
    ...(publicIp === undefined ? {} : { PublicIpAddress: publicIp }),
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    SecurityGroups: groupReferences(region, options.groups),
    ...(options.profile === undefined ? {} : { IamInstanceProfile: options.profile }),
    ReservationId: region.id('r'),
    Tags: options.tags,
    volumes: [volume.VolumeId],
    interfaces: [eni.NetworkInterfaceId],
  };
  region.instances.set(id, instance);
  account.after(BOOT_TIME, () => {
    if (instance.State.Name === 'pending') run(region, instance);
  });
  return instance;
}

function run(region: Region, instance: Instance): void {
  const { account } = region;
  setState(instance, 'running');
  const price = INSTANCE_TYPES[instance.InstanceType]?.[2] ?? 0;
  const service = 'Amazon Elastic Compute Cloud - Compute';
  account.costs.start(instance.InstanceId, service, `BoxUsage:${instance.InstanceType}`, price, account.now);
  if (instance.PublicIpAddress !== undefined)
    account.costs.start(
      instance.InstanceId,
      'EC2 - Other',
      'PublicIPv4:InUseAddress',
      PRICES.publicAddress,
      account.now,
    );
  account.backend.startInstance(region, instance);
}

export function terminateInstance(region: Region, instance: Instance, why?: { Code: string; Message: string }): void {
  if (instance.State.Name === 'shutting-down' || instance.State.Name === 'terminated') return;
  if (instance.State.Name === 'running') switchOff(region, instance);
  setState(instance, 'shutting-down');
  for (const listener of region.onInstanceEnd) listener(instance);
  instance.StateReason = why ?? {
    Code: 'Client.UserInitiatedShutdown',
    Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
  };
  region.account.after(STOP_TIME, () => {
    setState(instance, 'terminated');
    for (const eni of instance.interfaces) removeInterface(region, eni);
    for (const id of instance.volumes) {
      const volume = region.volumes.get(id);
      const kept = volume?.Attachments.some((one) => !one.DeleteOnTermination);
      if (volume && kept) {
        volume.Attachments = [];
        volume.State = 'available';
      } else removeVolume(region, id);
    }
    instance.interfaces = [];
    instance.volumes = [];
    instance.PrivateDnsName = '';
    instance.PublicDnsName = '';
    delete instance.PrivateIpAddress;
    delete instance.PublicIpAddress;
    delete instance.SubnetId;
    delete instance.VpcId;
    instance.SecurityGroups = [];
    region.account.after(REMEMBERED, () => region.instances.delete(instance.InstanceId));
  });
}

export function stopInstance(region: Region, instance: Instance): void {
  if (instance.State.Name !== 'running') return;
  switchOff(region, instance);
  setState(instance, 'stopping');
  for (const listener of region.onInstanceEnd) listener(instance);
  region.account.after(STOP_TIME, () => {
    if (instance.State.Name === 'stopping') setState(instance, 'stopped');
  });
}

export function startInstance(region: Region, instance: Instance): void {
  if (instance.State.Name !== 'stopped') return;
  setState(instance, 'pending');
  region.account.after(BOOT_TIME, () => {
    if (instance.State.Name === 'pending') run(region, instance);
  });
}

function switchOff(region: Region, instance: Instance): void {
  region.account.costs.stop(instance.InstanceId, region.account.now);
  region.account.backend.stopInstance(region, instance);
}

/** Names of us-east-1 have no region in them. */
/** `ip-192-168-1-2.ap-northeast-2.compute.internal` */
export function privateName(region: string, address: string): string {
  const host = `ip-${address.replaceAll('.', '-')}`;
  return region === 'us-east-1' ? `${host}.ec2.internal` : `${host}.${region}.compute.internal`;
}

function publicName(region: string, address: string): string {
  const host = `ec2-${address.replaceAll('.', '-')}`;
  return region === 'us-east-1' ? `${host}.compute-1.amazonaws.com` : `${host}.${region}.compute.amazonaws.com`;
}

import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../../errors.ts';
import { numberOf, objectsOf, required, type Tag, tagsOf, textOf, textsOf, toJsonObject } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { Instance, SecurityGroup, Subnet, Vpc } from '../../types/ec2.ts';
import type { Call, Service } from '../call.ts';
import { select, TAGGED } from './describe.ts';
import { setState, startInstance, stopInstance, terminateInstance } from './instances.ts';
import { specifiedTags } from './keys.ts';
import {
  addAddress,
  addInternetGateway,
  addSecurityGroup,
  addSubnet,
  addVolume,
  addVpc,
  allow,
  deleteNatGateway,
  removeAddress,
  removeInterface,
  removeVolume,
} from './network.ts';
import { ruleViews } from './rules.ts';

/** Raises InvalidVpcID.NotFound. */
function vpcOf(region: Region, id: string): Vpc {
  const vpc = region.vpcs.get(id);
  if (!vpc) throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
  return vpc;
}

export function groupOf(region: Region, id: string): SecurityGroup {
  const group = region.securityGroups.get(id);
  if (!group) throw new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
  return group;
}

/** What keeps a VPC from being deleted. */
export function vpcDependents(region: Region, id: string): string[] {
  const inVpc = <T extends { VpcId?: string | undefined }>(items: Iterable<T>) =>
    [...items].filter((item) => item.VpcId === id);
  return [
    ...inVpc(region.subnets.values()).map((one) => one.SubnetId),
    ...[...region.internetGateways.values()]
      .filter((one) => one.Attachments.some((attachment) => attachment.VpcId === id))
      .map((one) => one.InternetGatewayId),
    ...inVpc(region.networkInterfaces.values()).map((one) => one.NetworkInterfaceId),
    ...inVpc(region.securityGroups.values())
      .filter((one) => one.GroupName !== 'default')
      .map((one) => one.GroupId),
    ...inVpc(region.routeTables.values())
      .filter((one) => !one.Associations.some((association) => association.Main))
      .map((one) => one.RouteTableId),
  ];
}

/** Raises DependencyViolation. */
export function deleteVpc(region: Region, id: string): void {
  vpcOf(region, id);
  if (vpcDependents(region, id).length > 0)
    throw new AwsError('DependencyViolation', `The vpc '${id}' has dependencies and cannot be deleted.`);
  region.vpcs.delete(id);
  for (const [key, table] of region.routeTables) if (table.VpcId === id) region.routeTables.delete(key);
  for (const [key, group] of region.securityGroups) if (group.VpcId === id) region.securityGroups.delete(key);
}

/** Raises DependencyViolation. */
export function deleteSubnet(region: Region, id: string): void {
  if (!region.subnets.has(id)) throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  if ([...region.networkInterfaces.values()].some((one) => one.SubnetId === id))
    throw new AwsError('DependencyViolation', `The subnet '${id}' has dependencies and cannot be deleted.`);
  region.subnets.delete(id);
  for (const table of region.routeTables.values())
    table.Associations = table.Associations.filter((association) => association.SubnetId !== id);
}

/** Raises DependencyViolation, CannotDelete. */
export function deleteSecurityGroup(region: Region, id: string): void {
  const group = groupOf(region, id);
  if (group.GroupName === 'default')
    throw new AwsError('CannotDelete', `the specified group: "${id}" name: "default" cannot be deleted by a user`);
  const used = [...region.networkInterfaces.values()].some((one) => one.Groups.some((other) => other.GroupId === id));
  const named = [...region.securityGroups.values()].some(
    (other) =>
      other !== group && other.IpPermissions.some((rule) => rule.UserIdGroupPairs.some((pair) => pair.GroupId === id)),
  );
  if (used || named) throw new AwsError('DependencyViolation', `resource ${id} has a dependent object`);
  region.securityGroups.delete(id);
}

/** Raises DependencyViolation while addresses of the VPC are public. */
export function detachInternetGateway(region: Region, id: string, vpc: string): void {
  const gateway = region.internetGateways.get(id);
  if (!gateway)
    throw new AwsError('InvalidInternetGatewayID.NotFound', `The internetGateway ID '${id}' does not exist`);
  if (!gateway.Attachments.some((attachment) => attachment.VpcId === vpc))
    throw new AwsError('Gateway.NotAttached', `resource ${id} is not attached to network ${vpc}`);
  if ([...region.networkInterfaces.values()].some((one) => one.VpcId === vpc && one.Association))
    throw new AwsError(
      'DependencyViolation',
      `Network ${vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    );
  gateway.Attachments = [];
}

export function deleteInternetGateway(region: Region, id: string): void {
  const gateway = region.internetGateways.get(id);
  if (!gateway)
    throw new AwsError('InvalidInternetGatewayID.NotFound', `The internetGateway ID '${id}' does not exist`);
  if (gateway.Attachments.length > 0)
    throw new AwsError('DependencyViolation', `The internetGateway '${id}' has dependencies and cannot be deleted.`);
  region.internetGateways.delete(id);
}

function createSubnet({ region, params }: Call): JsonObject {
  const vpc = vpcOf(region, required(params, 'VpcId'));
  const cidr = required(params, 'CidrBlock');
  const zone = textOf(params, 'AvailabilityZone') ?? region.zones[0]?.name ?? '';
  const subnet: Subnet = addSubnet(region, { vpc, cidr, zone, tags: specifiedTags(params), isPublic: false });
  return { Subnet: toJsonObject(subnet) };
}

function changeInstances(
  { region, params }: Call,
  result: string,
  change: (region: Region, instance: Instance) => void,
): JsonObject {
  const ids = textsOf(params, 'InstanceIds');
  // The texts for ids that are wrong are those of DescribeInstances.
  const chosen = select(
    region,
    { InstanceIds: ids },
    {
      result: '',
      shape: 'Instance',
      items: () => region.instances.values(),
      ids: [['InstanceIds', 'InstanceId']],
      missing: (id) =>
        /^i-[0-9a-f]{8}([0-9a-f]{9})?$/.test(id)
          ? ['InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`]
          : ['InvalidInstanceID.Malformed', `Invalid id: "${id}"`],
    },
  );
  const changes = chosen.flatMap((item) => {
    const instance = region.instances.get(String(item['InstanceId']));
    if (!instance) return [];
    const before = { ...instance.State };
    change(region, instance);
    return [{ CurrentState: { ...instance.State }, InstanceId: instance.InstanceId, PreviousState: before }];
  });
  return { [result]: changes };
}

function changeTags({ region, params }: Call, change: (tags: Tag[]) => Tag[]): JsonObject {
  for (const id of textsOf(params, 'Resources')) {
    const table = TAGGED.find(([, map]) => region[map].has(id));
    if (!table) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
    const [, map, field] = table;
    const resource = region[map].get(id);
    if (!resource) continue;
    if ('TagSet' in resource && field === 'TagSet') resource.TagSet = change(resource.TagSet);
    else if ('Tags' in resource || field === 'Tags')
      Object.assign(resource, { Tags: change(('Tags' in resource ? resource.Tags : undefined) ?? []) });
  }
  return {};
}

function ingress({ region, params }: Call, add: boolean): JsonObject {
  const group = groupOf(region, textOf(params, 'GroupId') ?? groupByName(region, textOf(params, 'GroupName') ?? ''));
  const single = textOf(params, 'IpProtocol');
  const rules =
    single === undefined
      ? objectsOf(params, 'IpPermissions')
      : [
          {
            IpProtocol: single,
            FromPort: numberOf(params, 'FromPort') ?? -1,
            ToPort: numberOf(params, 'ToPort') ?? -1,
            IpRanges: [{ CidrIp: textOf(params, 'CidrIp') ?? '' }],
          },
        ];
  const before = new Set(ruleViews(region, group).map(idOfRule));
  for (const rule of rules) {
    const ports = {
      IpProtocol: textOf(rule, 'IpProtocol') ?? '-1',
      ...(numberOf(rule, 'FromPort') === undefined ? {} : { FromPort: numberOf(rule, 'FromPort') ?? 0 }),
      ...(numberOf(rule, 'ToPort') === undefined ? {} : { ToPort: numberOf(rule, 'ToPort') ?? 0 }),
    };
    const sources = [
      ...objectsOf(rule, 'IpRanges').map((range) => textOf(range, 'CidrIp') ?? ''),
      ...objectsOf(rule, 'UserIdGroupPairs').map((pair) => textOf(pair, 'GroupId') ?? ''),
    ];
    for (const source of sources) {
      const present = hasRule(group, ports, source);
      if (add && present)
        throw new AwsError(
          'InvalidPermission.Duplicate',
          `the specified rule "peer: ${source}, ${ruleText(ports)}, ALLOW" already exists`,
        );
      if (!add && !present)
        throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
      if (add) allow(group, ports, source);
      else dropRule(group, ports, source);
    }
  }
  const fresh = ruleViews(region, group).filter((rule) => !before.has(idOfRule(rule)));
  return { Return: true, ...(add ? { SecurityGroupRules: fresh } : {}) };
}

const idOfRule = (rule: JsonObject) => String(rule['SecurityGroupRuleId']);

type Ports = { IpProtocol: string; FromPort?: number; ToPort?: number };

function ruleText({ IpProtocol, FromPort, ToPort }: Ports): string {
  return IpProtocol === '-1' ? 'ALL' : `${IpProtocol.toUpperCase()}, from port: ${FromPort}, to port: ${ToPort}`;
}

function hasRule(group: SecurityGroup, ports: Ports, source: string): boolean {
  return group.IpPermissions.some(
    (rule) =>
      rule.IpProtocol === ports.IpProtocol &&
      rule.FromPort === ports.FromPort &&
      rule.ToPort === ports.ToPort &&
      (rule.IpRanges.some((range) => range.CidrIp === source) ||
        rule.UserIdGroupPairs.some((pair) => pair.GroupId === source)),
  );
}

export function dropRule(group: SecurityGroup, ports: Ports, source: string): void {
  for (const rule of group.IpPermissions) {
    if (rule.IpProtocol !== ports.IpProtocol || rule.FromPort !== ports.FromPort || rule.ToPort !== ports.ToPort)
      continue;
    rule.IpRanges = rule.IpRanges.filter((range) => range.CidrIp !== source);
    rule.UserIdGroupPairs = rule.UserIdGroupPairs.filter((pair) => pair.GroupId !== source);
  }
  group.IpPermissions = group.IpPermissions.filter(
    (rule) => rule.IpRanges.length > 0 || rule.UserIdGroupPairs.length > 0,
  );
}

function groupByName(region: Region, name: string): string {
  return [...region.securityGroups.values()].find((group) => group.GroupName === name)?.GroupId ?? name;
}

export const changeOperations: Service = {
  CreateVpc: ({ region, params }) => ({
    Vpc: toJsonObject(addVpc(region, required(params, 'CidrBlock'), specifiedTags(params))),
  }),
  DeleteVpc: ({ region, params }) => {
    deleteVpc(region, required(params, 'VpcId'));
    return {};
  },
  CreateSubnet: createSubnet,
  DeleteSubnet: ({ region, params }) => {
    deleteSubnet(region, required(params, 'SubnetId'));
    return {};
  },
  CreateSecurityGroup: ({ region, params }) => {
    const vpc = textOf(params, 'VpcId') ?? [...region.vpcs.values()].find((one) => one.IsDefault)?.VpcId ?? '';
    vpcOf(region, vpc);
    const tags = specifiedTags(params);
    const group = addSecurityGroup(region, vpc, required(params, 'GroupName'), required(params, 'Description'), tags);
    return { GroupId: group.GroupId, ...(tags.length > 0 ? { Tags: tags.map((tag) => ({ ...tag })) } : {}) };
  },
  DeleteSecurityGroup: ({ region, params }) => {
    deleteSecurityGroup(region, textOf(params, 'GroupId') ?? groupByName(region, textOf(params, 'GroupName') ?? ''));
    return { Return: true };
  },
  AuthorizeSecurityGroupIngress: (call) => ingress(call, true),
  RevokeSecurityGroupIngress: (call) => ingress(call, false),
  AllocateAddress: ({ region, params }) => {
    const { AllocationId, PublicIp, PublicIpv4Pool, NetworkBorderGroup, Domain } = addAddress(
      region,
      specifiedTags(params),
    );
    return { AllocationId, PublicIpv4Pool, NetworkBorderGroup, Domain, PublicIp };
  },
  ReleaseAddress: ({ region, params }) => {
    if (params['AllocationId'] === undefined && params['PublicIp'] !== undefined)
      throw new AwsError(
        'InvalidParameterValue',
        'You must specify an allocation id when releasing a VPC elastic IP address',
      );
    const id = required(params, 'AllocationId');
    const address = region.addresses.get(id);
    if (!address) throw new AwsError('InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`);
    if (address.AssociationId !== undefined)
      throw new AwsError('InvalidIPAddress.InUse', `Address ${address.PublicIp} is in use.`);
    removeAddress(region, id);
    return {};
  },
  DeleteNatGateway: ({ region, params }) => {
    const id = required(params, 'NatGatewayId');
    const gateway = region.natGateways.get(id);
    if (!gateway) throw new AwsError('NatGatewayNotFound', `The Nat Gateway ${id} was not found`);
    deleteNatGateway(region, gateway);
    return { NatGatewayId: id };
  },
  CreateInternetGateway: ({ region, params }) => ({
    InternetGateway: toJsonObject(addInternetGateway(region, specifiedTags(params))),
  }),
  AttachInternetGateway: ({ region, params }) => {
    const gateway = region.internetGateways.get(required(params, 'InternetGatewayId'));
    const vpc = vpcOf(region, required(params, 'VpcId'));
    if (gateway) gateway.Attachments = [{ State: 'available', VpcId: vpc.VpcId }];
    return {};
  },
  DetachInternetGateway: ({ region, params }) => {
    detachInternetGateway(region, required(params, 'InternetGatewayId'), required(params, 'VpcId'));
    return {};
  },
  DeleteInternetGateway: ({ region, params }) => {
    deleteInternetGateway(region, required(params, 'InternetGatewayId'));
    return {};
  },
  DeleteRouteTable: ({ region, params }) => {
    const id = required(params, 'RouteTableId');
    const table = region.routeTables.get(id);
    if (!table) throw new AwsError('InvalidRouteTableID.NotFound', `The routeTable ID '${id}' does not exist`);
    if (table.Associations.length > 0)
      throw new AwsError('DependencyViolation', `The routeTable '${id}' has dependencies and cannot be deleted.`);
    region.routeTables.delete(id);
    return {};
  },
  DeleteNetworkInterface: ({ region, params }) => {
    const id = required(params, 'NetworkInterfaceId');
    const eni = region.networkInterfaces.get(id);
    if (!eni)
      throw new AwsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
    if (eni.Status === 'in-use')
      throw new AwsError('InvalidParameterValue', `Network interface '${id}' is currently in use.`);
    removeInterface(region, id);
    return {};
  },
  CreateVolume: ({ region, params }) => {
    const zone = required(params, 'AvailabilityZone');
    const size = numberOf(params, 'Size') ?? 8;
    const volume = addVolume(region, {
      zone,
      size,
      type: textOf(params, 'VolumeType') ?? 'gp2',
      tags: specifiedTags(params),
    });
    return toJsonObject(volume);
  },
  DeleteVolume: ({ region, params }) => {
    const id = required(params, 'VolumeId');
    const volume = region.volumes.get(id);
    if (!volume) throw new AwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
    const [attached] = volume.Attachments;
    if (attached) throw new AwsError('VolumeInUse', `Volume ${id} is currently attached to ${attached.InstanceId}`);
    removeVolume(region, id);
    return {};
  },
  DeleteLaunchTemplate: ({ region, params }) => {
    const id = textOf(params, 'LaunchTemplateId');
    const name = textOf(params, 'LaunchTemplateName');
    const template = [...region.launchTemplates.values()].find(
      (one) => one.LaunchTemplateId === id || one.LaunchTemplateName === name,
    );
    if (!template && id === undefined && name !== undefined)
      throw new AwsError(
        'InvalidLaunchTemplateName.NotFoundException',
        `The specified launch template, with template name ${name}, does not exist.`,
      );
    if (id === undefined && name === undefined)
      throw new AwsError('MissingParameter', 'The request must contain the parameter LaunchTemplateId');
    if (!template)
      throw new AwsError(
        'InvalidLaunchTemplateId.NotFound',
        `The specified launch template, with template ID ${id}, does not exist.`,
      );
    region.launchTemplates.delete(template.LaunchTemplateId);
    return { LaunchTemplate: toJsonObject(template) };
  },
  TerminateInstances: (call) =>
    changeInstances(call, 'TerminatingInstances', (region, instance) => terminateInstance(region, instance)),
  StopInstances: (call) => changeInstances(call, 'StoppingInstances', stopInstance),
  StartInstances: (call) => changeInstances(call, 'StartingInstances', startInstance),
  RebootInstances: (call) => {
    changeInstances(call, '', (region, instance) => {
      call.account.backend.stopInstance(region, instance);
      call.account.after(20_000, () => {
        if (instance.State.Name === 'running') call.account.backend.startInstance(region, instance);
      });
      setState(instance, 'running');
    });
    return {};
  },
  CreateTags: (call) =>
    changeTags(call, (tags) => {
      const added = tagsOf(call.params['Tags']);
      return [...tags.filter((tag) => !added.some((one) => one.Key === tag.Key)), ...added];
    }),
  DeleteTags: (call) =>
    changeTags(call, (tags) => {
      const gone = tagsOf(call.params['Tags']);
      return tags.filter((tag) => !gone.some((one) => one.Key === tag.Key));
    }),
};

import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../../errors.ts';
import { numberOf, objectOf, objectsOf, tagsOf, textOf, textsOf } from '../../params.ts';
import { checkPolicy } from '../../policies.ts';
import type { Region } from '../../region.ts';
import type { Stack } from '../../types/cloudformation.ts';
import type { Call } from '../call.ts';
import {
  deleteInternetGateway,
  deleteSecurityGroup,
  deleteSubnet,
  deleteVpc,
  detachInternetGateway,
  dropRule,
} from '../ec2/change.ts';
import {
  addAddress,
  addInternetGateway,
  addNatGateway,
  addRouteTable,
  addSecurityGroup,
  addSubnet,
  addVpc,
  allow,
  deleteNatGateway,
  removeAddress,
} from '../ec2/network.ts';
import { createAccessEntry } from '../eks/access.ts';
import { createCluster, deleteCluster } from '../eks/clusters.ts';
import { clusterOf } from '../eks/find.ts';
import { createAddon } from '../eks/index.ts';
import { addLaunchTemplate, createNodegroup, deleteNodegroup, nodegroupOf } from '../eks/nodegroups.ts';
import { addRole, removeRole } from '../iam/index.ts';
import { lowerKeys, updateNodegroup } from './nodegroup-update.ts';

/** A resource that a stack makes or takes away. */
export interface Work {
  readonly region: Region;
  readonly stack: Stack;
  readonly logicalId: string;
  readonly properties: JsonObject;
}

/** Begun: `done` says whether it is over, and raises AwsError when it failed. */
export interface Begun {
  readonly id: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** ms after which it is looked at first. */
  readonly after: number;
  readonly done?: () => boolean;
  /** Attributes that are known only then. */
  readonly later?: () => Readonly<Record<string, string>>;
}

export interface ResourceType {
  /** Raises AwsError. */
  create(work: Work): Begun;
  /** Raises AwsError: DependencyViolation is tried again for a while. */
  remove(work: Work & { readonly id: string }): Omit<Begun, 'id'>;
  /** Makes what is there as the properties say now. Absent: kubetutor does not model it. Raises AwsError. */
  update?(work: Work & { readonly id: string; readonly before: JsonObject }): Omit<Begun, 'id'>;
}

const AT_ONCE = { after: 2000 };

/** Tags of the template, with those that CloudFormation adds and a name. */
function tags({ stack, logicalId, properties }: Work) {
  const own = tagsOf(properties['Tags']);
  const named = own.some((tag) => tag.Key === 'Name')
    ? []
    : [{ Key: 'Name', Value: `${stack.StackName}/${logicalId}` }];
  return [
    ...stack.Tags,
    ...own,
    ...named,
    { Key: 'aws:cloudformation:stack-name', Value: stack.StackName },
    { Key: 'aws:cloudformation:logical-id', Value: logicalId },
    { Key: 'aws:cloudformation:stack-id', Value: stack.StackId },
  ];
}

/** `eksctl-demo-cluster-ServiceRole-1AbCdEf2GhIj`: a name that CloudFormation makes. */
function generatedName({ region, stack, logicalId }: Work): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  let suffix = '';
  while (suffix.length < 12) suffix += letters[region.account.random.integer(letters.length)];
  return `${`${stack.StackName}-${logicalId}`.slice(0, 51)}-${suffix}`;
}

function found<T>(value: T | undefined, id: string): T {
  if (value === undefined) throw new AwsError('NotFound', `Resource of id '${id}' was not found`);
  return value;
}

function callOf({ region, stack }: Work): Call {
  return { account: region.account, region, identity: stack.creator, params: {} };
}

/** Runs `remove` unless the thing is gone already, which is as good. */
function unlessGone(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!(error instanceof AwsError) || !/NotFound|NotAttached/.test(error.code)) throw error;
  }
}

const ec2Types: Readonly<Record<string, ResourceType>> = {
  'AWS::EC2::VPC': {
    create(work) {
      const vpc = addVpc(work.region, textOf(work.properties, 'CidrBlock') ?? '192.168.0.0/16', tags(work));
      vpc.dnsHostnames = work.properties['EnableDnsHostnames'] === true;
      return { id: vpc.VpcId, after: 12_000, attributes: { CidrBlock: vpc.CidrBlock } };
    },
    remove({ region, id }) {
      unlessGone(() => deleteVpc(region, id));
      return AT_ONCE;
    },
  },
  'AWS::EC2::Subnet': {
    create(work) {
      const { region, properties } = work;
      const vpc = found(region.vpcs.get(textOf(properties, 'VpcId') ?? ''), 'vpc');
      const zone = textOf(properties, 'AvailabilityZone') ?? region.zones[0]?.name ?? '';
      const isPublic = properties['MapPublicIpOnLaunch'] === true;
      const subnet = addSubnet(region, {
        vpc,
        cidr: textOf(properties, 'CidrBlock') ?? '',
        zone,
        tags: tags(work),
        isPublic,
      });
      return { id: subnet.SubnetId, after: 4000 };
    },
    remove({ region, id }) {
      unlessGone(() => deleteSubnet(region, id));
      return AT_ONCE;
    },
  },
  'AWS::EC2::InternetGateway': {
    create: (work) => ({ id: addInternetGateway(work.region, tags(work)).InternetGatewayId, after: 15_000 }),
    remove({ region, id }) {
      unlessGone(() => deleteInternetGateway(region, id));
      return AT_ONCE;
    },
  },
  'AWS::EC2::VPCGatewayAttachment': {
    create({ region, properties }) {
      const gateway = found(region.internetGateways.get(textOf(properties, 'InternetGatewayId') ?? ''), 'igw');
      const vpc = textOf(properties, 'VpcId') ?? '';
      gateway.Attachments = [{ State: 'available', VpcId: vpc }];
      return { id: `IGW|${vpc}`, after: 8000 };
    },
    remove({ region, properties }) {
      unlessGone(() =>
        detachInternetGateway(region, textOf(properties, 'InternetGatewayId') ?? '', textOf(properties, 'VpcId') ?? ''),
      );
      return AT_ONCE;
    },
  },
  'AWS::EC2::EIP': {
    create(work) {
      const address = addAddress(work.region, tags(work));
      return { id: address.PublicIp, after: 15_000, attributes: { AllocationId: address.AllocationId } };
    },
    remove({ region, id }) {
      const address = [...region.addresses.values()].find((one) => one.PublicIp === id);
      if (address) removeAddress(region, address.AllocationId);
      return AT_ONCE;
    },
  },
  'AWS::EC2::NatGateway': {
    create(work) {
      const { region, properties } = work;
      const subnet = found(region.subnets.get(textOf(properties, 'SubnetId') ?? ''), 'subnet');
      const address = found(region.addresses.get(textOf(properties, 'AllocationId') ?? ''), 'eipalloc');
      const gateway = addNatGateway(region, subnet, address, tags(work));
      return { id: gateway.NatGatewayId, after: 60_000, done: () => gateway.State === 'available' };
    },
    remove({ region, id }) {
      const gateway = region.natGateways.get(id);
      if (gateway) deleteNatGateway(region, gateway);
      return { after: 20_000, done: () => (region.natGateways.get(id)?.State ?? 'deleted') === 'deleted' };
    },
  },
  'AWS::EC2::RouteTable': {
    create: (work) => ({
      id: addRouteTable(work.region, textOf(work.properties, 'VpcId') ?? '', tags(work)).RouteTableId,
      after: 5000,
    }),
    remove({ region, id }) {
      region.routeTables.delete(id);
      return AT_ONCE;
    },
  },
  'AWS::EC2::Route': {
    create({ region, properties }) {
      const table = found(region.routeTables.get(textOf(properties, 'RouteTableId') ?? ''), 'rtb');
      const destination = textOf(properties, 'DestinationCidrBlock') ?? '0.0.0.0/0';
      const gateway = textOf(properties, 'GatewayId');
      const nat = textOf(properties, 'NatGatewayId');
      table.Routes.push({
        DestinationCidrBlock: destination,
        ...(gateway === undefined ? {} : { GatewayId: gateway }),
        ...(nat === undefined ? {} : { NatGatewayId: nat }),
        Origin: 'CreateRoute',
        State: 'active',
      });
      return { id: `${table.RouteTableId}|${destination}`, after: 3000 };
    },
    remove({ region, id }) {
      const [tableId = '', destination] = id.split('|');
      const table = region.routeTables.get(tableId);
      if (table) table.Routes = table.Routes.filter((route) => route.DestinationCidrBlock !== destination);
      return AT_ONCE;
    },
  },
  'AWS::EC2::SubnetRouteTableAssociation': {
    create({ region, properties }) {
      const table = found(region.routeTables.get(textOf(properties, 'RouteTableId') ?? ''), 'rtb');
      const id = region.id('rtbassoc');
      table.Associations.push({
        Main: false,
        RouteTableAssociationId: id,
        RouteTableId: table.RouteTableId,
        SubnetId: textOf(properties, 'SubnetId') ?? '',
        AssociationState: { State: 'associated' },
      });
      return { id, after: 2000 };
    },
    remove({ region, id }) {
      for (const table of region.routeTables.values())
        table.Associations = table.Associations.filter((one) => one.RouteTableAssociationId !== id);
      return AT_ONCE;
    },
  },
  'AWS::EC2::SecurityGroup': {
    create(work) {
      const { region, properties } = work;
      const description = textOf(properties, 'GroupDescription') ?? '';
      const group = addSecurityGroup(
        region,
        textOf(properties, 'VpcId') ?? '',
        generatedName(work),
        description,
        tags(work),
      );
      for (const rule of objectsOf(properties, 'SecurityGroupIngress'))
        allow(group, portsOf(rule), sourceOf(rule), textOf(rule, 'Description'));
      return { id: group.GroupId, after: 6000, attributes: { GroupId: group.GroupId } };
    },
    remove({ region, id }) {
      unlessGone(() => deleteSecurityGroup(region, id));
      return AT_ONCE;
    },
  },
  'AWS::EC2::SecurityGroupIngress': {
    create({ region, properties, logicalId }) {
      const group = found(region.securityGroups.get(textOf(properties, 'GroupId') ?? ''), 'sg');
      allow(group, portsOf(properties), sourceOf(properties), textOf(properties, 'Description'));
      return { id: logicalId, after: 2000 };
    },
    remove({ region, properties }) {
      const group = region.securityGroups.get(textOf(properties, 'GroupId') ?? '');
      if (group) dropRule(group, portsOf(properties), sourceOf(properties));
      return AT_ONCE;
    },
  },
  'AWS::EC2::LaunchTemplate': {
    create(work) {
      const { region, properties } = work;
      const data = objectOf(properties, 'LaunchTemplateData');
      const [mapping] = objectsOf(data, 'BlockDeviceMappings');
      const ebs = objectOf(mapping ?? {}, 'Ebs');
      const key = textOf(data, 'KeyName');
      const template = addLaunchTemplate(region, textOf(properties, 'LaunchTemplateName') ?? generatedName(work), {
        ...(key === undefined ? {} : { KeyName: key }),
        VolumeSize: numberOf(ebs, 'VolumeSize') ?? 80,
        VolumeType: textOf(ebs, 'VolumeType') ?? 'gp3',
        SecurityGroupIds: textsOf(data, 'SecurityGroupIds'),
      });
      return {
        id: template.LaunchTemplateId,
        after: 5000,
        attributes: { LaunchTemplateId: template.LaunchTemplateId },
      };
    },
    remove({ region, id }) {
      region.launchTemplates.delete(id);
      return AT_ONCE;
    },
  },
};

function portsOf(rule: JsonObject): { IpProtocol: string; FromPort?: number; ToPort?: number } {
  const from = numberOf(rule, 'FromPort');
  const to = numberOf(rule, 'ToPort');
  return {
    IpProtocol: String(rule['IpProtocol'] ?? '-1'),
    ...(from === undefined || String(rule['IpProtocol']) === '-1' ? {} : { FromPort: from }),
    ...(to === undefined || String(rule['IpProtocol']) === '-1' ? {} : { ToPort: to }),
  };
}

function sourceOf(rule: JsonObject): string {
  return textOf(rule, 'SourceSecurityGroupId') ?? textOf(rule, 'CidrIp') ?? '';
}

const otherTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::IAM::Role': {
    create(work) {
      const { region, properties } = work;
      const name = textOf(properties, 'RoleName') ?? generatedName(work);
      const trust = objectOf(properties, 'AssumeRolePolicyDocument');
      const policies = textsOf(properties, 'ManagedPolicyArns');
      for (const arn of policies) checkPolicy(region.account, arn);
      const role = addRole(callOf(work), name, trust, { tags: tags(work) });
      role.policies = policies;
      for (const policy of objectsOf(properties, 'Policies'))
        role.inline[textOf(policy, 'PolicyName') ?? ''] = objectOf(policy, 'PolicyDocument');
      return { id: name, after: 18_000, attributes: { Arn: role.Arn, RoleId: role.RoleId } };
    },
    remove(work) {
      const { region, id, properties } = work;
      const role = region.account.iam.roles.get(id);
      if (!role) return AT_ONCE;
      // CloudFormation takes away what it attached; what somebody else attached stays in the way.
      const own = textsOf(properties, 'ManagedPolicyArns');
      role.policies = role.policies.filter((arn) => !own.includes(arn));
      for (const policy of objectsOf(properties, 'Policies')) delete role.inline[textOf(policy, 'PolicyName') ?? ''];
      removeRole(callOf(work), role);
      return AT_ONCE;
    },
  },
  'AWS::IAM::Policy': {
    create({ region, properties, logicalId }) {
      for (const name of textsOf(properties, 'Roles')) {
        const role = region.account.iam.roles.get(name);
        if (role) role.inline[textOf(properties, 'PolicyName') ?? logicalId] = objectOf(properties, 'PolicyDocument');
      }
      return { id: textOf(properties, 'PolicyName') ?? logicalId, after: 16_000 };
    },
    remove({ region, properties, id }) {
      for (const name of textsOf(properties, 'Roles')) delete region.account.iam.roles.get(name)?.inline[id];
      return AT_ONCE;
    },
  },
  'AWS::EKS::Cluster': {
    create({ region, stack, properties }) {
      const network = objectOf(properties, 'ResourcesVpcConfig');
      const params: JsonObject = {
        name: textOf(properties, 'Name') ?? '',
        version: textOf(properties, 'Version') ?? '',
        roleArn: textOf(properties, 'RoleArn') ?? '',
        resourcesVpcConfig: {
          subnetIds: network['SubnetIds'] ?? [],
          securityGroupIds: network['SecurityGroupIds'] ?? [],
          endpointPublicAccess: network['EndpointPublicAccess'] ?? true,
          endpointPrivateAccess: network['EndpointPrivateAccess'] ?? false,
        },
        accessConfig: lowerKeys(objectOf(properties, 'AccessConfig')),
        logging: loggingOf(properties),
        bootstrapSelfManagedAddons: properties['BootstrapSelfManagedAddons'] ?? true,
        tags: Object.fromEntries(tagsOf(properties['Tags']).map((tag) => [tag.Key, tag.Value])),
      };
      const cluster = createCluster(region, params, stack.creator);
      return {
        id: cluster.name,
        after: 5 * 60_000,
        done: () => cluster.status === 'ACTIVE',
        later: () => ({
          Arn: cluster.arn,
          Endpoint: cluster.endpoint ?? '',
          CertificateAuthorityData: cluster.certificateAuthority.data ?? '',
          ClusterSecurityGroupId: cluster.vpc.clusterSecurityGroupId ?? '',
          OpenIdConnectIssuerUrl: cluster.issuer,
        }),
      };
    },
    remove({ region, id }) {
      const cluster = region.clusters.get(id);
      if (cluster && cluster.status !== 'DELETING') deleteCluster(region, cluster);
      return { after: 60_000, done: () => !region.clusters.has(id) };
    },
  },
  'AWS::EKS::Nodegroup': {
    create({ region, properties }) {
      const params = lowerKeys(properties);
      const group = createNodegroup(region, {
        ...params,
        scalingConfig: lowerKeys(objectOf(properties, 'ScalingConfig')),
        launchTemplate: lowerKeys(objectOf(properties, 'LaunchTemplate')),
        taints: objectsOf(properties, 'Taints').map(lowerKeys),
        labels: objectOf(properties, 'Labels'),
        tags: objectOf(properties, 'Tags'),
      });
      return {
        id: `${group.clusterName}/${group.nodegroupName}`,
        after: 60_000,
        attributes: { Arn: group.nodegroupArn },
        done() {
          if (group.status === 'CREATE_FAILED')
            throw new AwsError('NotStabilized', group.issues.map((issue) => issue.message).join('; '));
          return group.status === 'ACTIVE';
        },
      };
    },
    update({ region, id, properties, before }) {
      const [clusterName = '', name = ''] = id.split('/');
      const cluster = clusterOf(region, clusterName);
      return updateNodegroup(region, cluster, nodegroupOf(cluster, name), properties, before);
    },
    remove({ region, id }) {
      const [clusterName = '', name = ''] = id.split('/');
      const cluster = region.clusters.get(clusterName);
      const group = cluster?.nodegroups.get(name);
      if (cluster && group) deleteNodegroup(region, cluster, group);
      return { after: 60_000, done: () => !(region.clusters.get(clusterName)?.nodegroups.has(name) ?? false) };
    },
  },
  'AWS::EKS::Addon': {
    create({ region, properties }) {
      const addon = createAddon(region, lowerKeys(properties));
      return { id: `${addon.clusterName}|${addon.addonName}`, after: 15_000, done: () => addon.status !== 'CREATING' };
    },
    remove({ region, id }) {
      const [clusterName = '', name = ''] = id.split('|');
      if (region.clusters.has(clusterName)) clusterOf(region, clusterName).addons.delete(name);
      return AT_ONCE;
    },
  },
  'AWS::EKS::AccessEntry': {
    create({ region, properties }) {
      const entry = createAccessEntry(region, lowerKeys(properties));
      return { id: `${entry.principalArn}|${entry.clusterName}`, after: 3000 };
    },
    remove({ region, id }) {
      const [principal = '', clusterName = ''] = id.split('|');
      region.clusters.get(clusterName)?.accessEntries.delete(principal);
      return AT_ONCE;
    },
  },
};

/** As CreateCluster takes it. */
function loggingOf(properties: JsonObject): JsonObject {
  const types = objectsOf(objectOf(objectOf(properties, 'Logging'), 'ClusterLogging'), 'EnabledTypes');
  return { clusterLogging: [{ types: types.map((one) => textOf(one, 'Type') ?? ''), enabled: true }] };
}

export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = { ...ec2Types, ...otherTypes };

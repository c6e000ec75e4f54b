import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../../errors.ts';
import { structureMembers } from '../../models/models.ts';
import { required, textOf, textsOf, toJsonObject } from '../../params.ts';
import { INSTANCE_TYPES } from '../../prices.ts';
import { REGION_NAMES, type Region } from '../../region.ts';
import type { Call, Operation, Service } from '../call.ts';
import { imageName, NODE_IMAGES, type NodeImage } from '../eks/versions.ts';
import { type FilterPaths, filtered } from './filters.ts';
import { dhcpOptions, networkAcls, whole } from './views.ts';

/** A Describe operation over one kind of resource. */
interface Kind {
  /** The key of the answer's list. */
  readonly result: string;
  /** The shape of its items, for the names that filters may have. */
  readonly shape: string;
  readonly items: (region: Region) => Iterable<unknown>;
  /** The parameter with ids, and the field that they are compared with. */
  readonly ids?: readonly (readonly [string, string])[];
  /** The code and text for an id that nothing has. */
  readonly missing?: (id: string, parameter: string) => readonly [string, string];
  readonly paths?: FilterPaths;
}

const notFound = (code: string, what: string) => (id: string) => [code, `The ${what} '${id}' does not exist`] as const;

const KINDS: Readonly<Record<string, Kind>> = {
  DescribeVpcs: {
    result: 'Vpcs',
    shape: 'Vpc',
    items: (region) => region.vpcs.values(),
    ids: [['VpcIds', 'VpcId']],
    missing: notFound('InvalidVpcID.NotFound', 'vpc ID'),
    paths: { cidr: 'CidrBlock', isDefault: 'IsDefault', 'is-default': 'IsDefault' },
  },
  DescribeSubnets: {
    result: 'Subnets',
    shape: 'Subnet',
    items: (region) => region.subnets.values(),
    ids: [['SubnetIds', 'SubnetId']],
    missing: notFound('InvalidSubnetID.NotFound', 'subnet ID'),
    paths: { cidr: 'CidrBlock', 'cidr-block': 'CidrBlock' },
  },
  DescribeInternetGateways: {
    result: 'InternetGateways',
    shape: 'InternetGateway',
    items: (region) => region.internetGateways.values(),
    ids: [['InternetGatewayIds', 'InternetGatewayId']],
    missing: notFound('InvalidInternetGatewayID.NotFound', 'internetGateway ID'),
    paths: { 'attachment.vpc-id': 'Attachments.VpcId', 'attachment.state': 'Attachments.State' },
  },
  DescribeRouteTables: {
    result: 'RouteTables',
    shape: 'RouteTable',
    items: (region) => region.routeTables.values(),
    ids: [['RouteTableIds', 'RouteTableId']],
    missing: notFound('InvalidRouteTableID.NotFound', 'routeTable ID'),
    paths: { 'association.subnet-id': 'Associations.SubnetId', 'association.main': 'Associations.Main' },
  },
  DescribeSecurityGroups: {
    result: 'SecurityGroups',
    shape: 'SecurityGroup',
    items: (region) => region.securityGroups.values(),
    ids: [
      ['GroupIds', 'GroupId'],
      ['GroupNames', 'GroupName'],
    ],
    missing: (id) => ['InvalidGroup.NotFound', `The security group '${id}' does not exist`],
  },
  DescribeKeyPairs: {
    result: 'KeyPairs',
    shape: 'KeyPairInfo',
    items: (region) => region.keyPairs.values(),
    ids: [
      ['KeyNames', 'KeyName'],
      ['KeyPairIds', 'KeyPairId'],
    ],
    missing: (id, parameter) =>
      parameter === 'KeyNames'
        ? ['InvalidKeyPair.NotFound', `The key pair '${id}' does not exist`]
        : ['InvalidKeyPair.NotFound', `The key pair ID '${id}' does not exist`],
    paths: { fingerprint: 'KeyFingerprint' },
  },
  DescribeVolumes: {
    result: 'Volumes',
    shape: 'Volume',
    items: (region) => region.volumes.values(),
    ids: [['VolumeIds', 'VolumeId']],
    missing: (id) => ['InvalidVolume.NotFound', `The volume '${id}' does not exist.`],
    paths: {
      status: 'State',
      'attachment.instance-id': 'Attachments.InstanceId',
      'attachment.status': 'Attachments.State',
    },
  },
  DescribeNetworkInterfaces: {
    result: 'NetworkInterfaces',
    shape: 'NetworkInterface',
    items: (region) => region.networkInterfaces.values(),
    ids: [['NetworkInterfaceIds', 'NetworkInterfaceId']],
    missing: notFound('InvalidNetworkInterfaceID.NotFound', 'networkInterface ID'),
    paths: {
      'group-id': 'Groups.GroupId',
      'group-name': 'Groups.GroupName',
      'attachment.instance-id': 'Attachment.InstanceId',
    },
  },
  DescribeAddresses: {
    result: 'Addresses',
    shape: 'Address',
    items: (region) => region.addresses.values(),
    ids: [
      ['AllocationIds', 'AllocationId'],
      ['PublicIps', 'PublicIp'],
    ],
    missing: notFound('InvalidAllocationID.NotFound', 'allocation ID'),
  },
  DescribeLaunchTemplates: {
    result: 'LaunchTemplates',
    shape: 'LaunchTemplate',
    items: (region) => region.launchTemplates.values(),
    ids: [
      ['LaunchTemplateIds', 'LaunchTemplateId'],
      ['LaunchTemplateNames', 'LaunchTemplateName'],
    ],
    missing: (id, parameter) =>
      parameter === 'LaunchTemplateIds'
        ? ['InvalidLaunchTemplateId.NotFound', `The specified launch template, with template ID ${id}, does not exist.`]
        : [
            'InvalidLaunchTemplateName.NotFoundException',
            `The specified launch template, with template name ${id}, does not exist.`,
          ],
  },
  DescribeNatGateways: {
    result: 'NatGateways',
    shape: 'NatGateway',
    items: (region) => region.natGateways.values(),
    ids: [['NatGatewayIds', 'NatGatewayId']],
    missing: (id) => ['NatGatewayNotFound', `The Nat Gateway ${id} was not found`],
  },
  DescribeRegions: {
    result: 'Regions',
    shape: 'Region',
    items: () =>
      REGION_NAMES.map((name) => ({
        RegionName: name,
        Endpoint: `ec2.${name}.amazonaws.com`,
        OptInStatus: 'opt-in-not-required',
      })),
    ids: [['RegionNames', 'RegionName']],
    missing: (id) => ['InvalidParameterValue', `Invalid region name: ${id}`],
  },
  DescribeAvailabilityZones: {
    result: 'AvailabilityZones',
    shape: 'AvailabilityZone',
    items: (region) =>
      region.zones.map(({ name, id }) => ({
        State: 'available',
        OptInStatus: 'opt-in-not-required',
        Messages: [],
        RegionName: region.name,
        ZoneName: name,
        ZoneId: id,
        GroupName: region.name,
        NetworkBorderGroup: region.name,
        ZoneType: 'availability-zone',
      })),
    ids: [['ZoneNames', 'ZoneName']],
    missing: (id) => ['InvalidParameterValue', `Invalid availability zone: [${id}]`],
  },
  DescribeInstanceTypes: {
    result: 'InstanceTypes',
    shape: 'InstanceTypeInfo',
    items: () => Object.entries(INSTANCE_TYPES).map(([name, facts]) => instanceType(name, facts)),
    ids: [['InstanceTypes', 'InstanceType']],
    missing: (id) => ['InvalidInstanceType', `The following supplied instance types do not exist: [${id}]`],
  },
  DescribeNetworkAcls: {
    result: 'NetworkAcls',
    shape: 'NetworkAcl',
    items: networkAcls,
    ids: [['NetworkAclIds', 'NetworkAclId']],
    missing: notFound('InvalidNetworkAclID.NotFound', 'networkAcl ID'),
    paths: { 'association.subnet-id': 'Associations.SubnetId', default: 'IsDefault' },
  },
  DescribeDhcpOptions: {
    result: 'DhcpOptions',
    shape: 'DhcpOptions',
    items: dhcpOptions,
    ids: [['DhcpOptionsIds', 'DhcpOptionsId']],
    missing: notFound('InvalidDhcpOptionID.NotFound', 'dhcpOption ID'),
  },
  // Nobody can make one in this account.
  DescribeVpcEndpoints: {
    result: 'VpcEndpoints',
    shape: 'VpcEndpoint',
    items: () => [],
    ids: [['VpcEndpointIds', 'VpcEndpointId']],
    missing: (id) => ['InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`],
  },
};

function instanceType(name: string, [cpus, memory, , pods]: readonly [number, number, number, number]) {
  return {
    InstanceType: name,
    CurrentGeneration: !name.startsWith('t2'),
    FreeTierEligible: name === 't2.micro' || name === 't3.micro',
    SupportedUsageClasses: ['on-demand', 'spot'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: false,
    Hypervisor: name.startsWith('t2') ? 'xen' : 'nitro',
    ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
    BurstablePerformanceSupported: name.startsWith('t'),
    VCpuInfo: { DefaultVCpus: cpus },
    MemoryInfo: { SizeInMiB: memory },
    InstanceStorageSupported: false,
    NetworkInfo: { MaximumNetworkInterfaces: 3, Ipv4AddressesPerInterface: Math.floor((pods - 2) / 3) + 1 },
  };
}

const UNTAGGED = new Set([
  'Vpc',
  'Subnet',
  'SecurityGroup',
  'Volume',
  'NatGateway',
  'Address',
  'LaunchTemplate',
  'Instance',
]);

/** What Describe answers: the ids that were asked for, or all; then filtered. Raises the kind's NotFound. */
export function select(region: Region, params: JsonObject, kind: Kind): JsonObject[] {
  let items = [...kind.items(region)].map(toJsonObject);
  // EC2 leaves out an empty list of tags, but for a few kinds.
  if (UNTAGGED.has(kind.shape))
    for (const item of items) if (Array.isArray(item['Tags']) && item['Tags'].length === 0) delete item['Tags'];
  for (const [parameter, field] of kind.ids ?? []) {
    const wanted = textsOf(params, parameter);
    if (wanted.length === 0) continue;
    const missing = wanted.find((id) => !items.some((item) => item[field] === id));
    if (missing !== undefined)
      throw new AwsError(...(kind.missing?.(missing, parameter) ?? ['InvalidParameterValue', '']));
    items = items.filter((item) => wanted.includes(String(item[field])));
  }
  const shown = items.map((item) => whole(region, kind.shape, item));
  return filtered(shown, params, kind.paths ?? {}, structureMembers('ec2', kind.shape));
}

const describe =
  (kind: Kind): Operation =>
  ({ region, params }) => ({ [kind.result]: select(region, params, kind) });

const INSTANCES: Kind = {
  result: 'Instances',
  shape: 'Instance',
  items: (region) => region.instances.values(),
  ids: [['InstanceIds', 'InstanceId']],
  missing: (id) =>
    /^i-[0-9a-f]{8}([0-9a-f]{9})?$/.test(id)
      ? ['InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`]
      : ['InvalidInstanceID.Malformed', `Invalid id: "${id}"`],
  paths: {
    'instance-state-name': 'State.Name',
    'instance-state-code': 'State.Code',
    'availability-zone': 'Placement.AvailabilityZone',
    'private-dns-name': 'PrivateDnsName',
    'dns-name': 'PublicDnsName',
    'ip-address': 'PublicIpAddress',
    'group-id': 'SecurityGroups.GroupId',
    'instance.group-id': 'SecurityGroups.GroupId',
  },
};

function describeInstances({ region, params }: Call): JsonObject {
  const byReservation = new Map<string, JsonObject[]>();
  for (const item of select(region, params, INSTANCES)) {
    const id = String(item['ReservationId']);
    byReservation.set(id, [...(byReservation.get(id) ?? []), item]);
  }
  return {
    Reservations: [...byReservation].map(([ReservationId, Instances]) => ({
      Groups: [],
      Instances,
      OwnerId: region.account.id,
      RequesterId: '216786254013',
      ReservationId,
    })),
  };
}

function describeInstanceStatus({ region, params }: Call): JsonObject {
  const all = params['IncludeAllInstances'] === true;
  const items = select(region, params, INSTANCES).filter(
    (item) => all || region.instances.get(String(item['InstanceId']))?.State.Name === 'running',
  );
  return {
    InstanceStatuses: items.map((item) => {
      const running = region.instances.get(String(item['InstanceId']))?.State.Name === 'running';
      const status = running
        ? { Details: [{ Name: 'reachability', Status: 'passed' }], Status: 'ok' }
        : { Status: 'not-applicable' };
      return {
        AvailabilityZone: (item['Placement'] as JsonObject)['AvailabilityZone'] ?? '',
        InstanceId: item['InstanceId'] ?? '',
        InstanceState: item['State'] ?? {},
        InstanceStatus: status,
        SystemStatus: status,
      };
    }),
  };
}

function describeTags({ region, params }: Call): JsonObject {
  const out: JsonObject[] = [];
  for (const [type, map, field] of TAGGED) {
    for (const [id, resource] of region[map]) {
      const tags = toJsonObject(resource)[field];
      if (!Array.isArray(tags)) continue;
      for (const tag of tags) out.push({ ...toJsonObject(tag), ResourceId: id, ResourceType: type });
    }
  }
  const known = new Set(['Key', 'Value', 'ResourceId', 'ResourceType']);
  return { Tags: filtered(out, params, {}, known) };
}

/** Which tables hold things with tags: the type's name, the table, the field. */
export const TAGGED = [
  ['vpc', 'vpcs', 'Tags'],
  ['subnet', 'subnets', 'Tags'],
  ['internet-gateway', 'internetGateways', 'Tags'],
  ['natgateway', 'natGateways', 'Tags'],
  ['route-table', 'routeTables', 'Tags'],
  ['security-group', 'securityGroups', 'Tags'],
  ['instance', 'instances', 'Tags'],
  ['volume', 'volumes', 'Tags'],
  ['network-interface', 'networkInterfaces', 'TagSet'],
  ['elastic-ip', 'addresses', 'Tags'],
  ['launch-template', 'launchTemplates', 'Tags'],
] as const;

/** EKS's own account, which the images of nodes belong to. */
const EKS_ACCOUNT = '602401143452';

function imageView(image: NodeImage): JsonObject {
  const { version, release, ami } = image;
  const day = release.slice(release.indexOf('-') + 1);
  const name = imageName(image);
  return {
    Architecture: 'x86_64',
    CreationDate: `${day.replace(/(....)(..)(..)/, '$1-$2-$3')}T06:12:41.000Z`,
    ImageId: ami,
    ImageLocation: `amazon/${name}`,
    ImageType: 'machine',
    Public: true,
    OwnerId: EKS_ACCOUNT,
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    State: 'available',
    Description: `EKS-optimized Kubernetes node based on Amazon Linux 2023, (k8s: ${version}, containerd: 2.1.*)`,
    EnaSupport: true,
    Hypervisor: 'xen',
    ImageOwnerAlias: 'amazon',
    Name: name,
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    SriovNetSupport: 'simple',
    VirtualizationType: 'hvm',
    BootMode: 'uefi-preferred',
  };
}

/** The images of EKS nodes, by id or those of EKS's account; images of one's own there are none. */
function describeImages({ params, account }: Call): JsonObject {
  const ids = textsOf(params, 'ImageIds');
  const missing = ids.find((id) => !NODE_IMAGES.some(({ ami }) => ami === id));
  if (missing !== undefined && /^ami-[0-9a-f]{8}([0-9a-f]{9})?$/.test(missing))
    throw new AwsError('InvalidAMIID.NotFound', `The image id '[${missing}]' does not exist`);
  if (missing !== undefined) throw new AwsError('InvalidAMIID.Malformed', `Invalid id: "${missing}"`);
  const owners = textsOf(params, 'Owners');
  const own = owners.length > 0 && owners.every((owner) => owner === 'self' || owner === account.id);
  if (own) return { Images: [] };
  if (ids.length === 0 && !owners.includes(EKS_ACCOUNT))
    throw notModelled(`images other than those of EKS's nodes (--image-ids, or --owners ${EKS_ACCOUNT})`);
  const images = NODE_IMAGES.filter(({ ami }) => ids.length === 0 || ids.includes(ami)).map(imageView);
  return { Images: filtered(images, params, {}, structureMembers('ec2', 'Image')) };
}

/** Snapshots that somebody has made of volumes: nobody can here. */
function describeSnapshots({ account, params }: Call): JsonObject {
  const owners = textsOf(params, 'OwnerIds');
  const own = owners.length > 0 && owners.every((owner) => owner === 'self' || owner === account.id);
  const [id] = textsOf(params, 'SnapshotIds');
  if (id !== undefined) throw new AwsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`);
  if (!own) throw notModelled('the snapshots of other accounts (--owner-ids self lists your own)');
  return { Snapshots: [] };
}

function describeVpcAttribute(call: Call): JsonObject {
  const id = required(call.params, 'VpcId');
  const vpc = call.region.vpcs.get(id);
  if (!vpc) throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
  const attribute = required(call.params, 'Attribute');
  const values: Readonly<Record<string, boolean>> = {
    enableDnsSupport: true,
    enableDnsHostnames: vpc.IsDefault || vpc.dnsHostnames === true,
    enableNetworkAddressUsageMetrics: false,
  };
  const value = values[attribute];
  if (value === undefined)
    throw new AwsError('InvalidParameterValue', `Value (${attribute}) for parameter attribute is invalid.`);
  return { VpcId: id, [`${attribute.charAt(0).toUpperCase()}${attribute.slice(1)}`]: { Value: value } };
}

function describeAccountAttributes({ region, params }: Call): JsonObject {
  const wanted = textsOf(params, 'AttributeNames');
  const defaultVpc = [...region.vpcs.values()].find(({ IsDefault }) => IsDefault)?.VpcId ?? 'none';
  const attributes: readonly (readonly [string, string])[] = [
    ['supported-platforms', 'VPC'],
    ['vpc-max-security-groups-per-interface', '5'],
    ['max-elastic-ips', '5'],
    ['max-instances', '20'],
    ['vpc-max-elastic-ips', '5'],
    ['default-vpc', defaultVpc],
  ];
  return {
    AccountAttributes: attributes
      .filter(([name]) => wanted.length === 0 || wanted.includes(name))
      .map(([AttributeName, AttributeValue]) => ({ AttributeName, AttributeValues: [{ AttributeValue }] })),
  };
}

/** Every type is offered everywhere. */
function describeInstanceTypeOfferings({ region, params }: Call): JsonObject {
  const LocationType = textOf(params, 'LocationType') ?? 'region';
  const places: Readonly<Record<string, readonly string[]>> = {
    region: [region.name],
    'availability-zone': region.zones.map(({ name }) => name),
    'availability-zone-id': region.zones.map(({ id }) => id),
  };
  const offerings = Object.keys(INSTANCE_TYPES).flatMap((InstanceType) =>
    (places[LocationType] ?? []).map((Location): JsonObject => ({ InstanceType, LocationType, Location })),
  );
  const known = new Set(['InstanceType', 'Location']);
  return { InstanceTypeOfferings: filtered(offerings, params, {}, known) };
}

export const describeOperations: Service = {
  ...Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, describe(kind)])),
  DescribeInstances: describeInstances,
  DescribeInstanceStatus: describeInstanceStatus,
  DescribeTags: describeTags,
  DescribeImages: describeImages,
  DescribeSnapshots: describeSnapshots,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeAccountAttributes: describeAccountAttributes,
  DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
};

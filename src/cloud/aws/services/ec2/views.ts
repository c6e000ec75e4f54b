import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { objectOf, objectsOf, textOf, toJsonObject } from '../../params.ts';
import { INSTANCE_TYPES } from '../../prices.ts';
import type { Region } from '../../region.ts';
import { privateName } from './instances.ts';

// What EC2 says of a resource beside what the world keeps of it: settings that nobody can change here, and parts of other resources.

type View = (region: Region, item: JsonObject) => JsonObject;

const NO_BLOCK = { BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' } };

/** An id that belongs to another resource and stays with it. */
function idOf(region: Region, prefix: string, of: string): string {
  return `${prefix}-0${region.account.random.fork(`${prefix}/${of}`).hex(16)}`;
}

const rules = (item: JsonObject, field: string): JsonObject[] =>
  objectsOf(item, field).map((rule) => ({ ...rule, Ipv6Ranges: [], PrefixListIds: [] }));

const VIEWS: Readonly<Record<string, View>> = {
  Vpc: (region, item) => ({
    ...item,
    CidrBlockAssociationSet: [
      {
        AssociationId: idOf(region, 'vpc-cidr-assoc', String(item['VpcId'])),
        CidrBlock: item['CidrBlock'] ?? '',
        CidrBlockState: { State: 'associated' },
      },
    ],
    ...NO_BLOCK,
  }),
  Subnet: (_, item) => ({
    ...item,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    ...NO_BLOCK,
  }),
  SecurityGroup: (region, item) => ({
    ...item,
    IpPermissions: rules(item, 'IpPermissions'),
    IpPermissionsEgress: rules(item, 'IpPermissionsEgress'),
    SecurityGroupArn: region.arn('ec2', `security-group/${item['GroupId']}`),
  }),
  RouteTable: (_, item) => ({ ...item, PropagatingVgws: [] }),
  Volume: (_, item) => ({ ...item, SnapshotId: '' }),
  NetworkInterface: networkInterface,
  Instance: instance,
};

/** The item of a Describe answer, whole. */
export function whole(region: Region, shape: string, item: JsonObject): JsonObject {
  return VIEWS[shape]?.(region, item) ?? item;
}

function macOf(region: Region, id: string): string {
  const hex = region.account.random.fork(`mac/${id}`).hex(10);
  return `02:${hex.match(/../g)?.join(':') ?? ''}`;
}

function networkInterface(region: Region, item: JsonObject): JsonObject {
  const address = String(item['PrivateIpAddress']);
  const name = privateName(region.name, address);
  const association = item['Association'];
  const attachment = objectOf(item, 'Attachment');
  const owner = region.instances.get(textOf(attachment, 'InstanceId') ?? '');
  return {
    ...item,
    ...(owner
      ? {
          Attachment: {
            ...attachment,
            AttachTime: owner.LaunchTime,
            DeleteOnTermination: true,
            NetworkCardIndex: 0,
          },
        }
      : {}),
    Ipv6Addresses: [],
    MacAddress: macOf(region, String(item['NetworkInterfaceId'])),
    PrivateDnsName: name,
    PrivateIpAddresses: [
      {
        Primary: true,
        PrivateDnsName: name,
        PrivateIpAddress: address,
        ...(association === undefined ? {} : { Association: association }),
      },
    ],
    SourceDestCheck: item['InterfaceType'] !== 'nat_gateway',
  };
}

function instance(region: Region, item: JsonObject): JsonObject {
  const id = String(item['InstanceId']);
  const type = textOf(item, 'InstanceType') ?? '';
  const volumes = [...region.volumes.values()].filter((volume) =>
    volume.Attachments.some((one) => one.InstanceId === id),
  );
  const interfaces = [...region.networkInterfaces.values()].filter((eni) => eni.Attachment?.InstanceId === id);
  return {
    ...item,
    AmiLaunchIndex: 0,
    Monitoring: { State: 'disabled' },
    ProductCodes: [],
    StateTransitionReason: '',
    Architecture: 'x86_64',
    BlockDeviceMappings: volumes.flatMap((volume) =>
      volume.Attachments.map(({ Device, AttachTime, DeleteOnTermination, State, VolumeId }) => ({
        DeviceName: Device,
        Ebs: { AttachTime, DeleteOnTermination, Status: State, VolumeId },
      })),
    ),
    ClientToken: '',
    EbsOptimized: false,
    EnaSupport: true,
    Hypervisor: 'xen',
    NetworkInterfaces: interfaces.map((eni) => ownInterface(region, toJsonObject(eni))),
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    SourceDestCheck: true,
    VirtualizationType: 'hvm',
    CpuOptions: { CoreCount: Math.max(1, (INSTANCE_TYPES[type]?.[0] ?? 2) / 2), ThreadsPerCore: 2 },
    CapacityReservationSpecification: { CapacityReservationPreference: 'open' },
    HibernationOptions: { Configured: false },
    MetadataOptions: {
      State: 'applied',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 2,
      HttpEndpoint: 'enabled',
      HttpProtocolIpv6: 'disabled',
      InstanceMetadataTags: 'disabled',
    },
    EnclaveOptions: { Enabled: false },
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    UsageOperationUpdateTime: item['LaunchTime'] ?? 0,
    PrivateDnsNameOptions: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    MaintenanceOptions: { AutoRecovery: 'default' },
  };
}

/** An interface as its instance shows it. */
function ownInterface(region: Region, item: JsonObject): JsonObject {
  const { RequesterId, RequesterManaged, AvailabilityZone, TagSet, ...shown } = networkInterface(region, item);
  const { InstanceId, InstanceOwnerId, ...attachment } = objectOf(shown, 'Attachment');
  return { ...shown, Attachment: attachment };
}

/** The one that every VPC has, which lets everything through and which nobody can change here. */
export function networkAcls(region: Region): JsonObject[] {
  return [...region.vpcs.values()].map((vpc) => {
    const id = idOf(region, 'acl', vpc.VpcId);
    const subnets = [...region.subnets.values()].filter(({ VpcId }) => VpcId === vpc.VpcId);
    const entry = (Egress: boolean, RuleNumber: number, RuleAction: string): JsonObject => ({
      CidrBlock: '0.0.0.0/0',
      Egress,
      Protocol: '-1',
      RuleAction,
      RuleNumber,
    });
    return {
      Associations: subnets.map(({ SubnetId }) => ({
        NetworkAclAssociationId: idOf(region, 'aclassoc', SubnetId),
        NetworkAclId: id,
        SubnetId,
      })),
      Entries: [true, false].flatMap((out) => [entry(out, 100, 'allow'), entry(out, 32_767, 'deny')]),
      IsDefault: true,
      NetworkAclId: id,
      Tags: [],
      VpcId: vpc.VpcId,
      OwnerId: region.account.id,
    };
  });
}

/** What a region's VPCs share. */
export function dhcpOptions(region: Region): JsonObject[] {
  const ids = new Set([...region.vpcs.values()].map(({ DhcpOptionsId }) => DhcpOptionsId));
  const domain = region.name === 'us-east-1' ? 'ec2.internal' : `${region.name}.compute.internal`;
  return [...ids].map((DhcpOptionsId) => ({
    DhcpConfigurations: [
      { Key: 'domain-name', Values: [{ Value: domain }] },
      { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
    ],
    DhcpOptionsId,
    OwnerId: region.account.id,
    Tags: [],
  }));
}

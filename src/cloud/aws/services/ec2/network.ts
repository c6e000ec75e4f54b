import { type Cidr, contains, cidr as parseCidr } from '../../../../world/network/address.ts';
import { AwsError } from '../../errors.ts';
import type { Tag } from '../../params.ts';
import { HOURS_A_MONTH, PRICES, VOLUME_PRICES } from '../../prices.ts';
import type { Region } from '../../region.ts';
import type {
  Address,
  InternetGateway,
  IpPermission,
  NatGateway,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  Subnet,
  Volume,
  Vpc,
} from '../../types/ec2.ts';

/** Quotas of a new account. */
export const MAX_VPCS = 5;
export const MAX_ADDRESSES = 5;
/** ms until a NAT gateway is there, and until it is gone. */
const NAT_CREATED = 100_000;
const NAT_DELETED = 50_000;

/** Raises InvalidParameterValue. */
function blockOf(text: string): Cidr {
  const block = /^[\d.]+\/\d+$/.test(text) ? parseCidr(text) : undefined;
  if (block) return block;
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
  );
}

/** VPCs and subnets are not larger than /16 and not smaller than /28. */
const isAllowed = ({ prefix }: Cidr) => prefix >= 16 && prefix <= 28;

/** Raises InvalidParameterValue, InvalidVpc.Range and VpcLimitExceeded. */
export function addVpc(region: Region, cidr: string, tags: Tag[], isDefault = false): Vpc {
  if (!isAllowed(blockOf(cidr))) throw new AwsError('InvalidVpc.Range', `The CIDR '${cidr}' is invalid.`);
  if (region.vpcs.size >= MAX_VPCS)
    throw new AwsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
  const vpc: Vpc = {
    VpcId: region.id('vpc'),
    CidrBlock: cidr,
    State: 'available',
    IsDefault: isDefault,
    InstanceTenancy: 'default',
    DhcpOptionsId: [...region.vpcs.values()][0]?.DhcpOptionsId ?? region.id('dopt'),
    OwnerId: region.account.id,
    Tags: tags,
  };
  region.vpcs.set(vpc.VpcId, vpc);
  if (!isDefault) {
    addMainRouteTable(region, vpc);
    addSecurityGroup(region, vpc.VpcId, 'default', 'default VPC security group');
  }
  return vpc;
}

/** Raises InvalidParameterValue, InvalidSubnet.Range and InvalidSubnet.Conflict. */
export function addSubnet(
  region: Region,
  { vpc, cidr, zone, tags, isPublic }: { vpc: Vpc; cidr: string; zone: string; tags: Tag[]; isPublic: boolean },
): Subnet {
  const block = blockOf(cidr);
  const whole = blockOf(vpc.CidrBlock);
  if (!isAllowed(block) || block.prefix < whole.prefix || !contains(whole, block.network))
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`);
  for (const other of region.subnets.values()) {
    if (other.VpcId !== vpc.VpcId) continue;
    const taken = blockOf(other.CidrBlock);
    if (contains(block, taken.network) || contains(taken, block.network))
      throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`);
  }
  if (!region.zones.some(({ name }) => name === zone))
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${region.zones.map(({ name }) => name).join(', ')}.`,
    );
  const id = region.id('subnet');
  const bits = Number(cidr.split('/')[1] ?? '24');
  const subnet: Subnet = {
    SubnetId: id,
    VpcId: vpc.VpcId,
    CidrBlock: cidr,
    AvailabilityZone: zone,
    AvailabilityZoneId: region.zones.find((candidate) => candidate.name === zone)?.id ?? '',
    AvailableIpAddressCount: 2 ** (32 - bits) - 5,
    State: 'available',
    DefaultForAz: false,
    MapPublicIpOnLaunch: isPublic,
    OwnerId: region.account.id,
    SubnetArn: region.arn('ec2', `subnet/${id}`),
    Tags: tags,
  };
  region.subnets.set(id, subnet);
  return subnet;
}

export function addRouteTable(region: Region, vpc: string, tags: Tag[]): RouteTable {
  const table: RouteTable = {
    RouteTableId: region.id('rtb'),
    VpcId: vpc,
    OwnerId: region.account.id,
    Associations: [],
    Routes: [
      {
        DestinationCidrBlock: region.vpcs.get(vpc)?.CidrBlock ?? '',
        GatewayId: 'local',
        Origin: 'CreateRouteTable',
        State: 'active',
      },
    ],
    Tags: tags,
  };
  region.routeTables.set(table.RouteTableId, table);
  return table;
}

export function addMainRouteTable(region: Region, vpc: Vpc): RouteTable {
  const table = addRouteTable(region, vpc.VpcId, []);
  table.Associations.push({
    Main: true,
    RouteTableAssociationId: region.id('rtbassoc'),
    RouteTableId: table.RouteTableId,
    AssociationState: { State: 'associated' },
  });
  return table;
}

/** Raises InvalidGroup.Duplicate. */
export function addSecurityGroup(
  region: Region,
  vpc: string,
  name: string,
  description: string,
  tags: Tag[] = [],
): SecurityGroup {
  for (const group of region.securityGroups.values())
    if (group.VpcId === vpc && group.GroupName === name)
      throw new AwsError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc}'`);
  const group: SecurityGroup = {
    GroupId: region.id('sg'),
    GroupName: name,
    Description: description,
    VpcId: vpc,
    OwnerId: region.account.id,
    IpPermissions: [],
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], UserIdGroupPairs: [] }],
    Tags: tags,
  };
  if (name === 'default') allow(group, { IpProtocol: '-1' }, group.GroupId);
  region.securityGroups.set(group.GroupId, group);
  return group;
}

/** Lets in what comes from a range or from another group. */
export function allow(
  group: SecurityGroup,
  ports: { IpProtocol: string; FromPort?: number; ToPort?: number },
  source: string,
  description?: string,
): void {
  const same = (rule: IpPermission) =>
    rule.IpProtocol === ports.IpProtocol && rule.FromPort === ports.FromPort && rule.ToPort === ports.ToPort;
  let rule = group.IpPermissions.find(same);
  if (!rule) {
    rule = { ...ports, IpRanges: [], UserIdGroupPairs: [] };
    group.IpPermissions.push(rule);
  }
  const about = description === undefined ? {} : { Description: description };
  if (source.startsWith('sg-')) rule.UserIdGroupPairs.push({ GroupId: source, UserId: group.OwnerId, ...about });
  else rule.IpRanges.push({ CidrIp: source, ...about });
}

export function groupReferences(region: Region, ids: readonly string[]): { GroupId: string; GroupName: string }[] {
  return ids.map((id) => ({ GroupId: id, GroupName: region.securityGroups.get(id)?.GroupName ?? '' }));
}

export function addInterface(
  region: Region,
  subnet: Subnet,
  options: {
    description: string;
    groups: readonly string[];
    type?: string;
    requester?: string;
    tags?: Tag[];
    address?: string;
  },
): NetworkInterface {
  const made: NetworkInterface = {
    NetworkInterfaceId: region.id('eni'),
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    AvailabilityZone: subnet.AvailabilityZone,
    Description: options.description,
    InterfaceType: options.type ?? 'interface',
    OwnerId: region.account.id,
    PrivateIpAddress: options.address ?? region.takeAddress(subnet),
    ...(options.requester === undefined ? {} : { RequesterId: options.requester }),
    RequesterManaged: options.requester !== undefined,
    Status: 'in-use',
    Groups: groupReferences(region, options.groups),
    TagSet: options.tags ?? [],
  };
  region.networkInterfaces.set(made.NetworkInterfaceId, made);
  return made;
}

export function removeInterface(region: Region, id: string): void {
  const found = region.networkInterfaces.get(id);
  if (!found) return;
  region.releaseAddress(region.subnets.get(found.SubnetId), found.PrivateIpAddress);
  region.networkInterfaces.delete(id);
}

/** Raises AddressLimitExceeded. */
export function addAddress(region: Region, tags: Tag[]): Address {
  if (region.addresses.size >= MAX_ADDRESSES)
    throw new AwsError('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
  const address: Address = {
    AllocationId: region.id('eipalloc'),
    PublicIp: region.takePublicAddress(),
    Domain: 'vpc',
    NetworkBorderGroup: region.name,
    PublicIpv4Pool: 'amazon',
    Tags: tags,
    created: region.account.now,
  };
  region.addresses.set(address.AllocationId, address);
  const { account } = region;
  account.costs.start(address.AllocationId, 'EC2 - Other', 'ElasticIP', PRICES.publicAddress, account.now);
  return address;
}

export function removeAddress(region: Region, id: string): void {
  region.addresses.delete(id);
  region.account.costs.stop(id, region.account.now);
}

export function addInternetGateway(region: Region, tags: Tag[]): InternetGateway {
  const gateway = { InternetGatewayId: region.id('igw'), OwnerId: region.account.id, Attachments: [], Tags: tags };
  region.internetGateways.set(gateway.InternetGatewayId, gateway);
  return gateway;
}

export function addNatGateway(region: Region, subnet: Subnet, address: Address, tags: Tag[]): NatGateway {
  const { account } = region;
  const id = region.id('nat');
  const eni = addInterface(region, subnet, {
    description: `Interface for NAT Gateway ${id}`,
    groups: [],
    type: 'nat_gateway',
    requester: '013143204512',
  });
  eni.Association = { IpOwnerId: account.id, PublicIp: address.PublicIp, AllocationId: address.AllocationId };
  address.AssociationId = region.id('eipassoc');
  address.NetworkInterfaceId = eni.NetworkInterfaceId;
  address.NetworkInterfaceOwnerId = account.id;
  address.PrivateIpAddress = eni.PrivateIpAddress;
  const gateway: NatGateway = {
    NatGatewayId: id,
    VpcId: subnet.VpcId,
    SubnetId: subnet.SubnetId,
    State: 'pending',
    CreateTime: account.now,
    ConnectivityType: 'public',
    NatGatewayAddresses: [
      {
        AllocationId: address.AllocationId,
        NetworkInterfaceId: eni.NetworkInterfaceId,
        PrivateIp: eni.PrivateIpAddress,
        PublicIp: address.PublicIp,
        IsPrimary: true,
        Status: 'succeeded',
      },
    ],
    Tags: tags,
  };
  region.natGateways.set(id, gateway);
  account.costs.start(id, 'EC2 - Other', 'NatGateway-Hours', PRICES.nat, account.now);
  account.after(NAT_CREATED, () => {
    if (gateway.State === 'pending') gateway.State = 'available';
  });
  return gateway;
}

/** A NAT gateway goes slowly, and stays in the list for an hour. */
export function deleteNatGateway(region: Region, gateway: NatGateway): void {
  const { account } = region;
  if (gateway.State === 'deleting' || gateway.State === 'deleted') return;
  gateway.State = 'deleting';
  account.after(NAT_DELETED, () => {
    gateway.State = 'deleted';
    gateway.DeleteTime = account.now;
    account.costs.stop(gateway.NatGatewayId, account.now);
    for (const { NetworkInterfaceId, AllocationId } of gateway.NatGatewayAddresses) {
      removeInterface(region, NetworkInterfaceId);
      const address = region.addresses.get(AllocationId);
      if (!address) continue;
      delete address.AssociationId;
      delete address.NetworkInterfaceId;
      delete address.NetworkInterfaceOwnerId;
      delete address.PrivateIpAddress;
    }
    account.after(3_600_000, () => region.natGateways.delete(gateway.NatGatewayId));
  });
}

/** `gp3` comes with 3000 IOPS and 125 MiB/s; `gp2` has 3 IOPS a GiB, at least 100. */
export function addVolume(
  region: Region,
  { zone, size, type, tags }: { zone: string; size: number; type: string; tags: Tag[] },
): Volume {
  const { account } = region;
  const volume: Volume = {
    VolumeId: region.id('vol'),
    AvailabilityZone: zone,
    CreateTime: account.now,
    Encrypted: false,
    Iops: type === 'gp3' ? 3000 : Math.max(100, size * 3),
    Size: size,
    State: 'available',
    VolumeType: type,
    ...(type === 'gp3' ? { Throughput: 125 } : {}),
    MultiAttachEnabled: false,
    Attachments: [],
    Tags: tags,
  };
  region.volumes.set(volume.VolumeId, volume);
  const rate = (size * (VOLUME_PRICES[type] ?? VOLUME_PRICES['gp2'] ?? 0)) / HOURS_A_MONTH;
  account.costs.start(volume.VolumeId, 'EC2 - Other', `EBS:VolumeUsage.${type}`, rate, account.now);
  return volume;
}

export function removeVolume(region: Region, id: string): void {
  region.volumes.delete(id);
  region.account.costs.stop(id, region.account.now);
}

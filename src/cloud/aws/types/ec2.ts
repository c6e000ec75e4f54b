// In the words and with the field names of AWS's own APIs, so that an answer is the resource. Times are ms since 1970.
// Fields that only the world needs begin with a lower-case letter where AWS's do not.
import type { Tag } from '../params.ts';
import type { Tagged } from './tagged.ts';

export interface Vpc extends Tagged {
  VpcId: string;
  CidrBlock: string;
  State: string;
  IsDefault: boolean;
  InstanceTenancy: string;
  DhcpOptionsId: string;
  OwnerId: string;
  /** Instances with public addresses get public names. */
  dnsHostnames?: boolean;
}

export interface Subnet extends Tagged {
  SubnetId: string;
  VpcId: string;
  CidrBlock: string;
  AvailabilityZone: string;
  AvailabilityZoneId: string;
  AvailableIpAddressCount: number;
  State: string;
  DefaultForAz: boolean;
  MapPublicIpOnLaunch: boolean;
  OwnerId: string;
  SubnetArn: string;
}

export interface InternetGateway extends Tagged {
  InternetGatewayId: string;
  OwnerId: string;
  Attachments: { State: string; VpcId: string }[];
}

export interface NatGateway extends Tagged {
  NatGatewayId: string;
  VpcId: string;
  SubnetId: string;
  State: string;
  CreateTime: number;
  DeleteTime?: number;
  ConnectivityType: string;
  NatGatewayAddresses: {
    AllocationId: string;
    NetworkInterfaceId: string;
    PrivateIp: string;
    PublicIp: string;
    IsPrimary: boolean;
    Status: string;
  }[];
}

export interface RouteTable extends Tagged {
  RouteTableId: string;
  VpcId: string;
  OwnerId: string;
  Associations: {
    Main: boolean;
    RouteTableAssociationId: string;
    RouteTableId: string;
    SubnetId?: string;
    AssociationState: { State: string };
  }[];
  Routes: { DestinationCidrBlock: string; GatewayId?: string; NatGatewayId?: string; Origin: string; State: string }[];
}

export interface IpPermission {
  IpProtocol: string;
  FromPort?: number;
  ToPort?: number;
  IpRanges: { CidrIp: string; Description?: string }[];
  UserIdGroupPairs: { GroupId: string; UserId: string; Description?: string }[];
}

export interface SecurityGroup extends Tagged {
  GroupId: string;
  GroupName: string;
  Description: string;
  VpcId: string;
  OwnerId: string;
  IpPermissions: IpPermission[];
  IpPermissionsEgress: IpPermission[];
}

export interface KeyPair extends Tagged {
  KeyPairId: string;
  KeyName: string;
  KeyType: string;
  KeyFingerprint: string;
  CreateTime: number;
}

export interface Instance extends Tagged {
  InstanceId: string;
  ImageId: string;
  InstanceType: string;
  KeyName?: string;
  LaunchTime: number;
  State: { Code: number; Name: string };
  StateReason?: { Code: string; Message: string };
  Placement: { AvailabilityZone: string; Tenancy: string };
  PrivateDnsName: string;
  PrivateIpAddress?: string;
  PublicDnsName: string;
  PublicIpAddress?: string;
  SubnetId?: string;
  VpcId?: string;
  SecurityGroups: { GroupId: string; GroupName: string }[];
  IamInstanceProfile?: { Arn: string; Id: string };
  ReservationId: string;
  /** Volumes and interfaces that are its own. */
  volumes: string[];
  interfaces: string[];
}

export interface Volume extends Tagged {
  VolumeId: string;
  AvailabilityZone: string;
  CreateTime: number;
  Encrypted: boolean;
  Iops: number;
  Size: number;
  State: string;
  VolumeType: string;
  Throughput?: number;
  MultiAttachEnabled: boolean;
  Attachments: {
    AttachTime: number;
    Device: string;
    InstanceId: string;
    State: string;
    VolumeId: string;
    DeleteOnTermination: boolean;
  }[];
}

export interface NetworkInterface {
  NetworkInterfaceId: string;
  SubnetId: string;
  VpcId: string;
  AvailabilityZone: string;
  Description: string;
  InterfaceType: string;
  OwnerId: string;
  PrivateIpAddress: string;
  RequesterId?: string;
  RequesterManaged: boolean;
  Status: string;
  Groups: { GroupId: string; GroupName: string }[];
  Association?: { IpOwnerId: string; PublicIp: string; AllocationId?: string };
  Attachment?: {
    AttachmentId: string;
    InstanceOwnerId: string;
    InstanceId?: string;
    DeviceIndex: number;
    Status: string;
  };
  TagSet: Tag[];
}

export interface Address extends Tagged {
  AllocationId: string;
  AssociationId?: string;
  PublicIp: string;
  Domain: string;
  NetworkInterfaceId?: string;
  NetworkInterfaceOwnerId?: string;
  PrivateIpAddress?: string;
  NetworkBorderGroup: string;
  PublicIpv4Pool: string;
  /** Since when it is paid for. */
  created: number;
}

export interface LaunchTemplate extends Tagged {
  LaunchTemplateId: string;
  LaunchTemplateName: string;
  CreateTime: number;
  CreatedBy: string;
  DefaultVersionNumber: number;
  LatestVersionNumber: number;
  data: { KeyName?: string; VolumeSize: number; VolumeType: string; SecurityGroupIds: string[] };
}

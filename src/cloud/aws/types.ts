// The resources of an account, in the words and with the field names of AWS's own APIs, so that an answer is the resource.
// Times are ms since 1970. Fields that only the world needs begin with a lower-case letter where AWS's do not.
import type { Json, JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Tag } from './params.ts';

interface Tagged {
  Tags?: Tag[];
}

export interface Vpc extends Tagged {
  VpcId: string;
  CidrBlock: string;
  State: string;
  IsDefault: boolean;
  InstanceTenancy: string;
  DhcpOptionsId: string;
  OwnerId: string;
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

export interface LoadBalancer {
  kind: 'classic' | 'network' | 'application';
  name: string;
  arn: string;
  dnsName: string;
  scheme: string;
  vpc: string;
  subnets: string[];
  groups: string[];
  interfaces: string[];
  created: number;
  state: 'provisioning' | 'active';
  tags: Tag[];
  listeners: {
    port: number;
    protocol: string;
    instancePort: number;
    arn: string;
    /** ARNs in ACM of a listener with TLS; the first is the default. */
    certificates?: string[];
    targetGroup?: string;
    rules?: ListenerRule[];
  }[];
  /** Instance ids behind it. */
  instances: string[];
  healthCheckPort: number;
}

/** One rule of an application load balancer's listener; the last one is the default. */
export interface ListenerRule {
  arn: string;
  /** `1`, `2`, …, or `default`. */
  priority: string;
  /** Empty for any. */
  hosts: readonly string[];
  paths: readonly string[];
  /** Answered instead of asking a target. */
  fixed?: { status: number; text: string } | undefined;
  /** Sent to the same place at this port, with TLS. */
  redirect?: number | undefined;
  targetGroup?: string | undefined;
}

export interface TargetGroup {
  arn: string;
  name: string;
  protocol: string;
  port: number;
  vpc: string;
  targetType: string;
  healthPath?: string;
  loadBalancers: string[];
  /** `problem`: what the last health check found, empty when all was well. */
  targets: { id: string; port: number; problem?: string }[];
  tags: Tag[];
}

export interface AcmCertificate {
  arn: string;
  domain: string;
  /** All domains that it is for. */
  names: string[];
  type: 'IMPORTED' | 'AMAZON_ISSUED';
  status: 'ISSUED' | 'PENDING_VALIDATION' | 'VALIDATION_TIMED_OUT';
  created: number;
  /** Of an imported one. */
  pem?: string;
  chain?: string;
  /** Of a requested one: `DNS` or `EMAIL`, and what the record in the DNS is made of. */
  method?: string;
  proof?: readonly [name: string, value: string, zone: string];
  tags: Tag[];
}

export interface LogGroup {
  name: string;
  arn: string;
  created: number;
  streams: Map<string, LogStream>;
}

export interface LogStream {
  name: string;
  created: number;
  events: LogEvent[];
  /** How many there have been. */
  written: number;
}

export interface LogEvent {
  timestamp: number;
  message: string;
  id: string;
}

export interface IamUser {
  UserName: string;
  UserId: string;
  Arn: string;
  Path: string;
  CreateDate: number;
  policies: string[];
  accessKeys: AccessKey[];
}

export interface AccessKey {
  AccessKeyId: string;
  SecretAccessKey: string;
  UserName: string;
  Status: 'Active' | 'Inactive';
  CreateDate: number;
  /** Temporary credentials. */
  session?: { token: string; expires: number; identity: Identity };
}

export interface IamRole extends Tagged {
  RoleName: string;
  RoleId: string;
  Arn: string;
  Path: string;
  CreateDate: number;
  AssumeRolePolicyDocument: JsonObject;
  Description?: string;
  MaxSessionDuration: number;
  policies: string[];
  inline: Record<string, JsonObject>;
}

export interface IamPolicy {
  PolicyName: string;
  PolicyId: string;
  Arn: string;
  Path: string;
  DefaultVersionId: string;
  CreateDate: number;
  document: JsonObject;
  awsManaged: boolean;
}

export interface InstanceProfile {
  InstanceProfileName: string;
  InstanceProfileId: string;
  Arn: string;
  role: string;
  CreateDate: number;
}

export interface OidcProvider {
  Arn: string;
  Url: string;
  ClientIDList: string[];
  ThumbprintList: string[];
  CreateDate: number;
}

/** Who makes a request. */
export interface Identity {
  account: string;
  /** `arn:aws:iam::111122223333:user/x` or `arn:aws:sts::111122223333:assumed-role/x/session`. */
  arn: string;
  userId: string;
  /** Name of the user, or of the role with `role: true`. Empty for the root. */
  name: string;
  role: boolean;
}

export interface AutoScalingGroup {
  AutoScalingGroupName: string;
  AutoScalingGroupARN: string;
  LaunchTemplateId: string;
  MinSize: number;
  MaxSize: number;
  DesiredCapacity: number;
  DefaultCooldown: number;
  AvailabilityZones: string[];
  HealthCheckType: string;
  HealthCheckGracePeriod: number;
  CreatedTime: number;
  VPCZoneIdentifier: string;
  Tags: Tag[];
  instances: string[];
  instanceType: string;
  image: string;
  profile: { Arn: string; Id: string };
  activities: ScalingActivity[];
  deleting: boolean;
}

export interface ScalingActivity {
  ActivityId: string;
  AutoScalingGroupName: string;
  Description: string;
  Cause: string;
  StartTime: number;
  EndTime?: number;
  StatusCode: string;
  Progress: number;
}

export interface EksCluster {
  name: string;
  arn: string;
  createdAt: number;
  version: string;
  platformVersion: string;
  endpoint?: string;
  roleArn: string;
  status: 'CREATING' | 'ACTIVE' | 'DELETING' | 'UPDATING' | 'FAILED';
  certificateAuthority: { data?: string };
  issuer: string;
  serviceCidr: string;
  vpc: {
    subnetIds: string[];
    securityGroupIds: string[];
    clusterSecurityGroupId?: string;
    vpcId: string;
    endpointPublicAccess: boolean;
    endpointPrivateAccess: boolean;
    publicAccessCidrs: string[];
  };
  authenticationMode: string;
  /** Types of logs that are written to CloudWatch. */
  logging: Set<string>;
  updates: Map<string, EksUpdate>;
  tags: Record<string, string>;
  interfaces: string[];
  nodegroups: Map<string, Nodegroup>;
  addons: Map<string, Addon>;
  accessEntries: Map<string, AccessEntry>;
  fargateProfiles: Map<string, FargateProfile>;
}

export interface FargateProfile {
  fargateProfileName: string;
  fargateProfileArn: string;
  clusterName: string;
  createdAt: number;
  podExecutionRoleArn: string;
  subnets: string[];
  selectors: { namespace: string; labels: Record<string, string> }[];
  status: 'CREATING' | 'ACTIVE' | 'DELETING';
  tags: Record<string, string>;
}

export interface EksUpdate {
  id: string;
  status: 'InProgress' | 'Successful';
  type: string;
  params: { type: string; value: string }[];
  createdAt: number;
}

export interface Nodegroup {
  nodegroupName: string;
  nodegroupArn: string;
  clusterName: string;
  version: string;
  releaseVersion: string;
  createdAt: number;
  modifiedAt: number;
  status: 'CREATING' | 'ACTIVE' | 'DELETING' | 'UPDATING' | 'CREATE_FAILED' | 'DEGRADED';
  capacityType: string;
  scalingConfig: { minSize: number; maxSize: number; desiredSize: number };
  instanceTypes: string[];
  subnets: string[];
  amiType: string;
  nodeRole: string;
  labels: Record<string, string>;
  taints: { key: string; value?: string; effect: string }[];
  diskSize?: number;
  remoteAccess?: { ec2SshKey?: string };
  launchTemplate?: { name: string; id: string; version: string };
  tags: Record<string, string>;
  group: string;
  issues: { code: string; message: string; resourceIds: string[] }[];
}

export interface Addon {
  addonName: string;
  clusterName: string;
  addonVersion: string;
  addonArn: string;
  status: 'CREATING' | 'ACTIVE' | 'DELETING' | 'DEGRADED' | 'CREATE_FAILED';
  createdAt: number;
  modifiedAt: number;
  serviceAccountRoleArn?: string;
  tags: Record<string, string>;
  issues: { code: string; message: string; resourceIds: string[] }[];
}

export interface AccessEntry {
  clusterName: string;
  principalArn: string;
  kubernetesGroups: string[];
  accessEntryArn: string;
  createdAt: number;
  modifiedAt: number;
  username: string;
  type: string;
  tags: Record<string, string>;
  policies: { policyArn: string; accessScope: { type: string; namespaces: string[] }; associatedAt: number }[];
}

export interface Stack {
  StackId: string;
  StackName: string;
  Description: string;
  CreationTime: number;
  DeletionTime?: number;
  StackStatus: string;
  StackStatusReason?: string;
  DisableRollback: boolean;
  Capabilities: string[];
  Tags: Tag[];
  EnableTerminationProtection: boolean;
  outputs: { OutputKey: string; OutputValue: string; ExportName?: string }[];
  template: Template;
  resources: Map<string, StackResource>;
  events: StackEvent[];
  creator: Identity;
}

export interface StackResource {
  LogicalResourceId: string;
  PhysicalResourceId: string;
  ResourceType: string;
  ResourceStatus: string;
  ResourceStatusReason?: string;
  LastUpdatedTimestamp: number;
  attributes: Record<string, string>;
}

export interface StackEvent {
  EventId: string;
  LogicalResourceId: string;
  PhysicalResourceId: string;
  ResourceType: string;
  Timestamp: number;
  ResourceStatus: string;
  ResourceStatusReason?: string;
}

export interface Template {
  Description: string;
  Resources: Record<string, { Type: string; Properties: JsonObject; DependsOn?: string[] }>;
  Outputs: Record<string, { Value: Json; Export?: Json }>;
}

/** Something that was paid for by the hour, from when to when. */
export interface Usage {
  id: string;
  service: string;
  usageType: string;
  /** US dollars an hour. */
  rate: number;
  from: number;
  to?: number;
}

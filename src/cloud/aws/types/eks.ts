// In the words and with the field names of AWS's own APIs, so that an answer is the resource. Times are ms since 1970.
// Fields that only the world needs begin with a lower-case letter where AWS's do not.
import type { Tag } from '../params.ts';

export interface AutoScalingGroup {
  AutoScalingGroupName: string;
  AutoScalingGroupARN: string;
  LaunchTemplateId: string;
  templateVersion: number;
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
  associations: Map<string, PodIdentityAssociation>;
}

export interface PodIdentityAssociation {
  clusterName: string;
  namespace: string;
  serviceAccount: string;
  roleArn: string;
  associationArn: string;
  associationId: string;
  tags: Record<string, string>;
  createdAt: number;
  modifiedAt: number;
  disableSessionTags: boolean;
  /** The add-on that brought it. */
  ownerArn?: string;
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
  status: 'InProgress' | 'Successful' | 'Failed';
  type: string;
  params: { type: string; value: string }[];
  createdAt: number;
  errors: { errorCode: string; errorMessage: string; resourceIds: string[] }[];
  /** What is updated, unless it is the cluster itself. */
  nodegroup?: string;
  addon?: string;
}

/** `effect` is EKS's word: NO_SCHEDULE, NO_EXECUTE, PREFER_NO_SCHEDULE. */
export interface NodeTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
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
  taints: NodeTaint[];
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
  status: 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING' | 'DEGRADED' | 'CREATE_FAILED';
  createdAt: number;
  modifiedAt: number;
  serviceAccountRoleArn?: string;
  /** ARNs of the pod identity associations that it owns. */
  podIdentityAssociations?: string[];
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

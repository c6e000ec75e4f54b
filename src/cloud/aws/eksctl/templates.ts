import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { ClusterSpec, NodegroupSpec } from './spec.ts';

const ref = (name: string): JsonObject => ({ Ref: name });
const att = (name: string, field: string): JsonObject => ({ 'Fn::GetAtt': [name, field] });
const sub = (text: string): JsonObject => ({ 'Fn::Sub': text });
const join = (...parts: Json[]): JsonObject => ({ 'Fn::Join': [',', parts] });

function trust(service: string): JsonObject {
  return {
    Version: '2012-10-17',
    Statement: [{ Action: ['sts:AssumeRole', 'sts:TagSession'], Effect: 'Allow', Principal: { Service: [service] } }],
  };
}

const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;

/** `ap-northeast-2a` → `APNORTHEAST2A`, as eksctl makes logical ids of zones. */
function letters(zone: string): string {
  return zone.toUpperCase().replace(/-/g, '');
}

/** The /19 of a subnet: public ones first. */
export function subnetCidr(index: number): string {
  return `192.168.${32 * index}.0/19`;
}

/** The stack of the cluster itself: VPC, roles and control plane. eksctl: pkg/cfn/builder/cluster.go, vpc.go */
export function clusterTemplate(spec: ClusterSpec, zones: readonly string[], version: string): JsonObject {
  const resources: JsonObject = {
    VPC: {
      Type: 'AWS::EC2::VPC',
      Properties: { CidrBlock: '192.168.0.0/16', EnableDnsHostnames: true, EnableDnsSupport: true },
    },
    InternetGateway: { Type: 'AWS::EC2::InternetGateway', Properties: {} },
    VPCGatewayAttachment: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { InternetGatewayId: ref('InternetGateway'), VpcId: ref('VPC') },
    },
    PublicRouteTable: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('VPC') } },
    PublicSubnetRoute: {
      Type: 'AWS::EC2::Route',
      DependsOn: ['VPCGatewayAttachment'],
      Properties: {
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: ref('InternetGateway'),
        RouteTableId: ref('PublicRouteTable'),
      },
    },
    NATIP: { Type: 'AWS::EC2::EIP', DependsOn: ['VPCGatewayAttachment'], Properties: { Domain: 'vpc' } },
    NATGateway: {
      Type: 'AWS::EC2::NatGateway',
      Properties: {
        AllocationId: att('NATIP', 'AllocationId'),
        SubnetId: ref(`SubnetPublic${letters(zones[0] ?? '')}`),
      },
    },
  };
  zones.forEach((zone, index) => {
    addSubnets(resources, zone, index, zones.length);
  });
  addSecurityGroups(resources);
  resources['ServiceRole'] = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trust('eks.amazonaws.com'),
      ManagedPolicyArns: [managed('AmazonEKSClusterPolicy'), managed('AmazonEKSVPCResourceController')],
    },
  };
  const subnets = zones.flatMap((zone) => [ref(`SubnetPublic${letters(zone)}`), ref(`SubnetPrivate${letters(zone)}`)]);
  resources['ControlPlane'] = {
    Type: 'AWS::EKS::Cluster',
    Properties: {
      AccessConfig: { AuthenticationMode: 'API_AND_CONFIG_MAP', BootstrapClusterCreatorAdminPermissions: true },
      BootstrapSelfManagedAddons: false,
      ...(spec.logTypes.length > 0
        ? { Logging: { ClusterLogging: { EnabledTypes: spec.logTypes.map((Type) => ({ Type })) } } }
        : {}),
      Name: spec.name,
      ResourcesVpcConfig: {
        EndpointPrivateAccess: false,
        EndpointPublicAccess: true,
        SecurityGroupIds: [ref('ControlPlaneSecurityGroup')],
        SubnetIds: subnets,
      },
      RoleArn: att('ServiceRole', 'Arn'),
      Version: version,
      Tags: [{ Key: 'Name', Value: sub('${AWS::StackName}/ControlPlane') }],
    },
  };
  const outputs: JsonObject = {};
  const values: Readonly<Record<string, Json>> = {
    ARN: att('ControlPlane', 'Arn'),
    CertificateAuthorityData: att('ControlPlane', 'CertificateAuthorityData'),
    ClusterSecurityGroupId: att('ControlPlane', 'ClusterSecurityGroupId'),
    ClusterStackName: ref('AWS::StackName'),
    Endpoint: att('ControlPlane', 'Endpoint'),
    FeatureNATMode: 'Single',
    SecurityGroup: ref('ControlPlaneSecurityGroup'),
    ServiceRoleARN: att('ServiceRole', 'Arn'),
    SharedNodeSecurityGroup: ref('ClusterSharedNodeSecurityGroup'),
    SubnetsPrivate: join(...zones.map((zone) => ref(`SubnetPrivate${letters(zone)}`))),
    SubnetsPublic: join(...zones.map((zone) => ref(`SubnetPublic${letters(zone)}`))),
    VPC: ref('VPC'),
  };
  for (const [name, value] of Object.entries(values))
    outputs[name] = {
      Value: value,
      ...(/^(Cert|ClusterStack|Feature)/.test(name) ? {} : { Export: { Name: sub(`\${AWS::StackName}::${name}`) } }),
    };
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'EKS cluster (dedicated VPC: true, dedicated IAM: true) [created and managed by eksctl]',
    Resources: resources,
    Outputs: outputs,
  };
}

function addSubnets(resources: JsonObject, zone: string, index: number, count: number): void {
  const id = letters(zone);
  resources[`SubnetPublic${id}`] = {
    Type: 'AWS::EC2::Subnet',
    Properties: {
      AvailabilityZone: zone,
      CidrBlock: subnetCidr(index),
      MapPublicIpOnLaunch: true,
      Tags: [{ Key: 'kubernetes.io/role/elb', Value: '1' }],
      VpcId: ref('VPC'),
    },
  };
  resources[`SubnetPrivate${id}`] = {
    Type: 'AWS::EC2::Subnet',
    Properties: {
      AvailabilityZone: zone,
      CidrBlock: subnetCidr(count + index),
      Tags: [{ Key: 'kubernetes.io/role/internal-elb', Value: '1' }],
      VpcId: ref('VPC'),
    },
  };
  resources[`RouteTableAssociationPublic${id}`] = {
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { RouteTableId: ref('PublicRouteTable'), SubnetId: ref(`SubnetPublic${id}`) },
  };
  resources[`PrivateRouteTable${id}`] = { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('VPC') } };
  resources[`NATPrivateSubnetRoute${id}`] = {
    Type: 'AWS::EC2::Route',
    Properties: {
      DestinationCidrBlock: '0.0.0.0/0',
      NatGatewayId: ref('NATGateway'),
      RouteTableId: ref(`PrivateRouteTable${id}`),
    },
  };
  resources[`RouteTableAssociationPrivate${id}`] = {
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { RouteTableId: ref(`PrivateRouteTable${id}`), SubnetId: ref(`SubnetPrivate${id}`) },
  };
}

function addSecurityGroups(resources: JsonObject): void {
  const group = (description: string): JsonObject => ({
    Type: 'AWS::EC2::SecurityGroup',
    Properties: { GroupDescription: description, VpcId: ref('VPC') },
  });
  resources['ControlPlaneSecurityGroup'] = group('Communication between the control plane and worker nodegroups');
  resources['ClusterSharedNodeSecurityGroup'] = group('Communication between all nodes in the cluster');
  const shared = ref('ClusterSharedNodeSecurityGroup');
  const own = att('ControlPlane', 'ClusterSecurityGroupId');
  const rule = (about: string, from: Json, to: Json): JsonObject => ({
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: {
      Description: about,
      FromPort: 0,
      GroupId: to,
      IpProtocol: '-1',
      SourceSecurityGroupId: from,
      ToPort: 65535,
    },
  });
  resources['IngressInterNodeGroupSG'] = rule('Allow nodes to communicate with each other (all ports)', shared, shared);
  resources['IngressDefaultClusterToNodeSG'] = rule(
    'Allow managed and unmanaged nodes to communicate with each other (all ports)',
    own,
    shared,
  );
  resources['IngressNodeToDefaultClusterSG'] = rule(
    'Allow unmanaged nodes to communicate with control plane (all ports)',
    shared,
    own,
  );
}

/** The stack of a managed node group. eksctl: pkg/cfn/builder/managed_nodegroup.go */
export function nodegroupTemplate(
  cluster: string,
  clusterStack: string,
  spec: NodegroupSpec,
  keyName: string | undefined,
  subnets: readonly string[],
): JsonObject {
  const imported = (name: string): JsonObject => ({ 'Fn::ImportValue': `${clusterStack}::${name}` });
  const resources: JsonObject = {};
  if (spec.ssh.allow)
    resources['SSH'] = {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'Allow SSH access',
        SecurityGroupIngress: [
          {
            CidrIp: '0.0.0.0/0',
            Description: 'Allow SSH access to managed worker nodes in group',
            FromPort: 22,
            IpProtocol: 'tcp',
            ToPort: 22,
          },
        ],
        VpcId: imported('VPC'),
      },
    };
  resources['LaunchTemplate'] = {
    Type: 'AWS::EC2::LaunchTemplate',
    Properties: {
      LaunchTemplateName: sub('${AWS::StackName}'),
      LaunchTemplateData: {
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: { Iops: 3000, Throughput: 125, VolumeSize: spec.volumeSize, VolumeType: spec.volumeType },
          },
        ],
        ...(keyName === undefined ? {} : { KeyName: keyName }),
        MetadataOptions: { HttpPutResponseHopLimit: 2, HttpTokens: 'required' },
        SecurityGroupIds: [imported('ClusterSecurityGroupId'), ...(spec.ssh.allow ? [ref('SSH')] : [])],
      },
    },
  };
  resources['NodeInstanceRole'] = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
      ManagedPolicyArns: [
        'AmazonEC2ContainerRegistryPullOnly',
        'AmazonEKSWorkerNodePolicy',
        'AmazonEKS_CNI_Policy',
        'AmazonSSMManagedInstanceCore',
      ].map(managed),
      Path: '/',
    },
  };
  resources['ManagedNodeGroup'] = {
    Type: 'AWS::EKS::Nodegroup',
    Properties: {
      AmiType: 'AL2023_x86_64_STANDARD',
      ClusterName: cluster,
      InstanceTypes: [spec.instanceType],
      Labels: { 'alpha.eksctl.io/cluster-name': cluster, 'alpha.eksctl.io/nodegroup-name': spec.name, ...spec.labels },
      LaunchTemplate: { Id: ref('LaunchTemplate') },
      NodeRole: att('NodeInstanceRole', 'Arn'),
      NodegroupName: spec.name,
      ScalingConfig: { DesiredSize: spec.desired, MaxSize: spec.max, MinSize: spec.min },
      Subnets: [...subnets],
      Tags: { 'alpha.eksctl.io/nodegroup-name': spec.name, 'alpha.eksctl.io/nodegroup-type': 'managed' },
    },
  };
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `EKS Managed Nodes (SSH access: ${spec.ssh.allow}) [created by eksctl]`,
    Resources: resources,
    Outputs: {},
  };
}

/** A role that a ServiceAccount of the cluster may take. eksctl: pkg/cfn/builder/iam.go */
export function serviceAccountTemplate(options: {
  readonly description: string;
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
  readonly policies: readonly string[];
  readonly roleName: string | undefined;
}): JsonObject {
  const issuer = options.issuer.replace(/^https:\/\//, '');
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: options.description,
    Resources: {
      Role1: {
        Type: 'AWS::IAM::Role',
        Properties: {
          ...(options.roleName === undefined ? {} : { RoleName: options.roleName }),
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Action: ['sts:AssumeRoleWithWebIdentity'],
                Condition: {
                  StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: options.subject },
                },
                Effect: 'Allow',
                Principal: { Federated: options.provider },
              },
            ],
          },
          ManagedPolicyArns: [...options.policies],
        },
      },
    },
    Outputs: { Role1: { Value: att('Role1', 'Arn') } },
  };
}

/** A role that EKS takes for Pods of an associated ServiceAccount. eksctl: pkg/cfn/builder/iam.go, NewIAMRoleResourceSetForPodIdentity */
export function podIdentityTemplate(policies: readonly string[], roleName: string | undefined): JsonObject {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'IAM role for pod identity association [created and managed by eksctl]',
    Resources: {
      Role1: {
        Type: 'AWS::IAM::Role',
        Properties: {
          ...(roleName === undefined ? {} : { RoleName: roleName }),
          AssumeRolePolicyDocument: trust('pods.eks.amazonaws.com'),
          ManagedPolicyArns: [...policies],
        },
      },
    },
    Outputs: { Role1: { Value: att('Role1', 'Arn') } },
  };
}

/** The role of Pods on Fargate. eksctl: pkg/cfn/builder/fargate.go */
export function fargateTemplate(): JsonObject {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Fargate IAM [created and managed by eksctl]',
    Resources: {
      FargatePodExecutionRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Action: ['sts:AssumeRole'],
                Effect: 'Allow',
                Principal: { Service: ['eks-fargate-pods.amazonaws.com'] },
              },
            ],
          },
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonEKSFargatePodExecutionRolePolicy'],
        },
      },
    },
    Outputs: { FargatePodExecutionRoleARN: { Value: att('FargatePodExecutionRole', 'Arn') } },
  };
}

/** eksctl: pkg/cfn/builder/access_entry.go */
export function accessEntryTemplate(cluster: string, entry: JsonObject): JsonObject {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'EKS Access Entry [created by eksctl]',
    Resources: { AccessEntry: { Type: 'AWS::EKS::AccessEntry', Properties: { ClusterName: cluster, ...entry } } },
  };
}

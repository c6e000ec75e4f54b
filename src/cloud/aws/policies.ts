import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Account } from './account.ts';
import { AwsError, notModelled } from './errors.ts';
import type { Identity } from './types/iam.ts';

const allow = (...actions: string[]): JsonObject => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});

/** AWS's own policies, as far as the world needs them: what they allow is shortened to whole groups of actions. */
const AWS_MANAGED: Readonly<Record<string, JsonObject>> = {
  AdministratorAccess: allow('*'),
  PowerUserAccess: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
      { Effect: 'Allow', Action: ['iam:CreateServiceLinkedRole', 'iam:ListRoles'], Resource: '*' },
    ],
  },
  ReadOnlyAccess: allow('*:Describe*', '*:List*', '*:Get*'),
  ViewOnlyAccess: allow('*:Describe*', '*:List*'),
  IAMFullAccess: allow('iam:*'),
  IAMReadOnlyAccess: allow('iam:Get*', 'iam:List*'),
  IAMUserChangePassword: allow('iam:ChangePassword', 'iam:GetAccountPasswordPolicy'),
  AmazonEC2FullAccess: allow('ec2:*', 'elasticloadbalancing:*', 'autoscaling:*', 'cloudwatch:*'),
  AmazonEC2ReadOnlyAccess: allow('ec2:Describe*', 'elasticloadbalancing:Describe*', 'autoscaling:Describe*'),
  AmazonVPCFullAccess: allow('ec2:*'),
  AWSCloudFormationFullAccess: allow('cloudformation:*'),
  AmazonEKSClusterPolicy: allow('ec2:Describe*', 'ec2:CreateTags', 'elasticloadbalancing:*', 'autoscaling:*'),
  AmazonEKSServicePolicy: allow('ec2:CreateNetworkInterface', 'ec2:Describe*', 'eks:UpdateClusterVersion'),
  AmazonEKSVPCResourceController: allow('ec2:CreateNetworkInterfacePermission', 'ec2:*NetworkInterface*'),
  AmazonEKSFargatePodExecutionRolePolicy: allow('ecr:Get*', 'ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage'),
  AmazonEKSWorkerNodePolicy: allow('ec2:Describe*', 'eks:DescribeCluster'),
  AmazonEKS_CNI_Policy: allow('ec2:AssignPrivateIpAddresses', 'ec2:AttachNetworkInterface', 'ec2:Describe*'),
  AmazonEC2ContainerRegistryReadOnly: allow('ecr:Get*', 'ecr:Describe*', 'ecr:List*', 'ecr:Batch*'),
  AmazonEC2ContainerRegistryPullOnly: allow('ecr:Get*', 'ecr:BatchGetImage'),
  AmazonSSMManagedInstanceCore: allow('ssm:*', 'ssmmessages:*', 'ec2messages:*'),
  'service-role/AmazonEBSCSIDriverPolicy': allow(
    'ec2:CreateVolume',
    'ec2:DeleteVolume',
    'ec2:AttachVolume',
    'ec2:DetachVolume',
    'ec2:ModifyVolume',
    'ec2:CreateSnapshot',
    'ec2:Describe*',
    'ec2:CreateTags',
  ),
  'service-role/AmazonEKS_CNI_Policy': allow('ec2:*'),
  AmazonS3ReadOnlyAccess: allow(
    's3:Get*',
    's3:List*',
    's3:Describe*',
    's3-object-lambda:Get*',
    's3-object-lambda:List*',
  ),
  AmazonS3FullAccess: allow('s3:*', 's3-object-lambda:*'),
  AmazonDynamoDBReadOnlyAccess: allow('dynamodb:Get*', 'dynamodb:List*', 'dynamodb:Describe*', 'dynamodb:Query'),
  AmazonDynamoDBFullAccess: allow('dynamodb:*'),
  AmazonRoute53FullAccess: allow('route53:*', 'route53domains:*', 'elasticloadbalancing:DescribeLoadBalancers'),
  AmazonSQSFullAccess: allow('sqs:*'),
  AmazonEC2ContainerRegistryPowerUser: allow(
    'ecr:Get*',
    'ecr:Describe*',
    'ecr:List*',
    'ecr:Batch*',
    'ecr:PutImage',
    'ecr:InitiateLayerUpload',
    'ecr:UploadLayerPart',
    'ecr:CompleteLayerUpload',
  ),
  AmazonEC2ContainerRegistryFullAccess: allow('ecr:*'),
  CloudWatchAgentServerPolicy: allow('cloudwatch:PutMetricData', 'ec2:DescribeVolumes', 'logs:Put*', 'logs:Create*'),
  CloudWatchLogsFullAccess: allow('logs:*', 'cloudwatch:GenerateQuery'),
  SecretsManagerReadWrite: allow('secretsmanager:*', 'kms:Describe*', 'kms:List*'),
  ElasticLoadBalancingFullAccess: allow('elasticloadbalancing:*', 'ec2:Describe*'),
  'service-role/AmazonEFSCSIDriverPolicy': allow('elasticfilesystem:*', 'ec2:DescribeAvailabilityZones'),
  'job-function/Billing': allow('ce:*', 'billing:*'),
};

const PREFIX = 'arn:aws:iam::aws:policy/';

export function awsPolicyNames(): string[] {
  return Object.keys(AWS_MANAGED);
}

/** The document of a managed policy, AWS's or the account's; undefined when there is none. */
export function policyDocument(account: Account, arn: string): JsonObject | undefined {
  if (arn.startsWith(PREFIX)) {
    const name = arn.slice(PREFIX.length);
    return Object.hasOwn(AWS_MANAGED, name) ? AWS_MANAGED[name] : undefined;
  }
  return account.iam.policies.get(arn)?.document;
}

/** Raises NoSuchEntity for a policy that is not there, and says of AWS's own that there are more than kubetutor has. */
export function checkPolicy(account: Account, arn: string): void {
  if (policyDocument(account, arn)) return;
  if (arn.startsWith(PREFIX))
    throw notModelled(`the policy ${arn}, if AWS has it (aws iam list-policies lists those it models)`);
  throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404);
}

export type Decision = 'allowed' | 'denied explicitly' | 'not allowed';

/** Whether the policies of an identity let it do something. Conditions and resource policies are not modelled. */
export function mayDo(account: Account, identity: Identity, action: string, resource: string): Decision {
  if (identity.name === '') return 'allowed';
  let decision: Decision = 'not allowed';
  for (const document of documentsOf(account, identity)) {
    for (const statement of asList(document['Statement'])) {
      if (!isObject(statement) || !applies(statement, action, resource)) continue;
      if (statement['Effect'] === 'Deny') return 'denied explicitly';
      decision = 'allowed';
    }
  }
  return decision;
}

function documentsOf(account: Account, { role, name }: Identity): JsonObject[] {
  const { iam } = account;
  const holder = role ? iam.roles.get(name) : iam.users.get(name);
  const groups = role ? [] : [...iam.groups.values()].filter((group) => group.users.includes(name));
  const arns = [...(holder?.policies ?? []), ...groups.flatMap((group) => group.policies)];
  const managed = arns.map((arn) => policyDocument(account, arn)).filter((one) => one !== undefined);
  return [...managed, ...Object.values(holder?.inline ?? {})];
}

function applies(statement: JsonObject, action: string, resource: string): boolean {
  const actions = statement['Action'];
  const others = statement['NotAction'];
  const matched =
    actions === undefined
      ? others !== undefined && !asTexts(others).some((pattern) => matches(pattern, action))
      : asTexts(actions).some((pattern) => matches(pattern, action));
  const resources = asTexts(statement['Resource'] ?? '*');
  return matched && (resource === '*' ? true : resources.some((pattern) => matches(pattern, resource)));
}

/** Actions are compared without case; `*` and `?` stand for anything. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${escaped}$`, 'i').test(text);
}

function asList(value: Json | undefined): Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function asTexts(value: Json | undefined): string[] {
  return asList(value).filter((item): item is string => typeof item === 'string');
}

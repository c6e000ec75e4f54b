// Writes src/cloud/aws/models/models.generated.ts: the shapes of the AWS operations that the world answers, from botocore's data.
// and the commands that an `aws` of version 2 offers, as its own usage errors list them.
//   node scripts/generate-aws-models.mjs /path/to/old/botocore/data /path/to/new/botocore/data /usr/bin/aws
// The old data are those of the client whose texts we have: the order of members in its output comes from there. What is younger
// comes from the new.
// Botocore is Apache-2.0; only names and types of the public API are taken.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const OPERATIONS = {
  sts: 'GetCallerIdentity GetSessionToken AssumeRole AssumeRoleWithWebIdentity DecodeAuthorizationMessage',
  iam: `ListUsers GetUser CreateUser DeleteUser ListRoles GetRole CreateRole DeleteRole ListPolicies GetPolicy GetPolicyVersion CreatePolicy DeletePolicy
    ListAttachedUserPolicies ListAttachedRolePolicies AttachUserPolicy AttachRolePolicy DetachUserPolicy DetachRolePolicy ListUserPolicies
    ListAccessKeys CreateAccessKey UpdateAccessKey DeleteAccessKey ListOpenIDConnectProviders GetOpenIDConnectProvider CreateOpenIDConnectProvider
    DeleteOpenIDConnectProvider ListInstanceProfiles ListInstanceProfilesForRole ListRolePolicies GetRolePolicy PutRolePolicy DeleteRolePolicy ListAccountAliases
    ListGroups GetGroup CreateGroup DeleteGroup AddUserToGroup RemoveUserFromGroup ListGroupsForUser ListAttachedGroupPolicies AttachGroupPolicy
    DetachGroupPolicy ListGroupPolicies GetUserPolicy PutUserPolicy DeleteUserPolicy ListPolicyVersions ListEntitiesForPolicy GetAccountSummary
    ListMFADevices GetInstanceProfile ListRoleTags UpdateAssumeRolePolicy`,
  ec2: `DescribeRegions DescribeAvailabilityZones DescribeVpcs DescribeSubnets DescribeInternetGateways DescribeNatGateways DescribeRouteTables
    DescribeSecurityGroups DescribeSecurityGroupRules DescribeKeyPairs DescribeInstances DescribeInstanceStatus DescribeVolumes DescribeNetworkInterfaces
    DescribeAddresses DescribeLaunchTemplates DescribeInstanceTypes DescribeTags CreateTags DeleteTags CreateKeyPair ImportKeyPair DeleteKeyPair
    TerminateInstances StopInstances StartInstances RebootInstances CreateVolume DeleteVolume CreateVpc DeleteVpc CreateSubnet DeleteSubnet CreateSecurityGroup
    DeleteSecurityGroup AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress DeleteNatGateway AllocateAddress ReleaseAddress
    CreateInternetGateway AttachInternetGateway DetachInternetGateway DeleteInternetGateway DeleteNetworkInterface DeleteLaunchTemplate DeleteRouteTable
    DescribeNetworkAcls DescribeDhcpOptions DescribeImages DescribeSnapshots DescribeVpcAttribute DescribeVpcEndpoints DescribeAccountAttributes
    DescribeInstanceTypeOfferings`,
  eks: `CreateCluster DescribeCluster ListClusters DeleteCluster CreateNodegroup DescribeNodegroup ListNodegroups UpdateNodegroupConfig DeleteNodegroup
    CreateAddon DescribeAddon ListAddons DeleteAddon DescribeAddonVersions CreateAccessEntry ListAccessEntries DescribeAccessEntry DeleteAccessEntry
    AssociateAccessPolicy DisassociateAccessPolicy ListAssociatedAccessPolicies ListAccessPolicies DescribeUpdate ListUpdates
    UpdateClusterConfig UpdateAccessEntry ListTagsForResource TagResource UntagResource DescribeClusterVersions
    UpdateClusterVersion UpdateNodegroupVersion UpdateAddon CreatePodIdentityAssociation DescribePodIdentityAssociation
    UpdatePodIdentityAssociation DeletePodIdentityAssociation ListPodIdentityAssociations CreateFargateProfile DescribeFargateProfile ListFargateProfiles DeleteFargateProfile`,
  cloudformation: `ListStacks DescribeStacks DeleteStack DescribeStackEvents ListStackResources DescribeStackResources DescribeStackResource CreateStack GetTemplate
    ListExports ListImports UpdateTerminationProtection UpdateStack`,
  autoscaling: `DescribeAutoScalingGroups DescribeAutoScalingInstances DescribeScalingActivities SetDesiredCapacity UpdateAutoScalingGroup TerminateInstanceInAutoScalingGroup`,
  elb: 'DescribeLoadBalancers DeleteLoadBalancer DescribeInstanceHealth DescribeTags',
  elbv2:
    'DescribeLoadBalancers DeleteLoadBalancer DescribeTargetGroups DeleteTargetGroup DescribeListeners DescribeRules DescribeTargetHealth DescribeTags DescribeListenerCertificates',
  logs: 'DescribeLogGroups DescribeLogStreams GetLogEvents FilterLogEvents CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy',
  acm: 'RequestCertificate ImportCertificate ListCertificates DescribeCertificate GetCertificate DeleteCertificate ListTagsForCertificate',
  ce: 'GetCostAndUsage',
  ecr: `CreateRepository DescribeRepositories DeleteRepository ListImages DescribeImages BatchDeleteImage GetAuthorizationToken
    ListTagsForResource TagResource UntagResource`,
  'service-quotas': 'ListServiceQuotas GetServiceQuota',
  ssm: 'GetParameter GetParameters GetParametersByPath',
};

const SCALARS = {
  string: 's',
  character: 's',
  integer: 'i',
  long: 'i',
  boolean: 'b',
  timestamp: 't',
  double: 'd',
  float: 'd',
  blob: 'B',
  bigdecimal: 'd',
};
const [, , oldData, newData, client] = process.argv;
const models = {};
for (const [service, words] of Object.entries(OPERATIONS))
  models[service] = modelOf(service, words.trim().split(/\s+/));
const quoted = (value) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const choices = Object.fromEntries(
  ['', 'configure', ...Object.keys(OPERATIONS), ...Object.keys(OPERATIONS).map((service) => `${service} wait`)].map(
    (service) => [service, choicesOf(service)],
  ),
);
writeFileSync(
  'src/cloud/aws/models/models.generated.ts',
  `// Generated by scripts/generate-aws-models.mjs from botocore (Apache-2.0). Do not edit.\nexport const models = () =>\n  ${quoted(JSON.stringify({ services: models, choices }))};\n`,
);

/** The valid choices that a wrong word makes the client list. */
function choicesOf(service) {
  const { stderr } = spawnSync(client, [...service.split(' ').filter(Boolean), 'nothing-like-this'], {
    encoding: 'utf8',
  });
  const [, list = ''] = stderr.split('valid choices are:');
  return list
    .split(/\n| \| /)
    .map((word) => word.trim())
    .filter((word) => /^[a-z0-9-]+$/.test(word))
    .join(' ');
}

function modelOf(service, wanted) {
  const { metadata, operations, shapes } = merged(service, 'service-2.json');
  const { pagination: pages = {} } = merged(service, 'paginators-1.json');
  const { waiters = {} } = merged(service, 'waiters-2.json');
  const used = {};
  const ops = {};
  const sent = inputShapes(operations, shapes, wanted);
  for (const name of wanted) {
    const operation = operations[name];
    if (!operation) throw new Error(`${service} has no ${name}`);
    const page = pages[name];
    const tokens = page
      ? [
          first(page.input_token),
          first(page.output_token),
          [page.result_key, page.non_aggregate_keys ?? []].flat().join(' '),
          page.limit_key ?? '',
        ]
      : null;
    const uri = operation.http?.requestUri ?? '/';
    ops[name] = [
      operation.input ? use(operation.input.shape) : '',
      operation.output ? use(operation.output.shape) : '',
      ...(tokens || uri !== '/' ? [tokens] : []),
      ...(uri === '/' ? [] : [uri]),
    ];
  }
  const kept = Object.entries(waiters).filter(([, waiter]) => wanted.includes(waiter.operation));
  return {
    id: metadata.serviceId,
    endpoint: metadata.endpointPrefix,
    ops,
    shapes: used,
    waiters: Object.fromEntries(
      kept.map(([name, { operation, delay, maxAttempts, acceptors }]) => [
        name,
        [
          operation,
          delay,
          maxAttempts,
          acceptors.map(({ state, matcher, argument, expected }) => [state, matcher, argument ?? '', expected]),
        ],
      ]),
    ),
  };

  /** The name of a structure that the model keeps. */
  function use(name) {
    if (name in used) return name;
    used[name] = '';
    const { members = {}, required = [] } = shapes[name];
    used[name] = Object.entries(members)
      .filter(([, member]) => !member.deprecated || service !== 'ec2')
      .map(
        ([member, { shape }]) => `${required.includes(member) ? '!' : ''}${member}:${typeText(shape, sent.has(name))}`,
      )
      .join(',');
    return name;
  }

  /** What is sent has its least length or value, and the first of the values that it may have. */
  function typeText(name, isSent) {
    const shape = shapes[name];
    if (shape.type === 'list') return `[${typeText(shape.member.shape, isSent)}`;
    if (shape.type === 'map') return `{${typeText(shape.value.shape, isSent)}`;
    if (shape.type === 'structure') return `@${use(name)}`;
    const scalar = SCALARS[shape.type];
    if (!scalar) throw new Error(`${name} is a ${shape.type}`);
    if (!isSent) return scalar;
    return `${scalar}${shape.min > 0 ? shape.min : ''}${shape.enum ? `=${shape.enum[0]}` : ''}`;
  }
}

/** The structures that requests have. */
function inputShapes(operations, shapes, wanted) {
  const found = new Set();
  const walk = (name) => {
    const shape = shapes[name];
    if (!shape || found.has(name)) return;
    found.add(name);
    for (const { shape: inner } of [...Object.values(shape.members ?? {}), shape.member, shape.value].filter(Boolean))
      walk(inner);
  };
  for (const name of wanted) if (operations[name]?.input) walk(operations[name].input.shape);
  return found;
}

/** Both releases' data: what the old one has keeps its place, members that only the new one has follow. */
function merged(service, name) {
  const [older, newer] = [oldData, newData].map((data) => {
    const folder = path.join(data, service);
    return read(path.join(folder, readdirSync(folder).sort().at(-1), name)) ?? {};
  });
  const out = { ...newer };
  for (const part of ['operations', 'shapes', 'pagination', 'waiters'])
    if (older[part] || newer[part]) out[part] = { ...newer[part], ...older[part] };
  for (const [shape, body] of Object.entries(older.shapes ?? {}))
    if (body.members)
      out.shapes[shape] = {
        ...body,
        members: { ...body.members, ...without(newer.shapes[shape]?.members ?? {}, body.members) },
      };
  return out;
}

function without(members, known) {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !(name in known)));
}

function read(file) {
  if (existsSync(`${file}.gz`)) return JSON.parse(gunzipSync(readFileSync(`${file}.gz`)));
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function first(value) {
  return Array.isArray(value) ? value[0] : value;
}

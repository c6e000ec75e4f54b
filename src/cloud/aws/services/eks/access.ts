import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../../errors.ts';
import { objectOf, type Params, tagMap, textOf, textsOf, toJsonObject } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { AccessEntry, EksCluster } from '../../types/eks.ts';
import type { Call, Service } from '../call.ts';
import { clusterOf } from './find.ts';
import { ACCESS_POLICIES } from './versions.ts';

const POLICY = 'arn:aws:eks::aws:cluster-access-policy/';

export function addAccessEntry(
  region: Region,
  cluster: EksCluster,
  principalArn: string,
  options: { groups?: string[]; username?: string; type?: string; policy?: string; tags?: Record<string, string> },
): AccessEntry {
  const { account } = region;
  const [, kind = 'user', name = ''] = /:(user|role)\/(?:.*\/)?([^/]+)$/.exec(principalArn) ?? [];
  const type = options.type ?? 'STANDARD';
  const session = kind === 'role' ? `arn:aws:sts::${account.id}:assumed-role/${name}/{{SessionName}}` : principalArn;
  const entry: AccessEntry = {
    clusterName: cluster.name,
    principalArn,
    kubernetesGroups: type === 'EC2_LINUX' ? ['system:nodes'] : (options.groups ?? []),
    accessEntryArn: region.arn(
      'eks',
      `access-entry/${cluster.name}/${kind}/${account.id}/${name}/${account.random.uid()}`,
    ),
    createdAt: account.now,
    modifiedAt: account.now,
    tags: options.tags ?? {},
    username: options.username ?? (type === 'EC2_LINUX' ? 'system:node:{{EC2PrivateDNSName}}' : session),
    type,
    policies: [],
  };
  if (options.policy !== undefined)
    entry.policies.push({
      policyArn: `${POLICY}${options.policy}`,
      accessScope: { type: 'cluster', namespaces: [] },
      associatedAt: account.now,
    });
  cluster.accessEntries.set(principalArn, entry);
  return entry;
}

function entryOf({ region, params }: Call): AccessEntry {
  const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
  const arn = textOf(params, 'principalArn') ?? '';
  const entry = cluster.accessEntries.get(arn);
  if (!entry)
    throw new AwsError(
      'ResourceNotFoundException',
      `The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.`,
      404,
    );
  return entry;
}

function entryView({ policies, ...entry }: AccessEntry): JsonObject {
  return toJsonObject(entry);
}

function policyView(entry: AccessEntry, arn: string): JsonObject {
  const found = entry.policies.find((policy) => policy.policyArn === arn);
  return toJsonObject({ ...found, modifiedAt: found?.associatedAt });
}

function associate(call: Call): JsonObject {
  const entry = entryOf(call);
  const arn = textOf(call.params, 'policyArn') ?? '';
  if (!ACCESS_POLICIES.includes(arn.slice(POLICY.length)) || !arn.startsWith(POLICY))
    throw new AwsError('ResourceNotFoundException', 'The specified policyArn could not be found.', 404);
  const scope = objectOf(call.params, 'accessScope');
  const accessScope = { type: textOf(scope, 'type') ?? 'cluster', namespaces: textsOf(scope, 'namespaces') };
  entry.policies = [
    ...entry.policies.filter((policy) => policy.policyArn !== arn),
    { policyArn: arn, accessScope, associatedAt: call.account.now },
  ];
  return {
    clusterName: entry.clusterName,
    principalArn: entry.principalArn,
    associatedAccessPolicy: policyView(entry, arn),
  };
}

/** Raises InvalidRequestException, ResourceInUseException, InvalidParameterException. */
export function createAccessEntry(region: Region, params: Params): AccessEntry {
  const { account } = region;
  const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
  const arn = textOf(params, 'principalArn') ?? '';
  if (cluster.authenticationMode === 'CONFIG_MAP')
    throw new AwsError(
      'InvalidRequestException',
      "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
    );
  if (cluster.accessEntries.has(arn))
    throw new AwsError(
      'ResourceInUseException',
      'The specified access entry resource is already in use on this cluster.',
      409,
    );
  const holders = [...account.iam.users.values(), ...account.iam.roles.values()];
  if (!holders.some((holder) => holder.Arn === arn))
    throw new AwsError('InvalidParameterException', 'The specified principalArn is invalid: invalid principal.');
  const username = textOf(params, 'username');
  return addAccessEntry(region, cluster, arn, {
    groups: textsOf(params, 'kubernetesGroups'),
    tags: tagMap(params['tags']),
    type: textOf(params, 'type') ?? 'STANDARD',
    ...(username === undefined ? {} : { username }),
  });
}

export const accessOperations: Service = {
  CreateAccessEntry: ({ region, params }) => ({ accessEntry: entryView(createAccessEntry(region, params)) }),
  ListAccessEntries: ({ region, params }) => ({
    accessEntries: [...clusterOf(region, textOf(params, 'clusterName') ?? '').accessEntries.keys()].sort(),
  }),
  DescribeAccessEntry: (call) => ({ accessEntry: entryView(entryOf(call)) }),
  UpdateAccessEntry: (call) => {
    const entry = entryOf(call);
    const groups = call.params['kubernetesGroups'];
    const username = textOf(call.params, 'username');
    if (entry.type !== 'STANDARD')
      throw new AwsError('InvalidRequestException', 'The type of the access entry does not allow this operation.');
    if (Array.isArray(groups)) entry.kubernetesGroups = textsOf(call.params, 'kubernetesGroups');
    if (username !== undefined) entry.username = username;
    entry.modifiedAt = call.account.now;
    return { accessEntry: entryView(entry) };
  },
  DeleteAccessEntry: (call) => {
    const entry = entryOf(call);
    clusterOf(call.region, entry.clusterName).accessEntries.delete(entry.principalArn);
    return {};
  },
  AssociateAccessPolicy: associate,
  DisassociateAccessPolicy: (call) => {
    const entry = entryOf(call);
    const arn = textOf(call.params, 'policyArn') ?? '';
    entry.policies = entry.policies.filter((policy) => policy.policyArn !== arn);
    return {};
  },
  ListAssociatedAccessPolicies: (call) => {
    const entry = entryOf(call);
    return {
      associatedAccessPolicies: entry.policies.map((policy) => policyView(entry, policy.policyArn)),
      clusterName: entry.clusterName,
      principalArn: entry.principalArn,
    };
  },
  ListAccessPolicies: () => ({ accessPolicies: ACCESS_POLICIES.map((name) => ({ name, arn: `${POLICY}${name}` })) }),
};

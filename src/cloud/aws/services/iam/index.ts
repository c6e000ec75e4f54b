import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../../errors.ts';
import { iamId } from '../../ids.ts';
import { required, tagsOf, textOf, textsOf, toJsonObject } from '../../params.ts';
import { awsPolicyNames, policyDocument } from '../../policies.ts';
import type { AccessKey, IamRole } from '../../types/iam.ts';
import type { Call, Service } from '../call.ts';
import { groups, mustBeInNoGroup } from './groups.ts';
import { attach, attached, detach, document, noSuch, userOf, userView } from './holders.ts';

/** When AWS made its own policies: any day long ago. */
const AWS_POLICY_DATE = Date.UTC(2015, 1, 6, 18, 39, 46);
const MAX_KEYS = 2;

export function roleOf({ account, params }: Call): IamRole {
  const name = required(params, 'RoleName');
  const role = account.iam.roles.get(name);
  if (!role) throw noSuch('role', name);
  return role;
}

function roleView({ policies, inline, ...role }: IamRole): JsonObject {
  return toJsonObject(role);
}

function keyView({ UserName, AccessKeyId, Status, CreateDate }: AccessKey): JsonObject {
  return { UserName, AccessKeyId, Status, CreateDate };
}

/** Raises EntityAlreadyExists. */
export function addRole(
  call: Call,
  name: string,
  trust: JsonObject,
  extra: { tags?: IamRole['Tags']; description?: string } = {},
): IamRole {
  const { account } = call;
  if (account.iam.roles.has(name))
    throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
  const role: IamRole = {
    Path: '/',
    RoleName: name,
    RoleId: iamId(account.random, 'AROA'),
    Arn: `arn:aws:iam::${account.id}:role/${name}`,
    CreateDate: account.second,
    AssumeRolePolicyDocument: trust,
    ...(extra.description === undefined ? {} : { Description: extra.description }),
    MaxSessionDuration: 3600,
    ...(extra.tags && extra.tags.length > 0 ? { Tags: extra.tags } : {}),
    policies: [],
    inline: {},
  };
  account.iam.roles.set(name, role);
  return role;
}

/** Raises DeleteConflict, as IAM does in this order. */
export function removeRole(call: Call, role: IamRole): void {
  const { iam } = call.account;
  if (role.policies.length > 0)
    throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
  if (Object.keys(role.inline).length > 0)
    throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
  if ([...iam.profiles.values()].some((profile) => profile.role === role.RoleName))
    throw new AwsError('DeleteConflict', 'Cannot delete entity, must remove roles from instance profile first.', 409);
  iam.roles.delete(role.RoleName);
}

function policyView(call: Call, arn: string): JsonObject {
  const { iam } = call.account;
  const own = iam.policies.get(arn);
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const holders = [...iam.users.values(), ...iam.groups.values(), ...iam.roles.values()];
  const count = holders.filter((one) => one.policies.includes(arn)).length;
  return {
    PolicyName: name,
    PolicyId: own?.PolicyId ?? iamId(call.account.random.fork(arn), 'ANPA'),
    Arn: arn,
    Path: arn.slice(arn.indexOf(':policy') + 7, arn.lastIndexOf('/') + 1),
    DefaultVersionId: 'v1',
    AttachmentCount: count,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: own?.CreateDate ?? AWS_POLICY_DATE,
    UpdateDate: own?.CreateDate ?? AWS_POLICY_DATE,
  };
}

function listPolicies(call: Call): JsonObject {
  const scope = textOf(call.params, 'Scope') ?? 'All';
  const onlyAttached = call.params['OnlyAttached'] === true;
  const own = scope === 'AWS' ? [] : [...call.account.iam.policies.keys()];
  const aws = scope === 'Local' ? [] : awsPolicyNames().map((name) => `arn:aws:iam::aws:policy/${name}`);
  const all = [...own, ...aws].map((arn) => policyView(call, arn));
  return { Policies: onlyAttached ? all.filter((one) => one['AttachmentCount'] !== 0) : all, IsTruncated: false };
}

function knownPolicy(call: Call): string {
  const arn = required(call.params, 'PolicyArn');
  if (!policyDocument(call.account, arn)) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
  return arn;
}

const users: Service = {
  ListUsers: ({ account }) => ({ Users: [...account.iam.users.values()].map(userView), IsTruncated: false }),
  GetUser: (call) => ({ User: userView(userOf(call)) }),
  CreateUser: ({ account, params }) => {
    const name = required(params, 'UserName');
    if (account.iam.users.has(name))
      throw new AwsError('EntityAlreadyExists', `User with name ${name} already exists.`, 409);
    return { User: userView(account.addUser(name, [])) };
  },
  DeleteUser: (call) => {
    const user = userOf(call);
    if (user.accessKeys.length > 0)
      throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete access keys first.', 409);
    if (user.policies.length > 0)
      throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
    if (Object.keys(user.inline ?? {}).length > 0)
      throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
    mustBeInNoGroup(call.account, user);
    call.account.iam.users.delete(user.UserName);
    return {};
  },
  ListUserPolicies: (call) => ({ PolicyNames: Object.keys(userOf(call).inline ?? {}), IsTruncated: false }),
  GetUserPolicy: (call) => {
    const name = required(call.params, 'PolicyName');
    const { UserName, inline = {} } = userOf(call);
    const found = inline[name];
    if (!found) throw new AwsError('NoSuchEntity', `The user policy with name ${name} cannot be found.`, 404);
    return { UserName, PolicyName: name, PolicyDocument: found };
  },
  PutUserPolicy: (call) => {
    const user = userOf(call);
    const name = required(call.params, 'PolicyName');
    user.inline = { ...user.inline, [name]: document(call.params, 'PolicyDocument') };
    return {};
  },
  DeleteUserPolicy: (call) => {
    const user = userOf(call);
    const name = required(call.params, 'PolicyName');
    if (!user.inline?.[name])
      throw new AwsError('NoSuchEntity', `The user policy with name ${name} cannot be found.`, 404);
    delete user.inline[name];
    return {};
  },
  ListMFADevices: (call) => {
    userOf(call);
    return { MFADevices: [], IsTruncated: false };
  },
  ListAttachedUserPolicies: (call) => attached(userOf(call).policies),
  AttachUserPolicy: (call) => attach(call, userOf(call)),
  DetachUserPolicy: (call) => detach(call, userOf(call)),
  ListAccessKeys: (call) => ({ AccessKeyMetadata: userOf(call).accessKeys.map(keyView), IsTruncated: false }),
  CreateAccessKey: (call) => {
    const user = userOf(call);
    if (user.accessKeys.length >= MAX_KEYS)
      throw new AwsError('LimitExceeded', `Cannot exceed quota for AccessKeysPerUser: ${MAX_KEYS}`, 409);
    const key = call.account.addAccessKey(user);
    const { UserName, AccessKeyId, Status, SecretAccessKey, CreateDate } = key;
    return { AccessKey: { UserName, AccessKeyId, Status, SecretAccessKey, CreateDate } };
  },
  UpdateAccessKey: (call) => {
    const key = accessKey(call);
    key.Status = required(call.params, 'Status') === 'Inactive' ? 'Inactive' : 'Active';
    return {};
  },
  DeleteAccessKey: (call) => {
    const key = accessKey(call);
    const user = userOf(call);
    user.accessKeys = user.accessKeys.filter((other) => other !== key);
    return {};
  },
};

function accessKey(call: Call): AccessKey {
  const id = required(call.params, 'AccessKeyId');
  const key = userOf(call).accessKeys.find((candidate) => candidate.AccessKeyId === id);
  if (!key) throw new AwsError('NoSuchEntity', `The Access Key with id ${id} cannot be found.`, 404);
  return key;
}

const roles: Service = {
  ListRoles: ({ account }) => ({
    Roles: [...account.iam.roles.values()]
      .map(roleView)
      .sort((a, b) => (String(a['RoleName']) < String(b['RoleName']) ? -1 : 1)),
    IsTruncated: false,
  }),
  GetRole: (call) => ({ Role: { ...roleView(roleOf(call)), RoleLastUsed: {} } }),
  CreateRole: (call) => {
    const { params } = call;
    const description = textOf(params, 'Description');
    const role = addRole(call, required(params, 'RoleName'), document(params, 'AssumeRolePolicyDocument'), {
      tags: tagsOf(params['Tags']),
      ...(description === undefined ? {} : { description }),
    });
    return { Role: roleView(role) };
  },
  DeleteRole: (call) => {
    removeRole(call, roleOf(call));
    return {};
  },
  ListAttachedRolePolicies: (call) => attached(roleOf(call).policies),
  AttachRolePolicy: (call) => attach(call, roleOf(call)),
  DetachRolePolicy: (call) => detach(call, roleOf(call)),
  ListRolePolicies: (call) => ({ PolicyNames: Object.keys(roleOf(call).inline), IsTruncated: false }),
  GetRolePolicy: (call) => {
    const name = required(call.params, 'PolicyName');
    const role = roleOf(call);
    const found = role.inline[name];
    if (!found) throw new AwsError('NoSuchEntity', `The role policy with name ${name} cannot be found.`, 404);
    return { RoleName: role.RoleName, PolicyName: name, PolicyDocument: found };
  },
  PutRolePolicy: (call) => {
    roleOf(call).inline[required(call.params, 'PolicyName')] = document(call.params, 'PolicyDocument');
    return {};
  },
  DeleteRolePolicy: (call) => {
    delete roleOf(call).inline[required(call.params, 'PolicyName')];
    return {};
  },
  ListRoleTags: (call) => ({ Tags: (roleOf(call).Tags ?? []).map((tag) => ({ ...tag })), IsTruncated: false }),
  UpdateAssumeRolePolicy: (call) => {
    roleOf(call).AssumeRolePolicyDocument = document(call.params, 'PolicyDocument');
    return {};
  },
  GetInstanceProfile: (call) => {
    const name = required(call.params, 'InstanceProfileName');
    const found = profiles(call).find((profile) => profile['InstanceProfileName'] === name);
    if (!found) throw new AwsError('NoSuchEntity', `Instance Profile ${name} cannot be found.`, 404);
    return { InstanceProfile: found };
  },
  ListInstanceProfiles: (call) => ({ InstanceProfiles: profiles(call), IsTruncated: false }),
  ListInstanceProfilesForRole: (call) => ({ InstanceProfiles: profiles(call, roleOf(call)), IsTruncated: false }),
};

function profiles({ account }: Call, role?: IamRole): JsonObject[] {
  return [...account.iam.profiles.values()]
    .filter((profile) => !role || profile.role === role.RoleName)
    .map(({ role: name, ...profile }) => {
      const held = account.iam.roles.get(name);
      return { ...toJsonObject(profile), Path: '/', Roles: held ? [roleView(held)] : [] };
    });
}

/** Who has a policy. */
function entitiesOf(call: Call): JsonObject {
  const { iam } = call.account;
  const arn = knownPolicy(call);
  const filter = textOf(call.params, 'EntityFilter');
  const wanted = (kind: string) => filter === undefined || filter === kind;
  const having = <T extends { policies: string[] }>(kind: string, all: Iterable<T>) =>
    wanted(kind) ? [...all].filter((one) => one.policies.includes(arn)) : [];
  return {
    PolicyGroups: having('Group', iam.groups.values()).map(({ GroupName, GroupId }) => ({ GroupName, GroupId })),
    PolicyUsers: having('User', iam.users.values()).map(({ UserName, UserId }) => ({ UserName, UserId })),
    PolicyRoles: having('Role', iam.roles.values()).map(({ RoleName, RoleId }) => ({ RoleName, RoleId })),
    IsTruncated: false,
  };
}

/** Numbers of what there is, and IAM's quotas of a new account. */
function accountSummary({ account }: Call): JsonObject {
  const { users, groups: all, roles: held, policies: own, profiles: kept, providers: known } = account.iam;
  return {
    SummaryMap: {
      GroupPolicySizeQuota: 5120,
      InstanceProfilesQuota: 1000,
      Policies: own.size,
      GroupsPerUserQuota: 10,
      InstanceProfiles: kept.size,
      AttachedPoliciesPerUserQuota: 10,
      Users: users.size,
      PoliciesQuota: 1500,
      Providers: known.size,
      AccountMFAEnabled: 0,
      AccessKeysPerUserQuota: MAX_KEYS,
      AssumeRolePolicySizeQuota: 2048,
      PolicyVersionsInUseQuota: 10_000,
      GlobalEndpointTokenVersion: 1,
      VersionsPerPolicyQuota: 5,
      AttachedPoliciesPerGroupQuota: 10,
      PolicySizeQuota: 6144,
      Groups: all.size,
      AccountSigningCertificatesPresent: 0,
      UsersQuota: 5000,
      ServerCertificatesQuota: 20,
      MFADevices: 0,
      UserPolicySizeQuota: 2048,
      PolicyVersionsInUse: own.size,
      ServerCertificates: 0,
      Roles: held.size,
      RolesQuota: 1000,
      SigningCertificatesPerUserQuota: 2,
      MFADevicesInUse: 0,
      RolePolicySizeQuota: 10_240,
      AttachedPoliciesPerRoleQuota: 10,
      AccountAccessKeysPresent: 0,
      GroupsQuota: 300,
    },
  };
}

const policies: Service = {
  ListPolicies: listPolicies,
  ListEntitiesForPolicy: entitiesOf,
  ListPolicyVersions: (call) => {
    const arn = knownPolicy(call);
    const CreateDate = call.account.iam.policies.get(arn)?.CreateDate ?? AWS_POLICY_DATE;
    return { Versions: [{ VersionId: 'v1', IsDefaultVersion: true, CreateDate }], IsTruncated: false };
  },
  GetPolicy: (call) => ({ Policy: { ...policyView(call, knownPolicy(call)), Tags: [] } }),
  GetPolicyVersion: (call) => {
    const arn = knownPolicy(call);
    if (arn.startsWith('arn:aws:iam::aws:')) throw notModelled("the full texts of AWS's own policies");
    return {
      PolicyVersion: {
        Document: policyDocument(call.account, arn) ?? {},
        VersionId: 'v1',
        IsDefaultVersion: true,
        CreateDate: call.account.iam.policies.get(arn)?.CreateDate ?? AWS_POLICY_DATE,
      },
    };
  },
  CreatePolicy: (call) => {
    const { account, params } = call;
    const name = required(params, 'PolicyName');
    const path = textOf(params, 'Path') ?? '/';
    const arn = `arn:aws:iam::${account.id}:policy${path}${name}`;
    if (account.iam.policies.has(arn))
      throw new AwsError(
        'EntityAlreadyExists',
        `A policy called ${name} already exists. Duplicate names are not allowed.`,
        409,
      );
    account.iam.policies.set(arn, {
      PolicyName: name,
      PolicyId: iamId(account.random, 'ANPA'),
      Arn: arn,
      Path: path,
      DefaultVersionId: 'v1',
      CreateDate: account.second,
      document: document(params, 'PolicyDocument'),
      awsManaged: false,
    });
    return { Policy: policyView(call, arn) };
  },
  DeletePolicy: (call) => {
    const arn = knownPolicy(call);
    if (policyView(call, arn)['AttachmentCount'] !== 0)
      throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.', 409);
    call.account.iam.policies.delete(arn);
    return {};
  },
};

const providers: Service = {
  ListOpenIDConnectProviders: ({ account }) => ({
    OpenIDConnectProviderList: [...account.iam.providers.keys()].map((Arn) => ({ Arn })),
  }),
  GetOpenIDConnectProvider: ({ account, params }) => {
    const arn = required(params, 'OpenIDConnectProviderArn');
    const provider = account.iam.providers.get(arn);
    if (!provider) throw new AwsError('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`, 404);
    const { Url, ClientIDList, ThumbprintList, CreateDate } = provider;
    return { Url, ClientIDList, ThumbprintList, CreateDate };
  },
  CreateOpenIDConnectProvider: ({ account, params }) => {
    const url = required(params, 'Url').replace(/^https:\/\//, '');
    const arn = `arn:aws:iam::${account.id}:oidc-provider/${url}`;
    if (account.iam.providers.has(arn))
      throw new AwsError('EntityAlreadyExists', `Provider with url https://${url} already exists.`, 409);
    account.iam.providers.set(arn, {
      Arn: arn,
      Url: url,
      ClientIDList: textsOf(params, 'ClientIDList'),
      ThumbprintList: textsOf(params, 'ThumbprintList'),
      CreateDate: account.now,
    });
    return { OpenIDConnectProviderArn: arn };
  },
  DeleteOpenIDConnectProvider: ({ account, params }) => {
    account.iam.providers.delete(required(params, 'OpenIDConnectProviderArn'));
    return {};
  },
};

export const iam: Service = {
  ...users,
  ...groups,
  ...roles,
  ...policies,
  ...providers,
  GetAccountSummary: accountSummary,
  ListAccountAliases: () => ({ AccountAliases: [], IsTruncated: false }),
};

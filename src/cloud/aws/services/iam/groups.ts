import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import type { Account } from '../../account.ts';
import { AwsError } from '../../errors.ts';
import { iamId } from '../../ids.ts';
import { required } from '../../params.ts';
import type { IamGroup, IamUser } from '../../types/iam.ts';
import type { Call, Service } from '../call.ts';
import { attach, attached, detach, noSuch, userOf, userView } from './holders.ts';

function groupOf({ account, params }: Call): IamGroup {
  const name = required(params, 'GroupName');
  const group = account.iam.groups.get(name);
  if (!group) throw noSuch('group', name);
  return group;
}

function view({ Path, GroupName, GroupId, Arn, CreateDate }: IamGroup): JsonObject {
  return { Path, GroupName, GroupId, Arn, CreateDate };
}

const groupsOf = (account: Account, user: IamUser) =>
  [...account.iam.groups.values()].filter((group) => group.users.includes(user.UserName));

/** Raises DeleteConflict while a user is in a group. */
export function mustBeInNoGroup(account: Account, user: IamUser): void {
  if (groupsOf(account, user).length > 0)
    throw new AwsError('DeleteConflict', 'Cannot delete entity, must remove users from group first.', 409);
}

function createGroup({ account, params }: Call): JsonObject {
  const name = required(params, 'GroupName');
  if (account.iam.groups.has(name))
    throw new AwsError('EntityAlreadyExists', `Group with name ${name} already exists.`, 409);
  const group: IamGroup = {
    Path: '/',
    GroupName: name,
    GroupId: iamId(account.random, 'AGPA'),
    Arn: `arn:aws:iam::${account.id}:group/${name}`,
    CreateDate: account.second,
    policies: [],
    users: [],
  };
  account.iam.groups.set(name, group);
  return { Group: view(group) };
}

function deleteGroup(call: Call): JsonObject {
  const group = groupOf(call);
  if (group.users.length > 0)
    throw new AwsError('DeleteConflict', 'Cannot delete entity, must remove users from group first.', 409);
  if (group.policies.length > 0)
    throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
  call.account.iam.groups.delete(group.GroupName);
  return {};
}

/** Groups of users, whose policies hold for their members. */
export const groups: Service = {
  ListGroups: ({ account }) => ({ Groups: [...account.iam.groups.values()].map(view), IsTruncated: false }),
  CreateGroup: createGroup,
  DeleteGroup: deleteGroup,
  GetGroup: (call) => {
    const group = groupOf(call);
    const { users } = call.account.iam;
    const members = group.users.flatMap((name) => users.get(name) ?? []);
    return { Group: view(group), Users: members.map(userView), IsTruncated: false };
  },
  AddUserToGroup: (call) => {
    const group = groupOf(call);
    const { UserName } = userOf(call);
    if (!group.users.includes(UserName)) group.users.push(UserName);
    return {};
  },
  RemoveUserFromGroup: (call) => {
    const group = groupOf(call);
    const { UserName } = userOf(call);
    group.users = group.users.filter((name) => name !== UserName);
    return {};
  },
  ListGroupsForUser: (call) => ({ Groups: groupsOf(call.account, userOf(call)).map(view), IsTruncated: false }),
  ListAttachedGroupPolicies: (call) => attached(groupOf(call).policies),
  AttachGroupPolicy: (call) => attach(call, groupOf(call)),
  DetachGroupPolicy: (call) => detach(call, groupOf(call)),
  ListGroupPolicies: (call) => {
    groupOf(call);
    return { PolicyNames: [], IsTruncated: false };
  },
};

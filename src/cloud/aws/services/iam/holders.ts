import { isObject, type JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../../errors.ts';
import { required, textOf, toJsonObject } from '../../params.ts';
import { checkPolicy } from '../../policies.ts';
import type { IamUser } from '../../types/iam.ts';
import type { Call } from '../call.ts';

export function noSuch(what: string, name: string): AwsError {
  return new AwsError('NoSuchEntity', `The ${what} with name ${name} cannot be found.`, 404);
}

/** The user that is named, or who asks. Raises NoSuchEntity. */
export function userOf({ account, params, identity }: Call): IamUser {
  const name = textOf(params, 'UserName') ?? identity.name;
  const user = account.iam.users.get(name);
  if (!user) throw noSuch('user', name);
  return user;
}

export function userView({ policies, inline, accessKeys, ...user }: IamUser): JsonObject {
  return toJsonObject(user);
}

export function attached(arns: readonly string[]): JsonObject {
  return {
    AttachedPolicies: arns.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn })),
    IsTruncated: false,
  };
}

/** Raises NoSuchEntity for a policy that is not there. */
export function attach({ account, params }: Call, holder: { policies: string[] }): JsonObject {
  const arn = required(params, 'PolicyArn');
  checkPolicy(account, arn);
  if (!holder.policies.includes(arn)) holder.policies.push(arn);
  return {};
}

export function detach({ params }: Call, holder: { policies: string[] }): JsonObject {
  const arn = required(params, 'PolicyArn');
  if (!holder.policies.includes(arn)) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
  holder.policies = holder.policies.filter((other) => other !== arn);
  return {};
}

export function document(params: JsonObject, name: string): JsonObject {
  const text = required(params, name);
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value) && 'Statement' in value) return value;
  } catch {
    // Falls through to the answer for what is no policy.
  }
  throw new AwsError(
    'MalformedPolicyDocument',
    name === 'PolicyDocument' ? 'Syntax errors in policy.' : 'This policy contains invalid Json',
  );
}

import type { Json, JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import type { Account } from '../../account.ts';
import { AwsError } from '../../errors.ts';
import { objectOf, objectsOf } from '../../params.ts';
import type { IamRole } from '../../types/iam.ts';

// The roles that EKS is given. It looks at who may take them at once; what they may do shows only later.

/** Raises InvalidParameterException unless EKS may take the role. */
export function checkClusterRole(account: Account, arn: string): void {
  const role = roleOf(account, arn);
  if (!role)
    throw new AwsError(
      'InvalidParameterException',
      `Role with arn: ${arn}, could not be assumed because it does not exist or the trusted entity is not correct`,
    );
  if (!trustsService(role.AssumeRolePolicyDocument, 'eks.amazonaws.com'))
    throw new AwsError(
      'InvalidParameterException',
      `Following required service principals [eks.amazonaws.com] were not found in the trust relationships of clusterRole ${arn}`,
    );
}

/** Raises InvalidParameterException unless EC2 may take the role. */
export function checkNodeRole(account: Account, arn: string): void {
  const role = roleOf(account, arn);
  if (!role)
    throw new AwsError(
      'InvalidParameterException',
      `The role with name ${arn.slice(arn.lastIndexOf('/') + 1)} cannot be found.`,
    );
  if (!trustsService(role.AssumeRolePolicyDocument, 'ec2.amazonaws.com'))
    throw new AwsError(
      'InvalidParameterException',
      `Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole ${arn}`,
    );
}

const roleOf = (account: Account, arn: string): IamRole | undefined =>
  [...account.iam.roles.values()].find((role) => role.Arn === arn);

/** Services have names of their own in China: `ec2.amazonaws.com.cn`. */
function trustsService(document: JsonObject, service: string): boolean {
  return objectsOf(document, 'Statement').some(
    (statement) =>
      statement['Effect'] === 'Allow' &&
      texts(objectOf(statement, 'Principal')['Service']).some((one) => one === service || one === `${service}.cn`) &&
      texts(statement['Action']).some((action) => ['sts:assumerole', 'sts:*', '*'].includes(action.toLowerCase())),
  );
}

const texts = (value: Json | undefined): string[] => (Array.isArray(value) ? value : [value ?? '']).map(String);

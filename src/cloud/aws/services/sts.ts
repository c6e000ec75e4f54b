import { AwsError } from '../errors.ts';
import { iamId, secretKey } from '../ids.ts';
import { numberOf, required } from '../params.ts';
import type { AccessKey, Identity } from '../types.ts';
import type { Call, Service } from './call.ts';

/** Temporary credentials for somebody. */
function newSession(
  { account }: Call,
  identity: Identity,
  seconds: number,
): AccessKey & { expires: number; token: string } {
  const expires = Math.floor(account.now / 1000 + seconds) * 1000;
  const token = `${btoa(account.random.hex(96))}${btoa(account.random.hex(96))}`.replace(/=/g, '');
  const key: AccessKey = {
    AccessKeyId: iamId(account.random, 'ASIA', 20),
    SecretAccessKey: secretKey(account.random),
    UserName: identity.name,
    Status: 'Active',
    CreateDate: account.now,
    session: { token, expires, identity },
  };
  account.iam.sessions.set(key.AccessKeyId, key);
  return { ...key, expires, token };
}

function credentials({ AccessKeyId, SecretAccessKey, token, expires }: ReturnType<typeof newSession>) {
  return { AccessKeyId, SecretAccessKey, SessionToken: token, Expiration: expires };
}

export const sts: Service = {
  GetCallerIdentity: ({ identity }) => ({ UserId: identity.userId, Account: identity.account, Arn: identity.arn }),

  GetSessionToken: (call) => {
    const seconds = numberOf(call.params, 'DurationSeconds') ?? 43_200;
    if (call.identity.role)
      throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403);
    return { Credentials: credentials(newSession(call, call.identity, seconds)) };
  },

  AssumeRole: (call) => {
    const arn = required(call.params, 'RoleArn');
    const session = required(call.params, 'RoleSessionName');
    const role = [...call.account.iam.roles.values()].find((candidate) => candidate.Arn === arn);
    const trust = JSON.stringify(role?.AssumeRolePolicyDocument ?? {});
    const trusted = trust.includes(call.identity.arn) || trust.includes(`arn:aws:iam::${call.account.id}:root`);
    if (!role || !trusted)
      throw new AwsError(
        'AccessDenied',
        `User: ${call.identity.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
        403,
      );
    const identity: Identity = {
      account: call.account.id,
      arn: `arn:aws:sts::${call.account.id}:assumed-role/${role.RoleName}/${session}`,
      userId: `${role.RoleId}:${session}`,
      name: role.RoleName,
      role: true,
    };
    const made = newSession(call, identity, numberOf(call.params, 'DurationSeconds') ?? 3600);
    return {
      Credentials: credentials(made),
      AssumedRoleUser: { AssumedRoleId: identity.userId, Arn: identity.arn },
    };
  },

  DecodeAuthorizationMessage: (call) => {
    const refusal = call.account.refusalOf(required(call.params, 'EncodedMessage'));
    if (!refusal) throw new AwsError('InvalidAuthorizationMessageException', 'Message is not valid');
    return { DecodedMessage: JSON.stringify(refusal) };
  },
};

import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Account } from '../account.ts';
import { AwsError } from '../errors.ts';
import { iamId, secretKey } from '../ids.ts';
import { numberOf, objectOf, objectsOf, type Params, required, textOf } from '../params.ts';
import type { PodIdentityAssociation } from '../types/eks.ts';
import type { AccessKey, IamRole, Identity } from '../types/iam.ts';
import type { Service } from './call.ts';
import { controlPlaneOf } from './eks/find.ts';
import { associationOf } from './eks/pod-identity.ts';

/** Who acts under a role, by the name of the session. */
export function assumedRole(account: Account, role: IamRole, session: string): Identity {
  return {
    account: account.id,
    arn: `arn:aws:sts::${account.id}:assumed-role/${role.RoleName}/${session}`,
    userId: `${role.RoleId}:${session}`,
    name: role.RoleName,
    role: true,
  };
}

/** Temporary credentials for somebody. */
function newSession(
  account: Account,
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
    return { Credentials: credentials(newSession(call.account, call.identity, seconds)) };
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
    const identity = assumedRole(call.account, role, session);
    const made = newSession(call.account, identity, numberOf(call.params, 'DurationSeconds') ?? 3600);
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

/** A token of a ServiceAccount is turned into credentials of a role; nobody signs such a request. Raises AwsError. */
export function assumeRoleWithWebIdentity(account: Account, params: Params): JsonObject {
  const token = required(params, 'WebIdentityToken');
  const arn = required(params, 'RoleArn');
  const claims = unverifiedClaims(token);
  const issuer = textOf(claims, 'iss') ?? '';
  const host = issuer.replace(/^https:\/\//, '');
  const provider = [...account.iam.providers.values()].find((one) => one.Arn.endsWith(`:oidc-provider/${host}`));
  if (!provider)
    throw new AwsError('InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${issuer}`);
  const clusters = account.regions.flatMap((region) => [...region.clusters.values()]);
  const cluster = clusters.find((one) => one.issuer === issuer);
  const plane = cluster && controlPlaneOf(cluster);
  if (!plane)
    throw new AwsError(
      'InvalidIdentityToken',
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  const audiences = asTexts(claims['aud']);
  if (plane.claims(token) === undefined || !audiences.some((one) => provider.ClientIDList.includes(one)))
    throw new AwsError('InvalidIdentityToken', 'Incorrect token audience');
  const expires = (numberOf(claims, 'exp') ?? 0) * 1000;
  if (expires < account.now)
    throw new AwsError(
      'ExpiredTokenException',
      `Token expired: current date/time ${Math.floor(account.now / 1000)} must be before the expiration date/time ${expires / 1000}`,
    );
  const role = [...account.iam.roles.values()].find((one) => one.Arn === arn);
  const facts = new Map([
    [`${host}:aud`, audiences],
    [`${host}:sub`, [textOf(claims, 'sub') ?? '']],
  ]);
  if (!role || !trusts(role.AssumeRolePolicyDocument, provider.Arn, facts))
    throw new AwsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
  const session = required(params, 'RoleSessionName');
  const identity = assumedRole(account, role, session);
  return {
    Credentials: credentials(newSession(account, identity, 3600)),
    SubjectFromWebIdentityToken: textOf(claims, 'sub') ?? '',
    AssumedRoleUser: { AssumedRoleId: identity.userId, Arn: identity.arn },
    Provider: provider.Arn,
    Audience: audiences[0] ?? '',
  };
}

/** The Pod's token is for the agent of its node alone. EKS API: eks-auth, AssumeRoleForPodIdentity */
export const NO_AGENT = 'NoAgent';
const POD_AUDIENCE = 'pods.eks.amazonaws.com';

/** A token of a Pod is turned into credentials of the role that its ServiceAccount is associated with. Raises AwsError. */
export function assumeRoleForPodIdentity(account: Account, params: Params): JsonObject {
  const token = required(params, 'token');
  const claims = unverifiedClaims(token);
  const clusters = account.regions.flatMap((region) => [...region.clusters.values()]);
  const cluster = clusters.find((one) => one.issuer === textOf(claims, 'iss'));
  const plane = cluster && controlPlaneOf(cluster);
  if (!cluster || plane?.claims(token) === undefined || !asTexts(claims['aud']).includes(POD_AUDIENCE))
    throw new AwsError('InvalidTokenException', 'The token provided is not valid.');
  // Who asks is the agent of a node, unless there is none.
  if (!cluster.addons.has('eks-pod-identity-agent')) throw new AwsError(NO_AGENT, 'there is no agent', 503);
  const [, , namespace = '', serviceAccount = ''] = (textOf(claims, 'sub') ?? '').split(':');
  const association = associationOf(cluster, namespace, serviceAccount);
  if (!association)
    throw new AwsError(
      'ResourceNotFoundException',
      `No pod identity association found for service account ${namespace}/${serviceAccount} in cluster ${cluster.name}`,
      404,
    );
  const role = roleOfAssociation(account, association);
  if (!role)
    throw new AwsError(
      'AccessDeniedException',
      'Unauthorized Exception! EKS does not have permissions to assume the associated role.',
    );
  const pod = textOf(objectOf(objectOf(claims, 'kubernetes.io'), 'pod'), 'name') ?? serviceAccount;
  const session = `eks-${cluster.name}-${pod.slice(0, 12)}-${account.random.uid()}`.slice(0, 64);
  const identity = assumedRole(account, role, session);
  return { Credentials: credentials(newSession(account, identity, 6 * 3600)) };
}

/** The role of an association, when it trusts EKS to take it for Pods. */
export function roleOfAssociation(account: Account, { roleArn }: PodIdentityAssociation): IamRole | undefined {
  const role = [...account.iam.roles.values()].find((one) => one.Arn === roleArn);
  return role && letsPodsIn(role.AssumeRolePolicyDocument) ? role : undefined;
}

/** Whether a trust policy lets EKS take the role for Pods: it wants to tag the session, too. */
function letsPodsIn(document: JsonObject): boolean {
  return ['sts:AssumeRole', 'sts:TagSession'].every((action) =>
    objectsOf(document, 'Statement').some(
      (statement) =>
        statement['Effect'] === 'Allow' &&
        asTexts(objectOf(statement, 'Principal')['Service']).includes(POD_AUDIENCE) &&
        asTexts(statement['Action']).includes(action),
    ),
  );
}

function unverifiedClaims(token: string): JsonObject {
  try {
    const value: unknown = JSON.parse(atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')));
    if (isObject(value)) return value;
  } catch {
    // It is no token.
  }
  throw new AwsError(
    'InvalidIdentityToken',
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  );
}

const asTexts = (value: Json | undefined) => (Array.isArray(value) ? value : [value ?? '']).map(String);

/** Whether a role's trust policy lets in who has shown these facts to a provider. */
function trusts(document: JsonObject, provider: string, facts: ReadonlyMap<string, readonly string[]>): boolean {
  return objectsOf(document, 'Statement').some((statement) => {
    const principals = asTexts(objectOf(statement, 'Principal')['Federated']);
    const actions = asTexts(statement['Action']);
    if (statement['Effect'] !== 'Allow' || !principals.includes(provider)) return false;
    if (!actions.includes('sts:AssumeRoleWithWebIdentity')) return false;
    return Object.entries(objectOf(statement, 'Condition')).every(([operator, pairs]) =>
      Object.entries(isObject(pairs) ? pairs : {}).every(([key, wanted]) =>
        asTexts(wanted).some((pattern) => (facts.get(key) ?? []).some((fact) => meets(operator, pattern, fact))),
      ),
    );
  });
}

function meets(operator: string, pattern: string, text: string): boolean {
  if (operator !== 'StringLike') return pattern === text;
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${escaped}$`).test(text);
}

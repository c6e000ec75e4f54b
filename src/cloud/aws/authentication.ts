import type { Account } from './account.ts';
import { AwsError } from './errors.ts';
import { parseAmzDate, type Scope, signature } from './signature.ts';
import type { AccessKey, Identity } from './types/iam.ts';

/** What a request carries to say who sends it. */
export interface SignedRequest extends Scope {
  readonly keyId: string;
  readonly token: string | undefined;
  readonly signature: string;
  /** The text that was signed. */
  readonly text: string;
}

type Problem = 'unknown key' | 'wrong signature' | 'expired';

/** Each family of services has words of its own for the same thing. Recorded in the issues of aws-cli. */
const PROBLEMS: Readonly<
  Record<Problem, Readonly<Record<'query' | 'ec2' | 'json', readonly [string, string, number]>>>
> = {
  'unknown key': {
    query: ['InvalidClientTokenId', 'The security token included in the request is invalid.', 403],
    ec2: ['AuthFailure', 'AWS was not able to validate the provided access credentials', 401],
    json: ['UnrecognizedClientException', 'The security token included in the request is invalid.', 403],
  },
  'wrong signature': {
    query: [
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      403,
    ],
    ec2: ['AuthFailure', 'AWS was not able to validate the provided access credentials', 401],
    json: [
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      403,
    ],
  },
  expired: {
    query: ['ExpiredToken', 'The security token included in the request is expired', 403],
    ec2: ['RequestExpired', 'Request has expired.', 400],
    json: ['ExpiredTokenException', 'The security token included in the request is expired', 403],
  },
};

/** What a service says to a request that nobody has signed. */
export function unsigned(service: string): AwsError {
  if (service === 'ec2')
    return new AwsError('MissingParameter', 'The request must contain the parameter AWSAccessKeyId');
  if (familyOf(service) === 'query')
    return new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  return new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
}

function familyOf(service: string): 'query' | 'ec2' | 'json' {
  if (service === 'ec2') return 'ec2';
  return /^(eks|logs|ce|acm|ecr|service-?quotas|ssm)$/.test(service) ? 'json' : 'query';
}

/** Who signed a request. Raises AwsError. */
export function identify(account: Account, request: SignedRequest): Identity {
  const key = account.findKey(request.keyId);
  const problem = problemOf(account, key, request);
  if (problem === undefined && key) return identityOf(account, key);
  throw new AwsError(...PROBLEMS[problem ?? 'unknown key'][familyOf(request.service)]);
}

function problemOf(account: Account, key: AccessKey | undefined, request: SignedRequest): Problem | undefined {
  if (key?.Status !== 'Active') return 'unknown key';
  if ((key.session?.token ?? request.token) !== request.token) return 'unknown key';
  if (signature(key.SecretAccessKey, request, request.text) !== request.signature) return 'wrong signature';
  return key.session && key.session.expires <= account.now ? 'expired' : undefined;
}

function identityOf(account: Account, key: AccessKey): Identity {
  if (key.session) return key.session.identity;
  const user = account.iam.users.get(key.UserName);
  return {
    account: account.id,
    arn: user?.Arn ?? `arn:aws:iam::${account.id}:root`,
    userId: user?.UserId ?? account.id,
    name: user?.UserName ?? '',
    role: false,
  };
}

const TOKEN_PREFIX = 'k8s-aws-v1.';
/** A token of `aws eks get-token` is good for this long, ms. */
const TOKEN_TIME = 15 * 60_000;

/** The URL that the token for a cluster stands for, with what is signed of it. */
export function presignedText(host: string, cluster: string, query: string): string {
  return `GET\n/\n${query}\nhost:${host}\nx-k8s-aws-id:${cluster}\n\nhost;x-k8s-aws-id`;
}

export function clusterToken(
  credentials: { keyId: string; secret: string; token: string | undefined },
  options: { cluster: string; region: string; time: string },
): string {
  const { cluster, region, time } = options;
  const host = `sts.${region}.amazonaws.com`;
  const session =
    credentials.token === undefined ? '' : `&X-Amz-Security-Token=${encodeURIComponent(credentials.token)}`;
  const credential = `${credentials.keyId}/${time.slice(0, 8)}/${region}/sts/aws4_request`;
  const query = `Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(credential)}&X-Amz-Date=${time}&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id${session}`;
  const text = presignedText(host, cluster, query);
  const signed = signature(credentials.secret, { time, region, service: 'sts' }, text);
  const url = `https://${host}/?${query}&X-Amz-Signature=${signed}`;
  return `${TOKEN_PREFIX}${btoa(url).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`;
}

/** Who a token for a cluster stands for; undefined when it is not good. aws-iam-authenticator: pkg/token */
export function tokenIdentity(account: Account, token: string, cluster: string): Identity | undefined {
  if (!token.startsWith(TOKEN_PREFIX)) return undefined;
  let url: string;
  try {
    url = atob(token.slice(TOKEN_PREFIX.length).replace(/-/g, '+').replace(/_/g, '/'));
  } catch {
    return undefined;
  }
  const match = /^https:\/\/(sts\.[a-z0-9-]+\.amazonaws\.com)\/\?(.*)&X-Amz-Signature=([0-9a-f]{64})$/.exec(url);
  if (!match) return undefined;
  const [, host = '', query = '', signed = ''] = match;
  const values = new Map(
    query
      .split('&')
      .map((part) => [part.slice(0, part.indexOf('=')), decodeURIComponent(part.slice(part.indexOf('=') + 1))]),
  );
  const [keyId = '', , region = ''] = (values.get('X-Amz-Credential') ?? '').split('/');
  const time = values.get('X-Amz-Date') ?? '';
  if (!(account.now < parseAmzDate(time) + TOKEN_TIME)) return undefined;
  const text = presignedText(host, cluster, query);
  const session = values.get('X-Amz-Security-Token');
  try {
    return identify(account, { keyId, time, region, service: 'sts', token: session, signature: signed, text });
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

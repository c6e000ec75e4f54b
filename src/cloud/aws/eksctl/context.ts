import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import { clusterToken } from '../authentication.ts';
import { AwsClient, ClientError, EndpointError } from '../client/client.ts';
import { AwsConfig, type Credentials, findCredentials, findRegion } from '../client/config.ts';
import { amzDate } from '../signature.ts';
import type { Flags } from './flags.ts';
import { KubeApi } from './kube-api.ts';
import { EksctlError } from './log.ts';

/** What one run of eksctl works with. */
export interface Context {
  readonly process: Process;
  readonly flags: Flags;
  readonly region: string;
  readonly credentials: Credentials;
  readonly client: AwsClient;
  /** The user's or role's name, for the name of the kubeconfig's context. */
  readonly who: string;
}

/** eksctl's own default. */
const DEFAULT_REGION = 'us-west-2';

const NO_CREDENTIALS =
  'checking AWS STS access – cannot get role ARN for current session: operation error STS: GetCallerIdentity, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, request canceled, context deadline exceeded';

/** Finds credentials and region, and asks STS who they are. Raises EksctlError. */
export function* makeContext(process: Process, flags: Flags, region?: string): Task<Context> {
  const config = new AwsConfig(process, flags.text('profile'));
  const credentials = findCredentials(config, flags.has('profile'));
  if (!credentials || typeof credentials === 'string') {
    yield* process.sleep(5000);
    throw new EksctlError(NO_CREDENTIALS);
  }
  const chosen = flags.text('region') ?? region ?? findRegion(config)?.value ?? DEFAULT_REGION;
  const client = new AwsClient(process, credentials, chosen);
  let identity: JsonObject;
  try {
    identity = yield* client.call('sts', 'GetCallerIdentity');
  } catch (error) {
    throw new EksctlError(
      `checking AWS STS access – cannot get role ARN for current session: ${sdkText('STS', error)}`,
    );
  }
  const arn = String(identity['Arn']);
  return { process, flags, region: chosen, credentials, client, who: arn.slice(arn.lastIndexOf('/') + 1) };
}

const HOSTS: Readonly<Record<string, string>> = {
  STS: 'sts',
  EKS: 'eks',
  CloudFormation: 'cloudformation',
  EC2: 'ec2',
  IAM: 'iam',
};

/** Errors that the SDK has types for: the others are called `api error`. aws-sdk-go-v2: service/SERVICE/types/errors.go */
const MODELLED: Readonly<Record<string, RegExp>> = {
  EKS: /^(BadRequest|Client|InvalidParameter|InvalidRequest|InvalidState|NotFound|Resource\w+|Server|ServiceUnavailable|Throttling|UnsupportedAvailabilityZone)Exception$/,
  CloudFormation:
    /^(AlreadyExists|CFNRegistry|InvalidOperation|LimitExceeded|StackNotFound|TokenAlreadyExists)Exception$/,
  IAM: /^(ConcurrentModification|DeleteConflict|EntityAlreadyExists|InvalidInput|LimitExceeded|MalformedPolicyDocument|NoSuchEntity)$/,
};

/** What aws-sdk-go-v2 says of a failed call. */
export function sdkText(service: string, error: unknown): string {
  if (error instanceof ClientError) {
    const kind = MODELLED[service]?.test(error.code) ? error.code : `api error ${error.code}`;
    return `operation error ${service}: ${error.operation}, https response error StatusCode: ${error.status}, RequestID: ${requestId(error)}, ${kind}: ${error.text}`;
  }
  if (error instanceof EndpointError) {
    const host = /\/\/([^/"]+)/.exec(error.url)?.[1] ?? HOSTS[service] ?? '';
    return `operation error ${service}: exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, Post "https://${host}/": dial tcp: lookup ${host}: no such host`;
  }
  throw error;
}

/** An id that belongs to the error: the world's answers carry none. */
function requestId(error: ClientError): string {
  let sum = 7;
  for (const char of error.message) sum = (sum * 31 + char.charCodeAt(0)) % 0xffffffff;
  const hex = sum.toString(16).padStart(8, '0');
  return `${hex}-${hex.slice(0, 4)}-4${hex.slice(1, 4)}-a${hex.slice(4, 7)}-${hex}${hex.slice(0, 4)}`;
}

/** Calls a service; failures are worded as the SDK does. Raises EksctlError; with `orElse` gives that for a code. */
export function* call(
  context: Context,
  service: string,
  operation: string,
  params: JsonObject = {},
  codes: readonly string[] = [],
): Task<JsonObject | undefined> {
  try {
    return yield* context.client.call(service, operation, params);
  } catch (error) {
    if (error instanceof ClientError && codes.includes(error.code)) return undefined;
    const name =
      { eks: 'EKS', sts: 'STS', ec2: 'EC2', iam: 'IAM', ssm: 'SSM', cloudformation: 'CloudFormation' }[service] ??
      service;
    throw new EksctlError(sdkText(name, error));
  }
}

/** The API server of a cluster, as the user that runs eksctl. */
export function kubeApi(context: Context, cluster: JsonObject): KubeApi {
  const { process, credentials, region } = context;
  return new KubeApi(process, String(cluster['endpoint']), () =>
    clusterToken(credentials, { cluster: String(cluster['name']), region, time: amzDate(process.now) }),
  );
}

import { isObject, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { bodyText, type HttpRequest, type HttpResponse, textResponse } from '../../world/network/http.ts';
import { NetworkNamespace } from '../../world/network/namespace.ts';
import type { Task } from '../../world/task.ts';
import { wait } from '../../world/task.ts';
import type { Account } from './account.ts';
import { identify, unsigned } from './authentication.ts';
import { AwsError, notModelled } from './errors.ts';
import { modelOf, serviceNames } from './models/models.ts';
import { objectOf } from './params.ts';
import { mayDo } from './policies.ts';
import { REGION_NAMES } from './region.ts';
import { SERVICES } from './services/index.ts';
import { assumeRoleForPodIdentity, assumeRoleWithWebIdentity } from './services/sts.ts';
import type { Identity } from './types/iam.ts';

/** One way from Korea, ms; regions that are not here are far. */
const LATENCY: Readonly<Record<string, number>> = {
  'ap-northeast-2': 4,
  'ap-northeast-1': 18,
  'ap-northeast-3': 15,
  'ap-southeast-1': 38,
  'ap-south-1': 65,
  'us-west-2': 65,
  'us-west-1': 68,
  'us-east-1': 95,
  'eu-central-1': 120,
};
const FAR = 110;
/** What a service takes to answer, ms. */
const WORK = 60;

/** `ec2.ap-northeast-2.amazonaws.com`; IAM and Cost Explorer are the same everywhere. */
export function endpointHost(service: string, region: string): string {
  if (service === 'iam') return 'iam.amazonaws.com';
  if (service === 'ce') return 'ce.us-east-1.amazonaws.com';
  return `${modelOf(service)?.endpoint ?? service}.${region}.amazonaws.com`;
}

/** Gives the endpoints of the account's services names and addresses in its world: one address a region. */
export function addEndpoints(account: Account): void {
  const { network } = account.world;
  const namespace = new NetworkNamespace('aws');
  REGION_NAMES.forEach((region, index) => {
    const address = `52.95.${10 + index}.7`;
    network.attachOutside(address, namespace);
    for (const service of serviceNames()) network.names.set(endpointHost(service, region), [address]);
  });
  const tls = { names: ['*.amazonaws.com'] };
  const http = (request: HttpRequest) => serve(account, request);
  namespace.listen({ protocol: 'tcp', address: '0.0.0.0', port: 443, owner: undefined, tls, http });
}

function* serve(account: Account, request: HttpRequest): Task<HttpResponse> {
  const host = request.headers.get('host') ?? request.tls?.serverName ?? '';
  const region = REGION_NAMES.find((name) => host.includes(name)) ?? 'us-east-1';
  yield* wait<void>({
    arm: (wake) => {
      const timer = account.world.loop.after(2 * (LATENCY[region] ?? FAR) + WORK, () => wake());
      return () => timer.cancel();
    },
  });
  const body = request.body?.kind === 'json' ? request.body.value : undefined;
  const signed = request.headers.get('authorization');
  try {
    if (isObject(body) && body['operation'] === 'AssumeRoleWithWebIdentity')
      return answer(200, assumeRoleWithWebIdentity(account, objectOf(body, 'params')));
    if (isObject(body) && body['operation'] === 'AssumeRoleForPodIdentity')
      return answer(200, assumeRoleForPodIdentity(account, objectOf(body, 'params')));
    if (!isObject(body)) return missingToken(account);
    if (signed === undefined) throw unsigned(String(body['service']));
    return answer(200, dispatch(account, request, body, signed));
  } catch (error) {
    if (error instanceof AwsError) return answer(error.status, { Error: { Code: error.code, Message: error.message } });
    throw error;
  }
}

/** Who looks at an endpoint without signing. */
function missingToken(account: Account): HttpResponse {
  return textResponse(
    403,
    `<ErrorResponse>\n  <Error>\n    <Type>Sender</Type>\n    <Code>MissingAuthenticationToken</Code>\n    <Message>Request is missing Authentication Token</Message>\n  </Error>\n  <RequestId>${account.random.uid()}</RequestId>\n</ErrorResponse>\n`,
    'text/xml',
  );
}

function answer(status: number, value: JsonObject): HttpResponse {
  return { status, headers: new Map([['content-type', 'application/json']]), body: { kind: 'json', value } };
}

/** `Credential=KEY/DAY/REGION/SERVICE/aws4_request, SignedHeaders=…, Signature=…` */
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=[^,]+, Signature=([0-9a-f]+)$/;

function dispatch(account: Account, request: HttpRequest, body: JsonObject, signed: string): JsonObject {
  const [, keyId = '', region = '', signingName = '', signature = ''] = AUTHORIZATION.exec(signed) ?? [];
  const service = String(body['service']);
  const operation = String(body['operation']);
  const params = isObject(body['params']) ? body['params'] : {};
  const identity = identify(account, {
    keyId,
    region,
    service: signingName,
    signature,
    time: request.headers.get('x-amz-date') ?? '',
    token: request.headers.get('x-amz-security-token'),
    text: bodyText(request.body),
  });
  const run = SERVICES[service]?.[operation];
  if (!run) throw notModelled(`the operation ${operation} of ${service}`);
  authorize(account, identity, service, operation, region, params);
  return pageOf(run({ account, region: account.region(region), identity, params }), service, operation, params);
}

/** The page of a list that was asked for: its token says where it begins. Raises InvalidParameterValue. */
function pageOf(answer: JsonObject, service: string, operation: string, params: JsonObject): JsonObject {
  const paging = modelOf(service)?.ops[operation]?.[2];
  if (!paging) return answer;
  const [input, output, result, limit] = paging;
  const token = params[input];
  const size = params[limit];
  if (token === undefined && typeof size !== 'number') return answer;
  const [key = ''] = result.split(' ');
  const items = answer[key];
  if (!Array.isArray(items)) return answer;
  const start = token === undefined ? 0 : placeOf(operation, String(token));
  const end = typeof size === 'number' ? start + size : items.length;
  return {
    ...answer,
    [key]: items.slice(start, end),
    ...(end < items.length ? { [output]: btoa(`${operation}/${end}`) } : {}),
  };
}

function placeOf(operation: string, token: string): number {
  try {
    const [name, place] = atob(token).split('/');
    if (name === operation && /^\d+$/.test(place ?? '')) return Number(place);
  } catch {
    // Falls through.
  }
  throw new AwsError('InvalidParameterValue', 'Unable to parse pagination token');
}

const PREFIX: Readonly<Record<string, string>> = {
  elb: 'elasticloadbalancing',
  elbv2: 'elasticloadbalancing',
  'service-quotas': 'servicequotas',
};

/** Raises what the service answers to whom it does not let in. */
function authorize(
  account: Account,
  identity: Identity,
  service: string,
  operation: string,
  region: string,
  params: JsonObject,
): void {
  if (service === 'sts') return;
  const action = `${PREFIX[service] ?? service}:${operation}`;
  const dry = service === 'ec2' && params['DryRun'] === true;
  const decision = mayDo(account, identity, action, '*');
  if (decision === 'allowed') {
    if (dry) throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
    return;
  }
  const why =
    decision === 'denied explicitly'
      ? `with an explicit deny in an identity-based policy`
      : `because no identity-based policy allows the ${action} action`;
  if (service === 'ec2')
    throw new AwsError(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. ${ec2Refusal(account, identity, operation, why, region, params)}`,
      403,
    );
  const resource = resourceOf(account, service, operation, region, params);
  throw new AwsError(
    ['acm', 'ce', 'ecr', 'eks', 'logs', 'service-quotas', 'ssm'].includes(service)
      ? 'AccessDeniedException'
      : 'AccessDenied',
    `User: ${identity.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
    403,
  );
}

/** What only looks has no resource in its text; what changes something has, and an encoded message with it. */
function ec2Refusal(
  account: Account,
  identity: Identity,
  operation: string,
  why: string,
  region: string,
  params: JsonObject,
): string {
  const action = `ec2:${operation}`;
  const who = `User: ${identity.arn} is not authorized to perform: ${action}`;
  if (/^(Describe|Get)/.test(operation)) return `${who} ${why}`;
  const resource = `arn:aws:ec2:${region}:${account.id}:${ec2Resource(operation, params)}`;
  const message = account.encodeRefusal({
    allowed: false,
    explicitDeny: why.includes('explicit deny'),
    matchedStatements: { items: [] },
    failures: { items: [] },
    context: {
      principal: { id: identity.userId, arn: identity.arn },
      action,
      resource,
      conditions: { items: [] },
    },
  });
  return `${who} on resource: ${resource} ${why}. Encoded authorization failure message: ${message}`;
}

/** `DeleteKeyPair` → `key-pair/*`, with the id where the request has it. */
function ec2Resource(operation: string, params: JsonObject): string {
  const noun = operation.replace(/^[A-Z][a-z]+/, '').replace(/(Ingress|Egress|s)$/, '');
  const id = params[`${noun}Id`] ?? params['GroupId'] ?? params['AllocationId'];
  const kind = noun.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  return `${kind === 'address' || kind === 'addres' ? 'elastic-ip' : kind}/${typeof id === 'string' ? id : '*'}`;
}

/** The resource as the texts name it. */
function resourceOf(account: Account, service: string, operation: string, region: string, params: JsonObject): string {
  if (service === 'eks') {
    const name = params['clusterName'] ?? params['name'] ?? '*';
    return `arn:aws:eks:${region}:${account.id}:cluster/${name}`;
  }
  if (service === 'iam') {
    const user = params['UserName'];
    const role = params['RoleName'];
    if (typeof user === 'string') return `user ${user}`;
    if (typeof role === 'string') return `role ${role}`;
    return operation === 'ListUsers' ? `arn:aws:iam::${account.id}:user/` : `arn:aws:iam::${account.id}:role/`;
  }
  if (service === 'cloudformation')
    return `arn:aws:cloudformation:${region}:${account.id}:stack/${params['StackName'] ?? '*'}/*`;
  return '*';
}

import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { objectOf, objectsOf, textOf } from '../params.ts';
import { type Context, call } from './context.ts';
import { EksctlError, log, wording } from './log.ts';

/** When eksctl looks at the stack of a new cluster, ms after the look before. eksctl: pkg/cfn/waiter */
const CLUSTER_LOOKS = [30_000, 30_000, 60_000];
/** Other stacks: at once, and then as the waiter of the AWS SDK does, with ever longer pauses by chance. */
const SHORTEST = 30_000;
const LONGEST = 120_000;

/** What the SDK's waiter says of a stack that came to another end. aws-sdk-go-v2: service/cloudformation/api_op_DescribeStacks.go */
export const FAILED = 'waiter state transitioned to Failure';

/** The stacks that eksctl made for a cluster and that are not gone. */
export function* stacksOf(context: Context, cluster: string): Task<JsonObject[]> {
  const answer = yield* call(context, 'cloudformation', 'DescribeStacks');
  return objectsOf(answer ?? {}, 'Stacks').filter((stack) => tagOf(stack, 'alpha.eksctl.io/cluster-name') === cluster);
}

export function tagOf(stack: JsonObject, key: string): string | undefined {
  const tag = objectsOf(stack, 'Tags').find((one) => one['Key'] === key);
  return tag && textOf(tag, 'Value');
}

export const stackName = (cluster: string) => `eksctl-${cluster}-cluster`;

/** Makes a stack and waits until it is there. Raises EksctlError. eksctl: pkg/cfn/manager/api.go */
export function* createStack(
  context: Context,
  name: string,
  template: JsonObject,
  tags: Readonly<Record<string, string>>,
): Task {
  const ofCluster = name === stackName(tags['alpha.eksctl.io/cluster-name'] ?? '');
  yield* log(context.process, 'info', `deploying stack ${JSON.stringify(name)}`);
  const created = call(context, 'cloudformation', 'CreateStack', {
    StackName: name,
    TemplateBody: JSON.stringify(template),
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    DisableRollback: true,
  });
  yield* wording((why) => `creating CloudFormation stack ${JSON.stringify(name)}: ${why}`, created);
  yield* waitForStack(context, name, 'CREATE_COMPLETE', name, ofCluster ? CLUSTER_LOOKS : undefined);
}

/** Waits for a status; another end raises EksctlError after the stack's events were shown. */
export function* waitForStack(
  context: Context,
  name: string,
  wanted: 'CREATE_COMPLETE' | 'UPDATE_COMPLETE' | 'DELETE_COMPLETE',
  shown = name,
  looks?: readonly number[],
): Task {
  const { process } = context;
  const random = process.machine.world.random.fork(`eksctl/wait/${shown}/${process.now}`);
  for (let look = 0; ; look++) {
    const longest = look === 0 ? 0 : Math.min(LONGEST, SHORTEST * 2 ** (look - 1));
    const pause = Math.min(longest, SHORTEST) + random.next() * Math.max(0, longest - SHORTEST);
    yield* process.sleep(looks ? (looks[Math.min(look, looks.length - 1)] ?? 0) : pause);
    yield* log(process, 'info', `waiting for CloudFormation stack ${JSON.stringify(shown)}`);
    const answer = yield* call(context, 'cloudformation', 'DescribeStacks', { StackName: name }, ['ValidationError']);
    const [stack] = objectsOf(answer ?? {}, 'Stacks');
    const status = stack ? (textOf(stack, 'StackStatus') ?? '') : 'DELETE_COMPLETE';
    if (status === wanted) return;
    if (!status.endsWith('_IN_PROGRESS')) {
      yield* troubleshoot(context, name, status, shown);
      throw new EksctlError(FAILED);
    }
  }
}

function* troubleshoot(context: Context, name: string, status: string, shown: string): Task {
  const { process } = context;
  yield* log(
    process,
    'critical',
    `unexpected status ${JSON.stringify(status)} while waiting for CloudFormation stack ${JSON.stringify(shown)}`,
  );
  yield* log(process, 'info', 'fetching stack events in attempt to troubleshoot the root cause of the failure');
  const answer = yield* call(context, 'cloudformation', 'DescribeStackEvents', { StackName: name });
  const events = objectsOf(answer ?? {}, 'StackEvents');
  // Of updates it tells everything.
  if (status.startsWith('UPDATE')) {
    for (const event of events) yield* log(process, 'info', eventText(event));
    return;
  }
  const type = status.startsWith('DELETE') ? 'DELETE_FAILED' : 'CREATE_FAILED';
  for (const event of events) {
    if (event['ResourceStatus'] !== type) continue;
    const reason = textOf(event, 'ResourceStatusReason');
    yield* log(process, reason === 'Resource creation cancelled' ? 'warning' : 'critical', eventText(event));
  }
}

/** eksctl: pkg/cfn/manager/waiters.go, troubleshootStackFailureCause */
function eventText(event: JsonObject): string {
  const reason = textOf(event, 'ResourceStatusReason');
  return `${event['ResourceType']}/${event['LogicalResourceId']}: ${event['ResourceStatus']}${reason === undefined ? '' : ` – ${JSON.stringify(reason)}`}`;
}

/** What a stack gives to others, by name. */
export function outputsOf(stack: JsonObject): ReadonlyMap<string, string> {
  return new Map(
    objectsOf(stack, 'Outputs')
      .filter(isObject)
      .map((output) => [String(output['OutputKey']), String(output['OutputValue'])]),
  );
}

/** Raises EksctlError when there is no such cluster. eksctl: pkg/eks/api.go, GetCluster */
export function* describeCluster(context: Context, name: string): Task<JsonObject> {
  const described = call(context, 'eks', 'DescribeCluster', { name });
  return objectOf(
    (yield* wording((why) => `unable to describe cluster control plane: ${why}`, described)) ?? {},
    'cluster',
  );
}

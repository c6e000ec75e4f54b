import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { objectOf, objectsOf, tagMap, textOf, textsOf } from '../params.ts';
import { type Context, call } from './context.ts';
import { EksctlError, log, table } from './log.ts';
import { createStack, describeCluster, outputsOf, stacksOf } from './stacks.ts';
import { fargateTemplate } from './templates.ts';
import { VERSION } from './version.ts';

/** ms between two looks at a profile. eksctl: pkg/utils/retry, TimingOutExponentialBackoff */
const LOOK = 8000;

const RESERVED = 'eks-';

export const fargateStack = (cluster: string) => `eksctl-${cluster}-fargate`;

export function* profileNames(context: Context, clusterName: string): Task<string[]> {
  return textsOf((yield* call(context, 'eks', 'ListFargateProfiles', { clusterName })) ?? {}, 'fargateProfileNames');
}

/** `eksctl create fargateprofile`. Raises EksctlError. eksctl: pkg/actions/fargate/create.go, pkg/eks/fargate.go */
export function* createProfile(context: Context, clusterName: string): Task<number> {
  const { process, flags } = context;
  const random = process.machine.world.random.fork(`eksctl/fargate/${process.now}`);
  const name = flags.text('name') ?? flags.args[0] ?? `fp-${random.hex(8)}`;
  const namespace = flags.text('namespace');
  if (name.startsWith(RESERVED))
    throw new EksctlError(`invalid Fargate profile: name should NOT start with ${JSON.stringify(RESERVED)}`);
  if (namespace === undefined) throw new EksctlError('invalid Fargate profile: empty selector namespace');
  yield* describeCluster(context, clusterName);
  const role = yield* executionRole(context, clusterName);
  const where = `Fargate profile ${JSON.stringify(name)} on EKS cluster ${JSON.stringify(clusterName)}`;
  if ((yield* profileNames(context, clusterName)).includes(name)) {
    yield* log(
      process,
      'info',
      `Fargate profile ${JSON.stringify(name)} already exists on EKS cluster ${JSON.stringify(clusterName)}`,
    );
    return 0;
  }
  yield* log(process, 'info', `creating ${where}`);
  const pairs = (flags.text('labels') ?? '').split(',').filter((pair) => pair !== '');
  const labels = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  yield* call(context, 'eks', 'CreateFargateProfile', {
    clusterName,
    fargateProfileName: name,
    podExecutionRoleArn: role,
    selectors: [{ namespace, ...(pairs.length > 0 ? { labels } : {}) }],
  });
  for (;;) {
    const answer = yield* call(context, 'eks', 'DescribeFargateProfile', { clusterName, fargateProfileName: name });
    if (textOf(objectOf(answer ?? {}, 'fargateProfile'), 'status') === 'ACTIVE') break;
    yield* process.sleep(LOOK);
  }
  yield* log(process, 'info', `created ${where}`);
  yield* log(process, 'warning', 'kubetutor does not model the nodes of Fargate: Pods of this profile stay Pending');
  return 0;
}

/** The role that the Pods of all profiles have, of a stack of its own. */
function* executionRole(context: Context, cluster: string): Task<string> {
  const name = fargateStack(cluster);
  const known = (yield* stacksOf(context, cluster)).find((stack) => textOf(stack, 'StackName') === name);
  if (!known)
    yield* createStack(context, name, fargateTemplate(), {
      'alpha.eksctl.io/cluster-name': cluster,
      'alpha.eksctl.io/eksctl-version': VERSION,
      'eksctl.cluster.k8s.io/v1alpha1/cluster-name': cluster,
    });
  const answer = yield* call(context, 'cloudformation', 'DescribeStacks', { StackName: name });
  const [stack] = objectsOf(answer ?? {}, 'Stacks');
  return outputsOf(stack ?? {}).get('FargatePodExecutionRoleARN') ?? '';
}

/** `eksctl get fargateprofile`. eksctl: pkg/fargate/print.go */
export function* getProfiles(context: Context, clusterName: string): Task<number> {
  const { process, flags } = context;
  const wanted = flags.text('name') ?? flags.args[0];
  const names = wanted === undefined ? yield* profileNames(context, clusterName) : [wanted];
  const profiles: JsonObject[] = [];
  for (const fargateProfileName of names) {
    const answer = yield* call(context, 'eks', 'DescribeFargateProfile', { clusterName, fargateProfileName });
    profiles.push(objectOf(answer ?? {}, 'fargateProfile'));
  }
  const map = (value: Record<string, string>) =>
    Object.entries(value)
      .map(([key, text]) => `${key}=${text}`)
      .join(',') || '<none>';
  const rows = profiles.flatMap((profile) =>
    objectsOf(profile, 'selectors').map((selector) => [
      textOf(profile, 'fargateProfileName') ?? '',
      textOf(selector, 'namespace') ?? '',
      map(tagMap(selector['labels'])),
      textOf(profile, 'podExecutionRoleArn') ?? '',
      textsOf(profile, 'subnets').join(',') || '<none>',
      map(tagMap(profile['tags'])),
      textOf(profile, 'status') ?? '',
    ]),
  );
  const headers = [
    'NAME',
    'SELECTOR_NAMESPACE',
    'SELECTOR_LABELS',
    'POD_EXECUTION_ROLE_ARN',
    'SUBNETS',
    'TAGS',
    'STATUS',
  ];
  yield* process.print(rows.length === 0 ? 'No fargateprofiles found\n' : table(headers, rows));
  return 0;
}

/** `eksctl delete fargateprofile`. Raises EksctlError. eksctl: pkg/ctl/delete/fargate.go */
export function* deleteProfile(context: Context, clusterName: string): Task<number> {
  const { process, flags } = context;
  const name = flags.text('name') ?? flags.args[0];
  if (name === undefined) throw new EksctlError('invalid Fargate profile: empty name');
  const where = `Fargate profile ${JSON.stringify(name)} on EKS cluster ${JSON.stringify(clusterName)}`;
  const wait = flags.bool('wait');
  if (wait) yield* log(process, 'info', `deleting ${where}`);
  yield* removeProfile(context, clusterName, name, wait);
  yield* log(process, 'info', `deleted ${where}`);
  return 0;
}

export function* removeProfile(context: Context, clusterName: string, name: string, wait: boolean): Task {
  yield* call(context, 'eks', 'DeleteFargateProfile', { clusterName, fargateProfileName: name });
  while (wait && (yield* profileNames(context, clusterName)).includes(name)) yield* context.process.sleep(LOOK);
}

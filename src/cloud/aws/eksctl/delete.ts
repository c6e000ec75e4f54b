import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { objectOf, objectsOf, textOf } from '../params.ts';
import { type Context, call, kubeApi } from './context.ts';
import { findProvider } from './iam.ts';
import type { KubeApi } from './kube-api.ts';
import { removeKubeconfig } from './kubeconfig.ts';
import { describePlan, EksctlError, log, type Plan } from './log.ts';
import { drainNodegroups } from './nodes.ts';
import { nodegroupsFromConfig, readConfig } from './spec.ts';
import { stackName, stacksOf, tagOf, waitForStack } from './stacks.ts';

/** eksctl gives the clean-up of load balancers this long, ms. */
const CLEANUP_LIMIT = 10 * 60_000;

/** `eksctl delete cluster`. Raises EksctlError. eksctl: pkg/actions/cluster/owned.go */
export function* deleteCluster(context: Context, name: string): Task<number> {
  const { process, flags } = context;
  yield* log(process, 'info', `deleting EKS cluster ${JSON.stringify(name)}`);
  const stacks = yield* stacksOf(context, name);
  const described = yield* call(context, 'eks', 'DescribeCluster', { name }, ['ResourceNotFoundException']);
  const cluster = objectOf(described ?? {}, 'cluster');
  const operable = cluster['status'] === 'ACTIVE';
  if (stacks.length === 0 && !described)
    throw new EksctlError(
      `fetching cluster status to determine if it can be deleted: unable to describe cluster control plane: operation error EKS: DescribeCluster, https response error StatusCode: 404, RequestID: , ResourceNotFoundException: No cluster found for name: ${name}.`,
    );
  const groups = stacks.flatMap((stack) => tagOf(stack, 'alpha.eksctl.io/nodegroup-name') ?? []);
  const api = operable ? kubeApi(context, cluster) : undefined;
  if (api && groups.length > 0) {
    yield* log(process, 'info', `will drain 0 unmanaged nodegroup(s) in cluster ${JSON.stringify(name)}`);
    yield* drainOrForce(context, api, groupsOfConfig(context));
  }
  yield* log(process, 'info', 'deleted 0 Fargate profile(s)');
  yield* removeKubeconfig(context, name);
  if (api) {
    yield* log(
      process,
      'info',
      'cleaning up AWS load balancers created by Kubernetes objects of Kind Service or Ingress',
    );
    yield* cleanUpLoadBalancers(context, api);
  }
  const provider = operable ? yield* findProvider(context, cluster) : undefined;
  yield* removeStacks(context, name, stacks, groups, provider, flags.bool('wait'));
  yield* log(process, 'success', 'all cluster resources were deleted');
  return 0;
}

/** Managed node groups are drained by EKS when they go; eksctl drains only those that a configuration file names. eksctl: ToKubeNodeGroups */
function groupsOfConfig({ process, flags }: Context): string[] {
  const file = flags.text('config-file');
  return file === undefined ? [] : nodegroupsFromConfig(readConfig(process, file)).map((group) => group.name);
}

function* drainOrForce(context: Context, api: KubeApi, groups: readonly string[]): Task {
  const { flags, process } = context;
  try {
    yield* drainNodegroups(context, api, groups, flags.bool('disable-nodegroup-eviction'));
  } catch (error) {
    if (!(error instanceof EksctlError) || !flags.bool('force')) throw error;
    yield* log(
      process,
      'warning',
      `an error occurred during nodegroups draining, force=true so proceeding with deletion: ${JSON.stringify(error.message)}`,
    );
  }
}

/** Services with a load balancer and Ingresses are deleted, and their load balancers waited for. eksctl: pkg/elb/cleanup.go */
function* cleanUpLoadBalancers(context: Context, api: KubeApi): Task {
  const { process } = context;
  const started = process.now;
  const balanced = (yield* api.list('/api/v1/services')).filter(
    (service) => textOf(objectOf(service, 'spec'), 'type') === 'LoadBalancer',
  );
  const ingresses = yield* api.list('/apis/networking.k8s.io/v1/ingresses');
  const paths = [
    ...balanced.map((one) => pathOf('/api/v1', 'services', one)),
    ...ingresses.map((one) => pathOf('/apis/networking.k8s.io/v1', 'ingresses', one)),
  ];
  for (const path of paths) yield* api.request('DELETE', path);
  for (const path of paths) {
    for (;;) {
      const [status] = yield* api.request('GET', path);
      if (status === 404) break;
      if (process.now - started > CLEANUP_LIMIT)
        throw new EksctlError('deadline surpassed waiting for AWS load balancers to be deleted');
      yield* process.sleep(2000);
    }
  }
}

function pathOf(group: string, plural: string, object: JsonObject): string {
  const metadata = objectOf(object, 'metadata');
  return `${group}/namespaces/${textOf(metadata, 'namespace')}/${plural}/${textOf(metadata, 'name')}`;
}

function* removeStacks(
  context: Context,
  name: string,
  stacks: readonly JsonObject[],
  groups: readonly string[],
  provider: string | undefined,
  wait: boolean,
): Task {
  const { process } = context;
  const clusterStack = stackName(name);
  const nameOf = (stack: JsonObject) => textOf(stack, 'StackName') ?? '';
  const accounts = stacks.filter(
    (stack) => nameOf(stack) !== clusterStack && tagOf(stack, 'alpha.eksctl.io/nodegroup-name') === undefined,
  );
  const last = `delete cluster control plane ${JSON.stringify(name)}${wait ? '' : ' [async]'}`;
  const iam: Plan[] = [];
  if (accounts.length > 0)
    iam.push({
      tasks: accounts.map((stack) => `delete IAM role of stack ${JSON.stringify(nameOf(stack))}`),
      parallel: true,
    });
  if (provider !== undefined) iam.push('delete IAM OIDC provider');
  const groupPlan: Plan[] =
    groups.length === 0
      ? []
      : groups.length === 1
        ? [`delete nodegroup ${JSON.stringify(groups[0])}`]
        : [{ tasks: groups.map((group) => `delete nodegroup ${JSON.stringify(group)}`), parallel: true }];
  yield* log(process, 'info', describePlan({ tasks: [...groupPlan, ...iam, last] }).trimEnd());
  const groupStacks = stacks.filter((stack) => tagOf(stack, 'alpha.eksctl.io/nodegroup-name') !== undefined);
  for (const stack of [...groupStacks, ...accounts]) {
    yield* log(process, 'info', `will delete stack ${JSON.stringify(nameOf(stack))}`);
    yield* call(context, 'cloudformation', 'DeleteStack', { StackName: nameOf(stack) });
    yield* log(process, 'info', `waiting for stack ${JSON.stringify(nameOf(stack))} to get deleted`);
    yield* deleted(context, String(stack['StackId']), 'cluster with nodegroup(s)', nameOf(stack));
  }
  if (provider !== undefined)
    yield* call(context, 'iam', 'DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: provider });
  const own = stacks.find((stack) => nameOf(stack) === clusterStack);
  if (!own) return;
  yield* log(process, 'info', `will delete stack ${JSON.stringify(clusterStack)}`);
  yield* call(context, 'cloudformation', 'DeleteStack', { StackName: clusterStack });
  if (!wait) return;
  yield* log(process, 'info', `waiting for stack ${JSON.stringify(clusterStack)} to get deleted`);
  yield* deleted(context, String(own['StackId']), 'cluster with nodegroup(s)', clusterStack);
}

/** Raises EksctlError as eksctl's handleErrors words it. */
function* deleted(context: Context, id: string, subject: string, name: string): Task {
  try {
    yield* waitForStack(context, id, 'DELETE_COMPLETE', name);
  } catch (error) {
    if (!(error instanceof EksctlError)) throw error;
    yield* log(context.process, 'info', `1 error(s) occurred while deleting ${subject}`);
    yield* log(context.process, 'critical', error.message);
    throw new EksctlError(`failed to delete ${subject}`);
  }
}

/** `eksctl delete nodegroup`. eksctl: pkg/ctl/delete/nodegroup.go */
export function* deleteNodegroup(context: Context, cluster: JsonObject, group: string): Task<number> {
  const { process, flags } = context;
  const name = String(cluster['name']);
  yield* log(process, 'info', `1 nodegroup (${group}) was included (based on the include/exclude rules)`);
  if (flags.bool('drain', true)) {
    yield* log(process, 'info', `will drain 1 nodegroup(s) in cluster ${JSON.stringify(name)}`);
    yield* drainNodegroups(context, kubeApi(context, cluster), [group], flags.bool('disable-eviction'));
  }
  yield* log(process, 'info', `will delete 1 nodegroups from cluster ${JSON.stringify(name)}`);
  const stack = `eksctl-${name}-nodegroup-${group}`;
  const answer = yield* call(context, 'cloudformation', 'DescribeStacks', { StackName: stack }, ['ValidationError']);
  const [found] = objectsOf(answer ?? {}, 'Stacks');
  if (found) {
    yield* log(process, 'info', `1 task: { 1 task: { delete nodegroup ${JSON.stringify(group)} [async] } }`);
    yield* log(process, 'info', `will delete stack ${JSON.stringify(stack)}`);
    yield* call(context, 'cloudformation', 'DeleteStack', { StackName: stack });
    if (flags.bool('wait')) yield* deleted(context, String(found['StackId']), 'nodegroup(s)', stack);
  } else yield* call(context, 'eks', 'DeleteNodegroup', { clusterName: name, nodegroupName: group });
  yield* log(process, 'success', `deleted 1 nodegroup(s) from cluster ${JSON.stringify(name)}`);
  return 0;
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { objectOf, objectsOf, textOf } from '../params.ts';
import { readConfig } from './config.ts';
import { type Context, call, kubeApi } from './context.ts';
import { fargateStack, profileNames, removeProfile } from './fargate.ts';
import { findProvider } from './iam.ts';
import type { KubeApi } from './kube-api.ts';
import { removeKubeconfig } from './kubeconfig.ts';
import { describePlan, EksctlError, log, type Plan } from './log.ts';
import { drainNodegroups } from './nodes.ts';
import { nodegroupsFromConfig } from './spec.ts';
import { describeCluster, stackName, stacksOf, tagOf, waitForStack } from './stacks.ts';

/** eksctl gives the clean-up of load balancers this long, ms. */
const CLEANUP_LIMIT = 10 * 60_000;

/** `eksctl delete cluster`. Raises EksctlError. eksctl: pkg/actions/cluster/owned.go */
export function* deleteCluster(context: Context, name: string): Task<number> {
  const { process, flags } = context;
  const stacks = yield* stacksOf(context, name);
  const described = yield* call(context, 'eks', 'DescribeCluster', { name }, ['ResourceNotFoundException']);
  if (stacks.length === 0 && !described) yield* describeCluster(context, name);
  yield* log(process, 'info', `deleting EKS cluster ${JSON.stringify(name)}`);
  const cluster = objectOf(described ?? {}, 'cluster');
  const operable = cluster['status'] === 'ACTIVE';
  const groups = stacks.flatMap((stack) => tagOf(stack, 'alpha.eksctl.io/nodegroup-name') ?? []);
  const api = operable ? kubeApi(context, cluster) : undefined;
  if (api && groups.length > 0) {
    yield* log(process, 'info', `will drain 0 unmanaged nodegroup(s) in cluster ${JSON.stringify(name)}`);
    yield* drainOrForce(context, api, groupsOfConfig(context));
  }
  yield* deleteProfiles(context, name, described !== undefined, stacks);
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
  yield* removeStacks(context, { name, stacks, groups, provider, api, wait: flags.bool('wait') });
  yield* log(process, 'success', 'all cluster resources were deleted');
  return 0;
}

/** One after the other, as EKS wants it, and then the stack of their role. eksctl: deleteFargateProfiles */
function* deleteProfiles(context: Context, name: string, there: boolean, stacks: readonly JsonObject[]): Task {
  const { process } = context;
  const profiles = there ? yield* profileNames(context, name) : [];
  for (const profile of profiles) {
    yield* log(process, 'info', `deleting Fargate profile ${JSON.stringify(profile)}`);
    yield* removeProfile(context, name, profile, true);
    yield* log(process, 'info', `deleted Fargate profile ${JSON.stringify(profile)}`);
  }
  yield* log(process, 'info', `deleted ${profiles.length} Fargate profile(s)`);
  const role = fargateStack(name);
  if (stacks.some((stack) => nameOf(stack) === role))
    yield* call(context, 'cloudformation', 'DeleteStack', { StackName: role });
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
  const left = new Map([
    ...balanced.map((one) => [pathOf('/api/v1', 'services', one), balancerName(one)] as const),
    ...ingresses.map((one) => [pathOf('/apis/networking.k8s.io/v1', 'ingresses', one), balancerName(one)] as const),
  ]);
  for (const path of left.keys()) yield* api.request('DELETE', path);
  for (;;) {
    for (const path of left.keys()) if ((yield* api.request('GET', path))[0] === 404) left.delete(path);
    if (left.size === 0) return;
    if (process.now - started > CLEANUP_LIMIT) {
      const names = [...left.values()].join(',');
      throw new EksctlError(`deadline surpassed waiting for AWS load balancers to be deleted: ${names}`);
    }
    yield* process.sleep(2000);
  }
}

/** The load balancer of a Service or Ingress by its host name: `k8s-default-web-0123456789-123456789.REGION.elb…` */
function balancerName(one: JsonObject): string {
  const [first = {}] = objectsOf(objectOf(objectOf(one, 'status'), 'loadBalancer'), 'ingress');
  const [label = ''] = (textOf(first, 'hostname') ?? '').split('.');
  return label.replace(/^internal-/, '').replace(/-[^-]*$/, '');
}

function pathOf(group: string, plural: string, object: JsonObject): string {
  const metadata = objectOf(object, 'metadata');
  return `${group}/namespaces/${textOf(metadata, 'namespace')}/${plural}/${textOf(metadata, 'name')}`;
}

interface Remains {
  readonly name: string;
  readonly stacks: readonly JsonObject[];
  readonly groups: readonly string[];
  readonly provider: string | undefined;
  readonly api: KubeApi | undefined;
  readonly wait: boolean;
}

function* removeStacks(context: Context, { name, stacks, groups, provider, api, wait }: Remains): Task {
  const { process } = context;
  const clusterStack = stackName(name);
  const serviceAccounts = stacks.flatMap((stack) => accountOf(stack) ?? []);
  const groupStacks = stacks.filter((stack) => tagOf(stack, 'alpha.eksctl.io/nodegroup-name') !== undefined);
  const addons = stacks.filter((stack) => tagOf(stack, 'alpha.eksctl.io/addon-name') !== undefined);
  const access = stacks.filter((stack) => nameOf(stack).startsWith(`eksctl-${name}-accessentry-`));
  const podRoles = stacks.filter((stack) => tagOf(stack, 'alpha.eksctl.io/podidentityassociation-name') !== undefined);
  const own = stacks.find((stack) => nameOf(stack) === clusterStack);
  yield* log(
    process,
    'info',
    describePlan(deletionPlan({ name, groups, serviceAccounts, addons, access, podRoles, provider, wait })),
  );
  for (const stack of groupStacks) yield* removeStack(context, stack);
  for (const account of serviceAccounts) {
    yield* removeStack(context, account.stack);
    if (api) yield* removeServiceAccount(context, api, account);
  }
  if (provider !== undefined)
    yield* call(context, 'iam', 'DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: provider });
  for (const stack of addons) yield* removeStack(context, stack, wait);
  for (const stack of [...podRoles, ...access]) yield* removeStack(context, stack);
  if (own) yield* removeStack(context, own, wait);
}

interface Account {
  readonly namespace: string;
  readonly name: string;
  readonly stack: JsonObject;
}

const nameOf = (stack: JsonObject) => textOf(stack, 'StackName') ?? '';

/** The ServiceAccount that a stack has a role for. */
function accountOf(stack: JsonObject): Account | undefined {
  const [namespace, name] = tagOf(stack, 'alpha.eksctl.io/iamserviceaccount-name')?.split('/') ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name, stack };
}

function accountPlan({ namespace, name }: Account, wait: boolean): Plan {
  const full = JSON.stringify(`${namespace}/${name}`);
  const role = `delete IAM role for serviceaccount ${full}${wait ? '' : ' [async]'}`;
  return { tasks: [role, `delete serviceaccount ${full}`], sub: true };
}

interface Deletion {
  readonly name: string;
  readonly groups: readonly string[];
  readonly serviceAccounts: readonly Account[];
  readonly addons: readonly JsonObject[];
  readonly access: readonly JsonObject[];
  readonly podRoles: readonly JsonObject[];
  readonly provider: string | undefined;
  readonly wait: boolean;
}

/** eksctl: pkg/cfn/manager/delete_tasks.go, NewTasksToDeleteClusterWithNodeGroups */
function deletionPlan(deletion: Deletion): Plan {
  const { name, groups, serviceAccounts, addons, access, podRoles, provider, wait } = deletion;
  const tasks: Plan[] = [];
  if (groups.length > 0)
    tasks.push({ tasks: groups.map((one) => `delete nodegroup ${JSON.stringify(one)}`), parallel: true, sub: true });
  const iam: Plan[] = [];
  if (serviceAccounts.length > 0)
    iam.push({ tasks: serviceAccounts.map((one) => accountPlan(one, true)), parallel: true, sub: true });
  if (provider !== undefined) iam.push('delete IAM OIDC provider');
  if (iam.length > 0) tasks.push({ tasks: iam, sub: true });
  if (addons.length > 0) {
    const texts = addons.map((stack) => `delete addon IAM ${JSON.stringify(nameOf(stack))}`);
    tasks.push({ tasks: texts, parallel: true, sub: true });
  }
  if (podRoles.length > 0) {
    const texts = podRoles.map((stack) => `deleting IAM resources stack ${JSON.stringify(nameOf(stack))}`);
    tasks.push({ tasks: texts, parallel: true, sub: true });
  }
  if (access.length > 0) {
    const texts = access.map((stack) => `delete access entry stack ${JSON.stringify(nameOf(stack))}`);
    tasks.push({ tasks: texts, parallel: true, sub: true });
  }
  return { tasks: [...tasks, `delete cluster control plane ${JSON.stringify(name)}${wait ? '' : ' [async]'}`] };
}

/** Deletes a stack; unless `wait` is false, until it is gone. */
export function* removeStack(
  context: Context,
  stack: JsonObject,
  wait = true,
  subject = 'cluster with nodegroup(s)',
): Task {
  const { process } = context;
  const name = nameOf(stack);
  yield* log(process, 'info', `will delete stack ${JSON.stringify(name)}`);
  yield* call(context, 'cloudformation', 'DeleteStack', { StackName: name });
  if (!wait) return;
  yield* log(process, 'info', `waiting for stack ${JSON.stringify(name)} to get deleted`);
  yield* deleted(context, String(stack['StackId']), subject, name);
}

/** eksctl: pkg/kubernetes/serviceaccount.go, MaybeDeleteServiceAccount */
function* removeServiceAccount({ process }: Context, api: KubeApi, { namespace, name }: Account): Task {
  const [status] = yield* api.request('DELETE', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`);
  const full = JSON.stringify(`${namespace}/${name}`);
  const text = status === 404 ? `serviceaccount ${full} was already deleted` : `deleted serviceaccount ${full}`;
  yield* log(process, 'info', text);
}

/** `eksctl delete iamserviceaccount`. eksctl: pkg/actions/irsa/delete.go */
export function* deleteServiceAccount(context: Context, cluster: JsonObject): Task<number> {
  const { process, flags } = context;
  const wanted = `${flags.text('namespace') ?? 'default'}/${flags.text('name') ?? flags.args[0] ?? ''}`;
  const wait = flags.bool('wait');
  const stacks = yield* stacksOf(context, String(cluster['name']));
  const account = stacks
    .flatMap((stack) => accountOf(stack) ?? [])
    .find((one) => `${one.namespace}/${one.name}` === wanted);
  const done = account ? 'included' : 'excluded';
  yield* log(process, 'info', `1 iamserviceaccount (${wanted}) was ${done} (based on the include/exclude rules)`);
  const plan = { tasks: account ? [accountPlan(account, wait)] : [] };
  yield* log(process, 'info', describePlan(plan));
  if (!account) return 0;
  yield* removeStack(context, account.stack, wait, 'iamserviceaccount(s)');
  yield* removeServiceAccount(context, kubeApi(context, cluster), account);
  return 0;
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
  const stack = yield* nodegroupStack(context, name, group);
  yield* log(process, 'info', `1 nodegroup (${group}) was included (based on the include/exclude rules)`);
  if (flags.bool('drain', true)) {
    yield* log(process, 'info', `will drain 1 nodegroup(s) in cluster ${JSON.stringify(name)}`);
    yield* drainNodegroups(context, kubeApi(context, cluster), [group], flags.bool('disable-eviction'));
  }
  yield* log(process, 'info', `will delete 1 nodegroups from cluster ${JSON.stringify(name)}`);
  if (stack) {
    const wait = flags.bool('wait');
    const task = `delete nodegroup ${JSON.stringify(group)}${wait ? '' : ' [async]'}`;
    yield* log(process, 'info', describePlan({ tasks: [{ tasks: [task] }] }));
    yield* removeStack(context, stack, wait, 'nodegroup(s)');
  } else yield* call(context, 'eks', 'DeleteNodegroup', { clusterName: name, nodegroupName: group });
  yield* log(process, 'success', `deleted 1 nodegroup(s) from cluster ${JSON.stringify(name)}`);
  return 0;
}

/** The stack of a node group; one that eksctl did not make has none. Raises EksctlError when there is no such group. eksctl: PopulateNodegroup */
export function* nodegroupStack(context: Context, cluster: string, group: string): Task<JsonObject | undefined> {
  const name = `eksctl-${cluster}-nodegroup-${group}`;
  const answer = yield* call(context, 'cloudformation', 'DescribeStacks', { StackName: name }, ['ValidationError']);
  const [found] = objectsOf(answer ?? {}, 'Stacks');
  if (!found) yield* call(context, 'eks', 'DescribeNodegroup', { clusterName: cluster, nodegroupName: group });
  return found;
}

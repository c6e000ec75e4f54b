import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { objectOf, objectsOf, textOf } from '../params.ts';
import { type Context, call, kubeApi } from './context.ts';
import { removeStack } from './delete.ts';
import { printObjects } from './get.ts';
import { describePlan, EksctlError, log, wording } from './log.ts';
import { createStack, outputsOf, stacksOf } from './stacks.ts';
import { podIdentityTemplate } from './templates.ts';
import { VERSION } from './version.ts';

const AGENT = 'eks-pod-identity-agent';
const DONE = 'all tasks were completed successfully';

interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** Raises EksctlError. eksctl: pkg/ctl/cmdutils/pod_identity_association.go */
function accountOf({ flags }: Context): Account {
  const namespace = flags.text('namespace') ?? '';
  const name = flags.text('service-account-name') ?? '';
  if (namespace === '') throw new EksctlError('--namespace is required');
  if (name === '') throw new EksctlError('--service-account-name is required');
  return { namespace, name };
}

const stackOf = (cluster: string, { namespace, name }: Account) =>
  `eksctl-${cluster}-podidentityrole-${namespace}-${name}`;

/** `eksctl create podidentityassociation`. Raises EksctlError. eksctl: pkg/actions/podidentityassociation/creator.go, tasks.go */
export function* createAssociation(context: Context, cluster: JsonObject): Task<number> {
  const { process, flags } = context;
  const clusterName = String(cluster['name']);
  const account = accountOf(context);
  const policies = (flags.text('permission-policy-arns') ?? '').split(',').filter((arn) => arn !== '');
  const given = flags.text('role-arn');
  if (given === undefined && policies.length === 0)
    throw new EksctlError(
      'at least one of the following flags must be specified: --role-arn, --permission-policy-arns, --well-known-policies',
    );
  if (given !== undefined && policies.length > 0)
    throw new EksctlError('--permission-policy-arns cannot be specified when --role-arn is set');
  const missing = ['ResourceNotFoundException'];
  if (!(yield* call(context, 'eks', 'DescribeAddon', { clusterName, addonName: AGENT }, missing)))
    throw new EksctlError(
      `${JSON.stringify(AGENT)} addon must be installed to create pod identity associations; please enable it using \`eksctl create addon --cluster=${clusterName} --name=${AGENT}\``,
    );
  const full = JSON.stringify(`${account.namespace}/${account.name}`);
  const withAccount = flags.bool('create-service-account');
  const tasks = [
    ...(given === undefined ? [`create IAM role for pod identity association for service account ${full}`] : []),
    ...(withAccount ? [`create serviceaccount ${full}`] : []),
    `create pod identity association for service account ${full}`,
  ];
  yield* log(process, 'info', describePlan({ tasks: [{ tasks, sub: true }] }));
  const roleArn = given ?? (yield* makeRole(context, clusterName, account, policies));
  if (withAccount) yield* createAccount(context, cluster, account);
  const { namespace, name: serviceAccount } = account;
  const where = `service account ${JSON.stringify(serviceAccount)} in namespace ${JSON.stringify(namespace)}`;
  const association = { clusterName, namespace, serviceAccount, roleArn };
  yield* wording(
    (why) => `creating pod identity association for ${where}: ${why}`,
    call(context, 'eks', 'CreatePodIdentityAssociation', association),
  );
  yield* log(process, 'info', `created pod identity association for ${where}`);
  yield* log(process, 'info', DONE);
  return 0;
}

function* makeRole(context: Context, cluster: string, account: Account, policies: readonly string[]): Task<string> {
  const stack = stackOf(cluster, account);
  yield* createStack(context, stack, podIdentityTemplate(policies, context.flags.text('role-name')), {
    'alpha.eksctl.io/cluster-name': cluster,
    'alpha.eksctl.io/eksctl-version': VERSION,
    'alpha.eksctl.io/podidentityassociation-name': `${account.namespace}/${account.name}`,
    'eksctl.cluster.k8s.io/v1alpha1/cluster-name': cluster,
  });
  const answer = yield* call(context, 'cloudformation', 'DescribeStacks', { StackName: stack });
  const [found] = objectsOf(answer ?? {}, 'Stacks');
  return outputsOf(found ?? {}).get('Role1') ?? '';
}

function* createAccount(context: Context, cluster: JsonObject, { namespace, name }: Account): Task {
  const labels = { 'app.kubernetes.io/managed-by': 'eksctl' };
  const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels } };
  const [status] = yield* kubeApi(context, cluster).request(
    'POST',
    `/api/v1/namespaces/${namespace}/serviceaccounts`,
    body,
  );
  const full = JSON.stringify(`${namespace}/${name}`);
  yield* log(
    context.process,
    'info',
    status === 409 ? `serviceaccount ${full} already exists` : `created serviceaccount ${full}`,
  );
}

function* associations(context: Context, clusterName: string, wanted: JsonObject): Task<JsonObject[]> {
  const listed = yield* call(context, 'eks', 'ListPodIdentityAssociations', { clusterName, ...wanted });
  return objectsOf(listed ?? {}, 'associations');
}

/** `eksctl get podidentityassociation`. Raises EksctlError. eksctl: pkg/ctl/get/pod_identity_association.go */
export function* getAssociations(context: Context, cluster: JsonObject): Task<number> {
  const { flags } = context;
  const clusterName = String(cluster['name']);
  const namespace = flags.text('namespace');
  const serviceAccount = flags.text('service-account-name');
  if (namespace === undefined && serviceAccount !== undefined)
    throw new EksctlError('--namespace must be set in order to specify --service-account-name');
  const wanted = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  };
  const objects: JsonObject[] = [];
  for (const { associationId = '' } of yield* associations(context, clusterName, wanted)) {
    const answer = yield* call(context, 'eks', 'DescribePodIdentityAssociation', { clusterName, associationId });
    const one = objectOf(answer ?? {}, 'association');
    objects.push({
      AssociationARN: one['associationArn'] ?? '',
      Namespace: one['namespace'] ?? '',
      ServiceAccountName: one['serviceAccount'] ?? '',
      RoleARN: one['roleArn'] ?? '',
    });
  }
  const headers = ['ASSOCIATION ARN', 'NAMESPACE', 'SERVICE ACCOUNT NAME', 'IAM ROLE ARN'];
  const rows = objects.map((one) => Object.values(one).map(String));
  return yield* printObjects(context, 'podidentityassociations', { headers, rows, objects });
}

/** `eksctl delete podidentityassociation`. Raises EksctlError. eksctl: pkg/actions/podidentityassociation/deleter.go */
export function* deleteAssociation(context: Context, cluster: JsonObject): Task<number> {
  const { process } = context;
  const clusterName = String(cluster['name']);
  const account = accountOf(context);
  const { namespace, name } = account;
  const full = JSON.stringify(`${namespace}/${name}`);
  const tasks = [
    `delete pod identity association ${full}`,
    `delete service account ${full}, if it exists and is managed by eksctl`,
  ];
  yield* log(process, 'info', describePlan({ tasks: [{ tasks, sub: true }] }));
  const [found] = yield* associations(context, clusterName, { namespace, serviceAccount: name });
  if (!found) yield* log(process, 'warning', `pod identity association ${full} not found`);
  else {
    const associationId = textOf(found, 'associationId') ?? '';
    yield* call(context, 'eks', 'DeletePodIdentityAssociation', { clusterName, associationId });
  }
  const stack = (yield* stacksOf(context, clusterName)).find(
    (one) => one['StackName'] === stackOf(clusterName, account),
  );
  if (stack) {
    const text = `deleting IAM resources stack ${JSON.stringify(stack['StackName'])} for pod identity association ${full}`;
    yield* log(process, 'info', text);
    yield* removeStack(context, stack, true, 'pod identity association(s)');
  }
  yield* deleteManagedAccount(context, cluster, account);
  yield* log(process, 'info', DONE);
  return 0;
}

function* deleteManagedAccount(context: Context, cluster: JsonObject, { namespace, name }: Account): Task {
  const { process } = context;
  const api = kubeApi(context, cluster);
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
  const [status, object] = yield* api.request('GET', path);
  const full = JSON.stringify(`${namespace}/${name}`);
  if (status === 404) {
    yield* log(process, 'info', `serviceaccount ${full} was already deleted`);
    return;
  }
  if (objectOf(objectOf(object, 'metadata'), 'labels')['app.kubernetes.io/managed-by'] !== 'eksctl') {
    yield* log(process, 'info', `serviceaccount ${full} was not created by eksctl; will not be deleted`);
    return;
  }
  yield* api.request('DELETE', path);
  yield* log(process, 'info', `deleted serviceaccount ${full}`);
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { objectOf, objectsOf, textOf } from '../params.ts';
import { type Context, call, kubeApi } from './context.ts';
import { describePlan, EksctlError, log } from './log.ts';
import { createStack, describeCluster, outputsOf, stacksOf, tagOf } from './stacks.ts';
import { serviceAccountTemplate } from './templates.ts';
import { VERSION } from './version.ts';

export function issuerOf(cluster: JsonObject): string {
  return textOf(objectOf(objectOf(cluster, 'identity'), 'oidc'), 'issuer') ?? '';
}

/** The ARN of the provider that IAM has for a cluster's issuer; undefined when it has none. */
export function* findProvider(context: Context, cluster: JsonObject): Task<string | undefined> {
  const answer = yield* call(context, 'iam', 'ListOpenIDConnectProviders');
  const issuer = issuerOf(cluster).replace(/^https:\/\//, '');
  const arns = objectsOf(answer ?? {}, 'OpenIDConnectProviderList').map((one) => textOf(one, 'Arn') ?? '');
  return arns.find((arn) => arn.endsWith(`oidc-provider/${issuer}`));
}

/** Makes the provider unless it is there. */
export function* ensureProvider(context: Context, cluster: JsonObject): Task<boolean> {
  if ((yield* findProvider(context, cluster)) !== undefined) return false;
  yield* call(context, 'iam', 'CreateOpenIDConnectProvider', {
    Url: issuerOf(cluster),
    ClientIDList: ['sts.amazonaws.com'],
    ThumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
  });
  return true;
}

interface RoleOptions {
  readonly stack: string;
  readonly description: string;
  readonly subject: string;
  readonly policies: readonly string[];
  readonly roleName?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A stack with a role for a ServiceAccount; the value is the role's ARN. */
export function* serviceAccountStack(context: Context, cluster: JsonObject, options: RoleOptions): Task<string> {
  const provider = (yield* findProvider(context, cluster)) ?? '';
  const template = serviceAccountTemplate({
    description: options.description,
    provider,
    issuer: issuerOf(cluster),
    subject: options.subject,
    policies: options.policies,
    roleName: options.roleName,
  });
  yield* createStack(context, options.stack, template, {
    'alpha.eksctl.io/cluster-name': String(cluster['name']),
    'alpha.eksctl.io/eksctl-version': VERSION,
    'eksctl.cluster.k8s.io/v1alpha1/cluster-name': String(cluster['name']),
    ...options.tags,
  });
  const answer = yield* call(context, 'cloudformation', 'DescribeStacks', { StackName: options.stack });
  const [stack] = objectsOf(answer ?? {}, 'Stacks');
  return outputsOf(stack ?? {}).get('Role1') ?? '';
}

/** Add-ons that need a role of their own, its ServiceAccount and policy. */
const ADDON_ROLES: Readonly<Record<string, readonly [string, string]>> = {
  'aws-ebs-csi-driver': [
    'system:serviceaccount:kube-system:ebs-csi-controller-sa',
    'arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy',
  ],
};

/** Makes the role that eksctl recommends for an add-on; undefined for those that need none. */
export function* addonRole(context: Context, cluster: JsonObject, addon: string): Task<string | undefined> {
  const [subject, policy] = ADDON_ROLES[addon] ?? [];
  if (subject === undefined || policy === undefined) return undefined;
  yield* log(
    context.process,
    'warning',
    `IRSA has been deprecated; the recommended way to provide IAM permissions for ${JSON.stringify(addon)} addon is via pod identity associations; after addon creation is completed, run \`eksctl utils migrate-to-pod-identity\``,
  );
  yield* log(context.process, 'info', `creating role using recommended policies for ${JSON.stringify(addon)} addon`);
  return yield* serviceAccountStack(context, cluster, {
    stack: `eksctl-${String(cluster['name'])}-addon-${addon}`,
    description: `IAM role for ${JSON.stringify(addon)} addon [created by eksctl]`,
    subject,
    policies: [policy],
    tags: { 'alpha.eksctl.io/addon-name': addon },
  });
}

// eksctl: pkg/ctl/create/iamserviceaccount.go
const EXCLUDE =
  'serviceaccounts that exist in Kubernetes will be excluded, use --override-existing-serviceaccounts to override';
const OVERRIDE =
  'metadata of serviceaccounts that exist in Kubernetes will be updated, as --override-existing-serviceaccounts was set';
const ROLE_ONLY = 'serviceaccounts in Kubernetes will not be created or modified, since the option --role-only is used';

/** Raises EksctlError as eksctl's doTasks words it. */
function* accountRole(context: Context, cluster: JsonObject, options: RoleOptions): Task<string> {
  try {
    return yield* serviceAccountStack(context, cluster, options);
  } catch (error) {
    if (!(error instanceof EksctlError)) throw error;
    const text =
      "1 error(s) occurred and IAM Role stacks haven't been created properly, you may wish to check CloudFormation console";
    yield* log(context.process, 'info', text);
    yield* log(context.process, 'critical', error.message);
    throw new EksctlError('failed to create iamserviceaccount(s)');
  }
}

/** `eksctl create iamserviceaccount`. Raises EksctlError. eksctl: pkg/actions/irsa/create.go */
export function* createServiceAccount(context: Context, cluster: JsonObject): Task<number> {
  const { process, flags } = context;
  const clusterName = String(cluster['name']);
  const name = flags.text('name');
  const namespace = flags.text('namespace') ?? 'default';
  const policies = (flags.text('attach-policy-arn') ?? '').split(',').filter((arn) => arn !== '');
  if (name === undefined) throw new EksctlError('--name must be set');
  if (policies.length === 0 && !flags.has('attach-role-arn'))
    throw new EksctlError('--attach-policy-arn or --attach-role-arn must be set');
  if ((yield* findProvider(context, cluster)) === undefined) {
    yield* log(
      process,
      'warning',
      `no IAM OIDC provider associated with cluster, try 'eksctl utils associate-iam-oidc-provider --region=${context.region} --cluster=${clusterName}'`,
    );
    throw new EksctlError('unable to create iamserviceaccount(s) without IAM OIDC provider enabled');
  }
  const full = `${namespace}/${name}`;
  const api = kubeApi(context, cluster);
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const [status] = yield* api.request('GET', `${path}/${name}`);
  const override = flags.bool('override-existing-serviceaccounts');
  const roleOnly = flags.bool('role-only');
  const known = (yield* stacksOf(context, clusterName))
    .flatMap((stack) => tagOf(stack, 'alpha.eksctl.io/iamserviceaccount-name') ?? [])
    .sort();
  if (known.length > 0)
    yield* log(process, 'info', `${known.length} existing iamserviceaccount(s) (${known.join(',')}) will be excluded`);
  const excluded = known.includes(full) || (status === 200 && !override && !roleOnly);
  yield* log(
    process,
    'info',
    `1 iamserviceaccount (${full}) was ${excluded ? 'excluded' : 'included'} (based on the include/exclude rules)`,
  );
  yield* log(process, 'warning', roleOnly ? ROLE_ONLY : override ? OVERRIDE : EXCLUDE);
  const role = `create IAM role for serviceaccount ${JSON.stringify(full)}`;
  const account = `create serviceaccount ${JSON.stringify(full)}`;
  const tasks = excluded ? [] : [{ tasks: roleOnly ? [role] : [role, account], sub: true }];
  yield* log(process, 'info', describePlan({ tasks }));
  if (excluded) return 0;
  if (!flags.bool('approve')) {
    yield* log(process, 'warning', "no changes were applied, run again with '--approve' to apply the changes");
    return 0;
  }
  const stack = `eksctl-${clusterName}-addon-iamserviceaccount-${namespace}-${name}`;
  yield* log(process, 'info', `building iamserviceaccount stack ${JSON.stringify(stack)}`);
  const roleName = flags.text('role-name');
  const arn = yield* accountRole(context, cluster, {
    stack,
    description: `IAM role for serviceaccount "${full}" [created and managed by eksctl]`,
    subject: `system:serviceaccount:${namespace}:${name}`,
    policies,
    ...(roleName === undefined ? {} : { roleName }),
    tags: { 'alpha.eksctl.io/iamserviceaccount-name': full },
  });
  if (roleOnly) return 0;
  const [found] = yield* api.request('GET', `/api/v1/namespaces/${namespace}`);
  if (found === 404) {
    yield* api.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });
    yield* log(process, 'info', `created namespace ${JSON.stringify(namespace)}`);
  }
  const metadata = {
    name,
    namespace,
    annotations: { 'eks.amazonaws.com/role-arn': arn },
    labels: { 'app.kubernetes.io/managed-by': 'eksctl' },
  };
  if (status === 200) {
    yield* log(process, 'info', `serviceaccount ${JSON.stringify(full)} already exists`);
    yield* api.request('PATCH', `${path}/${name}`, { metadata }, 'application/merge-patch+json');
    yield* log(process, 'info', `updated serviceaccount ${JSON.stringify(full)}`);
  } else {
    yield* api.request('POST', path, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    yield* log(process, 'info', `created serviceaccount ${JSON.stringify(full)}`);
  }
  return 0;
}

/** eksctl: pkg/ctl/utils/associate_iam_oidc_provider.go */
export function* associateProvider(context: Context, cluster: string): Task<number> {
  const { process, flags, region } = context;
  const described = yield* describeCluster(context, cluster);
  const where = `for cluster ${JSON.stringify(cluster)} in ${JSON.stringify(region)}`;
  if ((yield* findProvider(context, described)) !== undefined) {
    yield* log(
      process,
      'info',
      `IAM Open ID Connect provider is already associated with cluster ${JSON.stringify(cluster)} in ${JSON.stringify(region)}`,
    );
    return 0;
  }
  if (!flags.bool('approve')) {
    yield* log(process, 'info', `(plan) would create IAM Open ID Connect provider ${where}`);
    yield* log(process, 'warning', "no changes were applied, run again with '--approve' to apply the changes");
    return 0;
  }
  yield* log(process, 'info', `will create IAM Open ID Connect provider ${where}`);
  yield* ensureProvider(context, described);
  yield* log(process, 'success', `created IAM Open ID Connect provider ${where}`);
  return 0;
}

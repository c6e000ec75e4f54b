import { sha1 } from '@noble/hashes/legacy.js';
import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { objectOf, objectsOf, textOf, textsOf } from '../params.ts';
import { type Context, call } from './context.ts';
import { removeStack } from './delete.ts';
import { printObjects } from './get.ts';
import { describePlan, EksctlError, log } from './log.ts';
import { createStack, FAILED, stacksOf } from './stacks.ts';
import { accessEntryTemplate } from './templates.ts';
import { VERSION } from './version.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 without padding: 20 bytes are 32 characters. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

/** eksctl: pkg/actions/accessentry/creator.go, MakeStackName */
function stackOf(cluster: string, arn: string): string {
  return `eksctl-${cluster}-accessentry-${base32(sha1(new TextEncoder().encode(arn)))}`;
}

/** Raises EksctlError for what is no ARN, as the flag's type does. */
function principal(context: Context): string | undefined {
  const arn = context.flags.text('principal-arn');
  if (arn === undefined || /^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+$/.test(arn)) return arn;
  const why = arn.startsWith('arn:') ? 'arn: not enough sections' : 'arn: invalid prefix';
  throw new EksctlError(
    `invalid argument ${JSON.stringify(arn)} for "--principal-arn" flag: invalid ARN "${arn}": ${why}`,
  );
}

const DISABLED =
  'access entries API is not currently enabled; please enable it using `eksctl utils update-authentication-mode --cluster <> --authentication-mode=API_AND_CONFIG_MAP`';

function checkEnabled(cluster: JsonObject): void {
  if (textOf(objectOf(cluster, 'accessConfig'), 'authenticationMode') === 'CONFIG_MAP') throw new EksctlError(DISABLED);
}

const listOf = (text = '') => text.split(',').filter((word) => word !== '');

/** `eksctl create accessentry`. Raises EksctlError. eksctl: pkg/ctl/create/access_entry.go, pkg/actions/accessentry */
export function* createAccessEntry(context: Context, cluster: JsonObject): Task<number> {
  const { process, flags } = context;
  const name = String(cluster['name']);
  const arn = principal(context);
  if (arn === undefined) throw new EksctlError('--principal-arn is required');
  checkEnabled(cluster);
  const stack = stackOf(name, arn);
  if ((yield* stacksOf(context, name)).some((one) => one['StackName'] === stack)) {
    yield* log(process, 'info', 'access entries already up-to-date');
    return 0;
  }
  const type = flags.text('type');
  const groups = listOf(flags.text('kubernetes-groups'));
  const username = flags.text('kubernetes-username');
  const entry: JsonObject = {
    PrincipalArn: arn,
    ...(type === undefined ? {} : { Type: type }),
    ...(groups.length > 0 ? { KubernetesGroups: groups } : {}),
    ...(username === undefined ? {} : { Username: username }),
  };
  yield* log(process, 'info', `creating access entry for principal ARN ${JSON.stringify(arn)}`);
  try {
    yield* createStack(context, stack, accessEntryTemplate(name, entry), {
      'alpha.eksctl.io/cluster-name': name,
      'alpha.eksctl.io/eksctl-version': VERSION,
      'eksctl.cluster.k8s.io/v1alpha1/cluster-name': name,
    });
  } catch (error) {
    if (!(error instanceof EksctlError) || error.message !== FAILED) throw error;
    throw new EksctlError(`failed to create access entry for principal ARN ${JSON.stringify(arn)}`);
  }
  yield* log(process, 'info', `created access entry for principal ARN ${JSON.stringify(arn)}`);
  return 0;
}

/** `eksctl get accessentry`. Raises EksctlError. eksctl: pkg/ctl/get/access_entry.go */
export function* getAccessEntries(context: Context, cluster: JsonObject): Task<number> {
  const clusterName = String(cluster['name']);
  const wanted = principal(context);
  checkEnabled(cluster);
  const listed = wanted === undefined ? yield* call(context, 'eks', 'ListAccessEntries', { clusterName }) : undefined;
  const arns = wanted === undefined ? textsOf(listed ?? {}, 'accessEntries') : [wanted];
  const entries: JsonObject[] = [];
  for (const arn of arns) entries.push(yield* entryOf(context, clusterName, arn));
  if ((context.flags.text('output') ?? 'table') === 'table')
    yield* log(
      context.process,
      'info',
      'to get a detailed view of Kubernetes groups or policies associated with each access entry, use --output yaml or json',
    );
  const rows = entries.map((entry) => [
    String(entry['principalARN']),
    String(textsOf(entry, 'kubernetesGroups').length),
    String(objectsOf(entry, 'accessPolicies').length),
  ]);
  const headers = ['PRINCIPAL ARN', 'KUBERNETES GROUPS', 'ACCESS POLICIES'];
  return yield* printObjects(context, 'accessentries', { headers, rows, objects: entries });
}

function* entryOf(context: Context, clusterName: string, principalArn: string): Task<JsonObject> {
  const params = { clusterName, principalArn };
  const what = `access entry with principal ARN ${principalArn}`;
  const described = yield* worded(context, 'DescribeAccessEntry', params, `calling EKS API to describe ${what}`);
  const listed = yield* call(context, 'eks', 'ListAssociatedAccessPolicies', params);
  const groups = textsOf(objectOf(described, 'accessEntry'), 'kubernetesGroups');
  const policies = objectsOf(listed ?? {}, 'associatedAccessPolicies').map((policy) => {
    const scope = objectOf(policy, 'accessScope');
    const namespaces = textsOf(scope, 'namespaces');
    const accessScope = { type: textOf(scope, 'type') ?? '', ...(namespaces.length > 0 ? { namespaces } : {}) };
    return { policyARN: textOf(policy, 'policyArn') ?? '', accessScope };
  });
  return {
    principalARN: principalArn,
    ...(groups.length > 0 ? { kubernetesGroups: groups } : {}),
    ...(policies.length > 0 ? { accessPolicies: policies } : {}),
  };
}

function* worded(context: Context, operation: string, params: JsonObject, what: string): Task<JsonObject> {
  try {
    return (yield* call(context, 'eks', operation, params)) ?? {};
  } catch (error) {
    if (!(error instanceof EksctlError)) throw error;
    const cluster = String(params['clusterName']);
    throw new EksctlError(`failed to retrieve access entries for cluster ${cluster}: ${what}: ${error.message}`);
  }
}

/** `eksctl delete accessentry`. Raises EksctlError. eksctl: pkg/actions/accessentry/remover.go */
export function* deleteAccessEntry(context: Context, cluster: JsonObject): Task<number> {
  const { process } = context;
  const clusterName = String(cluster['name']);
  const arn = principal(context);
  if (arn === undefined) throw new EksctlError('--principal-arn must be set');
  checkEnabled(cluster);
  const name = stackOf(clusterName, arn);
  const stack = (yield* stacksOf(context, clusterName)).find((one) => one['StackName'] === name);
  yield* log(process, 'info', describePlan({ tasks: [`delete access entry for principal ARN ${arn}`] }));
  yield* log(process, 'info', `deleting access entry with principal ARN ${JSON.stringify(arn)}`);
  if (stack) yield* removeStack(context, stack, true, 'accessentry(ies)');
  else yield* call(context, 'eks', 'DeleteAccessEntry', { clusterName, principalArn: arn });
  return 0;
}

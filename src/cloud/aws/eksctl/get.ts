import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { formatYaml } from '../cli/format/yaml.ts';
import { AwsClient } from '../client/client.ts';
import { objectOf, objectsOf, textOf } from '../params.ts';
import { type Context, call } from './context.ts';
import { EksctlError, log, table } from './log.ts';
import { stacksOf, tagOf } from './stacks.ts';

/** Prints rows as a table, or as JSON or YAML with `-o`. */
function* print(
  context: Context,
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  none: string,
): Task<number> {
  const { process, flags } = context;
  const output = flags.text('output') ?? 'table';
  if (output === 'table') {
    yield* process.print(rows.length === 0 ? `${none}\n` : table(headers, rows));
    return 0;
  }
  if (output !== 'json' && output !== 'yaml')
    throw new EksctlError(
      `unknown output printer type: expected {"yaml","json","table"} but got ${JSON.stringify(output)}`,
    );
  const data: JsonObject[] = rows.map((row) =>
    Object.fromEntries(headers.map((header, index) => [camel(header), row[index] ?? ''])),
  );
  yield* process.print(output === 'json' ? `${JSON.stringify(data, null, 4)}\n` : formatYaml(data));
  return 0;
}

/** `EKSCTL CREATED` → `EksctlCreated` */
function camel(header: string): string {
  return header
    .toLowerCase()
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function names(answer: JsonObject | undefined, field: string): string[] {
  const list = answer?.[field];
  return Array.isArray(list) ? list.map(String) : [];
}

/** `eksctl get cluster`; with `--all-regions` wherever there are any. */
export function* getClusters(context: Context): Task<number> {
  const { process, credentials, flags } = context;
  const rows: string[][] = [];
  if (flags.bool('all-regions')) {
    const regions = objectsOf((yield* call(context, 'ec2', 'DescribeRegions')) ?? {}, 'Regions');
    for (const { RegionName } of regions) {
      const region = String(RegionName);
      const there = { ...context, region, client: new AwsClient(process, credentials, region) };
      rows.push(...(yield* clustersOf(there, undefined)));
    }
  } else rows.push(...(yield* clustersOf(context, flags.text('name') ?? flags.args[0])));
  return yield* print(context, ['NAME', 'REGION', 'EKSCTL CREATED'], rows, 'No clusters found');
}

function* clustersOf(context: Context, wanted: string | undefined): Task<string[][]> {
  const rows: string[][] = [];
  if (wanted !== undefined) yield* call(context, 'eks', 'DescribeCluster', { name: wanted });
  for (const name of wanted === undefined ? names(yield* call(context, 'eks', 'ListClusters'), 'clusters') : [wanted]) {
    const made = (yield* stacksOf(context, name)).length > 0;
    rows.push([name, context.region, made ? 'True' : 'False']);
  }
  return rows;
}

const time = (ms: unknown) => (typeof ms === 'number' ? `${new Date(ms).toISOString().slice(0, 19)}Z` : '');

/** `eksctl get nodegroup` */
export function* getNodegroups(context: Context, cluster: string): Task<number> {
  const wanted = context.flags.text('name');
  const rows: string[][] = [];
  for (const name of names(yield* call(context, 'eks', 'ListNodegroups', { clusterName: cluster }), 'nodegroups')) {
    if (wanted !== undefined && wanted !== name) continue;
    const answer = yield* call(context, 'eks', 'DescribeNodegroup', { clusterName: cluster, nodegroupName: name });
    const group = objectOf(answer ?? {}, 'nodegroup');
    const sizes = objectOf(group, 'scalingConfig');
    const [scaling] = objectsOf(objectOf(group, 'resources'), 'autoScalingGroups');
    const types = Array.isArray(group['instanceTypes']) ? group['instanceTypes'].map(String).join(',') : '';
    rows.push([
      cluster,
      name,
      textOf(group, 'status') ?? '',
      time(group['createdAt']),
      String(sizes['minSize']),
      String(sizes['maxSize']),
      String(sizes['desiredSize']),
      types,
      textOf(group, 'amiType') ?? '',
      scaling ? (textOf(scaling, 'name') ?? '') : '',
      'managed',
    ]);
  }
  const headers = [
    'CLUSTER',
    'NODEGROUP',
    'STATUS',
    'CREATED',
    'MIN SIZE',
    'MAX SIZE',
    'DESIRED CAPACITY',
    'INSTANCE TYPE',
    'IMAGE ID',
    'ASG NAME',
    'TYPE',
  ];
  if (wanted !== undefined && rows.length === 0) throw new EksctlError(`nodegroup with name ${wanted} not found`);
  return yield* print(context, headers, rows, 'No nodegroups found');
}

/** `eksctl get addon` */
export function* getAddons(context: Context, cluster: string): Task<number> {
  yield* log(
    context.process,
    'info',
    `Kubernetes version ${JSON.stringify(yield* versionOf(context, cluster))} in use by cluster ${JSON.stringify(cluster)}`,
  );
  yield* log(context.process, 'info', 'getting all addons');
  const rows: string[][] = [];
  for (const name of names(yield* call(context, 'eks', 'ListAddons', { clusterName: cluster }), 'addons')) {
    const answer = yield* call(context, 'eks', 'DescribeAddon', { clusterName: cluster, addonName: name });
    const addon = objectOf(answer ?? {}, 'addon');
    const issues = objectsOf(objectOf(addon, 'health'), 'issues').length;
    rows.push([
      name,
      textOf(addon, 'addonVersion') ?? '',
      textOf(addon, 'status') ?? '',
      String(issues),
      textOf(addon, 'serviceAccountRoleArn') ?? '',
      '',
      '',
      '',
    ]);
  }
  const headers = [
    'NAME',
    'VERSION',
    'STATUS',
    'ISSUES',
    'IAMROLE',
    'UPDATE AVAILABLE',
    'CONFIGURATION VALUES',
    'POD IDENTITY ASSOCIATION ROLES',
  ];
  return yield* print(context, headers, rows, 'No addons found');
}

function* versionOf(context: Context, cluster: string): Task<string> {
  const answer = yield* call(context, 'eks', 'DescribeCluster', { name: cluster });
  return textOf(objectOf(answer ?? {}, 'cluster'), 'version') ?? '';
}

/** `eksctl get iamserviceaccount` */
export function* getServiceAccounts(context: Context, cluster: string): Task<number> {
  const rows: string[][] = [];
  for (const stack of yield* stacksOf(context, cluster)) {
    const full = tagOf(stack, 'alpha.eksctl.io/iamserviceaccount-name');
    if (full === undefined) continue;
    const [namespace = '', name = ''] = full.split('/');
    const role = objectsOf(stack, 'Outputs')
      .filter(isObject)
      .find((output) => output['OutputKey'] === 'Role1');
    rows.push([namespace, name, role ? String(role['OutputValue']) : '']);
  }
  return yield* print(context, ['NAMESPACE', 'NAME', 'ROLE ARN'], rows, 'No iamserviceaccounts found');
}

import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { encodeYaml } from '../../../cluster/apimachinery/yaml.ts';
import type { Task } from '../../../world/task.ts';
import { AwsClient } from '../client/client.ts';
import { objectOf, objectsOf, textOf, textsOf } from '../params.ts';
import { newerVersions } from './addons.ts';
import { type Context, call } from './context.ts';
import { EksctlError, log, table } from './log.ts';
import { describeCluster, outputsOf, stacksOf, tagOf } from './stacks.ts';

/** What a get command shows: a table's rows, or the objects with `-o`. */
interface Shown {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly objects: readonly JsonObject[];
}

/** Prints objects of a kind. Raises EksctlError for a form that is none. eksctl: pkg/printers */
export function* printObjects(context: Context, kind: string, { headers, rows, objects }: Shown): Task<number> {
  const { process, flags } = context;
  const output = flags.text('output') ?? 'table';
  if (output === 'table') yield* process.print(rows.length === 0 ? `No ${kind} found\n` : table(headers, rows));
  else yield* process.print(output === 'json' ? `${JSON.stringify(objects, null, 4)}\n` : encodeYaml([...objects]));
  return 0;
}

/** Raises EksctlError before anything is asked for. */
function checkOutput({ flags }: Context): void {
  const output = flags.text('output') ?? 'table';
  if (!['table', 'json', 'yaml'].includes(output))
    throw new EksctlError(
      `unknown output printer type: expected {"yaml","json","table"} but got ${JSON.stringify(output)}`,
    );
}

/** The SDK's structures have the API's names with a capital. */
function pascal(value: Json): Json {
  if (Array.isArray(value)) return value.map(pascal);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key.charAt(0).toUpperCase() + key.slice(1),
      key === 'tags' || key === 'labels' ? item : pascal(item),
    ]),
  );
}

function names(answer: JsonObject | undefined, field: string): string[] {
  const list = answer?.[field];
  return Array.isArray(list) ? list.map(String) : [];
}

/** `eksctl get cluster`; with `--all-regions` wherever there are any. eksctl: pkg/ctl/get/cluster.go */
export function* getClusters(context: Context): Task<number> {
  const { process, credentials, flags } = context;
  checkOutput(context);
  const wanted = flags.text('name') ?? flags.args[0];
  if (wanted !== undefined) return yield* getCluster(context, wanted);
  const rows: string[][] = [];
  if (flags.bool('all-regions')) {
    const regions = objectsOf((yield* call(context, 'ec2', 'DescribeRegions')) ?? {}, 'Regions');
    for (const { RegionName } of regions) {
      const region = String(RegionName);
      const there = { ...context, region, client: new AwsClient(process, credentials, region) };
      rows.push(...(yield* clustersOf(there)));
    }
  } else rows.push(...(yield* clustersOf(context)));
  const objects = rows.map(([Name = '', Region = '', Owned = '']) => ({ Name, Region, Owned }));
  return yield* printObjects(context, 'clusters', { headers: ['NAME', 'REGION', 'EKSCTL CREATED'], rows, objects });
}

function* clustersOf(context: Context): Task<string[][]> {
  const rows: string[][] = [];
  for (const name of names(yield* call(context, 'eks', 'ListClusters'), 'clusters')) {
    const made = (yield* stacksOf(context, name)).length > 0;
    rows.push([name, context.region, made ? 'True' : 'False']);
  }
  return rows;
}

const CLUSTER_HEADERS = ['NAME', 'VERSION', 'STATUS', 'CREATED', 'VPC', 'SUBNETS', 'SECURITYGROUPS', 'PROVIDER'];

function* getCluster(context: Context, name: string): Task<number> {
  const cluster = yield* describeCluster(context, name);
  const network = objectOf(cluster, 'resourcesVpcConfig');
  const row = [
    name,
    textOf(cluster, 'version') ?? '-',
    textOf(cluster, 'status') ?? '-',
    time(cluster['createdAt']),
    textOf(network, 'vpcId') ?? '-',
    textsOf(network, 'subnetIds').sort().join(','),
    textsOf(network, 'securityGroupIds').sort().join(','),
    'EKS',
  ];
  const whole = pascal({ ...cluster, createdAt: stamp(cluster['createdAt']) });
  const objects = isObject(whole) ? [whole] : [];
  return yield* printObjects(context, 'clusters', { headers: CLUSTER_HEADERS, rows: [row], objects });
}

const time = (ms: unknown) => (typeof ms === 'number' ? `${new Date(ms).toISOString().slice(0, 19)}Z` : '');
/** Go's JSON of a time leaves out a fraction that is nothing. */
const stamp = (ms: unknown) => (typeof ms === 'number' ? new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z') : '');

const GROUP_HEADERS = [
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

/** `eksctl get nodegroup`. Raises EksctlError. eksctl: pkg/ctl/get/nodegroup.go */
export function* getNodegroups(context: Context, cluster: string): Task<number> {
  const { flags } = context;
  checkOutput(context);
  yield* describeCluster(context, cluster);
  const wanted = flags.text('name') ?? flags.args[0];
  const listed =
    wanted === undefined
      ? names(yield* call(context, 'eks', 'ListNodegroups', { clusterName: cluster }), 'nodegroups')
      : [wanted];
  const stacks = (yield* stacksOf(context, cluster)).map((stack) => textOf(stack, 'StackName') ?? '');
  const objects: JsonObject[] = [];
  for (const name of listed) {
    const own = `eksctl-${cluster}-nodegroup-${name}`;
    objects.push(yield* groupSummary(context, cluster, name, stacks.includes(own) ? own : ''));
  }
  if (objects.length === 0 && (flags.text('output') ?? 'table') === 'table')
    throw new EksctlError('No nodegroups found');
  const rows = objects.map((group) => [
    ...[group['Cluster'], group['Name'], group['Status'], time(Date.parse(String(group['CreationTime'])))].map(String),
    ...[group['MinSize'], group['MaxSize'], group['DesiredCapacity'], group['InstanceType']].map(String),
    ...[group['ImageID'], group['AutoScalingGroupName'], group['Type']].map(String),
  ]);
  return yield* printObjects(context, 'nodegroups', { headers: GROUP_HEADERS, rows, objects });
}

/** eksctl: pkg/actions/nodegroup/get.go, Summary */
function* groupSummary(context: Context, cluster: string, name: string, stack: string): Task<JsonObject> {
  const answer = yield* call(context, 'eks', 'DescribeNodegroup', { clusterName: cluster, nodegroupName: name });
  const group = objectOf(answer ?? {}, 'nodegroup');
  const sizes = objectOf(group, 'scalingConfig');
  const scaling = objectsOf(objectOf(group, 'resources'), 'autoScalingGroups');
  return {
    StackName: stack,
    Cluster: cluster,
    Name: name,
    Status: textOf(group, 'status') ?? '',
    MaxSize: sizes['maxSize'] ?? 0,
    MinSize: sizes['minSize'] ?? 0,
    DesiredCapacity: sizes['desiredSize'] ?? 0,
    InstanceType: textsOf(group, 'instanceTypes').join(','),
    ImageID: textOf(group, 'amiType') ?? '',
    CreationTime: stamp(group['createdAt']),
    NodeInstanceRoleARN: textOf(group, 'nodeRole') ?? '',
    AutoScalingGroupName: scaling.map((one) => textOf(one, 'name') ?? '').join(','),
    Version: textOf(group, 'version') ?? '-',
    Type: 'managed',
  };
}

const ADDON_HEADERS = [
  'NAME',
  'VERSION',
  'STATUS',
  'ISSUES',
  'IAMROLE',
  'UPDATE AVAILABLE',
  'CONFIGURATION VALUES',
  'POD IDENTITY ASSOCIATION ROLES',
];

/** `eksctl get addon`. Raises EksctlError. eksctl: pkg/ctl/get/addon.go, pkg/actions/addon/get.go */
export function* getAddons(context: Context, cluster: string): Task<number> {
  const { flags, process } = context;
  checkOutput(context);
  const version = textOf(yield* describeCluster(context, cluster), 'version') ?? '';
  const wanted = flags.text('name') ?? flags.args[0];
  const tell = function* (text: string): Task {
    if ((flags.text('output') ?? 'table') === 'table') yield* log(process, 'info', text);
  };
  yield* tell(`Kubernetes version ${JSON.stringify(version)} in use by cluster ${JSON.stringify(cluster)}`);
  if (wanted === undefined) yield* tell('getting all addons');
  const listed =
    wanted === undefined
      ? names(yield* call(context, 'eks', 'ListAddons', { clusterName: cluster }), 'addons')
      : [wanted];
  const objects: JsonObject[] = [];
  for (const addonName of listed) {
    const answer = yield* call(context, 'eks', 'DescribeAddon', { clusterName: cluster, addonName });
    const addon = objectOf(answer ?? {}, 'addon');
    const newer = yield* newerVersions(context, addonName, version, textOf(addon, 'addonVersion') ?? '');
    objects.push({
      Name: addonName,
      Version: textOf(addon, 'addonVersion') ?? '',
      NewerVersion: newer,
      IAMRole: textOf(addon, 'serviceAccountRoleArn') ?? '',
      Status: textOf(addon, 'status') ?? '',
      ConfigurationValues: '',
      Issues: objectsOf(objectOf(addon, 'health'), 'issues').map(pascal),
      PodIdentityAssociations: null,
    });
  }
  const rows = objects.map((addon) => [
    ...[addon['Name'], addon['Version'], addon['Status'], objectsOf(addon, 'Issues').length].map(String),
    ...[addon['IAMRole'], addon['NewerVersion'], '', ''].map(String),
  ]);
  return yield* printObjects(context, 'addons', { headers: ADDON_HEADERS, rows, objects });
}

/** eksctl: pkg/apis/eksctl.io/v1alpha5/iam.go, WellKnownPolicies */
const POLICIES = [
  'imageBuilder',
  'autoScaler',
  'awsLoadBalancerController',
  'externalDNS',
  'certManager',
  'ebsCSIController',
  'efsCSIController',
];

/** `eksctl get iamserviceaccount` */
export function* getServiceAccounts(context: Context, cluster: string): Task<number> {
  const { flags } = context;
  checkOutput(context);
  yield* describeCluster(context, cluster);
  const wanted = flags.text('name') ?? flags.args[0];
  const namespace = flags.text('namespace');
  const objects: JsonObject[] = [];
  const rows: string[][] = [];
  for (const stack of yield* stacksOf(context, cluster)) {
    const [space = '', name] = tagOf(stack, 'alpha.eksctl.io/iamserviceaccount-name')?.split('/') ?? [];
    if (name === undefined || (wanted !== undefined && wanted !== name)) continue;
    if (namespace !== undefined && namespace !== space) continue;
    const roleARN = outputsOf(stack).get('Role1') ?? '';
    rows.push([space, name, roleARN]);
    const wellKnownPolicies = Object.fromEntries(POLICIES.map((policy) => [policy, false]));
    objects.push({ metadata: { name, namespace: space }, wellKnownPolicies, status: { roleARN } });
  }
  const headers = ['NAMESPACE', 'NAME', 'ROLE ARN'];
  return yield* printObjects(context, 'iamserviceaccounts', { headers, rows, objects });
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { joinPath } from '../../../world/files/paths.ts';
import type { Task } from '../../../world/task.ts';
import { objectsOf, textOf } from '../params.ts';
import { LOG_TYPES } from '../services/eks/logging.ts';
import { DEFAULT_VERSION, VERSIONS } from '../services/eks/versions.ts';
import { type Context, call, kubeApi } from './context.ts';
import { showClusterPlan, showNodegroupPlan } from './dry-run.ts';
import { addonRole, ensureProvider, serviceAccountStack } from './iam.ts';
import { saveKubeconfig } from './kubeconfig.ts';
import { describePlan, EksctlError, log } from './log.ts';
import { waitForNodes } from './nodes.ts';
import type { ClusterSpec, NodegroupSpec } from './spec.ts';
import { createStack, describeCluster, outputsOf, stackName } from './stacks.ts';
import { clusterTemplate, nodegroupTemplate, subnetCidr } from './templates.ts';
import { sayWhatVersionIs } from './upgrade.ts';
import { VERSION } from './version.ts';

/** What every new cluster gets, and what of that comes before its nodes. eksctl: pkg/actions/addon/tasks.go, knownAddons */
const DEFAULT_ADDONS = ['vpc-cni', 'kube-proxy', 'coredns', 'metrics-server'];
const BEFORE_NODES: readonly string[] = ['vpc-cni', 'kube-proxy', 'coredns', 'eks-pod-identity-agent'];
/** Add-ons that eksctl knows policies for. eksctl: pkg/actions/addon/create.go, getRecommendedPolicies */
const WITH_POLICIES: readonly string[] = ['vpc-cni', 'aws-ebs-csi-driver'];
/** ms that eksctl lets pass between the add-ons and the nodes, so that the control plane is ready. */
const CONTROL_PLANE_REST = 120_000;
/** ms until an add-on is active that was updated. */
const UPDATE_REST = 10_000;

function* header(context: Context): Task {
  yield* log(context.process, 'info', `eksctl version ${VERSION}`);
  yield* log(context.process, 'info', `using region ${context.region}`);
}

/** `eksctl create cluster`. Raises EksctlError. eksctl: pkg/ctl/create/cluster.go */
export function* createCluster(context: Context, spec: ClusterSpec): Task<number> {
  const { process, region } = context;
  const info = (text: string) => log(process, 'info', text);
  const version = spec.version ?? DEFAULT_VERSION;
  if (context.flags.bool('dry-run')) {
    checkVersion(version);
    yield* showClusterPlan(context, spec, version, yield* chooseZones(context, spec, true));
    return 0;
  }
  yield* header(context);
  for (const field of spec.ignored)
    yield* log(process, 'warning', `kubetutor does not model ${field} of a ClusterConfig: it is left out`);
  checkVersion(version);
  const zones = yield* chooseZones(context, spec);
  for (const [index, zone] of zones.entries())
    yield* info(`subnets for ${zone} - public:${subnetCidr(index)} private:${subnetCidr(zones.length + index)}`);
  const keys = new Map<string, string | undefined>();
  for (const group of spec.nodegroups) {
    yield* info(`nodegroup ${JSON.stringify(group.name)} will use "" [AmazonLinux2023/${version}]`);
    keys.set(group.name, yield* sshKey(context, spec.name, group));
  }
  // eksctl: pkg/utils/auto_mode_deprecation.go (since 0.220)
  yield* log(
    process,
    'warning',
    "Auto Mode will be enabled by default in an upcoming release of eksctl. This means managed node groups and managed networking add-ons will no longer be created by default. To maintain current behavior, explicitly set 'autoModeConfig.enabled: false' in your cluster configuration. Learn more: https://eksctl.io/usage/auto-mode/",
  );
  yield* info(`using Kubernetes version ${version}`);
  yield* sayWhatVersionIs(context, version);
  yield* info(
    `creating EKS cluster ${JSON.stringify(spec.name)} in ${JSON.stringify(region)} region with managed nodes`,
  );
  const count = spec.nodegroups.length;
  if (spec.fromFile) {
    const names = spec.nodegroups.map((group) => group.name).join(', ');
    const were = count === 1 ? 'nodegroup (…) was' : 'nodegroups (…) were';
    if (count > 0) yield* info(`${count} ${were.replace('…', names)} included (based on the include/exclude rules)`);
    yield* info('will create a CloudFormation stack for cluster itself and 0 nodegroup stack(s)');
    yield* info(`will create a CloudFormation stack for cluster itself and ${count} managed nodegroup stack(s)`);
  } else if (count === 1)
    yield* info('will create 2 separate CloudFormation stacks for cluster itself and the initial managed nodegroup');
  yield* info(
    `if you encounter any issues, check CloudFormation console or try 'eksctl utils describe-stacks --region=${region} --cluster=${spec.name}'`,
  );
  yield* info(
    `Kubernetes API endpoint access will use default of {publicAccess=true, privateAccess=false} for cluster ${JSON.stringify(spec.name)} in ${JSON.stringify(region)}`,
  );
  for (const text of loggingTexts(spec, region)) yield* info(text);
  const missing = DEFAULT_ADDONS.filter((addon) => !spec.addons.includes(addon));
  const addons = [...spec.addons, ...missing];
  if (missing.length > 0)
    yield* info(`default addons ${missing.join(', ')} were not specified, will install them as EKS addons`);
  yield* info(planText(spec));
  try {
    return yield* build(context, spec, { version, zones, addons, keys });
  } catch (error) {
    if (!(error instanceof EksctlError)) throw error;
    yield* log(
      process,
      'warning',
      "1 error(s) occurred and cluster hasn't been created properly, you may wish to check CloudFormation console",
    );
    yield* info(`to cleanup resources, run 'eksctl delete cluster --region=${region} --name=${spec.name}'`);
    yield* log(process, 'critical', error.message);
    throw new EksctlError(`failed to create cluster ${JSON.stringify(spec.name)}`);
  }
}

/** Raises EksctlError. */
function checkVersion(version: string): void {
  if (!VERSIONS.includes(version))
    throw new EksctlError(
      `invalid version, ${version} is not supported, supported values: ${VERSIONS.join(', ')}\nsee also: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html`,
    );
}

/** eksctl: LogEnabledFeatures in pkg/eks/tasks.go */
function loggingTexts({ name, logTypes }: ClusterSpec, region: string): string[] {
  const where = `for cluster ${JSON.stringify(name)} in ${JSON.stringify(region)}`;
  if (logTypes.length === 0)
    return [
      `CloudWatch logging will not be enabled ${where}`,
      `you can enable it with 'eksctl utils update-cluster-logging --enable-types={SPECIFY-YOUR-LOG-TYPES-HERE (e.g. all)} --region=${region} --cluster=${name}'`,
    ];
  const others = LOG_TYPES.filter((type) => !logTypes.includes(type)).sort();
  const disabled = others.length > 0 ? `disabled types: ${others.join(', ')}` : 'no types disabled';
  return [`configuring CloudWatch logging ${where} (enabled types: ${logTypes.join(', ')} & ${disabled})`];
}

function planText(spec: ClusterSpec): string {
  const cluster = `create cluster control plane ${JSON.stringify(spec.name)}`;
  const after = [
    '1 task: { create addons }',
    'wait for control plane to become ready',
    ...(spec.withOidc ? ['associate IAM OIDC provider', 'no tasks', 'update VPC CNI to use IRSA if required'] : []),
  ];
  const groups = spec.nodegroups.map((group) => `create managed nodegroup ${JSON.stringify(group.name)}`);
  const before = { tasks: after, sub: true };
  return describePlan({
    tasks: [
      cluster,
      groups.length === 0 ? before : { tasks: [before, { tasks: groups, parallel: true, sub: true }], sub: true },
    ],
  });
}

/** The log group comes to be with the first line, which may be late. */
function* setRetention(context: Context, { name, logRetention }: ClusterSpec): Task {
  const group = { logGroupName: `/aws/eks/${name}/cluster` };
  yield* call(context, 'logs', 'CreateLogGroup', group, ['ResourceAlreadyExistsException']);
  yield* call(context, 'logs', 'PutRetentionPolicy', { ...group, retentionInDays: logRetention });
  yield* log(context.process, 'info', `set log retention to ${logRetention} days for CloudWatch logging`);
}

interface Chosen {
  readonly version: string;
  readonly zones: readonly string[];
  readonly addons: readonly string[];
  readonly keys: ReadonlyMap<string, string | undefined>;
}

function* build(context: Context, spec: ClusterSpec, { version, zones, addons, keys }: Chosen): Task<number> {
  const { process, region } = context;
  const name = stackName(spec.name);
  const tags = {
    'alpha.eksctl.io/cluster-name': spec.name,
    'alpha.eksctl.io/cluster-oidc-enabled': String(spec.withOidc),
    'alpha.eksctl.io/eksctl-version': VERSION,
    'eksctl.cluster.k8s.io/v1alpha1/cluster-name': spec.name,
    ...spec.tags,
  };
  yield* log(process, 'info', `building cluster stack ${JSON.stringify(name)}`);
  yield* createStack(context, name, clusterTemplate(spec, zones, version), tags);
  const cluster = yield* describeCluster(context, spec.name);
  if (spec.logRetention > 0) yield* setRetention(context, spec);
  for (const addon of addons.filter((one) => BEFORE_NODES.includes(one)))
    yield* createAddon(context, spec.name, addon, false);
  yield* process.sleep(CONTROL_PLANE_REST);
  if (spec.withOidc) yield* addCniRole(context, cluster);
  for (const group of spec.nodegroups) yield* createNodegroupStack(context, spec.name, group, keys.get(group.name));
  yield* log(process, 'info', 'waiting for the control plane to become ready');
  const path = yield* saveKubeconfig(context, cluster);
  yield* log(process, 'info', 'no tasks');
  yield* log(process, 'success', `all EKS cluster resources for ${JSON.stringify(spec.name)} have been created`);
  const api = kubeApi(context, cluster);
  for (const group of spec.nodegroups) yield* waitForNodes(context, api, group.name, group.min);
  yield* log(
    process,
    'success',
    `created ${spec.nodegroups.length} managed nodegroup(s) in cluster ${JSON.stringify(spec.name)}`,
  );
  for (const addon of addons.filter((one) => !BEFORE_NODES.includes(one))) {
    const role = spec.withOidc ? yield* addonRole(context, cluster, addon) : undefined;
    yield* createAddon(context, spec.name, addon, spec.withOidc, role);
  }
  yield* log(process, 'info', `kubectl command should work with ${JSON.stringify(path)}, try 'kubectl get nodes'`);
  yield* log(
    process,
    'success',
    `EKS cluster ${JSON.stringify(spec.name)} in ${JSON.stringify(region)} region is ready`,
  );
  return 0;
}

/** Three zones by chance, two in us-east-1, or those that were named. */
function* chooseZones(context: Context, spec: ClusterSpec, silent = false): Task<string[]> {
  const { process, region } = context;
  const tell = function* (zones: readonly string[]): Task {
    if (!silent) yield* log(process, 'info', `setting availability zones to [${zones.join(' ')}]`);
  };
  const answer = yield* call(context, 'ec2', 'DescribeAvailabilityZones');
  const all = objectsOf(answer ?? {}, 'AvailabilityZones').map((zone) => textOf(zone, 'ZoneName') ?? '');
  if (spec.zones.length > 0) {
    if (spec.zones.length < 2)
      throw new EksctlError(
        `only ${spec.zones.length} zone(s) specified [${spec.zones.join(' ')}], 2 are required (can be non-unique)`,
      );
    yield* tell(spec.zones);
    return [...spec.zones];
  }
  const random = process.machine.world.random.fork(`eksctl/${spec.name}/zones`);
  const left = [...all];
  const chosen: string[] = [];
  while (chosen.length < Math.min(region === 'us-east-1' ? 2 : 3, all.length))
    chosen.push(left.splice(random.integer(left.length), 1)[0] ?? '');
  yield* tell(chosen);
  return chosen;
}

/** The EC2 key pair for ssh: its name, or a file with a public key that is imported. Raises EksctlError. eksctl: pkg/ssh/client */
export function* sshKey(context: Context, cluster: string, group: NodegroupSpec): Task<string | undefined> {
  if (!group.ssh.allow) return undefined;
  const { process } = context;
  const { files } = process.machine;
  const home = process.env.get('HOME') ?? '/root';
  const given = group.ssh.key ?? `${home}/.ssh/id_rsa.pub`;
  const path = joinPath(process.cwd, given.replace(/^~(?=\/|$)/, home));
  if (files.exists(path, process.credentials)) {
    const text = files.readText(path, process.credentials).trim();
    const name = `eksctl-${cluster}-nodegroup-${group.name}-${fingerprint(text)}`;
    const known = yield* call(context, 'ec2', 'DescribeKeyPairs', { KeyNames: [name] }, ['InvalidKeyPair.NotFound']);
    if (!known) yield* call(context, 'ec2', 'ImportKeyPair', { KeyName: name, PublicKeyMaterial: btoa(text) });
    yield* log(process, 'info', `using SSH public key ${JSON.stringify(path)} as ${JSON.stringify(name)} `);
    return name;
  }
  if (group.ssh.key === undefined)
    throw new EksctlError(
      `could not read SSH public key file: reading SSH public key file "~/.ssh/id_rsa.pub": open ${path}: no such file or directory`,
    );
  const found = yield* call(context, 'ec2', 'DescribeKeyPairs', { KeyNames: [given] }, ['InvalidKeyPair.NotFound']);
  if (!found) throw new EksctlError(`cannot find EC2 key pair ${JSON.stringify(given)}`);
  yield* log(process, 'info', `using EC2 key pair ${JSON.stringify(given)}`);
  return given;
}

/** As ssh-keygen -E md5 shows it: made from the key's text. */
function fingerprint(text: string): string {
  let sum = 11;
  const bytes: string[] = [];
  for (let i = 0; i < 16; i++) {
    for (const char of text) sum = (sum * 33 + char.charCodeAt(0) + i) % 0xfffffb;
    bytes.push((sum % 256).toString(16).padStart(2, '0'));
  }
  return bytes.join(':');
}

export function* createAddon(
  context: Context,
  cluster: string,
  name: string,
  oidc: boolean,
  role?: string,
  version?: string,
): Task {
  const { process } = context;
  const quoted = JSON.stringify(name);
  if (WITH_POLICIES.includes(name) && !oidc)
    yield* log(
      process,
      'warning',
      `recommended policies were found for ${quoted} addon, but since OIDC is disabled on the cluster, eksctl cannot configure the requested permissions; the recommended way to provide IAM permissions for ${quoted} addon is via pod identity associations; after addon creation is completed, add all recommended policies to the config file, under \`addon.PodIdentityAssociations\`, and run \`eksctl update addon\``,
    );
  yield* log(process, 'info', `creating addon: ${name}`);
  yield* call(context, 'eks', 'CreateAddon', {
    clusterName: cluster,
    addonName: name,
    ...(role === undefined ? {} : { serviceAccountRoleArn: role }),
    ...(version === undefined ? {} : { addonVersion: version }),
  });
  yield* process.sleep(500);
  yield* log(process, 'info', `successfully created addon: ${name}`);
}

/** With OIDC, the network plugin gets a role of its own. eksctl: pkg/actions/addon "update VPC CNI to use IRSA" */
function* addCniRole(context: Context, cluster: JsonObject): Task {
  const { process } = context;
  const name = String(cluster['name']);
  yield* ensureProvider(context, cluster);
  yield* serviceAccountStack(context, cluster, {
    stack: `eksctl-${name}-addon-vpc-cni`,
    description: 'IAM role for "vpc-cni" addon [created by eksctl]',
    subject: 'system:serviceaccount:kube-system:aws-node',
    policies: ['arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy'],
    tags: { 'alpha.eksctl.io/addon-name': 'vpc-cni' },
  });
  yield* log(process, 'info', 'updating addon');
  yield* process.sleep(UPDATE_REST);
  yield* log(process, 'info', 'addon "vpc-cni" active');
}

/** The stack of a managed node group, and its plan. */
export function* createNodegroupStack(
  context: Context,
  cluster: string,
  group: NodegroupSpec,
  key: string | undefined,
): Task {
  const { process } = context;
  const name = `eksctl-${cluster}-nodegroup-${group.name}`;
  const clusterStack = stackName(cluster);
  const answer = yield* call(context, 'cloudformation', 'DescribeStacks', { StackName: clusterStack });
  const [stack] = objectsOf(answer ?? {}, 'Stacks');
  const outputs = outputsOf(stack ?? {});
  const subnets = (outputs.get(group.privateNetworking ? 'SubnetsPrivate' : 'SubnetsPublic') ?? '').split(',');
  yield* log(process, 'info', `building managed nodegroup stack ${JSON.stringify(name)}`);
  yield* createStack(context, name, nodegroupTemplate(cluster, clusterStack, group, key, subnets), {
    'alpha.eksctl.io/cluster-name': cluster,
    'alpha.eksctl.io/eksctl-version': VERSION,
    'alpha.eksctl.io/nodegroup-name': group.name,
    'alpha.eksctl.io/nodegroup-type': 'managed',
    'eksctl.cluster.k8s.io/v1alpha1/cluster-name': cluster,
  });
}

/** `eksctl create nodegroup`. Raises EksctlError. */
export function* createNodegroups(
  context: Context,
  cluster: string,
  groups: readonly NodegroupSpec[],
  ignored: readonly string[] = [],
): Task<number> {
  const { process, flags } = context;
  const described = yield* describeCluster(context, cluster);
  const version = textOf(described, 'version') ?? '';
  if (flags.bool('dry-run')) {
    yield* showNodegroupPlan(context, cluster, version, groups);
    return 0;
  }
  for (const field of ignored.filter((one) => one.startsWith('managedNodeGroups')))
    yield* log(process, 'warning', `kubetutor does not model ${field} of a ClusterConfig: it is left out`);
  yield* log(process, 'info', `will use version ${version} for new nodegroup(s) based on control plane version`);
  const known = yield* call(context, 'eks', 'ListNodegroups', { clusterName: cluster });
  const there = Array.isArray(known?.['nodegroups']) ? known['nodegroups'].map(String) : [];
  const fresh = groups.filter((group) => !there.includes(group.name));
  for (const group of groups.filter((one) => there.includes(one.name)))
    yield* log(process, 'info', `1 existing nodegroup(s) (${group.name}) will be excluded`);
  const keys = new Map<string, string | undefined>();
  for (const group of fresh) {
    yield* log(process, 'info', `nodegroup ${JSON.stringify(group.name)} will use "" [AmazonLinux2023/${version}]`);
    keys.set(group.name, yield* sshKey(context, cluster, group));
  }
  const names = fresh.map((group) => group.name).join(', ');
  yield* log(
    process,
    'info',
    `${fresh.length} nodegroup${fresh.length === 1 ? '' : 's'} (${names}) ${fresh.length === 1 ? 'was' : 'were'} included (based on the include/exclude rules)`,
  );
  yield* log(
    process,
    'info',
    `will create a CloudFormation stack for each of ${fresh.length} managed nodegroups in cluster ${JSON.stringify(cluster)}`,
  );
  yield* log(
    process,
    'info',
    describePlan({
      tasks: [
        'fix cluster compatibility',
        {
          tasks: [
            {
              tasks: fresh.map((group) => `create managed nodegroup ${JSON.stringify(group.name)}`),
              parallel: true,
              sub: fresh.length > 1,
            },
          ],
        },
      ],
    }),
  );
  yield* log(process, 'info', 'checking cluster stack for missing resources');
  yield* log(process, 'info', 'cluster stack has all required resources');
  for (const group of fresh) yield* createNodegroupStack(context, cluster, group, keys.get(group.name));
  yield* log(process, 'info', 'no tasks');
  yield* log(process, 'success', `created 0 nodegroup(s) in cluster ${JSON.stringify(cluster)}`);
  const api = kubeApi(context, described);
  for (const group of fresh) yield* waitForNodes(context, api, group.name, group.min);
  yield* log(process, 'success', `created ${fresh.length} managed nodegroup(s) in cluster ${JSON.stringify(cluster)}`);
  yield* log(process, 'info', 'checking security group configuration for all nodegroups');
  yield* log(process, 'info', 'all nodegroups have up-to-date cloudformation templates');
  return 0;
}

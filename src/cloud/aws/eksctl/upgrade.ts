import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { ClientError } from '../client/client.ts';
import { objectOf, textOf } from '../params.ts';
import { DEFAULT_VERSION, minorOf, VERSIONS } from '../services/eks/versions.ts';
import { type Context, call, sdkText } from './context.ts';
import { EksctlError, log, wording } from './log.ts';
import { describeCluster, stackName, stacksOf, waitForStack } from './stacks.ts';

/** ms between two looks at an update. eksctl: pkg/utils/waiters */
const LOOK = 15_000;
/** ms until a change set is there. */
const CHANGE_SET = 15_000;

const NO_CHANGES = "no changes were applied, run again with '--approve' to apply the changes";

/** `eksctl upgrade cluster`. Raises EksctlError. eksctl: pkg/ctl/upgrade/cluster.go, pkg/actions/cluster/upgrade.go */
export function* upgradeCluster(context: Context, name: string, fileVersion: string | undefined): Task<number> {
  const { process, flags } = context;
  const info = (text: string) => log(process, 'info', text);
  const cluster = yield* describeCluster(context, name);
  const status = textOf(cluster, 'status') ?? '';
  if (status !== 'ACTIVE')
    throw new EksctlError(`cannot update cluster ${JSON.stringify(name)} because status is ${JSON.stringify(status)}`);
  if (flags.has('config-file'))
    yield* log(
      process,
      'warning',
      'NOTE: cluster VPC (subnets, routing & NAT Gateway) configuration changes are not yet implemented',
    );
  const current = textOf(cluster, 'version') ?? '';
  const next = nextVersion(current, flags.text('version') ?? fileVersion);
  const approved = flags.bool('approve');
  if (next === undefined) yield* info('no cluster version update required');
  else {
    const intended = `upgrade cluster ${JSON.stringify(name)} control plane from current version ${JSON.stringify(current)} to ${JSON.stringify(next)}`;
    yield* info(approved ? `will ${intended}` : `(plan) would ${intended}`);
    if (approved) {
      const answer = yield* call(context, 'eks', 'UpdateClusterVersion', { name, version: next });
      yield* waitForUpdate(context, name, textOf(objectOf(answer ?? {}, 'update'), 'id') ?? '');
      yield* log(
        process,
        'success',
        `cluster ${JSON.stringify(name)} control plane has been upgraded to version ${JSON.stringify(next)}`,
      );
      yield* info('you will need to follow the upgrade procedure for all of nodegroups and add-ons');
      yield* sayWhatVersionIs(context, next);
    }
  }
  if ((yield* stacksOf(context, name)).some((stack) => stack['StackName'] === stackName(name))) {
    const stack = JSON.stringify(stackName(name));
    yield* info(`re-building cluster stack ${stack}`);
    yield* log(process, 'success', `all resources in cluster stack ${stack} are up-to-date`);
    yield* info('checking security group configuration for all nodegroups');
    yield* info('all nodegroups have up-to-date cloudformation templates');
  }
  if (next !== undefined && !approved) yield* log(process, 'warning', NO_CHANGES);
  return 0;
}

/** What is not the simulated release is called so, and no more. */
export function* sayWhatVersionIs({ process }: Context, version: string): Task {
  if (version !== DEFAULT_VERSION)
    yield* log(
      process,
      'warning',
      `kubetutor does not model Kubernetes ${version}: the cluster is called so, and behaves as v${DEFAULT_VERSION}`,
    );
}

/** Where the cluster is to go; undefined when it is there. Raises EksctlError. eksctl: requiresVersionUpgrade */
function nextVersion(current: string, wanted: string | undefined): string | undefined {
  const next = VERSIONS.find((version) => minorOf(version) === minorOf(current) + 1);
  if (wanted === undefined || wanted === '' || wanted === 'auto') return next;
  const quoted = JSON.stringify(wanted);
  if (!/^v?\d+(\.\d+){0,2}$/.test(wanted))
    throw new EksctlError(
      `couldn't compare versions for upgrade: unable to parse first version ${quoted}: Invalid character(s) found in major number ${JSON.stringify(wanted.split('.')[0])}`,
    );
  if (minorOf(wanted) < minorOf(current))
    throw new EksctlError(
      `cannot upgrade to a lower version. Found given target version ${quoted}, current cluster version ${JSON.stringify(current)}`,
    );
  if (!VERSIONS.includes(wanted))
    throw new EksctlError(
      `control plane version ${quoted} is not known to this version of eksctl, try to upgrade eksctl first`,
    );
  if (wanted === current) return undefined;
  if (wanted === next) return next;
  throw new EksctlError(
    `upgrading more than one version at a time is not supported. Found upgrade from ${JSON.stringify(current)} to ${quoted}. Please upgrade to ${JSON.stringify(next)} first`,
  );
}

function* waitForUpdate(context: Context, name: string, updateId: string): Task {
  for (;;) {
    yield* context.process.sleep(LOOK);
    const answer = yield* call(context, 'eks', 'DescribeUpdate', { name, updateId });
    if (textOf(objectOf(answer ?? {}, 'update'), 'status') !== 'InProgress') return;
  }
}

/** `eksctl upgrade nodegroup`. Raises EksctlError. eksctl: pkg/actions/nodegroup/upgrade.go */
export function* upgradeNodegroup(context: Context, cluster: string): Task<number> {
  const { process, flags } = context;
  const name = flags.name();
  if (name === undefined) throw new EksctlError('name must be set');
  yield* describeCluster(context, cluster);
  const wanted = flags.text('kubernetes-version');
  if (wanted !== undefined && !/^v?\d+(\.\d+){0,2}$/.test(wanted))
    throw new EksctlError(
      `invalid Kubernetes version: Invalid character(s) found in major number ${JSON.stringify(wanted.split('.')[0])}`,
    );
  const group = yield* managedNodegroup(context, cluster, name);
  const stack = `eksctl-${cluster}-nodegroup-${name}`;
  if ((yield* stacksOf(context, cluster)).some((one) => one['StackName'] === stack))
    yield* upgradeByStack(context, stack, group, wanted);
  else yield* upgradeByApi(context, cluster, group, wanted);
  yield* log(process, 'info', 'nodegroup successfully upgraded');
  return 0;
}

function* managedNodegroup(context: Context, clusterName: string, nodegroupName: string): Task<JsonObject> {
  const missing = ['ResourceNotFoundException'];
  const answer = yield* call(context, 'eks', 'DescribeNodegroup', { clusterName, nodegroupName }, missing);
  if (!answer)
    throw new EksctlError(
      `upgrade is only supported for managed nodegroups; could not find one with name ${JSON.stringify(nodegroupName)}`,
    );
  return objectOf(answer, 'nodegroup');
}

/** Changes the template of the group's stack, and the group with it. */
function* upgradeByStack(context: Context, stack: string, group: JsonObject, wanted: string | undefined): Task {
  const { process, flags } = context;
  const release = flags.text('release-version');
  if (wanted !== undefined && release !== undefined)
    throw new EksctlError('only one of kubernetes-version or release-version can be specified');
  const answer = yield* call(context, 'cloudformation', 'GetTemplate', { StackName: stack });
  const template = objectOf(answer ?? {}, 'TemplateBody');
  const resource = objectOf(objectOf(template, 'Resources'), 'ManagedNodeGroup');
  const properties = objectOf(resource, 'Properties');
  const force = flags.bool('force-upgrade');
  if (properties['ForceUpdateEnabled'] !== force) {
    properties['ForceUpdateEnabled'] = force;
    yield* log(process, 'info', `setting ForceUpdateEnabled value to ${force}`);
    yield* updateStack(context, stack, template);
  }
  if (flags.has('launch-template-version'))
    throw new EksctlError('launch-template-version is only valid if a nodegroup is using an explicit launch template');
  if (release !== undefined) properties['ReleaseVersion'] = release;
  else {
    const version = wanted ?? textOf(group, 'version') ?? '';
    const latest = yield* latestRelease(context, version);
    const current = textOf(group, 'releaseVersion') ?? '';
    if (numbersOf(latest) <= numbersOf(current))
      yield* log(process, 'info', `nodegroup ${JSON.stringify(group['nodegroupName'])} is already up-to-date`);
    else {
      properties['ReleaseVersion'] = latest;
      if (wanted !== undefined) properties['Version'] = wanted;
    }
  }
  yield* log(process, 'info', 'upgrading nodegroup version');
  yield* updateStack(context, stack, template);
}

/** `1.36.4-20260818` as text whose order is that of releases. */
function numbersOf(release: string): string {
  return release.replace(/\d+/g, (number) => number.padStart(9, '0'));
}

/** The newest release of the image for a version, which EKS publishes as a parameter. eksctl: pkg/ami/ssm_resolver.go */
function* latestRelease(context: Context, version: string): Task<string> {
  const Name = `/aws/service/eks/optimized-ami/${version}/amazon-linux-2023/x86_64/standard/recommended/release_version`;
  const answer = yield* call(context, 'ssm', 'GetParameter', { Name });
  return textOf(objectOf(answer ?? {}, 'Parameter'), 'Value') ?? '';
}

/** eksctl makes a change set and executes it; kubetutor updates the stack at once. eksctl: pkg/cfn/manager/api.go, UpdateStack */
function* updateStack(context: Context, StackName: string, template: JsonObject): Task {
  const { process } = context;
  const changeSet = `eksctl-update-nodegroup-${Math.floor(process.now / 1000)}`;
  yield* log(process, 'info', 'updating nodegroup stack');
  yield* process.sleep(CHANGE_SET);
  yield* log(
    process,
    'info',
    `waiting for CloudFormation changeset ${JSON.stringify(changeSet)} for stack ${JSON.stringify(StackName)}`,
  );
  const Capabilities = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'];
  try {
    yield* context.client.call('cloudformation', 'UpdateStack', {
      StackName,
      TemplateBody: JSON.stringify(template),
      Capabilities,
    });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    if (error.text === 'No updates are to be performed.') {
      yield* log(process, 'info', 'nothing to update');
      return;
    }
    throw new EksctlError(`error updating nodegroup stack: ${sdkText('CloudFormation', error)}`);
  }
  yield* wording(
    (why) => `error updating nodegroup stack: ${why}`,
    waitForStack(context, StackName, 'UPDATE_COMPLETE'),
  );
}

/** Of a group that eksctl has not made. */
function* upgradeByApi(context: Context, clusterName: string, group: JsonObject, wanted: string | undefined): Task {
  const { process, flags } = context;
  const nodegroupName = textOf(group, 'nodegroupName') ?? '';
  const release = flags.text('release-version');
  if (flags.has('launch-template-version') && !isObject(group['launchTemplate']))
    throw new EksctlError('cannot update launch template version because the nodegroup is not configured to use one');
  yield* call(context, 'eks', 'UpdateNodegroupVersion', {
    clusterName,
    nodegroupName,
    version: wanted ?? textOf(group, 'version') ?? '',
    force: flags.bool('force-upgrade'),
    ...(release === undefined ? {} : { releaseVersion: release }),
  });
  yield* log(process, 'info', `upgrade of nodegroup ${JSON.stringify(nodegroupName)} in progress`);
  for (;;) {
    yield* log(process, 'info', `waiting for upgrade of nodegroup ${JSON.stringify(nodegroupName)} to complete`);
    const found = yield* managedNodegroup(context, clusterName, nodegroupName);
    if (found['status'] === 'ACTIVE') return;
    yield* process.sleep(LOOK);
  }
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { numberOf, objectOf, objectsOf, tagMap, textOf, textsOf } from '../params.ts';
import { LOG_TYPES } from '../services/eks/logging.ts';
import { ignoredFields } from './config.ts';
import type { Flag, Flags } from './flags.ts';
import { EksctlError } from './log.ts';

export interface NodegroupSpec {
  readonly name: string;
  readonly instanceType: string;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly volumeSize: number;
  readonly volumeType: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ssh: { readonly allow: boolean; readonly key: string | undefined };
  readonly privateNetworking: boolean;
}

/** What is to be made: of flags or of a ClusterConfig. */
export interface ClusterSpec {
  readonly name: string;
  readonly version: string | undefined;
  readonly zones: readonly string[];
  readonly withOidc: boolean;
  readonly nodegroups: readonly NodegroupSpec[];
  readonly addons: readonly string[];
  /** It comes of a ClusterConfig, not of flags. */
  readonly fromFile: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Types of control plane logs that go to CloudWatch, in the order of the alphabet. */
  readonly logTypes: readonly string[];
  /** Days that CloudWatch keeps them; 0 for ever. */
  readonly logRetention: number;
  /** Fields of a ClusterConfig that eksctl knows and kubetutor leaves out. */
  readonly ignored: readonly string[];
}

export const NODEGROUP_FLAGS: readonly Flag[] = [
  { name: 'nodegroup-name', kind: 'text' },
  { name: 'node-type', short: 't', kind: 'text' },
  { name: 'nodes', short: 'N', kind: 'number' },
  { name: 'nodes-min', short: 'm', kind: 'number' },
  { name: 'nodes-max', short: 'M', kind: 'number' },
  { name: 'node-volume-size', kind: 'number' },
  { name: 'node-volume-type', kind: 'text' },
  { name: 'node-labels', kind: 'text' },
  { name: 'node-private-networking', short: 'P', kind: 'bool' },
  { name: 'ssh-access', kind: 'bool' },
  { name: 'ssh-public-key', kind: 'text' },
  { name: 'managed', kind: 'bool' },
];

/** Of `--nodes` and its like: what is missing follows from what is there. eksctl: pkg/cfn/builder/nodegroup.go */
function sizes(given: { desired?: number | undefined; min?: number | undefined; max?: number | undefined }) {
  const desired = given.desired ?? given.min ?? 2;
  const min = given.min ?? desired;
  const max = given.max ?? Math.max(desired, min);
  if (desired < min)
    throw new EksctlError(`--nodes value (${desired}) cannot be lower than --nodes-min value (${min})`);
  if (desired > max)
    throw new EksctlError(`--nodes value (${desired}) cannot be greater than --nodes-max value (${max})`);
  if (min > max) throw new EksctlError(`--nodes-min value (${min}) cannot be greater than --nodes-max value (${max})`);
  return { desired, min, max };
}

export function nodegroupFromFlags(flags: Flags, fallbackName: string): NodegroupSpec {
  const key = flags.text('ssh-public-key');
  if (flags.text('managed') !== undefined && !flags.bool('managed'))
    throw new EksctlError('kubetutor does not model self-managed nodegroups (--managed=false)');
  return {
    name: flags.text('nodegroup-name') ?? flags.text('name-of-group') ?? fallbackName,
    instanceType: flags.text('node-type') ?? 'm5.large',
    ...sizes({ desired: flags.number('nodes'), min: flags.number('nodes-min'), max: flags.number('nodes-max') }),
    volumeSize: flags.number('node-volume-size') ?? 80,
    volumeType: flags.text('node-volume-type') ?? 'gp3',
    labels: Object.fromEntries(
      (flags.text('node-labels') ?? '')
        .split(',')
        .filter((pair) => pair !== '')
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    ),
    ssh: { allow: flags.bool('ssh-access') || key !== undefined, key },
    privateNetworking: flags.bool('node-private-networking'),
  };
}

export function specFromConfig(config: JsonObject): ClusterSpec {
  const metadata = objectOf(config, 'metadata');
  const name = textOf(metadata, 'name');
  if (name === undefined) throw new EksctlError('metadata.name must be set');
  if (Array.isArray(config['nodeGroups']) && config['nodeGroups'].length > 0)
    throw new EksctlError('kubetutor does not model self-managed nodegroups (nodeGroups); use managedNodeGroups');
  const version = metadata['version'];
  const logging = objectOf(objectOf(config, 'cloudWatch'), 'clusterLogging');
  return {
    name,
    version: version === undefined ? undefined : String(version),
    zones: textsOf(config, 'availabilityZones'),
    withOidc: objectOf(config, 'iam')['withOIDC'] === true,
    nodegroups: nodegroupsFromConfig(config),
    addons: objectsOf(config, 'addons').map((addon) => textOf(addon, 'name') ?? ''),
    fromFile: true,
    tags: tagMap(metadata['tags']),
    logTypes: logTypesOf(logging),
    logRetention: numberOf(logging, 'logRetentionInDays') ?? 0,
    ignored: ignoredFields(config),
  };
}

/** eksctl: pkg/apis/eksctl.io/v1alpha5/cloudwatch.go, LogRetentionInDaysValues */
const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653];

/** eksctl: validateCloudWatchLogging in pkg/apis/eksctl.io/v1alpha5/validation.go */
function logTypesOf(logging: JsonObject): readonly string[] {
  const types = textsOf(logging, 'enableTypes');
  const days = numberOf(logging, 'logRetentionInDays') ?? 0;
  if (types.length === 0 && days !== 0)
    throw new EksctlError('cannot set cloudWatch.clusterLogging.logRetentionInDays without enabling log types');
  for (const [index, type] of types.entries())
    if (!LOG_TYPES.includes(type) && type !== 'all' && type !== '*')
      throw new EksctlError(
        `log type ${JSON.stringify(type)} (cloudWatch.clusterLogging.enableTypes[${index}]) is unknown`,
      );
  if (days !== 0 && !RETENTIONS.includes(days))
    throw new EksctlError(
      `invalid value ${days} for logRetentionInDays; supported values are [${RETENTIONS.join(' ')}]`,
    );
  return types.includes('all') || types.includes('*') ? LOG_TYPES.toSorted() : [...new Set(types)].sort();
}

/** Raises EksctlError. eksctl: ValidateClusterConfig */
export function nodegroupsFromConfig(config: JsonObject): NodegroupSpec[] {
  const seen = new Set<string>();
  return objectsOf(config, 'managedNodeGroups').map((group, index) => {
    const ssh = objectOf(group, 'ssh');
    const groupName = textOf(group, 'name');
    if (groupName === undefined) throw new EksctlError(`managedNodeGroups[${index}].name must be set`);
    if (seen.has(groupName))
      throw new EksctlError(`managedNodeGroups[${index}].name ${JSON.stringify(groupName)} is not unique`);
    seen.add(groupName);
    return {
      name: groupName,
      instanceType: textOf(group, 'instanceType') ?? 'm5.large',
      ...sizes({
        desired: numberOf(group, 'desiredCapacity'),
        min: numberOf(group, 'minSize'),
        max: numberOf(group, 'maxSize'),
      }),
      volumeSize: numberOf(group, 'volumeSize') ?? 80,
      volumeType: textOf(group, 'volumeType') ?? 'gp3',
      labels: tagMap(group['labels']),
      ssh: { allow: ssh['allow'] === true, key: textOf(ssh, 'publicKeyName') ?? textOf(ssh, 'publicKeyPath') },
      privateNetworking: group['privateNetworking'] === true,
    };
  });
}

import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { yamlToJson } from '../../../cluster/apimachinery/yaml.ts';
import { joinPath } from '../../../world/files/paths.ts';
import type { Process } from '../../../world/process.ts';
import { objectOf, objectsOf, textOf } from '../params.ts';
import { DEFAULTS, IAM_DEFAULTS, NODEGROUP_DEFAULTS } from './dry-run.ts';
import type { Flags } from './flags.ts';
import { EksctlError } from './log.ts';

const SCHEMA = 'eksctl.io/v1alpha5';

/** A ClusterConfig file. Raises EksctlError. */
export function readConfig(process: Process, path: string): JsonObject {
  const full = joinPath(process.cwd, path);
  if (!process.machine.files.exists(full, process.credentials))
    throw new EksctlError(`reading config file "${path}": open ${path}: no such file or directory`);
  let value: unknown;
  try {
    value = yamlToJson(process.machine.files.readText(full, process.credentials));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new EksctlError(`loading config file "${path}": error converting YAML to JSON: ${text}`);
  }
  if (!isObject(value) || value['kind'] !== 'ClusterConfig' || value['apiVersion'] !== SCHEMA)
    throw new EksctlError(
      `loading config file "${path}": no kind "${isObject(value) ? String(value['kind'] ?? '') : ''}" is registered for version "${isObject(value) ? String(value['apiVersion'] ?? '') : ''}" in scheme "k8s.io/client-go/kubernetes/scheme/register.go:83"`,
    );
  for (const field of Object.keys(value)) {
    // Its own advice is to say that it is off.
    if (field === 'autoModeConfig' && objectOf(value, field)['enabled'] !== true) continue;
    // What says no more than what holds without it may stand there: eksctl writes such files itself.
    if (isSame(value[field], DEFAULTS[field])) continue;
    if (NOT_MODELLED.includes(field)) throw new EksctlError(`kubetutor does not model ${field} of a ClusterConfig`);
    if (!KNOWN.includes(field)) throw unreadable(path, `unknown field ${JSON.stringify(field)}`);
  }
  checkFields(path, 'ClusterMeta', 'metadata', objectOf(value, 'metadata'), METADATA);
  checkFields(path, 'ClusterIAM', 'iam', objectOf(value, 'iam'), IAM);
  for (const addon of objectsOf(value, 'addons')) checkFields(path, 'Addon', 'addons', addon, ADDON);
  for (const group of objectsOf(value, 'managedNodeGroups'))
    checkFields(path, 'ManagedNodeGroup', 'managedNodeGroups', group, NODEGROUP);
  return value;
}

function unreadable(path: string, why: string): EksctlError {
  return new EksctlError(
    `loading config file ${JSON.stringify(path)}: error unmarshaling JSON: while decoding JSON: json: ${why}`,
  );
}

/** Fields of a part of a ClusterConfig, with the types that Go has for them. What kubetutor leaves out has none. */
type Fields = Readonly<Record<string, 'string' | 'int' | 'bool' | 'map' | undefined>>;

/** eksctl: pkg/apis/eksctl.io/v1alpha5/types.go, ClusterMeta */
const METADATA: Fields = {
  name: 'string',
  region: 'string',
  version: 'string',
  tags: 'map',
  annotations: undefined,
  accountID: undefined,
  forceUpdateVersion: undefined,
};

const leftOut = (names: string): Fields => Object.fromEntries(names.split(/\s+/).map((name) => [name, undefined]));

/** eksctl: pkg/apis/eksctl.io/v1alpha5/iam.go, ClusterIAM */
const IAM: Fields = {
  withOIDC: 'bool',
  ...leftOut(`serviceRoleARN serviceRolePermissionsBoundary fargatePodExecutionRoleARN fargatePodExecutionRolePermissionsBoundary
    serviceAccounts podIdentityAssociations autoCreatePodIdentityAssociations vpcResourceControllerPolicy`),
};

/** eksctl: pkg/apis/eksctl.io/v1alpha5/addon.go, Addon */
const ADDON: Fields = {
  name: 'string',
  ...leftOut(`version serviceAccountRoleARN attachPolicyARNs attachPolicy permissionsBoundary wellKnownPolicies tags resolveConflicts
    podIdentityAssociations useDefaultPodIdentityAssociations createDefaultPodIdentityAssociations configurationValues publishers types owners
    namespaceConfig`),
};

/** eksctl: pkg/apis/eksctl.io/v1alpha5/types.go, NodeGroupBase, ManagedNodeGroup */
const NODEGROUP: Fields = {
  name: 'string',
  instanceType: 'string',
  desiredCapacity: 'int',
  minSize: 'int',
  maxSize: 'int',
  volumeSize: 'int',
  volumeType: 'string',
  labels: 'map',
  ssh: 'map',
  privateNetworking: 'bool',
  ...leftOut(`additionalEncryptedVolume additionalVolumes ami amiFamily asgSuspendProcesses availabilityZones bottlerocket capacityReservation
    disableASGTagPropagation disableIMDSv1 disablePodIMDS ebsOptimized efaEnabled enableDetailedMonitoring iam instanceMarketOptions instanceName
    instancePrefix instanceSelector instanceTypes launchTemplate localZones maxPodsPerNode nodeRepairConfig outpostARN overrideBootstrapCommand
    placement preBootstrapCommands propagateASGTags releaseVersion securityGroups spot subnets tags taints updateConfig volumeEncrypted volumeIOPS
    volumeKmsKeyID volumeName volumeThroughput containerRuntime`),
};

/** Raises EksctlError as encoding/json words it. */
function checkFields(path: string, struct: string, where: string, value: JsonObject, fields: Fields): void {
  for (const [field, item] of Object.entries(value)) {
    if (!Object.hasOwn(fields, field)) throw unreadable(path, `unknown field ${JSON.stringify(field)}`);
    const wanted = fields[field];
    const found = goType(item);
    if (wanted === undefined || found === 'null' || fits(wanted, found)) continue;
    const type = wanted === 'map' ? 'map[string]string' : wanted;
    throw unreadable(
      path,
      `cannot unmarshal ${found} into Go struct field ${struct}.${where}.${field} of type ${type}`,
    );
  }
}

const fits = (wanted: string, found: string) => wanted === found || { int: 'number', map: 'object' }[wanted] === found;

/** What encoding/json calls a value. */
function goType(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isObject(value)) return 'object';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** What a ClusterConfig says that kubetutor leaves out: `managedNodeGroups[0].taints`. */
export function ignoredFields(config: JsonObject): string[] {
  const left = (where: string, value: JsonObject, fields: Fields, defaults: JsonObject = {}) =>
    Object.keys(value).flatMap((field) =>
      fields[field] === undefined && !isSame(value[field], defaults[field]) ? [`${where}.${field}`] : [],
    );
  return [
    ...left('metadata', objectOf(config, 'metadata'), METADATA),
    ...left('iam', objectOf(config, 'iam'), IAM, IAM_DEFAULTS),
    ...objectsOf(config, 'addons').flatMap((addon, index) => left(`addons[${index}]`, addon, ADDON)),
    ...objectsOf(config, 'managedNodeGroups').flatMap((group, index) =>
      left(`managedNodeGroups[${index}]`, group, NODEGROUP, {
        ...NODEGROUP_DEFAULTS,
        tags: {
          'alpha.eksctl.io/nodegroup-name': group['name'] ?? '',
          'alpha.eksctl.io/nodegroup-type': 'managed',
        },
      }),
    ),
  ];
}

/** Whether a file says what holds anyway. */
function isSame(value: Json | undefined, fallback: Json | undefined): boolean {
  return fallback !== undefined && JSON.stringify(sorted(value)) === JSON.stringify(sorted(fallback));
}

function sorted(value: Json | undefined): Json | undefined {
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key]) ?? null]));
}

/** Flags that may not stand beside a file. eksctl: defaultFlagsIncompatibleWithConfigFile */
const NOT_WITH_FILE = ['cluster', 'name', 'region', 'version'];

/** Raises EksctlError for a flag that the file has a field for, and for a file without name or region. eksctl: commonClusterConfigLoader.Load */
export function checkConfigFlags(flags: Flags, config: JsonObject, more: readonly string[]): void {
  if (!isObject(config['metadata'])) throw new EksctlError('metadata must be set');
  const found = [...NOT_WITH_FILE, ...more].sort().find((flag) => flags.has(flag));
  if (found !== undefined) throw new EksctlError(`cannot use --${found} when --config-file/-f is set`);
  if (flags.args.length > 0) throw new EksctlError('cannot use name argument when --config-file/-f is set');
  for (const field of ['name', 'region'])
    if (textOf(config['metadata'], field) === undefined) throw new EksctlError(`metadata.${field} must be set`);
}

const KNOWN = [
  'apiVersion',
  'kind',
  'metadata',
  'iam',
  'managedNodeGroups',
  'nodeGroups',
  'availabilityZones',
  'addons',
  'cloudWatch',
];

/** What a ClusterConfig may have as well. eksctl: pkg/apis/eksctl.io/v1alpha5/types.go */
const NOT_MODELLED = [
  'accessConfig',
  'addonsConfig',
  'autoModeConfig',
  'autonomousModeConfig',
  'fargateProfiles',
  'git',
  'gitops',
  'iamIdentityMappings',
  'identityProviders',
  'karpenter',
  'kubernetesNetworkConfig',
  'localZones',
  'outpost',
  'privateCluster',
  'remoteNetworkConfig',
  'secretsEncryption',
  'upgradePolicy',
  'vpc',
  'zonalShiftConfig',
];

import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../../errors.ts';
import { objectOf, objectsOf, textOf, textsOf, toJsonObject } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { EksCluster, EksUpdate } from '../../types/eks.ts';
import type { Service } from '../call.ts';
import { chargeCluster } from './charges.ts';
import { clusterOf, controlPlaneOf } from './find.ts';
import { LOG_TYPES, sayWhatIsNotLogged } from './logging.ts';
import { eksVersionOf, minorOf } from './versions.ts';

/** ms that an update of a control plane's settings takes, and that of its version. */
const UPDATE_TIME = 75_000;
const VERSION_TIME = 8.5 * 60_000;
const MODES = ['CONFIG_MAP', 'API_AND_CONFIG_MAP', 'API'];

/** Notes an update that begins now. */
export function addUpdate(
  region: Region,
  cluster: EksCluster,
  options: Pick<EksUpdate, 'type' | 'params' | 'nodegroup' | 'addon'>,
): EksUpdate {
  const { account } = region;
  const update: EksUpdate = {
    id: account.random.uid(),
    status: 'InProgress',
    ...options,
    createdAt: account.now,
    errors: [],
  };
  cluster.updates.set(update.id, update);
  return update;
}

interface ClusterUpdate {
  readonly type: string;
  readonly params: EksUpdate['params'];
  /** ms */
  readonly time: number;
  readonly done: () => void;
}

/** Raises ResourceInUseException while another update runs, or the cluster is being made or deleted. */
function begin(region: Region, cluster: EksCluster, { type, params, time, done }: ClusterUpdate): EksUpdate {
  const { account } = region;
  const running = [...cluster.updates.values()].find(
    ({ status, nodegroup, addon }) => status === 'InProgress' && nodegroup === undefined && addon === undefined,
  );
  if (running)
    throw new AwsError(
      'ResourceInUseException',
      `Cannot ${type} because cluster ${cluster.name} currently has update ${running.id} in progress`,
      409,
    );
  if (cluster.status !== 'ACTIVE')
    throw new AwsError(
      'ResourceInUseException',
      `Cannot ${type} because cluster ${cluster.name} is in status ${cluster.status}`,
      409,
    );
  const update = addUpdate(region, cluster, { type, params });
  cluster.status = 'UPDATING';
  account.after(time, () => {
    if (cluster.status !== 'UPDATING') return;
    update.status = 'Successful';
    cluster.status = 'ACTIVE';
    done();
  });
  return update;
}

function updateLogging(region: Region, cluster: EksCluster, logging: JsonObject): EksUpdate {
  const wanted = new Set(cluster.logging);
  for (const setup of objectsOf(logging, 'clusterLogging'))
    for (const type of textsOf(setup, 'types')) {
      if (!LOG_TYPES.includes(type)) throw new AwsError('InvalidParameterException', `Invalid log type: ${type}`);
      if (setup['enabled'] === true) wanted.add(type);
      else wanted.delete(type);
    }
  const fresh = [...wanted].filter((type) => !cluster.logging.has(type));
  if (fresh.length === 0 && wanted.size === cluster.logging.size)
    throw new AwsError('InvalidParameterException', 'No changes needed for the logging config provided');
  const params = [{ type: 'ClusterLogging', value: JSON.stringify(logging) }];
  const done = () => {
    cluster.logging = wanted;
    for (const type of fresh) sayWhatIsNotLogged(region, cluster, type);
  };
  return begin(region, cluster, { type: 'LoggingUpdate', params, time: UPDATE_TIME, done });
}

/** From the ConfigMap to access entries there is one way only, step by step. */
function updateAccess(region: Region, cluster: EksCluster, mode: string): EksUpdate {
  const { authenticationMode } = cluster;
  if (MODES.indexOf(mode) !== MODES.indexOf(authenticationMode) + 1)
    throw new AwsError(
      'InvalidParameterException',
      `Unsupported authentication mode update from ${authenticationMode} to ${mode}`,
    );
  const params = [{ type: 'AuthenticationMode', value: `"${mode}"` }];
  const done = () => {
    cluster.authenticationMode = mode;
  };
  return begin(region, cluster, { type: 'AccessConfigUpdate', params, time: UPDATE_TIME, done });
}

/** One minor version at a time, and never back. Nodes may be three behind, which four versions cannot exceed. EKS User Guide: update-cluster */
function updateVersion(region: Region, cluster: EksCluster, version: string): EksUpdate {
  const { platformVersion } = eksVersionOf(version);
  if (minorOf(version) !== minorOf(cluster.version) + 1)
    throw new AwsError(
      'InvalidParameterException',
      `Unsupported Kubernetes minor version update from ${cluster.version} to ${version}`,
    );
  const params = [
    { type: 'Version', value: version },
    { type: 'PlatformVersion', value: platformVersion },
  ];
  const done = () => {
    cluster.version = version;
    cluster.platformVersion = platformVersion;
    chargeCluster(region, cluster);
    controlPlaneOf(cluster)?.upgraded();
  };
  return begin(region, cluster, { type: 'VersionUpdate', params, time: VERSION_TIME, done });
}

export const updateView = ({ nodegroup, addon, ...update }: EksUpdate): JsonObject => toJsonObject(update);

/** Of a node group or an add-on when the request names one, of the cluster when it names none. */
const isMeant = (update: EksUpdate, params: JsonObject) =>
  update.nodegroup === textOf(params, 'nodegroupName') && update.addon === textOf(params, 'addonName');

export const updateOperations: Service = {
  UpdateClusterConfig: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'name') ?? '');
    const mode = textOf(objectOf(params, 'accessConfig'), 'authenticationMode');
    if (params['logging'] !== undefined)
      return { update: updateView(updateLogging(region, cluster, objectOf(params, 'logging'))) };
    if (mode !== undefined) return { update: updateView(updateAccess(region, cluster, mode)) };
    throw notModelled('this change of a cluster: only logging and accessConfig can be changed');
  },
  UpdateClusterVersion: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'name') ?? '');
    return { update: updateView(updateVersion(region, cluster, textOf(params, 'version') ?? '')) };
  },
  ListUpdates: ({ region, params }) => {
    const all = [...clusterOf(region, textOf(params, 'name') ?? '').updates.values()];
    return { updateIds: all.filter((update) => isMeant(update, params)).map(({ id }) => id) };
  },
  DescribeUpdate: ({ region, params }) => {
    const id = textOf(params, 'updateId') ?? '';
    const update = clusterOf(region, textOf(params, 'name') ?? '').updates.get(id);
    if (!update || !isMeant(update, params))
      throw new AwsError('ResourceNotFoundException', `No update found for ID: ${id}`, 404);
    return { update: updateView(update) };
  },
};

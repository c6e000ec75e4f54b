import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../../errors.ts';
import { objectOf, objectsOf, textOf, textsOf, toJsonObject } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { EksCluster, EksUpdate } from '../../types/eks.ts';
import type { Service } from '../call.ts';
import { clusterOf } from './find.ts';
import { LOG_TYPES, sayWhatIsNotLogged } from './logging.ts';

/** ms that an update of a control plane's settings takes. */
const UPDATE_TIME = 75_000;
const MODES = ['CONFIG_MAP', 'API_AND_CONFIG_MAP', 'API'];

/** Raises ResourceInUseException while another update runs. */
function begin(region: Region, cluster: EksCluster, type: string, params: EksUpdate['params'], done: () => void) {
  const { account } = region;
  const running = [...cluster.updates.values()].find(({ status }) => status === 'InProgress');
  if (running)
    throw new AwsError(
      'ResourceInUseException',
      `Cannot ${type} because cluster ${cluster.name} currently has update ${running.id} in progress`,
      409,
    );
  const update: EksUpdate = { id: account.random.uid(), status: 'InProgress', type, params, createdAt: account.now };
  cluster.updates.set(update.id, update);
  if (cluster.status === 'ACTIVE') cluster.status = 'UPDATING';
  account.after(UPDATE_TIME, () => {
    update.status = 'Successful';
    if (cluster.status === 'UPDATING') cluster.status = 'ACTIVE';
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
  return begin(region, cluster, 'LoggingUpdate', params, () => {
    cluster.logging = wanted;
    for (const type of fresh) sayWhatIsNotLogged(region, cluster, type);
  });
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
  return begin(region, cluster, 'AccessConfigUpdate', params, () => {
    cluster.authenticationMode = mode;
  });
}

const view = (update: EksUpdate): JsonObject => ({ ...toJsonObject(update), errors: [] });

export const updateOperations: Service = {
  UpdateClusterConfig: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'name') ?? '');
    const mode = textOf(objectOf(params, 'accessConfig'), 'authenticationMode');
    if (params['logging'] !== undefined)
      return { update: view(updateLogging(region, cluster, objectOf(params, 'logging'))) };
    if (mode !== undefined) return { update: view(updateAccess(region, cluster, mode)) };
    throw notModelled('this change of a cluster: only logging and accessConfig can be changed');
  },
  ListUpdates: ({ region, params }) => ({
    updateIds: [...clusterOf(region, textOf(params, 'name') ?? '').updates.keys()],
  }),
  DescribeUpdate: ({ region, params }) => {
    const id = textOf(params, 'updateId') ?? '';
    const update = clusterOf(region, textOf(params, 'name') ?? '').updates.get(id);
    if (!update) throw new AwsError('ResourceNotFoundException', `No update found for ID: ${id}`, 404);
    return { update: view(update) };
  },
};

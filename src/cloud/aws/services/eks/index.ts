import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../../errors.ts';
import { tagMap, textOf, textsOf, toJsonObject } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { Addon, EksCluster, EksUpdate } from '../../types/eks.ts';
import type { Call, Service } from '../call.ts';
import { accessOperations } from './access.ts';
import { ADDON_NAMES, addonInfo, addonVersion } from './addon-versions.ts';
import { clusterView, createCluster, deleteCluster } from './clusters.ts';
import { fargateOperations } from './fargate.ts';
import { clusterOf, controlPlaneOf } from './find.ts';
import { nodegroupOperations } from './nodegroups.ts';
import { associateAddon, forgetAddon, podIdentityOperations } from './pod-identity.ts';
import { tagOperations } from './tags.ts';
import { addUpdate, updateOperations, updateView } from './updates.ts';
import { DEFAULT_VERSION, EKS_VERSIONS, isExtended, VERSIONS } from './versions.ts';

/** ms that an add-on takes. */
const ADDON_TIME = 20_000;

function addonOf(cluster: EksCluster, name: string): Addon {
  const addon = cluster.addons.get(name);
  if (!addon)
    throw new AwsError('ResourceNotFoundException', `No addon: ${name} found in cluster: ${cluster.name}`, 404);
  return addon;
}

/** Raises ResourceInUseException, InvalidParameterException. */
export function createAddon(region: Region, params: JsonObject): Addon {
  const { account } = region;
  const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
  const name = textOf(params, 'addonName') ?? '';
  if (cluster.addons.has(name)) throw new AwsError('ResourceInUseException', 'Addon already exists.', 409);
  const version = addonVersion(name, cluster.version, textOf(params, 'addonVersion'));
  if (params['configurationValues'] !== undefined) throw notModelled('configuration values of add-ons');
  const role = textOf(params, 'serviceAccountRoleArn');
  const addon: Addon = {
    addonName: name,
    clusterName: cluster.name,
    addonVersion: version,
    addonArn: region.arn('eks', `addon/${cluster.name}/${name}/${account.random.uid()}`),
    status: 'CREATING',
    createdAt: account.now,
    modifiedAt: account.now,
    ...(role === undefined ? {} : { serviceAccountRoleArn: role }),
    tags: tagMap(params['tags']),
    issues: [],
  };
  associateAddon(region, cluster, addon, params);
  cluster.addons.set(name, addon);
  controlPlaneOf(cluster)?.addon(name, version);
  account.after(ADDON_TIME, () => {
    if (addon.status !== 'CREATING') return;
    // What needs a node to run on waits for one.
    if (
      cluster.nodegroups.size === 0 &&
      (name === 'coredns' || name === 'metrics-server' || name === 'aws-ebs-csi-driver')
    ) {
      addon.status = 'DEGRADED';
      addon.issues = [
        {
          code: 'InsufficientNumberOfReplicas',
          message: "The add-on is unhealthy because it doesn't have the desired number of replicas.",
          resourceIds: [],
        },
      ];
      return;
    }
    addon.status = 'ACTIVE';
    addon.modifiedAt = account.now;
  });
  return addon;
}

/** Raises ResourceInUseException, InvalidParameterException. */
function updateAddon(region: Region, cluster: EksCluster, addon: Addon, params: JsonObject): EksUpdate {
  const { account } = region;
  const { addonName } = addon;
  if (addon.status === 'CREATING' || addon.status === 'UPDATING' || addon.status === 'DELETING')
    throw new AwsError(
      'ResourceInUseException',
      `Addon ${addonName} cannot be updated as it is currently in ${addon.status} state`,
      409,
    );
  if (params['configurationValues'] !== undefined) throw notModelled('configuration values of add-ons');
  const version = addonVersion(addonName, cluster.version, textOf(params, 'addonVersion') ?? addon.addonVersion);
  const role = textOf(params, 'serviceAccountRoleArn');
  const shown = {
    AddonVersion: version,
    ServiceAccountRoleArn: role,
    ResolveConflicts: textOf(params, 'resolveConflicts') ?? 'NONE',
  };
  const update = addUpdate(region, cluster, {
    type: 'AddonUpdate',
    params: Object.entries(shown).flatMap(([type, value]) => (value === undefined ? [] : [{ type, value }])),
    addon: addonName,
  });
  associateAddon(region, cluster, addon, params);
  addon.status = 'UPDATING';
  controlPlaneOf(cluster)?.addon(addonName, version);
  account.after(ADDON_TIME, () => {
    if (addon.status !== 'UPDATING') return;
    addon.addonVersion = version;
    if (role !== undefined) addon.serviceAccountRoleArn = role;
    addon.modifiedAt = account.now;
    addon.status = 'ACTIVE';
    update.status = 'Successful';
  });
  return update;
}

function addonView({ issues, ...addon }: Addon, cluster: EksCluster): JsonObject {
  const healed =
    addon.status === 'DEGRADED' && [...cluster.nodegroups.values()].some((group) => group.status === 'ACTIVE');
  return {
    ...toJsonObject(addon),
    status: healed ? 'ACTIVE' : addon.status,
    health: { issues: healed ? [] : issues.map((issue) => ({ ...issue })) },
  };
}

export const eks: Service = {
  ...nodegroupOperations,
  ...accessOperations,
  CreateCluster: ({ region, params, identity }) => ({ cluster: clusterView(createCluster(region, params, identity)) }),
  DescribeCluster: ({ region, params }) => ({ cluster: clusterView(clusterOf(region, textOf(params, 'name') ?? '')) }),
  ListClusters: ({ region }) => ({ clusters: [...region.clusters.keys()] }),
  DeleteCluster: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'name') ?? '');
    deleteCluster(region, cluster);
    return { cluster: clusterView(cluster) };
  },
  CreateAddon: ({ region, params }) => {
    const addon = createAddon(region, params);
    return { addon: addonView(addon, clusterOf(region, addon.clusterName)) };
  },
  DescribeAddon: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
    return { addon: addonView(addonOf(cluster, textOf(params, 'addonName') ?? ''), cluster) };
  },
  ListAddons: ({ region, params }) => ({
    addons: [...clusterOf(region, textOf(params, 'clusterName') ?? '').addons.keys()].sort(),
  }),
  UpdateAddon: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
    return {
      update: updateView(updateAddon(region, cluster, addonOf(cluster, textOf(params, 'addonName') ?? ''), params)),
    };
  },
  DeleteAddon: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
    const addon = addonOf(cluster, textOf(params, 'addonName') ?? '');
    addon.status = 'DELETING';
    region.account.after(ADDON_TIME, () => {
      if (params['preserve'] !== true) controlPlaneOf(cluster)?.addon(addon.addonName, undefined);
      forgetAddon(cluster, addon);
      cluster.addons.delete(addon.addonName);
    });
    return { addon: addonView(addon, cluster) };
  },
  DescribeAddonVersions: ({ params }) => {
    const wanted = textOf(params, 'addonName');
    const version = textOf(params, 'kubernetesVersion');
    if (version !== undefined && !VERSIONS.includes(version)) return { addons: [] };
    const names = ADDON_NAMES.filter((name) => wanted === undefined || name === wanted);
    return { addons: names.map((name) => addonInfo(name, version)) };
  },
  ...updateOperations,
  ...fargateOperations,
  ...tagOperations,
  ...podIdentityOperations,
  DescribeClusterVersions: (call) => ({ clusterVersions: clusterVersions(call) }),
};

const dayOf = (text: string) => Date.parse(`${text}T00:00:00Z`);

function clusterVersions({ account, params }: Call): JsonObject[] {
  const named = textsOf(params, 'clusterVersions');
  const status = textOf(params, 'versionStatus') ?? textOf(params, 'status')?.replace('-', '_').toUpperCase();
  return EKS_VERSIONS.toReversed()
    .map((one) => {
      const extended = isExtended(one, account.now);
      return {
        clusterVersion: one.version,
        clusterType: 'eks',
        defaultPlatformVersion: one.platformVersion,
        defaultVersion: one.version === DEFAULT_VERSION,
        releaseDate: dayOf(one.released),
        endOfStandardSupportDate: dayOf(one.standardUntil),
        endOfExtendedSupportDate: dayOf(one.extendedUntil),
        status: extended ? 'extended-support' : 'standard-support',
        versionStatus: extended ? 'EXTENDED_SUPPORT' : 'STANDARD_SUPPORT',
        kubernetesPatchVersion: one.server.replace(/^v|-.*$/g, ''),
      };
    })
    .filter((one) => named.length === 0 || named.includes(one.clusterVersion))
    .filter((one) => status === undefined || one.versionStatus === status)
    .filter((one) => params['defaultOnly'] !== true || one.defaultVersion);
}

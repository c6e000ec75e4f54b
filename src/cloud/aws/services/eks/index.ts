import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../../errors.ts';
import { tagMap, textOf, textsOf, toJsonObject } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { Addon, EksCluster } from '../../types/eks.ts';
import type { Service } from '../call.ts';
import { accessOperations } from './access.ts';
import { clusterView, createCluster, deleteCluster } from './clusters.ts';
import { fargateOperations } from './fargate.ts';
import { clusterOf, controlPlaneOf } from './find.ts';
import { nodegroupOperations } from './nodegroups.ts';
import { tagOperations } from './tags.ts';
import { updateOperations } from './updates.ts';
import { ADDONS, DEFAULT_VERSION, PLATFORM_VERSION, VERSIONS } from './versions.ts';

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
  const version = ADDONS[name];
  if (version === undefined)
    throw new AwsError(
      'InvalidParameterException',
      `Addon ${name} specified is not supported in ${cluster.version} kubernetes version`,
    );
  const wanted = textOf(params, 'addonVersion') ?? version;
  if (wanted !== version) throw new AwsError('InvalidParameterException', 'Addon version specified is not supported');
  const role = textOf(params, 'serviceAccountRoleArn');
  const addon: Addon = {
    addonName: name,
    clusterName: cluster.name,
    addonVersion: wanted,
    addonArn: region.arn('eks', `addon/${cluster.name}/${name}/${account.random.uid()}`),
    status: 'CREATING',
    createdAt: account.now,
    modifiedAt: account.now,
    ...(role === undefined ? {} : { serviceAccountRoleArn: role }),
    tags: tagMap(params['tags']),
    issues: [],
  };
  cluster.addons.set(name, addon);
  controlPlaneOf(cluster)?.addon(name, true);
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
  DeleteAddon: ({ region, params }) => {
    const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
    const addon = addonOf(cluster, textOf(params, 'addonName') ?? '');
    addon.status = 'DELETING';
    region.account.after(ADDON_TIME, () => {
      if (params['preserve'] !== true) controlPlaneOf(cluster)?.addon(addon.addonName, false);
      cluster.addons.delete(addon.addonName);
    });
    return { addon: addonView(addon, cluster) };
  },
  DescribeAddonVersions: ({ params }) => {
    const wanted = textOf(params, 'addonName');
    const version = textOf(params, 'kubernetesVersion') ?? DEFAULT_VERSION;
    if (!VERSIONS.includes(version)) return { addons: [] };
    return {
      addons: Object.entries(ADDONS)
        .filter(([name]) => wanted === undefined || name === wanted)
        .map(([addonName, addonVersion]) => ({
          addonName,
          type: 'networking',
          addonVersions: [
            {
              addonVersion,
              architecture: ['amd64', 'arm64'],
              compatibilities: [{ clusterVersion: version, platformVersions: ['*'], defaultVersion: true }],
              requiresConfiguration: false,
            },
          ],
          publisher: 'eks',
          owner: 'aws',
        })),
    };
  },
  ...updateOperations,
  ...fargateOperations,
  ...tagOperations,
  ListPodIdentityAssociations: ({ region, params }) => {
    clusterOf(region, textOf(params, 'clusterName') ?? '');
    return { associations: [] };
  },
  DescribeClusterVersions: ({ params }) => {
    const wanted = textsOf(params, 'clusterVersions');
    return {
      clusterVersions: VERSIONS.toReversed()
        .filter((version) => wanted.length === 0 || wanted.includes(version))
        .map((clusterVersion) => ({
          clusterVersion,
          clusterType: 'eks',
          defaultPlatformVersion: PLATFORM_VERSION,
          defaultVersion: clusterVersion === DEFAULT_VERSION,
          status: 'standard-support',
          versionStatus: 'STANDARD_SUPPORT',
        })),
    };
  },
};

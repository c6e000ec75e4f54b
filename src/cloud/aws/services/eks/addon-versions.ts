import { AwsError } from '../../errors.ts';
import { minorOf, VERSIONS } from './versions.ts';

interface AddonFacts {
  /** As DescribeAddonVersions says it. */
  readonly type: string;
  /** Newest first, with the versions of Kubernetes for which each is the default. Builds are kubetutor's own. */
  readonly versions: readonly (readonly [string, readonly string[]])[];
}

const ALL = VERSIONS;

/** Managed add-ons. */
const ADDONS: Readonly<Record<string, AddonFacts>> = {
  'vpc-cni': {
    type: 'networking',
    versions: [
      ['v1.20.4-eksbuild.2', ALL],
      ['v1.20.1-eksbuild.3', []],
    ],
  },
  'kube-proxy': {
    type: 'networking',
    versions: [
      ['v1.36.2-eksbuild.3', ['1.36']],
      ['v1.35.6-eksbuild.2', ['1.35']],
      ['v1.34.9-eksbuild.2', ['1.34']],
      ['v1.33.12-eksbuild.2', ['1.33']],
    ],
  },
  coredns: {
    type: 'networking',
    versions: [
      ['v1.14.2-eksbuild.4', ['1.36']],
      ['v1.13.2-eksbuild.5', ['1.33', '1.34', '1.35']],
    ],
  },
  'metrics-server': {
    type: 'observability',
    versions: [['v0.8.0-eksbuild.5', ALL]],
  },
  'aws-ebs-csi-driver': {
    type: 'storage',
    versions: [
      ['v1.54.0-eksbuild.1', ALL],
      ['v1.53.0-eksbuild.1', []],
    ],
  },
  'eks-pod-identity-agent': {
    type: 'security',
    versions: [['v1.3.10-eksbuild.2', ALL]],
  },
};

export const ADDON_NAMES = Object.keys(ADDONS);

/** What can be run with a version of Kubernetes, newest first: a kube-proxy may be three minors older, and never younger. */
function versionsFor(name: string, version: string): AddonFacts['versions'] {
  const all = ADDONS[name]?.versions ?? [];
  if (name !== 'kube-proxy') return all;
  return all.filter(([one]) => minorOf(one) <= minorOf(version) && minorOf(one) >= minorOf(version) - 3);
}

/** All versions that an add-on has had: the tags of its images. */
export function addonVersions(name: string): string[] {
  return (ADDONS[name]?.versions ?? []).map(([version]) => version);
}

/** The default version of an add-on, or the one that is asked for. Raises InvalidParameterException. */
export function addonVersion(name: string, kubernetes: string, wanted?: string): string {
  const known = versionsFor(name, kubernetes);
  if (known.length === 0)
    throw new AwsError(
      'InvalidParameterException',
      `Addon ${name} specified is not supported in ${kubernetes} kubernetes version`,
    );
  if (wanted === undefined)
    return known.find(([, defaults]) => defaults.includes(kubernetes))?.[0] ?? known[0]?.[0] ?? '';
  if (!known.some(([version]) => version === wanted))
    throw new AwsError('InvalidParameterException', 'Addon version specified is not supported');
  return wanted;
}

/** An entry of DescribeAddonVersions: for one version of Kubernetes, or for all. */
export function addonInfo(addonName: string, kubernetes: string | undefined) {
  const clusters = kubernetes === undefined ? VERSIONS.toReversed() : [kubernetes];
  return {
    addonName,
    type: ADDONS[addonName]?.type ?? '',
    addonVersions: addonVersions(addonName).flatMap((version) => {
      const compatible = clusters.filter((one) => versionsFor(addonName, one).some(([name]) => name === version));
      if (compatible.length === 0) return [];
      return [
        {
          addonVersion: version,
          architecture: ['amd64', 'arm64'],
          compatibilities: compatible.map((clusterVersion) => ({
            clusterVersion,
            platformVersions: ['*'],
            defaultVersion: addonVersion(addonName, clusterVersion) === version,
          })),
          requiresConfiguration: false,
          requiresIamPermissions: addonName === 'vpc-cni' || addonName === 'aws-ebs-csi-driver',
        },
      ];
    }),
    publisher: 'eks',
    owner: 'aws',
  };
}

// Facts about EKS that change from year to year. kubetutor simulates Kubernetes v1.36. Clusters may be made of the versions before it
// and upgraded, so that the way can be learned: what a version changes here is the numbers that kubectl, nodes and add-ons show. The API
// behaves as 1.36's in all of them. Patch numbers, builds and image ids are kubetutor's own.
import { AwsError } from '../../errors.ts';

/** A release of the image of nodes. */
export interface NodeImage {
  /** Of Kubernetes: `1.36`. */
  readonly version: string;
  /** `1.36.4-20260818` */
  readonly release: string;
  readonly ami: string;
  /** `v1.36.4-eks-3025e55`: what the kubelet says. */
  readonly kubelet: string;
  readonly os: string;
}

export interface EksVersion {
  readonly version: string;
  readonly platformVersion: string;
  /** What the API server says. */
  readonly server: string;
  /** Days: when EKS began to offer it, and when standard and extended support end. EKS User Guide: kubernetes-versions; 1.36 is own. */
  readonly released: string;
  readonly standardUntil: string;
  readonly extendedUntil: string;
  /** The newest first. */
  readonly images: readonly NodeImage[];
}

function eksVersion(
  version: string,
  patch: number,
  platformVersion: string,
  [released, standardUntil, extendedUntil]: readonly [string, string, string],
  builds: readonly [string, string],
  amis: readonly [string, string],
): EksVersion {
  const image = (index: 0 | 1, day: string): NodeImage => ({
    version,
    release: `${version}.${patch - index}-${day}`,
    ami: amis[index],
    kubelet: `v${version}.${patch - index}-eks-${builds[index]}`,
    os: `Amazon Linux 2023.${9 - index}.${Number(day) - 1}`,
  });
  return {
    version,
    platformVersion,
    server: `v${version}.${patch}-eks-${builds[0]}`,
    released,
    standardUntil,
    extendedUntil,
    images: [image(0, '20260818'), image(1, '20260714')],
  };
}

/** The oldest first. */
export const EKS_VERSIONS: readonly EksVersion[] = [
  eksVersion(
    '1.33',
    13,
    'eks.44',
    ['2025-05-29', '2026-07-29', '2027-07-29'],
    ['7e3b1d2', '40c97a5'],
    ['ami-0a41d87c52b9e6f03', 'ami-07c3f5b18d2a94e60'],
  ),
  eksVersion(
    '1.34',
    10,
    'eks.31',
    ['2025-10-02', '2026-12-02', '2027-12-02'],
    ['b56a4c2', '1f8d03e'],
    ['ami-0c96e2f4a18b7d350', 'ami-02b8d6c94f1e7a5d3'],
  ),
  eksVersion(
    '1.35',
    7,
    'eks.18',
    ['2026-01-27', '2027-03-27', '2028-03-27'],
    ['9d0c6f1', 'e27b48a'],
    ['ami-0d17b9c63e5f2a840', 'ami-0f5a2e7d904c1b683'],
  ),
  eksVersion(
    '1.36',
    4,
    'eks.9',
    ['2026-06-02', '2027-08-02', '2028-08-02'],
    ['3025e55', 'c81e9d4'],
    ['ami-0e5f3c1a7d2b9486f', 'ami-08e4b7d1f6c2a9035'],
  ),
];

export const DEFAULT_VERSION = '1.36';
export const VERSIONS = EKS_VERSIONS.map(({ version }) => version);

/** Raises InvalidParameterException. */
export function eksVersionOf(version: string): EksVersion {
  const found = EKS_VERSIONS.find((one) => one.version === version);
  if (!found) throw new AwsError('InvalidParameterException', 'unsupported Kubernetes version');
  return found;
}

export const NODE_IMAGES: readonly NodeImage[] = EKS_VERSIONS.flatMap(({ images }) => images);

/** The newest image of a version, or the release of it that is asked for. Raises InvalidParameterException. */
export function nodeImageOf(version: string, release?: string): NodeImage {
  const { images } = eksVersionOf(version);
  const found = release === undefined ? images[0] : images.find((one) => one.release === release);
  if (!found)
    throw new AwsError(
      'InvalidParameterException',
      `Requested release version ${release} is not valid for kubernetes version ${version}.`,
    );
  return found;
}

/** `amazon-eks-node-al2023-x86_64-standard-1.36-v20260818` */
export function imageName({ version, release }: NodeImage): string {
  return `amazon-eks-node-al2023-x86_64-standard-${version}-v${release.slice(release.indexOf('-') + 1)}`;
}

/** Whether a version is past its standard support. `now`: ms since 1970. */
export function isExtended({ standardUntil }: EksVersion, now: number): boolean {
  return now >= Date.parse(`${standardUntil}T00:00:00Z`);
}

/** `1.35` → 35. Versions of EKS are compared by this. */
export function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

export const ACCESS_POLICIES = [
  'AmazonEKSAdminPolicy',
  'AmazonEKSAdminViewPolicy',
  'AmazonEKSClusterAdminPolicy',
  'AmazonEKSEditPolicy',
  'AmazonEKSViewPolicy',
];

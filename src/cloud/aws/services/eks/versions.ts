// Facts about EKS that change from year to year. kubetutor simulates Kubernetes v1.36, so that is the version it offers; those
// before it are accepted by name and run the same release.
export const DEFAULT_VERSION = '1.36';
export const VERSIONS = ['1.33', '1.34', '1.35', '1.36'];
export const PLATFORM_VERSION = 'eks.9';
/** The release that EKS builds: shown by nodes. */
export const NODE_VERSION = 'v1.36.4-eks-3025e55';
export const RELEASE_VERSION = '1.36.4-20260818';
export const AMI = 'ami-0e5f3c1a7d2b9486f';

/** Managed add-ons: their default version, and the namespace and name of what they run. */
export const ADDONS: Readonly<Record<string, string>> = {
  'vpc-cni': 'v1.20.4-eksbuild.2',
  'kube-proxy': 'v1.36.2-eksbuild.3',
  coredns: 'v1.14.2-eksbuild.4',
  'metrics-server': 'v0.8.0-eksbuild.5',
  'aws-ebs-csi-driver': 'v1.54.0-eksbuild.1',
  'eks-pod-identity-agent': 'v1.3.10-eksbuild.2',
};

export const ACCESS_POLICIES = [
  'AmazonEKSAdminPolicy',
  'AmazonEKSAdminViewPolicy',
  'AmazonEKSClusterAdminPolicy',
  'AmazonEKSEditPolicy',
  'AmazonEKSViewPolicy',
];

// US dollars an hour in ap-northeast-2, on demand, Linux; from the public price pages as of 2024. Other regions are charged alike:
// kubetutor does not model their differences, nor data transfer.
export const PRICES = {
  cluster: 0.1,
  /** On top, for a version that is in extended support. */
  extendedSupport: 0.5,
  nat: 0.059,
  classicLoadBalancer: 0.025,
  networkLoadBalancer: 0.0225,
  applicationLoadBalancer: 0.0225,
  publicAddress: 0.005,
  /** A GB and month. */
  imageStorage: 0.1,
} as const;

/** vCPU, MiB, dollars an hour, Pods that fit (ENIs * (addresses - 1) + 2). */
export const INSTANCE_TYPES: Readonly<Record<string, readonly [number, number, number, number]>> = {
  't2.micro': [1, 1024, 0.0144, 4],
  't2.small': [1, 2048, 0.0288, 11],
  't2.medium': [2, 4096, 0.0576, 17],
  't3.nano': [2, 512, 0.0065, 4],
  't3.micro': [2, 1024, 0.013, 4],
  't3.small': [2, 2048, 0.026, 11],
  't3.medium': [2, 4096, 0.052, 17],
  't3.large': [2, 8192, 0.104, 35],
  't3.xlarge': [4, 16384, 0.208, 58],
  't3.2xlarge': [8, 32768, 0.416, 58],
  'm5.large': [2, 8192, 0.118, 29],
  'm5.xlarge': [4, 16384, 0.236, 58],
  'm5.2xlarge': [8, 32768, 0.472, 58],
  'm6i.large': [2, 8192, 0.118, 29],
  'c5.large': [2, 4096, 0.096, 29],
  'c5.xlarge': [4, 8192, 0.192, 58],
  'r5.large': [2, 16384, 0.152, 29],
};

/** Dollars a GB and month. */
export const VOLUME_PRICES: Readonly<Record<string, number>> = { gp2: 0.114, gp3: 0.0912, io1: 0.1278, standard: 0.08 };
export const HOURS_A_MONTH = 730;

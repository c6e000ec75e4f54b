import type { Region } from './region.ts';
import type { Instance } from './types/ec2.ts';
import type { EksCluster, NodeTaint } from './types/eks.ts';
import type { LoadBalancer } from './types/load-balancing.ts';

/** What of a node's labels and taints is to change. */
export interface NodeMarks {
  readonly added: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
  readonly tainted: readonly NodeTaint[];
  readonly untainted: readonly NodeTaint[];
}

/** The Kubernetes side of an EKS cluster. */
export interface ControlPlane {
  /** `https://….gr7.ap-northeast-2.eks.amazonaws.com` */
  readonly endpoint: string;
  /** PEM. */
  readonly authority: string;
  /** A managed add-on was added, has another version, or (without one) was taken away. */
  addon(name: string, version: string | undefined): void;
  /** The cluster is of another version now. */
  upgraded(): void;
  /** Nothing new is scheduled onto the node. */
  cordon(instance: Instance): void;
  /** Whether the instance has joined as a node that is ready. */
  isReady(instance: Instance): boolean;
  /** Moves the Pods of a node elsewhere, as far as disruption budgets allow. True once none is left that must go. */
  drain(instance: Instance): boolean;
  /** Changes labels and taints of a node, if it is there. */
  mark(instance: Instance, marks: NodeMarks): void;
  /** What a token of one of its ServiceAccounts says; undefined when the cluster has not signed it. */
  claims(token: string): unknown;
  remove(): void;
}

/** What an account cannot make of itself, because it takes machines and clusters: `scenarios` gives it. */
export interface Backend {
  startCluster(region: Region, cluster: EksCluster): ControlPlane;
  /** The instance has booted. */
  startInstance(region: Region, instance: Instance): void;
  stopInstance(region: Region, instance: Instance): void;
  /** A load balancer's name resolves from now on, and it passes connections on. */
  startLoadBalancer(region: Region, balancer: LoadBalancer): void;
  /** Its listeners are others now. */
  changeLoadBalancer(region: Region, balancer: LoadBalancer): void;
  stopLoadBalancer(region: Region, balancer: LoadBalancer): void;
}

export const NO_BACKEND: Backend = {
  startCluster: (region, cluster) => ({
    endpoint: `https://${cluster.name}.${region.name}.eks.amazonaws.com`,
    authority: '',
    addon() {},
    upgraded() {},
    cordon() {},
    isReady: () => true,
    drain: () => true,
    mark() {},
    claims: () => undefined,
    remove() {},
  }),
  startInstance() {},
  stopInstance() {},
  startLoadBalancer() {},
  changeLoadBalancer() {},
  stopLoadBalancer() {},
};

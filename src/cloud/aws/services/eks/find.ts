import type { ControlPlane } from '../../backend.ts';
import { AwsError } from '../../errors.ts';
import type { Region } from '../../region.ts';
import type { EksCluster } from '../../types/eks.ts';

/** The running control planes, by cluster. */
const controlPlanes = new WeakMap<EksCluster, ControlPlane>();

export function setControlPlane(cluster: EksCluster, plane: ControlPlane): void {
  controlPlanes.set(cluster, plane);
}

export function controlPlaneOf(cluster: EksCluster): ControlPlane | undefined {
  return controlPlanes.get(cluster);
}

/** Raises ResourceNotFoundException. */
export function clusterOf(region: Region, name: string): EksCluster {
  const cluster = region.clusters.get(name);
  if (!cluster) throw new AwsError('ResourceNotFoundException', `No cluster found for name: ${name}.`, 404);
  return cluster;
}

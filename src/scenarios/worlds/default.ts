import type { World } from '../../world/world.ts';
import { localPathStorage, metricsServer } from '../addons/manifests.ts';
import type { BuiltWorld } from '../build.ts';
import { buildKubeadm } from './kubeadm.ts';

/** A kubeadm cluster with volumes of the local-path class for the asking, and a metrics server. */
export function buildDefault(world: World): BuiltWorld {
  return buildKubeadm(world, [...localPathStorage(true), ...metricsServer(true)]);
}

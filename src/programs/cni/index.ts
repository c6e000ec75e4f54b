import type { Cluster } from '../../cluster/cluster.ts';
import type { Program } from '../../world/program.ts';
import { calicoPrograms } from './calico.ts';
import { flanneldProgram } from './flannel.ts';

/** What the images of CNI plugins run on the nodes of a cluster. */
export function cniPrograms(cluster: Cluster): Program[] {
  return [...calicoPrograms(cluster), flanneldProgram(cluster)];
}

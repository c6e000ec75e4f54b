import type { Cluster } from '../../cluster/cluster.ts';
import type { Program } from '../../world/program.ts';
import { metallbControllerProgram } from './controller.ts';
import { metallbSpeakerProgram } from './speaker.ts';

/** What the images of MetalLB run, for Pods of `cluster`. */
export function metallbPrograms(cluster: Cluster): Program[] {
  return [metallbControllerProgram(cluster), metallbSpeakerProgram(cluster)];
}

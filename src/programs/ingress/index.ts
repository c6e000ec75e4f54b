import type { Cluster } from '../../cluster/cluster.ts';
import type { Program } from '../../world/program.ts';
import { certgenProgram } from './nginx/certgen.ts';
import { ingressNginxProgram } from './nginx/controller.ts';
import { waitShutdown } from './nginx/wait-shutdown.ts';
import { traefikProgram } from './traefik/traefik.ts';

/** What the images of ingress controllers run, for Pods of `cluster`. */
export function ingressPrograms(cluster: Cluster): Program[] {
  return [certgenProgram(cluster), ingressNginxProgram(cluster), traefikProgram(cluster), waitShutdown];
}

import { type BuiltWorld, buildWorld } from '../../src/scenarios/build.ts';
import { type Result, runIn } from '../shell/support.ts';

/** A cluster of three nodes, and a way to run lines on its workstation as root. */
export function makeCluster(): { built: BuiltWorld; line: (text: string, limit?: number) => Result } {
  const built = buildWorld('kubeadm', 'test');
  return {
    built,
    line: (text, limit = 30_000) =>
      runIn(built.workstation, ['bash', '-c', `export KUBECONFIG=/home/learner/.kube/config\n${text}`], { limit }),
  };
}

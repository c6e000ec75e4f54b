import type { Process } from '../../world/process.ts';
import { anyOf, type Task, wait } from '../../world/task.ts';
import { klogLine } from '../components/klog.ts';

/** Until the next try, ms: doubled. kubernetes: pkg/kubelet/kubelet_node_status.go registerWithAPIServer */
const FIRST_TRY = 100;
const LAST_TRY = 7000;

/** A kubelet whose kubeconfig names a server that is none: it never registers its node, and says so until it is told to stop. */
export function* strayKubelet(process: Process, server: string, node: string): Task<number> {
  let stopped = false;
  for (const signal of ['TERM', 'INT'] as const)
    process.onSignal(signal, {
      interrupt: false,
      handle: () => {
        stopped = true;
      },
    });
  const host = server.replace(/^https?:\/\//, '');
  const say = (severity: 'I' | 'E', place: string, text: string) =>
    process.printError(klogLine(severity, process.now, process.pid, place, text));
  const refused = (url: string) => `${url}: dial tcp ${host}: connect: connection refused`;
  for (let delay = FIRST_TRY; !stopped; delay = Math.min(delay * 2, LAST_TRY)) {
    const lease = `${server}/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}?timeout=10s`;
    const noLease = refused(`Get ${JSON.stringify(lease)}`);
    yield* say(
      'E',
      'controller.go:201',
      `"Failed to ensure lease exists, will retry" err=${JSON.stringify(noLease)} interval="${Math.min(delay / 500, 7)}s"`,
    );
    yield* say('I', 'kubelet_node_status.go:75', `"Attempting to register node" node="${node}"`);
    const noNode = refused(`Post ${JSON.stringify(`${server}/api/v1/nodes`)}`);
    yield* say(
      'E',
      'kubelet_node_status.go:108',
      `"Unable to register node with API server" err=${JSON.stringify(noNode)} node="${node}"`,
    );
    if (!stopped) yield* wait(anyOf<unknown>(process.stateChange, process.timer(delay)));
  }
  return 0;
}

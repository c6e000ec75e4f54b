import { parseLabelSelector } from '../../../cluster/apimachinery/labels.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { chunkSizeFlag, dryRunFlag, selectorFlag } from '../../common-flags.ts';
import { type DryRun, dryRunOf } from '../../dry-run.ts';
import { KubectlError, PlainError, SeveralErrors } from '../../errors.ts';
import { bool, duration, int, string } from '../../flags/index.ts';
import { textAt } from '../../json.ts';
import { nodesOf, setSchedulable } from './cordon.ts';
import { evictAll } from './evict.ts';
import { podsToRemove } from './pods.ts';

/** kubernetes: kubectl/pkg/cmd/drain/drain.go */
export const drain: Command = {
  name: 'drain',
  use: 'drain NODE',
  short: 'Drain node in preparation for maintenance',
  long: 'Drain node in preparation for maintenance.\n\n The node is marked unschedulable, then its pods are evicted, with respect for PodDisruptionBudgets.',
  examples: `# Even pods that nothing will bring back
kubectl drain node01 --force

# Leave the pods of DaemonSets alone
kubectl drain node01 --ignore-daemonsets`,
  flags: [
    chunkSizeFlag,
    bool('delete-emptydir-data', false, 'Continue even if there are pods using emptyDir: their data is deleted.'),
    bool('disable-eviction', false, 'Delete instead of evicting, past any PodDisruptionBudget.'),
    dryRunFlag,
    bool('force', false, 'Continue even if there are pods that declare no controller.'),
    int('grace-period', -1, "Seconds that each pod gets; negative: the pod's own."),
    bool('ignore-daemonsets', false, 'Ignore DaemonSet-managed pods.'),
    string('pod-selector', '', 'Label selector to filter pods on the node'),
    selectorFlag(),
    int(
      'skip-wait-for-delete-timeout',
      0,
      'Do not wait for pods that are being deleted for longer than this many seconds.',
    ),
    duration('timeout', 0, 'How long to wait before giving up; zero means forever.'),
  ],
  *run(invocation) {
    const { process } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    if (!isSelector(invocation.flags.string('pod-selector')))
      throw new KubectlError('--pod-selector=<pod_selector> must be a valid label selector');
    const nodes = yield* nodesOf(invocation, 'drain');
    yield* setSchedulable(invocation, nodes, true, dryRun);
    const fatal: Error[] = [];
    const remaining: string[] = [];
    const suffix = { none: '', client: ' (dry run)', server: ' (server dry run)' }[dryRun];
    for (const { name } of nodes) {
      try {
        yield* drainOne(invocation, name, dryRun);
        yield* process.print(`node/${name} drained${suffix}\n`);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        yield* process.printError(
          `error: unable to drain node ${JSON.stringify(name)} due to error: ${error.message}, continuing command...\n`,
        );
        fatal.push(...(error instanceof SeveralErrors ? error.errors : [error]));
        remaining.push(name);
      }
    }
    if (remaining.length === 0) return;
    const names = remaining.map((name) => ` ${name}\n`).join('');
    yield* process.printError(`There are pending nodes to be drained:\n${names}`);
    throw new PlainError(`${fatal.map((error) => error.message).join('\n')}\n`);
  },
};

function isSelector(text: string): boolean {
  try {
    parseLabelSelector(text);
    return true;
  } catch {
    return false;
  }
}

function* drainOne(invocation: Invocation, node: string, dryRun: DryRun): Task<void> {
  const { process } = invocation;
  const found = yield* podsToRemove(invocation, node);
  if (found.errors.length > 0) throw new SeveralErrors(found.errors);
  if (found.warning !== '') yield* process.printError(`Warning: ${found.warning}\n`);
  if (dryRun === 'client') {
    for (const pod of found.pods)
      yield* process.print(
        `evicting pod ${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')} (dry run)\n`,
      );
    return;
  }
  try {
    yield* evictAll(invocation, found.pods, dryRun);
  } catch (error) {
    const { pods } = yield* podsToRemove(invocation, node);
    const names = pods.map((pod) => `pod/${textAt(pod, 'metadata', 'name')}\n`).join('');
    if (pods.length > 0)
      yield* process.printError(
        `There are pending pods in node ${JSON.stringify(node)} when an error occurred: ${error instanceof Error ? error.message : ''}\n${names}`,
      );
    throw error;
  }
}

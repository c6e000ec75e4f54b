import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { KubectlError } from '../../errors.ts';
import { listAt, objectAt, textAt } from '../../json.ts';

/** Pods of a node and what may become of them. */
export interface PodsToRemove {
  readonly pods: readonly JsonObject[];
  /** Empty: nothing to warn of. */
  readonly warning: string;
  readonly errors: readonly Error[];
}

type Verdict = { readonly remove: boolean; readonly error?: string; readonly warning?: string };
const YES: Verdict = { remove: true };

/** kubernetes: kubectl/pkg/drain/filters.go, drain.go GetPodsForDeletion */
export function* podsToRemove({ factory, flags }: Invocation, node: string): Task<PodsToRemove> {
  const selector = flags.string('pod-selector');
  const list = yield* factory
    .client()
    .get('/api/v1/pods', [
      ...(selector === '' ? [] : ([['labelSelector', selector]] as const)),
      ['fieldSelector', `spec.nodeName=${node}`],
      ['limit', String(flags.number('chunk-size'))],
    ]);
  const options = {
    force: flags.bool('force'),
    ignoreDaemonSets: flags.bool('ignore-daemonsets'),
    deleteLocal: flags.bool('delete-emptydir-data'),
  };
  const pods: JsonObject[] = [];
  const warnings = new Map<string, string[]>();
  const errors = new Map<string, string[]>();
  for (const pod of listAt(list, 'items')) {
    const verdict = verdictOn(pod, options);
    const name = `${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')}`;
    if (verdict.remove) pods.push(pod);
    if (verdict.warning !== undefined) warnings.set(verdict.warning, [...(warnings.get(verdict.warning) ?? []), name]);
    if (verdict.error !== undefined) errors.set(verdict.error, [...(errors.get(verdict.error) ?? []), name]);
  }
  return {
    pods,
    warning: [...warnings].map(([text, names]) => `${text}: ${names.join(', ')}`).join('; '),
    errors: [...errors].map(([text, names]) => new KubectlError(`cannot delete ${text}: ${names.join(', ')}`)),
  };
}

interface Options {
  readonly force: boolean;
  readonly ignoreDaemonSets: boolean;
  readonly deleteLocal: boolean;
}

/** One filter after the other; the first that says no ends it. */
function verdictOn(pod: JsonObject, options: Options): Verdict {
  const over = ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'));
  const owner = listAt(pod, 'metadata', 'ownerReferences').find((one) => one['controller'] === true);
  if (owner && textAt(owner, 'kind') === 'DaemonSet' && !over)
    return options.ignoreDaemonSets
      ? { remove: false, warning: 'ignoring DaemonSet-managed Pods' }
      : { remove: false, error: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
  if (objectAt(pod, 'metadata', 'annotations')['kubernetes.io/config.mirror'] !== undefined) return { remove: false };
  if (over) return YES;
  const local = listAt(pod, 'spec', 'volumes').some((volume) => volume['emptyDir'] !== undefined);
  if (local && !options.deleteLocal)
    return { remove: false, error: 'Pods with local storage (use --delete-emptydir-data to override)' };
  if (owner) return YES;
  return options.force
    ? { remove: true, warning: 'deleting Pods that declare no controller' }
    : { remove: false, error: 'Pods that declare no controller (use --force to override)' };
}

import { POD_DISRUPTION_BUDGETS } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import type { Pod, PodDisruptionBudget } from '../api/types.generated.ts';
import { labelSelectorMatches } from '../apimachinery/labels.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { NodeInfo } from './node-info.ts';
import type { Cycle } from './plugin.ts';
import { priorityOf } from './pod-info.ts';
import { histogram, type Misfit, prepare, refusalOf } from './verdict.ts';

/** Who must go from which node. */
export interface Victims {
  readonly node: string;
  readonly pods: readonly Stored<Pod>[];
  readonly violations: number;
}

/** Chooses Pods of lower priority whose going makes room, or says why none will do. kubernetes: framework/preemption */
export function preempt(cycle: Cycle, misfit: Misfit): Victims | string {
  const { pod, cache } = cycle;
  if (pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = pod.status?.nominatedNodeName;
  if (nominated && !misfit.nodes.get(nominated)?.unresolvable) {
    for (const other of cache.nodes.get(nominated)?.pods.values() ?? []) {
      if (priorityOf(other) < priorityOf(pod) && isGoingByPreemption(other)) {
        return 'not eligible due to a terminating pod on the nominated node.';
      }
    }
  }
  const budgets = cycle.client.list(POD_DISRUPTION_BUDGETS);
  const reasons: string[] = [];
  const candidates: Victims[] = [];
  for (const [name, node] of cache.nodes) {
    if (misfit.nodes.get(name)?.unresolvable !== false) {
      reasons.push('Preemption is not helpful for scheduling');
      continue;
    }
    const result = victimsOn(cycle, node, budgets);
    if ('pods' in result) candidates.push(result);
    else reasons.push(...result.reasons);
  }
  const best = pickBest(candidates);
  return best ?? `0/${cache.nodes.size} nodes are available: ${histogram(reasons)}.`;
}

function isGoingByPreemption(pod: Stored<Pod>): boolean {
  if (!pod.metadata.deletionTimestamp) return false;
  const condition = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler';
}

/** kubernetes: DefaultPreemption.SelectVictimsOnNode */
function victimsOn(
  cycle: Cycle,
  node: NodeInfo,
  budgets: readonly PodDisruptionBudget[],
): Victims | { readonly reasons: readonly string[] } {
  const lower = [...node.pods.values()].filter((pod) => priorityOf(pod) < priorityOf(cycle.pod));
  if (lower.length === 0) return { reasons: ['No preemption victims found for incoming pod'] };
  const trial = node.clone();
  const away = new Set(lower);
  for (const pod of lower) trial.remove(pod);
  const refusal = () => {
    const filters = prepare({ ...cycle, without: { node: node.name, pods: away } });
    return Array.isArray(filters) ? refusalOf(filters, trial)?.refusal : { reasons: [filters.reason] };
  };
  const stillRefused = refusal();
  if (stillRefused) return stillRefused;
  const { violating, others } = splitByBudget([...lower].sort(byImportance), budgets);
  let violations = 0;
  const reprieved = (pod: Stored<Pod>): boolean => {
    away.delete(pod);
    trial.add(pod);
    if (!refusal()) return true;
    away.add(pod);
    trial.remove(pod);
    return false;
  };
  for (const pod of violating) if (!reprieved(pod)) violations++;
  for (const pod of others) reprieved(pod);
  return { node: node.name, pods: [...away].sort(byImportance), violations };
}

/** More important first: higher priority, then older. */
function byImportance(a: Stored<Pod>, b: Stored<Pod>): number {
  return priorityOf(b) - priorityOf(a) || startOf(a) - startOf(b);
}

function startOf(pod: Stored<Pod>): number {
  return parseTime(pod.status?.startTime ?? pod.metadata.creationTimestamp);
}

function splitByBudget(
  pods: readonly Stored<Pod>[],
  budgets: readonly PodDisruptionBudget[],
): { violating: Stored<Pod>[]; others: Stored<Pod>[] } {
  const left = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]));
  const violating: Stored<Pod>[] = [];
  const others: Stored<Pod>[] = [];
  for (const pod of pods) {
    let violates = false;
    for (const [budget, allowed] of left) {
      const covers =
        budget.metadata?.namespace === pod.metadata.namespace &&
        budget.spec?.selector !== undefined &&
        labelSelectorMatches(budget.spec.selector, pod.metadata.labels);
      if (!covers || budget.status?.disruptedPods?.[pod.metadata.name]) continue;
      left.set(budget, allowed - 1);
      if (allowed - 1 < 0) violates = true;
    }
    (violates ? violating : others).push(pod);
  }
  return { violating, others };
}

/** kubernetes: pickOneNodeForPreemption: each rule decides among those that the ones before left. */
function pickBest(candidates: readonly Victims[]): Victims | undefined {
  const costs: ((victims: Victims) => number)[] = [
    ({ violations }) => violations,
    ({ pods }) => Math.max(...pods.map(priorityOf)),
    ({ pods }) => pods.reduce((sum, pod) => sum + priorityOf(pod) + 2 ** 31, 0),
    ({ pods }) => pods.length,
    ({ pods }) =>
      -Math.min(...pods.filter((pod) => priorityOf(pod) === Math.max(...pods.map(priorityOf))).map(startOf)),
  ];
  let left = [...candidates];
  for (const cost of costs) {
    if (left.length < 2) break;
    const least = Math.min(...left.map(cost));
    left = left.filter((victims) => cost(victims) === least);
  }
  return left[0];
}

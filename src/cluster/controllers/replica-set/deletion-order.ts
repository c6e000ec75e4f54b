import type { Stored } from '../../api/object.ts';
import type { Pod } from '../../api/types.generated.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { isPodReady, readyTime, restartsOf } from '../pods.ts';

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * The `count` Pods to delete first. `colocated` says how many ready Pods of the same owner run on a node.
 * kubernetes: pkg/controller/controller_utils.go ActivePodsWithRanks
 */
export function podsToDelete(
  pods: readonly Stored<Pod>[],
  count: number,
  colocated: (node: string) => number,
  now: number,
): Stored<Pod>[] {
  if (count >= pods.length) return [...pods];
  return [...pods].sort((a, b) => compare(a, b, colocated, now)).slice(0, count);
}

function compare(a: Stored<Pod>, b: Stored<Pod>, colocated: (node: string) => number, now: number): number {
  const nodeA = a.spec?.nodeName ?? '';
  const nodeB = b.spec?.nodeName ?? '';
  if ((nodeA === '') !== (nodeB === '')) return nodeA === '' ? -1 : 1;
  const phase = phaseOf(a) - phaseOf(b);
  if (phase !== 0) return phase;
  const ready = isPodReady(a);
  if (ready !== isPodReady(b)) return ready ? 1 : -1;
  const cost = costOf(a) - costOf(b);
  if (cost !== 0) return cost;
  const rank = colocated(nodeB) - colocated(nodeA);
  if (rank !== 0) return rank;
  if (ready) {
    const order = byAge(readyTime(a), readyTime(b), a, b, now);
    if (order !== 0) return order;
  }
  const restarts = restartsOf(b) - restartsOf(a);
  if (restarts !== 0) return restarts;
  return byAge(parseTime(a.metadata.creationTimestamp), parseTime(b.metadata.creationTimestamp), a, b, now);
}

/** Younger first, where only the order of magnitude of an age counts. kubernetes: logarithmicRankDiff */
function byAge(timeA: number, timeB: number, a: Stored<Pod>, b: Stored<Pod>, now: number): number {
  if (timeA === timeB) return 0;
  const difference = magnitude(now - timeA) - magnitude(now - timeB);
  if (difference !== 0) return difference;
  return a.metadata.uid < b.metadata.uid ? -1 : 1;
}

function magnitude(age: number): number {
  return age > 0 ? Math.floor(Math.log2(age * 1e6)) : -1;
}

function phaseOf(pod: Pod): number {
  return PHASES[pod.status?.phase ?? ''] ?? 0;
}

function costOf(pod: Stored<Pod>): number {
  const text = pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'];
  return text !== undefined && /^([-+]?[1-9][0-9]*|0)$/.test(text) ? Number(text) : 0;
}

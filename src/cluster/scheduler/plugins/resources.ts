import type { NodeInfo } from '../node-info.ts';
import type { FilterPlugin, Refusal, ScorePlugin } from '../plugin.ts';
import type { Amounts } from '../resources.ts';

/** kubernetes: plugins/noderesources/fit.go: cpu, memory and ephemeral storage in this order, then all else */
export const nodeResourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  preFilter({ info }) {
    const names = ['cpu', 'memory', 'ephemeral-storage'];
    for (const name of info.requests.keys()) if (!names.includes(name)) names.push(name);
    const wanted = names.flatMap((name) => {
      const amount = info.requests.get(name) ?? 0;
      return amount > 0 ? [{ name, amount }] : [];
    });
    return (node) => insufficient(node, wanted);
  },
};

function insufficient(node: NodeInfo, wanted: readonly { name: string; amount: number }[]): Refusal | undefined {
  const reasons: string[] = [];
  let unresolvable = false;
  if (node.pods.size + 1 > (node.allocatable.get('pods') ?? 0)) reasons.push('Too many pods');
  for (const { name, amount } of wanted) {
    const allocatable = node.allocatable.get(name) ?? 0;
    if (amount <= allocatable - (node.requested.get(name) ?? 0)) continue;
    reasons.push(`Insufficient ${name}`);
    if (amount > allocatable) unresolvable = true;
  }
  return reasons.length > 0 ? { reasons, unresolvable } : undefined;
}

const SCORED = ['cpu', 'memory'] as const;

/** Nodes with most left. kubernetes: plugins/noderesources/least_allocated.go */
export const leastAllocated: ScorePlugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  score({ info }, nodes) {
    return nodes.map((node) => {
      let sum = 0;
      let count = 0;
      for (const name of SCORED) {
        const capacity = node.allocatable.get(name) ?? 0;
        if (capacity === 0) continue;
        const requested = (node.nonZeroRequested.get(name) ?? 0) + (info.nonZeroRequests.get(name) ?? 0);
        sum += requested > capacity ? 0 : Math.floor(((capacity - requested) * 100) / capacity);
        count++;
      }
      return count === 0 ? 0 : Math.floor(sum / count);
    });
  },
};

/** Nodes whose cpu and memory are then used alike. kubernetes: plugins/noderesources/balanced_allocation.go */
export const balancedAllocation: ScorePlugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  score({ info }, nodes) {
    if (SCORED.every((name) => (info.requests.get(name) ?? 0) === 0)) return undefined;
    return nodes.map((node) => {
      const before = balance(node, new Map());
      const after = balance(node, info.requests);
      return Math.floor(50 + (50 + after - before) / 2);
    });
  },
};

function balance(node: NodeInfo, more: Amounts): number {
  const fractions: number[] = [];
  for (const name of SCORED) {
    const capacity = node.allocatable.get(name) ?? 0;
    if (capacity === 0) continue;
    fractions.push(Math.min(1, ((node.requested.get(name) ?? 0) + (more.get(name) ?? 0)) / capacity));
  }
  const [first = 0, second = first] = fractions;
  return Math.floor((1 - Math.abs(first - second) / 2) * 100);
}

import type { TermCounts } from '../cache.ts';
import type { NodeInfo } from '../node-info.ts';
import { type Cycle, type FilterPlugin, resolvable, type ScorePlugin, unresolvable } from '../plugin.ts';
import type { AffinityTerm } from '../pod-info.ts';
import { podInfo } from '../pod-info.ts';

/** How many Pods there are in each value of a topology key. */
type PerValue = Map<string, number>;

/** kubernetes: plugins/interpodaffinity/filtering.go */
export const interPodAffinity: FilterPlugin = {
  name: 'InterPodAffinity',
  preFilter(cycle) {
    const { info, cache, pod } = cycle;
    const existing = [...cache.antiAffinity.values()]
      .filter(({ term }) => cache.termMatches(term, pod))
      .map(({ term, perNode }) => ({ term, values: sumByValue(cycle, term, perNode, 'owner') }));
    if (existing.length === 0 && info.affinity.length === 0 && info.antiAffinity.length === 0) return undefined;
    const affinity = info.affinity.map((term) => ({ term, values: valuesOf(cycle, term) }));
    const anti = info.antiAffinity.map((term) => ({ term, values: valuesOf(cycle, term) }));
    // The first Pod of a group that wants to be together may go anywhere.
    const isFirst =
      affinity.every(({ values }) => values.size === 0) && info.affinity.every((term) => cache.termMatches(term, pod));
    return (node) => {
      const count = ({ term, values }: { term: AffinityTerm; values: PerValue }) =>
        values.get(node.labels[term.topologyKey] ?? '') ?? 0;
      const labelled = info.affinity.every((term) => node.labels[term.topologyKey] !== undefined);
      if (!labelled || (!isFirst && affinity.some((entry) => count(entry) === 0))) {
        return unresolvable("node(s) didn't match pod affinity rules");
      }
      if (anti.some((entry) => count(entry) > 0)) return resolvable("node(s) didn't match pod anti-affinity rules");
      if (existing.some((entry) => count(entry) > 0)) {
        return resolvable("node(s) didn't satisfy existing pods anti-affinity rules");
      }
      return undefined;
    };
  },
};

/** Pods that a term is about, by the value of its topology key. */
function valuesOf(cycle: Cycle, term: AffinityTerm): PerValue {
  return sumByValue(cycle, term, cycle.cache.matchingTerm(term), 'target');
}

function sumByValue(
  cycle: Cycle,
  term: AffinityTerm,
  perNode: ReadonlyMap<string, number>,
  role: 'owner' | 'target',
): PerValue {
  const values: PerValue = new Map();
  for (const [name, count] of perNode) {
    const value = cycle.cache.nodes.get(name)?.labels[term.topologyKey];
    const left = count - (cycle.without?.node === name ? thoughtAway(cycle, term, role) : 0);
    if (value !== undefined && left > 0) values.set(value, (values.get(value) ?? 0) + left);
  }
  return values;
}

function thoughtAway({ without, cache }: Cycle, term: AffinityTerm, role: 'owner' | 'target'): number {
  let count = 0;
  for (const pod of without?.pods ?? []) {
    const counts =
      role === 'target' ? cache.termMatches(term, pod) : podInfo(pod).antiAffinity.some((own) => own.key === term.key);
    if (counts) count++;
  }
  return count;
}

/** kubernetes: plugins/interpodaffinity/scoring.go */
export const preferTogether: ScorePlugin = {
  name: 'InterPodAffinity',
  weight: 2,
  score(cycle, nodes) {
    const { info, cache } = cycle;
    const topology = new Map<string, PerValue>();
    const note = (term: AffinityTerm, perNode: ReadonlyMap<string, number>, weight: number) => {
      const values = topology.get(term.topologyKey) ?? new Map<string, number>();
      topology.set(term.topologyKey, values);
      for (const [value, count] of sumByValue(cycle, term, perNode, 'target')) {
        values.set(value, (values.get(value) ?? 0) + count * weight);
      }
    };
    for (const term of info.preferredAffinity) note(term, cache.matchingTerm(term), term.weight);
    for (const term of info.preferredAntiAffinity) note(term, cache.matchingTerm(term), -term.weight);
    const others = (counts: TermCounts, weight: (term: AffinityTerm) => number) => {
      for (const { term, perNode } of counts.values()) {
        if (cache.termMatches(term, cycle.pod)) note(term, perNode, weight(term));
      }
    };
    others(cache.affinity, () => 1);
    others(cache.preferredAffinity, (term) => term.weight);
    others(cache.preferredAntiAffinity, (term) => -term.weight);
    if (topology.size === 0) return undefined;
    return spreadOut(nodes.map((node) => sumOf(node, topology)));
  },
};

function sumOf(node: NodeInfo, topology: ReadonlyMap<string, PerValue>): number {
  let sum = 0;
  for (const [key, values] of topology) sum += values.get(node.labels[key] ?? '') ?? 0;
  return sum;
}

function spreadOut(scores: readonly number[]): number[] {
  const least = Math.min(...scores);
  const range = Math.max(...scores) - least;
  return scores.map((score) => (range > 0 ? Math.floor((100 * (score - least)) / range) : 0));
}

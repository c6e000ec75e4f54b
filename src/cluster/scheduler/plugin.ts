import type { Client } from '../api/client.ts';
import type { Stored } from '../api/object.ts';
import type { Pod } from '../api/types.generated.ts';
import type { Cache } from './cache.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

/** What the plugins may ask while one Pod is scheduled. */
export interface Cycle {
  readonly pod: Stored<Pod>;
  readonly info: PodInfo;
  readonly cache: Cache;
  readonly client: Client;
  readonly now: number;
  /** Pods that are thought away while victims are looked for: on which node, and which. */
  readonly without?: { readonly node: string; readonly pods: ReadonlySet<Stored<Pod>> };
}

/** Why a node will not do. `unresolvable`: no preemption would help. */
export interface Refusal {
  readonly reasons: readonly string[];
  readonly unresolvable: boolean;
}

/** Checks one node: undefined when the Pod may run there. */
export type NodeFilter = (node: NodeInfo) => Refusal | undefined;

/** One file each in `plugins/`, registered in `plugins.ts`. */
export interface FilterPlugin {
  readonly name: string;
  /** Looks at the Pod once: what to check of each node, undefined when there is nothing to check, or why no node will do. */
  readonly preFilter: (cycle: Cycle) => NodeFilter | string | undefined;
}

export interface ScorePlugin {
  readonly name: string;
  readonly weight: number;
  /** Scores of the nodes, 0 to 100, in their order; undefined when it has no opinion. */
  readonly score: (cycle: Cycle, nodes: readonly NodeInfo[]) => readonly number[] | undefined;
}

export const unresolvable = (...reasons: string[]): Refusal => ({ reasons, unresolvable: true });
export const resolvable = (...reasons: string[]): Refusal => ({ reasons, unresolvable: false });

/** Scales scores so that the highest is 100. kubernetes: plugins/helper/normalize_score.go */
export function normalized(scores: readonly number[], reverse = false): number[] {
  const highest = Math.max(0, ...scores);
  if (highest === 0) return scores.map((score) => (reverse ? 100 : score));
  return scores.map((score) => {
    const scaled = Math.floor((100 * score) / highest);
    return reverse ? 100 - scaled : scaled;
  });
}

import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import type { BuiltWorld, ClusterView } from '../world-source.ts';
import type { CommandLog } from './command-log.ts';
import type { HistoryMonitor } from './history-monitor.ts';
import type { TrustedPrograms } from './trusted-programs.ts';
import type { Verdict } from './verdict.ts';

/** What a check may look at. */
export interface CheckContext {
  readonly built: BuiltWorld;
  /** Commands that the learner has used since the step began. */
  readonly commands: CommandLog;
  /** What `history` checks have seen since the step began, by the check's id. */
  readonly monitors: ReadonlyMap<string, HistoryMonitor>;
  /** The programs that check scripts rely on. */
  readonly programs: TrustedPrograms;
  /** Checks that need a process run in this one; undefined when nothing in the world may change. */
  readonly process: Process | undefined;
}

/** A kind of check. It may wait only when the context has a process. */
export type Evaluate<T> = (check: T, context: CheckContext, id: string) => Task<Verdict>;

export function clusterOf(context: CheckContext, name: string | undefined): ClusterView | undefined {
  const { clusters } = context.built;
  return name === undefined ? clusters[0] : clusters.find((cluster) => cluster.name === name);
}

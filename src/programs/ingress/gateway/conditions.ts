import type { Condition } from '../../../cluster/api/types.generated.ts';

/** A condition without its time, which follows from what was there before. */
export interface NewCondition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  /** Says nothing of a generation. */
  readonly unobserved?: boolean;
}

/** Conditions with their times: one that keeps its status keeps its time. apimachinery: meta.SetStatusCondition */
export function dated(
  conditions: readonly NewCondition[],
  before: readonly Condition[] | undefined,
  generation: number | undefined,
  now: number,
): Condition[] {
  return conditions.map(({ unobserved, ...condition }) => {
    const old = before?.find(({ type }) => type === condition.type);
    const lastTransitionTime =
      old?.status === condition.status ? old.lastTransitionTime : `${new Date(now).toISOString().slice(0, 19)}Z`;
    return { ...condition, ...(unobserved ? {} : { observedGeneration: generation ?? 1 }), lastTransitionTime };
  });
}

import type { CheckReport } from '../lesson/report.ts';
import type { ClassResults, StudentResult } from './types.ts';

/** What a new grading changes for a student. */
export interface Difference {
  readonly student: string;
  readonly before: number;
  readonly after: number;
  readonly checks: readonly { readonly id: string; readonly before: string; readonly after: string }[];
}

/** Compares two gradings of a class; students for whom nothing changes are left out. */
export function differences(before: ClassResults, after: ClassResults): Difference[] {
  return after.students.flatMap((now) => {
    const then = before.students.find((one) => one.student === now.student);
    const old = checksOf(then);
    const checks = [...checksOf(now)].flatMap(([id, check]) => {
      const was = old.get(id);
      const is = stateOf(check);
      return was === undefined || stateOf(was) !== is
        ? [{ id, before: was === undefined ? '-' : stateOf(was), after: is }]
        : [];
    });
    const gone = [...old]
      .filter(([id]) => !checksOf(now).has(id))
      .map(([id, check]) => ({ id, before: stateOf(check), after: '-' }));
    const points = then?.points ?? 0;
    if (points === now.points && checks.length + gone.length === 0) return [];
    return [{ student: now.student, before: points, after: now.points, checks: [...checks, ...gone] }];
  });
}

function stateOf(check: CheckReport): string {
  return `${check.result} ${check.points}/${check.max}`;
}

/** Criteria of a student by `LESSON/STEP/CHECK`. */
export function checksOf(student: StudentResult | undefined): ReadonlyMap<string, CheckReport> {
  const found = new Map<string, CheckReport>();
  for (const lesson of student?.shown?.lessons ?? [])
    for (const step of lesson.steps)
      for (const check of step.checks) found.set(`${lesson.id}/${step.id}/${check.id}`, check);
  return found;
}

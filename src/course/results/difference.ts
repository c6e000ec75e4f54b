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
  const known = new Map(before.students.map((student) => [student.student, student]));
  const gone = new Set(after.students.map((student) => student.student));
  const lost = before.students
    .filter((then) => !gone.has(then.student) && then.attempts.length > 0)
    .map(
      (then): Difference => ({
        student: then.student,
        before: then.points,
        after: 0,
        checks: [...checksOf(then)].map(([id, check]) => ({ id, before: stateOf(check), after: '-' })),
      }),
    );
  const changed = after.students.flatMap((now) => {
    const then = known.get(now.student);
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
  return [...changed, ...lost];
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

import type { Task } from '../../world/task.ts';
import type { Step } from '../lesson/lesson.ts';
import { reportStep, type StepReport } from '../lesson/report.ts';
import type { CheckContext } from './context.ts';
import { judgeCheck } from './registry.ts';
import { NO_TEXT, undecided, type Verdict } from './verdict.ts';

/** Judges every check of a step; one that needs another which failed is undecided. */
export function* judgeStep(step: Step, context: CheckContext): Task<StepReport> {
  const verdicts: Verdict[] = [];
  const passed = new Set<string>();
  for (const check of step.checks) {
    const missing = check.needs.find((need) => !passed.has(need));
    const title = step.checks.find((other) => other.id === missing)?.title;
    const verdict = title
      ? undecided(NO_TEXT, { en: `needs first: ${title.en}`, ko: `먼저 필요함: ${title.ko}` })
      : yield* judgeCheck(check, context);
    if (verdict.result === 'passed') passed.add(check.id);
    verdicts.push(verdict);
  }
  return reportStep(step, verdicts);
}

/** As `judgeStep`, without changing anything in the world: checks that need a process are undecided. */
export function lookAtStep(step: Step, context: CheckContext): StepReport | undefined {
  const task = judgeStep(step, context);
  const first = task.next();
  if (first.done) return first.value;
  task.return(reportStep(step, []));
  return undefined;
}

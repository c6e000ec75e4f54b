import type { Result, Verdict } from '../checks/verdict.ts';
import type { Text } from '../text.ts';
import type { Step } from './lesson.ts';

/** A judged criterion, with what it is worth. */
export interface CheckReport {
  readonly id: string;
  readonly title: Text;
  readonly points: number;
  readonly max: number;
  readonly result: Result;
  readonly expected: Text;
  readonly actual: Text;
  readonly why: Text;
}

export interface StepReport {
  readonly step: string;
  readonly title: Text;
  readonly passed: boolean;
  readonly score: number;
  readonly max: number;
  readonly checks: readonly CheckReport[];
}

/** Joins criteria and their verdicts, in order. */
export function reportStep(step: Step, verdicts: readonly Verdict[]): StepReport {
  const checks = step.checks.map((check, index): CheckReport => {
    const verdict = verdicts[index] ?? NOT_JUDGED;
    const points = verdict.result === 'passed' ? check.points : 0;
    return { id: check.id, title: check.title, points, max: check.points, ...verdict };
  });
  const score = checks.reduce((sum, check) => sum + check.points, 0);
  const max = checks.reduce((sum, check) => sum + check.max, 0);
  return { step: step.id, title: step.title, passed: checks.every((c) => c.result === 'passed'), score, max, checks };
}

/** The report of a step that was not reached. */
export function unreached(step: Step): StepReport {
  return reportStep(step, []);
}

/** The report of a step whose solution the tutor played before the learner had anything of it. */
export function solvedByTutor(step: Step): StepReport {
  return reportStep(
    step,
    step.checks.map(() => SOLVED),
  );
}

const SOLVED: Verdict = {
  result: 'undecided',
  expected: { en: '', ko: '' },
  actual: { en: 'not done by the student', ko: '학생이 하지 않음' },
  why: {
    en: 'the tutor played the solution of this step, because a later one was begun or this one skipped',
    ko: '뒤 단계에서 시작했거나 건너뛰어서 이 단계의 풀이를 튜터가 실행했습니다',
  },
};

/** For a step that was never entered. */
const NOT_JUDGED: Verdict = {
  result: 'undecided',
  expected: { en: '', ko: '' },
  actual: { en: 'cannot be judged yet', ko: '아직 판단할 수 없음' },
  why: { en: 'the step was not reached', ko: '이 단계까지 오지 않았습니다' },
};

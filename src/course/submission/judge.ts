import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import type { CheckContext } from '../checks/context.ts';
import { clusterOf } from '../checks/context.ts';
import { HistoryMonitor } from '../checks/history-monitor.ts';
import { judgeStep, lookAtStep } from '../checks/judge-step.ts';
import { TrustedPrograms } from '../checks/trusted-programs.ts';
import { type Check, type Lesson, type Step, scriptOf } from '../lesson/lesson.ts';
import { type CheckReport, reportStep, type StepReport, solvedByTutor, unreached } from '../lesson/report.ts';
import type { LessonRun, RunObserver } from '../lesson/run.ts';
import type { BuiltWorld } from '../world-source.ts';

/**
 * Judges by the instructor's lesson while the learner's copy of it is replayed: whenever the learner asked for a
 * judgement, and when a step is left. It only looks, so the replay stays what the learner had.
 */
export class Judge implements RunObserver {
  /** Judgements that the student asked for, by step. */
  readonly asked = new Map<string, number>();
  /** When each step was left, ms of virtual time: the last time counts. */
  readonly left = new Map<string, number>();
  private readonly best = new Map<string, StepReport>();
  /** Steps whose solution the tutor has played, with what the learner had of them before. */
  private readonly solved = new Map<string, StepReport | undefined>();
  private monitors = new Map<string, HistoryMonitor>();
  private step: Step | undefined;
  /** False once the student's work is over: what is judged then was not asked for. */
  counting = true;

  private readonly programs: TrustedPrograms;

  /** Made before the student has a hand in the world. */
  constructor(
    private readonly lesson: Lesson,
    built: BuiltWorld,
  ) {
    this.programs = new TrustedPrograms(
      built,
      lesson.steps.flatMap((step) => step.checks),
    );
  }

  entered(id: string, context: CheckContext): void {
    this.closeMonitors();
    this.step = this.lesson.steps.find((step) => step.id === id);
    const view = clusterOf(context, undefined);
    for (const check of this.step?.checks ?? []) {
      if (check.history && view)
        this.monitors.set(check.id, new HistoryMonitor(check.history, view, () => context.built.world.now));
    }
  }

  judged(report: StepReport, context: CheckContext): void {
    if (this.counting) this.asked.set(report.step, (this.asked.get(report.step) ?? 0) + 1);
    this.look(context);
  }

  leaving(context: CheckContext): void {
    this.look(context);
    if (this.step && !this.solved.has(this.step.id)) this.left.set(this.step.id, context.built.world.now);
  }

  solving(step: string, sofar: StepReport | undefined): void {
    if (!this.solved.has(step)) this.solved.set(step, sofar);
  }

  /** Judges the current step with all that needs a process: the world may change, so nothing comes after it. */
  *judgeFully(process: Process, run: LessonRun): Task {
    if (!this.step || this.solved.has(this.step.id)) return;
    this.keep(yield* judgeStep(this.step, this.own(run.context(process))));
  }

  private look(context: CheckContext): void {
    if (this.step && this.solved.has(this.step.id)) return;
    const report = this.step && lookAtStep(this.step, this.own(context));
    if (report) this.keep(report);
  }

  private own(context: CheckContext): CheckContext {
    return { ...context, monitors: this.monitors, programs: this.programs };
  }

  /** The best judgement of a step counts; of equal ones the last. */
  private keep(report: StepReport): void {
    const before = this.best.get(report.step);
    if (!before || report.score >= before.score) this.best.set(report.step, report);
  }

  /**
   * Each step as the instructor's lesson sees it. Criteria that the learner's copy has in the same words were judged
   * there, with all that needs a process.
   */
  reports(run: LessonRun): StepReport[] {
    return this.lesson.steps.map((step) => {
      const mine = this.best.get(step.id);
      const solved = this.solved.has(step.id);
      const theirs = solved ? this.solved.get(step.id) : run.reports.get(step.id);
      const copy = run.lesson.steps.find((other) => other.id === step.id);
      if (!mine && !theirs) return solved ? solvedByTutor(step) : unreached(step);
      return reportStep(
        step,
        step.checks.map((check) => {
          const seen = mine?.checks.find((other) => other.id === check.id);
          const judged = theirs?.checks.find((other) => other.id === check.id);
          const same = sameCheck(
            check,
            copy?.checks.find((other) => other.id === check.id),
          );
          return verdictOf(
            same && judged && needsProcess(check) ? judged : (better(seen, same ? judged : undefined) ?? seen),
          );
        }),
      );
    });
  }

  /** Steps that were left and have criteria of the instructor's that only a process can judge. */
  stepsToReplay(run: LessonRun): string[] {
    return [...this.left.keys()].filter((id) => {
      const copy = run.lesson.steps.find((step) => step.id === id);
      return this.lesson.steps
        .find((step) => step.id === id)
        ?.checks.some(
          (check) =>
            needsProcess(check) &&
            !sameCheck(
              check,
              copy?.checks.find((other) => other.id === check.id),
            ),
        );
    });
  }

  close(): void {
    this.closeMonitors();
  }

  private closeMonitors(): void {
    for (const monitor of this.monitors.values()) monitor.close();
    this.monitors = new Map();
  }
}

export function needsProcess(check: Check): boolean {
  return scriptOf(check) !== undefined;
}

function sameCheck(check: Check, other: Check | undefined): boolean {
  return other !== undefined && JSON.stringify({ ...check, points: 0 }) === JSON.stringify({ ...other, points: 0 });
}

function better(a: CheckReport | undefined, b: CheckReport | undefined): CheckReport | undefined {
  if (!a || !b) return a ?? b;
  return b.result === 'passed' ? b : a;
}

function verdictOf(report: CheckReport | undefined) {
  if (report) return { result: report.result, expected: report.expected, actual: report.actual, why: report.why };
  return {
    result: 'undecided' as const,
    expected: { en: '', ko: '' },
    actual: { en: 'cannot be judged yet', ko: '아직 판단할 수 없음' },
    why: { en: '', ko: '' },
  };
}

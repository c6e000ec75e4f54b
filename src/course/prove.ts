import type { Process } from '../world/process.ts';
import type { Task } from '../world/task.ts';
import { waitForStep } from './grade.ts';
import type { Lesson, NearMiss, Step } from './lesson/lesson.ts';
import type { StepReport } from './lesson/report.ts';
import type { LessonRun } from './lesson/run.ts';
import { unwatchedStage } from './stage.ts';
import type { WorldSource } from './world-source.ts';

/** Virtual ms for a solution to show its effect, and for a near miss to show that it has none. */
const PATIENCE = 180_000;
const NEAR_MISS_PATIENCE = 60_000;
/** Host ms for one world. */
const HOST_LIMIT = 60_000;
const TOO_LONG = 'it takes too long: a minute of computing was not enough';

export interface ProveOptions {
  readonly source: WorldSource;
  readonly clock: () => number;
  readonly onStep?: (step: string) => void;
}

export interface Proof {
  /** What is wrong, in words; empty when the lesson proves itself. */
  readonly wrong: readonly string[];
  /** False when a world did not come to an end within its bound: then not everything was played. */
  readonly ended: boolean;
}

/**
 * Plays a lesson against itself: untouched it scores nothing, each solution everything, each near miss fails on its
 * criterion, setup works.
 */
export function proveLesson(lesson: Lesson, options: ProveOptions): Proof {
  const wrong: string[] = [];
  const done = inWorld(lesson, options, wrong, function* (process, run) {
    for (const [index, step] of lesson.steps.entries()) {
      options.onStep?.(step.id);
      if (index === 0) yield* run.begin(process, step.id, []);
      else yield* run.enter(process, index);
      yield* seeSymptoms(process, run, step, wrong);
      untouched(step, yield* run.check(process), wrong);
      if (step.solutions[0] !== undefined) yield* solve(process, run, step, 0, wrong);
    }
    wrong.push(...run.faults.map((fault) => `setup of ${fault}`));
  });
  // What never ends would not end in the other worlds either.
  if (!done) return { wrong, ended: false };
  for (const step of lesson.steps) {
    for (let at = 1; at < step.solutions.length; at++) {
      const ended = inWorld(lesson, options, wrong, function* (process, run) {
        yield* run.begin(process, step.id, []);
        yield* solve(process, run, step, at, wrong);
      });
      if (!ended) return { wrong, ended };
    }
    for (const [at, miss] of step.nearMisses.entries()) {
      const ended = inWorld(lesson, options, wrong, function* (process, run) {
        yield* run.begin(process, step.id, []);
        yield* nearMiss(process, run, step, miss, at, wrong);
      });
      if (!ended) return { wrong, ended };
    }
  }
  return { wrong, ended: true };
}

/** What the text promises comes up by itself within `PATIENCE`. */
function* seeSymptoms(process: Process, run: LessonRun, step: Step, wrong: string[]): Task {
  const end = process.now + PATIENCE;
  for (;;) {
    const missing = yield* run.missingSymptoms(process);
    if (missing.length === 0) return;
    if (process.now >= end) {
      for (const { id, verdict } of missing)
        wrong.push(
          `${step.id}: symptom ${id} is not there: expected ${verdict.expected.en}; actual ${verdict.actual.en}; why ${verdict.why.en}`,
        );
      return;
    }
    yield* process.sleep(1000);
  }
}

function untouched(step: Step, report: StepReport | undefined, wrong: string[]): void {
  for (const check of report?.checks ?? []) {
    if (check.result === 'passed') wrong.push(`${step.id}: ${check.id} passes although nothing was done`);
  }
}

function* solve(process: Process, run: LessonRun, step: Step, at: number, wrong: string[]): Task {
  const exit = yield* run.play(process, step.solutions[at] ?? '');
  yield* waitForStep(process, run, PATIENCE);
  const report = yield* run.judge(process);
  for (const check of report?.checks ?? []) {
    if (check.result === 'passed') continue;
    wrong.push(
      `${step.id}: solution ${at + 1} (exit ${exit}): ${check.id} ${check.result}: expected ${check.expected.en}; actual ${check.actual.en}; why ${check.why.en}`,
    );
  }
}

function* nearMiss(process: Process, run: LessonRun, step: Step, miss: NearMiss, at: number, wrong: string[]): Task {
  yield* run.play(process, miss.script);
  yield* waitForStep(process, run, NEAR_MISS_PATIENCE);
  const report = yield* run.check(process);
  const name = `${step.id}: near miss ${at + 1}`;
  for (const check of report?.checks ?? []) {
    if (check.id === miss.fails) {
      if (check.result !== 'failed')
        wrong.push(`${name}: ${check.id} should fail and is ${check.result}: ${check.actual.en}`);
    } else if (check.result === 'failed') {
      wrong.push(
        `${name}: ${check.id} fails as well: expected ${check.expected.en}; actual ${check.actual.en}; why ${check.why.en}`,
      );
    }
  }
}

function inWorld(
  lesson: Lesson,
  options: ProveOptions,
  wrong: string[],
  main: (process: Process, run: LessonRun) => Task,
): boolean {
  const { source, clock } = options;
  const stage = unwatchedStage(source, lesson);
  const { run } = stage;
  const end = clock() + HOST_LIMIT;
  let count = 0;
  if (run) stage.work('prove', (process) => main(process, run));
  const done = stage.finishActions(() => (++count & 63) !== 0 || clock() < end);
  if (!done) wrong.push(`${run?.step?.id ?? 'setup'}: ${TOO_LONG}`);
  for (const fault of stage.built.world.faults)
    wrong.push(`a fault of kubetutor in ${fault.program}: ${String(fault.error)}`);
  stage.close();
  return done;
}

import type { Process } from '../world/process.ts';
import type { Task } from '../world/task.ts';
import { waitForStep } from './grade.ts';
import type { Lesson, NearMiss, Step } from './lesson/lesson.ts';
import type { CheckReport, StepReport } from './lesson/report.ts';
import type { LessonRun } from './lesson/run.ts';
import type { Path } from './lesson/yaml-positions.ts';
import { unwatchedStage } from './stage.ts';
import type { Language } from './text.ts';
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
  /** Of what criteria say of themselves. Default: en. */
  readonly language?: Language;
}

/** Something that does not prove itself. */
export interface Wrong {
  /** Its place in lesson.yaml: the criterion, solution, near miss, symptom or setup. */
  readonly path: Path;
  readonly text: string;
}

export interface Proof {
  /** Empty when the lesson proves itself; what went wrong first comes first. */
  readonly wrong: readonly Wrong[];
  /** False when a world did not come to an end within its bound: then not everything was played. */
  readonly ended: boolean;
}

/**
 * Plays a lesson against itself: untouched it scores nothing, each solution everything, each near miss fails on its
 * criterion, setup works.
 */
export function proveLesson(lesson: Lesson, options: ProveOptions): Proof {
  const wrong: Wrong[] = [];
  const { language = 'en' } = options;
  let ended = inWorld(lesson, options, wrong, function* (process, run) {
    for (const [index, step] of lesson.steps.entries()) {
      options.onStep?.(step.id);
      if (index === 0) yield* run.begin(process, step.id, []);
      else yield* run.enter(process, index);
      for (const { step: of, path, text } of run.faults.splice(0))
        wrong.push({ path, text: `setup of ${of}: ${text}` });
      const place = new Place(lesson, index, wrong, language);
      yield* seeSymptoms(process, run, place);
      untouched(place, yield* run.check(process));
      if (step.solutions[0] !== undefined) yield* solve(process, run, place, 0);
    }
  });
  // What never ends would not end in the other worlds either.
  for (const [index, step] of lesson.steps.entries()) {
    const place = new Place(lesson, index, wrong, language);
    const fromStart = (main: (process: Process, run: LessonRun) => Task) =>
      inWorld(lesson, options, wrong, function* (process, run) {
        yield* run.begin(process, step.id, []);
        yield* main(process, run);
      });
    for (let at = 1; ended && at < step.solutions.length; at++)
      ended = fromStart((process, run) => solve(process, run, place, at));
    for (const [at, miss] of step.nearMisses.entries())
      ended &&= fromStart((process, run) => nearMiss(process, run, place, miss, at));
  }
  return { wrong, ended };
}

/** A step and where what is wrong with it is written down. */
class Place {
  constructor(
    private readonly lesson: Lesson,
    private readonly index: number,
    private readonly wrong: Wrong[],
    readonly language: Language,
  ) {}

  get step(): Step | undefined {
    return this.lesson.steps[this.index];
  }

  /** `path`: within the step. */
  tell(path: Path, text: string): void {
    this.wrong.push({ path: ['steps', this.index, ...path], text: `${this.step?.id ?? ''}: ${text}` });
  }
}

/** What the text promises comes up by itself within `PATIENCE`. */
function* seeSymptoms(process: Process, run: LessonRun, place: Place): Task {
  const end = process.now + PATIENCE;
  for (;;) {
    const missing = yield* run.missingSymptoms(process);
    if (missing.length === 0) return;
    if (process.now >= end) {
      for (const { id, verdict } of missing) {
        const at = place.step?.symptoms.findIndex((symptom) => symptom.id === id) ?? 0;
        place.tell(['symptoms', at], `symptom ${id} is not there: ${reasons(verdict, place.language)}`);
      }
      return;
    }
    yield* process.sleep(1000);
  }
}

function untouched(place: Place, report: StepReport | undefined): void {
  for (const [at, check] of (report?.checks ?? []).entries())
    if (check.result === 'passed') place.tell(['checks', at], `${check.id} passes although nothing was done`);
}

function* solve(process: Process, run: LessonRun, place: Place, at: number): Task {
  const exit = yield* run.play(process, place.step?.solutions[at] ?? '');
  yield* waitForStep(process, run, PATIENCE);
  const report = yield* run.judge(process);
  const missed = (report?.checks ?? []).filter((check) => check.result !== 'passed');
  // What cannot be judged because something else failed says nothing new.
  const failed = missed.filter((check) => check.result === 'failed');
  for (const check of failed.length > 0 ? failed : missed)
    place.tell(
      ['solutions', at],
      `solution ${at + 1} (exit ${exit}): ${check.id} ${check.result}: ${reasons(check, place.language)}`,
    );
}

function* nearMiss(process: Process, run: LessonRun, place: Place, miss: NearMiss, at: number): Task {
  yield* run.play(process, miss.script);
  yield* waitForStep(process, run, NEAR_MISS_PATIENCE);
  const report = yield* run.check(process);
  const tell = (text: string) => place.tell(['nearMisses', at], `near miss ${at + 1}: ${text}`);
  for (const check of report?.checks ?? []) {
    if (check.id === miss.fails) {
      if (check.result !== 'failed')
        tell(`${check.id} should fail and is ${check.result}: ${check.actual[place.language]}`);
    } else if (check.result === 'failed') tell(`${check.id} fails as well: ${reasons(check, place.language)}`);
  }
}

const WORDS = { en: ['expected', 'actual', 'why'], ko: ['기대', '실제', '이유'] } as const;

/** What a verdict says of itself; parts without words are left out. */
function reasons(
  { expected, actual, why }: Pick<CheckReport, 'expected' | 'actual' | 'why'>,
  language: Language,
): string {
  return [expected, actual, why]
    .flatMap((part, at) =>
      part[language] === '' ? [] : [`${WORDS[language][at]} ${part[language].replace(/\s+/g, ' ')}`],
    )
    .join('; ');
}

function inWorld(
  lesson: Lesson,
  options: ProveOptions,
  wrong: Wrong[],
  main: (process: Process, run: LessonRun) => Task,
): boolean {
  const { source, clock } = options;
  const stage = unwatchedStage(source, lesson);
  const { run } = stage;
  const end = clock() + HOST_LIMIT;
  let count = 0;
  if (run) stage.work('prove', (process) => main(process, run));
  const done = stage.finishActions(() => (++count & 63) !== 0 || clock() < end);
  const at = run?.at ?? -1;
  if (!done) wrong.push({ path: at < 0 ? [] : ['steps', at], text: `${run?.step?.id ?? 'setup'}: ${TOO_LONG}` });
  for (const fault of stage.built.world.faults)
    wrong.push({ path: [], text: `a fault of kubetutor in ${fault.program}: ${String(fault.error)}` });
  stage.close();
  return done;
}

import type { Process } from '../world/process.ts';
import type { Task } from '../world/task.ts';
import { readJournal } from './journal.ts';
import { type Lesson, scriptOf } from './lesson/lesson.ts';
import { type CheckReport, type StepReport, unreached } from './lesson/report.ts';
import type { LessonRun } from './lesson/run.ts';
import { runScript } from './scripts.ts';
import { Session } from './session.ts';
import { type Stage, unwatchedStage } from './stage.ts';
import type { Text } from './text.ts';
import { VERSION } from './version.ts';
import type { WorldSource } from './world-source.ts';

/** A graded submission. Ids of checks are `STEP/CHECK`. */
export interface Grade {
  readonly lesson: string;
  readonly score: number;
  readonly max: number;
  readonly checks: readonly CheckReport[];
}

export interface GradeOptions {
  readonly source: WorldSource;
  readonly lesson: Lesson;
  /** A bash script, or a journal. */
  readonly submission: Uint8Array;
  readonly text: string;
  /** A monotonic clock of the host, ms. */
  readonly clock: () => number;
  /** ms of the host's time that a submission may take. */
  readonly limit?: number;
}

/** A submission that cannot be graded. */
export class GradeError extends Error {
  constructor(readonly text: Text) {
    super(text.en);
  }
}

/** How long a learner looks at the world after a command before going on, ms of virtual time. */
const PATIENCE = 15_000;
/** How long the last judgement waits for what is still on its way. */
const LAST_PATIENCE = 60_000;
const SCRIPT_LIMIT = 24 * 3_600_000;
const LOOK_EVERY = 250;

/** Grades a journal by replaying it, a script by playing it as a learner. Raises GradeError, JournalError. */
export function grade(options: GradeOptions): Grade {
  const isJournal = /^\{"kubetutor":"journal"/.test(options.text);
  return isJournal ? gradeJournal(options) : gradeScript(options);
}

function gradeJournal({ source, lesson, submission, clock }: GradeOptions): Grade {
  const content = readJournal(submission);
  const { header } = content ?? {};
  if (!content || header?.lesson?.id !== lesson.id) {
    throw new GradeError({
      en: `This is no journal of the lesson ${lesson.id}.`,
      ko: `레슨 ${lesson.id}의 저널이 아닙니다.`,
    });
  }
  if (header.version !== VERSION || header.lesson.version !== lesson.version) {
    throw new GradeError({
      en: `kubetutor ${header.version} made it; only that version can grade it (this is ${VERSION}).`,
      ko: `kubetutor ${header.version}이(가) 만든 것이라 그 버전만 채점할 수 있습니다 (지금은 ${VERSION}).`,
    });
  }
  const session = new Session({ source, header, lesson, journal: undefined, content, clock });
  session.finish();
  session.action({ action: 'check' });
  session.finish();
  const { run } = session;
  return total(lesson, run ? run.reports : new Map());
}

function gradeScript({ source, lesson, text, clock, limit = 300_000 }: GradeOptions): Grade {
  const stage = unwatchedStage(source, lesson);
  const end = clock() + limit;
  let count = 0;
  const mayGoOn = () => (++count & 63) !== 0 || clock() < end;
  const { run } = stage;
  const first = lesson.steps[0];
  if (!run || !first) return total(lesson, new Map());
  const parts = splitBySteps(text);
  stage.work('grade', function* (process) {
    yield* run.begin(process, first.id, []);
    if (parts) yield* playParts(process, run, parts);
    else yield* playWhole(process, run, stage, text);
  });
  stage.finishActions(mayGoOn);
  stage.close();
  return total(lesson, run.reports);
}

function total(lesson: Lesson, reports: ReadonlyMap<string, StepReport>): Grade {
  const steps = lesson.steps.map((step) => reports.get(step.id) ?? unreached(step));
  const checks = steps.flatMap((step) => step.checks.map((check) => ({ ...check, id: `${step.step}/${check.id}` })));
  const sum = (pick: (check: CheckReport) => number) => checks.reduce((all, check) => all + pick(check), 0);
  return { lesson: lesson.id, score: sum((check) => check.points), max: sum((check) => check.max), checks };
}

/** `# step: ID` lines divide a script: each part is played in its step. Undefined when there are none. */
export function splitBySteps(text: string): ReadonlyMap<string, string> | undefined {
  const marks = [...text.matchAll(/^#\s*step:\s*([a-z0-9-]+)\s*$/gm)];
  if (marks.length === 0) return undefined;
  return new Map(marks.map((mark, index) => [mark[1] ?? '', text.slice(mark.index, marks[index + 1]?.index)]));
}

function* playParts(process: Process, run: LessonRun, parts: ReadonlyMap<string, string>): Task {
  for (let index = 0; index < run.lesson.steps.length; index++) {
    if (run.at !== index) yield* run.enter(process, index);
    const script = parts.get(run.step?.id ?? '');
    if (script !== undefined) yield* run.play(process, script);
    yield* waitForStep(process, run, LAST_PATIENCE);
    yield* run.judge(process);
  }
}

/** Waits until the step looks right, or `patience` is over. */
export function* waitForStep(process: Process, run: LessonRun, patience: number): Task<boolean> {
  const end = process.now + patience;
  while (!looksRight(run)) {
    if (process.now >= end) return false;
    yield* process.sleep(LOOK_EVERY);
  }
  return true;
}

/** All that can be judged by looking is right. */
function looksRight(run: LessonRun): boolean {
  const report = run.look();
  const scripts = new Set(run.step?.checks.filter((check) => scriptOf(check) !== undefined).map((check) => check.id));
  return (
    report?.checks.every(
      (check) => check.result === 'passed' || (check.result === 'undecided' && scripts.has(check.id)),
    ) ?? false
  );
}

/**
 * Plays a script without marks. As a learner would, it looks at the world after each command, and goes on to the next
 * step when this one is done.
 */
function* playWhole(process: Process, run: LessonRun, stage: Stage, text: string): Task {
  const { workstation } = stage.built;
  let shell: Process | undefined;
  let watching = false;
  const onEnd = (ended: Process) => {
    if (!shell || ended.session !== shell.session || ended === shell || watching || shell.ended) return;
    watching = true;
    // The script stands still meanwhile; what it started goes on.
    shell.signal('STOP');
    stage.work('grade', function* (watcher) {
      const before = run.at;
      if ((yield* waitForStep(watcher, run, PATIENCE)) && run.at === before) yield* run.next(watcher, false);
      watching = false;
      shell?.signal('CONT');
    });
  };
  workstation.endListeners.add(onEnd);
  yield* runScript(process, stage.built, text, SCRIPT_LIMIT, undefined, (child) => {
    shell = child;
    run.commands.addSession(child);
  });
  workstation.endListeners.delete(onEnd);
  for (;;) {
    const before = run.at;
    yield* waitForStep(process, run, LAST_PATIENCE);
    const { moved } = yield* run.next(process, false);
    if (!moved || run.at === before) return;
  }
}

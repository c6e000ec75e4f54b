import { hash32 } from '../../world/random.ts';
import type { Input } from '../input.ts';
import type { JournalContent } from '../journal.ts';
import { type Lesson, scriptOf } from '../lesson/lesson.ts';
import { type CheckReport, reportStep, type StepReport } from '../lesson/report.ts';
import { BUILT_IN, type Coursework } from '../pack/coursework.ts';
import type { PackStamp } from '../pack/pack.ts';
import { studentLesson } from '../pack/student-form.ts';
import type { Text } from '../text.ts';
import { VERSION } from '../version.ts';
import { type ReadSubmission, readSubmission } from './read.ts';
import { otherVersion, type Refusal, RefusalError } from './refusal.ts';
import { judgeEnd, type Replayed, type ReplayOptions, replayJournal, TooSlow } from './replay-journal.ts';
import type { Submission } from './submission.ts';

export interface GradedStep {
  readonly id: string;
  readonly title: Text;
  readonly score: number;
  readonly max: number;
  readonly checks: readonly CheckReport[];
  /** Seconds of work; long pauses do not count. */
  readonly seconds: number;
  /** Lines entered. */
  readonly lines: number;
  /** Judgements the student asked for. */
  readonly asked: number;
  readonly hints: number;
  readonly solutionShown: boolean;
  /** Whether the student came to it at all. */
  readonly reached: boolean;
}

export interface GradedLesson {
  readonly id: string;
  readonly title: Text;
  readonly score: number;
  readonly max: number;
  readonly steps: readonly GradedStep[];
  readonly inputs: number;
}

/** One file, as far as it can be graded by itself. What other files say about it (attempts, copies) comes later. */
export interface GradedSubmission {
  readonly student: string;
  readonly pack: PackStamp;
  /** By the student's clock, ms since 1970. */
  readonly submitted: number;
  /** Digest of the work: the same work twice has the same. */
  readonly work: string;
  /** A sample of (key, moment) pairs: work of two students has none in common, unless one copied. */
  readonly sketch: readonly number[];
  readonly lessons: readonly GradedLesson[];
  readonly score: number;
  readonly max: number;
}

export type GradeOutcome =
  | { readonly graded: GradedSubmission }
  | { readonly refused: Refusal; readonly student?: string };

export interface GradeSubmissionOptions extends ReplayOptions {
  /** The pack as students had it, when its visible checks have changed since: it is replayed with that and judged by the other. */
  readonly played?: Coursework;
  /** It was given up for the time it took: with more, or on a machine with less to do, it may be graded. */
  readonly onSlow?: () => void;
}

/** Replays a submission and judges it by the instructor's pack. Never raises, whatever is handed in. */
export function gradeSubmission(bytes: Uint8Array, course: Coursework, options: GradeSubmissionOptions): GradeOutcome {
  let read: ReadSubmission | undefined;
  try {
    read = readSubmission(bytes);
    return { graded: grade(read, course, { ...options, deadline: options.clock() + options.limit }) };
  } catch (error) {
    const student = read?.submission.student;
    const who = student === undefined ? {} : { student };
    if (error instanceof TooSlow) options.onSlow?.();
    if (error instanceof RefusalError) return { refused: error.refusal, ...who };
    return { ...faultOutcome(error), ...who };
  }
}

/** Something went wrong that is not the student's. */
export function faultOutcome(error: unknown): { readonly refused: Refusal } {
  const detail = (error instanceof Error ? error.message : String(error)).slice(0, 500);
  return {
    refused: { kind: 'fault', message: { en: `A fault of kubetutor: ${detail}`, ko: `kubetutor의 오류: ${detail}` } },
  };
}

function grade(read: ReadSubmission, course: Coursework, options: GradeSubmissionOptions): GradedSubmission {
  const { submission, journals } = read;
  const { student, pack, submitted } = submission;
  const { whole: mine, copy: theirs } = lessonsPlayed(read, course, options.played);
  // Without a pack nobody has said which lessons are due: those that were handed in count.
  const due = [...mine.values()].filter((full) => course.id !== BUILT_IN || journals.has(full.id));
  const lessons = due.map((full) => {
    const content = journals.get(full.id);
    const copy = theirs.get(full.id);
    if (!content || !copy) return untouched(full);
    return gradeLesson(full, copy, content, options);
  });
  const inputs = [...journals.values()].flatMap((content) =>
    content.entries.flatMap((entry) => (entry.kind === 'input' ? [entry.input] : [])),
  );
  return {
    student,
    pack,
    submitted,
    work: submission.lessons.map((lesson) => lesson.digest.slice(0, 32)).join('.'),
    sketch: sketchOf(inputs),
    lessons,
    score: sum(lessons.map((lesson) => lesson.score)),
    max: sum(lessons.map((lesson) => lesson.max)),
  };
}

export interface PlayedLessons {
  /** By the instructor's pack. */
  readonly whole: ReadonlyMap<string, Lesson>;
  /** As they lay before the student. */
  readonly copy: ReadonlyMap<string, Lesson>;
}

/** The lessons of a submission by id. Raises RefusalError when it was made with others. */
export function lessonsPlayed(read: ReadSubmission, course: Coursework, before?: Coursework): PlayedLessons {
  const { submission, journals } = read;
  const played = playedCopy(submission, course, before);
  const whole = lessonsOf(course, submission.student);
  const lessons = played.course === course ? whole : lessonsOf(played.course, submission.student);
  for (const { lesson, seed } of submission.lessons)
    checkTask(lessons.get(lesson), lesson, seed, journals.get(lesson), submission.student);
  const copy = played.whole ? lessons : new Map([...lessons].map(([id, lesson]) => [id, studentLesson(lesson)]));
  return { whole, copy };
}

/** Which copy of the pack the student had: the whole, or the student's. Raises RefusalError. */
function playedCopy(
  submission: Submission,
  course: Coursework,
  before: Coursework | undefined,
): { course: Coursework; whole: boolean } {
  const { pack, version } = submission;
  if (pack.id !== course.id) {
    const name = (id: string) => (id === BUILT_IN ? 'the built-in lessons' : `the pack ${id}`);
    const ko = (id: string) => (id === BUILT_IN ? '내장 레슨' : `${id} 팩`);
    throw new RefusalError(
      'pack',
      `It was made with ${name(pack.id)}, not with ${name(course.id)}.`,
      `${ko(course.id)}이 아니라 ${ko(pack.id)}으로 만든 것입니다.`,
    );
  }
  if (version !== VERSION) throw otherVersion(version);
  for (const candidate of before ? [course, before] : [course]) {
    if (pack.hash === candidate.hashes.full) return { course: candidate, whole: true };
    if (pack.hash === candidate.hashes.student) return { course: candidate, whole: false };
  }
  throw new RefusalError(
    'content',
    pack.version === course.version
      ? `It was made with other content of ${course.id} ${course.version}. If that is what you handed out, give it with --played PATH.`
      : `It was made with version ${pack.version} of ${course.id}; this is version ${course.version}. Give that one with --played PATH.`,
    pack.version === course.version
      ? `${course.id} ${course.version}의 다른 내용으로 만든 것입니다. 그것을 나눠 주었다면 --played PATH로 알려 주세요.`
      : `${course.id}의 버전 ${pack.version}(으)로 만든 것이고, 지금은 버전 ${course.version}입니다. --played PATH로 그 버전을 알려 주세요.`,
  );
}

function lessonsOf(course: Coursework, student: string): Map<string, Lesson> {
  const { lessons, problems } = course.lessonsFor(student);
  const [problem] = problems;
  if (problem) {
    const text = `${problem.file}:${problem.line}: ${problem.message}`;
    throw new RefusalError(
      'fault',
      `The pack is wrong for this student: ${text}`,
      `이 학생에게는 팩이 잘못되어 있습니다: ${text}`,
    );
  }
  return new Map(lessons.map((lesson) => [lesson.id, lesson]));
}

/** The world that was played must be the one that this student got. Raises RefusalError. */
function checkTask(
  lesson: Lesson | undefined,
  id: string,
  seed: string,
  content: JournalContent | undefined,
  student: string,
): void {
  if (!lesson) throw new RefusalError('edited', `The pack has no lesson ${id}.`, `팩에 레슨 ${id}이(가) 없습니다.`);
  if (content && content.header.version !== VERSION) throw otherVersion(content.header.version);
  if (seed !== lesson.seed) {
    throw new RefusalError(
      'student',
      `It is not the task of ${student}: the seed is another's.`,
      `${student}의 문제가 아닙니다. 씨앗이 다른 학생의 것입니다.`,
    );
  }
  if (content?.header.world !== lesson.world || content.header.lesson?.version !== lesson.version) {
    throw new RefusalError(
      'content',
      `It was made with another version of the lesson ${id}.`,
      `레슨 ${id}의 다른 버전으로 만든 것입니다.`,
    );
  }
}

function gradeLesson(
  full: Lesson,
  copy: Lesson,
  content: JournalContent,
  options: GradeSubmissionOptions,
): GradedLesson {
  const replayed = replayJournal(content, copy, full, options);
  try {
    judgeEnd(replayed, options);
    const { run } = replayed.stage;
    const { judge } = replayed;
    if (!run || !judge) return untouched(full);
    let reports = judge.reports(run);
    for (const step of judge.stepsToReplay(run)) {
      const until = (judge.left.get(step) ?? 0) - 1;
      const again = replayJournal(content, copy, full, { ...options, until });
      judgeEnd(again, options, 0);
      if (again.stage.run?.step?.id === step && again.judge)
        reports = withScripts(reports, again.judge.reports(again.stage.run), full, step);
      again.stage.close();
    }
    return gradedLesson(full, reports, replayed);
  } finally {
    replayed.stage.close();
  }
}

/** The verdicts of scripts of one step, as they were when it was left. */
function withScripts(reports: StepReport[], again: readonly StepReport[], lesson: Lesson, id: string): StepReport[] {
  const step = lesson.steps.find((one) => one.id === id);
  const later = again.find((report) => report.step === id);
  if (!step || !later) return reports;
  return reports.map((report) =>
    report.step !== id
      ? report
      : reportStep(
          step,
          step.checks.map((check, index) => {
            const before = report.checks[index];
            const now = later.checks.find((one) => one.id === check.id);
            const found = scriptOf(check) !== undefined && now ? now : (before ?? now);
            return {
              result: found?.result ?? 'undecided',
              expected: found?.expected ?? EMPTY,
              actual: found?.actual ?? EMPTY,
              why: found?.why ?? EMPTY,
            };
          }),
        ),
  );
}

const EMPTY: Text = { en: '', ko: '' };

function gradedLesson(lesson: Lesson, reports: readonly StepReport[], replayed: Replayed | undefined): GradedLesson {
  const run = replayed?.stage.run;
  const steps = reports.map((report): GradedStep => {
    const work = replayed?.work.get(report.step);
    const seen = replayed?.takenBack(report.step);
    const state = run?.states[run.lesson.steps.findIndex((step) => step.id === report.step)];
    return {
      id: report.step,
      title: report.title,
      score: report.score,
      max: report.max,
      checks: report.checks,
      seconds: Math.round(work?.seconds ?? 0),
      lines: work?.lines ?? 0,
      asked: replayed?.judge?.asked.get(report.step) ?? 0,
      hints: Math.max(state?.hints ?? 0, seen?.hints ?? 0),
      solutionShown: state?.solutionShown || seen?.solution || false,
      reached: state?.entered !== undefined,
    };
  });
  return {
    id: lesson.id,
    title: lesson.title,
    score: sum(steps.map((step) => step.score)),
    max: sum(steps.map((step) => step.max)),
    steps,
    inputs: replayed?.inputs.length ?? 0,
  };
}

function untouched(lesson: Lesson): GradedLesson {
  return gradedLesson(
    lesson,
    lesson.steps.map((step) => reportStep(step, [])),
    undefined,
  );
}

/** Sizes of the sample: enough to tell one copy in thousands. */
const SKETCH = 48;

/** The smallest hashes of what was typed when: a bottom-k sketch. */
function sketchOf(inputs: readonly Input[]): number[] {
  const hashes = new Set<number>();
  for (const input of inputs) {
    if (input.kind === 'type') hashes.add(hash32(`${input.t} ${input.data}`));
  }
  return [...hashes].sort((a, b) => a - b).slice(0, SKETCH);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

import { waitForStep } from '../grade.ts';
import { endsLine, type Input } from '../input.ts';
import type { JournalContent } from '../journal.ts';
import { effectiveInputs, shownBefore } from '../journal.ts';
import type { Lesson } from '../lesson/lesson.ts';
import { Replay } from '../replay.ts';
import { Stage } from '../stage.ts';
import type { WorldSource } from '../world-source.ts';
import { Judge } from './judge.ts';
import { RefusalError } from './refusal.ts';

/** Events of one world: days of virtual time. The same on every machine, so a bomb is one everywhere. */
const MAX_EVENTS = 20_000_000;
/** Virtual time that one journal may span, ms: 60 days. */
export const MAX_SPAN = 60 * 86_400_000;
/** A pause longer than this, ms, is a pause and not work. */
const LONGEST_PAUSE = 5 * 60_000;

export interface ReplayOptions {
  readonly source: WorldSource;
  /** A monotonic clock of the host, ms. */
  readonly clock: () => number;
  /** ms of the host's time that a submission may take. */
  readonly limit: number;
  /** When that is over, by `clock`. */
  readonly deadline?: number;
  /** Bytes outside of the JavaScript heap, now: files of the world. */
  readonly memory?: () => number;
}

const MAX_MEMORY = 1_500_000_000;

/** What was done in a step. */
export interface StepWork {
  /** Seconds of work: long pauses do not count. */
  seconds: number;
  lines: number;
}

export interface Replayed {
  readonly stage: Stage;
  readonly judge: Judge | undefined;
  /** By step, in the order they were first worked at. */
  readonly work: ReadonlyMap<string, StepWork>;
  readonly inputs: readonly Input[];
  /** Hints and solutions of a step that were shown and taken back. */
  readonly takenBack: (step: string) => { readonly hints: number; readonly solution: boolean };
}

/** Plays a journal to a new world, within bounds. `judgeBy`: whose criteria are judged on the way. Raises RefusalError. */
export function replayJournal(
  content: JournalContent,
  lesson: Lesson,
  judgeBy: Lesson | undefined,
  options: ReplayOptions & {
    readonly until?: number;
    readonly onOutput?: (bytes: Uint8Array, time: number) => void;
    readonly onInput?: (input: Input) => void;
  },
): Replayed {
  const { header } = content;
  const effective = effectiveInputs(content.entries);
  const { until = Number.POSITIVE_INFINITY } = options;
  const inputs = effective.inputs.filter((input) => input.t < until);
  const stage = new Stage({
    source: options.source,
    world: lesson.world,
    seed: header.seed,
    lesson,
    language: header.language,
    columns: 80,
    rows: 24,
  });
  const { run } = stage;
  if (effective.until - stage.now > MAX_SPAN)
    throw tooMuch('it spans more than 60 days', '60일이 넘는 시간에 걸쳐 있습니다');
  const judge = judgeBy && new Judge(judgeBy, stage.built);
  if (run) run.observer = judge;
  if (options.onOutput) {
    const { onOutput } = options;
    onOutput(stage.output, stage.now);
    stage.onOutput = (bytes) => onOutput(bytes, stage.now);
  }
  const work = new Map<string, StepWork>();
  let last: number | undefined;
  const onInput = (input: Input) => {
    options.onInput?.(input);
    const id = run?.step?.id;
    if (id === undefined) return;
    const step = work.get(id) ?? { seconds: 0, lines: 0 };
    work.set(id, step);
    step.seconds += Math.min(LONGEST_PAUSE, Math.max(0, input.t - (last ?? input.t))) / 1000;
    if (endsLine(input)) step.lines++;
    last = input.t;
  };
  const mayGoOn = bound(stage, options);
  const replay = new Replay(stage, inputs, Math.min(effective.until, until), onInput);
  replay.advance(mayGoOn);
  return { stage, judge, work, inputs, takenBack: (step) => shownBefore(content.entries, step) };
}

/** What was under way when the work was handed in may come to its end, ms of virtual time. */
const LAST_PATIENCE = 60_000;

/** Lets the current step be judged as if the learner had asked, and with what only the instructor has. */
export function judgeEnd({ stage, judge }: Replayed, options: ReplayOptions, patience = LAST_PATIENCE): void {
  const { run } = stage;
  if (!run || run.at < 0) return;
  const mayGoOn = bound(stage, options);
  stage.finishActions(mayGoOn);
  if (judge) judge.counting = false;
  stage.work('grade', function* (process) {
    yield* waitForStep(process, run, patience);
    yield* run.judge(process);
    if (judge) yield* judge.judgeFully(process, run);
  });
  stage.finishActions(mayGoOn);
}

/** Says no, by raising, once a replay takes more than anybody's work does. */
function bound(stage: Stage, { clock, limit, memory, deadline = clock() + limit }: ReplayOptions): () => boolean {
  const { loop } = stage.built.world;
  let count = 0;
  return () => {
    if ((++count & 255) !== 0) return true;
    if (loop.count > MAX_EVENTS)
      throw tooMuch('more happens in it than in days of work', '며칠 치 작업보다 많은 일이 일어납니다');
    if (clock() > deadline)
      throw tooSlow(`replaying it takes more than ${limit / 1000} s`, `재생하는 데 ${limit / 1000}초가 넘습니다`);
    if ((count & 0xffff) === 0 && memory && memory() > MAX_MEMORY)
      throw tooMuch('it fills more than 1.5 GB of memory', '메모리를 1.5 GB 넘게 채웁니다');
    return true;
  };
}

/** It took too long here: on another day, or a machine with less to do, it may not. */
export class TooSlow extends RefusalError {}

function tooSlow(en: string, ko: string): TooSlow {
  return new TooSlow(
    'bomb',
    `It is not graded, for it would take too much: ${en}. Give it more with --limit.`,
    `너무 큰 부담이 되어 채점하지 않습니다: ${ko}. --limit으로 더 줄 수 있습니다.`,
  );
}

export function tooMuch(en: string, ko: string): RefusalError {
  return new RefusalError(
    'bomb',
    `It is not graded, for it would take too much: ${en}.`,
    `너무 큰 부담이 되어 채점하지 않습니다: ${ko}.`,
  );
}

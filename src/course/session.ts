import { type Action, type Change, endsLine, type Input, recordChange } from './input.ts';
import { effectiveInputs, type JournalContent, type JournalHeader } from './journal.ts';
import type { JournalFile } from './journal-file.ts';
import type { Lesson } from './lesson/lesson.ts';
import type { StepReport } from './lesson/report.ts';
import type { LessonRun } from './lesson/run.ts';
import type { ScreenPiece } from './output-buffer.ts';
import { Replay } from './replay.ts';
import { type Request, Stage } from './stage.ts';
import { Standby } from './standby.ts';
import type { Language, Text } from './text.ts';
import type { WorldSource } from './world-source.ts';

/** Real time that may be caught up after a slow moment, ms: after a longer one the world's clock has stood still. */
const MAX_LAG = 1000;

export interface SessionOptions {
  readonly source: WorldSource;
  readonly header: JournalHeader;
  readonly lesson: Lesson | undefined;
  /** Where inputs are written; undefined: nowhere. */
  readonly journal: JournalFile | undefined;
  /** Inputs to start from. */
  readonly content?: JournalContent;
  /** Going back (undo, reset) is done by `pump` in slices; otherwise at once. */
  readonly sliced?: boolean;
  /** A monotonic clock of the host, ms: only for the bounds of work done at once. */
  readonly clock: () => number;
  readonly columns?: number;
  readonly rows?: number;
}

/** What a session tells those who watch it. */
export interface SessionListener {
  /** The terminal wrote something. */
  output?(bytes: Uint8Array): void;
  /** The world was rebuilt (undo, reset): take `session.screen` in the place of all output so far. */
  rebuilt?(): void;
}

/**
 * A learner in a world: a deterministic function of its journal. Every change is journalled before it is applied.
 * `pump` lets virtual time follow real time; nothing else makes time pass.
 */
export class Session {
  readonly header: JournalHeader;
  readonly lesson: Lesson | undefined;
  private stage: Stage;
  private inputs: Input[] = [];
  /** The clock of the world should be here, ms of virtual time. */
  private target: number;
  private readonly listeners = new Set<SessionListener>();
  private noted = '';
  private replaying: { readonly replay: Replay; readonly then: () => void } | undefined;
  private readonly standby = new Standby(() => this.newStage());

  constructor(private readonly options: SessionOptions) {
    this.header = options.header;
    this.lesson = options.lesson;
    this.stage = this.newStage();
    this.target = this.stage.now;
    this.stage.onOutput = (bytes) => this.tell(bytes);
    const { content } = options;
    if (content) {
      const { inputs, until } = effectiveInputs(content.entries);
      this.replay(inputs, until, () => {});
      this.finishReplay();
      const last = content.entries.findLast((entry) => entry.kind === 'note');
      if (last?.kind === 'note') this.noted = noteText(last.step, last.finished);
    }
  }

  // ---- looking ----

  /** The world as it is; to be read only. */
  get world() {
    return this.stage.built.world;
  }

  get built() {
    return this.stage.built;
  }

  get run(): LessonRun | undefined {
    return this.stage.run;
  }

  get tty() {
    return this.stage.tty;
  }

  get now(): number {
    return this.stage.now;
  }

  get language(): Language {
    return this.stage.language;
  }

  /** The terminal's output so far (its last 256 kB): to show it in a new terminal. */
  get screen(): Uint8Array {
    return this.stage.output;
  }

  /** The same for an emulator, which can take the size that the terminal had at each moment. */
  get screenPieces(): readonly ScreenPiece[] {
    return this.stage.outputPieces;
  }

  /** How far a jump of time has to go still, ms; 0 when time runs normally. */
  get jumping(): number {
    return Math.max(0, this.stage.jumpTo - this.stage.now);
  }

  /** Whether setup or checks run, which the clock hurries for. */
  get busy(): boolean {
    return this.stage.busy || this.replaying !== undefined;
  }

  /** How far going back is, 0 to 1; undefined when nothing is replayed. */
  get replayed(): number | undefined {
    return this.replaying?.replay.fraction;
  }

  /** Whether the learner's shell waits for a command: nothing runs in front of it. */
  get atPrompt(): boolean {
    const shell = this.stage.loginShell;
    return !this.busy && shell !== undefined && !shell.ended && this.tty.foreground === shell.group;
  }

  get journalled(): readonly Input[] {
    return this.inputs;
  }

  /** Why nothing is saved any more. */
  get warning(): Text | undefined {
    return this.options.journal?.warning;
  }

  /** Whether every input is on the disk. */
  get saved(): boolean {
    return this.options.journal !== undefined && this.warning === undefined;
  }

  /** The current step's checks as they stand, without changing anything. */
  look(): StepReport | undefined {
    return this.stage.run?.look();
  }

  /** Why the last file could not be saved into the world. */
  get refusal(): string | undefined {
    return this.stage.refusal;
  }

  listen(listener: SessionListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  // ---- changing ----

  /** Bytes from the keyboard. */
  input(bytes: Uint8Array): void {
    this.change({ kind: 'type', bytes });
  }

  resize(columns: number, rows: number): void {
    if (columns === this.tty.columns && rows === this.tty.rows) return;
    this.change({ kind: 'resize', columns, rows });
  }

  /** A file of the workstation as an editor of the host saved it. */
  saveFile(path: string, bytes: Uint8Array): void {
    this.change({ kind: 'file', path, bytes });
  }

  /** The same as the `tutor` program, without words. It is done when `busy` is false again. */
  action(action: Action): void {
    this.change({ kind: 'action', ...action });
  }

  /** Takes back the last line entered. False when there is none. */
  undo(): boolean {
    this.finishReplay();
    return this.undoLines(1);
  }

  /** Back to the start of the current step. */
  resetStep(): void {
    this.finishReplay();
    const run = this.stage.run;
    if (run?.step) this.rewind(this.inputOfStepStart());
  }

  /**
   * Goes on without having finished the step: it is set back to its start and its solution is played, so that whatever
   * was tried in it can't stand in the way. A finished one is only left. Done when `busy` is false again.
   */
  skip(): void {
    this.finishReplay();
    const { run } = this;
    if (!run?.step || run.at + 1 >= run.lesson.steps.length) return;
    const begin = this.inputOfStepStart();
    const untouched = begin >= this.inputs.length || run.state?.finished || run.step.solutions.length === 0;
    if (untouched) this.action({ action: 'skip' });
    else this.rewind(begin, () => this.action({ action: 'skip' }));
  }

  /** Back to the start of the lesson. */
  resetLesson(): void {
    this.finishReplay();
    const begin = this.lesson?.steps[0];
    this.rewind(0);
    // Nothing is left to replay: this does not wait.
    if (begin) this.action({ action: 'begin', step: begin.id, finished: [] });
  }

  private change(change: Change): void {
    this.finishReplay();
    this.apply(recordChange(this.stage.now, change));
    this.serveRequest();
    this.note();
  }

  private apply(input: Input): void {
    this.options.journal?.append({ kind: 'input', input });
    this.standby.disturb();
    this.remember(input);
    this.stage.apply(input);
  }

  // ---- time ----

  /**
   * Lets `elapsed` ms of real time pass, working at most `budget` ms of the host's time. True when the world has
   * caught up; false when it needs to be called again soon.
   */
  pump(elapsed: number, budget: number): boolean {
    const end = this.options.clock() + budget;
    let count = 0;
    // The host's clock costs more than an event: it is asked now and then.
    const mayGoOn = () => (++count & 15) !== 0 || this.options.clock() < end;
    // Real time stands still while the past is played again.
    if (this.replaying) return this.advance(mayGoOn);
    this.target = Math.max(this.target, this.stage.now) + elapsed;
    const caughtUp = this.advance(mayGoOn);
    this.target = Math.min(this.target, this.stage.now + MAX_LAG);
    this.note();
    return caughtUp;
  }

  /**
   * Prepares for going back, when nothing else is to be done: `elapsed` ms of real time after the last call, for at most
   * `budget` ms. True when there is more to do.
   */
  prepare(elapsed: number, budget: number): boolean {
    if (!this.options.sliced || this.busy || this.jumping > 0) return false;
    const { inputs, counts } = this;
    const past = { inputs, counts, count: this.world.loop.count, stepStart: this.inputOfStepStart() };
    const end = this.options.clock() + budget;
    let count = 0;
    return this.standby.work(past, elapsed, () => (++count & 15) !== 0 || this.options.clock() < end);
  }

  private advance(mayGoOn: () => boolean): boolean {
    for (;;) {
      if (!this.advanceReplay(mayGoOn)) return false;
      const { stage } = this;
      if (stage.busy && !stage.finishActions(mayGoOn)) return false;
      this.target = Math.max(this.target, stage.now, stage.jumpTo);
      const until = stage.jumpTo > stage.now ? stage.jumpTo : this.target;
      const done = stage.runUntil(until, () => mayGoOn() && !stage.busy);
      if (this.serveRequest()) continue;
      if (stage.busy) continue;
      return done;
    }
  }

  /** Runs until no action is under way. For tests and grading; raises nothing, gives false after `limit` ms of host time. */
  finish(limit = 60_000): boolean {
    const end = this.options.clock() + limit;
    while (this.busy) {
      if (!this.pump(0, 1000) && this.options.clock() > end) return false;
    }
    return true;
  }

  // ---- going back ----

  /** What `tutor undo` and `tutor reset` asked for. True when something was done. */
  private serveRequest(): boolean {
    const request: Request | undefined = this.stage.request;
    if (!request) return false;
    this.stage.request = undefined;
    // The line that asked is taken back as well.
    if (request === 'undo') {
      if (!this.undoLines(2)) this.undoLines(1);
    } else if (request === 'reset') this.resetStep();
    else if (request === 'skip') this.skip();
    else this.resetLesson();
    return true;
  }

  private undoLines(count: number): boolean {
    const first = this.firstUndoable;
    const ends = this.inputs.flatMap((input, index) => (index >= first && endsLine(input) ? [index] : []));
    if (ends.length < count) return false;
    const before = ends[ends.length - count - 1];
    this.rewind(before === undefined ? first : before + 1);
    return true;
  }

  /** The lesson's beginning cannot be undone. */
  private get firstUndoable(): number {
    const first = this.inputs[0];
    return first?.kind === 'action' && first.action === 'begin' ? 1 : 0;
  }

  /** For each input: which step it met, and since when. */
  private steps: string[] = [];
  /** For each input: how many events had run when it came. */
  private counts: number[] = [];

  private remember(input: Input): void {
    this.inputs.push(input);
    this.steps.push(this.placeNow());
    this.counts.push(this.world.loop.count);
  }

  private placeNow(): string {
    const run = this.stage.run;
    return `${run?.at ?? 0} ${run?.state?.entered ?? 0}`;
  }

  /** The number of inputs that led to the start of the current step. */
  private inputOfStepStart(): number {
    const now = this.placeNow();
    let keep = this.inputs.length;
    while (keep > this.firstUndoable && this.steps[keep - 1] === now) keep--;
    return keep;
  }

  /** Only the first `keep` inputs count from now on; `then` follows. The clock goes back to when the next one came. */
  private rewind(keep: number, then?: () => void): void {
    const next = this.inputs[keep];
    const t = next?.t ?? this.stage.now;
    const { columns, rows } = this.tty;
    const { language } = this;
    const shown = this.stage.run?.shown ?? [];
    this.options.journal?.append({ kind: 'rewind', keep, t, ...(shown.length > 0 ? { shown } : {}) });
    this.replay(this.inputs.slice(0, keep), t, () => {
      // The learner's window and language are not taken back.
      this.resize(columns, rows);
      if (this.language !== language) this.action({ action: 'language', language });
      for (const listener of this.listeners) listener.rebuilt?.();
      this.note();
      then?.();
    });
    if (!this.options.sliced) this.finishReplay();
  }

  /** Builds the world anew from inputs, or from the stage that stands by, and lets it run until `until`. */
  private replay(inputs: readonly Input[], until: number, then: () => void): void {
    this.stage.close();
    const { stage, at } = this.standby.take(inputs.length) ?? { stage: this.newStage(), at: 0 };
    this.stage = stage;
    this.inputs = this.inputs.slice(0, at);
    this.steps = this.steps.slice(0, at);
    this.counts = this.counts.slice(0, at);
    const replay = new Replay(stage, inputs, until, (input) => this.remember(input), at);
    this.replaying = { replay, then };
  }

  private advanceReplay(mayGoOn: () => boolean): boolean {
    const { replaying } = this;
    if (!replaying) return true;
    if (!replaying.replay.advance(mayGoOn)) return false;
    this.replaying = undefined;
    this.target = this.stage.now;
    this.stage.onOutput = (bytes) => this.tell(bytes);
    replaying.then();
    return true;
  }

  private finishReplay(): void {
    this.advanceReplay(() => true);
  }

  private newStage(): Stage {
    const { source, header, lesson, columns = 80, rows = 24 } = this.options;
    const stage = new Stage({
      source,
      world: header.world,
      seed: header.seed,
      lesson,
      language: header.language,
      columns,
      rows,
    });
    return stage;
  }

  private tell(bytes: Uint8Array): void {
    for (const listener of this.listeners) listener.output?.(bytes);
  }

  // ---- the journal ----

  /** Writes down where the learner is when that has changed. */
  private note(): void {
    const run = this.stage.run;
    const step = run?.step;
    if (!run || !step || this.busy) return;
    const finished = run.finishedSteps;
    const text = noteText(step.id, finished);
    if (text === this.noted) return;
    this.noted = text;
    this.options.journal?.append({ kind: 'note', step: step.id, finished });
    this.onProgress?.(step.id, finished);
  }

  /** Called when the learner has come to another step or finished one. */
  onProgress: ((step: string, finished: readonly string[]) => void) | undefined;

  /** Ends in an orderly way: the time that has passed is written down. */
  close(): void {
    if (this.inputs.length > 0) this.change({ kind: 'action', action: 'pause' });
    this.stage.close();
    this.standby.close();
    this.options.journal?.close();
  }
}

function noteText(step: string, finished: readonly string[]): string {
  return `${step} ${finished.join(' ')}`;
}

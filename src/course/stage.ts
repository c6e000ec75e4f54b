import { Errno } from '../world/errno.ts';
import { resolveExecutable } from '../world/execute.ts';
import type { Process } from '../world/process.ts';
import type { Task } from '../world/task.ts';
import { cookedTermios, type Tty } from '../world/tty.ts';
import { type Action, changeOf, type Input } from './input.ts';
import type { Lesson } from './lesson/lesson.ts';
import { LessonRun } from './lesson/run.ts';
import { OutputBuffer, type ScreenPiece } from './output-buffer.ts';
import type { Language } from './text.ts';
import { installTutor, tutorProgram } from './tutor-program.ts';
import type { BuiltWorld, WorldSource } from './world-source.ts';

/** Bytes of terminal output kept for a new terminal. */
const SCREEN_BYTES = 256 * 1024;
/** Events that may run at one moment before an input: far more than any world needs, so that a fault of ours cannot freeze it. */
const MAX_EVENTS_AT_ONCE = 1_000_000;

export interface StageOptions {
  readonly source: WorldSource;
  readonly world: string;
  readonly seed: string;
  readonly lesson: Lesson | undefined;
  readonly language: Language;
  readonly columns: number;
  readonly rows: number;
}

/** A stage that nobody watches: for scripts that are played as a learner of a lesson. */
export function unwatchedStage(source: WorldSource, lesson: Lesson): Stage {
  return new Stage({
    source,
    world: lesson.world,
    seed: lesson.seed,
    lesson,
    language: 'en',
    columns: 80,
    rows: 24,
  });
}

/** What a learner asked for from inside the world, and the session does when the event is over. */
export type Request = 'undo' | 'reset' | 'restart' | 'skip';

/**
 * One life of a world: built from scenario and seed, changed by inputs only. The same inputs give the same stage; it
 * knows neither host nor journal.
 */
export class Stage {
  readonly built: BuiltWorld;
  readonly tty: Tty;
  readonly run: LessonRun | undefined;
  language: Language;
  request: Request | undefined;
  /** Why the last file could not be saved. */
  refusal: string | undefined;
  /** The clock is to jump to here, ms of virtual time. */
  jumpTo = 0;
  onOutput: ((bytes: Uint8Array) => void) | undefined;
  private shell: Process | undefined;
  private readonly screen: OutputBuffer;
  private working = 0;

  constructor(options: StageOptions) {
    this.built = options.source.build(options.world, options.seed);
    this.language = options.language;
    this.run = options.lesson && new LessonRun(options.lesson, this.built);
    const { world, workstation } = this.built;
    world.programs.add(tutorProgram(this));
    workstation.files.makeDirectories('/usr/local/bin');
    installTutor(workstation);
    this.tty = workstation.openTty(options.columns, options.rows);
    this.screen = new OutputBuffer(SCREEN_BYTES, options.columns, options.rows);
    this.tty.onOutput((bytes) => {
      this.screen.push(bytes);
      this.onOutput?.(bytes);
    });
    this.logIn();
  }

  get now(): number {
    return this.built.world.now;
  }

  /** The terminal's output so far, bounded. */
  get output(): Uint8Array {
    return this.screen.bytes;
  }

  /** The same with the terminal's size at each moment. */
  get outputPieces(): readonly ScreenPiece[] {
    return this.screen.pieces;
  }

  /** Whether an action is under way for which nobody should have to wait in real time. */
  get busy(): boolean {
    return this.working > 0;
  }

  /** Whether the clock should go faster than real time. */
  get hurried(): boolean {
    return this.busy || this.jumpTo > this.now;
  }

  /** Applies an input at the current time: everything due has run before it, and what it causes at once runs after it. */
  apply(input: Input): void {
    this.settle();
    const change = changeOf(input);
    if (change.kind === 'type') this.tty.type(change.bytes);
    else if (change.kind === 'resize') this.resize(change.columns, change.rows);
    else if (change.kind === 'file') this.saveFile(change.path, change.bytes);
    else this.act(change);
    this.settle();
  }

  /** Runs what is due until `time`. False when `mayGoOn` stopped it or a request came up; call again to go on. */
  runUntil(time: number, mayGoOn: () => boolean = () => true): boolean {
    return this.built.world.loop.runUntil(time, () => this.request === undefined && mayGoOn());
  }

  /** Runs until no action is under way, jumping over waiting time. False when stopped. */
  finishActions(mayGoOn: () => boolean = () => true): boolean {
    const { loop } = this.built.world;
    while (this.busy && this.request === undefined) {
      if (!mayGoOn()) return false;
      if (!loop.step()) return true;
    }
    return true;
  }

  /** Runs `main` in a process of its own that the clock hurries for. */
  work(name: string, main: (process: Process) => Task): void {
    const { workstation, learner } = this.built;
    this.working++;
    const stage = this;
    workstation.spawn({
      argv: ['tutor', name],
      credentials: learner.credentials,
      env: learner.env,
      cwd: learner.home,
      main: function* (process) {
        yield* stage.hurry(() => main(process), true);
        return 0;
      },
    });
  }

  /** The clock hurries while a task runs: nobody waits for setup or checks. */
  *hurry(task: () => Task, counted = false): Task {
    if (!counted) this.working++;
    try {
      yield* task();
    } finally {
      this.working--;
    }
  }

  private settle(): void {
    let left = MAX_EVENTS_AT_ONCE;
    this.built.world.loop.runUntil(this.now, () => left-- > 0);
  }

  private resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.tty.resize(columns, rows);
  }

  private act(action: Action): void {
    const { run } = this;
    if (action.action === 'language') this.language = action.language;
    else if (action.action === 'forward')
      this.jumpTo = action.ms > 0 ? Math.max(this.jumpTo, this.now + action.ms) : this.now;
    if (!run) return;
    const { state } = run;
    if (action.action === 'begin') this.work('begin', (process) => run.begin(process, action.step, action.finished));
    else if (action.action === 'check') {
      this.work('check', function* (process) {
        yield* run.judge(process);
      });
    } else if (action.action === 'next') {
      this.work('next', function* (process) {
        yield* run.next(process, action.force);
      });
    } else if (action.action === 'skip') this.work('skip', (process) => run.skip(process));
    else if (action.action === 'previous')
      this.work('previous', (process) => run.enter(process, Math.max(0, run.at - 1)));
    else if (action.action === 'hint' && state) state.hints = Math.min(state.hints + 1, run.step?.hints.length ?? 0);
    else if (action.action === 'solution' && state) state.solutionShown = true;
  }

  private saveFile(path: string, bytes: Uint8Array): void {
    const { workstation, learner } = this.built;
    this.refusal = undefined;
    try {
      workstation.files.writeFile(path, bytes, learner.credentials);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      this.refusal = error.message;
    }
  }

  /** A login shell on the terminal; a new one when it ends. */
  private logIn(): void {
    const { workstation, learner } = this.built;
    const { tty } = this;
    const shell = resolveExecutable(workstation, learner.shell, ['-bash'], learner.credentials);
    const file = workstation.ttyFile(tty);
    tty.termios = cookedTermios();
    const process = workstation.spawn({
      argv: shell.argv,
      main: shell.main,
      credentials: learner.credentials,
      env: new Map([...learner.env, ['TERM', 'xterm-256color']]),
      cwd: learner.home,
      files: new Map([
        [0, file],
        [1, file],
        [2, file],
      ]),
      session: { tty },
    });
    tty.foreground = process.group;
    this.shell = process;
    this.run?.commands.addSession(process);
    const onEnd = (ended: Process) => {
      if (ended !== process) return;
      workstation.endListeners.delete(onEnd);
      // A shell that ends at once must not make a loop without time.
      this.built.world.loop.after(this.now - process.startTime < 1000 ? 1000 : 0, () => this.logIn());
    };
    workstation.endListeners.add(onEnd);
  }

  /** The learner's shell of now. */
  get loginShell(): Process | undefined {
    return this.shell;
  }

  close(): void {
    this.run?.close();
    this.onOutput = undefined;
  }
}

/** What the TUI needs of lessons and their worlds. The course implements it; tests use test/tui/fake-port.ts. */
import type { ClusterMap } from '../course/cluster-map.ts';
import type { TraceView } from '../course/trace-view.ts';

export type Language = 'en' | 'ko';
export const LANGUAGES: readonly Language[] = ['en', 'ko'];

export interface ObjectiveView {
  readonly id: string;
  readonly title: string;
  readonly state: 'open' | 'met' | 'failed' | 'undecided';
}

export interface StepView {
  readonly id: string;
  readonly title: string;
  readonly done: boolean;
}

/** One lesson at its current step, in the chosen language. */
export interface LessonView {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly StepView[];
  /** Index of the current step. */
  readonly current: number;
  /** Markdown of the current step. */
  readonly text: string;
  readonly objectives: readonly ObjectiveView[];
  /** Whether the current step has a solution to show, or to play when it is skipped. */
  readonly hasSolution: boolean;
  /** Hints of the current step: those already asked for, and how many there are. */
  readonly hints: { readonly shown: readonly string[]; readonly total: number };
}

export interface CheckView {
  readonly id: string;
  readonly title: string;
  readonly result: 'passed' | 'failed' | 'undecided';
  readonly points?: number;
  readonly max?: number;
  readonly expected?: string;
  readonly actual?: string;
  readonly why?: string;
}

/** Something that takes longer than a slice, and keys wait for: fast-forward, replay of a journal, the setup of a step. */
export type BusyView =
  /** `fraction`: 0 to 1. */
  { readonly kind: 'fast-forward' | 'replay'; readonly fraction: number } | { readonly kind: 'setup' };

export type SessionAction =
  | { readonly name: 'check' | 'hint' | 'previous' | 'undo' | 'solution' }
  /** Only when the step is done. */
  | { readonly name: 'next' }
  /** Although it is not: what was done in it is taken back, and its solution played where there is one. */
  | { readonly name: 'skip' }
  | { readonly name: 'reset-step' | 'reset-lesson' | 'restart-terminal' }
  /** `ms` of virtual time. */
  | { readonly name: 'fast-forward'; readonly ms: number };

export type ActionName = SessionAction['name'];

export interface ActionResult {
  readonly ok: boolean;
  /** One line for the learner, in their language. */
  readonly message?: string;
  /** Of `check`. */
  readonly checks?: readonly CheckView[];
  /** Of `solution`: Markdown. */
  readonly solution?: string;
}

/** A file of the world opened in the host's editor. */
export interface FileEdit {
  readonly path: string;
  readonly text: string;
  /** Journalled; the answer says why a save was refused. */
  save(text: string): ActionResult;
}

export type SessionEvent =
  /** Something of the views below changed. */
  | { readonly type: 'changed' }
  /** A line to show for a while. */
  | { readonly type: 'message'; readonly level: 'info' | 'success' | 'warning' | 'error'; readonly text: string }
  /** A program of the world asks for the host's editor. */
  | { readonly type: 'edit'; readonly path: string }
  /** The terminal begins anew (reset, undo): clear the emulator and take `replay()`. */
  | { readonly type: 'terminal-reset' }
  | { readonly type: 'quit' };

/** What a terminal of one size was sent. */
export interface ScreenPiece {
  readonly columns: number;
  readonly rows: number;
  readonly bytes: Uint8Array;
}

export interface SessionPort {
  /** The clusters as they are now; none when there is none (yet). */
  maps(): readonly ClusterMap[];
  /** The way that a request would take now; nothing is sent. `luck`: equal ones meet the same of several endpoints. */
  trace(words: string, luck: string): TraceView;
  readonly lesson: LessonView;
  /** What the learner should know from the beginning: a journal that was damaged, a lesson that has changed. */
  readonly notice?: string | undefined;
  readonly terminal: {
    /** Bytes of the world's tty. Returns how to stop listening. */
    onOutput(listener: (bytes: Uint8Array) => void): () => void;
    write(bytes: Uint8Array): void;
    resize(columns: number, rows: number): void;
    /** Bytes that draw what a new emulator should show, and how large the terminal was that they were written for. */
    replayScreen(): readonly ScreenPiece[];
    /** The learner's shell has ended; `restart-terminal` begins a new one. */
    readonly ended: boolean;
  };
  /** Virtual time in ms since 1970, and its speed against real time. */
  readonly clock: { readonly now: number; readonly speed: number };
  readonly health: { readonly text: string; readonly ok: boolean };
  readonly journal: { readonly saved: boolean; readonly problem?: string };
  readonly busy: BusyView | undefined;
  /** Long ones resolve when they are done; `pump` drives them. */
  perform(action: SessionAction): Promise<ActionResult>;
  /** Ends what `busy` shows, where that is possible. */
  cancel(): void;
  /** Throws an Error with a text for the learner when the file cannot be read. */
  editFile(path: string): FileEdit;
  subscribe(listener: (event: SessionEvent) => void): () => void;
  /**
   * Lets virtual time follow real time, for at most about 20 ms of CPU.
   * Returns in how many ms of real time to call again; 0 means that work is left.
   */
  pump(): number;
  close(): void;
}

/** One line of the lesson list. */
export interface LessonSummary {
  readonly id: string;
  readonly title: string;
  /** One sentence. */
  readonly summary: string;
  /** Words the search also finds. */
  readonly searchText: string;
  readonly minutes: readonly [least: number, most: number];
  readonly steps: number;
  readonly stepsDone: number;
  readonly state: 'new' | 'started' | 'finished';
}

export interface CoursePort {
  lessons(): readonly LessonSummary[];
  open(lessonId: string): Promise<SessionPort>;
  /** The lesson to go on with, if one was begun. */
  readonly lastLesson: string | undefined;
  /** The language of lists and texts; setting it changes open sessions too and is remembered. */
  language: Language;
  /** Remembered preferences of the TUI. */
  readonly settings: { get(name: string): string | undefined; set(name: string, value: string): void };
}

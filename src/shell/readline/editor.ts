import type { Task } from '../../world/task.ts';
import type { History } from '../state/history.ts';
import type { LineBuffer } from './buffer.ts';
import type { Candidate, Completion } from './completion-list.ts';
import type { EditingMode, KeyBindings } from './key-bindings.ts';
import type { Binding } from './keymap.ts';
import type { IncrementalSearch } from './search.ts';

export type ReadResult =
  /** `edit`: the line is to be run as an editor leaves it. `next`: the entry of the history that the next line begins with. */
  | { readonly kind: 'line'; readonly text: string; readonly edit?: string; readonly next?: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'interrupt' };

/** What kind of thing a key completes; `any`: whatever belongs at the cursor. */
export type CompletionKind = 'any' | 'command' | 'filename' | 'hostname' | 'username' | 'variable';

/** What the line editor asks of its shell. */
export interface EditorHost {
  complete(line: readonly string[], cursor: number, kind: CompletionKind): Task<Completion | undefined>;
  /** The line after history expansion; undefined when there is no such event. */
  expandHistory(line: string): string | undefined;
  /** The line after all expansions. */
  expandLine(line: string): Task<string>;
  /** Files that a pattern fits. */
  glob(pattern: string): Task<readonly string[]>;
  expandTilde(word: string): string;
  /** A command bound with `bind -x`; gives the line and the cursor as it leaves them. */
  runCommand(command: string, line: string, cursor: number): Task<{ readonly line: string; readonly cursor: number }>;
  /** Reads the inputrc again; gives what is wrong with it. */
  readInitFile(): readonly string[];
  readonly versionText: string;
}

/** One candidate after the other in the place of a word. */
export interface CompletionMenu {
  readonly start: number;
  readonly word: string;
  readonly candidates: readonly Candidate[];
  /** -1: the word as it was typed. */
  readonly index: number;
}

/** Where Alt-. is: which line before, which word of it, and which way the next one goes. readline: rl_yank_last_arg */
export interface LastArgument {
  readonly skipped: number;
  readonly word: number | undefined;
  readonly direction: 1 | -1;
  /** Whether there was such a word: it is to be taken away again. */
  readonly found: boolean;
}

/** How a function was called. */
export interface Call {
  /** As typed with Alt before the key, else 1. */
  readonly count: number;
  /** Whether a number was typed. */
  readonly explicit: boolean;
  /** The keys that it is bound to. */
  readonly key: string;
  /** The function that ran before. */
  readonly before: string;
}

/** The line editor as its functions see it. */
export interface Editor {
  readonly buffer: LineBuffer;
  readonly history: History;
  readonly host: EditorHost;
  readonly bindings: KeyBindings;
  /** Where in the history one is; its length: the new line. */
  readonly position: number;
  mode: EditingMode;
  mark: number;
  overwriting: boolean;
  /** Marks of vi's `m`. */
  readonly marks: Map<string, number>;
  /** The place behind the last character counts too: a motion tells how far a command of vi reaches. */
  moving: boolean;
  /** What was looked for last. */
  lastSearch: string | undefined;
  /** The line before Alt-P found another one. */
  unsearched: string | undefined;
  /** What lines begin with that Page Up and the like find. */
  prefix: string;
  /** The entry that they found last. */
  searchedFrom: number;
  /** Alt-. again and again. */
  lastArgument: LastArgument;
  /** vi's last f, F, t or T with its character. */
  characterSearch: { readonly command: string; readonly character: string } | undefined;
  /** The key that completed nothing just now: again it lists. */
  completedBy: string;
  /** What the menu of completions offers. */
  menu: CompletionMenu | undefined;

  bell(): void;
  /** Brings the screen up to date. */
  refresh(): void;
  /** The same with another line than the one that is edited, unless more keys are there already. */
  refreshWith(prompt: string, chars: readonly string[], cursor: number): void;
  /** Shows lines below what is typed, then the prompt again. */
  tell(lines: readonly string[]): void;
  /** A screen of names; asks when they are many. */
  showList(candidates: readonly Candidate[]): Task;
  /** Shows the line anew on an empty screen. */
  clearScreen(): void;
  redrawLine(): void;
  /** The next key as it comes, without looking at what it is bound to; undefined at the end of the input. */
  readKey(): Task<string | undefined>;
  /** The next keys that are bound to something, or a single one that is not. */
  readBound(): Task<Pressed | undefined>;
  /** Everything up to the end of a bracketed paste. */
  readPaste(): Task<string>;
  /** Keys as if they were typed next. */
  typeAhead(keys: string): void;
  /** Another entry of the history. */
  moveHistory(position: number): void;
  /** Shows the text of an entry without going there. */
  showEntry(text: string): void;
  /** The entry that a search has found. */
  goTo(match: NonNullable<IncrementalSearch['match']>): void;
  /** The line as the history has it. */
  revert(): void;
  /** The line is complete. */
  accept(): ReadResult & { readonly kind: 'line' };
  /** Does what keys are bound to. */
  press(pressed: Pressed, count?: number): Task<ReadResult | undefined>;
  /** Begins or ends what `u` takes back at once. */
  startInsertion(): void;
  endInsertion(): void;
  /** Keyboard macros. */
  readonly macro: { recording: boolean; keys: string };
  /** The keys of vi's last change, for `.`. */
  readonly lastChange: string;
  /** The change that `.` is doing again. */
  redone: string | undefined;
}

/** Keys with what they do. */
export interface Pressed {
  readonly keys: string;
  /** The function's name; a macro's or a command's text is with the binding. */
  readonly binding: Binding | undefined;
}

/** Changes the line or moves; called as often as the number says. */
export type EditFunction = (editor: Editor, call: Call) => void;
/** Reads more keys, or ends the line. */
export type TaskFunction = (editor: Editor, call: Call) => Task<ReadResult | undefined>;

/** Functions by their names. */
export interface FunctionTable {
  /** Called once for each of the number. */
  readonly each?: Readonly<Record<string, EditFunction>>;
  /** They know themselves what a number means. */
  readonly counted?: Readonly<Record<string, EditFunction>>;
  readonly tasks?: Readonly<Record<string, TaskFunction>>;
}

import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { rawTermios, type Tty } from '../../world/tty.ts';
import type { History } from '../state/history.ts';
import { LineBuffer } from './buffer.ts';
import { type Candidate, listLines } from './completion-list.ts';
import { Display } from './display.ts';
import type { Call, CompletionMenu, Editor, EditorHost, LastArgument, Pressed, ReadResult } from './editor.ts';
import { MOST_TIMES } from './functions/change.ts';
import { COUNTED, EACH, OPPOSITES, TASKS } from './functions/index.ts';
import type { EditingMode, KeyBindings } from './key-bindings.ts';
import { KeyInput } from './key-input.ts';
import { NumericArgument } from './numeric-argument.ts';
import type { IncrementalSearch } from './search.ts';

const BELL = '\x07';
const EMPTY = new Uint8Array(0);
const READ_AT_ONCE = 512;
/** Ctrl-C, Ctrl-D, LF and CR: what follows may be for a program that the line starts, or for whoever comes after. */
const ENDS_A_LINE: ReadonlySet<number> = new Set([3, 4, 10, 13]);
/** The terminal sends signals for these, which a shell at its prompt does not mind: Ctrl-Z and Ctrl-\. */
const SIGNALS: ReadonlySet<string> = new Set(['\x1a', '\x1c']);
/** What `.` does again. readline: vi_mode.c, vi_textmod */
const CHANGES_TEXT: ReadonlySet<string> = new Set(
  `vi-put vi-delete vi-rubout vi-delete-to vi-change-to vi-change-case vi-change-char vi-subst vi-insertion-mode
   vi-insert-beg vi-append-mode vi-append-eol vi-replace vi-yank-arg vi-unix-word-rubout kill-line unix-line-discard
   transpose-chars delete-char`.split(/\s+/),
);

/** Where a line begins. */
export interface ReadOptions {
  readonly text?: string;
  /** The entry of the history that one is in. */
  readonly position?: number;
}

/** A line editor on a terminal, one for the life of a shell. What is typed ahead of a line is left to who reads next. */
export class Readline implements Editor {
  readonly buffer = new LineBuffer();
  private readonly display = new Display();
  private readonly input = new KeyInput();
  /** Bytes behind the end of a line that are not decoded yet. */
  private ahead: Uint8Array = EMPTY;
  private pasting = false;
  private prompt = '';
  private edited = new Map<number, string>();
  private argument: NumericArgument | undefined;
  private lastFunction = '';
  private resized = false;
  private columns = 80;
  /** What vi types before the first Escape cannot be taken back. */
  private first = false;
  /** Keys of the change that vi is in. */
  private change: string | undefined;
  lastChange = '';
  redone: string | undefined;
  unsearched: string | undefined;
  position = 0;
  mode: EditingMode = 'emacs';
  mark = 0;
  overwriting = false;
  moving = false;
  prefix = '';
  searchedFrom = 0;
  lastArgument: LastArgument = { skipped: 0, word: undefined, direction: 1, found: false };
  completedBy = '';
  lastSearch: Editor['lastSearch'];
  characterSearch: Editor['characterSearch'];
  menu: CompletionMenu | undefined;
  readonly marks = new Map<string, number>();
  readonly macro = { recording: false, keys: '' };
  /** Whether it waits for a key. */
  reading = false;
  /** A dialect's own wish; the variable enable-bracketed-paste has to agree. */
  bracketedPaste = true;

  constructor(
    private readonly process: Process,
    private readonly tty: Tty,
    readonly history: History,
    readonly bindings: KeyBindings,
    readonly host: EditorHost,
  ) {}

  /** Says that the window has another size; the next wake-up redraws. */
  noteResize(): void {
    this.resized = true;
  }

  /** Reads one line. The terminal is raw meanwhile. */
  *read(prompt: string, options: ReadOptions = {}): Task<ReadResult> {
    const { tty } = this;
    const saved = tty.termios;
    const pastes = this.bracketedPaste && this.bindings.settings.isOn('enable-bracketed-paste');
    tty.termios = { ...rawTermios(), lfToCrLf: true };
    this.begin(prompt, options);
    let result: ReadResult | undefined;
    try {
      this.put((pastes ? '\x1b[?2004h' : '') + this.display.start(prompt, tty.columns));
      if (!this.buffer.empty || this.modeText !== '') this.refresh();
      while (!result) {
        const pressed = yield* this.readBound();
        result = pressed ? yield* this.step(pressed) : { kind: 'end' };
        if (!result && this.input.empty) this.refresh();
      }
      this.leave(result, pastes ? '\x1b[?2004l' : '');
      return result;
    } finally {
      tty.termios = saved;
      tty.unread(this.ahead);
      this.ahead = EMPTY;
    }
  }

  private begin(prompt: string, { text = '', position = this.history.length }: ReadOptions): void {
    this.mode = this.bindings.settings.text('editing-mode') === 'vi' ? 'vi-insert' : 'emacs';
    this.edited = new Map();
    this.position = position;
    this.buffer.clear();
    // With emacs' keys a given text can be taken back.
    if (this.mode !== 'emacs' || position < this.history.length) this.buffer.set(text);
    else if (text !== '') this.buffer.insert(text);
    this.argument = undefined;
    this.change = undefined;
    this.redone = undefined;
    this.unsearched = undefined;
    this.overwriting = false;
    this.lastFunction = '';
    this.completedBy = '';
    this.mark = 0;
    this.buffer.joinsKills = this.mode === 'emacs';
    this.prompt = prompt;
    this.columns = this.tty.columns;
    this.resized = false;
    if (this.mode === 'emacs') return;
    this.first = true;
    // What is typed first is a change that `.` can repeat.
    this.change = `i${text}`;
  }

  private leave(result: ReadResult, off: string): void {
    if (result.kind === 'end') this.put(`${off}\r\n`);
    else this.put(`${this.display.finish()}${result.kind === 'interrupt' ? '^C' : ''}\r\n${off}\r`);
  }

  private put(text: string): void {
    if (text !== '') this.tty.put(encode(text));
  }

  // ---- keys ----

  /** More bytes; false at the end of the input. Raises nothing: Ctrl-C comes as a key. */
  private *fill(): Task<boolean> {
    for (;;) {
      if (this.resized) this.redrawForSize();
      let bytes: Uint8Array;
      this.reading = true;
      try {
        bytes = this.ahead.length > 0 ? this.ahead : yield* this.process.read(0, READ_AT_ONCE);
      } catch (error) {
        if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
        if (this.resized) continue;
        this.input.typeAhead('\x03');
        return true;
      } finally {
        this.reading = false;
      }
      if (bytes.length === 0) return false;
      const whole = this.pasting || KeyInput.pastes(bytes);
      const end = whole ? -1 : bytes.findIndex((byte) => ENDS_A_LINE.has(byte));
      this.ahead = end < 0 ? EMPTY : bytes.subarray(end + 1);
      this.input.push(end < 0 ? bytes : bytes.subarray(0, end + 1));
      return true;
    }
  }

  *readKey(): Task<string | undefined> {
    for (;;) {
      const key = this.input.takeCharacter();
      if (key !== undefined) return this.note(key);
      if (!(yield* this.fill())) return undefined;
    }
  }

  *readBound(): Task<Pressed | undefined> {
    for (;;) {
      const pressed = this.input.empty ? undefined : this.input.takeBound(this.bindings.keymaps[this.mode]);
      if (pressed) {
        this.note(pressed.keys);
        return pressed;
      }
      if (!(yield* this.fill())) return undefined;
    }
  }

  *readPaste(): Task<string> {
    this.pasting = true;
    try {
      for (;;) {
        const text = this.input.takePaste();
        if (text !== undefined) return text;
        if (!(yield* this.fill())) return '';
      }
    } finally {
      this.pasting = false;
    }
  }

  typeAhead(keys: string): void {
    this.input.typeAhead(keys);
  }

  /** Keys that are used belong to the macro and the change that are being made. */
  private note(keys: string): string {
    if (this.macro.recording) this.macro.keys += keys;
    if (this.change !== undefined) this.change += keys;
    return keys;
  }

  // ---- functions ----

  /** What is pressed at the prompt. */
  private *step(pressed: Pressed): Task<ReadResult | undefined> {
    const { keys } = pressed;
    if (keys === '\x04' && this.buffer.empty && this.lastFunction !== 'delete-char') return { kind: 'end' };
    if (this.argument?.take(keys)) return undefined;
    const name = pressed.binding?.kind === 'function' ? pressed.binding.name : '';
    if (name === 'digit-argument' || name === 'vi-arg-digit' || name === 'universal-argument') {
      this.argument = NumericArgument.begun(name, keys, this.argument);
      return undefined;
    }
    const count = this.argument?.value;
    this.argument = undefined;
    const changes = this.mode === 'vi-command' && CHANGES_TEXT.has(name);
    if (changes) this.change = (count ?? '') + keys;
    const result = yield* this.press(pressed, count);
    if (this.mode === 'vi-command') this.settleCommand();
    this.lastFunction = name;
    return result;
  }

  /** Behind a command of vi: the change is whole, and the cursor on a character. */
  private settleCommand(): void {
    const { buffer } = this;
    if (this.change !== undefined) this.lastChange = this.redone ?? this.change;
    if (this.change !== undefined) this.redone = undefined;
    this.change = undefined;
    if (buffer.cursor > 0 && buffer.cursor >= buffer.chars.length) buffer.cursor = buffer.chars.length - 1;
  }

  *press({ keys, binding }: Pressed, count?: number): Task<ReadResult | undefined> {
    if (keys === '\x03') {
      this.refresh();
      return { kind: 'interrupt' };
    }
    if (SIGNALS.has(keys)) return undefined;
    if (!binding) {
      if (keys.length === 1 && keys !== '\x1b') this.bell();
      return undefined;
    }
    switch (binding.kind) {
      case 'macro':
        this.typeAhead(binding.keys);
        return undefined;
      case 'command':
        return yield* this.runCommand(binding.command);
      case 'function':
        return yield* this.call(binding.name, keys, count);
    }
  }

  private *call(named: string, key: string, given: number | undefined): Task<ReadResult | undefined> {
    const count = given ?? 1;
    const name = count < 0 ? (OPPOSITES[named] ?? named) : named;
    const call: Call = { count, explicit: given !== undefined, key, before: this.lastFunction };
    const each = EACH.get(name);
    if (each) {
      for (let left = Math.min(Math.abs(count), MOST_TIMES); left > 0; left--) {
        this.buffer.begin();
        each(this, call);
      }
      return undefined;
    }
    this.buffer.begin();
    const counted = COUNTED.get(name);
    if (counted) counted(this, call);
    const task = TASKS.get(name);
    if (task) return yield* task(this, call);
    if (!counted) this.tell([`kubetutor does not model ${name}`]);
    return undefined;
  }

  private *runCommand(command: string): Task<undefined> {
    const { buffer, tty } = this;
    const raw = tty.termios;
    this.put(this.display.erase());
    const { line, cursor } = yield* this.host.runCommand(command, buffer.text, buffer.cursor);
    tty.termios = raw;
    if (line !== buffer.text) buffer.replace(0, buffer.chars.length, line);
    buffer.cursor = Math.max(0, Math.min(buffer.chars.length, cursor));
    this.put(this.display.start(this.prompt, this.columns));
    return undefined;
  }

  accept(): ReadResult & { readonly kind: 'line' } {
    if (this.mode !== 'emacs') this.endInsertion();
    this.buffer.cursor = this.buffer.chars.length;
    this.refresh();
    return { kind: 'line', text: this.buffer.text };
  }

  startInsertion(): void {
    this.buffer.startGroup();
  }

  endInsertion(): void {
    if (this.first) this.buffer.forgetUndo();
    else this.buffer.endGroup();
    this.first = false;
  }

  // ---- history ----

  moveHistory(position: number): void {
    if (position < 0 || position > this.history.length || position === this.position) {
      this.bell();
      return;
    }
    this.edited.set(this.position, this.buffer.text);
    this.position = position;
    this.showEntry(this.edited.get(position) ?? this.history.at(position) ?? '');
    if (this.mode === 'vi-command') this.buffer.cursor = 0;
  }

  /** Another line: what was done to the one before cannot be taken back in it. */
  showEntry(text: string): void {
    this.buffer.set(text);
    this.buffer.forgetUndo();
  }

  goTo(match: NonNullable<IncrementalSearch['match']>): void {
    this.edited.set(this.position, this.buffer.text);
    this.position = match.index;
    this.showEntry(match.line);
    this.buffer.cursor = [...match.line.slice(0, match.at)].length;
  }

  revert(): void {
    this.buffer.undoAll();
  }

  // ---- the screen ----

  bell(): void {
    if (this.bindings.settings.text('bell-style') !== 'none') this.put(BELL);
  }

  refresh(): void {
    const prompt = this.argument ? `(arg: ${this.argument.shown}) ` : this.modeText + this.lastPromptLine;
    this.put(this.display.update(prompt, this.buffer.chars, this.buffer.cursor));
  }

  refreshWith(prompt: string, chars: readonly string[], cursor: number): void {
    if (this.input.empty) this.put(this.display.update(prompt, chars, cursor));
  }

  private redrawForSize(): void {
    this.resized = false;
    if (this.columns === this.tty.columns) return;
    this.columns = this.tty.columns;
    this.put(this.display.resize(this.columns, this.prompt, this.buffer.chars, this.buffer.cursor));
  }

  /** What stands before the prompt for show-mode-in-prompt. */
  private get modeText(): string {
    const { settings } = this.bindings;
    if (!settings.isOn('show-mode-in-prompt')) return '';
    if (this.mode === 'emacs') return settings.text('emacs-mode-string');
    return settings.text(this.mode === 'vi-command' ? 'vi-cmd-mode-string' : 'vi-ins-mode-string');
  }

  private get lastPromptLine(): string {
    return this.prompt.slice(this.prompt.lastIndexOf('\n') + 1);
  }

  clearScreen(): void {
    this.put(`\x1b[H\x1b[2J${this.display.start(this.prompt, this.columns)}`);
  }

  redrawLine(): void {
    this.put(`\r\x1b[J${this.display.start(this.prompt, this.columns)}`);
  }

  tell(lines: readonly string[]): void {
    this.refresh();
    this.put(`${this.display.finish()}\r\n${lines.map((line) => `${line}\r\n`).join('')}`);
    this.put(this.display.start(this.prompt, this.columns));
  }

  *showList(candidates: readonly Candidate[]): Task {
    const { settings } = this.bindings;
    const most = Number(settings.text('completion-query-items'));
    this.refresh();
    this.put(`${this.display.finish()}\r\n`);
    if (most > 0 && candidates.length > most) {
      this.put(`Display all ${candidates.length} possibilities? (y or n)`);
      if (!(yield* this.confirmed())) {
        this.put(`\r\n${this.display.start(this.prompt, this.columns)}`);
        return;
      }
      this.put('\r\n');
    }
    const names = candidates.map((one) => one.show);
    const lines = listLines(names, this.columns, settings.isOn('print-completions-horizontally'));
    const page = settings.isOn('page-completions') ? Math.max(1, this.tty.rows - 1) : Number.POSITIVE_INFINITY;
    for (const [index, line] of lines.entries()) {
      if (index > 0 && index % page === 0) {
        this.put('--More--');
        const key = yield* this.readKey();
        this.put('\r        \r');
        if (key === undefined || /^[qQnN\x03\x7f]$/.test(key)) break;
      }
      this.put(`${line}\r\n`);
    }
    this.put(this.display.start(this.prompt, this.columns));
  }

  private *confirmed(): Task<boolean> {
    for (;;) {
      const key = yield* this.readKey();
      if (key === undefined || /^[nN\x7f\x03\x07]$/.test(key)) return false;
      if (/^[yY \t]$/.test(key)) return true;
      this.bell();
    }
  }
}

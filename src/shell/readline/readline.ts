import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { rawTermios, type Tty } from '../../world/tty.ts';
import type { History } from '../state/history.ts';
import { LineBuffer } from './buffer.ts';
import { type Candidate, type Completion, commonPrefix, listLines } from './completion-list.ts';
import { Display } from './display.ts';
import { historyWords } from './history-expansion.ts';
import { type Key, KeyDecoder } from './keys.ts';
import { IncrementalSearch } from './search.ts';

export type ReadResult =
  /** `edit`: the line is to be run as an editor leaves it. */
  | { readonly kind: 'line'; readonly text: string; readonly edit?: boolean }
  | { readonly kind: 'end' }
  | { readonly kind: 'interrupt' };

export type Completer = (line: readonly string[], cursor: number) => Task<Completion | undefined>;

const QUERY_ITEMS = 100;
const BELL = '\x07';
const EMPTY = new Uint8Array(0);
const READ_AT_ONCE = 512;
const MOST_TIMES = 1000;
/** What a key does with a negative number before it. */
const OPPOSITES: Readonly<Record<string, string>> = {
  'C-f': 'C-b',
  'C-b': 'C-f',
  right: 'left',
  left: 'right',
  'M-f': 'M-b',
  'M-b': 'M-f',
  'C-d': 'backspace',
  delete: 'backspace',
  backspace: 'C-d',
  'M-d': 'M-backspace',
  'M-backspace': 'M-d',
  'C-k': 'C-u',
  'C-p': 'C-n',
  'C-n': 'C-p',
  up: 'down',
  down: 'up',
};
/** Ctrl-C, Ctrl-D, LF and CR: what follows may be for a program that the line starts, or for whoever comes after. */
const ENDS_A_LINE: ReadonlySet<number> = new Set([3, 4, 10, 13]);

/** A line editor with emacs keys on a terminal, one for the life of a shell. What is typed ahead of a line is left to who reads next. */
export class Readline {
  private readonly buffer = new LineBuffer();
  private readonly display = new Display();
  private readonly decoder = new KeyDecoder();
  private readonly keys: Key[] = [];
  /** Bytes behind the end of a line that are not decoded yet. */
  private ahead: Uint8Array = EMPTY;
  private prompt = '';
  private search: IncrementalSearch | undefined;
  private beforeSearch = '';
  /** Where in the history one is; its length: the new line. */
  private position = 0;
  private edited = new Map<number, string>();
  private lastKey = '';
  private quoteNext = false;
  private controlX = false;
  /** Ctrl-] waits for the character to look for. */
  private finding: 'forwards' | 'backwards' | undefined;
  /** A number typed with Alt: how often the next key counts. */
  private argument: { sign: 1 | -1; digits: string } | undefined;
  private mark = 0;
  private yankDepth = 0;
  private resized = false;
  /** The last Tab changed the line: the next one does not list yet. */
  private completionChanged = false;
  private columns = 80;
  /** Whether it waits for a key. */
  reading = false;
  bracketedPaste = true;

  constructor(
    private readonly process: Process,
    private readonly tty: Tty,
    private readonly history: History,
    private readonly complete: Completer,
  ) {}

  /** Says that the window has another size; the next wake-up redraws. */
  noteResize(): void {
    this.resized = true;
  }

  /** Reads one line. The terminal is raw meanwhile. */
  *read(prompt: string): Task<ReadResult> {
    const { tty } = this;
    const saved = tty.termios;
    tty.termios = { ...rawTermios(), lfToCrLf: true };
    this.buffer.clear();
    this.edited = new Map();
    this.position = this.history.length;
    this.search = undefined;
    this.lastKey = '';
    this.mark = 0;
    this.prompt = prompt;
    this.columns = tty.columns;
    this.resized = false;
    try {
      this.put((this.bracketedPaste ? '\x1b[?2004h' : '') + this.display.start(prompt, tty.columns));
      for (;;) {
        const key = yield* this.nextKey();
        if (key === undefined) return this.leave({ kind: 'end' });
        const result = yield* this.press(key);
        if (result) return this.leave(result);
        if (this.keys.length === 0) this.refresh();
      }
    } finally {
      tty.termios = saved;
      tty.unread(this.ahead);
      this.ahead = EMPTY;
    }
  }

  private leave(result: ReadResult): ReadResult {
    const off = this.bracketedPaste ? '\x1b[?2004l' : '';
    if (result.kind === 'end') this.put(`${off}\r\n`);
    else this.put(`${this.display.finish()}${result.kind === 'interrupt' ? '^C' : ''}\r\n${off}\r`);
    return result;
  }

  private put(text: string): void {
    if (text !== '') this.tty.put(encode(text));
  }

  private *nextKey(): Task<Key | undefined> {
    while (this.keys.length === 0) {
      if (this.resized) this.redrawForSize();
      let bytes: Uint8Array;
      this.reading = true;
      try {
        bytes = this.ahead.length > 0 ? this.ahead : yield* this.process.read(0, READ_AT_ONCE);
      } catch (error) {
        if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
        if (this.resized) continue;
        return { name: 'C-c', text: '' };
      } finally {
        this.reading = false;
      }
      if (bytes.length === 0) return undefined;
      const end = this.decoder.pasting(bytes) ? -1 : bytes.findIndex((byte) => ENDS_A_LINE.has(byte));
      this.ahead = end < 0 ? EMPTY : bytes.subarray(end + 1);
      this.keys.push(...this.decoder.push(end < 0 ? bytes : bytes.subarray(0, end + 1)));
    }
    return this.keys.shift();
  }

  private redrawForSize(): void {
    this.resized = false;
    if (this.columns === this.tty.columns) return;
    this.columns = this.tty.columns;
    this.put(this.display.resize(this.columns, this.prompt, this.buffer.chars, this.buffer.cursor));
  }

  private refresh(): void {
    if (this.search) {
      const { match, prompt } = this.search;
      const chars = [...(match?.line ?? this.beforeSearch)];
      const cursor = match ? [...match.line.slice(0, match.at)].length : chars.length;
      this.put(this.display.update(prompt, chars, cursor));
      return;
    }
    this.put(this.display.update(this.lastPromptLine, this.buffer.chars, this.buffer.cursor));
  }

  private get lastPromptLine(): string {
    return this.prompt.slice(this.prompt.lastIndexOf('\n') + 1);
  }

  private bell(): void {
    this.put(BELL);
  }

  private *press(key: Key): Task<ReadResult | undefined> {
    if (this.search && this.searchKey(key)) return undefined;
    if (this.quoteNext) {
      this.quoteNext = false;
      this.buffer.begin();
      this.buffer.insert(key.text || controlText(key.name));
      return undefined;
    }
    if (this.controlX) {
      this.controlX = false;
      if (key.name === 'C-e') return { ...this.accept(), edit: true };
      if (key.name === 'C-x') this.exchangeMark();
      else if (key.name !== 'C-u' || !this.buffer.undo()) this.bell();
      return undefined;
    }
    if (this.finding) {
      const at = this.buffer.find(key.text, this.finding === 'forwards');
      this.finding = undefined;
      if (at === undefined) this.bell();
      else this.buffer.cursor = at;
      return undefined;
    }
    if (this.takeDigit(key)) return undefined;
    const times = this.takeArgument();
    if (times !== undefined) return yield* this.pressTimes(key, times);
    return yield* this.pressOnce(key);
  }

  /** Alt and a digit begin a number, further digits go on with it. */
  private takeDigit(key: Key): boolean {
    const alt = /^M-([\d-])$/.exec(key.name)?.[1];
    const digit = alt ?? (this.argument && /^\d$/.test(key.text) ? key.text : undefined);
    if (digit === undefined) return false;
    this.argument ??= { sign: 1, digits: '' };
    if (digit === '-') this.argument.sign = -1;
    else this.argument.digits = (this.argument.digits + digit).slice(0, 6);
    return true;
  }

  private takeArgument(): number | undefined {
    const { argument } = this;
    this.argument = undefined;
    return argument && argument.sign * Number(argument.digits || 1);
  }

  /** A key so many times; a negative number turns its direction. */
  private *pressTimes(key: Key, times: number): Task<ReadResult | undefined> {
    const name = times < 0 ? (OPPOSITES[key.name] ?? key.name) : key.name;
    if (name === 'M-.' || name === 'M-_' || name === 'M-C-y') {
      this.yankArgument(times);
      return undefined;
    }
    if (key.text !== '' && !name.startsWith('M-') && !name.startsWith('C-')) {
      if (times > 0) this.buffer.insert(key.text.repeat(Math.min(times, MOST_TIMES)));
      return undefined;
    }
    for (let i = 0; i < Math.min(Math.abs(times), MOST_TIMES); i++) {
      const result = yield* this.pressOnce({ ...key, name });
      if (result) return result;
    }
    return undefined;
  }

  /** Alt-Ctrl-Y: the first argument of the line before, or the one of that number. */
  private yankArgument(index: number): void {
    const words = historyWords(this.history.at(-1) ?? '');
    const word = words.at(index);
    if (word === undefined) return this.bell();
    this.buffer.replace(this.buffer.cursor, this.buffer.cursor, word);
  }

  private exchangeMark(): void {
    const { cursor } = this.buffer;
    this.buffer.cursor = Math.min(this.mark, this.buffer.chars.length);
    this.mark = cursor;
  }

  private *pressOnce(key: Key): Task<ReadResult | undefined> {
    this.buffer.begin();
    const before = this.lastKey;
    this.lastKey = key.name;
    switch (key.name) {
      case 'enter':
        return this.accept();
      case 'C-c':
        this.refresh();
        return { kind: 'interrupt' };
      case 'C-d':
        if (this.buffer.chars.length === 0 && before !== 'C-d-delete') return { kind: 'end' };
        if (!this.buffer.remove(this.buffer.cursor, this.buffer.cursor + 1)) this.bell();
        return undefined;
      case 'tab':
        yield* this.tab(before === 'tab' && !this.completionChanged);
        return undefined;
      case 'M-?':
      case 'M-=':
        yield* this.tab(true);
        return undefined;
      case 'M-*':
        yield* this.insertAll();
        return undefined;
      default:
        this.edit(key, before);
        return undefined;
    }
  }

  private accept(): ReadResult & { kind: 'line' } {
    this.buffer.cursor = this.buffer.chars.length;
    this.put(this.display.update(this.lastPromptLine, this.buffer.chars, this.buffer.cursor));
    return { kind: 'line', text: this.buffer.text };
  }

  private edit(key: Key, before: string): void {
    const { buffer } = this;
    const to = (cursor: number) => {
      const inside = Math.max(0, Math.min(buffer.chars.length, cursor));
      if (inside === buffer.cursor && cursor !== inside) this.bell();
      buffer.cursor = inside;
    };
    const done = (worked: boolean) => {
      if (!worked) this.bell();
    };
    switch (key.name) {
      case 'paste':
        buffer.insert(key.text);
        return;
      case 'C-a':
      case 'home':
        to(0);
        return;
      case 'C-e':
      case 'end':
        to(buffer.chars.length);
        return;
      case 'C-b':
      case 'left':
        to(buffer.cursor - 1);
        return;
      case 'C-f':
      case 'right':
        to(buffer.cursor + 1);
        return;
      case 'M-b':
        to(buffer.wordBackward());
        return;
      case 'M-f':
        to(buffer.wordForward());
        return;
      case 'backspace':
        done(buffer.remove(buffer.cursor - 1, buffer.cursor));
        return;
      case 'delete':
        done(buffer.remove(buffer.cursor, buffer.cursor + 1));
        return;
      case 'C-k':
        buffer.kill(buffer.cursor, buffer.chars.length);
        return;
      case 'C-u':
        buffer.kill(buffer.cursor, 0);
        return;
      case 'C-w':
        buffer.kill(buffer.cursor, buffer.blankBackward());
        return;
      case 'M-d':
        buffer.kill(buffer.cursor, buffer.wordForward());
        return;
      case 'M-backspace':
        buffer.kill(buffer.cursor, buffer.wordBackward());
        return;
      case 'C-y':
        done(buffer.yank());
        return;
      case 'M-y':
        done(buffer.yankPop());
        return;
      case 'C-t':
        done(buffer.transpose());
        return;
      case 'M-t':
        done(buffer.transposeWords());
        return;
      case 'M-\\':
        done(buffer.removeBlanks());
        return;
      case 'C-}':
      case 'M-C-}':
        this.finding = key.name === 'C-}' ? 'forwards' : 'backwards';
        return;
      case 'M-C-y':
        this.yankArgument(1);
        return;
      case 'C-`':
      case 'M- ':
        this.mark = buffer.cursor;
        return;
      case 'M-u':
        buffer.changeWord((word) => word.toUpperCase());
        return;
      case 'M-l':
        buffer.changeWord((word) => word.toLowerCase());
        return;
      case 'M-c':
        buffer.changeWord((word) => word.toLowerCase().replace(/[\p{L}\p{N}]/u, (char) => char.toUpperCase()));
        return;
      case 'C-_':
        done(buffer.undo());
        return;
      case 'M-r':
        buffer.undoAll();
        return;
      case 'C-x':
        this.controlX = true;
        return;
      case 'C-v':
      case 'C-q':
        this.quoteNext = true;
        return;
      case 'C-l':
        this.put(`\x1b[H\x1b[2J${this.display.start(this.prompt, this.columns)}`);
        return;
      case 'C-p':
      case 'up':
        this.moveHistory(this.position - 1);
        return;
      case 'C-n':
      case 'down':
        this.moveHistory(this.position + 1);
        return;
      case 'M-<':
        this.moveHistory(0);
        return;
      case 'M->':
        this.moveHistory(this.history.length);
        return;
      case 'C-r':
      case 'C-s':
        this.startSearch(key.name === 'C-r');
        return;
      case 'M-.':
      case 'M-_':
        this.yankLastArgument(before === 'M-.' || before === 'M-_');
        return;
      case 'M-#':
        buffer.cursor = 0;
        buffer.insert('#');
        this.keys.unshift({ name: 'enter', text: '' });
        return;
      case 'C-g':
        this.bell();
        return;
      default:
        if (key.text !== '' && !key.name.startsWith('M-')) buffer.insert(key.text);
    }
  }

  private moveHistory(position: number): void {
    if (position < 0 || position > this.history.length || position === this.position) {
      this.bell();
      return;
    }
    this.edited.set(this.position, this.buffer.text);
    this.position = position;
    this.buffer.set(this.edited.get(position) ?? this.history.at(position) ?? '');
  }

  private yankLastArgument(again: boolean): void {
    this.yankDepth = again ? this.yankDepth + 1 : 1;
    const line = this.history.at(-this.yankDepth);
    if (line === undefined) {
      this.bell();
      return;
    }
    if (again) this.buffer.undo();
    this.buffer.save();
    this.buffer.replace(this.buffer.cursor, this.buffer.cursor, historyWords(line).at(-1) ?? '');
    // One step back takes it away again.
    this.buffer.begin();
  }

  // ---- search ----

  private startSearch(backwards: boolean): void {
    this.beforeSearch = this.buffer.text;
    this.search = IncrementalSearch.of(this.history, backwards ? this.history.length : 0, backwards);
  }

  /** True when the key belongs to the search; any other ends it and is then used as usual. */
  private searchKey(key: Key): boolean {
    const { search } = this;
    if (!search) return false;
    if (key.name === 'C-r' || key.name === 'C-s') {
      search.next(key.name === 'C-r');
      if (search.failed) this.bell();
      return true;
    }
    if (key.name === 'backspace') {
      search.erase();
      return true;
    }
    if (key.text !== '' && !key.name.startsWith('M-')) {
      search.add(key.text);
      if (search.failed) this.bell();
      return true;
    }
    this.search = undefined;
    if (key.name === 'C-g') {
      this.buffer.set(this.beforeSearch);
      this.bell();
      return true;
    }
    if (search.match) {
      this.edited.set(this.position, this.beforeSearch);
      this.position = search.match.index;
      this.buffer.set(search.match.line);
      this.buffer.cursor = [...search.match.line.slice(0, search.match.at)].length;
    }
    return false;
  }

  // ---- completion ----

  private *tab(list: boolean): Task {
    const { buffer } = this;
    this.completionChanged = false;
    const found = yield* this.complete(buffer.chars, buffer.cursor);
    const candidates = found?.candidates ?? [];
    const [only] = candidates;
    if (!found || !only) {
      this.bell();
      return;
    }
    if (candidates.length === 1) {
      this.completionChanged = true;
      buffer.replace(found.start, buffer.cursor, only.insert + only.suffix);
      return;
    }
    const word = buffer.chars.slice(found.start, buffer.cursor).join('');
    const prefix = commonPrefix(candidates.map((one) => one.insert));
    if (prefix.length > word.length || (prefix !== word && prefix.startsWith(word))) {
      this.completionChanged = true;
      buffer.replace(found.start, buffer.cursor, prefix);
      this.bell();
      return;
    }
    if (!list) {
      this.bell();
      return;
    }
    yield* this.showList(candidates);
  }

  private *showList(candidates: readonly Candidate[]): Task {
    this.refresh();
    this.put(`${this.display.finish()}\r\n`);
    if (candidates.length > QUERY_ITEMS) {
      this.put(`Display all ${candidates.length} possibilities? (y or n)`);
      if (!(yield* this.confirmed())) {
        this.put(`\r\n${this.display.start(this.prompt, this.columns)}`);
        return;
      }
      this.put('\r\n');
    }
    const lines = listLines(
      candidates.map((one) => one.show),
      this.columns,
    );
    const page = Math.max(1, this.tty.rows - 1);
    for (let index = 0; index < lines.length; index++) {
      if (index > 0 && index % page === 0) {
        this.put('--More--');
        const key = yield* this.nextKey();
        this.put('\r        \r');
        if (!key || key.name === 'q' || key.name === 'Q' || key.name === 'n' || key.name === 'C-c') break;
      }
      this.put(`${lines[index]}\r\n`);
    }
    this.put(this.display.start(this.prompt, this.columns));
  }

  private *confirmed(): Task<boolean> {
    for (;;) {
      const key = yield* this.nextKey();
      if (!key || /^(?:n|N|backspace|C-c|C-g)$/.test(key.name)) return false;
      if (/^(?:y|Y| |tab)$/.test(key.name)) return true;
      this.bell();
    }
  }

  private *insertAll(): Task {
    const { buffer } = this;
    const found = yield* this.complete(buffer.chars, buffer.cursor);
    if (!found || found.candidates.length === 0) this.bell();
    else buffer.replace(found.start, buffer.cursor, found.candidates.map((one) => `${one.insert} `).join(''));
  }
}

function controlText(name: string): string {
  if (name === 'tab') return '\t';
  if (name === 'enter') return '\r';
  if (name === 'backspace') return '\x7f';
  const letter = /^C-(.)$/.exec(name)?.[1];
  return letter ? String.fromCharCode(letter.charCodeAt(0) & 0x1f) : '';
}

/** What `:set` changes. */
export interface Settings {
  number: boolean;
  relativenumber: boolean;
  expandtab: boolean;
  autoindent: boolean;
  paste: boolean;
  ignorecase: boolean;
  smartcase: boolean;
  hlsearch: boolean;
  list: boolean;
  readonly: boolean;
  tabstop: number;
  shiftwidth: number;
  softtabstop: number;
}

export type Mode = 'normal' | 'insert' | 'replace' | 'visual' | 'command';

interface Snapshot {
  readonly lines: readonly string[];
  /** The cursor before the change. */
  readonly row: number;
  readonly column: number;
  readonly noLines: boolean;
  /** The change began by inserting in that line. */
  inserting?: boolean;
}

export interface Register {
  readonly text: readonly string[];
  readonly linewise: boolean;
  /** Pieces of lines below each other, from blockwise visual mode. */
  readonly block?: boolean;
}

/** What was selected: where visual mode began and where the cursor was. */
export interface Selection {
  row: number;
  column: number;
  kind: 'char' | 'line' | 'block';
}

/** Inserting in the first line of a block, to be repeated in `rows` at Esc. */
export interface BlockInsert {
  readonly block: { fromRow: number; toRow: number; left: number; right: number; toEnd: boolean };
  readonly rows: readonly number[];
  readonly how: 'I' | 'A' | 'c';
  /** The left edge in the first line. */
  readonly corner: number;
  /** Where inserting began, how long the line was then, and of how many lines the buffer. */
  readonly column: number;
  readonly length: number;
  readonly lines: number;
}

/** What the editor wants done outside the buffer: the program does it. */
export type Effect =
  | {
      readonly kind: 'write';
      readonly file: string | undefined;
      readonly force: boolean;
      readonly quit: boolean;
      /** Lines to write, first to last from 0; all without it. */
      readonly range?: readonly [number, number];
      readonly append?: boolean;
    }
  | { readonly kind: 'edit'; readonly file: string | undefined; readonly force: boolean }
  | { readonly kind: 'read'; readonly file: string; readonly row: number }
  | { readonly kind: 'shell'; readonly command: string; readonly row: number | undefined }
  /** Lines as the input of a command; what it prints takes their place when `replace`. */
  | {
      readonly kind: 'filter';
      readonly command: string;
      readonly from: number;
      readonly to: number;
      readonly replace: boolean;
    }
  | { readonly kind: 'next'; readonly step: number; readonly force: boolean }
  | { readonly kind: 'quit'; readonly status: number }
  | { readonly kind: 'suspend' };

/** The whole state of vi: the buffer, where the cursor is, and what has been typed of a command. */
export interface Vi {
  lines: string[];
  /** No line is there, and the empty one only stands for that: it is written as nothing. vim: ML_EMPTY */
  noLines: boolean;
  row: number;
  /** Cursor as an index into the line. */
  column: number;
  /** The column that j and k go back to. */
  wanted: number;
  top: number;
  mode: Mode;
  visual: Selection | undefined;
  /** The selection before, for `gv`. */
  lastVisual: (Selection & { toRow: number; toColumn: number; wanted: number }) | undefined;
  /** Keys of a command that is not complete yet. */
  pending: string[];
  register: Register;
  registers: Map<string, Register>;
  marks: Map<string, [row: number, column: number]>;
  undo: Snapshot[];
  redo: Snapshot[];
  /** State before the change in progress. */
  before: Snapshot | undefined;
  /** Where inserting began: Ctrl-U and Ctrl-W take back what was typed before they go further. */
  insertedAt: { row: number; column: number } | undefined;
  /** A count before i, o and the like: the keys come so often. */
  insertion: { count: number; opens: boolean; keys: string[] } | undefined;
  blockInsert: BlockInsert | undefined;
  /** What replace mode has overwritten, character by character. */
  replaced: string[];
  /** The line was just given its indent, and nothing else has been typed. */
  freshIndent: boolean;
  /** White space was typed or taken in the indent: it is left as it is. */
  handIndent: boolean;
  /** Ctrl-O in insert mode: back after one command. */
  insertAgain: Mode | undefined;
  /** Ctrl-V or Ctrl-R in insert mode waits for its character. */
  awaiting: '<C-v>' | '<C-r>' | undefined;
  saved: readonly string[];
  endOfLine: boolean;
  name: string | undefined;
  /** By the file's name; vim: 'filetype', as far as it changes how one types. */
  fileType: 'yaml' | undefined;
  /** `filetype on` in ~/.vimrc. */
  typesOn: boolean;
  /** The line after `:`, `/` or `?`: where the cursor is in it, and how far back in the history. */
  command: { prompt: string; text: string; at: number; back: number; typed: string };
  history: string[];
  searches: string[];
  message: string;
  error: boolean;
  pattern: string;
  backwards: boolean;
  /** What a search that follows an operator does with the place found. */
  pendingSearch: ((place: [row: number, column: number]) => void) | undefined;
  /** Keys of the last change, for `.`. */
  lastChange: string[];
  recording: string[];
  /** Keys that do not come from the keyboard: `.`, `:normal`. */
  replaying: boolean;
  /** A macro being recorded (`q`), and the last one played. */
  macro: { register: string; keys: string[] } | undefined;
  macros: Map<string, readonly string[]>;
  lastMacro: string | undefined;
  /** Macros in macros. */
  depth: number;
  /** Keys that the command typed may still play: macros in macros end. */
  keysLeft: number;
  /** The last key could not do what it means: a macro ends there. */
  beeped: boolean;
  /** Changes are one step of undo until it is 0 again: `:global`, `:normal`, `.`. */
  held: number;
  /** Where jumps came from, for Ctrl-O and Ctrl-I. */
  jumps: [row: number, column: number][];
  jumpAt: number;
  /** The last command kept the column for j and k, or set it. */
  keptWanted: boolean;
  /** The last `:s`, for `&` and `:&&`. */
  substitution: { pattern: string; replacement: string; flags: string } | undefined;
  find: { key: string; target: string } | undefined;
  settings: Settings;
  confirm: Substitution | undefined;
  effects: Effect[];
  /** Rows of text on the screen, for Ctrl-F and the like. */
  height: number;
}

/** `:s///c` between two answers. */
export interface Substitution {
  readonly pattern: RegExp;
  readonly replacement: string;
  readonly all: boolean;
  readonly last: number;
  row: number;
  column: number;
  count: number;
  rows: Set<number>;
}

export function newSettings(): Settings {
  return {
    number: false,
    relativenumber: false,
    expandtab: false,
    autoindent: false,
    paste: false,
    ignorecase: false,
    smartcase: false,
    hlsearch: false,
    list: false,
    readonly: false,
    tabstop: 8,
    shiftwidth: 8,
    softtabstop: 0,
  };
}

export function newVi(text: string, name: string | undefined, settings = newSettings()): Vi {
  const state: Vi = {
    lines: [''],
    noLines: true,
    row: 0,
    column: 0,
    wanted: 0,
    top: 0,
    mode: 'normal',
    visual: undefined,
    lastVisual: undefined,
    pending: [],
    register: { text: [], linewise: false },
    registers: new Map(),
    marks: new Map([["'", [0, 0]]]),
    undo: [],
    redo: [],
    before: undefined,
    insertedAt: undefined,
    insertion: undefined,
    blockInsert: undefined,
    replaced: [],
    freshIndent: false,
    handIndent: false,
    insertAgain: undefined,
    awaiting: undefined,
    saved: [],
    endOfLine: true,
    name,
    fileType: undefined,
    typesOn: false,
    command: { prompt: ':', text: '', at: 0, back: 0, typed: '' },
    history: [],
    searches: [],
    message: '',
    error: false,
    pattern: '',
    backwards: false,
    pendingSearch: undefined,
    lastChange: [],
    recording: [],
    replaying: false,
    macro: undefined,
    macros: new Map(),
    lastMacro: undefined,
    depth: 0,
    keysLeft: 0,
    beeped: false,
    held: 0,
    jumps: [],
    jumpAt: 0,
    keptWanted: false,
    substitution: undefined,
    find: undefined,
    settings,
    confirm: undefined,
    effects: [],
    height: 22,
  };
  loadText(state, text);
  return state;
}

/** A new text in the buffer, as `:e` does. */
export function loadText(vi: Vi, text: string): void {
  const lines = text.split('\n');
  vi.endOfLine = text === '' || text.endsWith('\n');
  if (lines.at(-1) === '' && lines.length > 1) lines.pop();
  vi.lines = lines;
  vi.noLines = text === '';
  vi.saved = [...lines];
  vi.undo = [];
  vi.redo = [];
  vi.before = undefined;
  vi.row = Math.min(vi.row, lines.length - 1);
  vi.column = 0;
}

export function modified(vi: Vi): boolean {
  return vi.lines.length !== vi.saved.length || vi.lines.some((line, i) => line !== vi.saved[i]);
}

export function line(vi: Vi, row = vi.row): string {
  return vi.lines[row] ?? '';
}

/** Remembers the buffer before a change; changes until `endChange` are one step of undo. */
export function beginChange(vi: Vi): void {
  vi.before ??= { lines: [...vi.lines], row: vi.row, column: vi.column, noLines: vi.noLines };
  vi.noLines = false;
}

const UNDO_LEVELS = 1000;
/** Lines that all steps of undo together may hold. */
const UNDO_LINES = 4_000_000;
/** Characters and lines that a buffer may have: a learner's mistake must not eat the host's memory. */
const MOST_TEXT = 8_000_000;

/** Whether `times` of some text still fit in the buffer; says so as vim does when they do not. */
export function fits(vi: Vi, text: readonly string[], times: number): boolean {
  const sum = (lines: readonly string[]) => lines.reduce((size, one) => size + one.length + 1, 0);
  if (sum(text) * times + sum(vi.lines) <= MOST_TEXT) return true;
  fail(vi, 'E41: Out of memory!');
  return false;
}

export function endChange(vi: Vi): void {
  if (vi.held > 0) return;
  const { before } = vi;
  vi.before = undefined;
  if (!before) return;
  if (before.lines.length === vi.lines.length && before.lines.every((text, i) => text === vi.lines[i])) {
    vi.noLines ||= before.noLines;
    return;
  }
  vi.undo.push(before);
  while (vi.undo.length > UNDO_LEVELS || (vi.undo.length > 1 && vi.undo.length * vi.lines.length > UNDO_LINES))
    vi.undo.shift();
  vi.redo = [];
}

export function undo(vi: Vi, back: boolean): void {
  const from = back ? vi.undo : vi.redo;
  const to = back ? vi.redo : vi.undo;
  const snapshot = from.pop();
  if (!snapshot) {
    say(vi, back ? 'Already at oldest change' : 'Already at newest change');
    return;
  }
  const old = vi.lines;
  to.push({ ...snapshot, lines: [...old], noLines: vi.noLines });
  vi.noLines = snapshot.noLines;
  vi.lines = [...snapshot.lines];
  const first = vi.lines.findIndex((text, i) => text !== old[i]);
  const there = first === snapshot.row || (snapshot.inserting === true && first === snapshot.row + 1);
  vi.row = clampRow(vi, first < 0 || there ? snapshot.row : first);
  vi.column = back && there ? snapshot.column : firstNonBlank(line(vi));
  const difference = vi.lines.length - old.length;
  const what =
    difference === 0
      ? '1 change'
      : `${Math.abs(difference) === 1 ? (difference > 0 ? '1 more line' : '1 line less') : `${Math.abs(difference)} ${difference > 0 ? 'more' : 'fewer'} lines`}`;
  say(vi, `${what}; ${back ? 'before' : 'after'} #${back ? vi.undo.length + 1 : vi.undo.length}`);
}

export function clampRow(vi: Vi, row: number): number {
  return Math.max(0, Math.min(row, vi.lines.length - 1));
}

/** The cursor where the mode allows it: in normal mode not behind the last character. */
export function clamp(vi: Vi): void {
  if (vi.lines.length === 0) vi.lines.push('');
  vi.row = clampRow(vi, vi.row);
  const length = line(vi).length;
  // In visual mode the end of the line can be selected too.
  const behind = vi.mode === 'insert' || vi.mode === 'replace' || vi.mode === 'visual' || vi.insertAgain !== undefined;
  vi.column = Math.max(0, Math.min(vi.column, behind ? length : length - 1));
  // Never between the halves of a surrogate pair.
  const code = line(vi).charCodeAt(vi.column);
  if (code >= 0xdc00 && code <= 0xdfff && vi.column > 0) vi.column--;
}

export function firstNonBlank(text: string): number {
  const found = text.search(/\S/);
  return found < 0 ? Math.max(0, text.length - 1) : found;
}

export function say(vi: Vi, text: string): void {
  vi.message = text;
  vi.error = false;
}

export function fail(vi: Vi, text: string): void {
  vi.message = text;
  vi.error = true;
  vi.beeped = true;
}

/** A key that could do nothing. */
export function beep(vi: Vi): void {
  vi.beeped = true;
}

/** Opens the line for a command, a search backwards or forwards. */
export function openCommand(vi: Vi, prompt: string, text = ''): void {
  vi.mode = 'command';
  vi.command = { prompt, text, at: text.length, back: 0, typed: text };
}

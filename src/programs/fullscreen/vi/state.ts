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
  readonly row: number;
}

export interface Register {
  readonly text: readonly string[];
  readonly linewise: boolean;
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
  | { readonly kind: 'next'; readonly step: number; readonly force: boolean }
  | { readonly kind: 'quit'; readonly status: number }
  | { readonly kind: 'suspend' };

/** The whole state of vi: the buffer, where the cursor is, and what has been typed of a command. */
export interface Vi {
  lines: string[];
  row: number;
  /** Cursor as an index into the line. */
  column: number;
  /** The column that j and k go back to. */
  wanted: number;
  top: number;
  mode: Mode;
  visual: { row: number; column: number; kind: 'char' | 'line' | 'block' } | undefined;
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
  saved: readonly string[];
  endOfLine: boolean;
  name: string | undefined;
  command: { prompt: string; text: string };
  history: string[];
  message: string;
  error: boolean;
  pattern: string;
  backwards: boolean;
  /** Keys of the last change, for `.`. */
  lastChange: string[];
  recording: string[];
  replaying: boolean;
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
    row: 0,
    column: 0,
    wanted: 0,
    top: 0,
    mode: 'normal',
    visual: undefined,
    pending: [],
    register: { text: [], linewise: false },
    registers: new Map(),
    marks: new Map(),
    undo: [],
    redo: [],
    before: undefined,
    insertedAt: undefined,
    saved: [],
    endOfLine: true,
    name,
    command: { prompt: ':', text: '' },
    history: [],
    message: '',
    error: false,
    pattern: '',
    backwards: false,
    lastChange: [],
    recording: [],
    replaying: false,
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
  vi.before ??= { lines: [...vi.lines], row: vi.row };
}

const UNDO_LEVELS = 1000;

export function endChange(vi: Vi): void {
  const { before } = vi;
  vi.before = undefined;
  if (!before) return;
  if (before.lines.length === vi.lines.length && before.lines.every((text, i) => text === vi.lines[i])) return;
  vi.undo.push(before);
  if (vi.undo.length > UNDO_LEVELS) vi.undo.shift();
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
  to.push({ lines: [...old], row: snapshot.row });
  vi.lines = [...snapshot.lines];
  const first = vi.lines.findIndex((text, i) => text !== old[i]);
  vi.row = clampRow(vi, first < 0 ? snapshot.row : first);
  vi.column = firstNonBlank(line(vi));
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
  const behind = vi.mode === 'insert' || vi.mode === 'replace';
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
}

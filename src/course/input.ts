import { decode, encode } from '../world/bytes.ts';
import { isLanguage, type Language } from './text.ts';

/** What a learner can ask for beside typing. */
export type Action =
  /** The first input of a lesson: the steps before `step` are played by their reference solutions. */
  | { readonly action: 'begin'; readonly step: string; readonly finished: readonly string[] }
  | { readonly action: 'check' }
  | { readonly action: 'hint' }
  | { readonly action: 'solution' }
  /** `force`: although checks fail. */
  | { readonly action: 'next'; readonly force: boolean }
  /** Goes on with the solution of the step played: it was just set back to its start. */
  | { readonly action: 'skip' }
  | { readonly action: 'previous' }
  /** Lets ms of time pass at once; 0 ends that. */
  | { readonly action: 'forward'; readonly ms: number }
  | { readonly action: 'language'; readonly language: Language }
  /** The lesson was left in an orderly way: the clock had come this far. */
  | { readonly action: 'pause' };

export type Change =
  | { readonly kind: 'type'; readonly bytes: Uint8Array }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  /** A file of the workstation saved by an editor of the host. */
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array }
  | ({ readonly kind: 'action' } & Action);

/** A line of a journal: what came from outside, and when, ms of virtual time. Bytes are text, or base64 when they are none. */
export type Input = { readonly t: number } & (
  | { readonly kind: 'type'; readonly data: string }
  | { readonly kind: 'type64'; readonly data: string }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'file'; readonly path: string; readonly data: string }
  | { readonly kind: 'file64'; readonly path: string; readonly data: string }
  | ({ readonly kind: 'action' } & Action)
);

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As a line of the journal. */
export function recordChange(t: number, change: Change): Input {
  if (change.kind === 'type') {
    const text = decode(change.bytes);
    if (sameBytes(encode(text), change.bytes)) return { t, kind: 'type', data: text };
    return { t, kind: 'type64', data: toBase64(change.bytes) };
  }
  if (change.kind === 'file') {
    const text = decode(change.bytes);
    if (sameBytes(encode(text), change.bytes)) return { t, kind: 'file', path: change.path, data: text };
    return { t, kind: 'file64', path: change.path, data: toBase64(change.bytes) };
  }
  return { t, ...change };
}

export function changeOf(input: Input): Change {
  if (input.kind === 'type') return { kind: 'type', bytes: encode(input.data) };
  if (input.kind === 'type64') return { kind: 'type', bytes: fromBase64(input.data) };
  if (input.kind === 'file') return { kind: 'file', path: input.path, bytes: encode(input.data) };
  if (input.kind === 'file64') return { kind: 'file', path: input.path, bytes: fromBase64(input.data) };
  return input;
}

/** Undefined when it is of no known kind. */
export function parseInput(value: Record<string, unknown>): Input | undefined {
  const { t, kind, data, columns, rows, path } = value;
  if (typeof t !== 'number') return undefined;
  if ((kind === 'type' || kind === 'type64') && typeof data === 'string') return { t, kind, data };
  if (kind === 'resize' && typeof columns === 'number' && typeof rows === 'number') return { t, kind, columns, rows };
  if ((kind === 'file' || kind === 'file64') && typeof data === 'string' && typeof path === 'string') {
    return { t, kind, path, data };
  }
  const action = kind === 'action' ? parseAction(value) : undefined;
  return action && { t, kind: 'action', ...action };
}

const SIMPLE_ACTIONS = ['check', 'hint', 'solution', 'skip', 'previous', 'pause'] as const;

function parseAction(value: Record<string, unknown>): Action | undefined {
  const { action, step, finished, force, ms, language } = value;
  if (action === 'begin' && typeof step === 'string' && Array.isArray(finished)) {
    return { action, step, finished: finished.map(String) };
  }
  const simple = SIMPLE_ACTIONS.find((name) => name === action);
  if (simple) return { action: simple };
  if (action === 'next') return { action, force: force === true };
  if (action === 'forward' && typeof ms === 'number') return { action, ms };
  if (action === 'language' && typeof language === 'string' && isLanguage(language)) return { action, language };
  return undefined;
}

/** Whether undo counts it as a line of its own: a line was entered, a file saved, the lesson went on. */
export function endsLine(input: Input): boolean {
  if (input.kind === 'type') return /[\r\n]/.test(input.data);
  if (input.kind === 'file' || input.kind === 'file64') return true;
  return input.kind === 'action' && ['next', 'skip', 'previous'].includes(input.action);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

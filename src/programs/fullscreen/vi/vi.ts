import { commandKey } from './command-line.ts';
import { exCommand } from './ex.ts';
import { insertKey, pasteText } from './insert.ts';
import { pastedText } from './keys-text.ts';
import { endMacro, playMacro, recordMacro } from './macro.ts';
import { LONG_MOTIONS, searchFrom } from './motion.ts';
import { noteJump } from './move.ts';
import { normalCommand } from './normal.ts';
import { OPERATORS, operate } from './operate.ts';
import { compilePattern } from './pattern.ts';
import { beep, clamp, clampRow, endChange, firstNonBlank, openCommand, type Vi } from './state.ts';
import { confirmKey, parts, substituteAgain } from './substitute.ts';
import { leaveVisual, visualCommand } from './visual.ts';

/** One key typed: the whole editor is this step. What is to be done outside the buffer is left in `effects`. */
export function viKey(vi: Vi, key: string): void {
  if (vi.macro && vi.depth === 0 && !vi.replaying) vi.macro.keys.push(key);
  if (!vi.replaying) vi.recording.push(key);
  const steps = vi.undo.length;
  const bottom = vi.undo.at(-1);
  const again = vi.insertAgain;
  if (vi.confirm) confirmKey(vi, key);
  else if (vi.mode === 'insert' || vi.mode === 'replace') insertKey(vi, key);
  else if (vi.mode === 'command') lineKey(vi, key);
  else normalKey(vi, key);
  clamp(vi);
  if ((vi.mode !== 'normal' && vi.mode !== 'visual') || vi.confirm) return;
  if (again && vi.insertAgain && vi.mode === 'normal' && vi.pending.length === 0) return backToInsert(vi, again);
  if (vi.insertAgain) return;
  endChange(vi);
  if (vi.mode !== 'normal' || vi.pending.length > 0) return;
  const changed = vi.undo.length > steps || vi.undo.at(-1) !== bottom;
  if (changed && !vi.replaying && isRepeated(vi.recording)) vi.lastChange = [...vi.recording];
  if (!vi.replaying) vi.recording = [];
}

/** Whether `.` does a command again: not what is undone, or was done by a command line, a macro or `.` itself. */
function isRepeated(keys: readonly string[]): boolean {
  const first = keys.find((one) => !/^\d$/.test(one));
  return first !== undefined && ![':', 'u', '<C-r>', '.', '@', 'q'].includes(first);
}

/** After one command that Ctrl-O let in. */
function backToInsert(vi: Vi, mode: Vi['mode']): void {
  vi.insertAgain = undefined;
  vi.mode = mode;
  vi.insertedAt = undefined;
  clamp(vi);
}

/** A key of the command line; a complete line is a command or a search. */
function lineKey(vi: Vi, key: string): void {
  const text = commandKey(vi, key);
  if (text === undefined) return;
  vi.message = '';
  const { prompt } = vi.command;
  if (prompt === ':') return exCommand(vi, text, viKey);
  vi.backwards = prompt === '?';
  // Behind a second / stands an offset.
  const [source = '', offset = ''] = parts(text, prompt, 2);
  if (source !== '') vi.pattern = source;
  const found = vi.pattern === '' ? undefined : searchFrom(vi, vi.backwards);
  const place = found && withOffset(vi, found, offset);
  const { pendingSearch } = vi;
  vi.pendingSearch = undefined;
  if (!place) return beep(vi);
  if (pendingSearch) return pendingSearch(place);
  noteJump(vi, [vi.row, vi.column]);
  [vi.row, vi.column] = place;
  vi.wanted = vi.column;
}

/** `/pattern/e+1`, `/pattern/-2`: from the end or the beginning of the match, or so many lines away. vim: search-offset */
function withOffset(vi: Vi, [row, column]: [number, number], offset: string): [number, number] {
  const [, from, sign, digits] = /^([esb]?)([+-]?)(\d*)$/.exec(offset) ?? [];
  if (offset === '' || from === undefined) return [row, column];
  const by = (sign === '-' ? -1 : 1) * Number(digits || (sign === '' ? 0 : 1));
  if (from === '') {
    const line = clampRow(vi, row + by);
    return [line, firstNonBlank(vi.lines[line] ?? '')];
  }
  const pattern = compilePattern(vi.pattern, vi.settings, 'g');
  pattern.lastIndex = column;
  const length = pattern.exec(vi.lines[row] ?? '')?.[0].length ?? 1;
  return [row, Math.max(0, column + by + (from === 'e' ? length - 1 : 0))];
}

/** After g: to lower case, to upper case, the other one. */
const CASES = new Set(['u', 'U', '~']);
const TAKE_ONE = new Set(['r', 'm', 'Z', 'z', 'q', '@']);

/** Keys of normal and visual mode gather until they make a command: `["x][count]operator[count]motion`. */
function normalKey(vi: Vi, key: string): void {
  if (key === '<Esc>' || key === '<C-c>') {
    if (vi.pending.length === 0 && !vi.visual) beep(vi);
    vi.pending = [];
    leaveVisual(vi);
    vi.mode = 'normal';
    vi.message = '';
    return;
  }
  const pasted = pastedText(key);
  if (pasted !== undefined) {
    vi.pending = [];
    leaveVisual(vi);
    return pasteText(vi, pasted);
  }
  vi.pending.push(key);
  vi.pendingSearch = undefined;
  let at = 0;
  const next = () => vi.pending[at++];
  let register: string | undefined;
  if (vi.pending[at] === '"') {
    at++;
    register = next();
    if (register === undefined) return;
  }
  const number = (): number | undefined => {
    let digits = '';
    for (
      let one = vi.pending[at];
      one !== undefined && /^\d$/.test(one) && (digits !== '' || one !== '0');
      one = vi.pending[++at]
    )
      digits += one;
    return digits === '' ? undefined : Math.min(Number(digits), 1_000_000);
  };
  let count = number();
  let command = next();
  if (command === undefined) return;
  let operator: string | undefined;
  const turning = command === 'g' && CASES.has(vi.pending[at] ?? '');
  if ((OPERATORS.has(command) || turning) && !vi.visual) {
    operator = turning ? `g${next() ?? ''}` : command;
    const second = number();
    if (second !== undefined) count = second * (count ?? 1);
    command = next();
    if (command === undefined) return;
    // gUU and gUgU: the line.
    if (turning && command === operator.charAt(1)) command = operator;
    if (turning && command === 'g' && vi.pending[at] === operator.charAt(1)) command = `g${next() ?? ''}`;
  }
  let argument = '';
  const object = (operator !== undefined || vi.visual !== undefined) && (command === 'i' || command === 'a');
  // I and A on a block, but i and a before the name of a text object.
  const takesOne =
    operator === undefined && TAKE_ONE.has(command) && !(vi.visual && command !== 'r' && command !== '@');
  if (LONG_MOTIONS.has(command) || object || (takesOne && !(command === 'q' && vi.macro))) {
    const one = next();
    if (one === undefined) return;
    argument = one === '<Tab>' ? '\t' : one;
  }
  vi.pending = [];
  vi.message = '';
  vi.keptWanted = false;
  if (operator !== undefined && (command === '/' || command === '?'))
    searchForOperator(vi, operator, command, register);
  else if (operator !== undefined) operate(vi, operator, command, argument, count, register);
  else if (command === 'q' || command === '@' || command === '.' || command === 'Z' || command === '&')
    playCommand(vi, command, argument, count);
  else if (command === '<C-g>') exCommand(vi, 'f', viKey);
  else if (vi.visual) visualCommand(vi, command, argument, count, register, object);
  else normalCommand(vi, command, argument, count, register);
  if (!vi.keptWanted && (vi.mode === 'normal' || vi.mode === 'visual')) {
    clamp(vi);
    vi.wanted = vi.column;
  }
}

/** d/pattern: the operator waits for the search. */
function searchForOperator(vi: Vi, operator: string, prompt: string, register: string | undefined): void {
  openCommand(vi, prompt);
  vi.pendingSearch = ([row, column]) => {
    vi.marks.set('\x00', [row, column]);
    operate(vi, operator, '`', '\x00', undefined, register);
  };
}

/** Commands that play keys, or ex commands. */
function playCommand(vi: Vi, command: string, argument: string, count: number | undefined): void {
  if (command === 'q') {
    if (vi.macro && vi.depth === 0) endMacro(vi);
    else if (vi.depth === 0) recordMacro(vi, argument);
  } else if (command === '@') {
    if (argument === ':') {
      const last = vi.history.at(-1);
      if (last !== undefined) exCommand(vi, last, viKey);
    } else playMacro(vi, argument, count ?? 1, viKey);
  } else if (command === '.') repeatChange(vi, count);
  else if (command === '&') substituteAgain(vi, '', vi.row, vi.row);
  else if (argument === 'Z') exCommand(vi, 'x', viKey);
  else if (argument === 'Q') exCommand(vi, 'q!', viKey);
}

/** `.`: the last change again; a count takes the place of its own. */
function repeatChange(vi: Vi, count: number | undefined): void {
  let keys = vi.lastChange;
  if (keys.length === 0) return beep(vi);
  if (count !== undefined) {
    const at = keys[0] === '"' ? 2 : 0;
    const digits = keys.slice(at).findIndex((one) => !/^\d$/.test(one));
    keys = [...keys.slice(0, at), ...String(count), ...keys.slice(at + digits)];
    vi.lastChange = keys;
  }
  const { replaying } = vi;
  vi.replaying = true;
  vi.held++;
  for (const key of keys) viKey(vi, key);
  vi.held--;
  vi.replaying = replaying;
}

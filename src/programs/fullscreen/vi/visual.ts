import {
  type Block,
  blockOf,
  changeBlock,
  replaceBlock,
  shiftBlock,
  startBlockInsert,
  turnBlock,
  yankBlock,
} from './block.ts';
import { changeText, turnRange } from './case.ts';
import { join, put, type Range, remove, shift } from './change.ts';
import { startInsert } from './insert.ts';
import { move } from './move.ts';
import { apply, OPERATORS } from './operate.ts';
import { registerNamed } from './registers.ts';
import { beep, clampRow, line, openCommand, say, type Vi } from './state.ts';
import { textObject } from './text-object.ts';

const KINDS: Readonly<Record<string, 'char' | 'line' | 'block'>> = { v: 'char', V: 'line', '<C-v>': 'block' };
/** What other keys of visual mode are called as operators. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  x: 'd',
  X: 'd',
  D: 'd',
  '<Del>': 'd',
  Y: 'y',
  s: 'c',
  S: 'c',
  R: 'c',
  C: 'c',
};
/** After g: to lower case, to upper case, the other one. */
const CASES = new Set(['u', 'U', '~']);

export function startVisual(vi: Vi, key: string): void {
  vi.visual = { row: vi.row, column: vi.column, kind: KINDS[key] ?? 'char' };
  vi.mode = 'visual';
}

export function leaveVisual(vi: Vi): void {
  const { visual } = vi;
  if (visual) {
    vi.lastVisual = { ...visual, toRow: vi.row, toColumn: vi.column, wanted: vi.wanted };
    const [first, last] = ordered(vi);
    vi.marks.set('<', [first.row, visual.kind === 'line' ? 0 : first.column]);
    vi.marks.set('>', [last.row, visual.kind === 'line' ? line(vi, last.row).length : last.column]);
  }
  vi.visual = undefined;
  if (vi.mode === 'visual') vi.mode = 'normal';
}

/** gv: what was selected before. */
export function selectAgain(vi: Vi): void {
  const before = vi.lastVisual;
  if (!before) return beep(vi);
  const { row, column, kind } = before;
  if (vi.visual) vi.lastVisual = { ...vi.visual, toRow: vi.row, toColumn: vi.column, wanted: vi.wanted };
  vi.visual = { row: clampRow(vi, row), column, kind };
  vi.mode = 'visual';
  [vi.row, vi.column, vi.wanted] = [clampRow(vi, before.toRow), before.toColumn, before.wanted];
}

interface Place {
  row: number;
  column: number;
}

function ordered(vi: Vi): readonly [Place, Place] {
  const visual = vi.visual ?? vi;
  const swap = visual.row > vi.row || (visual.row === vi.row && visual.column > vi.column);
  return swap ? [vi, visual] : [visual, vi];
}

/** One command of visual mode; `object` when it is i or a with the name of a text object. */
export function visualCommand(
  vi: Vi,
  command: string,
  argument: string,
  count: number | undefined,
  register: string | undefined,
  object: boolean,
): void {
  const { visual } = vi;
  if (!visual) return;
  const [first, last] = ordered(vi);
  const linewise = visual.kind === 'line' || 'XDYSRC'.includes(command);
  const end = line(vi, last.row);
  // Behind the last character the line's end is meant.
  const withEnd = visual.kind === 'char' && last.column >= end.length && last.row + 1 < vi.lines.length;
  const range: Range = {
    fromRow: first.row,
    fromColumn: first.column,
    toRow: withEnd ? last.row + 1 : last.row,
    toColumn: withEnd ? 0 : Math.min(end.length, last.column + ((end.codePointAt(last.column) ?? 0) > 0xffff ? 2 : 1)),
    linewise,
  };
  if (command === 'o' || (command === 'O' && visual.kind !== 'block')) return otherEnd(vi);
  if (command === 'O') {
    [vi.column, visual.column] = [visual.column, vi.column];
    return;
  }
  const kind = KINDS[command];
  if (kind) {
    if (visual.kind === kind) leaveVisual(vi);
    else visual.kind = kind;
  } else if (command === ':') {
    leaveVisual(vi);
    openCommand(vi, ':', "'<,'>");
  } else if (command === '/' || command === '?') openCommand(vi, command);
  else if (command === 'g' && argument === 'v') selectAgain(vi);
  else if (visual.kind === 'block' && blockCommand(vi, command, argument, count, register)) return;
  else if (object) selectObject(vi, argument, command === 'a');
  else if (!rangeCommand(vi, range, command, argument, count, register)) move(vi, command, argument, count);
}

function otherEnd(vi: Vi): void {
  const { visual } = vi;
  if (!visual) return;
  const { row, column } = vi;
  [vi.row, vi.column] = [visual.row, visual.column];
  Object.assign(visual, { row, column });
}

function selectObject(vi: Vi, argument: string, around: boolean): void {
  const found = textObject(vi, argument, around);
  if (!found || !vi.visual) return beep(vi);
  Object.assign(vi.visual, { row: found.fromRow, column: found.fromColumn });
  [vi.row, vi.column] = [found.toRow, found.linewise ? 0 : found.toColumn - 1];
}

/** What is done with the characters or lines selected. Whether the command was one of these. */
function rangeCommand(
  vi: Vi,
  range: Range,
  command: string,
  argument: string,
  count: number | undefined,
  register: string | undefined,
): boolean {
  const operator = OTHER_NAMES[command] ?? command;
  const lastRow = range.toRow - (!range.linewise && range.toColumn === 0 && range.toRow > range.fromRow ? 1 : 0);
  if (OPERATORS.has(operator)) {
    leaveVisual(vi);
    if (operator === '>' || operator === '<') shift(vi, range.fromRow, lastRow, operator === '>', count ?? 1);
    else apply(vi, operator, range, register);
  } else if (command === 'J' || (command === 'g' && argument === 'J')) {
    leaveVisual(vi);
    vi.row = range.fromRow;
    join(vi, lastRow - range.fromRow + 1, command === 'J');
  } else if (command === 'p' || command === 'P') {
    const value = registerNamed(vi, register);
    leaveVisual(vi);
    replaceBy(vi, range, value, count ?? 1);
    if (command === 'P') vi.register = value;
  } else if (command === '~' || command === 'u' || command === 'U' || (command === 'g' && CASES.has(argument))) {
    leaveVisual(vi);
    turnRange(vi, range, command === 'g' ? argument : command);
    vi.column = range.linewise ? vi.column : range.fromColumn;
  } else if (command === 'r') {
    leaveVisual(vi);
    if (!/^<.+>$/.test(argument)) changeText(vi, range, (text) => text.replace(/./gsu, () => argument));
  } else if (command === 'I' || command === 'A') {
    leaveVisual(vi);
    vi.row = command === 'I' ? range.fromRow : range.toRow;
    vi.column = command === 'I' ? (range.linewise ? 0 : range.fromColumn) : range.linewise ? Infinity : range.toColumn;
    if (!Number.isFinite(vi.column)) vi.column = line(vi).length;
    startInsert(vi);
  } else return false;
  return true;
}

/** p over a selection: the text of the register in its place, and what was there in the register. */
function replaceBy(vi: Vi, range: Range, value: Vi['register'], count: number): void {
  const lineEnd = !range.linewise && range.toColumn >= line(vi, range.toRow).length;
  const bottom = range.toRow === vi.lines.length - 1;
  remove(vi, range);
  if (range.linewise) {
    if (bottom && range.fromRow > 0) put(vi, true, count, { ...value, linewise: true });
    else put(vi, false, count, { ...value, linewise: true });
    if (bottom && range.fromRow === 0) dropEmptyLine(vi, value.text.length * count);
  } else if (value.linewise) {
    // The line is cut in two, and the lines come between.
    const text = line(vi);
    vi.lines.splice(vi.row, 1, text.slice(0, vi.column), text.slice(vi.column));
    put(vi, true, count, value);
  } else if (lineEnd && line(vi) !== '') {
    vi.column = line(vi).length - 1;
    put(vi, true, count, value);
  } else put(vi, false, count, value);
}

/** The empty line that deleting the whole buffer left, below what was put. */
function dropEmptyLine(vi: Vi, rows: number): void {
  if (vi.lines.length === rows + 1 && vi.lines.at(-1) === '') vi.lines.pop();
}

/** What is done with a block selected. Whether the command was one of these. */
function blockCommand(
  vi: Vi,
  command: string,
  argument: string,
  count: number | undefined,
  register: string | undefined,
): boolean {
  const operator = OTHER_NAMES[command] ?? command;
  const block: Block = { ...blockOf(vi), ...(command === 'D' || command === 'C' ? { toEnd: true } : {}) };
  const leave = () => leaveVisual(vi);
  if (command === 'S' || command === 'R') return false;
  if (operator === 'd' || operator === 'c') {
    leave();
    yankBlock(vi, block, register, true);
    if (operator === 'c') startInsert(vi);
    changeBlock(vi, block, () => '');
    if (operator === 'c') startBlockInsert(vi, block, operator);
  } else if (operator === 'y') {
    leave();
    yankBlock(vi, block, register);
  } else if (command === 'I' || command === 'A') {
    leave();
    startInsert(vi);
    startBlockInsert(vi, block, command);
  } else if (command === 'r') {
    leave();
    if (!/^<.+>$/.test(argument)) replaceBlock(vi, block, argument);
  } else if (command === '~' || command === 'u' || command === 'U' || (command === 'g' && CASES.has(argument))) {
    leave();
    turnBlock(vi, block, command === 'g' ? argument : command);
  } else if (command === '>' || command === '<') {
    leave();
    shiftBlock(vi, block, command === '>', count ?? 1);
  } else if (command === 'p' || command === 'P') {
    leave();
    say(vi, 'kubetutor does not model putting over a block');
  } else return false;
  return true;
}

import { turnRange } from './case.ts';
import { lines, type Range, rangeTo, remove, shift, yank } from './change.ts';
import { startInsert } from './insert.ts';
import { motion, type Target } from './motion.ts';
import { beep, beginChange, line, openCommand, type Vi } from './state.ts';
import { textObject } from './text-object.ts';
import { indentLine, indentsYaml, reindent } from './yaml-indent.ts';

export const OPERATORS: ReadonlySet<string> = new Set(['d', 'c', 'y', '>', '<', '=', '!']);

/** Does what an operator does with a stretch of the buffer. */
export function apply(vi: Vi, operator: string, range: Range, register: string | undefined): void {
  if (operator === 'y') {
    yank(vi, range, register);
    if (!range.linewise) vi.column = range.fromColumn;
    vi.row = range.fromRow;
  } else if (operator === 'd') remove(vi, range, register);
  else if (operator === 'c') {
    if (range.linewise) {
      beginChange(vi);
      yank(vi, range, register, true);
      vi.message = '';
      const indent = vi.settings.autoindent ? (/^\s*/.exec(line(vi, range.fromRow))?.[0] ?? '') : '';
      vi.lines.splice(range.fromRow, range.toRow - range.fromRow + 1, indent);
      vi.row = range.fromRow;
      vi.column = indent.length;
      if (indentsYaml(vi)) indentLine(vi, vi.row);
    } else remove(vi, range, register);
    startInsert(vi);
  } else if (operator.startsWith('g')) turnRange(vi, range, operator.charAt(1));
  else if (operator === '>' || operator === '<') shift(vi, range.fromRow, range.toRow, operator === '>');
  else if (operator === '!') {
    const rows = range.toRow - range.fromRow;
    vi.row = range.fromRow;
    openCommand(vi, ':', rows === 0 ? '.!' : `.,.+${rows}!`);
  } else reindent(vi, range.fromRow, range.toRow);
}

/** An operator with a motion or a text object; its own key again means lines. */
export function operate(
  vi: Vi,
  operator: string,
  command: string,
  argument: string,
  count: number | undefined,
  register: string | undefined,
): void {
  if (command === operator) {
    const last = vi.row + (count ?? 1) - 1;
    if (last >= vi.lines.length && vi.row === vi.lines.length - 1 && (count ?? 1) > 1) return beep(vi);
    return apply(vi, operator, lines(vi.row, Math.min(last, vi.lines.length - 1)), register);
  }
  if (command === 'i' || command === 'a') {
    const range = textObject(vi, argument, command === 'a');
    if (range) apply(vi, operator, range, register);
    else beep(vi);
    return;
  }
  const target = targetOf(vi, operator, command, argument, count);
  if (!target) return beep(vi);
  const range = rangeTo(vi, target);
  apply(vi, operator, range, register);
  if (operator === 'y' && range.linewise) vi.column = range.fromColumn;
}

function targetOf(
  vi: Vi,
  operator: string,
  command: string,
  argument: string,
  count: number | undefined,
): Target | undefined {
  const text = line(vi);
  const byWord = command === 'w' || command === 'W';
  // cw on a word is ce: vim's own exception.
  const toEnd = operator === 'c' && byWord && /\S/.test(text[vi.column] ?? ' ');
  if (toEnd && (count ?? 1) === 1) {
    const pattern = command === 'W' ? /^\S+/ : /^(?:[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]+)/u;
    const length = pattern.exec(text.slice(vi.column))?.[0].length ?? 1;
    return { row: vi.row, column: vi.column + length - 1, kind: 'inclusive' };
  }
  const target = motion(vi, toEnd ? (command === 'w' ? 'e' : 'E') : command, argument, count);
  // dw on the last word of a line stays in the line.
  if (target && byWord && !toEnd && target.row > vi.row && target.column <= indentOf(line(vi, target.row))) {
    let row = target.row - 1;
    while (row > vi.row && line(vi, row) === '') row--;
    return { row, column: line(vi, row).length, kind: 'exclusive' };
  }
  return target;
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

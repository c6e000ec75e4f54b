import { putBlock } from './block.ts';
import type { Target } from './motion.ts';
import { keep } from './registers.ts';
import { beginChange, clamp, firstNonBlank, fits, line, type Register, say, type Vi } from './state.ts';

/** A stretch of the buffer; whole lines when `linewise`. The end is exclusive, or the last line. */
export interface Range {
  readonly fromRow: number;
  readonly fromColumn: number;
  readonly toRow: number;
  readonly toColumn: number;
  readonly linewise: boolean;
}

/** Whole lines, both ends included. */
export function lines(from: number, to: number): Range {
  return { fromRow: from, toRow: to, fromColumn: 0, toColumn: 0, linewise: true };
}

/** Part of the cursor's line, the end not included. */
export function inLine({ row }: Vi, from: number, to: number): Range {
  return { fromRow: row, toRow: row, fromColumn: from, toColumn: to, linewise: false };
}

/** What an operator takes between the cursor and a target. */
export function rangeTo(vi: Vi, target: Target): Range {
  const forward = target.row > vi.row || (target.row === vi.row && target.column >= vi.column);
  const [first, last] = forward ? [vi, target] : [target, vi];
  const extra = target.kind === 'inclusive' ? 1 : 0;
  return {
    fromRow: first.row,
    fromColumn: first.column,
    toRow: last.row,
    toColumn: last.column + extra,
    linewise: target.kind === 'line',
  };
}

export function textIn(vi: Vi, range: Range): Register {
  const lines = vi.lines.slice(range.fromRow, range.toRow + 1);
  if (range.linewise) return { text: lines, linewise: true };
  const last = lines.length - 1;
  return {
    text: lines.map((text, i) => text.slice(i === 0 ? range.fromColumn : 0, i === last ? range.toColumn : undefined)),
    linewise: false,
  };
}

export function yank(vi: Vi, range: Range, register: string | undefined, deleted = false): void {
  const value = textIn(vi, range);
  keep(vi, value, register, deleted);
  if (range.linewise && value.text.length > 2) say(vi, `${value.text.length} lines yanked`);
}

/** Deletes into the register; the cursor stands where the text was. */
export function remove(vi: Vi, range: Range, register?: string): void {
  beginChange(vi);
  yank(vi, range, register, true);
  vi.message = '';
  if (range.linewise) {
    const count = range.toRow - range.fromRow + 1;
    vi.lines.splice(range.fromRow, count);
    vi.noLines = vi.lines.length === 0;
    if (vi.noLines) vi.lines.push('');
    vi.row = Math.min(range.fromRow, vi.lines.length - 1);
    vi.column = firstNonBlank(line(vi));
    if (vi.noLines) say(vi, '--No lines in buffer--');
    else if (count > 2) say(vi, `${count} fewer lines`);
    return;
  }
  const joined = line(vi, range.fromRow).slice(0, range.fromColumn) + line(vi, range.toRow).slice(range.toColumn);
  vi.lines.splice(range.fromRow, range.toRow - range.fromRow + 1, joined);
  vi.row = range.fromRow;
  vi.column = range.fromColumn;
}

export function put(vi: Vi, after: boolean, count: number, register: Register): void {
  if (register.text.length === 0) return;
  if (!fits(vi, register.text, Math.min(count, 1000))) return;
  beginChange(vi);
  if (register.block) return putBlock(vi, register.text, after, Math.min(count, 1000));
  const times = Array.from({ length: Math.min(count, 1000) });
  if (register.linewise) {
    const row = after ? vi.row + 1 : vi.row;
    const lines = times.flatMap(() => register.text);
    vi.lines.splice(row, 0, ...lines);
    vi.row = row;
    vi.column = firstNonBlank(line(vi));
    if (lines.length > 2) say(vi, `${lines.length} more lines`);
    return;
  }
  const text = line(vi);
  const at = after && text !== '' ? vi.column + 1 : vi.column;
  const inserted = times
    .map(() => register.text.join('\n'))
    .join('')
    .split('\n');
  const all = `${text.slice(0, at)}${inserted.join('\n')}${text.slice(at)}`.split('\n');
  vi.lines.splice(vi.row, 1, ...all);
  vi.column = inserted.length === 1 ? at + (inserted[0]?.length ?? 1) - 1 : at;
}

/** Moves lines by one shiftwidth; empty lines stay as they are. */
export function shift(vi: Vi, from: number, to: number, right: boolean, times = 1): void {
  beginChange(vi);
  const { shiftwidth, tabstop, expandtab } = vi.settings;
  const unit = shiftwidth || tabstop;
  for (let row = from; row <= to && row < vi.lines.length; row++) {
    const text = line(vi, row);
    if (text === '') continue;
    const body = text.trimStart();
    let width = 0;
    for (const c of text.slice(0, text.length - body.length)) width += c === '\t' ? tabstop - (width % tabstop) : 1;
    width = Math.max(0, width + (right ? unit : -unit) * times);
    const indent = expandtab
      ? ' '.repeat(width)
      : '\t'.repeat(Math.floor(width / tabstop)) + ' '.repeat(width % tabstop);
    vi.lines[row] = indent + body;
  }
  vi.row = from;
  vi.column = firstNonBlank(line(vi));
  if (to - from + 1 > 2) say(vi, `${to - from + 1} lines ${right ? '>' : '<'}ed 1 time`);
}

export function join(vi: Vi, count: number, spaces: boolean): void {
  beginChange(vi);
  for (let i = 0; i < Math.max(1, count - 1) && vi.row + 1 < vi.lines.length; i++) {
    const next = line(vi, vi.row + 1);
    const text = line(vi);
    const body = spaces ? next.trimStart() : next;
    const glue = !spaces || body === '' || text === '' || /\s$/.test(text) || body.startsWith(')') ? '' : ' ';
    vi.column = text.length;
    vi.lines.splice(vi.row, 2, text + glue + body);
  }
  clamp(vi);
}

import { cellWidth, graphemes, shown } from '../cells.ts';
import { turnCase } from './case.ts';
import { keep } from './registers.ts';
import { beginChange, line, type Vi } from './state.ts';

/** A rectangle of the buffer: rows and cells, both ends included; up to the ends of the lines when `toEnd`. */
export interface Block {
  readonly fromRow: number;
  readonly toRow: number;
  readonly left: number;
  readonly right: number;
  readonly toEnd: boolean;
}

/** What a block covers of a line, as indexes; a line that ends before it has nothing in it. */
interface Piece {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  /** The line ends before the block begins. */
  readonly short: boolean;
}

/** The cell at which each index of a line begins; one more for its end. */
function cellsOf(text: string, tabstop: number): number[] {
  const cells: number[] = [];
  let cell = 0;
  for (const grapheme of graphemes(text)) {
    for (let i = 0; i < grapheme.length; i++) cells.push(cell);
    cell += cellWidth(shown(grapheme, cell, tabstop));
  }
  cells.push(cell);
  return cells;
}

/** The rectangle between where visual mode began and the cursor. */
export function blockOf(vi: Vi): Block {
  const start = vi.visual ?? vi;
  const [one, other] = [start, vi].map(({ row, column }) => {
    const cells = cellsOf(line(vi, row), vi.settings.tabstop);
    const first = cells[column] ?? cells.at(-1) ?? 0;
    return { row, first, last: Math.max(first, (cells.find((cell) => cell > first) ?? first + 1) - 1) };
  }) as [{ row: number; first: number; last: number }, { row: number; first: number; last: number }];
  return {
    fromRow: Math.min(one.row, other.row),
    toRow: Math.max(one.row, other.row),
    left: Math.min(one.first, other.first),
    right: Math.max(one.last, other.last),
    toEnd: vi.wanted === Number.MAX_SAFE_INTEGER,
  };
}

function pieces(vi: Vi, block: Block): Piece[] {
  const found: Piece[] = [];
  for (let row = block.fromRow; row <= Math.min(block.toRow, vi.lines.length - 1); row++) {
    const text = line(vi, row);
    const cells = cellsOf(text, vi.settings.tabstop);
    const at = cells.findIndex((cell) => cell >= block.left);
    const from = at < 0 ? text.length : at;
    const behind = cells.findIndex((cell) => cell > block.right);
    const to = block.toEnd || behind < 0 ? text.length : behind;
    found.push({ row, from, to: Math.max(from, to), short: (cells.at(-1) ?? 0) < block.left });
  }
  return found;
}

/** Whether an index of a line lies in the block. */
export function inBlock(vi: Vi, block: Block, row: number): { from: number; to: number } | undefined {
  if (row < block.fromRow || row > block.toRow) return undefined;
  return pieces(vi, { ...block, fromRow: row, toRow: row })[0];
}

/** Changes what the block covers, line by line; the cursor stands at its upper left corner. */
export function changeBlock(vi: Vi, block: Block, change: (text: string) => string): void {
  beginChange(vi);
  for (const { row, from, to } of pieces(vi, block)) {
    const text = line(vi, row);
    vi.lines[row] = text.slice(0, from) + change(text.slice(from, to)) + text.slice(to);
  }
  toCorner(vi, block);
}

function toCorner(vi: Vi, block: Block): void {
  vi.row = block.fromRow;
  vi.column = pieces(vi, { ...block, toRow: block.fromRow })[0]?.from ?? 0;
}

export function yankBlock(vi: Vi, block: Block, register: string | undefined, deleted = false): void {
  const text = pieces(vi, block).map(({ row, from, to }) => line(vi, row).slice(from, to));
  keep(vi, { text, linewise: false, block: true }, register, deleted);
  toCorner(vi, block);
}

export function replaceBlock(vi: Vi, block: Block, character: string): void {
  changeBlock(vi, block, (text) =>
    graphemes(text)
      .map(() => character)
      .join(''),
  );
}

export function turnBlock(vi: Vi, block: Block, how: string): void {
  changeBlock(vi, block, (text) => turnCase(text, how));
}

/** `>` and `<`: spaces come at, or go from, the left edge of the block. */
export function shiftBlock(vi: Vi, block: Block, right: boolean, times: number): void {
  beginChange(vi);
  const { expandtab, shiftwidth, tabstop } = vi.settings;
  const unit = (shiftwidth || tabstop) * times;
  for (const { row, from, short } of pieces(vi, block)) {
    if (short) continue;
    const text = line(vi, row);
    const white = /^[ \t]*/.exec(text.slice(from))?.[0] ?? '';
    const cells = cellsOf(text, tabstop);
    const start = cells[from] ?? 0;
    const width = Math.max(0, (cells[from + white.length] ?? start) - start + (right ? unit : -unit));
    vi.lines[row] =
      text.slice(0, from) + whiteSpace(start, width, expandtab, tabstop) + text.slice(from + white.length);
  }
  toCorner(vi, block);
}

function whiteSpace(start: number, width: number, expandtab: boolean, tabstop: number): string {
  const stops = Math.floor((start + width) / tabstop) - Math.floor(start / tabstop);
  if (expandtab || stops <= 0) return ' '.repeat(width);
  return '\t'.repeat(stops) + ' '.repeat((start + width) % tabstop);
}

/** I, A and c on a block: inserting in its first line, which `finishBlockInsert` repeats in the others. */
export function startBlockInsert(vi: Vi, block: Block, how: 'I' | 'A' | 'c'): void {
  beginChange(vi);
  const [first] = pieces(vi, block);
  if (!first) return;
  vi.row = block.fromRow;
  vi.column = first.from;
  const corner = first.from;
  if (how === 'A') {
    if (block.toEnd) vi.column = line(vi).length;
    else {
      padTo(vi, block.fromRow, block.right + 1);
      vi.column = inBlock(vi, block, block.fromRow)?.to ?? 0;
    }
  } else if (first.short) padTo(vi, block.fromRow, block.left);
  if (first.short && how !== 'A') vi.column = line(vi).length;
  const rows = pieces(vi, block).flatMap(({ row, short }) =>
    row > block.fromRow && (how === 'A' || !short) ? [row] : [],
  );
  vi.blockInsert = { block, rows, how, corner, column: vi.column, length: line(vi).length, lines: vi.lines.length };
}

function padTo(vi: Vi, row: number, cell: number): void {
  const text = line(vi, row);
  const width = cellsOf(text, vi.settings.tabstop).at(-1) ?? 0;
  if (width < cell) vi.lines[row] = text + ' '.repeat(cell - width);
}

/** At Esc: what came to the first line of the block comes to the others. */
export function finishBlockInsert(vi: Vi): void {
  const job = vi.blockInsert;
  vi.blockInsert = undefined;
  if (!job || vi.lines.length !== job.lines || vi.row !== job.block.fromRow) return;
  const grown = line(vi).length - job.length;
  if (grown <= 0) return;
  const inserted = line(vi).slice(job.column, job.column + grown);
  for (const row of job.rows) {
    if (job.how === 'A' && !job.block.toEnd) padTo(vi, row, job.block.right + 1);
    const piece = inBlock(vi, job.block, row);
    const text = line(vi, row);
    const at = job.how !== 'A' ? (piece?.from ?? 0) : job.block.toEnd ? text.length : (piece?.to ?? text.length);
    vi.lines[row] = text.slice(0, at) + inserted + text.slice(at);
  }
}

/** A block in a register comes beside the cursor, its rows below each other. */
export function putBlock(vi: Vi, text: readonly string[], after: boolean, count: number): void {
  beginChange(vi);
  const here = cellsOf(line(vi), vi.settings.tabstop);
  const first = here[vi.column] ?? 0;
  const cell = after && line(vi) !== '' ? (here.find((one) => one > first) ?? first + 1) : first;
  const width = Math.max(...text.map((one) => cellWidth(one)));
  let column = 0;
  text.forEach((piece, i) => {
    const row = vi.row + i;
    if (row >= vi.lines.length) vi.lines.push('');
    padTo(vi, row, cell);
    const old = line(vi, row);
    const found = cellsOf(old, vi.settings.tabstop).findIndex((one) => one >= cell);
    const at = found < 0 ? old.length : found;
    if (i === 0) column = at;
    const padded = piece + ' '.repeat(width - cellWidth(piece));
    const whole = padded.repeat(count);
    vi.lines[row] =
      old.slice(0, at) +
      (at >= old.length ? whole.slice(0, whole.length - padded.length) + piece : whole) +
      old.slice(at);
  });
  vi.column = column;
}

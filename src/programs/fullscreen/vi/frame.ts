import { cellWidth, cutTo, graphemes, shown } from '../cells.ts';
import { type Frame, REVERSE } from '../screen.ts';
import { blockOf, inBlock } from './block.ts';
import { line, type Vi } from './state.ts';

const BLUE = '\x1b[94m';
const YELLOW = '\x1b[33m';
const ERROR = '\x1b[97;41m';
const PLAIN = '\x1b[m';

const MODES: Readonly<Record<string, string>> = { insert: '-- INSERT --', replace: '-- REPLACE --' };

const VISUAL_MODES = { char: '-- VISUAL --', line: '-- VISUAL LINE --', block: '-- VISUAL BLOCK --' };

function gutter(vi: Vi): number {
  const { number, relativenumber } = vi.settings;
  return number || relativenumber ? Math.max(3, String(vi.lines.length).length) + 1 : 0;
}

interface Wrapped {
  readonly rows: string[];
  /** Where each index of the line is shown: row and cell. */
  readonly places: [number, number][];
}

/** A line as rows, with what is selected in reverse. */
function wrapLine(vi: Vi, row: number, columns: number): Wrapped {
  const text = line(vi, row);
  const { visual, settings } = vi;
  const [first, last] =
    visual && (visual.row > vi.row || (visual.row === vi.row && visual.column > vi.column))
      ? [vi, visual]
      : [visual ?? vi, vi];
  const block = visual?.kind === 'block' ? blockOf(vi) : undefined;
  const piece = block && inBlock(vi, block, row);
  const rows = [''];
  const places: [number, number][] = [];
  let used = 0;
  let cell = 0;
  let index = 0;
  for (const grapheme of graphemes(text)) {
    const display = shown(grapheme, cell, settings.tabstop);
    const width = cellWidth(display);
    if (used + width > columns && used > 0) {
      rows.push('');
      used = 0;
    }
    for (let i = 0; i < grapheme.length; i++) places[index + i] = [rows.length - 1, used];
    const inside = block
      ? piece !== undefined && index >= piece.from && index < piece.to
      : visual &&
        row >= first.row &&
        row <= last.row &&
        (visual.kind === 'line' ||
          ((row > first.row || index >= first.column) && (row < last.row || index <= last.column)));
    const at = rows.length - 1;
    rows[at] = (rows[at] ?? '') + (inside ? `${REVERSE}${display}${PLAIN}` : display);
    used += width;
    cell += width;
    index += grapheme.length;
  }
  places.push([rows.length - 1, Math.min(used, columns - 1)]);
  return { rows, places };
}

function height(vi: Vi, row: number, columns: number): number {
  return wrapLine(vi, row, columns).rows.length;
}

/** Moves the window so that the cursor is in it. */
function scroll(vi: Vi, columns: number, rows: number): void {
  if (vi.row < vi.top || vi.row > vi.top + 3 * rows)
    vi.top = vi.row < vi.top && vi.row >= vi.top - rows ? vi.row : Math.max(0, vi.row - Math.floor(rows / 2));
  for (;;) {
    let used = 0;
    for (let row = vi.top; row <= vi.row; row++) used += height(vi, row, columns);
    if (used <= rows || vi.top >= vi.row) return;
    vi.top++;
  }
}

function rulerOf(vi: Vi, shownRows: number): string {
  const text = line(vi);
  const before = new TextEncoder().encode(text.slice(0, vi.column)).length;
  let cell = 0;
  for (const grapheme of graphemes(text.slice(0, vi.column + (vi.mode === 'insert' ? 0 : 1)))) {
    cell += cellWidth(shown(grapheme, cell, vi.settings.tabstop));
  }
  const column =
    vi.mode === 'insert'
      ? cell + 1
      : text[vi.column] === '\t'
        ? cell
        : cell - cellWidth(shown(graphemes(text.slice(vi.column))[0] ?? ' ', 0)) + 1;
  const empty = text === '' && vi.mode !== 'insert';
  const place = empty ? '0-1' : before + 1 === column ? String(column) : `${before + 1}-${column}`;
  const above = vi.top;
  const below = vi.lines.length - vi.top - shownRows;
  const where =
    above === 0 ? (below <= 0 ? 'All' : 'Top') : below <= 0 ? 'Bot' : `${Math.floor((above * 100) / (above + below))}%`;
  const nothing = vi.lines.length === 1 && text === '';
  return `${nothing ? '0' : vi.row + 1},${place}`.padEnd(14) + where;
}

/** The screen of vi: rows of text, `~` below the end, the status line. */
export function viFrame(vi: Vi, columns: number, rows: number): Frame {
  const room = Math.max(1, rows - 1);
  vi.height = room;
  const left = gutter(vi);
  const width = Math.max(1, columns - left);
  scroll(vi, width, room);
  const out: string[] = [];
  let cursor: [number, number] = [0, 0];
  let row = vi.top;
  for (; row < vi.lines.length && out.length < room; row++) {
    const { rows: wrapped, places } = wrapLine(vi, row, width);
    if (out.length + wrapped.length > room && row > vi.top) break;
    const label = vi.settings.relativenumber && row !== vi.row ? Math.abs(row - vi.row) : row + 1;
    if (row === vi.row) {
      const [inRow, cell] = places[Math.min(vi.column, places.length - 1)] ?? [0, 0];
      cursor = [Math.min(out.length + inRow, room - 1), left + cell];
    }
    wrapped.forEach((text, i) => {
      const prefix =
        left === 0 ? '' : i === 0 ? `${YELLOW}${String(label).padStart(left - 1)} ${PLAIN}` : ' '.repeat(left);
      if (out.length < room) out.push(prefix + text);
    });
  }
  const mark = row < vi.lines.length ? '@' : '~';
  while (out.length < room) out.push(`${BLUE}${mark}${PLAIN}`);
  if (vi.mode === 'command') {
    const text = vi.command.prompt + vi.command.text;
    const visible = cellWidth(text) < columns ? text : text.slice(-(columns - 1));
    const behind = cellWidth(vi.command.text.slice(vi.command.at));
    return { rows: [...out, visible], row: rows - 1, column: Math.max(0, cellWidth(visible) - behind) };
  }
  if (vi.confirm)
    return {
      rows: [...out, cutTo(vi.message, columns)],
      row: rows - 1,
      column: Math.min(cellWidth(vi.message), columns - 1),
    };
  const paste = vi.settings.paste && vi.mode === 'insert' ? '-- INSERT (paste) --' : undefined;
  const visual = vi.visual && VISUAL_MODES[vi.visual.kind];
  const again = vi.insertAgain && `-- (${vi.insertAgain}) --`;
  const recording = vi.macro && `recording @${vi.macro.register}`;
  const mode = `${visual ?? paste ?? again ?? MODES[vi.mode] ?? ''}${recording ?? ''}`;
  const text = cutTo(vi.message || mode, columns - 1);
  const status = vi.error && vi.message ? `${ERROR}${text}${PLAIN}` : text;
  const rulerAt = columns - 18;
  const room2 = rulerAt - cellWidth(text);
  const ruler = room2 > 0 ? ' '.repeat(room2) + rulerOf(vi, row - vi.top) : '';
  return { rows: [...out, status + ruler], row: cursor[0], column: cursor[1] };
}

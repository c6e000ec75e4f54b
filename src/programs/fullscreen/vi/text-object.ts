import { inLine, lines, type Range } from './change.ts';
import { line, type Vi } from './state.ts';

/** iw, aw, i" and the like in the line. */
export function textObject(vi: Vi, what: string, around: boolean): Range | undefined {
  const text = line(vi);
  if (what === 'w' || what === 'W') {
    const pattern = what === 'W' ? /\S+|\s+/g : /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]+/gu;
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      if (end <= vi.column) continue;
      const space = around ? (/^\s*/.exec(text.slice(end))?.[0].length ?? 0) : 0;
      return inLine(vi, match.index, end + space);
    }
    return undefined;
  }
  if (what === 'p') {
    let [from, to] = [vi.row, vi.row];
    while (from > 0 && line(vi, from - 1) !== '') from--;
    while (to + 1 < vi.lines.length && line(vi, to + 1) !== '') to++;
    if (around && vi.lines[to + 1] === '') to++;
    return lines(from, to);
  }
  const quotes = [...text.matchAll(/["'`]/g)].filter((match) => match[0] === what).map((match) => match.index);
  for (let i = 0; i + 1 < quotes.length; i += 2) {
    const [from = 0, to = 0] = quotes.slice(i, i + 2);
    if (to >= vi.column) return around ? inLine(vi, from, to + 1) : inLine(vi, from + 1, to);
  }
  const pair = ['()b', '[]', '{}B', '<>'].find((one) => one.includes(what));
  if (!pair) return undefined;
  return bracketed(vi, pair[0] ?? '', pair[1] ?? '', around);
}

/** What stands between the innermost brackets around the cursor. vim: textobject.c current_block */
function bracketed(vi: Vi, open: string, close: string, around: boolean): Range | undefined {
  const here = line(vi)[vi.column] === close ? vi.column - 1 : vi.column;
  const from = bracketFrom(vi, vi.row, here, open, close, -1) ?? nextInText(vi, open);
  const to = from && bracketFrom(vi, from[0], from[1] + 1, close, open, 1);
  if (!from || !to) return undefined;
  const range = (fromRow: number, fromColumn: number, toRow: number, toColumn: number): Range => ({
    fromRow,
    fromColumn,
    toRow,
    toColumn,
    linewise: false,
  });
  if (around) return range(from[0], from[1], to[0], to[1] + 1);
  // A block on lines of its own: the lines between.
  const own = from[1] === line(vi, from[0]).length - 1 && line(vi, to[0]).slice(0, to[1]).trim() === '';
  if (own && to[0] > from[0] + 1) return lines(from[0] + 1, to[0] - 1);
  return range(from[0], from[1] + 1, to[0], to[1]);
}

/** Outside of any brackets the next ones are meant. vim: patch 8.2.3255 */
function nextInText(vi: Vi, open: string): [number, number] | undefined {
  for (let row = vi.row; row < vi.lines.length; row++) {
    const column = line(vi, row).indexOf(open, row === vi.row ? vi.column : 0);
    if (column >= 0) return [row, column];
  }
  return undefined;
}

/** The nearest `wanted` that has no `other` of its own, in a direction. */
function bracketFrom(
  vi: Vi,
  row: number,
  column: number,
  wanted: string,
  other: string,
  step: 1 | -1,
): [number, number] | undefined {
  let depth = 0;
  for (let at = row; at >= 0 && at < vi.lines.length; at += step) {
    const text = line(vi, at);
    for (let i = at === row ? column : step > 0 ? 0 : text.length - 1; i >= 0 && i < text.length; i += step) {
      if (text[i] === other) depth++;
      else if (text[i] === wanted && depth-- === 0) return [at, i];
    }
  }
  return undefined;
}

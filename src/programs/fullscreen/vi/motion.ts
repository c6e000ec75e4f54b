import { compilePattern } from './pattern.ts';
import { clampRow, fail, firstNonBlank, line, say, type Vi } from './state.ts';

/** Where a motion leads, and how an operator takes it. */
export interface Target {
  readonly row: number;
  readonly column: number;
  readonly kind: 'exclusive' | 'inclusive' | 'line';
  /** j and k keep to the column they started from. */
  readonly keepWanted?: boolean;
}

function classOf(character: string | undefined, big: boolean): number {
  if (character === undefined || /\s/.test(character)) return 0;
  if (big) return 1;
  return /[\p{L}\p{N}_]/u.test(character) ? 1 : 2;
}

function wordForward(vi: Vi, big: boolean, row: number, column: number): [number, number] {
  let text = line(vi, row);
  const start = classOf(text[column], big);
  let at = column;
  while (at < text.length && start !== 0 && classOf(text[at], big) === start) at++;
  for (;;) {
    while (at < text.length && classOf(text[at], big) === 0) at++;
    if (at < text.length) return [row, at];
    if (row >= vi.lines.length - 1) return [row, text.length];
    text = line(vi, ++row);
    at = 0;
    if (text === '') return [row, 0];
  }
}

function wordBack(vi: Vi, big: boolean, row: number, column: number): [number, number] {
  let at = column - 1;
  let text = line(vi, row);
  for (;;) {
    while (at >= 0 && classOf(text[at], big) === 0) at--;
    if (at >= 0) break;
    if (row === 0) return [0, 0];
    text = line(vi, --row);
    if (text === '') return [row, 0];
    at = text.length - 1;
  }
  const kind = classOf(text[at], big);
  while (at > 0 && classOf(text[at - 1], big) === kind) at--;
  return [row, at];
}

function wordEnd(vi: Vi, big: boolean, row: number, column: number): [number, number] {
  let at = column + 1;
  let text = line(vi, row);
  for (;;) {
    while (at < text.length && classOf(text[at], big) === 0) at++;
    if (at < text.length) break;
    if (row >= vi.lines.length - 1) return [row, Math.max(0, text.length - 1)];
    text = line(vi, ++row);
    at = 0;
  }
  const kind = classOf(text[at], big);
  while (at + 1 < text.length && classOf(text[at + 1], big) === kind) at++;
  return [row, at];
}

function repeat(vi: Vi, count: number, step: (row: number, column: number) => [number, number]): [number, number] {
  let place: [number, number] = [vi.row, vi.column];
  for (let i = 0; i < Math.min(count, 100_000); i++) {
    const next = step(...place);
    if (next[0] === place[0] && next[1] === place[1]) break;
    place = next;
  }
  return place;
}

/** The place of the next match of the search pattern. */
export function searchFrom(vi: Vi, backwards: boolean, count = 1): [number, number] | undefined {
  let pattern: RegExp;
  try {
    pattern = compilePattern(vi.pattern, vi.settings, 'g');
  } catch {
    fail(vi, `E383: Invalid search string: ${vi.pattern}`);
    return undefined;
  }
  let place: [number, number] = [vi.row, vi.column];
  let wrapped = false;
  for (let i = 0; i < count; i++) {
    let found: [number, number] | undefined;
    for (let step = 0; step <= vi.lines.length && !found; step++) {
      const raw = place[0] + (backwards ? -step : step);
      const row = ((raw % vi.lines.length) + vi.lines.length) % vi.lines.length;
      const columns = [...line(vi, row).matchAll(pattern)].map((match) => match.index);
      const start = place[1];
      const usable = step === 0 ? columns.filter((column) => (backwards ? column < start : column > start)) : columns;
      const column = backwards ? usable.at(-1) : usable[0];
      if (column === undefined) continue;
      found = [row, column];
      wrapped ||= raw !== row || (step === vi.lines.length && vi.lines.length > 0);
    }
    if (!found) {
      fail(vi, `E486: Pattern not found: ${vi.pattern}`);
      return undefined;
    }
    place = found;
  }
  if (wrapped) say(vi, backwards ? 'search hit TOP, continuing at BOTTOM' : 'search hit BOTTOM, continuing at TOP');
  return place;
}

/** f, F, t and T in the line. */
function findInLine(vi: Vi, key: string, target: string, count: number): number | undefined {
  const text = line(vi);
  const forward = key === 'f' || key === 't';
  let at = vi.column;
  for (let i = 0; i < count; i++) {
    at = forward ? text.indexOf(target, at + 1) : at === 0 ? -1 : text.lastIndexOf(target, at - 1);
    if (at < 0) return undefined;
  }
  return key === 't' ? at - 1 : key === 'T' ? at + 1 : at;
}

function matchingBracket(vi: Vi): [number, number] | undefined {
  const pairs = '()[]{}';
  const text = line(vi);
  let column = vi.column;
  while (column < text.length && !pairs.includes(text[column] ?? ' ')) column++;
  const open = text[column];
  if (open === undefined) return undefined;
  const index = pairs.indexOf(open);
  const close = pairs[index ^ 1];
  const step = index % 2 === 0 ? 1 : -1;
  let depth = 0;
  for (let row = vi.row; row >= 0 && row < vi.lines.length; row += step) {
    const here = line(vi, row);
    let at = row === vi.row ? column : step > 0 ? 0 : here.length - 1;
    for (; at >= 0 && at < here.length; at += step) {
      if (here[at] === open) depth++;
      else if (here[at] === close && --depth === 0) return [row, at];
    }
  }
  return undefined;
}

/** Motions that need one more key. */
export const LONG_MOTIONS = new Set(['g', 'f', 'F', 't', 'T', "'", '`', '[', ']']);

/** The target of a motion; undefined when it fails or is no motion. `given` is the count as typed. */
export function motion(vi: Vi, key: string, argument: string, given: number | undefined): Target | undefined {
  const count = given ?? 1;
  const text = line(vi);
  const at = (place: [number, number], kind: Target['kind'] = 'exclusive'): Target => ({
    row: place[0],
    column: place[1],
    kind,
  });
  const toLine = (row: number): Target => {
    const target = clampRow(vi, row);
    return { row: target, column: firstNonBlank(line(vi, target)), kind: 'line' };
  };
  const vertical = (rows: number): Target | undefined => {
    const row = clampRow(vi, vi.row + rows);
    if (row === vi.row) return undefined;
    return { row, column: vi.wanted, kind: 'line', keepWanted: true };
  };
  switch (key) {
    case 'h':
    case '<Left>':
    case '<BS>':
      return vi.column === 0 ? undefined : at([vi.row, Math.max(0, vi.column - count)]);
    case 'l':
    case '<Right>':
    case ' ':
      return text === '' ? undefined : at([vi.row, Math.min(text.length, vi.column + count)]);
    case 'j':
    case '<Down>':
    case '<C-n>':
    case '<NL>':
      return vertical(count);
    case 'k':
    case '<Up>':
    case '<C-p>':
      return vertical(-count);
    case '<CR>':
    case '+':
      return vi.row + count >= vi.lines.length ? undefined : toLine(vi.row + count);
    case '-':
      return vi.row - count < 0 ? undefined : toLine(vi.row - count);
    case '_':
      return toLine(vi.row + count - 1);
    case 'w':
    case 'W':
      return at(repeat(vi, count, (row, column) => wordForward(vi, key === 'W', row, column)));
    case 'b':
    case 'B':
      return at(repeat(vi, count, (row, column) => wordBack(vi, key === 'B', row, column)));
    case 'e':
    case 'E':
      return at(
        repeat(vi, count, (row, column) => wordEnd(vi, key === 'E', row, column)),
        'inclusive',
      );
    case '0':
    case '<Home>':
      return at([vi.row, 0]);
    case '^':
      return at([vi.row, firstNonBlank(text)]);
    case '|':
      return at([vi.row, count - 1]);
    case '$':
    case '<End>': {
      const row = clampRow(vi, vi.row + count - 1);
      return { row, column: Math.max(0, line(vi, row).length - (vi.visual ? 0 : 1)), kind: 'inclusive' };
    }
    case 'G':
      return toLine(given === undefined ? vi.lines.length - 1 : count - 1);
    case 'g':
      if (argument === 'g') return toLine(count - 1);
      if (argument === '_') return at([vi.row, Math.max(0, text.trimEnd().length - 1)], 'inclusive');
      return argument === 'j' || argument === 'k' ? vertical(argument === 'j' ? count : -count) : undefined;
    case 'H':
      return toLine(vi.top + count - 1);
    case 'M':
      return toLine(Math.floor((vi.top + Math.min(vi.top + vi.height, vi.lines.length) - 1) / 2));
    case 'L':
      return toLine(Math.min(vi.top + vi.height, vi.lines.length) - count);
    case '{':
    case '}': {
      const step = key === '}' ? 1 : -1;
      let row = vi.row;
      for (let i = 0; i < count; i++) {
        while (line(vi, row) === '' && vi.lines[row + step] !== undefined) row += step;
        while (line(vi, row) !== '' && vi.lines[row + step] !== undefined) row += step;
      }
      return at([row, step > 0 && line(vi, row) !== '' ? line(vi, row).length : 0]);
    }
    case '%': {
      const place = matchingBracket(vi);
      return place && at(place, 'inclusive');
    }
    case 'f':
    case 'F':
    case 't':
    case 'T': {
      vi.find = { key, target: argument };
      const column = findInLine(vi, key, argument, count);
      return column === undefined ? undefined : at([vi.row, column], key < 'a' ? 'exclusive' : 'inclusive');
    }
    case ';':
    case ',': {
      if (!vi.find) return undefined;
      const same = vi.find.key;
      const turned = same < 'a' ? same.toLowerCase() : same.toUpperCase();
      const used = key === ';' ? same : turned;
      const column = findInLine(vi, used, vi.find.target, count);
      return column === undefined ? undefined : at([vi.row, column], used < 'a' ? 'exclusive' : 'inclusive');
    }
    case 'n':
    case 'N': {
      if (vi.pattern === '') {
        fail(vi, 'E35: No previous regular expression');
        return undefined;
      }
      const backwards = vi.backwards !== (key === 'N');
      say(vi, `${backwards ? '?' : '/'}${vi.pattern}`);
      const place = searchFrom(vi, backwards, count);
      return place && at(place);
    }
    case '*':
    case '#': {
      const word = wordAt(text, vi.column);
      if (!word) {
        fail(vi, 'E348: No string under cursor');
        return undefined;
      }
      vi.pattern = `\\<${word}\\>`;
      vi.backwards = key === '#';
      const place = searchFrom(vi, vi.backwards, count);
      return place && at(place);
    }
    case "'":
    case '`': {
      const mark = vi.marks.get(argument === '`' ? "'" : argument);
      if (!mark) {
        fail(vi, 'E20: Mark not set');
        return undefined;
      }
      return key === "'" ? toLine(mark[0]) : at([clampRow(vi, mark[0]), mark[1]]);
    }
    default:
      return undefined;
  }
}

export function wordAt(text: string, column: number): string | undefined {
  for (const match of text.matchAll(/[\p{L}\p{N}_]+/gu)) if (match.index + match[0].length > column) return match[0];
  return undefined;
}

import { join, put, remove, shift, yank } from './change.ts';
import { playNormal, type Typing } from './macro.ts';
import { searchFrom } from './motion.ts';
import { setOption } from './options.ts';
import { compilePattern } from './pattern.ts';
import { registerNamed } from './registers.ts';
import {
  beginChange,
  clampRow,
  endChange,
  fail,
  firstNonBlank,
  fits,
  line,
  modified,
  say,
  undo,
  type Vi,
} from './state.ts';
import { parts, substitute, substituteAgain } from './substitute.ts';
import { whiteOf } from './yaml-indent.ts';

const NO_WRITE = 'E37: No write since last change (add ! to override)';

/** One address; undefined when none is there. */
function address(vi: Vi, text: string): { row: number; rest: string } | undefined {
  const found = /^(?:(\d+)|([.$])|'([a-z<>'^])|\/((?:\\.|[^/\\])*)\/?|\?((?:\\.|[^?\\])*)\??|(?=[+-]))/.exec(text);
  if (!found) return undefined;
  let row = vi.row;
  if (found[1] !== undefined) row = Number(found[1]) - 1;
  else if (found[2] === '$') row = vi.lines.length - 1;
  else if (found[3] !== undefined) row = vi.marks.get(found[3])?.[0] ?? -2;
  else if (found[4] !== undefined || found[5] !== undefined) {
    const pattern = found[4] ?? found[5] ?? '';
    if (pattern !== '') vi.pattern = pattern;
    row = searchFrom(vi, found[4] === undefined)?.[0] ?? -2;
  }
  let rest = text.slice(found[0].length);
  for (let offset = /^([+-])(\d*)/.exec(rest); offset; offset = /^([+-])(\d*)/.exec(rest)) {
    row += (offset[1] === '+' ? 1 : -1) * Number(offset[2] || 1);
    rest = rest.slice(offset[0].length);
  }
  return { row, rest };
}

/** Commands that take the rest of the line, bars and all. */
const TAKES_BARS = /^(?:g!?|gl\w*!?|v|vg\w*|norm\w*!?|!|r\w*\s*!|w\w*\s*!)(?![a-zA-Z])/;

/** The commands of a line between bars. vim: `\\|` is a bar in a pattern */
function commandsOf(input: string): string[] {
  const found: string[] = [];
  let rest = input;
  for (;;) {
    const range = /^[\s:]*(?:%|(?:[\d.$,;+-]|'.|\/(?:\\.|[^/\\])*\/|\?(?:\\.|[^?\\])*\?)*)\s*/.exec(rest)?.[0] ?? '';
    if (TAKES_BARS.test(rest.slice(range.length))) return [...found, rest];
    const from = range.length + substitutionLength(rest.slice(range.length));
    const bar = /(?<!\\)\|/.exec(rest.slice(from));
    if (!bar) return [...found, rest];
    found.push(rest.slice(0, from + bar.index));
    rest = rest.slice(from + bar.index + 1);
  }
}

/** How much of a command is the pattern and the replacement of `:s`: bars in them do not end it. */
function substitutionLength(text: string): number {
  const [whole, delimiter] = /^s(?:ubstitute)?([^\w\s"|&])/.exec(text) ?? [];
  if (whole === undefined) return 0;
  let left = 2;
  for (let i = whole.length; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === delimiter && --left === 0) return i;
  }
  return text.length;
}

/** Runs what follows the colon. `type` types a key, for `:normal`. */
export function exCommand(vi: Vi, input: string, type: Typing): void {
  for (const one of commandsOf(input)) {
    vi.error = false;
    oneCommand(vi, one, type);
    if (vi.error) return;
  }
}

function oneCommand(vi: Vi, input: string, type: Typing): void {
  let rest = input.replace(/^[\s:]+/, '');
  let range: [number, number] | undefined;
  if (rest.startsWith('%')) {
    range = [0, vi.lines.length - 1];
    rest = rest.slice(1);
  } else {
    const first = address(vi, rest);
    if (first) {
      rest = first.rest;
      range = [first.row, first.row];
      if (rest.startsWith(',') || rest.startsWith(';')) {
        if (rest.startsWith(';')) vi.row = clampRow(vi, first.row);
        const second = address(vi, rest.slice(1));
        range[1] = second?.row ?? vi.row;
        rest = second?.rest ?? rest.slice(1);
      }
    }
  }
  if (range && (range[0] < -1 || range[1] < -1)) return fail(vi, vi.error ? vi.message : 'E20: Mark not set');
  rest = rest.trimStart();
  if (rest === '') {
    if (range) goTo(vi, range[1]);
    return;
  }
  if (range && Math.max(...range) >= vi.lines.length) return fail(vi, 'E16: Invalid range');
  const [from, to] = range ? [Math.max(0, Math.min(...range)), Math.max(0, ...range)] : [vi.row, vi.row];
  const substitution = /^s(?:ubstitute)?([^\w\s"|])(.*)$/s.exec(rest);
  if (substitution) return substitute(vi, substitution[1] ?? '/', substitution[2] ?? '', from, to);
  const again = /^(?:s(?:ubstitute)?|(&))(&?[gcien]*)\s*$/.exec(rest);
  if (again) return substituteAgain(vi, again[2] ?? '', from, to);
  const global = /^(g(?:lobal)?!?|v(?:global)?)([^\w\s!])(.*)$/s.exec(rest);
  if (global) {
    const inverse = /^v|!$/.test(global[1] ?? '');
    return runGlobal(vi, inverse, global[2] ?? '/', global[3] ?? '', range ?? [0, vi.lines.length - 1], type);
  }
  const normal = /^norm(?:al?)?!? ?(.*)$/s.exec(rest);
  if (normal) return playNormal(vi, normal[1] ?? '', range && [from, to], type);
  const [, name = '', bang = '', tail = ''] = /^([a-zA-Z]+|[<>]+|!|=|&)(!?)\s*(.*)$/s.exec(rest) ?? [];
  const force = bang === '!';
  const argument = tail.trim();
  switch (name) {
    case 'w':
    case 'write':
    case 'wq':
    case 'x':
    case 'xit':
    case 'wa':
    case 'wall':
    case 'wqa':
    case 'xa': {
      const quit = name.includes('q') || name.startsWith('x');
      if (!quit && argument.startsWith('!')) {
        const [first, last] = range ? [from, to] : [0, vi.lines.length - 1];
        vi.effects.push({ kind: 'filter', command: argument.slice(1), from: first, to: last, replace: false });
        return;
      }
      if (name.startsWith('x') && !modified(vi) && argument === '') vi.effects.push({ kind: 'quit', status: 0 });
      else {
        const append = argument.startsWith('>>');
        const file = argument.replace(/^>>\s*/, '') || undefined;
        vi.effects.push({ kind: 'write', file, force, quit, append, ...(range ? { range: [from, to] as const } : {}) });
      }
      return;
    }
    case 'q':
    case 'quit':
    case 'qa':
    case 'qall':
      if (!force && modified(vi)) fail(vi, NO_WRITE);
      else vi.effects.push({ kind: 'quit', status: 0 });
      return;
    case 'cq':
      vi.effects.push({ kind: 'quit', status: 1 });
      return;
    case 'e':
    case 'edit':
      if (!force && modified(vi)) fail(vi, NO_WRITE);
      else vi.effects.push({ kind: 'edit', file: argument || undefined, force });
      return;
    case 'r':
    case 'read':
      if (force || argument.startsWith('!'))
        vi.effects.push({ kind: 'shell', command: argument.replace(/^!/, ''), row: to });
      else if (argument === '' && !vi.name) fail(vi, 'E32: No file name');
      else vi.effects.push({ kind: 'read', file: argument || (vi.name ?? ''), row: to });
      return;
    case '!':
      if (range) {
        vi.effects.push({ kind: 'filter', command: `${bang}${tail}`, from, to, replace: true });
        return;
      }
      vi.effects.push({ kind: 'shell', command: `${bang}${tail}`, row: undefined });
      return;
    case 'n':
    case 'next':
    case 'N':
    case 'prev':
      if (!force && modified(vi)) fail(vi, NO_WRITE);
      else vi.effects.push({ kind: 'next', step: name.startsWith('n') ? 1 : -1, force });
      return;
    case 'd':
    case 'delete':
      return remove(vi, linesOf(vi, argument, from, to), registerOf(argument));
    case 'y':
    case 'yank':
      return yank(vi, linesOf(vi, argument, from, to), registerOf(argument));
    case 'pu':
    case 'put':
      vi.row = to;
      put(vi, !force, 1, { ...registerNamed(vi, registerOf(argument)), linewise: true });
      return goTo(vi, vi.row + registerNamed(vi, registerOf(argument)).text.length - 1);
    case 'm':
    case 'move':
    case 't':
    case 'co':
    case 'copy': {
      const target = argument === '0' ? -1 : address(vi, argument)?.row;
      if (target === undefined) return fail(vi, 'E14: Invalid address');
      beginChange(vi);
      const block = vi.lines.slice(from, to + 1);
      if (!fits(vi, block, 1)) return;
      const moves = name.startsWith('m');
      if (moves && target >= from && target < to) return fail(vi, 'E134: Cannot move a range of lines into itself');
      vi.lines.splice(target + 1, 0, ...block);
      if (moves) vi.lines.splice(target < from ? from + block.length : from, block.length);
      return goTo(vi, moves && target > to ? target : target + block.length);
    }
    case 'j':
    case 'join':
      vi.row = from;
      join(vi, range ? Math.max(2, to - from + 1) : Number(argument) || 2, !force);
      return goTo(vi, vi.row);
    case 'sor':
    case 'sort':
      return sortLines(vi, range ? [from, to] : [0, vi.lines.length - 1], force, argument);
    case 'k':
    case 'ma':
    case 'mark':
      if (!/^[a-z]$/.test(argument)) return fail(vi, 'E191: Argument must be a letter or forward/backward quote');
      vi.marks.set(argument, [to, 0]);
      return;
    case 'u':
    case 'undo':
      return undo(vi, true);
    case 'red':
    case 'redo':
      return undo(vi, false);
    case '=':
      return say(vi, String(range ? to + 1 : vi.lines.length));
    case 'ret':
    case 'retab':
      return retab(vi, range ? [from, to] : [0, vi.lines.length - 1], argument);
    case 'left':
    case 'le': {
      beginChange(vi);
      for (let row = from; row <= to; row++)
        vi.lines[row] = whiteOf(vi, Number(argument) || 0) + line(vi, row).trimStart();
      return;
    }
    case 'set':
    case 'se':
    case 'setlocal':
      for (const word of argument.split(/\s+/)) if (word !== '') setOption(vi, word);
      return;
    case 'noh':
    case 'nohlsearch':
    case 'syntax':
    case 'sy':
    case 'syn':
    case 'filetype':
    case 'colorscheme':
    case 'colo':
      return;
    case 'f':
    case 'file':
      return say(
        vi,
        `"${vi.name ?? '[No Name]'}"${modified(vi) ? ' [Modified]' : ''} ${vi.lines.length} lines --${Math.floor(((vi.row + 1) * 100) / vi.lines.length)}%--`,
      );
    default:
      if (/^[<>]+$/.test(name)) {
        const last = Math.min(vi.lines.length - 1, argument === '' ? to : to + Number(argument) - 1);
        shift(vi, argument === '' ? from : to, last, name.startsWith('>'), name.length);
        return goTo(vi, last);
      }
      if (
        ['sp', 'split', 'vs', 'vsplit', 'tabnew', 'tabe', 'map', 'nnoremap', 'autocmd', 'au', 'help', 'h'].includes(
          name,
        )
      )
        return fail(vi, `kubetutor does not model :${name}`);
      fail(vi, `E492: Not an editor command: ${input.trim()}`);
  }
}

/** vim: ex_cmds.c ex_sort, without patterns */
function sortLines(vi: Vi, [from, to]: readonly [number, number], backwards: boolean, options: string): void {
  if (!/^[niu ]*$/.test(options)) return fail(vi, `kubetutor does not model :sort ${options}`);
  beginChange(vi);
  const fold = (text: string) => (options.includes('i') ? text.toLowerCase() : text);
  const number = (text: string) => Number(/-?\d+/.exec(text)?.[0] ?? Number.NEGATIVE_INFINITY);
  const compare = (a: string, b: string): number => {
    if (options.includes('n')) return number(a) < number(b) ? -1 : number(a) > number(b) ? 1 : 0;
    return fold(a) < fold(b) ? -1 : fold(a) > fold(b) ? 1 : 0;
  };
  const sorted = vi.lines.slice(from, to + 1).sort((a, b) => (backwards ? compare(b, a) : compare(a, b)));
  const kept = options.includes('u')
    ? sorted.filter((text, i) => i === 0 || compare(sorted[i - 1] ?? '', text) !== 0)
    : sorted;
  vi.lines.splice(from, to - from + 1, ...kept);
  goTo(vi, from);
}

function goTo(vi: Vi, row: number): void {
  vi.row = clampRow(vi, row);
  vi.column = firstNonBlank(line(vi));
}

/** A range given to :d or :y, with a count behind. */
function linesOf(vi: Vi, argument: string, from: number, to: number) {
  const count = /(?:^|\s)(\d+)$/.exec(argument)?.[1];
  const first = count === undefined ? from : to;
  const last = count === undefined ? to : Math.min(vi.lines.length - 1, to + Number(count) - 1);
  return { fromRow: first, toRow: last, fromColumn: 0, toColumn: 0, linewise: true };
}

function registerOf(argument: string): string | undefined {
  return /^[a-z"+*]/i.exec(argument)?.[0];
}

/** White space that has a tab in it anew, by the options; of a new tabstop when one is given. */
function retab(vi: Vi, [from, to]: readonly [number, number], argument: string): void {
  beginChange(vi);
  const old = vi.settings.tabstop;
  if (/^\d+$/.test(argument)) vi.settings.tabstop = Math.min(1000, Number(argument)) || 8;
  const { expandtab, tabstop } = vi.settings;
  for (let row = from; row <= to; row++) {
    let cell = 0;
    vi.lines[row] = line(vi, row).replace(/[ \t]+|[^ \t]+/g, (part) => {
      const start = cell;
      for (const c of part) cell += c === '\t' ? old - (cell % old) : 1;
      if (!part.includes('\t')) return part;
      const stops = expandtab ? 0 : Math.floor(cell / tabstop) - Math.floor(start / tabstop);
      return stops === 0 ? ' '.repeat(cell - start) : '\t'.repeat(stops) + ' '.repeat(cell % tabstop);
    });
  }
}

/** `:g/pattern/command`: the lines that match are found first, then each is the current one of the command. */
function runGlobal(
  vi: Vi,
  inverse: boolean,
  delimiter: string,
  text: string,
  range: readonly [number, number],
  type: Typing,
): void {
  const [source = '', given = ''] = parts(text, delimiter, 2);
  if (source !== '') vi.pattern = source;
  let pattern: RegExp;
  try {
    pattern = compilePattern(vi.pattern, vi.settings);
  } catch {
    return fail(vi, `E476: Invalid command: ${text}`);
  }
  const command = given.trim() === '' || given.trim() === 'p' ? '=' : given;
  const marked: number[] = [];
  for (let row = range[0]; row <= range[1] && row < vi.lines.length; row++)
    if (pattern.test(line(vi, row)) !== inverse) marked.push(row);
  if (marked.length === 0) return fail(vi, `E486: Pattern not found: ${vi.pattern}`);
  beginChange(vi);
  vi.held++;
  const marks = new MarkedLines(vi.lines, marked);
  for (let row = marks.next(); row !== undefined && vi.lines === marks.lines; row = marks.next()) {
    vi.row = row;
    vi.column = 0;
    exCommand(vi, command, type);
    vi.confirm = undefined;
  }
  vi.lines = [...vi.lines];
  vi.held--;
  endChange(vi);
}

/** Lines of a buffer, from the top: they keep their places while lines above and below come and go. */
class MarkedLines {
  private at = 0;
  /** How far all that are left have moved. */
  private moved = 0;

  constructor(
    readonly lines: string[],
    private rows: number[],
  ) {
    lines.splice = (start: number, count = 0, ...added: string[]) => {
      this.shift(start, count, added.length - count);
      return Array.prototype.splice.call(lines, start, count, ...added);
    };
  }

  next(): number | undefined {
    const row = this.rows[this.at++];
    return row === undefined ? undefined : row + this.moved;
  }

  private shift(start: number, count: number, grown: number): void {
    const first = this.rows[this.at];
    const last = this.rows.at(-1);
    if (first === undefined || last === undefined || start > last + this.moved) return;
    if (start + count <= first + this.moved) this.moved += grown;
    else {
      const left = this.rows.slice(this.at).map((row) => row + this.moved);
      this.rows = left.flatMap((row) => (row < start ? [row] : row >= start + count ? [row + grown] : []));
      this.at = 0;
      this.moved = 0;
    }
  }
}

import { join, lines, put, type Range, rangeTo, remove, shift, yank } from './change.ts';
import { confirmKey, exCommand } from './ex.ts';
import { insertKey, openLine, startInsert } from './insert.ts';
import { LONG_MOTIONS, motion, searchFrom } from './motion.ts';
import { beginChange, clamp, endChange, firstNonBlank, line, undo, type Vi } from './state.ts';
import { textObject } from './text-object.ts';

/** One key typed: the whole editor is this step. What is to be done outside the buffer is left in `effects`. */
export function viKey(vi: Vi, key: string): void {
  if (!vi.replaying) vi.recording.push(key);
  const steps = vi.undo.length;
  const bottom = vi.undo.at(-1);
  if (vi.confirm) confirmKey(vi, key);
  else if (vi.mode === 'insert' || vi.mode === 'replace') insertKey(vi, key);
  else if (vi.mode === 'command') commandKey(vi, key);
  else normalKey(vi, key);
  clamp(vi);
  if ((vi.mode !== 'normal' && vi.mode !== 'visual') || vi.confirm) return;
  endChange(vi);
  if (vi.mode !== 'normal' || vi.pending.length > 0) return;
  const changed = vi.undo.length > steps || vi.undo.at(-1) !== bottom;
  const first = vi.recording.find((one) => !/^\d$/.test(one));
  if (changed && !vi.replaying && first !== ':' && first !== 'u' && first !== '<C-r>')
    vi.lastChange = [...vi.recording];
  if (!vi.replaying) vi.recording = [];
}

function commandKey(vi: Vi, key: string): void {
  const { command } = vi;
  if (key === '<Esc>' || key === '<C-c>' || (key === '<BS>' && command.text === '')) {
    vi.mode = 'normal';
    vi.visual = undefined;
  } else if (key === '<BS>') command.text = command.text.slice(0, -1);
  else if (key === '<C-u>') command.text = '';
  else if (key === '<C-w>') command.text = command.text.replace(/\S*\s*$/, '');
  else if (key === '<Up>') command.text = vi.history.at(-1) ?? command.text;
  else if (key === '<CR>' || key === '<NL>') {
    vi.mode = 'normal';
    vi.message = '';
    if (command.prompt === ':') {
      vi.history.push(command.text);
      exCommand(vi, command.text);
      return;
    }
    vi.backwards = command.prompt === '?';
    if (command.text !== '') vi.pattern = command.text.replace(/\/$/, '');
    const place = vi.pattern === '' ? undefined : searchFrom(vi, vi.backwards);
    if (place) [vi.row, vi.column] = place;
    vi.wanted = vi.column;
  } else if (!/^<.+>$/.test(key)) command.text += key;
}

const OPERATORS = new Set(['d', 'c', 'y', '>', '<', '=']);
/** After g: to lower case, to upper case, the other one. */
const CASES = new Set(['u', 'U', '~']);
const TAKE_ONE = new Set(['r', 'm', 'Z', 'z', 'q', '@']);

/** Keys of normal and visual mode gather until they make a command: `["x][count]operator[count]motion`. */
function normalKey(vi: Vi, key: string): void {
  if (key === '<Esc>' || key === '<C-c>') {
    vi.pending = [];
    vi.visual = undefined;
    vi.mode = 'normal';
    vi.message = '';
    return;
  }
  vi.pending.push(key);
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
  if (
    LONG_MOTIONS.has(command) ||
    object ||
    (operator === undefined && TAKE_ONE.has(command) && !(vi.visual && command !== 'r'))
  ) {
    const one = next();
    if (one === undefined) return;
    argument = one === '<Tab>' ? '\t' : one;
  }
  vi.pending = [];
  vi.message = '';
  if (operator !== undefined) operate(vi, operator, command, argument, count, register);
  else if (vi.visual) visualCommand(vi, command, argument, count, register, object);
  else normalCommand(vi, command, argument, count, register);
}

function apply(vi: Vi, operator: string, range: Range, register: string | undefined): void {
  if (operator === 'y') {
    yank(vi, range, register);
    if (!range.linewise) vi.column = range.fromColumn;
    vi.row = range.fromRow;
  } else if (operator === 'd') remove(vi, range, register);
  else if (operator === 'c') {
    if (range.linewise) {
      beginChange(vi);
      yank(vi, range, register);
      const indent = vi.settings.autoindent ? (/^\s*/.exec(line(vi, range.fromRow))?.[0] ?? '') : '';
      vi.lines.splice(range.fromRow, range.toRow - range.fromRow + 1, indent);
      vi.row = range.fromRow;
      vi.column = indent.length;
    } else remove(vi, range, register);
    startInsert(vi);
  } else if (operator.startsWith('g')) turnRange(vi, range, operator.charAt(1));
  else if (operator === '>' || operator === '<') shift(vi, range.fromRow, range.toRow, operator === '>');
  else vi.message = 'kubetutor does not model the operator =';
}

function operate(
  vi: Vi,
  operator: string,
  command: string,
  argument: string,
  count: number | undefined,
  register: string | undefined,
): void {
  if (command === operator) {
    const last = vi.row + (count ?? 1) - 1;
    if (last >= vi.lines.length && vi.row === vi.lines.length - 1 && (count ?? 1) > 1) return;
    return apply(vi, operator, lines(vi.row, Math.min(last, vi.lines.length - 1)), register);
  }
  if (command === 'i' || command === 'a') {
    const range = textObject(vi, argument, command === 'a');
    if (range) apply(vi, operator, range, register);
    return;
  }
  const text = line(vi);
  // cw on a word is ce: vim's own exception.
  const toEnd = operator === 'c' && (command === 'w' || command === 'W') && /\S/.test(text[vi.column] ?? ' ');
  let target = motion(vi, toEnd ? (command === 'w' ? 'e' : 'E') : command, argument, count);
  if (toEnd && (count ?? 1) === 1) {
    const pattern = command === 'W' ? /^\S+/ : /^(?:[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]+)/u;
    const length = pattern.exec(text.slice(vi.column))?.[0].length ?? 1;
    target = { row: vi.row, column: vi.column + length - 1, kind: 'inclusive' };
  }
  if (!target) return;
  // dw on the last word of a line stays in the line.
  if ((command === 'w' || command === 'W') && target.row > vi.row && !toEnd)
    target = { row: target.row - 1, column: line(vi, target.row - 1).length, kind: 'exclusive' };
  apply(vi, operator, rangeTo(vi, target), register);
}

function visualCommand(
  vi: Vi,
  command: string,
  argument: string,
  count: number | undefined,
  register: string | undefined,
  object: boolean,
): void {
  const { visual } = vi;
  if (!visual) return;
  const leave = () => {
    vi.visual = undefined;
    if (vi.mode === 'visual') vi.mode = 'normal';
  };
  const swap = visual.row > vi.row || (visual.row === vi.row && visual.column > vi.column);
  const [first, last] = swap ? [vi, visual] : [visual, vi];
  const linewise = visual.kind === 'line' || 'XDYSR'.includes(command);
  const range: Range = {
    fromRow: first.row,
    fromColumn: first.column,
    toRow: last.row,
    toColumn: last.column + 1,
    linewise,
  };
  const operator =
    ({ x: 'd', X: 'd', D: 'd', '<Del>': 'd', Y: 'y', s: 'c', S: 'c', R: 'c' } as Record<string, string>)[command] ??
    command;
  if (object) {
    const found = textObject(vi, argument, command === 'a');
    if (found) {
      Object.assign(visual, { row: found.fromRow, column: found.fromColumn });
      [vi.row, vi.column] = [found.toRow, found.linewise ? 0 : found.toColumn - 1];
    }
  } else if (OPERATORS.has(operator)) {
    leave();
    if (operator === '>' || operator === '<') shift(vi, range.fromRow, range.toRow, operator === '>', count ?? 1);
    else apply(vi, operator, range, register);
  } else if (command === ':') {
    vi.marks.set('<', [range.fromRow, 0]).set('>', [range.toRow, 0]);
    leave();
    vi.mode = 'command';
    vi.command = { prompt: ':', text: "'<,'>" };
  } else if (command === 'v' || command === 'V') {
    const kind = command === 'v' ? 'char' : 'line';
    if (visual.kind === kind) leave();
    else visual.kind = kind;
  } else if (command === 'o') {
    const { row, column } = vi;
    [vi.row, vi.column] = [visual.row, visual.column];
    Object.assign(visual, { row, column });
  } else if (command === 'J') {
    leave();
    vi.row = range.fromRow;
    join(vi, range.toRow - range.fromRow + 1, true);
  } else if (command === 'p' || command === 'P') {
    leave();
    const value = vi.register;
    remove(vi, range);
    put(vi, range.linewise && vi.row < range.fromRow, 1, value);
  } else if (command === '~' || command === 'u' || command === 'U') {
    leave();
    turnRange(vi, range, command);
    vi.column = range.fromColumn;
  } else if (command === 'g' && (CASES.has(argument) || argument === 'J')) {
    leave();
    if (argument === 'J') {
      vi.row = range.fromRow;
      join(vi, range.toRow - range.fromRow + 1, false);
    } else {
      turnRange(vi, range, argument);
      vi.column = range.fromColumn;
    }
  } else if (command === 'r') {
    leave();
    if (!/^<.+>$/.test(argument)) changeText(vi, range, (text) => text.replace(/./gsu, () => argument));
  } else move(vi, command, argument, count);
}

/** Puts other characters in the place of those of a range; the cursor stands at its beginning. */
function changeText(vi: Vi, range: Range, change: (text: string) => string): void {
  beginChange(vi);
  for (let row = range.fromRow; row <= range.toRow; row++) {
    const text = line(vi, row);
    const from = !range.linewise && row === range.fromRow ? range.fromColumn : 0;
    const to = !range.linewise && row === range.toRow ? range.toColumn : text.length;
    vi.lines[row] = text.slice(0, from) + change(text.slice(from, to)) + text.slice(to);
  }
  vi.row = range.fromRow;
  if (!range.linewise) vi.column = range.fromColumn;
}

function turnRange(vi: Vi, range: Range, how: string): void {
  changeText(vi, range, (text) => turnCase(text, how));
}

/** Ctrl-A and Ctrl-X: the number at or after the cursor. vim: nrformats=bin,hex */
function addToNumber(vi: Vi, by: number): void {
  const text = line(vi);
  for (const match of text.matchAll(/0[xX][\da-fA-F]+|-?\d+/g)) {
    const end = match.index + match[0].length;
    if (end <= vi.column) continue;
    beginChange(vi);
    const hex = /^0[xX]/.test(match[0]);
    const value = Number(match[0]) + by;
    const digits = hex ? match[0].slice(2).length : /^-?0\d/.test(match[0]) ? match[0].replace('-', '').length : 0;
    const written = hex
      ? match[0].slice(0, 2) + Math.max(0, value).toString(16).padStart(digits, '0')
      : (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(digits, '0');
    vi.lines[vi.row] = text.slice(0, match.index) + written + text.slice(end);
    vi.column = match.index + written.length - 1;
    return;
  }
}

function turnCase(text: string, how: string): string {
  if (how === 'u') return text.toLowerCase();
  if (how === 'U') return text.toUpperCase();
  return Array.from(text, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join('');
}

function move(vi: Vi, command: string, argument: string, count: number | undefined): void {
  const page = Math.max(1, vi.height - 2);
  const half = Math.max(1, Math.floor(vi.height / 2));
  const scroll = {
    '<C-f>': page,
    '<PageDown>': page,
    '<C-b>': -page,
    '<PageUp>': -page,
    '<C-d>': half,
    '<C-u>': -half,
  }[command];
  if (scroll !== undefined) {
    vi.row += scroll;
    vi.top = Math.max(0, Math.min(vi.top + scroll, vi.lines.length - 1));
    clamp(vi);
    vi.column = firstNonBlank(line(vi));
    return;
  }
  const from: [number, number] = [vi.row, vi.column];
  const target = motion(vi, command, argument, count);
  if (!target) return;
  vi.row = target.row;
  vi.column = target.column;
  if (Math.abs(from[0] - target.row) > 1) vi.marks.set("'", from);
  clamp(vi);
  if (!target.keepWanted) vi.wanted = command === '$' || command === '<End>' ? Number.MAX_SAFE_INTEGER : vi.column;
}

function normalCommand(
  vi: Vi,
  command: string,
  argument: string,
  count: number | undefined,
  register: string | undefined,
): void {
  const n = count ?? 1;
  const text = line(vi);
  const here = (from: number, to: number): Range => ({
    fromRow: vi.row,
    toRow: vi.row,
    fromColumn: from,
    toColumn: to,
    linewise: false,
  });
  switch (command) {
    case 'i':
    case '<Insert>':
      return startInsert(vi);
    case 'I':
      vi.column = text.length - text.trimStart().length;
      return startInsert(vi);
    case 'a':
      startInsert(vi);
      vi.column = Math.min(text.length, vi.column + 1);
      return;
    case 'A':
      startInsert(vi);
      vi.column = text.length;
      return;
    case 'o':
      return openLine(vi, vi.row + 1, text);
    case 'O':
      return openLine(vi, vi.row, text);
    case 'R':
      return startInsert(vi, 'replace');
    case 'x':
    case '<Del>':
      if (text !== '') remove(vi, here(vi.column, Math.min(text.length, vi.column + n)), register);
      return;
    case 'X':
      if (vi.column > 0) remove(vi, here(Math.max(0, vi.column - n), vi.column), register);
      return;
    case 'D':
      return remove(vi, here(vi.column, text.length), register);
    case 'C':
      remove(vi, here(vi.column, text.length), register);
      return startInsert(vi);
    case 's':
      remove(vi, here(vi.column, Math.min(text.length, vi.column + n)), register);
      return startInsert(vi);
    case 'S':
      return operate(vi, 'c', 'c', '', count, register);
    case 'Y':
      return operate(vi, 'y', 'y', '', count, register);
    case 'p':
    case 'P':
      return put(vi, command === 'p', n, (register && vi.registers.get(register)) || vi.register);
    case 'r':
      if (vi.column + n > text.length) return;
      beginChange(vi);
      if (argument === '<CR>') {
        vi.lines.splice(vi.row, 1, text.slice(0, vi.column), text.slice(vi.column + n));
        vi.row++;
        vi.column = 0;
      } else if (!/^<.+>$/.test(argument)) {
        vi.lines[vi.row] = text.slice(0, vi.column) + argument.repeat(n) + text.slice(vi.column + n);
        vi.column += n - 1;
      }
      return;
    case '~':
      beginChange(vi);
      vi.lines[vi.row] =
        text.slice(0, vi.column) + turnCase(text.slice(vi.column, vi.column + n), '~') + text.slice(vi.column + n);
      vi.column += n;
      return;
    case 'J':
      return join(vi, n, true);
    case '<C-a>':
    case '<C-x>':
      return addToNumber(vi, command === '<C-a>' ? n : -n);
    case 'u':
    case '<C-r>':
      for (let i = 0; i < Math.min(n, 1000); i++) undo(vi, command === 'u');
      return;
    case '.': {
      if (vi.replaying) return;
      vi.replaying = true;
      for (const key of vi.lastChange) viKey(vi, key);
      vi.replaying = false;
      return;
    }
    case 'v':
    case 'V':
      vi.visual = { row: vi.row, column: vi.column, kind: command === 'v' ? 'char' : 'line' };
      vi.mode = 'visual';
      return;
    case '<C-v>':
      vi.message = 'kubetutor does not model blockwise visual mode';
      return;
    case ':':
    case '/':
    case '?':
      vi.mode = 'command';
      vi.command = {
        prompt: command,
        text: count === undefined || command !== ':' ? '' : n === 1 ? '.' : `.,.+${n - 1}`,
      };
      return;
    case 'Z':
      if (argument === 'Z') exCommand(vi, 'x');
      else if (argument === 'Q') exCommand(vi, 'q!');
      return;
    case 'z':
      vi.top = Math.max(
        0,
        argument === 't' || argument === '<CR>'
          ? vi.row
          : argument === 'b'
            ? vi.row - vi.height + 1
            : vi.row - Math.floor(vi.height / 2),
      );
      return;
    case 'm':
      vi.marks.set(argument, [vi.row, vi.column]);
      return;
    case 'q':
    case '@':
      vi.message = 'kubetutor does not model macros';
      return;
    case '<C-g>':
      return exCommand(vi, 'f');
    case '<C-z>':
      vi.effects.push({ kind: 'suspend' });
      return;
    case 'g':
      if (argument === 'J') return join(vi, n, false);
      if (argument === 'i') {
        const [row, column] = vi.marks.get('^') ?? [vi.row, vi.column];
        startInsert(vi);
        [vi.row, vi.column] = [row, column];
        return;
      }
      return move(vi, command, argument, count);
    default:
      move(vi, command, argument, count);
  }
}

import { addToNumber, turnCase } from './case.ts';
import { inLine, join, put, remove } from './change.ts';
import { openLine, startInsert } from './insert.ts';
import { move, walkJumps } from './move.ts';
import { operate } from './operate.ts';
import { registerNamed } from './registers.ts';
import { beep, beginChange, line, openCommand, undo, type Vi } from './state.ts';
import { selectAgain, startVisual } from './visual.ts';

/** One command of normal mode that is no operator; those that play keys or ex commands are left to `viKey`. */
export function normalCommand(
  vi: Vi,
  command: string,
  argument: string,
  count: number | undefined,
  register: string | undefined,
): void {
  const n = count ?? 1;
  const text = line(vi);
  switch (command) {
    case 'i':
    case '<Insert>':
      return startInsert(vi, 'insert', n);
    case 'I':
      vi.column = text.length - text.trimStart().length;
      return startInsert(vi, 'insert', n);
    case 'a':
      vi.column = ahead(text, vi.column, 1);
      return startInsert(vi, 'insert', n);
    case 'A':
      vi.column = text.length;
      return startInsert(vi, 'insert', n);
    case 'o':
      return openLine(vi, vi.row + 1, text, n);
    case 'O':
      return openLine(vi, vi.row, text, n);
    case 'R':
      return startInsert(vi, 'replace', n);
    case 'x':
    case '<Del>':
      if (text !== '') remove(vi, inLine(vi, vi.column, ahead(text, vi.column, n)), register);
      else beep(vi);
      return;
    case 'X':
      if (vi.column > 0) remove(vi, inLine(vi, Math.max(0, vi.column - n), vi.column), register);
      else beep(vi);
      return;
    case 'D':
      return remove(vi, inLine(vi, vi.column, text.length), register);
    case 'C':
      remove(vi, inLine(vi, vi.column, text.length), register);
      return startInsert(vi);
    case 's':
      remove(vi, inLine(vi, vi.column, ahead(text, vi.column, n)), register);
      return startInsert(vi);
    case 'S':
      return operate(vi, 'c', 'c', '', count, register);
    case 'Y':
      return operate(vi, 'y', 'y', '', count, register);
    case 'p':
    case 'P':
      return put(vi, command === 'p', n, registerNamed(vi, register));
    case ']':
    case '[': {
      if (argument !== 'p' && argument !== 'P') return move(vi, command, argument, count);
      const value = registerNamed(vi, register);
      return put(vi, command === ']' && argument === 'p', n, value.linewise ? indentedAs(value, text) : value);
    }
    case 'r':
      if (vi.column + n > text.length) return beep(vi);
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
    case 'v':
    case 'V':
    case '<C-v>':
      return startVisual(vi, command);
    case ':':
    case '/':
    case '?':
      return openCommand(vi, command, count === undefined || command !== ':' ? '' : n === 1 ? '.' : `.,.+${n - 1}`);
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
    case '<C-o>':
      return walkJumps(vi, -n);
    case '<Tab>':
      return walkJumps(vi, n);
    case '<C-z>':
      vi.effects.push({ kind: 'suspend' });
      return;
    case 'g':
      if (argument === 'J') return join(vi, n, false);
      if (argument === 'i') {
        const [row, column] = vi.marks.get('^') ?? [vi.row, vi.column];
        startInsert(vi, 'insert', n);
        [vi.row, vi.column] = [Math.min(row, vi.lines.length - 1), column];
        return;
      }
      if (argument === 'v') return selectAgain(vi);
      if (argument === 'p' || argument === 'P') {
        const value = registerNamed(vi, register);
        put(vi, argument === 'p', n, value);
        return behindPut(vi, value, n);
      }
      return move(vi, command, argument, count);
    default:
      move(vi, command, argument, count);
  }
}

/** The index `count` characters ahead in a line, at most its end. */
function ahead(text: string, from: number, count: number): number {
  let at = from;
  for (let i = 0; i < count && at < text.length; i++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return Math.min(at, text.length);
}

/** ]p: lines with the indent of the current one; those below the first keep their difference to it. */
function indentedAs(value: Vi['register'], text: string): Vi['register'] {
  const indent = /^\s*/.exec(text)?.[0] ?? '';
  const own = /^\s*/.exec(value.text[0] ?? '')?.[0] ?? '';
  return {
    ...value,
    text: value.text.map((one) => (one.startsWith(own) ? indent + one.slice(own.length) : indent + one.trimStart())),
  };
}

/** gp and gP: the cursor stands behind what was put. */
function behindPut(vi: Vi, value: Vi['register'], count: number): void {
  if (value.linewise) {
    const rows = value.text.length * count;
    if (vi.row + rows >= vi.lines.length) vi.column = 0;
    vi.row = Math.min(vi.lines.length - 1, vi.row + rows);
    vi.column = 0;
  } else if (value.text.length === 1) vi.column++;
}

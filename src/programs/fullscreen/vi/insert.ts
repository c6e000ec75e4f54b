import { finishBlockInsert } from './block.ts';
import { shift } from './change.ts';
import { pastedText } from './keys-text.ts';
import { beep, beginChange, clamp, endChange, fits, line, type Vi } from './state.ts';
import { beginLine, indentLine, indentsYaml } from './yaml-indent.ts';

function insertText(vi: Vi, text: string): void {
  const here = line(vi);
  const over = vi.mode === 'replace' ? text.length : 0;
  for (let i = 0; i < over; i++) vi.replaced.push(here.charAt(vi.column + i));
  vi.lines[vi.row] = here.slice(0, vi.column) + text + here.slice(vi.column + over);
  vi.column += text.length;
}

/** Text of several lines at the cursor, as it is. */
function insertLines(vi: Vi, text: string): void {
  const here = line(vi);
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const last = lines.length - 1;
  const behind = here.slice(vi.column);
  const all = lines.map((one, i) => (i === 0 ? here.slice(0, vi.column) : '') + one + (i === last ? behind : ''));
  vi.lines.splice(vi.row, 1, ...all);
  vi.row += last;
  vi.column = line(vi).length - behind.length;
}

/**
 * A text that the terminal marked as pasted (bracketed paste), in normal mode: it comes behind the cursor, in the first
 * column before it, without indents of ours. vim: nv_edit with K_PS
 */
export function pasteText(vi: Vi, text: string): void {
  beginChange(vi);
  if (vi.column > 0) vi.column = Math.min(line(vi).length, vi.column + 1);
  insertLines(vi, text);
  vi.column = Math.max(0, vi.column - 1);
  endChange(vi);
}

/** Starts inserting; what follows until Esc is one change, and comes `count` times. */
export function startInsert(vi: Vi, mode: 'insert' | 'replace' = 'insert', count = 1): void {
  if (!vi.before) {
    beginChange(vi);
    Object.assign(vi.before ?? {}, { inserting: true });
  }
  vi.handIndent = false;
  vi.mode = mode;
  vi.message = '';
  vi.insertedAt = undefined;
  vi.replaced = [];
  vi.insertion = count > 1 ? { count: Math.min(count, MOST_TIMES), opens: false, keys: [] } : undefined;
}

const MOST_TIMES = 10_000;
/** Keys that a count may make of what was inserted. */
const MOST_INSERTED = 100_000;

export function openLine(vi: Vi, row: number, like: string, count = 1): void {
  beginChange(vi);
  const from = vi.row;
  const indent = vi.settings.autoindent && !vi.settings.paste ? (/^\s*/.exec(like)?.[0] ?? '') : '';
  vi.lines.splice(row, 0, indent);
  vi.row = row;
  vi.column = indent.length;
  if (indentsYaml(vi)) beginLine(vi, row === from ? row + 1 : row - 1);
  startInsert(vi, 'insert', count);
  vi.freshIndent = true;
  if (vi.insertion) vi.insertion.opens = true;
}

/** What Ctrl-U and Ctrl-W leave: the text before the insertion, as long as something was typed behind it. */
function startOfTyped({ insertedAt, row, column }: Vi): number {
  return insertedAt?.row === row && insertedAt.column < column ? insertedAt.column : 0;
}

/** Keys that change an indent by hand. vim: can_cindent */
const INDENTING: ReadonlySet<string> = new Set([' ', '<Tab>', '<BS>', '<C-h>', '<C-t>', '<C-d>', '<C-w>', '<C-u>']);

/** One key of insert or replace mode. */
export function insertKey(vi: Vi, key: string): void {
  const { settings } = vi;
  const here = line(vi);
  const fresh = vi.freshIndent;
  vi.freshIndent = false;
  vi.insertedAt ??= { row: vi.row, column: vi.column };
  if (vi.awaiting) return insertAwaited(vi, key);
  if (INDENTING.has(key) && here.slice(0, vi.column).trim() === '') vi.handIndent = true;
  else if (key === '<CR>' || key === '<NL>') vi.handIndent = false;
  if (key !== '<Esc>' && key !== '<C-c>') vi.insertion?.keys.push(key);
  const pasted = pastedText(key);
  if (pasted !== undefined) return insertLines(vi, pasted);
  switch (key) {
    case '<Esc>':
    case '<C-c>':
      return endInsert(vi, key === '<Esc>', fresh);
    case '<C-o>':
      vi.insertAgain = vi.mode;
      vi.insertion = undefined;
      vi.mode = 'normal';
      return;
    case '<C-v>':
    case '<C-q>':
      vi.awaiting = '<C-v>';
      return;
    case '<C-r>':
      vi.awaiting = key;
      return;
    case '<C-t>':
    case '<C-d>': {
      const { column } = vi;
      const empty = here === '';
      if (empty && key === '<C-t>') vi.lines[vi.row] = '.';
      shift(vi, vi.row, vi.row, key === '<C-t>');
      if (empty) vi.lines[vi.row] = line(vi).replace('.', '');
      vi.message = '';
      vi.column = Math.max(0, column + line(vi).length - here.length);
      return;
    }
    case '<C-e>':
    case '<C-y>': {
      const other = line(vi, vi.row + (key === '<C-e>' ? 1 : -1))[vi.column];
      return other === undefined ? beep(vi) : insertText(vi, other);
    }
    case '<CR>':
    case '<NL>': {
      const indent = settings.autoindent && !settings.paste ? (/^\s*/.exec(here)?.[0] ?? '').slice(0, vi.column) : '';
      const before = here.slice(0, vi.column);
      vi.lines.splice(
        vi.row,
        1,
        settings.autoindent && fresh && before.trim() === '' ? '' : before,
        indent + (indent === '' ? here.slice(vi.column) : here.slice(vi.column).trimStart()),
      );
      vi.row++;
      vi.column = indent.length;
      vi.freshIndent = true;
      if (indentsYaml(vi)) {
        if (fresh && before.trim() === '') vi.lines[vi.row - 1] = '';
        beginLine(vi, vi.row - 1, before.length);
      }
      return;
    }
    case '<BS>':
    case '<C-h>':
      if (vi.mode === 'replace') return putBack(vi, 1);
      if (vi.column > 0) {
        const low = here.charCodeAt(vi.column - 1);
        let size = low >= 0xdc00 && low <= 0xdfff ? 2 : 1;
        const stop = settings.softtabstop;
        if (stop > 0 && /^ +$/.test(here.slice(0, vi.column))) size = vi.column % stop || Math.min(stop, vi.column);
        vi.lines[vi.row] = here.slice(0, vi.column - size) + here.slice(vi.column);
        vi.column -= size;
      } else if (vi.row > 0) {
        vi.column = line(vi, vi.row - 1).length;
        vi.lines.splice(vi.row - 1, 2, line(vi, vi.row - 1) + here);
        vi.row--;
      }
      return;
    case '<Del>':
      vi.lines[vi.row] = here.slice(0, vi.column) + here.slice(vi.column + 1);
      return;
    case '<C-w>': {
      const kept = startOfTyped(vi);
      if (vi.mode === 'replace') {
        const word = /(?:\w+|[^\w\s]+)?\s*$/.exec(here.slice(kept, vi.column))?.[0].length ?? 0;
        return putBack(vi, word);
      }
      const before = here.slice(0, kept) + here.slice(kept, vi.column).replace(/(?:\w+|[^\w\s]+)?\s*$/, '');
      vi.lines[vi.row] = before + here.slice(vi.column);
      vi.column = before.length;
      return;
    }
    case '<C-u>': {
      const kept = startOfTyped(vi);
      if (vi.mode === 'replace') return putBack(vi, vi.column - kept);
      vi.lines[vi.row] = here.slice(0, kept) + here.slice(vi.column);
      vi.column = kept;
      return;
    }
    case '<Tab>': {
      const unit = (!settings.paste && settings.softtabstop) || settings.tabstop;
      insertText(vi, settings.expandtab && !settings.paste ? ' '.repeat(unit - (vi.column % unit)) : '\t');
      return;
    }
    case '<Left>':
      vi.column--;
      return;
    case '<Right>':
      vi.column++;
      return;
    case '<Up>':
    case '<Down>':
      vi.row += key === '<Up>' ? -1 : 1;
      return;
    case '<Home>':
      vi.column = 0;
      return;
    case '<End>':
      vi.column = here.length;
      return;
    default:
      if (/^<.+>$/.test(key)) return;
      if (key === '#' || key === '}' || key === ']' || key === '-') return insertIndented(vi, key);
      insertText(vi, key);
      if (key === ':' && indentsYaml(vi) && vi.mode === 'insert' && !vi.handIndent) indentLine(vi, vi.row);
  }
}

/** Characters that set the indent anew where they are the first of a line. vim: indentkeys=0#,0},0],<:>,0- */
function insertIndented(vi: Vi, key: string): void {
  const first = line(vi).slice(0, vi.column).trim() === '';
  insertText(vi, key);
  if (first && indentsYaml(vi) && vi.mode === 'insert' && !vi.handIndent) indentLine(vi, vi.row);
}

/** In replace mode what was typed gives back what it took the place of. */
function putBack(vi: Vi, count: number): void {
  for (let i = 0; i < count && vi.column > 0; i++) {
    const old = vi.replaced.pop();
    vi.column--;
    if (old === undefined) continue;
    const here = line(vi);
    vi.lines[vi.row] = here.slice(0, vi.column) + old + here.slice(vi.column + 1);
  }
}

/** The character after Ctrl-V as it is; after Ctrl-R the text of a register. */
function insertAwaited(vi: Vi, key: string): void {
  const { awaiting } = vi;
  vi.awaiting = undefined;
  vi.insertion?.keys.push(key);
  if (awaiting === '<C-v>')
    insertText(vi, key === '<Tab>' ? '\t' : key === '<Esc>' ? '\x1b' : /^<.+>$/.test(key) ? '' : key);
  else {
    const value = key === '"' ? vi.register : vi.registers.get(key);
    if (value) insertLines(vi, value.text.join('\n') + (value.linewise ? '\n' : ''));
  }
}

/** Esc; a block and a count are served now, but not after Ctrl-C. */
function endInsert(vi: Vi, whole: boolean, fresh: boolean): void {
  const { insertion } = vi;
  vi.insertion = undefined;
  if (insertion && whole) {
    const size = insertion.keys.reduce((sum, key) => sum + key.length, 1);
    const times = Math.min(insertion.count, Math.ceil(MOST_INSERTED / size));
    for (let i = 1; i < times && fits(vi, [], 1); i++) {
      if (insertion.opens) openAgain(vi);
      for (const key of insertion.keys) insertKey(vi, key);
    }
  }
  // An indent that nothing was typed behind goes, and so does the space of a comment.
  if (fresh && /^\s*#?\s+$/.test(line(vi))) {
    vi.lines[vi.row] = line(vi).trimEnd();
    vi.column = line(vi).length;
  }
  const block = vi.blockInsert;
  if (whole) finishBlockInsert(vi);
  vi.blockInsert = undefined;
  vi.mode = 'normal';
  vi.marks.set('^', [vi.row, vi.column]);
  vi.column = block && block.how !== 'c' ? block.corner : Math.max(0, vi.column - 1);
  clamp(vi);
  vi.wanted = vi.column;
  vi.message = '';
  endChange(vi);
}

/** 3o: the next of the lines. */
function openAgain(vi: Vi): void {
  const { mode } = vi;
  openLine(vi, vi.row + 1, line(vi));
  vi.mode = mode;
}

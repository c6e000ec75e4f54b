import { beginChange, endChange, line, type Vi } from './state.ts';

function insertText(vi: Vi, text: string): void {
  const here = line(vi);
  const over = vi.mode === 'replace' ? text.length : 0;
  vi.lines[vi.row] = here.slice(0, vi.column) + text + here.slice(vi.column + over);
  vi.column += text.length;
}

/** Starts inserting; what follows until Esc is one change. */
export function startInsert(vi: Vi, mode: 'insert' | 'replace' = 'insert'): void {
  beginChange(vi);
  vi.mode = mode;
  vi.message = '';
  vi.insertedAt = undefined;
}

export function openLine(vi: Vi, row: number, like: string): void {
  beginChange(vi);
  const indent = vi.settings.autoindent && !vi.settings.paste ? (/^\s*/.exec(like)?.[0] ?? '') : '';
  vi.lines.splice(row, 0, indent);
  vi.row = row;
  vi.column = indent.length;
  startInsert(vi);
}

/** What Ctrl-U and Ctrl-W leave: the text before the insertion, as long as something was typed behind it. */
function startOfTyped({ insertedAt, row, column }: Vi): number {
  return insertedAt?.row === row && insertedAt.column < column ? insertedAt.column : 0;
}

/** One key of insert or replace mode. */
export function insertKey(vi: Vi, key: string): void {
  const { settings } = vi;
  const here = line(vi);
  vi.insertedAt ??= { row: vi.row, column: vi.column };
  switch (key) {
    case '<Esc>':
    case '<C-c>':
      if (settings.autoindent && /^\s+$/.test(here)) vi.lines[vi.row] = '';
      vi.mode = 'normal';
      vi.marks.set('^', [vi.row, vi.column]);
      vi.column = Math.max(0, vi.column - 1);
      vi.wanted = vi.column;
      vi.message = '';
      endChange(vi);
      return;
    case '<CR>':
    case '<NL>': {
      const indent = settings.autoindent && !settings.paste ? (/^\s*/.exec(here)?.[0] ?? '').slice(0, vi.column) : '';
      const before = here.slice(0, vi.column);
      vi.lines.splice(
        vi.row,
        1,
        settings.autoindent && before.trim() === '' ? '' : before,
        indent + (indent === '' ? here.slice(vi.column) : here.slice(vi.column).trimStart()),
      );
      vi.row++;
      vi.column = indent.length;
      return;
    }
    case '<BS>':
    case '<C-h>':
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
      const before = here.slice(0, kept) + here.slice(kept, vi.column).replace(/(?:\w+|[^\w\s]+)?\s*$/, '');
      vi.lines[vi.row] = before + here.slice(vi.column);
      vi.column = before.length;
      return;
    }
    case '<C-u>': {
      const kept = startOfTyped(vi);
      vi.lines[vi.row] = here.slice(0, kept) + here.slice(vi.column);
      vi.column = kept;
      return;
    }
    case '<Tab>': {
      const unit = settings.softtabstop || settings.tabstop;
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
      if (!/^<.+>$/.test(key)) insertText(vi, key);
  }
}

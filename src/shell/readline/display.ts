import { charWidth } from './width.ts';

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly newline: boolean;
}

interface Place {
  readonly row: number;
  readonly column: number;
}

/** The cells of a prompt: what is between \x01 and \x02, and escape sequences, take no room. */
function promptCells(prompt: string): Cell[] {
  const cells: Cell[] = [];
  const pattern = /\x01([^\x02]*)\x02|(\x1b\[[\d;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07)|([\s\S])/gu;
  for (const [, hidden, sequence, char = ''] of prompt.matchAll(pattern)) {
    if (hidden !== undefined || sequence !== undefined)
      cells.push({ text: hidden ?? sequence ?? '', width: 0, newline: false });
    else cells.push(charCell(char));
  }
  return cells;
}

/** A character of two cells, which the edge of the screen does not cut. */
function isWide(cell: Cell): boolean {
  return cell.width === 2 && [...cell.text].length === 1;
}

function charCell(char: string): Cell {
  if (char === '\n') return { text: '\r\n', width: 0, newline: true };
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return { text: `^${String.fromCharCode(code + 0x40)}`, width: 2, newline: false };
  if (code === 0x7f) return { text: '^?', width: 2, newline: false };
  return { text: char, width: charWidth(char), newline: false };
}

/**
 * Shows prompt and line in as few bytes as it can: only what follows the first difference is written anew.
 * Lines longer than the screen wrap; a wide character that does not fit begins the next row, as in the terminal.
 */
export class Display {
  private cells: Cell[] = [];
  /** Of the prompt that was shown last: it stays the same from key to key. */
  private prompt = '';
  private head: Cell[] = [];
  private cursor: Place = { row: 0, column: 0 };
  private columns = 80;
  private promptLength = 0;

  /** Starts anew below what is there: nothing is on the screen yet. */
  start(prompt: string, columns: number): string {
    this.columns = Math.max(1, columns);
    const lastLine = prompt.lastIndexOf('\n') + 1;
    const before = prompt
      .slice(0, lastLine)
      .replace(/[\x01\x02]/g, '')
      .replace(/\n/g, '\r\n');
    this.cells = [];
    this.cursor = { row: 0, column: 0 };
    return before + this.update(prompt.slice(lastLine), [], 0);
  }

  /** Bytes that bring the screen from what it shows to prompt and characters, with the cursor in its place. */
  update(prompt: string, chars: readonly string[], cursor: number): string {
    if (prompt !== this.prompt) {
      this.prompt = prompt;
      this.head = promptCells(prompt);
    }
    const { head } = this;
    this.promptLength = head.length;
    const next = [...head, ...chars.map(charCell)];
    let same = 0;
    while (same < next.length && same < this.cells.length && next[same]?.text === this.cells[same]?.text) same++;
    const target = this.place(next, head.length + cursor);
    if (same === next.length && same === this.cells.length) return this.moveTo(target);
    const shorter = this.endOf(this.cells);
    const from = this.place(next, same, false);
    let out = this.moveTo(from);
    const end = this.endOf(next);
    const clear =
      shorter.row > end.row ||
      (shorter.row === end.row && shorter.column > end.column) ||
      next.some((cell) => cell.newline);
    // Clearing first keeps a full last column from being erased while the terminal waits to wrap.
    if (clear) out += '\x1b[J';
    let { column } = from;
    for (let index = same; index < next.length; index++) {
      const cell = next[index];
      if (!cell) break;
      if (isWide(cell) && column + 2 > this.columns) {
        // The terminal leaves the last column as it was.
        out += '\x1b[K';
        column = 0;
      }
      out += cell.text;
      column = cell.newline ? 0 : (column + cell.width) % this.columns;
    }
    if (end.column === 0 && end.row > 0 && !next.at(-1)?.newline && next.length > same) out += ' \r';
    this.cells = next;
    this.cursor = next.length > same ? end : this.cursor;
    return out + this.moveTo(target);
  }

  /** The screen has another width: everything is drawn again from the first row. */
  resize(columns: number, prompt: string, chars: readonly string[], cursor: number): string {
    const index = this.promptLength + cursor;
    this.columns = Math.max(1, columns);
    const { row } = this.place(this.cells, Math.min(index, this.cells.length));
    this.cells = [];
    this.cursor = { row: 0, column: 0 };
    const lastLine = prompt.lastIndexOf('\n') + 1;
    return `${row > 0 ? `\x1b[${row}A` : ''}\r\x1b[J${this.update(prompt.slice(lastLine), chars, cursor)}`;
  }

  /** Bytes that take the cursor behind the end of the line. */
  finish(): string {
    return this.moveTo(this.endOf(this.cells));
  }

  /** Bytes that take prompt and line away; the cursor is where they began. */
  erase(): string {
    const out = `${this.moveTo({ row: 0, column: 0 })}\x1b[J`;
    this.cells = [];
    return out;
  }

  private endOf(cells: readonly Cell[]): Place {
    return this.place(cells, cells.length);
  }

  /** Where cell `index` begins. */
  private place(cells: readonly Cell[], index: number, wrapNext = true): Place {
    let row = 0;
    let column = 0;
    for (let at = 0; at < index; at++) {
      const cell = cells[at];
      if (!cell) break;
      if (cell.newline) {
        row++;
        column = 0;
        continue;
      }
      // `^A` may be cut in two by the edge; a wide character is not.
      if (isWide(cell) && column + 2 > this.columns) {
        row++;
        column = 0;
      }
      column += cell.width;
      while (column >= this.columns && cell.width > 0) {
        column -= this.columns;
        row++;
      }
    }
    const next = cells[index];
    if (wrapNext && next && isWide(next) && column + 2 > this.columns) {
      row++;
      column = 0;
    }
    return { row, column };
  }

  private moveTo(target: Place): string {
    const { row, column } = this.cursor;
    this.cursor = target;
    let out = '';
    if (target.row < row) out += `\x1b[${row - target.row}A`;
    else if (target.row > row) out += `\x1b[${target.row - row}B`;
    if (target.column === column) return out;
    if (target.column === 0) return `${out}\r`;
    const distance = target.column - column;
    return (
      out +
      (distance < 0
        ? distance >= -4 && target.row === row
          ? '\b'.repeat(-distance)
          : `\x1b[${-distance}D`
        : `\x1b[${distance}C`)
    );
  }
}

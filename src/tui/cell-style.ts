/** One row of the emulator's buffer as text with SGR sequences. */
import type { IBufferCell, IBufferLine } from '@xterm/headless';

/** `38;5;n`, `92`, …: the parameters of one colour. `base` is 30 for the foreground, 40 for the background. */
function colour(base: 30 | 40, isPalette: boolean, value: number): string {
  if (!isPalette) return `;${base + 8};2;${value >> 16};${(value >> 8) & 255};${value & 255}`;
  if (value < 8) return `;${base + value}`;
  return value < 16 ? `;${base + 60 + value - 8}` : `;${base + 8};5;${value}`;
}

function sgr(cell: IBufferCell, coloured: boolean): string {
  if (cell.isAttributeDefault()) return '';
  let codes = '';
  if (cell.isBold()) codes += ';1';
  if (cell.isDim()) codes += ';2';
  if (cell.isItalic()) codes += ';3';
  if (cell.isUnderline()) codes += ';4';
  if (cell.isInverse()) codes += ';7';
  if (cell.isStrikethrough()) codes += ';9';
  if (coloured && !cell.isFgDefault()) codes += colour(30, cell.isFgPalette(), cell.getFgColor());
  if (coloured && !cell.isBgDefault()) codes += colour(40, cell.isBgPalette(), cell.getBgColor());
  return codes;
}

/** At most `columns` cells of `line`; blanks at the end are left out. `scratch` is a cell to reuse. */
export function renderRow(line: IBufferLine, columns: number, coloured: boolean, scratch: IBufferCell): string {
  let out = '';
  let blanks = 0;
  let style = '';
  const end = Math.min(columns, line.length);
  for (let x = 0; x < end; x++) {
    const cell = line.getCell(x, scratch);
    if (!cell) break;
    const cells = cell.getWidth();
    if (cells === 0) continue;
    const chars = cell.isInvisible() ? '' : cell.getChars();
    const next = sgr(cell, coloured);
    if (next === '' && style === '' && (chars === '' || chars === ' ')) {
      blanks += cells;
      continue;
    }
    if (blanks > 0) {
      out += ' '.repeat(blanks);
      blanks = 0;
    }
    if (next !== style) {
      out += next === '' ? '\x1b[0m' : `\x1b[0${next}m`;
      style = next;
      if (next === '' && (chars === '' || chars === ' ')) {
        blanks = cells;
        continue;
      }
    }
    // A wide character whose second half would lie outside is not shown.
    out += x + cells > end ? ' ' : chars === '' ? ' '.repeat(cells) : chars;
  }
  return style === '' ? out : `${out}\x1b[0m`;
}

import { displayWidth } from './text.ts';

/** GNU ls' many-per-line format: as few rows as fit in `width` columns, filled from top to bottom. */
export function layOutColumns(
  cells: readonly { readonly text: string; readonly width: number }[],
  width: number,
  across = false,
): string {
  const most = Math.max(1, Math.min(cells.length, Math.floor(width / 3) || 1));
  for (let columns = most; columns >= 1; columns--) {
    const rows = Math.ceil(cells.length / columns);
    const widths: number[] = [];
    cells.forEach((cell, i) => {
      const column = across ? i % columns : Math.floor(i / rows);
      widths[column] = Math.max(widths[column] ?? 0, cell.width + (column === columns - 1 ? 0 : 2));
    });
    const total = widths.reduce((sum, one) => sum + one, 0);
    if (columns > 1 && total >= width) continue;
    return rowsOf(cells, rows, columns, widths, across);
  }
  return '';
}

function rowsOf(
  cells: readonly { readonly text: string; readonly width: number }[],
  rows: number,
  columns: number,
  widths: readonly number[],
  across: boolean,
): string {
  let text = '';
  for (let row = 0; row < rows; row++) {
    const line: { text: string; pad: number }[] = [];
    for (let column = 0; column < columns; column++) {
      const cell = cells[across ? row * columns + column : column * rows + row];
      if (cell) line.push({ text: cell.text, pad: (widths[column] ?? 0) - cell.width });
    }
    text += line
      .map((cell, i) => (i === line.length - 1 ? cell.text : cell.text + ' '.repeat(Math.max(0, cell.pad))))
      .join('');
    text += '\n';
  }
  return text;
}

/** A text padded to `width` columns of a terminal. */
export function padDisplay(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

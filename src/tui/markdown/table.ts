/** A Markdown table in columns of cells; what is too wide is wrapped inside its column. */
import type { Tokens } from 'marked';
import type { Look } from '../themes/look.ts';
import type { Token } from '../themes/tokens.ts';
import { width } from '../width.ts';
import { wrapSpans } from '../wrap.ts';
import { inlineSpans, type StyledSpan } from './inline.ts';

const GAP = 2;
const NARROWEST = 4;

const cells = (spans: readonly StyledSpan[]): number => spans.reduce((sum, span) => sum + width(span.text), 0);

/** Column widths: as wanted when they fit, otherwise the widest give way first. */
export function columnWidths(wanted: readonly number[], available: number): number[] {
  const widths = wanted.map((cell) => Math.max(1, cell));
  const room = Math.max(widths.length * NARROWEST, available - GAP * (widths.length - 1));
  let excess = widths.reduce((sum, cell) => sum + cell, 0) - room;
  for (; excess > 0; excess--) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}

export function tableLines(table: Tokens.Table, columns: number, look: Look): string[] {
  const rows = [table.header, ...table.rows].map((row, index) =>
    row.map((cell) => inlineSpans(cell.tokens, index === 0 ? 'strong' : 'text')),
  );
  const wanted = table.header.map((_, column) => Math.max(...rows.map((row) => cells(row[column] ?? []))));
  const widths = columnWidths(wanted, columns);
  return rows.flatMap((row, index) => {
    const lines = rowLines(row, widths, table.align, look);
    const rule = look.paint('border', widths.map((cell) => look.marks.horizontal.repeat(cell)).join(' '.repeat(GAP)));
    return index === 0 ? [...lines, rule] : lines;
  });
}

function rowLines(
  row: readonly StyledSpan[][],
  widths: readonly number[],
  align: Tokens.Table['align'],
  look: Look,
): string[] {
  const wrapped = widths.map((cell, column) => wrapSpans<Token>(row[column] ?? [], cell));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, y) =>
    widths
      .map((cell, column) => {
        const line = wrapped[column]?.[y] ?? [];
        const free = Math.max(0, cell - cells(line));
        const left = align[column] === 'right' ? free : align[column] === 'center' ? free >> 1 : 0;
        return ' '.repeat(left) + look.spans(line) + ' '.repeat(free - left);
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

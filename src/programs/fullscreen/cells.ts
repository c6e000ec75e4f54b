import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();
const PRINTABLE_ASCII = /^[ -~]*$/;

/** What a reader calls characters. */
export function graphemes(text: string): string[] {
  if (PRINTABLE_ASCII.test(text)) return text.split('');
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Terminal cells of a text without control characters: Hangul and emoji take two. */
export function cellWidth(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/** The longest beginning that fits in `cells`. */
export function cutTo(text: string, cells: number): string {
  if (PRINTABLE_ASCII.test(text)) return text.slice(0, Math.max(0, cells));
  let used = 0;
  let kept = '';
  for (const grapheme of graphemes(text)) {
    used += cellWidth(grapheme);
    if (used > cells) break;
    kept += grapheme;
  }
  return kept;
}

/** How a grapheme is shown at a cell: tabs reach to the next stop, control characters are `^X`. */
export function shown(grapheme: string, cell: number, tabStop = 8): string {
  if (grapheme === '\t') return ' '.repeat(tabStop - (cell % tabStop));
  const code = grapheme.charCodeAt(0);
  if (code < 32) return `^${String.fromCharCode(code + 64)}`;
  return code === 127 ? '^?' : grapheme;
}

/** A line of a file as the rows of a screen it takes; at least one. */
export function wrapCells(line: string, columns: number, tabStop = 8): string[] {
  const rows: string[] = [];
  let row = '';
  let used = 0;
  let cell = 0;
  for (const grapheme of graphemes(line)) {
    const text = shown(grapheme, cell, tabStop);
    const cells = cellWidth(text);
    cell += cells;
    if (used + cells > columns) {
      rows.push(row);
      row = '';
      used = 0;
    }
    row += text;
    used += cells;
  }
  rows.push(row);
  return rows;
}

/** Widths in terminal cells: Hangul and emoji take two, combining marks none. */
import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();
const PRINTABLE_ASCII = /^[ -~]*$/;

/** The number of terminal cells a text without control characters takes. */
export const width = (text: string): number => (PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text));

/** What a reader calls characters: a syllable of jamo or a family emoji is one. */
export function graphemes(text: string): string[] {
  if (PRINTABLE_ASCII.test(text)) return text.split('');
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** The longest beginning of `text` that fits in `max` cells; a wide character is never cut in two. */
export function cut(text: string, max: number): string {
  if (PRINTABLE_ASCII.test(text)) return text.slice(0, Math.max(0, max));
  let used = 0;
  let kept = '';
  for (const grapheme of graphemes(text)) {
    const cells = width(grapheme);
    if (used + cells > max) break;
    used += cells;
    kept += grapheme;
  }
  return kept;
}

/** `text` in at most `max` cells, with an ellipsis where something was left out. */
export function truncate(text: string, max: number, ellipsis = '…'): string {
  if (width(text) <= max) return text;
  const mark = cut(ellipsis, max);
  return cut(text, max - width(mark)) + mark;
}

export const padRight = (text: string, cells: number): string => text + ' '.repeat(Math.max(0, cells - width(text)));

export const padLeft = (text: string, cells: number): string => ' '.repeat(Math.max(0, cells - width(text))) + text;

/** Exactly `cells` cells: cut with an ellipsis or padded on the right. */
export const exactly = (text: string, cells: number, ellipsis = '…'): string =>
  padRight(truncate(text, cells, ellipsis), cells);

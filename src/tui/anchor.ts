/** Terminals disagree about the width of emoji; after each such character the column is set explicitly. */
import { graphemes, width } from './width.ts';

const DOUBTFUL = /\p{Extended_Pictographic}|[\u200d\ufe0f\u20e3\u{1f1e6}-\u{1f1ff}]/u;
const SGR = /(\x1b\[[0-9;:]*m)/;

/** `line` (text and SGR sequences), which begins at column `x` (from 0), safe from shifts behind emoji. */
export function anchored(line: string, x: number): string {
  if (!DOUBTFUL.test(line)) return line;
  let column = x;
  let result = '';
  for (const part of line.split(SGR)) {
    if (part.startsWith('\x1b')) {
      result += part;
      continue;
    }
    for (const grapheme of graphemes(part)) {
      column += width(grapheme);
      result += DOUBTFUL.test(grapheme) ? `${grapheme}\x1b[${column + 1}G` : grapheme;
    }
  }
  return result;
}

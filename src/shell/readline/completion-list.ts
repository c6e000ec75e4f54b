import { textWidth } from './width.ts';

/** One way to go on. */
export interface Candidate {
  /** What replaces the word. */
  readonly insert: string;
  /** What the list shows. */
  readonly show: string;
  /** Added when it is the only one: a blank, a slash, a closing quote. */
  readonly suffix: string;
}

export interface Completion {
  /** Index of the character where the word begins. */
  readonly start: number;
  readonly candidates: readonly Candidate[];
}

/** What all begin with; letters of the first one where upper and lower case are the same. */
export function commonPrefix(texts: readonly string[], ignoresCase = false): string {
  const [first = ''] = texts;
  const fold = (text: string) => (ignoresCase ? text.toLowerCase() : text);
  const folded = fold(first);
  let length = first.length;
  for (const text of texts.map(fold)) {
    let at = 0;
    while (at < length && text[at] === folded[at]) at++;
    length = at;
  }
  // Not half of a surrogate pair.
  return /[\ud800-\udbff]$/.test(first.slice(0, length)) ? first.slice(0, length - 1) : first.slice(0, length);
}

/** The list below the line, column by column. readline: complete.c rl_display_match_list */
export function listLines(names: readonly string[], columns: number, horizontally = false): string[] {
  const widths = names.map(textWidth);
  const cell = Math.max(0, ...widths) + 2;
  let perRow = Math.floor(columns / cell);
  if (perRow !== 1 && perRow * cell === columns) perRow--;
  perRow = Math.max(1, perRow);
  const rows = Math.ceil(names.length / perRow);
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    let line = '';
    const [from, to, step] = horizontally ? [row * perRow, (row + 1) * perRow, 1] : [row, names.length, rows];
    for (let index = from; index < Math.min(to, names.length); index += step) {
      line += names[index] ?? '';
      if (index + step < Math.min(to, names.length)) line += ' '.repeat(cell - (widths[index] ?? 0));
    }
    lines.push(line);
  }
  return lines;
}

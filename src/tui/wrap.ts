/** Line breaking over styled pieces: between words (also in Korean), inside a word only where it alone is too long. */
import { cut, width } from './width.ts';

/** A piece of text in one style; `style` is opaque here. */
export interface Span<Style = string> {
  readonly text: string;
  readonly style: Style;
}

interface Word<Style> {
  pieces: Span<Style>[];
  cells: number;
}

/** Breaks spans into lines of at most `columns` cells. LF forces a break; blanks at a break vanish. */
export function wrapSpans<Style>(spans: readonly Span<Style>[], columns: number): Span<Style>[][] {
  const limit = Math.max(1, columns);
  const lines: Span<Style>[][] = [];
  let line: Span<Style>[] = [];
  let used = 0;
  let gap: Span<Style>[] = [];
  let word: Word<Style> = { pieces: [], cells: 0 };

  const breakLine = () => {
    lines.push(merge(line));
    line = [];
    used = 0;
    gap = [];
  };
  const place = () => {
    if (word.pieces.length === 0) return;
    const blanks = gap.reduce((sum, piece) => sum + piece.text.length, 0);
    if (used > 0 && used + blanks + word.cells > limit) breakLine();
    else if (used > 0 || lines.length === 0 || blanks > 0) {
      line.push(...gap);
      used += blanks;
    }
    gap = [];
    for (const piece of word.pieces) {
      let rest = piece.text;
      while (rest !== '' && used + width(rest) > limit) {
        const head = cut(rest, limit - used);
        if (head === '' && used === 0) break;
        if (head !== '') line.push({ text: head, style: piece.style });
        rest = rest.slice(head.length);
        breakLine();
      }
      if (rest !== '') line.push({ text: rest, style: piece.style });
      used += width(rest);
    }
    word = { pieces: [], cells: 0 };
  };

  for (const span of spans) {
    for (const part of span.text.split(/(\n| +)/)) {
      if (part === '') continue;
      if (part === '\n') {
        place();
        breakLine();
      } else if (part.startsWith(' ')) {
        place();
        gap.push({ text: part, style: span.style });
      } else {
        word.pieces.push({ text: part, style: span.style });
        word.cells += width(part);
      }
    }
  }
  place();
  lines.push(merge(line));
  return lines;
}

function merge<Style>(line: Span<Style>[]): Span<Style>[] {
  const merged: Span<Style>[] = [];
  for (const piece of line) {
    const last = merged.at(-1);
    if (last && last.style === piece.style) merged[merged.length - 1] = { ...last, text: last.text + piece.text };
    else merged.push(piece);
  }
  return merged;
}

/** Plain text in lines of at most `columns` cells. */
export const wrap = (text: string, columns: number): string[] =>
  wrapSpans([{ text, style: '' }], columns).map((line) => line.map((piece) => piece.text).join(''));

/** Breaks for code: nothing is trimmed, and words are cut only where breaking before them would waste half a line. */
export function wrapHard(text: string, columns: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (width(rest) > columns) {
    const head = cut(rest, columns);
    if (head === '') break;
    const words = head.slice(0, head.lastIndexOf(' ') + 1);
    const line = width(words) * 2 > columns ? words : head;
    lines.push(line);
    rest = rest.slice(line.length);
  }
  lines.push(rest);
  return lines;
}

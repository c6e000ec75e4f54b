import { displayWidth } from '../shell/utilities/text.ts';
import type { Process } from '../world/process.ts';
import type { Task } from '../world/task.ts';

/** Prints prose: on a terminal lines are broken between words, and what goes on stands below the last column. */
export function* tell(process: Process, text: string): Task {
  const tty = process.hasFile(1) ? process.file(1).tty : undefined;
  yield* process.print(tty ? foldText(text, tty.columns) : text);
}

/** Lines of at most `columns` cells, where words allow it. Words longer than a line stay whole: the terminal breaks them. */
export function foldText(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => foldLine(line, columns))
    .join('\n');
}

const cells = (text: string): number => displayWidth(text.replace(/\x1b\[\d*m/g, ''));

function foldLine(line: string, columns: number): string {
  if (cells(line) <= columns) return line;
  const margin = ' '.repeat(marginOf(line, columns));
  const lines: string[] = [];
  let current = '';
  // Blanks stay with the word after them; those of the beginning, and of a command in backquotes, are no place to break at.
  for (const part of line.match(/\s*(?:`[^`]*`|\S)+|\s+$/g) ?? []) {
    if (current !== '' && cells(current + part) > columns && part.trim() !== '') {
      lines.push(current);
      current = margin + part.trimStart();
    } else current += part;
  }
  return [...lines, current].join('\n');
}

/** Where the last column begins that two blanks set apart; near the right end only the indentation counts. */
function marginOf(line: string, columns: number): number {
  const indent = line.length - line.trimStart().length;
  const column = cells(/^.*\s{2,}(?=\S)/.exec(line)?.[0] ?? '');
  return column > 0 && column <= columns / 2 ? column : Math.min(indent + 2, columns >> 1);
}

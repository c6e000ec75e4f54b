import { withoutComments } from './comments.ts';
import type { Problem } from './problem.ts';

/** A section of a text file: `## step-id: Title` and what follows. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** Of the heading, from 1. */
  readonly line: number;
  /** Of the first line of the body, from 1. */
  readonly bodyLine: number;
}

export interface CodeLine {
  readonly text: string;
  readonly line: number;
}

/** The sections of a text. What comes before the first, and comments, are for authors and not shown. */
export function readSections(file: string, text: string): { sections: Section[]; problems: Problem[] } {
  const sections: { id: string; title: string; lines: string[]; line: number }[] = [];
  const problems: Problem[] = [];
  let fence: string | undefined;
  let fenceLine = 0;
  const plain = withoutComments(text);
  if (plain.open) problems.push({ file, ...plain.open, message: 'this comment has no end' });
  plain.text.split(/\r?\n/).forEach((line, index) => {
    const mark = /^\s{0,3}(```+|~~~+)/.exec(line)?.[1];
    if (fence === undefined && mark) {
      fence = mark;
      fenceLine = index + 1;
    } else if (fence !== undefined && mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    const heading = fence === undefined ? /^##\s+(.*)$/.exec(line) : null;
    if (!heading) {
      sections.at(-1)?.lines.push(line);
      return;
    }
    const parts = /^([a-z0-9-]+):\s+(\S.*?)\s*$/.exec(heading[1] ?? '');
    if (!parts?.[1] || !parts[2]) {
      problems.push({
        file,
        line: index + 1,
        column: 1,
        message: 'a heading of the second level reads "## step-id: Title"; use ### inside a step',
      });
      return;
    }
    sections.push({ id: parts[1], title: parts[2], lines: [], line: index + 1 });
  });
  if (fence !== undefined) problems.push({ file, line: fenceLine, column: 1, message: 'this code block has no end' });
  const finished = sections.map(({ lines, ...rest }) => {
    const first = lines.findIndex((line) => line.trim() !== '');
    return { ...rest, body: lines.join('\n').trim(), bodyLine: rest.line + 1 + Math.max(0, first) };
  });
  return { sections: finished, problems };
}

/** The lines of code blocks, without comments and empty lines: they must be the same in every language. */
export function codeLines(section: Section): CodeLine[] {
  const found: CodeLine[] = [];
  let fence: string | undefined;
  const lines = section.body.split('\n');
  lines.forEach((line, index) => {
    const mark = /^\s{0,3}(```+|~~~+)/.exec(line)?.[1];
    if (fence === undefined) {
      if (mark) fence = mark;
      return;
    }
    if (mark?.startsWith(fence) && line.trim() === mark) {
      fence = undefined;
      return;
    }
    const code = line.replace(/(^|\s)#\s.*$/, '').trim();
    if (code !== '') found.push({ text: code, line: section.bodyLine + index });
  });
  return found;
}

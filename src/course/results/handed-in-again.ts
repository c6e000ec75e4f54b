import type { Text } from '../text.ts';
import type { FileResult } from './types.ts';

export interface HandedInAgain {
  /** Each accepted file once, and all that were refused. */
  readonly files: readonly FileResult[];
  /** What is said of a file that came more than once, by file. */
  readonly notes: ReadonlyMap<string, Text>;
}

/**
 * The very same file handed in more than once is one attempt and no offence: that which came first counts, by the times of
 * receipt where there are some, else by its name, for a file says the same time wherever it lies.
 */
export function handedInAgain(files: readonly FileResult[], received: ReadonlyMap<string, number>): HandedInAgain {
  const byContent = new Map<string, FileResult[]>();
  for (const file of files)
    if ('graded' in file.outcome) byContent.set(file.sha256, [...(byContent.get(file.sha256) ?? []), file]);
  const time = ({ file }: FileResult) => received.get(file) ?? Number.POSITIVE_INFINITY;
  const dropped = new Set<FileResult>();
  const notes = new Map<string, Text>();
  for (const same of byContent.values()) {
    if (same.length < 2) continue;
    const [first, ...others] = same.toSorted(
      (a, b) => (time(a) === time(b) ? 0 : time(a) - time(b)) || (a.file < b.file ? -1 : 1),
    );
    if (first) notes.set(first.file, again(others.map(({ file }) => file)));
    for (const other of others) dropped.add(other);
  }
  return { files: files.filter((file) => !dropped.has(file)), notes };
}

function again(others: readonly string[]): Text {
  const names = `${others.slice(0, 5).join(', ')}${others.length > 5 ? ', …' : ''}`;
  return {
    en: `the same file was handed in again: ${names}; it is one attempt, at the time it first came`,
    ko: `같은 파일이 다시 제출되었습니다: ${names}. 처음 들어온 시각의 한 번의 시도로 셉니다`,
  };
}

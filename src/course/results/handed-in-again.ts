import type { Text } from '../text.ts';
import type { FileResult } from './types.ts';

export interface HandedInAgain {
  /** Each accepted work once, and all files that were refused. */
  readonly files: readonly FileResult[];
  /** What is said of work that came more than once, by the file that counts. */
  readonly notes: ReadonlyMap<string, Text>;
}

interface Came {
  readonly result: FileResult;
  /** Of receipt, ms since 1970; undefined where nobody knows it. */
  readonly received: number | undefined;
  /** By the student's clock. */
  readonly said: number;
}

/**
 * The same work of a student handed in more than once (the file sent again, copied, renamed, or written anew by `submit`
 * with nothing done in between) is one attempt and no offence: that which came first counts, by the times of receipt where
 * there are some, else by those that the files say, else by their names. Work of another student is never the same: a
 * journal names whose it is.
 */
export function handedInAgain(files: readonly FileResult[], received: ReadonlyMap<string, number>): HandedInAgain {
  const byWork = new Map<string, Came[]>();
  for (const result of files) {
    if (!('graded' in result.outcome)) continue;
    const { student, work, submitted } = result.outcome.graded;
    const key = JSON.stringify([student, work]);
    const came = { result, received: received.get(result.file), said: submitted };
    byWork.set(key, [...(byWork.get(key) ?? []), came]);
  }
  const dropped = new Set<FileResult>();
  const notes = new Map<string, Text>();
  for (const same of byWork.values()) {
    if (same.length < 2) continue;
    const [first, ...others] = same.toSorted(byArrival);
    if (first) notes.set(first.result.file, again(first, others));
    for (const other of others) dropped.add(other.result);
  }
  return { files: files.filter((file) => !dropped.has(file)), notes };
}

function byArrival(a: Came, b: Came): number {
  const late = Number.POSITIVE_INFINITY;
  const [left, right] = [a.received ?? late, b.received ?? late];
  return (left === right ? a.said - b.said : left - right) || (a.result.file < b.result.file ? -1 : 1);
}

function again(first: Came, others: readonly Came[]): Text {
  const names = `${others
    .slice(0, 5)
    .map(({ result }) => result.file)
    .join(', ')}${others.length > 5 ? ', …' : ''}`;
  const file = others.every(({ result }) => result.sha256 === first.result.sha256);
  return {
    en: `the same ${file ? 'file' : 'work'} was handed in again: ${names}; it is one attempt, at the time it first came`,
    ko: `같은 ${file ? '파일이' : '작업이'} 다시 제출되었습니다: ${names}. 처음 들어온 시각의 한 번의 시도로 셉니다`,
  };
}

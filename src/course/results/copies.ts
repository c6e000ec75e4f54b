import type { GradedSubmission } from '../submission/grade-submission.ts';
import type { Refusal } from '../submission/refusal.ts';
import type { Text } from '../text.ts';
import type { FileResult } from './types.ts';

/** So many keystrokes at the very same moments are no accident: two people share none. */
const COMMON = 12;
const SHARE = 0.5;

/**
 * Files with keystrokes of another student at the same moments. Of two such files the one that came later is refused, and
 * the other carries a note. By file.
 */
export function findCopies(
  files: readonly FileResult[],
  received: ReadonlyMap<string, number>,
): ReadonlyMap<string, Refusal | Text> {
  const found = new Map<string, Refusal | Text>();
  const graded = files
    .flatMap(({ file, outcome }) =>
      'graded' in outcome ? [{ file, of: outcome.graded, time: received.get(file) ?? outcome.graded.submitted }] : [],
    )
    .sort((a, b) => a.time - b.time || (a.file < b.file ? -1 : 1));
  const holders = new Map<number, number[]>();
  graded.forEach(({ file, of }, index) => {
    const other = mostAlike(index, of, graded, holders);
    if (other) {
      found.set(file, copied(other));
      if (!found.has(other.file)) found.set(other.file, original(file, of.student));
      return;
    }
    for (const hash of of.sketch) holders.set(hash, [...(holders.get(hash) ?? []), index]);
  });
  return found;
}

interface Placed {
  readonly file: string;
  readonly of: GradedSubmission;
}

function mostAlike(
  index: number,
  of: GradedSubmission,
  all: readonly Placed[],
  holders: ReadonlyMap<number, readonly number[]>,
): Placed | undefined {
  const common = new Map<number, number>();
  for (const hash of of.sketch)
    for (const holder of holders.get(hash) ?? []) common.set(holder, (common.get(holder) ?? 0) + 1);
  for (const [holder, count] of common) {
    const other = all[holder];
    if (!other || holder === index || other.of.student === of.student) continue;
    if (count >= COMMON && count >= SHARE * Math.min(of.sketch.length, other.of.sketch.length)) return other;
  }
  return undefined;
}

function copied(other: Placed): Refusal {
  return {
    kind: 'copied',
    message: {
      en: `The same keys at the same moments as in ${other.file} of ${other.of.student}: one of the two is a copy. Talk to both.`,
      ko: `${other.of.student}의 ${other.file}과(와) 같은 순간에 같은 키를 눌렀습니다. 둘 중 하나는 복사본입니다. 두 사람과 이야기하세요.`,
    },
  };
}

function original(file: string, student: string): Text {
  return {
    en: `${file} of ${student} has the same keys at the same moments and came later`,
    ko: `더 늦게 온 ${student}의 ${file}에 같은 순간의 같은 키 입력이 있습니다`,
  };
}

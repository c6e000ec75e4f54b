import type { Text } from '../text.ts';
import type { ClassResults, StudentResult } from './types.ts';

/** A criterion over the class. */
export interface CriterionStatistics {
  readonly id: string;
  readonly title: Text;
  readonly passed: number;
  readonly judged: number;
}

/** A step over the class. */
export interface StepStatistics {
  readonly id: string;
  readonly title: Text;
  readonly reached: number;
  readonly finished: number;
  /** Seconds of work: the median of those who reached it. */
  readonly median: number;
  readonly slowest: number;
  readonly hints: number;
  /** Students whose work ended here, with something missing. */
  readonly stuck: readonly string[];
}

export interface Statistics {
  /** Students per tenth of the points: 0 to 10 %, … 90 to 100 %. */
  readonly distribution: readonly number[];
  readonly mean: number;
  readonly median: number;
  /** Hardest first. */
  readonly criteria: readonly CriterionStatistics[];
  readonly steps: readonly StepStatistics[];
}

export function statistics({ students }: ClassResults): Statistics {
  const graded = students.filter((student) => student.shown);
  const shares = graded.map(shareOf);
  const distribution = Array.from(
    { length: 10 },
    (_, tenth) => shares.filter((share) => Math.min(9, Math.floor(share * 10)) === tenth).length,
  );
  return {
    distribution,
    mean: shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length,
    median: medianOf(shares),
    criteria: criteriaOf(graded),
    steps: stepsOf(graded),
  };
}

export function shareOf({ points, max }: StudentResult): number {
  return max === 0 ? 0 : Math.min(1, Math.max(0, points / max));
}

function criteriaOf(students: readonly StudentResult[]): CriterionStatistics[] {
  const found = new Map<string, { id: string; title: Text; passed: number; judged: number }>();
  for (const { shown } of students)
    for (const lesson of shown?.lessons ?? [])
      for (const step of lesson.steps)
        for (const check of step.checks) {
          const id = `${lesson.id}/${step.id}/${check.id}`;
          const entry = found.get(id) ?? { id, title: check.title, passed: 0, judged: 0 };
          entry.title = common(entry.title, check.title);
          entry.judged++;
          if (check.points >= check.max) entry.passed++;
          found.set(id, entry);
        }
  return [...found.values()].sort((a, b) => a.passed / a.judged - b.passed / b.judged);
}

function stepsOf(students: readonly StudentResult[]): StepStatistics[] {
  const found = new Map<string, { title: Text; seconds: number[]; finished: number; hints: number; stuck: string[] }>();
  for (const { student, shown } of students)
    for (const lesson of shown?.lessons ?? []) {
      const lastReached = lesson.steps.findLast((step) => step.reached);
      for (const step of lesson.steps) {
        const id = `${lesson.id}/${step.id}`;
        const entry = found.get(id) ?? { title: step.title, seconds: [], finished: 0, hints: 0, stuck: [] };
        entry.title = common(entry.title, step.title);
        found.set(id, entry);
        if (!step.reached) continue;
        entry.seconds.push(step.seconds);
        entry.hints += step.hints;
        if (step.score >= step.max) entry.finished++;
        else if (step === lastReached) entry.stuck.push(student);
      }
    }
  return [...found].map(([id, { title, seconds, finished, hints, stuck }]) => ({
    id,
    title,
    reached: seconds.length,
    finished,
    median: medianOf(seconds),
    slowest: Math.max(0, ...seconds),
    hints,
    stuck,
  }));
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** What two students' titles have in common: tasks that are drawn differ in a word or two. */
function common(a: Text, b: Text): Text {
  return { en: commonWords(a.en, b.en), ko: commonWords(a.ko, b.ko) };
}

function commonWords(a: string, b: string): string {
  if (a === b) return a;
  const [mine, theirs] = [a.split(' '), b.split(' ')];
  return mine.length === theirs.length ? mine.map((word, index) => (word === theirs[index] ? word : '…')).join(' ') : a;
}

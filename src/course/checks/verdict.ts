import type { Text } from '../text.ts';

export type Result = 'passed' | 'failed' | 'undecided';

/** The answer of a check. `why` is computed from the world; empty when there is nothing to explain. */
export interface Verdict {
  readonly result: Result;
  readonly expected: Text;
  readonly actual: Text;
  readonly why: Text;
}

export const NO_TEXT: Text = { en: '', ko: '' };

export function verdict(passed: boolean, expected: Text, actual: Text, why: Text = NO_TEXT): Verdict {
  return { result: passed ? 'passed' : 'failed', expected, actual, why: passed ? NO_TEXT : why };
}

export function undecided(expected: Text, why: Text): Verdict {
  return { result: 'undecided', expected, actual: { en: 'cannot be judged yet', ko: '아직 판단할 수 없음' }, why };
}

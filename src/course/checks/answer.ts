import { plain } from '../text.ts';
import { sameValue } from './condition.ts';
import type { Evaluate } from './context.ts';
import { excerpt } from './file.ts';
import { verdict } from './verdict.ts';

/** A file of the workstation that the learner wrote an answer into. */
export interface AnswerCheck {
  readonly path: string;
  /** Any of these, compared by words, without regard to case. */
  readonly equals?: readonly (string | number)[];
  /** A regular expression for the whole answer. */
  readonly matches?: string;
  /** The words of the answer as a set, in any order. */
  readonly setEquals?: readonly (string | number)[];
}

export const evaluateAnswer: Evaluate<AnswerCheck> = function* (check, context) {
  const { workstation, learner } = context.built;
  const path = check.path.replace(/^~(?=\/|$)/, learner.home);
  const expected = {
    en: `the answer in ${path}`,
    ko: `${path}에 적은 답`,
  };
  if (!workstation.files.exists(path)) return verdict(false, expected, { en: 'no such file', ko: '파일 없음' });
  const text = workstation.files.readText(path).slice(0, 100_000);
  const words = text.trim().split(/\s+/).filter(Boolean);
  const same = (a: unknown, b: unknown) => sameValue(String(a).toLowerCase(), String(b).toLowerCase());
  const { equals, matches, setEquals } = check;
  const passed =
    (equals === undefined ||
      equals.some((option) => same(words.join(' '), String(option).trim().split(/\s+/).join(' ')))) &&
    (matches === undefined || new RegExp(`^(?:${matches})$`, 'i').test(text.trim())) &&
    (setEquals === undefined ||
      (setEquals.every((item) => words.some((word) => same(word, item))) &&
        words.every((word) => setEquals.some((item) => same(word, item)))));
  // The right answer is not told: it would be given away.
  return verdict(passed, expected, plain(excerpt(text)));
};

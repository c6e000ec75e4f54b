import { plain, type Text } from '../text.ts';
import { sameValue } from './condition.ts';
import type { Evaluate } from './context.ts';
import { excerpt } from './file.ts';
import { matchesPattern } from './pattern.ts';
import { NO_TEXT, verdict } from './verdict.ts';

/** A file of the workstation that the learner wrote an answer into. */
export interface AnswerCheck {
  readonly path: string;
  /** Any of these, compared by words, without regard to case and to quotes around a word. */
  readonly equals?: readonly (string | number)[];
  /** A regular expression for the whole answer. */
  readonly matches?: string;
  /** The words of the answer as a set, in any order; a comma divides them as well. */
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
  const words = text.trim().split(/\s+/).map(unquoted).filter(Boolean);
  const { equals, matches, setEquals } = check;
  const passed =
    (equals === undefined || equals.some((option) => same(words.join(' '), wordsOf(option).join(' ')))) &&
    (matches === undefined || matchesPattern(`^(?:${matches})$`, 'i', text.trim())) &&
    (setEquals === undefined ||
      isSet(
        text
          .trim()
          .split(/[\s,]+/)
          .map(unquoted)
          .filter(Boolean),
        setEquals,
      ));
  const amongOthers =
    (equals ?? []).some((option) => holds(words, wordsOf(option))) ||
    (setEquals !== undefined && holds(words, setEquals.map(String)));
  // The right answer is not told: it would be given away.
  return verdict(passed, expected, plain(excerpt(text)), amongOthers ? TOO_MUCH : NO_TEXT);
};

const TOO_MUCH: Text = {
  en: 'the answer is in there, among other words: write the answer alone',
  ko: '답이 다른 말과 함께 있습니다. 답만 적으세요',
};

const isSet = (words: readonly string[], wanted: readonly (string | number)[]) =>
  wanted.every((item) => words.some((word) => same(word, item))) &&
  words.every((word) => wanted.some((item) => same(word, item)));

const same = (a: unknown, b: unknown) => sameValue(String(a).toLowerCase(), String(b).toLowerCase());

const wordsOf = (option: string | number) => String(option).trim().split(/\s+/);

const holds = (words: readonly string[], wanted: readonly string[]) =>
  wanted.every((item) => words.some((word) => same(word, item)));

/** People copy words with their quotes. */
const unquoted = (word: string) => /^(["'`])(.*)\1$/.exec(word)?.[2] ?? word;

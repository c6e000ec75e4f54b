import type { Task } from '../../world/task.ts';
import { runScript } from '../scripts.ts';
import { plain, type Text } from '../text.ts';
import { JUDGED_BY_CHECK, lastWords, replacedVerdict } from './bash.ts';
import { sameValue } from './condition.ts';
import type { CheckContext, Evaluate } from './context.ts';
import { excerpt } from './file.ts';
import { matchesPattern } from './pattern.ts';
import { NO_TEXT, undecided, type Verdict, verdict } from './verdict.ts';

/** A file of the workstation that the learner wrote an answer into. */
export interface AnswerCheck {
  readonly path: string;
  /** Any of these, compared by words, without regard to case and to quotes around a word. */
  readonly equals?: readonly (string | number)[];
  /** A regular expression for the whole answer. */
  readonly matches?: string;
  /** The words of the answer as a set, in any order; a comma divides them as well. */
  readonly setEquals?: readonly (string | number)[];
  /** A bash script of the world; what it prints is the answer. Each line is one that counts. */
  readonly output?: string;
}

/** Virtual ms that the script of an answer may take. */
const SCRIPT_TIME = 30_000;

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
  const { matches, setEquals } = check;
  const printed = check.output === undefined ? undefined : yield* printedBy(check.output, context);
  if (printed?.unclear) return { ...printed.unclear, expected };
  const equals = printed?.lines ?? check.equals;
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

interface Printed {
  readonly lines?: readonly string[];
  readonly unclear?: Verdict;
}

/** What a script says the answers are; when it cannot say so, why. */
function* printedBy(script: string, context: CheckContext): Task<Printed> {
  const { built, process, programs } = context;
  if (!process) return { unclear: undecided(NO_TEXT, JUDGED_BY_CHECK) };
  const replaced = programs.replaced(script, undefined);
  if (replaced !== undefined) return { unclear: replacedVerdict(replaced) };
  const { stdout, stderr } = yield* runScript(process, built, script, SCRIPT_TIME);
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > 0) return { lines };
  const said = stderr.trim();
  const nothing = { en: 'nothing to compare with', ko: '비교할 값이 없음' };
  return { unclear: verdict(false, NO_TEXT, nothing, said === '' ? NO_TEXT : lastWords(said)) };
}

const TOO_MUCH: Text = {
  en: 'the answer is in there, among other words: write the answer alone',
  ko: '답이 다른 말과 함께 있습니다. 답만 적으세요',
};

const isSet = (words: readonly string[], wanted: readonly (string | number)[]) =>
  wanted.every((item) => words.some((word) => same(word, item))) &&
  words.every((word) => wanted.some((item) => same(word, item)));

const same = (a: unknown, b: unknown) => sameValue(String(a).toLowerCase(), String(b).toLowerCase());

const wordsOf = (option: string | number) => String(option).trim().split(/\s+/).map(unquoted);

const holds = (words: readonly string[], wanted: readonly string[]) =>
  wanted.every((item) => words.some((word) => same(word, item)));

/** People copy words with their quotes, in the brackets of a list, and with the full stop of a sentence. */
const unquoted = (word: string) => {
  const bare = word.replace(/^\[|[\].,;]$/g, '');
  return /^(["'`])(.*)\1$/.exec(bare)?.[2] ?? /^\((.*)\)$/.exec(bare)?.[1] ?? bare;
};

import { runScript } from '../scripts.ts';
import type { Text } from '../text.ts';
import type { Evaluate } from './context.ts';
import { excerpt } from './file.ts';
import { NO_TEXT, undecided, type Verdict, verdict } from './verdict.ts';

/**
 * A bash script of the world; exit status 0 passes. Its last line on stderr (or stdout) says what there is instead; a
 * line `ko: …` after it says it in Korean.
 */
export interface BashCheck {
  readonly script: string;
  /** Host name; default: the workstation. */
  readonly machine?: string;
  /** Seconds of virtual time it may take. Default 30. */
  readonly timeout?: number;
  /** What is expected, for people. Default: that the script ends with 0. */
  readonly expected?: { readonly en: string; readonly ko: string };
}

export const evaluateBash: Evaluate<BashCheck> = function* (check, context) {
  const expected = check.expected ?? { en: 'the check script succeeds', ko: '검사 스크립트 성공' };
  if (!context.process) return undecided(expected, JUDGED_BY_CHECK);
  const replaced = context.programs.replaced(check.script, check.machine);
  if (replaced !== undefined) return { ...replacedVerdict(replaced), expected };
  const limit = (check.timeout ?? 30) * 1000;
  const outcome = yield* runScript(context.process, context.built, check.script, limit, check.machine);
  const output = outcome.stderr.trim() || outcome.stdout.trim();
  const said = output === '' ? NO_TEXT : lastWords(output);
  if (outcome.timedOut) {
    return verdict(
      false,
      expected,
      { en: `still running after ${outcome.given} s`, ko: `${outcome.given}초가 지나도 끝나지 않음` },
      said,
    );
  }
  // What it says of what it found is what is; the number of its exit status tells nobody anything.
  const status = { en: `exit status ${outcome.exit}`, ko: `종료 상태 ${outcome.exit}` };
  return verdict(outcome.exit === 0, expected, output === '' ? status : said);
};

export const JUDGED_BY_CHECK: Text = { en: 'judged by `tutor check`', ko: '`tutor check`로 판정합니다' };

/** Of a script that would ask a program which has been put in another's place. */
export function replacedVerdict(program: string): Verdict {
  return verdict(
    false,
    NO_TEXT,
    { en: `${program} is not the program that it was`, ko: `${program}이(가) 원래 프로그램이 아닙니다` },
    {
      en: 'what a replaced program says proves nothing: put it back',
      ko: '바뀐 프로그램의 출력은 증거가 되지 않습니다. 되돌려 놓으세요',
    },
  );
}

/** What a script says last of what there is: in English and, after `ko: `, in Korean. */
export function lastWords(text: string): Text {
  const lines = text.split('\n');
  const ko = /^ko: (.*)$/.exec(lines.at(-1) ?? '')?.[1];
  const en = excerpt(lines.at(ko === undefined ? -1 : -2) ?? '');
  return { en, ko: ko === undefined ? en : excerpt(ko) };
}

/** Verdicts of checks: expected, actual, why. */
import type { Messages } from '../locale/en.ts';
import type { CheckView } from '../port.ts';
import { sanitise, sanitiseLine } from '../sanitise.ts';
import type { Look } from '../themes/look.ts';
import type { Token } from '../themes/tokens.ts';
import { padRight, width } from '../width.ts';
import { wrap } from '../wrap.ts';

const TOKENS: Readonly<Record<CheckView['result'], Token>> = {
  passed: 'success',
  failed: 'error',
  undecided: 'warning',
};

export function checkLines(checks: readonly CheckView[], columns: number, look: Look, texts: Messages): string[] {
  if (checks.length === 0) return [look.paint('muted', texts.noChecks)];
  const passed = checks.filter((check) => check.result === 'passed').length;
  const all = passed === checks.length;
  const sum = all ? texts.allPassed : texts.passedOf(passed, checks.length);
  return [
    ...wrap(sum, columns).map((line) => look.paint(all ? 'success' : 'strong', line)),
    ...checks.flatMap((check) => ['', ...oneCheck(check, columns, look, texts)]),
  ];
}

function oneCheck(check: CheckView, columns: number, look: Look, texts: Messages): string[] {
  const { marks } = look;
  const mark = { passed: marks.met, failed: marks.failed, undecided: marks.undecided }[check.result];
  const points = check.max ? ` (${check.points ?? 0}/${check.max})` : '';
  const undecided = check.result === 'undecided' ? `: ${texts.result.undecided}` : '';
  const title = wrap(`${sanitiseLine(check.title)}${points}${undecided}`, columns - 2).map((line, y) =>
    y === 0
      ? `${look.paint(TOKENS[check.result], mark)} ${look.paint('strong', line)}`
      : `  ${look.paint('strong', line)}`,
  );
  if (check.result === 'passed') return title;
  const labels = [texts.expected, texts.actual, texts.why];
  const indent = Math.max(...labels.map(width)) + 2;
  const part = (label: string, text: string | undefined): string[] =>
    text === undefined || text === ''
      ? []
      : wrap(sanitise(text), Math.max(8, columns - 2 - indent)).map(
          (line, y) => `  ${look.paint('muted', padRight(y === 0 ? label : '', indent))}${line}`,
        );
  return [
    ...title,
    ...part(texts.expected, check.expected),
    // Of what cannot be judged yet the title says so.
    ...(check.result === 'undecided' ? [] : part(texts.actual, check.actual)),
    ...part(texts.why, check.why),
  ];
}

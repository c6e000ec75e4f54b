import { plain } from '../text.ts';
import type { UsedCommand } from './command-log.ts';
import type { Evaluate } from './context.ts';
import { verdict } from './verdict.ts';

/** A command of a certain shape was used: by its arguments as the program got them, not by the text typed. */
export interface CommandCheck {
  /** Name without directories. Default: `kubectl`. */
  readonly program?: string;
  /** These words come in this order among the arguments that are no flags: `[rollout, undo]`. Each may be `a|b`. */
  readonly words?: readonly string[];
  /** Each flag must be there, `--name`, `-n` or `--name=value`; `--a|-a` for several spellings. */
  readonly flags?: readonly string[];
  /** None of these flags. */
  readonly withoutFlags?: readonly string[];
  /** Only those that ended with 0 (default), or any. */
  readonly success?: boolean;
  /** The command must not have been used. */
  readonly never?: boolean;
}

export const evaluateCommand: Evaluate<CommandCheck> = function* (check, context) {
  const shape = [check.program ?? 'kubectl', ...(check.words ?? []), ...(check.flags ?? [])].join(' ');
  const used = context.commands.used.filter((command) => isProgram(command, check));
  const fitting = used.filter((command) => matchesShape(command, check));
  if (check.never) {
    const expected = { en: `without ${shape}`, ko: `${shape} 없이` };
    return verdict(fitting.length === 0, expected, plain(fitting[0]?.argv.join(' ') ?? '-'));
  }
  const expected = { en: `the command ${shape} is used`, ko: `${shape} 명령 사용` };
  const found = fitting.find((command) => check.success === false || (command.exit ?? 0) === 0);
  if (found) return verdict(true, expected, plain(found.argv.join(' ')));
  const failed = fitting.at(-1);
  if (failed) {
    const why = { en: `it ended with exit status ${failed.exit}`, ko: `종료 상태 ${failed.exit}(으)로 끝났습니다` };
    return verdict(false, expected, plain(failed.argv.join(' ')), why);
  }
  const last = used.at(-1);
  return verdict(false, expected, last ? plain(last.argv.join(' ')) : { en: 'not used', ko: '사용하지 않음' });
};

function isProgram(command: UsedCommand, check: CommandCheck): boolean {
  const name = command.argv[0] ?? '';
  return name.slice(name.lastIndexOf('/') + 1) === (check.program ?? 'kubectl');
}

function matchesShape(command: UsedCommand, check: CommandCheck): boolean {
  const args = command.argv.slice(1);
  const words = args.filter((argument) => !argument.startsWith('-'));
  let at = 0;
  for (const wanted of check.words ?? []) {
    const options = wanted.split('|');
    const index = words.findIndex((word, i) => i >= at && options.some((option) => sameWord(word, option)));
    if (index < 0) return false;
    at = index + 1;
  }
  const has = (flag: string) => flag.split('|').some((option) => hasFlag(args, option));
  return (check.flags ?? []).every(has) && !(check.withoutFlags ?? []).some(has);
}

/** `deployment/web` is also met by the word `deployment`, followed by the name. */
function sameWord(word: string, wanted: string): boolean {
  return word === wanted || word.startsWith(`${wanted}/`);
}

/** `--name` with any value, `--name=value` in both spellings, `-f` alone or at the start of `-fVALUE`. */
function hasFlag(args: readonly string[], flag: string): boolean {
  const equals = flag.indexOf('=');
  if (equals < 0) {
    return args.some(
      (a) => a === flag || a.startsWith(`${flag}=`) || (/^-[^-]$/.test(flag) && /^-[^-]/.test(a) && a.startsWith(flag)),
    );
  }
  const name = flag.slice(0, equals);
  const value = flag.slice(equals + 1);
  return args.some(
    (a, i) => a === flag || (a === name && args[i + 1] === value) || (/^-[^-]$/.test(name) && a === name + value),
  );
}

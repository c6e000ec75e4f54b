import type { Task } from '../../world/task.ts';
import { expandEmbedded } from '../expand/word.ts';
import type { Shell } from '../state/shell.ts';

const DEFAULT_FORMAT = '\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS';
const POSIX_FORMAT = 'real %2R\nuser %2U\nsys %2S';
/** The part of a process's time that counts as the kernel's. */
const SYSTEM_SHARE = 0.3;

/** `time PIPELINE`. bash: execute_cmd.c print_formatted_time */
export function* runTimed(shell: Shell, posix: boolean, run: () => Task<number>): Task<number> {
  const { process } = shell;
  const started = process.now;
  const used = cpuTime(shell);
  const status = yield* run();
  const real = process.now - started;
  const cpu = Math.max(0, cpuTime(shell) - used);
  const given = shell.variables.get('TIMEFORMAT');
  const format = given === undefined ? (posix ? POSIX_FORMAT : DEFAULT_FORMAT) : yield* expandEmbedded(shell, given);
  if (format === '') return status;
  const text = format.replace(
    /%(?:(\d)?(l)?([RUS])|(P)|(%))/g,
    (_, digits?: string, long?: string, what?: string, percent?: string) => {
      if (percent) return real > 0 ? ((cpu / real) * 100).toFixed(2) : '0.00';
      if (!what) return '%';
      const ms = what === 'R' ? real : what === 'U' ? cpu * (1 - SYSTEM_SHARE) : cpu * SYSTEM_SHARE;
      return seconds(ms, digits === undefined ? 3 : Math.min(3, Number(digits)), long !== undefined);
    },
  );
  yield* process.printError(`${text}\n`);
  return status;
}

function cpuTime(shell: Shell): number {
  return shell.process.cpuTime + shell.childTime;
}

function seconds(ms: number, digits: number, long: boolean): string {
  const whole = Math.floor(ms) / 1000;
  if (!long) return whole.toFixed(digits);
  const minutes = Math.floor(whole / 60);
  return `${minutes}m${(Math.floor((whole - minutes * 60) * 10 ** digits) / 10 ** digits).toFixed(digits)}s`;
}

import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import type { Shell } from '../state/shell.ts';
import { encodeText } from '../utilities/text.ts';

/** A command that the shell runs itself. `name` is the word it was called by. */
export interface Builtin {
  readonly names: readonly string[];
  run(shell: Shell, args: readonly string[], name: string): Task<number>;
}

/** Prints to standard output; tells of errors as bash's builtins do. Gives the exit status. */
export function* print(shell: Shell, name: string, text: string | Uint8Array): Task<number> {
  try {
    if (text.length > 0) yield* shell.process.write(1, typeof text === 'string' ? encodeText(text) : text);
    return 0;
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
    yield* shell.complain(`write error: ${error.text}`, name);
    return 1;
  }
}

/** `NAME: MESSAGE` on standard error. */
export function* fail(shell: Shell, name: string, message: string, status = 1): Task<number> {
  yield* shell.complain(message, name === '' ? undefined : name);
  return status;
}

/** A wrong option: the message and the usage. */
export function* badOption(shell: Shell, name: string, option: string, usage: string): Task<number> {
  yield* shell.complain(`${option}: invalid option`, name);
  if (shell.dialect !== 'bash') return 2;
  yield* shell.process.printError(`${name}: usage: ${usage}\n`);
  return 2;
}

/** Splits options off: single letters, those of `withValue` take a value. `bad` is the first unknown one. */
export function parseOptions(
  args: readonly string[],
  letters: string,
  withValue = '',
): { options: Map<string, string>; rest: string[]; bad: string | undefined; missing: string | undefined } {
  const options = new Map<string, string>();
  let index = 0;
  for (; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      index++;
      break;
    }
    if (!arg.startsWith('-') || arg === '-') break;
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at] ?? '';
      if (withValue.includes(letter)) {
        const value = at + 1 < arg.length ? arg.slice(at + 1) : args[++index];
        if (value === undefined) return { options, rest: [], bad: undefined, missing: `-${letter}` };
        options.set(letter, value);
        break;
      }
      if (!letters.includes(letter)) return { options, rest: [], bad: `-${letter}`, missing: undefined };
      options.set(letter, '');
    }
  }
  return { options, rest: args.slice(index), bad: undefined, missing: undefined };
}

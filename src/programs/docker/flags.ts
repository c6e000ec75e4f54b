import { HELP } from './help.ts';

/** What cannot be read or done, in docker's words, and the status that the client ends with. */
export class DockerError extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

interface Flag {
  readonly name: string;
  readonly letter: string;
  readonly takesValue: boolean;
}

/** A command line that was read. */
export interface Line {
  readonly command: string;
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

export const has = ({ flags }: Line, name: string): boolean => {
  const last = flags.get(name)?.at(-1);
  return last !== undefined && last !== 'false';
};
export const value = ({ flags }: Line, name: string): string | undefined => flags.get(name)?.at(-1);
export const values = ({ flags }: Line, name: string): readonly string[] => flags.get(name) ?? [];

/** The options of a command, as its help lists them. */
function flagsOf(command: string): Flag[] {
  const found: Flag[] = [{ name: 'help', letter: '', takesValue: false }];
  for (const text of (HELP[command] ?? '').split('\n')) {
    const match = /^ {2}(?:-(\w), | {4})--([\w-]+)(?: (\w+))?(?: {2,}|$)/.exec(text);
    if (match) found.push({ name: match[2] ?? '', letter: match[1] ?? '', takesValue: match[3] !== undefined });
  }
  return found;
}

/** `Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]` */
const usageLine = (command: string) => (HELP[command] ?? '').split('\n')[0] ?? '';

function usageError(command: string, message: string): DockerError {
  const text = `${message}\n\n${usageLine(command)}\n\nRun 'docker ${command} --help' for more information`;
  return new DockerError(text, command === 'run' ? 125 : 1);
}

/** Commands whose options end at the first operand: what follows belongs to the container. */
const STOPS_AT_OPERAND = new Set(['run', 'exec']);

/** Reads the words behind a command as pflag does. `known`: the options that kubetutor models. Raises DockerError. */
export function readLine(command: string, words: readonly string[], known: readonly string[]): Line {
  const all = flagsOf(command);
  const flags = new Map<string, string[]>();
  const operands: string[] = [];
  const put = ({ name }: Flag, text: string) => {
    if (name !== 'help' && !known.includes(name))
      throw new DockerError(`kubetutor does not model docker ${command} --${name}`, command === 'run' ? 125 : 1);
    flags.set(name, [...(flags.get(name) ?? []), text]);
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      if (STOPS_AT_OPERAND.has(command)) {
        operands.push(...words.slice(at));
        break;
      }
      operands.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      const [name = '', given] = word.slice(2).split(/=(.*)/s);
      const alias = name === 'net' ? 'network' : name;
      const flag = all.find((one) => one.name === alias);
      if (!flag) throw usageError(command, `unknown flag: --${name}`);
      if (given !== undefined) put(flag, given);
      else if (!flag.takesValue) put(flag, 'true');
      else if (at + 1 < words.length) put(flag, words[++at] ?? '');
      else throw usageError(command, `flag needs an argument: --${name}`);
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word.charAt(i);
      const flag = all.find((one) => one.letter === letter);
      if (!flag) throw usageError(command, `unknown shorthand flag: '${letter}' in ${word}`);
      if (!flag.takesValue) {
        put(flag, 'true');
        continue;
      }
      const rest = word.slice(i + 1).replace(/^=/, '');
      if (rest !== '') put(flag, rest);
      else if (at + 1 < words.length) put(flag, words[++at] ?? '');
      else throw usageError(command, `flag needs an argument: '${letter}' in ${word}`);
      break;
    }
  }
  return { command, flags, operands };
}

/** Raises DockerError unless the number of operands is right. cli: cli/required.go */
export function needOperands({ command, operands }: Line, least: number, most = Number.POSITIVE_INFINITY): void {
  if (operands.length >= least && operands.length <= most) return;
  const many = (count: number) => `${count} argument${count === 1 ? '' : 's'}`;
  const what =
    most === 0
      ? 'accepts no arguments'
      : least === most
        ? `requires ${many(least)}`
        : operands.length < least
          ? `requires at least ${many(least)}`
          : `requires at most ${many(most)}`;
  const verb = most === Number.POSITIVE_INFINITY ? 'See' : 'Run';
  throw new DockerError(
    `docker: 'docker ${command}' ${what}\n\n${usageLine(command)}\n\n${verb} 'docker ${command} --help' for more information`,
  );
}

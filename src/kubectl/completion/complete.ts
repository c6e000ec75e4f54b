import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import type { Command } from '../command/command.ts';
import { findCommand } from '../command/find.ts';
import { Factory } from '../factory.ts';
import { type Flag, FlagError, FlagSet } from '../flags/index.ts';
import { globalFlags, helpFlag } from '../global-flags.ts';
import { FLAG_VALUES, WORDS } from './rules.ts';
import {
  type Answer,
  type Before,
  containersOf,
  DEFAULT,
  FILTER_EXTENSION,
  NO_FILES,
  NO_SPACE,
  namesOf,
  starting,
  wordsOf,
} from './words.ts';

const NOTHING: Answer = { words: [], directive: DEFAULT };

/** `kubectl __complete WORD… ""`: what could stand for the last word; `described`: with what each is. spf13/cobra completions.go */
export function* complete(process: Process, root: Command, words: readonly string[], described = true): Task<number> {
  const toComplete = words.at(-1) ?? '';
  const { words: found, directive } = yield* answer(process, root, words.slice(0, -1), toComplete);
  yield* process.print(
    [...found.map((word) => (described ? word : word.replace(/\t.*$/, ''))), `:${directive}`]
      .map((word) => `${word}\n`)
      .join(''),
  );
  const names = [
    directive & NO_SPACE ? 'ShellCompDirectiveNoSpace' : '',
    directive & NO_FILES ? 'ShellCompDirectiveNoFileComp' : '',
    directive & FILTER_EXTENSION ? 'ShellCompDirectiveFilterFileExt' : '',
  ].filter((name) => name !== '');
  yield* process.printError(`Completion ended with directive: ${names.join(', ') || 'ShellCompDirectiveDefault'}\n`);
  return 0;
}

function* answer(process: Process, root: Command, words: readonly string[], toComplete: string): Task<Answer> {
  const globals = [...globalFlags(process.env.get('HOME') ?? ''), helpFlag];
  const { path, rest } = findCommand(root, words, globals);
  const command = path[path.length - 1] ?? root;
  const name = path
    .slice(1)
    .map((one) => one.name)
    .join(' ');
  const definitions = [...(command.flags ?? []), ...globals];
  const flags = new FlagSet(definitions);
  const pending = rest.includes('--') ? undefined : pendingFlag(rest, definitions, toComplete);
  try {
    flags.parse(pending ? rest.slice(0, rest.length - pending.words) : rest);
  } catch (error) {
    if (error instanceof FlagError) return NOTHING;
    throw error;
  }
  const before: Before = { factory: new Factory(process, flags), given: flags.args, root };
  if (pending) return yield* flagValues(name, pending.flag, before, pending.value);
  const required = flagNames(
    (command.flags ?? []).filter((flag) => flag.required && !flags.changed(flag.name)),
    toComplete,
  );
  // What must be given comes before what may be.
  if (toComplete.startsWith('-') && !rest.includes('--'))
    return { words: required.length > 0 ? required : flagNames(definitions, toComplete), directive: NO_FILES };
  const ownFlag = (command.flags ?? []).some((flag) => flags.changed(flag.name));
  const found = yield* commandWords(command, name, ownFlag, before, toComplete);
  return { words: [...required, ...found.words], directive: found.directive };
}

function* commandWords(
  command: Command,
  name: string,
  ownFlag: boolean,
  before: Before,
  toComplete: string,
): Task<Answer> {
  const rule = WORDS.get(name);
  if (rule) return yield* wordsOf(rule, before, toComplete);
  const { subcommands = [] } = command;
  if (before.given.length > 0 || ownFlag || subcommands.length === 0) return NOTHING;
  const shown = subcommands.filter((one) => !one.hidden && one.name.startsWith(toComplete));
  return { words: shown.map((one) => `${one.name}\t${one.short}`), directive: NO_FILES };
}

interface Pending {
  readonly flag: Flag;
  readonly value: string;
  /** How many of the words before belong to it: `--output` or `-o` alone. */
  readonly words: 0 | 1;
}

/** The flag whose value is being typed: `--flag=VALUE`, `-f=VALUE`, or the word after it. */
function pendingFlag(words: readonly string[], definitions: readonly Flag[], toComplete: string): Pending | undefined {
  const named = (text: string): Flag | undefined =>
    text.startsWith('--')
      ? definitions.find((one) => `--${one.name}` === text)
      : definitions.find((one) => one.shorthand !== undefined && `-${one.shorthand}` === text);
  const equals = /^(--[^=]+|-[A-Za-z])=(.*)$/s.exec(toComplete);
  if (equals) {
    const flag = named(equals[1] ?? '');
    return flag && { flag, value: equals[2] ?? '', words: 0 };
  }
  const flag = named(words.at(-1) ?? '');
  return flag && flag.noOptDefVal === undefined ? { flag, value: toComplete, words: 1 } : undefined;
}

function flagNames(definitions: readonly Flag[], toComplete: string): string[] {
  const out: string[] = [];
  for (const flag of definitions) {
    if ((flag.hidden && flag.name !== 'help') || flag.deprecated !== undefined) continue;
    const usage = flag.usage.split('\n')[0] ?? '';
    if (`--${flag.name}`.startsWith(toComplete)) out.push(`--${flag.name}\t${usage}`);
    if (flag.shorthand !== undefined && toComplete === '-') out.push(`-${flag.shorthand}\t${usage}`);
  }
  return out;
}

function* flagValues(command: string, flag: Flag, { factory, given }: Before, toComplete: string): Task<Answer> {
  const rule = FLAG_VALUES.get(`${command} --${flag.name}`) ?? FLAG_VALUES.get(flag.name);
  switch (rule?.of) {
    case undefined:
      return NOTHING;
    case 'names':
      return starting(yield* namesOf(factory, rule.type), toComplete);
    case 'config':
      return starting([...factory.config()[rule.section].keys()].sort(), toComplete);
    case 'words':
      return starting(rule.words, toComplete);
    case 'formats':
      return starting((/\(([^)]*)\)/.exec(flag.usage)?.[1] ?? '').split(', '), toComplete);
    case 'containers':
      return starting(given[0] === undefined ? [] : yield* containersOf(factory, given[0]), toComplete);
    case 'extensions':
      return { words: rule.extensions, directive: FILTER_EXTENSION };
  }
}

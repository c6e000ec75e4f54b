import type { Process } from '../world/process.ts';
import type { Task } from '../world/task.ts';
import type { Command } from './command/command.ts';
import { findCommand } from './command/find.ts';
import { Factory } from './factory.ts';
import { type Flag, FlagError, FlagSet } from './flags/index.ts';
import { globalFlags, helpFlag } from './global-flags.ts';
import { listAt, textAt } from './json.ts';
import { type Mapping, type RestMapper, resourcePath } from './mapper.ts';

/** What a shell is told beside the words. spf13/cobra ShellCompDirective */
const DEFAULT = 0;
const NO_SPACE = 2;
const NO_FILES = 4;

interface Answer {
  readonly words: readonly string[];
  readonly directive: number;
}

/** Commands whose first word is a resource type and whose others are names. */
const RESOURCE_VERBS = new Set([
  'get',
  'describe',
  'delete',
  'edit',
  'label',
  'annotate',
  'patch',
  'scale',
  'expose',
  'autoscale',
  'wait',
  'events',
  'taint',
  'explain',
  'status',
  'history',
  'undo',
  'restart',
  'pause',
  'resume',
  'image',
  'env',
  'resources',
  'serviceaccount',
  'selector',
  'subject',
]);
/** Commands whose words are names of one type. */
const NAME_VERBS: Readonly<Record<string, string>> = {
  cordon: 'nodes',
  uncordon: 'nodes',
  drain: 'nodes',
  node: 'nodes',
  pod: 'pods',
  exec: 'pods',
  attach: 'pods',
  logs: 'pods',
  'port-forward': 'pods',
  debug: 'pods',
  cp: 'pods',
};
/** Kinds that rollout works on. */
const ROLLOUT = ['deployment', 'daemonset', 'statefulset'];

/** `kubectl __complete WORD… ""`: what could stand for the last word. spf13/cobra completions.go */
export function* complete(process: Process, root: Command, words: readonly string[]): Task<number> {
  const toComplete = words.at(-1) ?? '';
  const { words: found, directive } = yield* answer(process, root, words.slice(0, -1), toComplete);
  yield* process.print([...found, `:${directive}`].map((word) => `${word}\n`).join(''));
  const names = [
    directive & NO_SPACE ? 'ShellCompDirectiveNoSpace' : '',
    directive & NO_FILES ? 'ShellCompDirectiveNoFileComp' : '',
  ].filter((name) => name !== '');
  yield* process.printError(`Completion ended with directive: ${names.join(', ') || 'ShellCompDirectiveDefault'}\n`);
  return 0;
}

function* answer(process: Process, root: Command, before: readonly string[], toComplete: string): Task<Answer> {
  const globals = [...globalFlags(process.env.get('HOME') ?? ''), helpFlag];
  const { path, rest } = findCommand(root, before, globals);
  const command = path[path.length - 1] ?? root;
  const definitions = [...(command.flags ?? []), ...globals];
  const factoryOf = (words: readonly string[]): { factory: Factory; flags: FlagSet } | undefined => {
    const flags = new FlagSet(definitions);
    try {
      flags.parse(words);
    } catch (error) {
      if (error instanceof FlagError) return undefined;
      throw error;
    }
    return { factory: new Factory(process, flags), flags };
  };
  const pending = flagBefore(rest, definitions);
  if (pending) {
    const made = factoryOf(rest.slice(0, -1));
    return made ? yield* flagValues(pending, made.factory, toComplete) : { words: [], directive: DEFAULT };
  }
  const equals = /^--([^=]+)=(.*)$/.exec(toComplete);
  if (equals) {
    const flag = definitions.find((one) => one.name === equals[1]);
    const made = factoryOf(rest);
    return flag && made ? yield* flagValues(flag, made.factory, equals[2] ?? '') : { words: [], directive: DEFAULT };
  }
  if (toComplete.startsWith('-')) return { words: flagNames(definitions, toComplete), directive: NO_FILES };
  const made = factoryOf(rest);
  if (!made) return { words: [], directive: DEFAULT };
  const subcommands = (command.subcommands ?? []).filter((one) => !one.hidden && one.name.startsWith(toComplete));
  const named = subcommands.map((one) => `${one.name}\t${one.short}`);
  if (made.flags.args.length === 0 && (command.subcommands?.length ?? 0) > 0)
    return { words: named, directive: NO_FILES };
  return yield* argumentWords(
    command,
    path.map((one) => one.name),
    made,
    toComplete,
  );
}

/** The flag whose value the last word is. */
function flagBefore(words: readonly string[], definitions: readonly Flag[]): Flag | undefined {
  const last = words.at(-1) ?? '';
  if (words.includes('--')) return undefined;
  const flag = last.startsWith('--')
    ? definitions.find((one) => `--${one.name}` === last)
    : /^-[A-Za-z]$/.test(last)
      ? definitions.find((one) => one.shorthand === last.charAt(1))
      : undefined;
  return flag && flag.noOptDefVal === undefined ? flag : undefined;
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

function* flagValues(flag: Flag, factory: Factory, toComplete: string): Task<Answer> {
  const only = (words: readonly string[]) => ({
    words: words.filter((word) => word.startsWith(toComplete)),
    directive: NO_FILES,
  });
  switch (flag.name) {
    case 'namespace':
      return only(yield* namesOf(factory, 'namespaces'));
    case 'context':
      return only([...factory.config().contexts.keys()].sort());
    case 'cluster':
      return only([...factory.config().clusters.keys()].sort());
    case 'user':
      return only([...factory.config().users.keys()].sort());
    case 'dry-run':
      return only(['none', 'server', 'client']);
    case 'output': {
      const formats = /\(([^)]*)\)/.exec(flag.usage)?.[1] ?? '';
      return { words: formats.split(', ').filter((one) => one.startsWith(toComplete)), directive: DEFAULT };
    }
    default:
      return { words: [], directive: DEFAULT };
  }
}

function* argumentWords(
  command: Command,
  path: readonly string[],
  { factory, flags }: { factory: Factory; flags: FlagSet },
  toComplete: string,
): Task<Answer> {
  const only = (words: readonly string[], directive = NO_FILES) => ({
    words: words.filter((word) => word.startsWith(toComplete)),
    directive,
  });
  const given = flags.args;
  if (path[1] === 'config') {
    const section = {
      'use-context': 'contexts',
      'delete-context': 'contexts',
      'rename-context': 'contexts',
      'set-context': 'contexts',
      'get-contexts': 'contexts',
      'delete-cluster': 'clusters',
      'delete-user': 'users',
    }[command.name] as 'contexts' | 'clusters' | 'users' | undefined;
    return section && given.length === 0
      ? only([...factory.config()[section].keys()].sort())
      : { words: [], directive: NO_FILES };
  }
  const single = NAME_VERBS[command.name];
  if (single !== undefined && path[1] !== 'create') {
    if (given.length > 0 && single === 'pods') return { words: [], directive: NO_FILES };
    return only(yield* namesOf(factory, single));
  }
  if (!RESOURCE_VERBS.has(command.name) || path[1] === 'create') return { words: [], directive: DEFAULT };
  if (given.length === 0 || given.every((word) => word.includes('/'))) {
    const slash = toComplete.indexOf('/');
    if (slash > 0) {
      const type = toComplete.slice(0, slash);
      return only((yield* namesOf(factory, type)).map((name) => `${type}/${name}`));
    }
    const mapper = yield* factory.mapper();
    const types = path[1] === 'rollout' ? ROLLOUT : typeNames(mapper);
    const comma = toComplete.lastIndexOf(',');
    if (comma >= 0) {
      const head = toComplete.slice(0, comma + 1);
      return only(
        types.map((type) => head + type),
        NO_FILES | NO_SPACE,
      );
    }
    return only(types);
  }
  const taken = new Set(given.slice(1));
  return only((yield* namesOf(factory, given[0] ?? '')).filter((name) => !taken.has(name)));
}

/** Every resource that can be read, by its plural, with its group unless it is the core's. */
function typeNames(mapper: RestMapper): string[] {
  const seen = new Set<string>();
  for (const one of mapper.resources)
    if (one.verbs.includes('get')) seen.add(one.group === '' ? one.plural : `${one.plural}.${one.group}`);
  return [...seen].sort();
}

function* namesOf(factory: Factory, type: string): Task<string[]> {
  let mapping: Mapping;
  try {
    mapping = (yield* factory.mapper()).mappingFor(type);
    const list = yield* factory.client().get(resourcePath(mapping, factory.namespace().name));
    return listAt(list, 'items').map((one) => textAt(one, 'metadata', 'name'));
  } catch (error) {
    if (error instanceof Error) return [];
    throw error;
  }
}

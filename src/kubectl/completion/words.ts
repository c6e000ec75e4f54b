import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../world/task.ts';
import type { Command } from '../command/command.ts';
import { subcommand } from '../command/find.ts';
import type { Factory } from '../factory.ts';
import { listAt, objectAt, textAt } from '../json.ts';
import { type RestMapper, resourcePath } from '../mapper.ts';
import { containerNames } from '../resource/containers.ts';
import { WITH_PODS, type WordRule } from './rules.ts';

/** What a shell is told beside the words. spf13/cobra ShellCompDirective */
export const DEFAULT = 0;
export const NO_SPACE = 2;
export const NO_FILES = 4;
export const FILTER_EXTENSION = 8;

export interface Answer {
  readonly words: readonly string[];
  readonly directive: number;
}

/** The command line before the word in question. */
export interface Before {
  readonly factory: Factory;
  /** The words that are not flags. */
  readonly given: readonly string[];
  readonly root: Command;
}

export function starting(words: readonly string[], toComplete: string, directive = NO_FILES): Answer {
  return { words: words.filter((word) => word.startsWith(toComplete)), directive };
}

/** The words that a command's rule allows next. */
export function* wordsOf(rule: WordRule, before: Before, toComplete: string): Task<Answer> {
  const { factory, given } = before;
  const first = given.length === 0;
  switch (rule.of) {
    case 'words':
      return first ? starting(rule.words, toComplete) : { words: [], directive: DEFAULT };
    case 'config':
      return starting(first ? [...factory.config()[rule.section].keys()].sort() : [], toComplete);
    case 'help':
      return starting(helpTopics(before.root, given), toComplete);
    case 'names':
      return starting(first || !rule.once ? yield* namesOf(factory, rule.type) : [], toComplete);
    case 'copy':
      return first ? yield* places(factory, toComplete) : { words: [], directive: NO_SPACE };
    case 'pods':
      return yield* podOrType(rule.container === true, before, toComplete);
    case 'types':
      return yield* typeThenNames(rule.kinds, before, toComplete);
  }
}

function helpTopics(root: Command, given: readonly string[]): string[] {
  let command: Command | undefined = root;
  for (const word of given) command = command && subcommand(command, word);
  return (command?.subcommands ?? [])
    .filter((one) => !one.hidden || one.name === 'options')
    .map((one) => `${one.name}\t${one.short}`);
}

function* typeThenNames(kinds: readonly string[] | undefined, before: Before, toComplete: string): Task<Answer> {
  const { factory, given } = before;
  const slash = toComplete.indexOf('/');
  const slashed = given.some((word) => word.includes('/'));
  if (slash > 0 && (given.length === 0 || slashed)) return yield* slashNames(factory, toComplete);
  if (slashed) {
    const mapper = yield* factory.mapper();
    const types = (kinds ?? typeNames(mapper)).map((type) => `${type}/`);
    return starting(types, toComplete, NO_FILES | NO_SPACE);
  }
  if (given.length === 0) {
    const types = kinds ?? typeNames(yield* factory.mapper());
    const head = toComplete.slice(0, toComplete.lastIndexOf(',') + 1);
    return starting(
      types.map((type) => head + type),
      toComplete,
    );
  }
  const taken = new Set(given.slice(1));
  return starting(
    (yield* namesOf(factory, given[0] ?? '')).filter((name) => !taken.has(name)),
    toComplete,
  );
}

function* slashNames(factory: Factory, toComplete: string): Task<Answer> {
  const type = toComplete.slice(0, toComplete.indexOf('/'));
  return starting(
    (yield* namesOf(factory, type)).map((name) => `${type}/${name}`),
    toComplete,
  );
}

function* podOrType(container: boolean, { factory, given }: Before, toComplete: string): Task<Answer> {
  if (given.length === 0) {
    if (toComplete.includes('/')) return yield* slashNames(factory, toComplete);
    const types = starting(WITH_PODS, toComplete);
    const pods = starting(yield* namesOf(factory, 'pods'), toComplete);
    // A type is not yet a whole word; where a Pod could be meant too, a blank does no harm.
    const directive = pods.words.length === 0 ? NO_FILES | NO_SPACE : NO_FILES;
    return { words: [...pods.words, ...types.words], directive };
  }
  const target = given[0];
  if (!container || given.length > 1 || target === undefined) return { words: [], directive: NO_FILES };
  return starting(yield* containersOf(factory, target), toComplete);
}

/** The containers of a Pod, or of the template of TYPE/NAME. */
export function* containersOf(factory: Factory, target: string): Task<string[]> {
  const [type, name] = target.includes('/') ? target.split('/') : ['pods', target];
  const found = (yield* listOf(factory, type ?? '')).find((one) => textAt(one, 'metadata', 'name') === name);
  if (!found) return [];
  const template = objectAt(found, 'spec', 'template');
  return containerNames('spec' in template ? template : found, 'containers');
}

/** Where `kubectl cp` may begin: a namespace, a Pod, a path. */
function* places(factory: Factory, toComplete: string): Task<Answer> {
  if (/^[./]/.test(toComplete) || toComplete.includes('/') || toComplete.includes(':'))
    return { words: [], directive: NO_SPACE };
  const namespaces = (yield* namesOf(factory, 'namespaces')).map((name) => `${name}/`);
  const pods = (yield* namesOf(factory, 'pods')).map((name) => `${name}:`);
  const files = toComplete === '' ? ['./', '/'] : [];
  return starting([...namespaces, ...pods, ...files], toComplete, NO_SPACE);
}

/** Every resource that can be read, by its plural, with its group unless it is the core's; the groups by name. */
function typeNames(mapper: RestMapper): string[] {
  const readable = mapper.resources.filter((one) => one.verbs.includes('get'));
  const key = ({ group, plural }: { readonly group: string; readonly plural: string }) => `${group}\0${plural}`;
  readable.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return [...new Set(readable.map(({ group, plural }) => (group === '' ? plural : `${plural}.${group}`)))];
}

/** Names of the objects of one type, of several (`pods,svc`), or of a category (`all`). */
export function* namesOf(factory: Factory, argument: string): Task<string[]> {
  const out: string[] = [];
  for (const one of yield* listOf(factory, argument)) out.push(textAt(one, 'metadata', 'name'));
  return out;
}

function* listOf(factory: Factory, argument: string): Task<JsonObject[]> {
  const out: JsonObject[] = [];
  try {
    const mapper = yield* factory.mapper();
    for (const type of argument.split(',').flatMap((one) => mapper.expandCategory(one) ?? [one])) {
      const list = yield* factory.client().get(resourcePath(mapper.mappingFor(type), factory.namespace().name));
      out.push(...listAt(list, 'items'));
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  return out;
}

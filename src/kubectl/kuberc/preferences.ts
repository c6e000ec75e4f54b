import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Command } from '../command/command.ts';
import { findCommand, withoutFlags } from '../command/find.ts';
import { PlainError } from '../errors.ts';
import { goErrno, readText } from '../files.ts';
import { type Flag, FlagError, FlagSet } from '../flags/index.ts';
import { listAt, textAt, textsAt } from '../json.ts';
import { parseYaml } from '../yaml.ts';

/** A learner's own names for commands, and flags that commands get unasked. kubernetes: kubectl/pkg/kuberc/kuberc.go */
export interface Preferences {
  readonly aliases: readonly JsonObject[];
  readonly defaults: readonly JsonObject[];
}

const API_VERSIONS = ['v1beta1', 'v1alpha1'].map((version) => `kubectl.config.k8s.io/${version}`);

/** The default file. */
export function defaultKuberc(process: Process): string {
  return `${process.env.get('HOME') ?? ''}/.kube/kuberc`;
}

/** The words of a command line as the kuberc file makes them. Raises PlainError. */
export function withPreferences(
  process: Process,
  root: Command,
  words: readonly string[],
  globals: readonly Flag[],
): readonly string[] {
  const preferences = load(process, words);
  if (!preferences) return words;
  const aliased = withAlias(preferences, root, words, globals);
  // Defaults are those of the name that was typed.
  return aliased === words ? withDefaults(preferences, root, words, globals) : aliased;
}

/** Undefined when there are none: the default file need not be there. */
function load(process: Process, words: readonly string[]): Preferences | undefined {
  const variable = process.env.get('KUBERC') ?? '';
  if (process.env.get('KUBECTL_KUBERC') === 'false' || variable === 'off') return undefined;
  const at = words.indexOf('--kuberc');
  const given =
    words.find((word) => word.startsWith('--kuberc='))?.slice('--kuberc='.length) ?? words[at < 0 ? -1 : at + 1];
  const path = given || variable || defaultKuberc(process);
  const fail = (text: string) =>
    new PlainError(`error occurred while applying preferences kuberc error kuberc: ${text}`);
  let text: string;
  try {
    text = readText(process, path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (!given && !variable) return undefined;
    throw fail(goErrno('open', path, error));
  }
  const preferences = parsePreferences(text);
  if (preferences) return preferences;
  // The default file only warns: commands go on without it.
  if (given || variable) throw fail(`no valid preferences found in ${path}, use --v=5 to see details`);
  return undefined;
}

function parsePreferences(text: string): Preferences | undefined {
  let value: Json;
  try {
    value = parseYaml(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || textAt(value, 'kind') !== 'Preference') return undefined;
  if (!API_VERSIONS.includes(textAt(value, 'apiVersion'))) return undefined;
  return { aliases: listAt(value, 'aliases'), defaults: listAt(value, 'defaults') };
}

/** Commands of kubectl's own cannot be renamed. */
function withAlias(
  { aliases }: Preferences,
  root: Command,
  words: readonly string[],
  globals: readonly Flag[],
): readonly string[] {
  const name = withoutFlags(words, globals)[0];
  const alias = aliases.find((one) => textAt(one, 'name') === name);
  if (!alias || name === undefined || root.subcommands?.some((one) => one.name === name)) return words;
  const at = words.indexOf(name);
  const rest = words.slice(at + 1);
  const command = textAt(alias, 'command').split(' ');
  const flags = flagsOf(root, command, globals);
  const options = listAt(alias, 'options').flatMap((option) => {
    const flag = textAt(option, 'name');
    if (!flags.some((one) => one.name === flag))
      throw new PlainError(`error occurred while applying preferences invalid alias flag ${flag} in alias kubectl`);
    return isGiven(flag, rest, flags) ? [] : [`--${flag}=${textAt(option, 'default')}`];
  });
  return [
    ...words.slice(0, at),
    ...command,
    ...options,
    ...textsAt(alias, 'prependArgs'),
    ...rest,
    ...textsAt(alias, 'appendArgs'),
  ];
}

function flagsOf(root: Command, command: readonly string[], globals: readonly Flag[]): readonly Flag[] {
  const { path } = findCommand(root, command, globals);
  return [...(path.at(-1)?.flags ?? []), ...globals];
}

function isGiven(name: string, words: readonly string[], flags: readonly Flag[]): boolean {
  const shorthand = flags.find((flag) => flag.name === name)?.shorthand;
  return words.some(
    (word) =>
      word === `--${name}` ||
      word.startsWith(`--${name}=`) ||
      (shorthand !== undefined && word.startsWith(`-${shorthand}`) && !word.startsWith('--')),
  );
}

function withDefaults(
  { defaults }: Preferences,
  root: Command,
  words: readonly string[],
  globals: readonly Flag[],
): readonly string[] {
  const { path, rest } = findCommand(root, words, globals);
  const names = path.slice(1).map(({ name }) => name);
  const chosen = defaults.find((one) => textAt(one, 'command') === names.join(' '));
  if (!chosen || names.length === 0) return words;
  const flags = [...(path.at(-1)?.flags ?? []), ...globals];
  const options = listAt(chosen, 'options').flatMap((option) => {
    const name = textAt(option, 'name');
    const value = textAt(option, 'default');
    const flag = flags.find((one) => one.name === name);
    if (!flag || isGiven(name, rest, flags)) return [];
    check(flag, value, names.join(' '));
    return [`--${name}=${value}`];
  });
  return [...names, ...options, ...rest];
}

function check(flag: Flag, value: string, command: string): void {
  try {
    new FlagSet([flag]).parse([`--${flag.name}=${value}`]);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new PlainError(
      `error occurred while applying preferences could not apply override value ${value} to flag ${flag.name} in command ${command} err: ${error.message}`,
    );
  }
}

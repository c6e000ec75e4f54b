import type { Process } from '../world/process.ts';
import type { Program } from '../world/program.ts';
import type { Task } from '../world/task.ts';
import { type Command, type CommandPath, pathText } from './command/command.ts';
import { findCommand, suggestions, withoutFlags } from './command/find.ts';
import { helpPage } from './command/help.ts';
import { groups, root } from './commands/index.ts';
import { complete } from './completion/complete.ts';
import { describeError, ExitError, KubectlError, PlainError, SeveralErrors, UsageError } from './errors.ts';
import { Factory } from './factory.ts';
import { FlagError, FlagSet } from './flags/index.ts';
import { globalFlags, helpFlag } from './global-flags.ts';
import { withPreferences } from './kuberc/preferences.ts';
import { findPlugin, runPlugin } from './plugins.ts';

/** Until the real one has loaded and found its configuration, ms. */
const START_UP = 60;

/** kubectl: talks to clusters by HTTP messages alone. kubernetes: kubectl/pkg/cmd/cmd.go */
export const kubectl: Program = { name: 'kubectl', main: kubectlMain };

export function* kubectlMain(process: Process): Task<number> {
  yield* process.cpu(START_UP);
  const words = process.argv.slice(1);
  if (words[0] === '__complete' || words[0] === '__completeNoDesc')
    return yield* complete(process, root, words.slice(1), words[0] === '__complete');
  const globals = globalFlags(process.env.get('HOME') ?? '');
  let command = root;
  try {
    const { path, rest } = findCommand(root, withPreferences(process, root, words, [...globals, helpFlag]), [
      ...globals,
      helpFlag,
    ]);
    command = path[path.length - 1] ?? root;
    if (command === root) {
      const plugin = findPlugin(process, words);
      if (plugin) return yield* runPlugin(process, plugin);
      const unknown = withoutFlags(rest, [...globals, helpFlag])[0];
      const [first = ''] = words;
      // Whoever writes flags first may have meant a plugin. kubernetes: kubectl/pkg/cmd/cmd.go HandlePluginCommand
      if (unknown !== undefined && first.startsWith('-'))
        throw new PlainError(`Error: flags cannot be placed before plugin name: ${first}`);
      if (unknown !== undefined) throw new KubectlError(unknownCommand(unknown));
    }
    return yield* runCommand(process, path, command, rest);
  } catch (error) {
    if (!(error instanceof Error) || isFault(error)) throw error;
    const { text, code } = describeError(error);
    if (text !== '') yield* process.printError(text.endsWith('\n') ? text : `${text}\n`);
    return code > 0 && !(error instanceof ExitError) ? code - 1 + (command.failureStatus ?? 1) : code;
  }
}

/** A mistake in this program, which is the world's to report and not an answer to the learner. */
function isFault(error: Error): boolean {
  if (error instanceof SeveralErrors) return error.errors.some(isFault);
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}

/** What --profile may be. kubernetes: kubectl/pkg/cmd/profiling.go */
const PROFILES = new Set(['none', 'cpu', 'heap', 'goroutine', 'threadcreate', 'block', 'mutex', 'trace']);

function unknownCommand(name: string): string {
  const near = suggestions(root, name);
  const hint = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((one) => `\t${one}\n`).join('')}`;
  return `unknown command ${JSON.stringify(name)} for "kubectl"${hint}`;
}

function* runCommand(process: Process, path: CommandPath, command: Command, words: readonly string[]): Task<number> {
  const globals = globalFlags(process.env.get('HOME') ?? '');
  const flags = new FlagSet([...(command.flags ?? []), helpFlag, ...globals]);
  const text = pathText(path);
  try {
    flags.parse(words);
  } catch (error) {
    yield* printWarnings(process, flags);
    if (!(error instanceof FlagError)) throw error;
    if (command.failureStatus !== undefined) throw new UsageError(text, error.message);
    const tip = command.name === 'options' ? `Run '${text}' without flags.` : `See '${text} --help' for usage.`;
    throw new KubectlError(`${error.message}\n${tip}`);
  }
  yield* printWarnings(process, flags);
  if (flags.bool('help')) {
    yield* process.print(helpPage(path, groups));
    return 0;
  }
  // debug has a --profile of its own.
  if (command.name !== 'debug' && !PROFILES.has(flags.string('profile')))
    throw new KubectlError(`unknown profile '${flags.string('profile')}'`);
  if (!command.run) return yield* showGroup(process, path, command, flags.args);
  const missing = flags.missing();
  if (missing.length > 0)
    throw new KubectlError(`required flag(s) ${missing.map((name) => JSON.stringify(name)).join(', ')} not set`);
  const factory = new Factory(process, flags);
  const status = yield* command.run({ command, path: text, flags, args: flags.args, process, factory, root, groups });
  return status ?? 0;
}

function* printWarnings(process: Process, flags: FlagSet): Task {
  for (const warning of flags.warnings) yield* process.printError(`${warning}\n`);
}

/** A command that only has sub-commands. kubernetes: kubectl/pkg/cmd/util DefaultSubCommandRun */
function* showGroup(process: Process, path: CommandPath, command: Command, args: readonly string[]): Task<number> {
  if (command === root) {
    yield* process.print(helpPage(path, groups));
    return 0;
  }
  if (args.length > 0 && command.helpStatus === undefined)
    throw new KubectlError(
      `unknown command ${JSON.stringify(args.join(' '))}\nSee '${pathText(path)} -h' for help and examples`,
    );
  const page = helpPage(path, groups);
  if (command.helpTo === 'stderr') yield* process.printError(page);
  else yield* process.print(page);
  return command.helpStatus ?? 1;
}

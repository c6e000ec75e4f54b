import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import type { Factory } from '../factory.ts';
import type { Flag, FlagSet } from '../flags/index.ts';

/** One use of a command: what it was given and what it works with. */
export interface Invocation {
  readonly command: Command;
  /** The command's words: `kubectl rollout undo`. */
  readonly path: string;
  readonly flags: FlagSet;
  /** Words that are not flags. */
  readonly args: readonly string[];
  readonly process: Process;
  /** Access to the kubeconfig and the server. */
  readonly factory: Factory;
  readonly root: Command;
  readonly groups: readonly CommandGroup[];
}

/** A verb of kubectl as data: what its help says, its flags, and what it does. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Words that are not aliases but deserve "Did you mean this?". */
  readonly suggestFor?: readonly string[];
  /** The usage line without the words of the parents: `get TYPE [NAME]`. */
  readonly use: string;
  readonly short: string;
  readonly long?: string;
  /** Lines as they are shown, without indentation. */
  readonly examples?: string;
  readonly flags?: readonly Flag[];
  readonly subcommands?: readonly Command[];
  readonly hidden?: boolean;
  /** The exit status; nothing means 0. Errors are thrown. A command without `run` shows its help. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a generator that only sometimes returns a status has this type
  readonly run?: (invocation: Invocation) => Task<number | void>;
  /** The exit status of its errors, where 1 says something else; nothing means 1. */
  readonly failureStatus?: number;
  /** Where the help of a group that was called alone goes: cobra's Help writes to stdout only where the command says so. */
  readonly helpTo?: 'stdout' | 'stderr';
  /** The exit status of that, also with a word that it does not know: 0 where cobra's own Help runs; 1 when absent. */
  readonly helpStatus?: 0;
}

/** The groups of the root's help. */
export interface CommandGroup {
  readonly message: string;
  readonly commands: readonly Command[];
}

/** A command with the commands above it, the root first and itself last. */
export type CommandPath = readonly [Command, ...Command[]];

export function pathText(path: CommandPath): string {
  return path.map((command) => command.name).join(' ');
}

import type { Task } from '../world/task.ts';
import { runStdin } from './script.ts';
import type { Shell } from './state/shell.ts';

export interface InteractiveOptions {
  readonly command?: string;
  readonly startup: boolean;
  readonly profile: boolean;
  readonly startupFile?: string;
  readonly readsStdin: boolean;
  readonly args: readonly string[];
}

export function* runInteractive(shell: Shell, options: InteractiveOptions): Task<number> {
  shell.positional = [...options.args];
  return yield* runStdin(shell);
}

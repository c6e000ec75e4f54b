import { Errno } from '../../world/errno.ts';
import { type Executable, findInPath, resolveExecutable } from '../../world/execute.ts';
import type { Machine } from '../../world/machine.ts';
import { shellStatus } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import type { Tool } from './tool.ts';

/**
 * Runs a command in the place of the tool on another machine, or on this one with other namespaces. The value is its exit
 * status. Raises Errno when there is no such command.
 */
export function* runOn({ p }: Tool, machine: Machine, words: readonly string[], cwd: string): Task<number> {
  const name = words[0] ?? '';
  let problem: Errno | undefined;
  const inside = machine.spawn({
    argv: words,
    env: p.env,
    cwd,
    files: p.openFiles(),
    credentials: p.credentials,
    session: { tty: p.tty },
    *main(process) {
      let executable: Executable;
      try {
        const path = name.includes('/') ? name : findInPath(process, name);
        if (path === undefined) throw new Errno('ENOENT', name);
        executable = resolveExecutable(machine, path, words, process.credentials);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        problem = error;
        return 127;
      }
      return yield* executable.main(process);
    },
  });
  const terminal = p.tty;
  const before = terminal?.foreground;
  if (terminal) terminal.foreground = inside.group;
  try {
    const status = shellStatus(yield* p.waitFor(inside));
    if (problem) throw problem;
    return status;
  } finally {
    if (terminal && before !== undefined) terminal.foreground = before;
  }
}

import { Errno } from '../../world/errno.ts';
import { type Executable, findInPath, resolveExecutable } from '../../world/execute.ts';
import type { OpenFile } from '../../world/open-file.ts';
import { type Process, type ProcessStatus, shellStatus } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';

/** execvp(3): what a command's words run. Raises ENOENT and whatever execve(2) says. */
export function lookUp(process: Process, words: readonly string[]): Executable {
  const name = words[0] ?? '';
  const path = name.includes('/') ? absolute(process, name) : findInPath(process, name);
  if (path === undefined || name === '') throw new Errno('ENOENT', name);
  const { machine, credentials } = process;
  try {
    return resolveExecutable(machine, path, words, credentials);
  } catch (error) {
    if (!(error instanceof Errno) || error.code !== 'ENOEXEC') throw error;
    // execvp gives a file without `#!` to the shell.
    return resolveExecutable(machine, '/bin/sh', ['/bin/sh', path, ...words.slice(1)], credentials);
  }
}

function absolute(process: Process, path: string): string {
  return path.startsWith('/') ? path : `${process.cwd}/${path}`;
}

/** Becomes another program, as execve(2) does. */
export function* become(process: Process, words: readonly string[]): Task<number> {
  const executable = lookUp(process, words);
  process.become(executable.argv);
  return yield* executable.main(process);
}

/** Starts a command as a child. */
export function startCommand(
  process: Process,
  words: readonly string[],
  files?: ReadonlyMap<number, OpenFile>,
): Process {
  const { main, argv } = lookUp(process, words);
  return process.spawn({ argv, main, ...(files ? { files } : {}) });
}

/** Runs a command as a child to its end. */
export function* runCommand(
  process: Process,
  words: readonly string[],
  files?: ReadonlyMap<number, OpenFile>,
): Task<ProcessStatus> {
  return yield* process.waitFor(startCommand(process, words, files));
}

/** 127 for a command that is not there, 126 for one that cannot be run. */
export function failureStatus(error: Errno): number {
  return error.code === 'ENOENT' ? 127 : 126;
}

export { shellStatus };

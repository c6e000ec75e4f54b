import { Errno } from '../world/errno.ts';
import { findInPath, resolveExecutable } from '../world/execute.ts';
import { type Process, shellStatus } from '../world/process.ts';
import type { Task } from '../world/task.ts';
import { resolvePath } from './files.ts';

/** Runs another program of the machine with this one's files and terminal, as Go's os/exec does; its exit status. Raises Errno. */
export function* runProgram(process: Process, words: readonly string[]): Task<number> {
  const name = words[0] ?? '';
  const path = name.includes('/') ? resolvePath(process, name) : findInPath(process, name);
  if (path === undefined || name === '') throw new Errno('ENOENT', name);
  const { argv, main } = resolveExecutable(process.machine, path, words, process.credentials);
  const child = process.spawn({
    argv,
    main,
    env: process.env,
    cwd: process.cwd,
    files: process.openFiles(),
    credentials: process.credentials,
  });
  return shellStatus(yield* process.waitFor(child));
}

/** A name for a temporary file or folder as Go's os.CreateTemp makes them: `*` becomes a number. */
export function temporaryPath(process: Process, pattern: string): string {
  const { world } = process.machine;
  const random = world.random.fork(`${pattern}-${process.pid}-${process.now}`);
  const folder = process.env.get('TMPDIR') || '/tmp';
  for (;;) {
    const path = `${folder}/${pattern.replace('*', String(random.integer(4_294_967_296)))}`;
    if (!process.machine.files.exists(path)) return path;
  }
}

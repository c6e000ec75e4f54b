import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { openFile } from '../../world/files/disk-file.ts';
import { Symlink } from '../../world/files/inode.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';

/** `2026/09/01 09:00:00` */
export function timestamp(now: number): string {
  return new Date(now).toISOString().slice(0, 19).replace(/-/g, '/').replace('T', ' ');
}

/** Log files, which images often link to the standard streams. */
export class Logs {
  constructor(private readonly process: Process) {}

  *write(path: string, text: string): Task {
    if (path === '') return;
    const { process } = this;
    const target = this.target(path);
    if (target === '/dev/stdout') return yield* process.write(1, text);
    if (target === '/dev/stderr' || target === 'stderr') return yield* process.write(2, text);
    try {
      const file = openFile(process, target, { write: true, append: true, create: true }).retain();
      yield* file.write(process, encode(text));
      file.release();
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }

  /** A line of an error log: `2026/09/01 09:00:00 [notice] 1#1: text`. `worker`: a worker process writes it. */
  *report(path: string, level: 'notice' | 'warn' | 'error' | 'emerg', text: string, worker = false): Task {
    const { now, pid } = this.process;
    const id = worker ? pid + 28 : pid;
    yield* this.write(path === '' ? '/dev/stderr' : path, `${timestamp(now)} [${level}] ${id}#${id}: ${text}\n`);
  }

  private target(path: string): string {
    try {
      const inode = this.process.machine.files.lstat(path);
      return inode instanceof Symlink ? inode.target : path;
    } catch {
      return path;
    }
  }
}

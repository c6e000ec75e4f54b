import type { Process } from './process.ts';
import type { Task, Wait } from './task.ts';
import type { Tty } from './tty.ts';

/**
 * An open file description: what file descriptors of one or more processes refer to. Counted: `release` of the last
 * reference closes it.
 */
export abstract class OpenFile {
  private references = 0;

  retain(): this {
    this.references++;
    return this;
  }

  release(): void {
    this.references--;
    if (this.references === 0) this.onClose();
  }

  /** Up to `max` bytes; an empty array at the end of the file. Raises EBADF, EISDIR, EIO, EINTR. */
  *read(_process: Process, _max: number): Task<Uint8Array> {
    throw this.refuse();
  }

  /**
   * Up to and including the first `delimiter`, at most `max` bytes, and nothing after it: for readers of lines that
   * share their input with others. It may give less; empty at the end of the file.
   */
  *readThrough(process: Process, delimiter: number, max: number): Task<Uint8Array> {
    const bytes: number[] = [];
    while (bytes.length < max) {
      const [byte] = yield* this.read(process, 1);
      if (byte === undefined) break;
      bytes.push(byte);
      if (byte === delimiter) break;
    }
    return Uint8Array.from(bytes);
  }

  /** All of `bytes`. Raises EBADF, EPIPE, ENOSPC, EINTR. */
  *write(_process: Process, _bytes: Uint8Array): Task<void> {
    throw this.refuse();
  }

  /** Whether a read would return at once. */
  readable(): boolean {
    return true;
  }

  /** Wakes when it may have become readable; undefined where reading never waits. */
  get change(): Wait<void> | undefined {
    return undefined;
  }

  protected abstract refuse(): Error;

  /** The terminal behind it, for isatty, window size and termios. */
  get tty(): Tty | undefined {
    return undefined;
  }

  /** What `ls -l /proc/PID/fd` shows. */
  abstract get description(): string;

  protected onClose(): void {}
}

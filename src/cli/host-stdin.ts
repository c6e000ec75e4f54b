import { EMPTY } from '../world/bytes.ts';
import { Errno } from '../world/errno.ts';
import { OpenFile } from '../world/open-file.ts';
import type { Process } from '../world/process.ts';
import { Condition, type Task, wait } from '../world/task.ts';

/** The host's standard input as a file of the world. It is read only when somebody in the world reads it. */
export class HostStdin extends OpenFile {
  /** Somebody waits for more: the world stands still until `supply`. */
  wanted = false;
  private chunk: Uint8Array = EMPTY;
  private ended = false;
  private readonly more = new Condition();

  override *read(_process: Process, max: number): Task<Uint8Array> {
    while (this.chunk.length === 0 && !this.ended) {
      this.wanted = true;
      yield* wait(this.more);
    }
    const part = this.chunk.subarray(0, max);
    this.chunk = this.chunk.subarray(part.length);
    return part;
  }

  /** The next bytes; undefined at the end. */
  supply(bytes: Uint8Array | undefined): void {
    this.wanted = false;
    if (bytes) this.chunk = bytes;
    else this.ended = true;
    this.more.notify();
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  get description(): string {
    return 'pipe:[1]';
  }
}

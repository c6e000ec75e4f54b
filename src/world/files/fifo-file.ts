import { EMPTY } from '../bytes.ts';
import { Errno } from '../errno.ts';
import { OpenFile } from '../open-file.ts';
import { PipeBuffer } from '../pipe.ts';
import type { Process } from '../process.ts';
import { Condition, type Task, wait } from '../task.ts';
import type { Special } from './inode.ts';

/** What the open ends of a named pipe share. */
interface Ends {
  /** A new one each time the last end was closed. */
  buffer: PipeBuffer;
  readers: number;
  writers: number;
  /** Wakes when an end was opened. */
  readonly opened: Condition;
}

/** The pipes behind names that somebody has open. */
const open = new WeakMap<Special, Ends>();

/**
 * One end of a named pipe. Opening does not wait here for the other end: the first read or write does. linux: fs/pipe.c
 */
export class FifoFile extends OpenFile {
  private readonly ends: Ends;
  /** Whether there has been another end since this one was opened. */
  private met = false;

  constructor(
    inode: Special,
    private readonly end: 'reader' | 'writer',
    readonly description: string,
  ) {
    super();
    const known = open.get(inode);
    this.ends = known ?? { buffer: new PipeBuffer(), readers: 0, writers: 0, opened: new Condition() };
    if (!known) open.set(inode, this.ends);
    if (this.ends.readers + this.ends.writers === 0) this.ends.buffer = new PipeBuffer();
    if (end === 'reader') this.ends.readers++;
    else {
      this.ends.writers++;
      this.ends.buffer.openWriter();
    }
    this.ends.opened.notify();
  }

  override *read(_process: Process, max: number): Task<Uint8Array> {
    if (this.end === 'writer') throw this.refuse();
    while (!this.met && this.ends.writers === 0 && !this.ends.buffer.ended) yield* wait(this.ends.opened);
    this.met = true;
    return max === 0 ? EMPTY : yield* this.ends.buffer.read(max);
  }

  override *write(_process: Process, bytes: Uint8Array): Task<void> {
    if (this.end === 'reader') throw this.refuse();
    while (!this.met && this.ends.readers === 0) yield* wait(this.ends.opened);
    this.met = true;
    yield* this.ends.buffer.write(bytes);
  }

  override readable(): boolean {
    return this.ends.buffer.readable;
  }

  override get change(): Condition {
    return this.ends.buffer.change;
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  protected override onClose(): void {
    const { ends } = this;
    if (this.end === 'reader' && --ends.readers === 0) ends.buffer.closeReader();
    if (this.end === 'writer' && --ends.writers === 0) ends.buffer.closeWriter();
  }
}

import { Errno } from '../../world/errno.ts';
import { OpenFile } from '../../world/open-file.ts';
import type { Process } from '../../world/process.ts';
import type { Task, Wait } from '../../world/task.ts';

/** A descriptor of the local process, lent to a process of another machine: the far side sees no terminal. */
export class RelayedFile extends OpenFile {
  constructor(
    private readonly local: Process,
    private readonly inner: OpenFile,
  ) {
    super();
    inner.retain();
  }

  override *read(_process: Process, max: number): Task<Uint8Array> {
    return yield* this.inner.read(this.local, max);
  }

  override *readThrough(_process: Process, delimiter: number, max: number): Task<Uint8Array> {
    return yield* this.inner.readThrough(this.local, delimiter, max);
  }

  override *write(_process: Process, bytes: Uint8Array): Task<void> {
    yield* this.inner.write(this.local, bytes);
  }

  override readable(): boolean {
    return this.inner.readable();
  }

  override get change(): Wait<void> | undefined {
    return this.inner.change;
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  get description(): string {
    return 'pipe:[0]';
  }

  protected override onClose(): void {
    this.inner.release();
  }
}

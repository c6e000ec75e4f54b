import { EMPTY } from './bytes.ts';
import { Errno } from './errno.ts';
import { OpenFile } from './open-file.ts';
import type { Process } from './process.ts';
import { Condition, type Task, wait } from './task.ts';

/** Linux: a pipe holds 64 KiB. */
const CAPACITY = 65536;

/** The buffer between the two ends of a pipe; also one direction of a socket. */
export class PipeBuffer {
  private readonly chunks: Uint8Array[] = [];
  private size = 0;
  private writersGone = false;
  private readersGone = false;
  private readonly changed = new Condition();

  get readable(): boolean {
    return this.size > 0 || this.writersGone;
  }

  get broken(): boolean {
    return this.readersGone;
  }

  get ended(): boolean {
    return this.writersGone;
  }

  /** Wakes when something changed: bytes came or went, an end closed. */
  get change(): Condition {
    return this.changed;
  }

  *read(max: number): Task<Uint8Array> {
    while (this.size === 0 && !this.writersGone) yield* wait(this.changed);
    return this.take(max);
  }

  /** What is there now up to and including `delimiter`; waits for the first byte. */
  *readThrough(delimiter: number, max: number): Task<Uint8Array> {
    while (this.size === 0 && !this.writersGone) yield* wait(this.changed);
    const end = this.chunks[0]?.indexOf(delimiter) ?? -1;
    return this.take(end < 0 ? max : Math.min(max, end + 1));
  }

  /** What is there now, at most `max` bytes. */
  take(max: number): Uint8Array {
    const first = this.chunks[0];
    if (!first) return EMPTY;
    const taken = first.length <= max ? first : first.subarray(0, max);
    if (first.length <= max) this.chunks.shift();
    else this.chunks[0] = first.subarray(max);
    this.size -= taken.length;
    this.changed.notify();
    return taken;
  }

  *write(bytes: Uint8Array): Task<void> {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.readersGone) throw new Errno('EPIPE');
      const room = CAPACITY - this.size;
      if (room <= 0) {
        yield* wait(this.changed);
        continue;
      }
      const part = rest.length <= room ? rest : rest.subarray(0, room);
      this.put(part);
      rest = rest.subarray(part.length);
    }
    if (this.readersGone && bytes.length > 0) throw new Errno('EPIPE');
  }

  /** Adds bytes whatever the room: for writers that are bounded otherwise. */
  put(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.readersGone) return;
    this.chunks.push(bytes);
    this.size += bytes.length;
    this.changed.notify();
  }

  /** Another writer after the last one had gone: a named pipe. */
  openWriter(): void {
    this.writersGone = false;
  }

  closeWriter(): void {
    this.writersGone = true;
    this.changed.notify();
  }

  closeReader(): void {
    this.readersGone = true;
    this.chunks.length = 0;
    this.size = 0;
    this.changed.notify();
  }
}

class PipeReader extends OpenFile {
  constructor(private readonly buffer: PipeBuffer) {
    super();
  }

  override *read(_process: Process, max: number): Task<Uint8Array> {
    return yield* this.buffer.read(max);
  }

  override *readThrough(_process: Process, delimiter: number, max: number): Task<Uint8Array> {
    return yield* this.buffer.readThrough(delimiter, max);
  }

  override get change(): Condition {
    return this.buffer.change;
  }

  override readable(): boolean {
    return this.buffer.readable;
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  get description(): string {
    return 'pipe:[0]';
  }

  protected override onClose(): void {
    this.buffer.closeReader();
  }
}

class PipeWriter extends OpenFile {
  constructor(private readonly buffer: PipeBuffer) {
    super();
  }

  override *write(_process: Process, bytes: Uint8Array): Task<void> {
    yield* this.buffer.write(bytes);
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  get description(): string {
    return 'pipe:[0]';
  }

  protected override onClose(): void {
    this.buffer.closeWriter();
  }
}

/** pipe(2): two open files with no reference yet; put each into a descriptor table or `retain` it. */
export function makePipe(): { reader: OpenFile; writer: OpenFile; buffer: PipeBuffer } {
  const buffer = new PipeBuffer();
  return { reader: new PipeReader(buffer), writer: new PipeWriter(buffer), buffer };
}

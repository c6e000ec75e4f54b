import { EMPTY, toBytes } from '../bytes.ts';
import { Errno } from '../errno.ts';
import { OpenFile } from '../open-file.ts';
import type { Process } from '../process.ts';
import type { Task } from '../task.ts';
import type { DeviceName } from './inode.ts';

/** /dev/null, /dev/zero, /dev/full, /dev/urandom as open files. */
export class DeviceFile extends OpenFile {
  constructor(private readonly device: Exclude<DeviceName, 'tty' | 'terminal' | 'stdio'>) {
    super();
  }

  override *read(process: Process, max: number): Task<Uint8Array> {
    yield* process.cpu(max / 1_000_000);
    if (this.device === 'null') return EMPTY;
    return this.device === 'random' ? process.machine.world.random.bytes(Math.min(max, 4096)) : new Uint8Array(max);
  }

  override *write(process: Process, bytes: Uint8Array): Task<void> {
    if (this.device === 'full') throw new Errno('ENOSPC');
    yield* process.cpu(bytes.length / 1_000_000);
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  get description(): string {
    return `/dev/${this.device}`;
  }
}

/** A text that can be read once from its start: here documents, prepared input. */
export class TextInput extends OpenFile {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(text: string | Uint8Array) {
    super();
    this.bytes = toBytes(text);
  }

  override *read(_process: Process, max: number): Task<Uint8Array> {
    const part = this.bytes.subarray(this.at, this.at + max);
    this.at += part.length;
    return part;
  }

  override *readThrough(process: Process, delimiter: number, max: number): Task<Uint8Array> {
    const end = this.bytes.indexOf(delimiter, this.at);
    return yield* this.read(process, end < 0 ? max : Math.min(max, end + 1 - this.at));
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  get description(): string {
    return '/tmp/sh-thd (deleted)';
  }
}

/** Collects what is written: for tests, `run`, and readers that are not processes. */
export class Collector extends OpenFile {
  private chunks: Uint8Array[] = [];

  constructor(private readonly onWrite?: (bytes: Uint8Array) => void) {
    super();
  }

  override *write(process: Process, bytes: Uint8Array): Task<void> {
    if (this.onWrite) this.onWrite(bytes);
    else this.chunks.push(bytes);
    yield* process.cpu(bytes.length / 1_000_000);
  }

  get bytes(): readonly Uint8Array[] {
    return this.chunks;
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  get description(): string {
    return 'pipe:[0]';
  }
}

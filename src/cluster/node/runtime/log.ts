import { concat, decode, encode } from '../../../world/bytes.ts';
import { Errno } from '../../../world/errno.ts';
import { OpenFile } from '../../../world/open-file.ts';
import type { Process } from '../../../world/process.ts';
import { Condition, type Task } from '../../../world/task.ts';

export interface LogLine {
  /** Virtual time it was written, ms. */
  readonly time: number;
  readonly stream: 'stdout' | 'stderr';
  /** With its line feed, unless the container ended without one. */
  readonly bytes: Uint8Array;
}

/** kubelet rotates at containerLogMaxSize, 10 Mi; what is older is gone. */
const MAX_BYTES = 10 * 1024 * 1024;
/** Runtimes break longer lines. */
const MAX_LINE = 16 * 1024;
const LF = 0x0a;

/** What a container has written, line by line. */
export class ContainerLog {
  readonly lines: LogLine[] = [];
  /** How many lines were dropped at the front: the index of `lines[0]`. */
  dropped = 0;
  readonly changed = new Condition();
  /** Those who are attached get what is written at once, not line by line. */
  readonly watchers = new Set<(stream: LogLine['stream'], bytes: Uint8Array) => void>();
  ended = false;
  private bytes = 0;
  private readonly partial = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  private readonly partialSize = { stdout: 0, stderr: 0 };

  write(time: number, stream: LogLine['stream'], bytes: Uint8Array): void {
    for (const watcher of this.watchers) watcher(stream, bytes.slice());
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      this.append(time, stream, bytes.subarray(start, end + 1));
      start = end + 1;
    }
    if (start < bytes.length) {
      this.partial[stream].push(bytes.slice(start));
      this.partialSize[stream] += bytes.length - start;
      if (this.partialSize[stream] >= MAX_LINE) this.append(time, stream, new Uint8Array(0));
    }
    this.changed.notify();
  }

  /** The container has ended: what it left unfinished is a line too. */
  end(time: number): void {
    for (const stream of ['stdout', 'stderr'] as const)
      if (this.partial[stream].length > 0) this.append(time, stream, new Uint8Array(0));
    this.ended = true;
    this.changed.notify();
  }

  private append(time: number, stream: LogLine['stream'], rest: Uint8Array): void {
    const bytes = concat([...this.partial[stream], rest.slice()]);
    this.partial[stream] = [];
    this.partialSize[stream] = 0;
    this.lines.push({ time, stream, bytes });
    this.bytes += bytes.length;
    while (this.bytes > MAX_BYTES) {
      this.bytes -= this.lines.shift()?.bytes.length ?? 0;
      this.dropped++;
    }
  }

  /** The last lines as text, at most `bytes` of them: for a termination message. */
  tail(lines: number, bytes: number): string {
    const text = this.lines
      .slice(-lines)
      .map((line) => decode(line.bytes))
      .join('');
    return text.length <= bytes ? text : text.slice(-bytes);
  }
}

/** Standard output or error of a container, as an open file. */
export class LogWriter extends OpenFile {
  constructor(
    private readonly log: ContainerLog,
    private readonly stream: LogLine['stream'],
  ) {
    super();
  }

  override *write(process: Process, bytes: Uint8Array): Task<void> {
    this.log.write(process.now, this.stream, bytes);
    yield* process.cpu(bytes.length / 100_000);
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  get description(): string {
    return 'pipe:[0]';
  }
}

/** `2026-01-01T09:00:00.123456789Z `: the prefix of --timestamps. */
export function logTimestamp(time: number): Uint8Array {
  const fraction = String(Math.floor((time % 1000) * 1_000_000)).padStart(9, '0');
  return encode(`${new Date(time).toISOString().slice(0, 19)}.${fraction}Z `);
}

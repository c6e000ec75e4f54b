import { concat, EMPTY } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { type OpenFlags, openFile } from '../../world/files/disk-file.ts';
import type { Inode } from '../../world/files/inode.ts';
import { baseName } from '../../world/files/paths.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { decodeText, encodeText } from './text.ts';

/** Whose words and options: GNU's as on Debian and Ubuntu, or those of a busybox image. */
export type Dialect = 'gnu' | 'busybox';

/** Input that a tool keeps whole (sort, tac, a line without end) may be so long: the bound on the host's memory. */
const MEMORY = 64 * 1024 * 1024;
/** Bytes of text that a tool works through in one ms of virtual time. */
const BYTES_PER_MS = 100_000;
const FLUSH_AT = 32768;

/** A utility at work: its process, its buffered output, and how it says what went wrong. */
export class Tool {
  /** The exit status so far, for tools that go on after an error. */
  status = 0;
  private pending: (string | Uint8Array)[] = [];
  private pendingSize = 0;

  constructor(
    readonly p: Process,
    readonly dialect: Dialect,
    /** The name in messages when it is not the one it was called by. */
    private readonly calledName?: string,
  ) {}

  /** As in messages: GNU tools say how they were called, busybox the applet. */
  get name(): string {
    const called = this.calledName ?? this.p.argv[0] ?? '';
    return this.busybox ? baseName(called) : called;
  }

  get args(): readonly string[] {
    return this.p.argv.slice(1);
  }

  get busybox(): boolean {
    return this.dialect === 'busybox';
  }

  // ---- output ----

  /** Buffers output; it is written before the next read, at the end, and when there is much of it. */
  put(text: string | Uint8Array): void {
    if (text.length === 0) return;
    this.pending.push(text);
    this.pendingSize += text.length;
  }

  /** Writes buffered output when there is much of it: to be called in loops that only write. */
  *drain(): Task {
    if (this.pendingSize >= FLUSH_AT) yield* this.flush();
  }

  *flush(): Task {
    if (this.pending.length === 0) return;
    const parts = this.pending;
    this.pending = [];
    this.pendingSize = 0;
    const texts = parts.every((part) => typeof part === 'string');
    const bytes = texts
      ? encodeText(parts.join(''))
      : concat(parts.map((part) => (typeof part === 'string' ? encodeText(part) : part)));
    yield* this.cost(bytes.length);
    try {
      yield* this.p.write(1, bytes);
    } catch (error) {
      if (error instanceof Errno) throw new Fail(`write error: ${error.text}`);
      throw error;
    }
  }

  /** `NAME: message` on stderr, after what was written so far. */
  *warn(message: string, status = 1): Task {
    this.status = Math.max(this.status, status);
    yield* this.complain(`${this.name}: ${message}\n`);
  }

  /** Text as it is on stderr. */
  *complain(text: string): Task {
    yield* this.flush();
    if (!this.p.hasFile(2)) return;
    yield* this.p.write(2, encodeText(text));
  }

  // ---- input ----

  /** Opens a file for reading; `-` is standard input. Raises Errno. */
  open(path: string): number {
    return path === '-' ? 0 : this.openFor(path, { read: true });
  }

  openFor(path: string, flags: OpenFlags, mode = 0o666): number {
    return this.p.addFile(openFile(this.p, path, flags, mode), 3);
  }

  close(fd: number): void {
    if (fd > 2) this.p.closeFile(fd);
  }

  /** The next bytes; output is written first, so that nobody waits for it. */
  *read(fd: number, max = 65536): Task<Uint8Array> {
    yield* this.flush();
    const chunk = yield* this.p.read(fd, max);
    yield* this.cost(chunk.length);
    return chunk;
  }

  *readAll(fd: number): Task<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const chunk = yield* this.read(fd);
      if (chunk.length === 0) return chunks.length === 0 ? EMPTY : concat(chunks);
      size += chunk.length;
      if (size > MEMORY) throw new Fail('memory exhausted', 2);
      chunks.push(chunk);
    }
  }

  *readFile(path: string): Task<Uint8Array> {
    const fd = this.open(path);
    try {
      return yield* this.readAll(fd);
    } finally {
      this.close(fd);
    }
  }

  *readText(path: string): Task<string> {
    return decodeText(yield* this.readFile(path));
  }

  /** Virtual time for working through so many bytes. */
  *cost(bytes: number): Task {
    yield* this.p.cpu(bytes / BYTES_PER_MS + 0.001);
  }

  // ---- files ----

  /** Absolute, with `..` left for the tree. Raises ENOENT for an empty path. */
  path(path: string): string {
    if (path === '') throw new Errno('ENOENT', path);
    return path.startsWith('/') ? path : `${this.p.cwd === '/' ? '' : this.p.cwd}/${path}`;
  }

  get files() {
    return this.p.machine.files;
  }

  get who() {
    return this.p.credentials;
  }

  stat(path: string): Inode {
    return this.files.stat(this.path(path), this.who);
  }

  lstat(path: string): Inode {
    return this.files.lstat(this.path(path), this.who);
  }

  tryStat(path: string): Inode | undefined {
    return path === '' ? undefined : this.files.tryStat(this.path(path), this.who);
  }

  tryLstat(path: string): Inode | undefined {
    try {
      return this.lstat(path);
    } catch (error) {
      if (error instanceof Errno) return undefined;
      throw error;
    }
  }

  // ---- surroundings ----

  env(name: string): string | undefined {
    return this.p.env.get(name);
  }

  isTty(fd: number): boolean {
    return this.p.hasFile(fd) && this.p.file(fd).tty !== undefined;
  }

  /** Columns of the terminal on stdout, or COLUMNS, or 80. */
  get columns(): number {
    const stated = Number(this.env('COLUMNS'));
    if (stated > 0) return stated;
    return (this.p.hasFile(1) && this.p.file(1).tty?.columns) || 80;
  }

  get utf8(): boolean {
    const locale = this.env('LC_ALL') || this.env('LC_CTYPE') || this.env('LANG') || '';
    return /utf-?8/i.test(locale);
  }
}

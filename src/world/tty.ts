import { EMPTY } from './bytes.ts';
import { Errno } from './errno.ts';
import { OpenFile } from './open-file.ts';
import type { Process } from './process.ts';
import type { Signal } from './signals.ts';
import { Condition, type Task, type Wait, wait } from './task.ts';

/** The settings of a terminal that programs of the world use. */
export interface Termios {
  /** ECHO */
  echo: boolean;
  /** ICANON: input comes in lines that can be edited. */
  canonical: boolean;
  /** ISIG: Ctrl-C, Ctrl-Z and Ctrl-\ become signals. */
  signals: boolean;
  /** ICRNL: carriage return is read as line feed. */
  crToLf: boolean;
  /** OPOST | ONLCR: line feed is written as CR LF. */
  lfToCrLf: boolean;
}

export function cookedTermios(): Termios {
  return { echo: true, canonical: true, signals: true, crToLf: true, lfToCrLf: true };
}

export function rawTermios(): Termios {
  return { echo: false, canonical: false, signals: false, crToLf: false, lfToCrLf: false };
}

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const BACKSPACE = 0x08;
const CR = 0x0d;
const LF = 0x0a;
const CTRL_R = 0x12;
const CTRL_U = 0x15;
const CTRL_V = 0x16;
const CTRL_W = 0x17;
const CTRL_Z = 0x1a;
const CTRL_BACKSLASH = 0x1c;
const DELETE = 0x7f;

/** Bytes that a terminal takes for one ms of virtual time: what bounds endless output. */
const BYTES_PER_MS = 2000;
/** Typed bytes that nobody reads: the kernel's limit. */
const INPUT_LIMIT = 65536;

/** Sends a signal to a process group; set by the machine that the terminal belongs to. */
export type GroupSignaller = (group: number, signal: Signal) => void;

/**
 * A terminal: the master side is typed into and shown (`type`, `onOutput`, `resize`), processes have the slave side
 * (`read`, `write`). The line discipline between them is the kernel's.
 */
export class Tty {
  private settings = cookedTermios();
  /** The foreground process group; 0 when there is none. */
  foreground = 0;
  private readonly listeners = new Set<(bytes: Uint8Array) => void>();
  private line: number[] = [];
  private ready: number[] = [];
  /** Lines of `ready` end here: a canonical read gives at most one line. */
  private lineEnds: number[] = [];
  private endOfFile = 0;
  private hungUp = false;
  private literalNext = false;
  private readonly inputChanged = new Condition();

  constructor(
    readonly name: string,
    public columns: number,
    public rows: number,
    private readonly signalGroup: GroupSignaller,
  ) {}

  get termios(): Termios {
    return this.settings;
  }

  /** Leaving the line mode makes what has been typed of a line readable, as in the kernel. */
  set termios(settings: Termios) {
    this.settings = settings;
    if (!settings.canonical && this.line.length > 0) {
      this.commit();
      this.inputChanged.notify();
    }
  }

  // ---- the master side ----

  /** Shows every byte written from now on. Returns how to stop. */
  onOutput(listener: (bytes: Uint8Array) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  resize(columns: number, rows: number): void {
    if (columns === this.columns && rows === this.rows) return;
    this.columns = columns;
    this.rows = rows;
    if (this.foreground) this.signalGroup(this.foreground, 'WINCH');
  }

  /** Bytes from the keyboard. */
  type(bytes: Uint8Array): void {
    for (const byte of bytes) this.typeByte(byte);
    this.inputChanged.notify();
  }

  /** The other side is gone: reads end, the foreground group gets SIGHUP. */
  hangUp(): void {
    this.hungUp = true;
    if (this.foreground) this.signalGroup(this.foreground, 'HUP');
    this.inputChanged.notify();
  }

  private typeByte(typed: number): void {
    const { termios } = this;
    if (this.literalNext) {
      this.literalNext = false;
      this.accept(typed, true);
      return;
    }
    if (termios.signals && this.typeSignal(typed)) return;
    const byte = typed === CR && termios.crToLf ? LF : typed;
    if (!termios.canonical) {
      this.accept(byte, true);
      this.commit();
      return;
    }
    if (byte === CTRL_V) this.literalNext = true;
    else if (byte === DELETE || byte === BACKSPACE) this.erase(1);
    else if (byte === CTRL_U) this.erase(this.line.length);
    else if (byte === CTRL_W) this.eraseWord();
    else if (byte === CTRL_R) this.echo([0x5e, 0x52, LF, ...this.line]);
    else if (byte === CTRL_D) this.typeEndOfFile();
    else {
      this.accept(byte, true);
      if (byte === LF) this.commit();
    }
  }

  private typeSignal(byte: number): boolean {
    const signal: Signal | undefined =
      byte === CTRL_C ? 'INT' : byte === CTRL_Z ? 'TSTP' : byte === CTRL_BACKSLASH ? 'QUIT' : undefined;
    if (!signal) return false;
    this.line = [];
    this.echo([byte]);
    if (this.foreground) this.signalGroup(this.foreground, signal);
    return true;
  }

  private accept(byte: number, echo: boolean): void {
    if (this.line.length + this.ready.length >= INPUT_LIMIT) return;
    this.line.push(byte);
    if (echo) this.echo([byte]);
  }

  private typeEndOfFile(): void {
    if (this.line.length === 0) this.endOfFile++;
    else this.commit();
  }

  private commit(): void {
    for (const byte of this.line) this.ready.push(byte);
    this.line = [];
    this.lineEnds.push(this.ready.length);
  }

  private erase(count: number): void {
    for (let i = 0; i < count && this.line.length > 0; i++) {
      let byte = this.line.pop();
      // The bytes after the first of a UTF-8 character go with it.
      let width = 1;
      while (byte !== undefined && (byte & 0xc0) === 0x80) {
        byte = this.line.pop();
        if (byte !== undefined && byte >= 0xe0) width = 2;
      }
      if (!this.termios.echo) continue;
      for (let cell = 0; cell < width; cell++) this.emit(Uint8Array.of(BACKSPACE, 0x20, BACKSPACE));
    }
  }

  private eraseWord(): void {
    while (this.line.at(-1) === 0x20) this.erase(1);
    while (this.line.length > 0 && this.line.at(-1) !== 0x20) this.erase(1);
  }

  private echo(bytes: readonly number[]): void {
    if (!this.termios.echo) return;
    const shown: number[] = [];
    for (const byte of bytes) {
      if (byte === LF) shown.push(CR, LF);
      else if (byte < 0x20 && byte !== 0x09) shown.push(0x5e, byte + 0x40);
      else shown.push(byte);
    }
    this.emit(Uint8Array.from(shown));
  }

  private emit(bytes: Uint8Array): void {
    for (const listener of this.listeners) listener(bytes);
  }

  // ---- the slave side ----

  /** Whether a read would return at once. */
  get readable(): boolean {
    return this.hungUp || this.ready.length > 0 || this.endOfFile > 0;
  }

  /** Wakes when bytes were typed. */
  get typed(): Condition {
    return this.inputChanged;
  }

  /** One line, or in raw mode what was typed; empty at Ctrl-D. A background process gets SIGTTIN. */
  *read(process: Process, max: number): Task<Uint8Array> {
    while (process.tty === this && this.foreground && process.group !== this.foreground) {
      if (process.action('TTIN') === 'ignore') throw new Errno('EIO');
      this.signalGroup(process.group, 'TTIN');
      yield* process.sleep(0);
    }
    while (!this.readable) yield* wait(this.inputChanged);
    return this.take(max);
  }

  private drop(count: number): Uint8Array {
    const taken = Uint8Array.from(this.ready.splice(0, count));
    this.lineEnds = this.lineEnds.map((end) => end - count).filter((end) => end > 0);
    return taken;
  }

  /** What has been typed, at most `max` bytes; empty when nothing is there or at the end of the file. */
  take(max: number): Uint8Array {
    if (this.ready.length === 0) {
      if (this.endOfFile > 0) this.endOfFile--;
      return EMPTY;
    }
    if (!this.termios.canonical) return this.drop(Math.min(max, this.ready.length));
    const lineEnd = this.lineEnds[0] ?? this.ready.length;
    // Ctrl-D that was read ahead and given back ends the input here too.
    const end = this.ready.indexOf(CTRL_D);
    if (end < 0 || end >= lineEnd) return this.drop(Math.min(max, lineEnd));
    const taken = this.drop(Math.min(max, end));
    if (end <= max) this.drop(1);
    return taken;
  }

  /**
   * Gives back what a reader took too much of: the next one gets it, in line mode as lines. It is not shown again.
   */
  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const { canonical, crToLf } = this.termios;
    const back = Array.from(bytes, (byte) => (canonical && crToLf && byte === CR ? LF : byte));
    this.lineEnds = this.lineEnds.map((end) => end + back.length);
    this.lineEnds.unshift(...back.flatMap((byte, i) => (byte === LF || i === back.length - 1 ? [i + 1] : [])));
    this.ready.unshift(...back);
    this.inputChanged.notify();
  }

  /** Writes as the line discipline does; takes virtual time in proportion to the size. */
  *write(process: Process, bytes: Uint8Array): Task<void> {
    if (this.hungUp) throw new Errno('EIO');
    this.put(bytes);
    yield* process.cpu(bytes.length / BYTES_PER_MS);
  }

  /** Shows bytes at once. */
  put(bytes: Uint8Array): void {
    if (this.listeners.size === 0) return;
    if (!this.termios.lfToCrLf || !bytes.includes(LF)) {
      this.emit(bytes);
      return;
    }
    const shown: number[] = [];
    for (const byte of bytes) {
      if (byte === LF) shown.push(CR);
      shown.push(byte);
    }
    this.emit(Uint8Array.from(shown));
  }
}

/** A terminal as an open file: what descriptors 0, 1 and 2 of a shell refer to. */
export class TtyFile extends OpenFile {
  constructor(private readonly terminal: Tty) {
    super();
  }

  override *read(process: Process, max: number): Task<Uint8Array> {
    return yield* this.terminal.read(process, max);
  }

  override *write(process: Process, bytes: Uint8Array): Task<void> {
    yield* this.terminal.write(process, bytes);
  }

  override readable(): boolean {
    return this.terminal.readable;
  }

  override get change(): Wait<void> {
    return this.terminal.typed;
  }

  override get tty(): Tty {
    return this.terminal;
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  get description(): string {
    return `/dev/${this.terminal.name}`;
  }
}

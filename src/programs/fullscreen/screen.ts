import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { rawTermios, type Termios, type Tty } from '../../world/tty.ts';
import { KeyDecoder } from './keys.ts';

export const REVERSE = '\x1b[7m';
export const BOLD = '\x1b[1m';
export const PLAIN = '\x1b[m';

/** What a screen shows: rows with SGR sequences, and where the cursor stands (from 0). */
export interface Frame {
  readonly rows: readonly string[];
  readonly row: number;
  readonly column: number;
}

/** The terminal of a full-screen program: keys in, frames out; only rows that changed are written. */
export class Screen {
  private readonly decoder = new KeyDecoder();
  private before: Termios | undefined;
  private last: string[] = [];
  private resized = false;
  /** Whether the terminal is to mark what is pasted. */
  private bracketedPaste = false;

  constructor(
    private readonly process: Process,
    private readonly tty: Tty,
  ) {
    process.onSignal('WINCH', {
      handle: () => {
        this.resized = true;
      },
      interrupt: true,
    });
  }

  get columns(): number {
    return this.tty.columns;
  }

  get rows(): number {
    return this.tty.rows;
  }

  /** Takes the terminal: raw mode, the alternate screen. */
  enter({ bracketedPaste = this.bracketedPaste } = {}): void {
    this.bracketedPaste = bracketedPaste;
    this.before = { ...this.tty.termios };
    this.tty.termios = rawTermios();
    this.last = [];
    this.tty.put(encode(`\x1b[?1049h\x1b[H\x1b[2J${bracketedPaste ? '\x1b[?2004h' : ''}`));
  }

  /** Gives it back; without effect when it has not been taken. For `finally`. */
  leave(): void {
    if (!this.before) return;
    this.tty.put(
      encode(`${this.bracketedPaste ? '\x1b[?2004l' : ''}${PLAIN}\x1b[${this.tty.rows};1H\x1b[K\x1b[?25h\x1b[?1049l`),
    );
    this.tty.termios = this.before;
    this.before = undefined;
  }

  /** Everything is written at the next frame. */
  forget(): void {
    this.last = [];
  }

  *draw(frame: Frame): Task {
    let out = '';
    if (this.last.length === 0) out += '\x1b[2J';
    const rows = frame.rows.slice(0, this.rows);
    rows.forEach((text, row) => {
      if (this.last[row] === text || (text === '' && this.last.length === 0)) return;
      out += `\x1b[${row + 1};1H${PLAIN}\x1b[K${text}${PLAIN}`;
    });
    this.last = [...rows];
    yield* this.tty.write(this.process, encode(`${out}\x1b[${frame.row + 1};${frame.column + 1}H`));
  }

  /** The next keys: empty when the window has a new size, undefined at the end of the input. */
  *keys(): Task<string[] | undefined> {
    if (this.takeResize()) return [];
    try {
      const bytes = yield* this.tty.read(this.process, 4096);
      if (bytes.length === 0) return undefined;
      return this.decoder.decode(bytes);
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      this.takeResize();
      return [];
    }
  }

  /** Waits for a key on the screen outside, after `leave`. */
  *keyOutside(): Task {
    const { termios } = this.tty;
    this.tty.termios = rawTermios();
    try {
      yield* this.keys();
    } finally {
      this.tty.termios = termios;
    }
  }

  private takeResize(): boolean {
    const { resized } = this;
    this.resized = false;
    if (resized) this.forget();
    return resized;
  }

  /** Ctrl-Z: stops the process group, and comes back when it is continued. */
  *suspend(): Task {
    this.leave();
    this.process.signal('TSTP');
    yield* this.process.sleep(0);
    this.enter();
  }
}

/** The terminal that a program with standard output on one talks to. */
export function terminalOf(process: Process): Tty | undefined {
  const out = process.hasFile(1) ? process.file(1).tty : undefined;
  return out && (process.tty ?? out);
}

/**
 * The terminal pane: an emulator over the bytes of the world's tty. What programs of the world print reaches the host
 * only as the emulator's cells; titles, clipboard requests and other device strings end here.
 */
import { Terminal } from '@xterm/headless';
import { renderRow } from './cell-style.ts';
import type { ScreenPiece } from './port.ts';
import type { Position } from './screen.ts';
import { unicodeWidths } from './unicode.ts';

export interface TerminalPaneOptions {
  readonly columns: number;
  readonly rows: number;
  /** Whether colours of the world are shown (NO_COLOR). */
  readonly coloured: boolean;
  /** Answers to device queries (DA, DSR), to be typed into the world's tty. */
  readonly respond: (bytes: Uint8Array) => void;
  /** Something on the screen, the cursor or the modes changed. */
  readonly changed: () => void;
}

const SCROLLBACK = 5000;
/** Bytes waiting in the emulator above which the world should stand still for a moment. */
const HIGH_WATER = 256 * 1024;

export class TerminalPane {
  readonly #terminal: Terminal;
  readonly #options: TerminalPaneOptions;
  #rows: string[] | undefined;
  #cursorHidden = false;
  #replaying = 0;
  /** The size that is wanted; the emulator has another while the past is replayed. */
  #columns: number;
  #height: number;
  #pending = 0;
  #bells = 0;

  constructor(options: TerminalPaneOptions) {
    this.#options = options;
    this.#columns = options.columns;
    this.#height = options.rows;
    this.#terminal = new Terminal({
      cols: options.columns,
      rows: options.rows,
      scrollback: SCROLLBACK,
      allowProposedApi: true,
      logLevel: 'off',
    });
    this.#terminal.unicode.register(unicodeWidths);
    this.#terminal.unicode.activeVersion = unicodeWidths.version;
    this.#terminal.onData((text) => {
      if (this.#replaying === 0) options.respond(new TextEncoder().encode(text));
    });
    this.#terminal.onBell(() => this.#bells++);
    // The mode of the cursor (DECTCEM) is not among the public modes.
    for (const final of ['h', 'l']) {
      this.#terminal.parser.registerCsiHandler({ prefix: '?', final }, (parameters) => {
        if (parameters.includes(25)) this.#cursorHidden = final === 'l';
        return false;
      });
    }
  }

  get columns(): number {
    return this.#columns;
  }

  get height(): number {
    return this.#height;
  }

  /** Whether the emulator is far behind; the world should not run on then. */
  get congested(): boolean {
    return this.#pending > HIGH_WATER;
  }

  /** Whether a program uses the alternate screen (vi, less, watch). */
  get fullScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  get applicationCursorKeys(): boolean {
    return this.#terminal.modes.applicationCursorKeysMode;
  }

  get bracketedPaste(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  /** How often the bell rang so far. */
  get bells(): number {
    return this.#bells;
  }

  write(bytes: Uint8Array): void {
    this.#pending += bytes.length;
    this.#terminal.write(bytes, () => {
      this.#pending -= bytes.length;
      this.#change();
    });
  }

  /**
   * Bytes of the past, each at the size it was written for: cursor movements of a line editor fit no other width.
   * Queries among them are not answered again.
   */
  replay(pieces: readonly ScreenPiece[]): void {
    this.#replaying++;
    for (const { columns, rows, bytes } of pieces) {
      this.#terminal.write('', () => this.#terminal.resize(columns, rows));
      this.write(bytes);
    }
    this.#terminal.write('', () => {
      this.#replaying--;
      this.#terminal.resize(this.#columns, this.#height);
      this.#change();
    });
  }

  /** Resolves when everything written so far is on the screen. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.#terminal.write('', resolve));
  }

  resize(columns: number, rows: number): void {
    if (columns === this.columns && rows === this.height) return;
    this.#columns = columns;
    this.#height = rows;
    if (this.#replaying > 0) return;
    this.#terminal.resize(columns, rows);
    this.#change();
  }

  reset(): void {
    this.#terminal.reset();
    this.#cursorHidden = false;
    this.#change();
  }

  /** The visible rows, ready to be written. The same array until something changes. */
  rows(): readonly string[] {
    if (this.#rows) return this.#rows;
    const buffer = this.#terminal.buffer.active;
    const scratch = buffer.getNullCell();
    const rows: string[] = [];
    for (let y = 0; y < this.height; y++) {
      const line = buffer.getLine(buffer.viewportY + y);
      rows.push(line ? renderRow(line, this.columns, this.#options.coloured, scratch) : '');
    }
    this.#rows = rows;
    return rows;
  }

  /** The cursor's cell in the pane, or undefined when it is hidden or scrolled away. */
  cursor(): Position | undefined {
    const buffer = this.#terminal.buffer.active;
    const y = buffer.baseY + buffer.cursorY - buffer.viewportY;
    if (this.#cursorHidden || y >= this.height) return undefined;
    return { x: Math.min(buffer.cursorX, this.columns - 1), y };
  }

  /** Lines between the end and what is shown; 0 at the end. */
  get scrolledBy(): number {
    const buffer = this.#terminal.buffer.active;
    return buffer.baseY - buffer.viewportY;
  }

  /** Scrolls by lines, up when negative. */
  scroll(lines: number): void {
    this.#terminal.scrollLines(lines);
    this.#change();
  }

  scrollToEnd(): void {
    if (this.scrolledBy === 0) return;
    this.#terminal.scrollToBottom();
    this.#change();
  }

  dispose(): void {
    this.#terminal.dispose();
  }

  #change(): void {
    this.#rows = undefined;
    this.#options.changed();
  }
}

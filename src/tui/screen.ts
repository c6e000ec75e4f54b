/**
 * The host's screen. Ink (in debug mode) hands over whole frames as strings; what really changed is written, in place,
 * inside one synchronised update. The terminal pane is laid over the frame row by row without passing through Ink.
 */
import { EventEmitter } from 'node:events';
import { anchored } from './anchor.ts';
import type { Rectangle } from './layout.ts';

/** The part of `process.stdout` that is used. */
export interface ScreenOutput {
  write(data: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

export interface Position {
  readonly x: number;
  readonly y: number;
}

export interface Pane {
  readonly area: Rectangle;
  readonly rows: readonly string[];
}

/** What lies over Ink's frame; asked for when a frame is written, so that a burst of changes costs one look. */
export interface Layers {
  /** The rows of the terminal pane; undefined when it is hidden. */
  readonly pane: Pane | undefined;
  /** Where the real cursor stands (Korean is composed there); undefined hides it. */
  readonly cursor: Position | undefined;
}

/** Real time between two frames, in ms. */
const FRAME = 16;
const CSI = '\x1b[';
// Alternate screen, no automatic wrapping (a line of full width must not scroll), bracketed paste.
const ENTER = `${CSI}?1049h${CSI}?7l${CSI}?2004h${CSI}0m${CSI}2J${CSI}H`;
const LEAVE = `${CSI}?2026l${CSI}?2004l${CSI}?7h${CSI}0m${CSI}?25h${CSI}?1049l`;
const at = (x: number, y: number) => `${CSI}${y + 1};${x + 1}H`;

export class Screen extends EventEmitter {
  /** Ink must not think that it writes to a terminal. */
  readonly isTTY = false;
  readonly #output: ScreenOutput;
  #active = false;
  #frame: string[] = [];
  #layers: () => Layers = () => ({ pane: undefined, cursor: undefined });
  #pane: Pane | undefined;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #lastFlush = 0;
  #shown: (string | undefined)[] = [];
  #shownPane: (string | undefined)[] = [];
  #shownCursor = '';
  #clear = false;

  constructor(output: ScreenOutput) {
    super();
    this.#output = output;
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  get rows(): number {
    return this.#output.rows || 24;
  }

  get active(): boolean {
    return this.#active;
  }

  enter(): void {
    if (this.#active) return;
    this.#active = true;
    this.#output.on('resize', this.#resized);
    this.#output.write(ENTER);
    this.redraw();
  }

  /** Gives the terminal back as it was; may be called at any time, also twice, also while the process ends. */
  leave(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#output.off('resize', this.#resized);
    this.#cancel();
    this.#output.write(LEAVE);
  }

  /** A frame from Ink. */
  write(frame: string): boolean {
    this.#frame = frame.split('\n');
    this.#schedule();
    return true;
  }

  setLayers(layers: () => Layers): void {
    this.#layers = layers;
    this.#schedule();
  }

  /** Something in the layers changed. */
  refresh(): void {
    this.#schedule();
  }

  /** Forgets what is on the screen and draws all of it again. */
  redraw(): void {
    this.#clear = true;
    this.#schedule();
  }

  readonly #resized = (): void => {
    this.#clear = true;
    this.emit('resize');
    this.#schedule();
  };

  #cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }

  #schedule(): void {
    if (!this.#active || this.#timer || this.#immediate) return;
    const wait = this.#lastFlush + FRAME - performance.now();
    // Frame, pane and cursor of one turn of the event loop go out together.
    if (wait <= 0) this.#immediate = setImmediate(() => this.flush());
    else this.#timer = setTimeout(() => this.flush(), wait);
  }

  /** Writes what changed since the last time. */
  flush(): void {
    this.#cancel();
    if (!this.#active) return;
    this.#lastFlush = performance.now();
    const layers = this.#layers();
    this.#pane = layers.pane;
    const changes = this.#changes();
    const cursor = layers.cursor ? `${at(layers.cursor.x, layers.cursor.y)}${CSI}?25h` : `${CSI}?25l`;
    if (changes === '' && cursor === this.#shownCursor) return;
    this.#shownCursor = cursor;
    this.#output.write(changes === '' ? cursor : `${CSI}?2026h${CSI}?25l${changes}${CSI}0m${cursor}${CSI}?2026l`);
  }

  #changes(): string {
    let out = '';
    if (this.#clear) {
      this.#clear = false;
      this.#shown = [];
      this.#shownPane = [];
      out = `${CSI}0m${CSI}2J`;
    }
    const { columns, rows } = this;
    for (let y = 0; y < rows; y++) {
      const paneRow = this.#paneRow(y);
      const x = this.#pane?.area.x ?? 0;
      const left = paneRow !== undefined && x === 0 ? '' : (this.#frame[y] ?? '');
      const hadPane = this.#shownPane[y] !== undefined;
      const moved = hadPane !== (paneRow !== undefined);
      if (moved || this.#shown[y] !== left) {
        // Erase before writing: with wrapping off, erasing afterwards would eat the last column.
        const erase = paneRow === undefined ? `${CSI}2K` : x > 0 ? `${CSI}${x}X` : '';
        out += `${at(0, y)}${CSI}0m${erase}${anchored(left, 0)}`;
        this.#shown[y] = left;
      }
      if (paneRow !== undefined && (moved || this.#shownPane[y] !== paneRow)) {
        const erase = x + (this.#pane?.area.width ?? 0) >= columns ? `${CSI}K` : `${CSI}${this.#pane?.area.width}X`;
        out += `${at(x, y)}${CSI}0m${erase}${anchored(paneRow, x)}`;
      }
      this.#shownPane[y] = paneRow;
    }
    return out;
  }

  #paneRow(y: number): string | undefined {
    const pane = this.#pane;
    if (!pane || y < pane.area.y || y >= pane.area.y + pane.area.height) return undefined;
    return pane.rows[y - pane.area.y] ?? '';
  }
}

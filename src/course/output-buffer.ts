import { concat } from '../world/bytes.ts';

/** What a terminal of one size was sent. */
export interface ScreenPiece {
  readonly columns: number;
  readonly rows: number;
  readonly bytes: Uint8Array;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The last bytes of a terminal's output, for whoever attaches later, and how large the terminal was at each. */
export class OutputBuffer {
  private chunks: Uint8Array[] = [];
  private length = 0;
  /** Sizes of the terminal, and from which byte on: at least one. */
  private sizes: { from: number; readonly size: Size }[];

  constructor(
    private readonly limit: number,
    columns: number,
    rows: number,
  ) {
    this.sizes = [{ from: 0, size: { columns, rows } }];
  }

  push(bytes: Uint8Array): void {
    this.chunks.push(bytes.slice());
    this.length += bytes.length;
    if (this.length <= 2 * this.limit) return;
    // Cut in one go, not at each chunk: cheap however small the chunks are. A line's start is a good place to begin.
    const all = concat(this.chunks);
    const lineStart = all.indexOf(0x0a, all.length - this.limit) + 1;
    const cut = lineStart > 0 ? lineStart : all.length - this.limit;
    this.chunks = [all.slice(cut)];
    this.length -= cut;
    this.sizes = this.sizes.map(({ from, size }) => ({ from: Math.max(0, from - cut), size }));
    this.forgetEmpty();
  }

  /** What comes from now on is for a terminal of this size. */
  resize(columns: number, rows: number): void {
    this.sizes.push({ from: this.length, size: { columns, rows } });
    this.forgetEmpty();
  }

  get bytes(): Uint8Array {
    return this.chunks.length === 0 ? new Uint8Array(0) : concat(this.chunks);
  }

  get pieces(): readonly ScreenPiece[] {
    const { bytes, sizes } = this;
    return sizes.map(({ from, size }, index) => ({ ...size, bytes: bytes.subarray(from, sizes[index + 1]?.from) }));
  }

  /** Of sizes that begin at the same byte only the last counts. */
  private forgetEmpty(): void {
    this.sizes = this.sizes.filter(({ from }, index) => this.sizes[index + 1]?.from !== from);
  }
}

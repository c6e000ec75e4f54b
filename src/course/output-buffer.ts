import { concat } from '../world/bytes.ts';

/** The last bytes of a terminal's output, for whoever attaches later. */
export class OutputBuffer {
  private chunks: Uint8Array[] = [];
  private size = 0;

  constructor(private readonly limit: number) {}

  push(bytes: Uint8Array): void {
    this.chunks.push(bytes.slice());
    this.size += bytes.length;
    if (this.size <= 2 * this.limit) return;
    // Cut in one go, not at each chunk: cheap however small the chunks are. A line's start is a good place to begin.
    const all = concat(this.chunks);
    const from = all.indexOf(0x0a, all.length - this.limit) + 1;
    const kept = all.slice(from > 0 ? from : all.length - this.limit);
    this.chunks = [kept];
    this.size = kept.length;
  }

  get bytes(): Uint8Array {
    return this.chunks.length === 0 ? new Uint8Array(0) : concat(this.chunks);
  }
}

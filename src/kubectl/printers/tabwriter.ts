/** Aligns cells ended by tabs into columns, as Go's text/tabwriter with minimal width 6 and padding 3. Widths are remembered from flush to flush. */
export class TabWriter {
  private buffer = '';
  private readonly remembered: number[] = [];

  constructor(
    private readonly minWidth = 6,
    private readonly padding = 3,
    private readonly remember = true,
  ) {}

  write(text: string): void {
    this.buffer += text;
  }

  /** The aligned text of all that was written since the last flush. */
  flush(): string {
    const lines = this.buffer.split('\n').map((line) => line.split('\t'));
    this.buffer = '';
    const out: string[] = lines.map(() => '');
    this.format(lines, out, 0, lines.length, []);
    return out.join('\n');
  }

  /** Lays out lines from..to, whose columns up to `widths.length` are known. A column is a run of lines that have a cell there. */
  private format(lines: string[][], out: string[], from: number, to: number, widths: readonly number[]): void {
    const column = widths.length;
    const has = (at: number) => column < (lines[at]?.length ?? 0) - 1;
    let start = from;
    for (let at = from; at < to; at++) {
      if (!has(at)) continue;
      emit(lines, out, start, at, widths);
      let end = at;
      let width = this.minWidth;
      for (; end < to && has(end); end++) width = Math.max(width, cellWidth(lines[end]?.[column] ?? '') + this.padding);
      if (this.remember) {
        width = Math.max(width, this.remembered[column] ?? 0);
        this.remembered[column] = width;
      }
      this.format(lines, out, at, end, [...widths, width]);
      start = end;
      at = end - 1;
    }
    emit(lines, out, start, to, widths);
  }
}

function emit(lines: string[][], out: string[], from: number, to: number, widths: readonly number[]): void {
  for (let at = from; at < to; at++) {
    const cells = lines[at] ?? [];
    out[at] = cells.map((cell, j) => (j < widths.length ? pad(cell, widths[j] ?? 0) : cell)).join('');
  }
}

/** Go counts characters, not columns of the screen. */
function cellWidth(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cellWidth(text)));
}

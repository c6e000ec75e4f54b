/** A text that was parsed, with what is needed to say where something is in it. */
export class Source {
  private starts: number[] | undefined;

  /**
   * @param firstLine number of the text's first line, in the script that it is part of
   */
  constructor(
    readonly text: string,
    readonly firstLine = 1,
  ) {}

  /** Line of an offset, counted as `$LINENO` counts. */
  lineAt(offset: number): number {
    if (!this.starts) {
      this.starts = [0];
      for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) this.starts.push(at + 1);
    }
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.firstLine + low;
  }

  /** The text of the line that holds `offset`. */
  lineText(offset: number): string {
    const start = this.text.lastIndexOf('\n', offset - 1) + 1;
    const end = this.text.indexOf('\n', offset);
    return this.text.slice(start, end < 0 ? undefined : end);
  }
}

import type { Editor } from './editor.ts';

/** Ctrl-R and Ctrl-S: the state of an incremental search. */
export class IncrementalSearch {
  text = '';
  failed = false;
  private index: number;

  constructor(
    private readonly lines: readonly string[],
    start: number,
    public backwards: boolean,
  ) {
    this.index = start;
  }

  /** Over the history and the line that is edited, from where one is. */
  static of(
    { history, buffer, position }: Pick<Editor, 'history' | 'buffer' | 'position'>,
    backwards: boolean,
  ): IncrementalSearch {
    const lines = [...history.all(), ''];
    lines[position] = buffer.text;
    return new IncrementalSearch(lines, position, backwards);
  }

  get prompt(): string {
    const direction = this.backwards ? 'reverse-i-search' : 'i-search';
    return `(${this.failed ? 'failed ' : ''}${direction})\`${this.text}': `;
  }

  /** The line found, and where in it. */
  get match(): { readonly index: number; readonly line: string; readonly at: number } | undefined {
    const line = this.lines[this.index];
    if (line === undefined) return undefined;
    return {
      index: this.index,
      line,
      at: Math.max(0, this.backwards ? line.lastIndexOf(this.text) : line.indexOf(this.text)),
    };
  }

  add(text: string): void {
    this.text += text;
    this.find(this.index);
  }

  erase(): void {
    this.text = [...this.text].slice(0, -1).join('');
    this.failed = false;
    this.find(this.backwards ? this.lines.length - 1 : 0);
  }

  next(backwards: boolean): void {
    this.backwards = backwards;
    if (this.text === '') return;
    const current = this.lines[this.index];
    let from = this.index;
    // The same line again is no news.
    do from += backwards ? -1 : 1;
    while (this.lines[from] !== undefined && this.lines[from] === current);
    this.find(from);
  }

  private find(from: number): void {
    for (
      let at = Math.min(from, this.lines.length - 1);
      at >= 0 && at < this.lines.length;
      at += this.backwards ? -1 : 1
    ) {
      if (this.lines[at]?.includes(this.text)) {
        this.index = at;
        this.failed = false;
        return;
      }
    }
    this.failed = true;
  }
}

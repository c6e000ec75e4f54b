/** How things look: a theme, marks, and the two functions that apply them. */
import { padRight, truncate } from '../width.ts';
import type { Span } from '../wrap.ts';
import { ASCII, type Marks, UNICODE } from './marks.ts';
import { THEMES } from './themes.ts';
import type { ThemeName, Token } from './tokens.ts';

export class Look {
  readonly marks: Marks;
  readonly coloured: boolean;

  constructor(
    readonly theme: ThemeName,
    readonly ascii: boolean,
  ) {
    this.marks = ascii ? ASCII : UNICODE;
    this.coloured = theme !== 'plain';
  }

  /** Text in the role's colours. */
  paint(token: Token, text: string): string {
    const codes = THEMES[this.theme][token];
    return codes === '' || text === '' ? text : `\x1b[${codes}m${text}\x1b[0m`;
  }

  spans(line: readonly Span<Token>[]): string {
    return line.map((span) => this.paint(span.style, span.text)).join('');
  }

  truncate(text: string, cells: number): string {
    return truncate(text, cells, this.marks.ellipsis);
  }

  exactly(text: string, cells: number): string {
    return padRight(this.truncate(text, cells), cells);
  }

  rule(cells: number): string {
    return this.paint('border', this.marks.horizontal.repeat(Math.max(0, cells)));
  }

  /** A bar of `cells` cells, `fraction` of it full. */
  bar(fraction: number, cells: number): string {
    const full = Math.round(Math.max(0, Math.min(1, fraction)) * cells);
    return (
      this.paint('progress', this.marks.full.repeat(full)) + this.paint('muted', this.marks.empty.repeat(cells - full))
    );
  }
}

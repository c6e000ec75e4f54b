import { FormatError } from '../format-error.ts';

/** A place in a text; lines and columns from 0. */
export interface Mark {
  readonly line: number;
  readonly column: number;
  readonly index: number;
}

export const start: Mark = { line: 0, column: 0, index: 0 };

/**
 * An error of scanning or parsing, as go-yaml words it. Its line numbers are go-yaml's: a parser's error names the line before.
 * go-yaml: decode.go fail
 */
export function yamlError(
  problem: string,
  by: 'scanner' | 'parser',
  problemMark: Mark,
  contextMark: Mark = start,
): FormatError {
  let line = contextMark.line;
  if (problemMark.line !== 0) line = by === 'scanner' ? problemMark.line + 1 : problemMark.line;
  return new FormatError(line === 0 ? `yaml: ${problem}` : `yaml: line ${line}: ${problem}`);
}

/** Reads a text character by character. Behind its end there is '\0'. */
export class Cursor {
  private readonly text: string;
  private position = 0;
  line = 0;
  column = 0;
  index = 0;

  constructor(text: string) {
    if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/.test(text))
      throw new FormatError('yaml: control characters are not allowed');
    this.text = text;
  }

  get mark(): Mark {
    return { line: this.line, column: this.column, index: this.index };
  }

  /** The character `ahead` of here. */
  at(ahead = 0): string {
    return this.text[this.position + ahead] ?? '\0';
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  startsWith(prefix: string): boolean {
    return this.text.startsWith(prefix, this.position);
  }

  /** Takes characters that are not line breaks. */
  skip(count = 1): void {
    for (let i = 0; i < count; i++) {
      const code = this.text.codePointAt(this.position) ?? 0;
      this.position += code > 0xffff ? 2 : 1;
      this.index++;
      this.column++;
    }
  }

  /** Takes one character and gives it back. */
  read(): string {
    const before = this.position;
    this.skip();
    return this.text.slice(before, this.position);
  }

  /** Takes what a sticky pattern of ASCII characters without breaks finds here; '' when that is nothing. */
  takeRun(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const run = pattern.exec(this.text)?.[0] ?? '';
    this.position += run.length;
    this.index += run.length;
    this.column += run.length;
    return run;
  }

  /** Takes a line break and gives it back, normalised. */
  readBreak(): string {
    const first = this.at();
    if (!isBreak(first)) return '';
    const length = first === '\r' && this.at(1) === '\n' ? 2 : 1;
    this.position += length;
    this.index += length;
    this.column = 0;
    this.line++;
    return first === '\u2028' || first === '\u2029' ? first : '\n';
  }

  /** Takes everything to the end of the line. */
  skipLine(): void {
    while (!isBreakOrEnd(this.at())) this.skip();
  }

  /** At the end of a text without a line feed, go-yaml goes on to a line of its own. */
  closeLine(): void {
    if (this.column === 0) return;
    this.column = 0;
    this.line++;
  }

  /** Whether `---` or `...` is here, at the start of a line. */
  atDocumentIndicator(): boolean {
    if (this.column !== 0) return false;
    return (this.startsWith('---') || this.startsWith('...')) && isBlankOrEnd(this.at(3));
  }
}

export function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}

export function isBreak(character: string): boolean {
  return (
    character === '\n' || character === '\r' || character === '\x85' || character === '\u2028' || character === '\u2029'
  );
}

export function isBreakOrEnd(character: string): boolean {
  return character === '\0' || isBreak(character);
}

export function isBlankOrEnd(character: string): boolean {
  return character === '\0' || isBlank(character) || isBreak(character);
}

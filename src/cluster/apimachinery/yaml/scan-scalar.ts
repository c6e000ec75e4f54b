import { type Cursor, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, type Mark, yamlError } from './cursor.ts';
import type { Token } from './tokens.ts';

const blockScalar = (cursor: Cursor, context: Mark, problem: string) =>
  yamlError(problem, 'scanner', cursor.mark, context);

/** A scalar after `|` or `>`. `parentIndent` is the column of the block it is in. go-yaml: scannerc.go scan_block_scalar */
export function scanBlockScalar(cursor: Cursor, parentIndent: number): Token {
  const start = cursor.mark;
  const literal = cursor.read() === '|';
  const { chomping, increment } = scanHeader(cursor, start);
  while (isBlank(cursor.at())) cursor.skip();
  if (cursor.at() === '#') cursor.skipLine();
  if (!isBreakOrEnd(cursor.at())) throw blockScalar(cursor, start, 'did not find expected comment or line break');
  cursor.readBreak();
  let indent = increment === 0 ? 0 : Math.max(parentIndent, 0) + increment;
  let end = cursor.mark;
  const breaks = (): string => {
    const found = scanIndentedBreaks(cursor, indent, parentIndent, start);
    indent = found.indent;
    end = found.end;
    return found.breaks;
  };
  let text = '';
  let leadingBreak = '';
  let trailingBreaks = breaks();
  let leadingBlank = false;
  while (cursor.column === indent && !cursor.atEnd) {
    const blank = isBlank(cursor.at());
    if (!literal && !leadingBlank && !blank && leadingBreak.startsWith('\n')) {
      if (trailingBreaks === '') text += ' ';
    } else text += leadingBreak;
    text += trailingBreaks;
    leadingBlank = blank;
    while (!isBreakOrEnd(cursor.at())) text += cursor.read();
    leadingBreak = cursor.readBreak();
    trailingBreaks = breaks();
  }
  if (chomping !== '-') text += leadingBreak;
  if (chomping === '+') text += trailingBreaks;
  return { kind: 'scalar', start, end, value: text, plain: false };
}

function scanHeader(cursor: Cursor, start: Mark): { chomping: string; increment: number } {
  let chomping = '';
  let increment = 0;
  const takeChomping = () => {
    if (chomping === '' && /[-+]/.test(cursor.at())) chomping = cursor.read();
  };
  takeChomping();
  if (/[0-9]/.test(cursor.at())) {
    if (cursor.at() === '0') throw blockScalar(cursor, start, 'found an indentation indicator equal to 0');
    increment = Number(cursor.read());
    takeChomping();
  }
  return { chomping, increment };
}

// Blank lines and indentation; the first line with text says how deep the scalar is, if nothing else did.
function scanIndentedBreaks(
  cursor: Cursor,
  wanted: number,
  parentIndent: number,
  start: Mark,
): { breaks: string; indent: number; end: Mark } {
  let breaks = '';
  let end = cursor.mark;
  let deepest = 0;
  for (;;) {
    while ((wanted === 0 || cursor.column < wanted) && cursor.at() === ' ') cursor.skip();
    deepest = Math.max(deepest, cursor.column);
    if ((wanted === 0 || cursor.column < wanted) && cursor.at() === '\t') {
      throw blockScalar(cursor, start, 'found a tab character where an indentation space is expected');
    }
    if (!isBreak(cursor.at())) break;
    breaks += cursor.readBreak();
    end = cursor.mark;
  }
  return { breaks, end, indent: wanted === 0 ? Math.max(deepest, parentIndent + 1, 1) : wanted };
}

const escapes: Record<string, string> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const codeLengths: Record<string, number> = { x: 2, u: 4, U: 8 };

/** Text folded over lines: a single break is a space, more are breaks. */
class Folding {
  private whitespace = '';
  private leadingBreak = '';
  private trailingBreaks = '';
  onNewLine = false;

  /** Takes blanks and breaks. */
  scan(cursor: Cursor, onBlank?: () => void): void {
    while (isBlank(cursor.at()) || isBreak(cursor.at())) {
      if (isBlank(cursor.at())) {
        onBlank?.();
        if (this.onNewLine) cursor.skip();
        else this.whitespace += cursor.read();
      } else if (this.onNewLine) this.trailingBreaks += cursor.readBreak();
      else {
        this.whitespace = '';
        this.leadingBreak = cursor.readBreak();
        this.onNewLine = true;
      }
    }
  }

  /** What the blanks and breaks so far mean. */
  take(): string {
    let text = this.whitespace;
    if (this.onNewLine) {
      const fold = this.leadingBreak === '\n';
      text = fold && this.trailingBreaks === '' ? ' ' : (fold ? '' : this.leadingBreak) + this.trailingBreaks;
      // A break that was escaped away leaves nothing.
      if (this.leadingBreak === '') text = this.trailingBreaks;
    }
    this.whitespace = '';
    this.leadingBreak = '';
    this.trailingBreaks = '';
    this.onNewLine = false;
    return text;
  }
}

/** A scalar in quotes. go-yaml: scannerc.go scan_flow_scalar */
export function scanQuotedScalar(cursor: Cursor): Token {
  const start = cursor.mark;
  const quote = cursor.read();
  const fail = (problem: string) => yamlError(problem, 'scanner', cursor.mark, start);
  const folding = new Folding();
  let text = '';
  for (;;) {
    if (cursor.atDocumentIndicator()) throw fail('found unexpected document indicator');
    if (cursor.atEnd) throw fail('found unexpected end of stream');
    while (!isBlankOrEnd(cursor.at())) {
      if (quote === "'" && cursor.startsWith("''")) {
        text += "'";
        cursor.skip(2);
      } else if (cursor.at() === quote) break;
      else if (quote === '"' && cursor.at() === '\\' && isBreak(cursor.at(1))) {
        cursor.skip();
        cursor.readBreak();
        folding.onNewLine = true;
        break;
      } else if (quote === '"' && cursor.at() === '\\') text += scanEscape(cursor, fail);
      else text += cursor.takeRun(quotedText) || cursor.read();
    }
    if (cursor.at() === quote) break;
    folding.scan(cursor);
    text += folding.take();
  }
  cursor.skip();
  return { kind: 'scalar', start, end: cursor.mark, value: text, plain: false };
}

function scanEscape(cursor: Cursor, fail: (problem: string) => Error): string {
  const name = cursor.at(1);
  const simple = Object.hasOwn(escapes, name) ? escapes[name] : undefined;
  if (simple !== undefined) {
    cursor.skip(2);
    return simple;
  }
  const length = Object.hasOwn(codeLengths, name) ? (codeLengths[name] ?? 0) : 0;
  if (length === 0) throw fail('found unknown escape character');
  cursor.skip(2);
  let digits = '';
  for (let i = 0; i < length; i++) digits += cursor.at(i);
  if (!/^[0-9a-fA-F]+$/.test(digits)) throw fail('did not find expected hexdecimal number');
  const code = Number.parseInt(digits, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw fail('found invalid Unicode character escape code');
  cursor.skip(length);
  return String.fromCodePoint(code);
}

// What certainly belongs to a plain or quoted scalar, to be taken at once; everything else goes character by character.
const plainInBlock = /(?:[!-9;-~]|:(?=[!-~]))+/y;
const plainInFlow = /[!-+\-.-9;->@-Z\\^-z|~]+/y;
const quotedText = /[!#-&(-[\]-~]+/y;

/** A scalar without quotes. go-yaml: scannerc.go scan_plain_scalar */
export function scanPlainScalar(
  cursor: Cursor,
  parentIndent: number,
  inFlow: boolean,
): { token: Token; endsLine: boolean } {
  const start = cursor.mark;
  const indent = parentIndent + 1;
  const folding = new Folding();
  let end = start;
  let text = '';
  while (!cursor.atDocumentIndicator() && cursor.at() !== '#') {
    const before = cursor.index;
    while (!isBlankOrEnd(cursor.at()) && !endsPlain(cursor, inFlow)) {
      text += folding.take() + (cursor.takeRun(inFlow ? plainInFlow : plainInBlock) || cursor.read());
    }
    if (cursor.index > before) end = cursor.mark;
    if (!isBlank(cursor.at()) && !isBreak(cursor.at())) break;
    folding.scan(cursor, () => {
      if (folding.onNewLine && cursor.column < indent && cursor.at() === '\t') {
        throw yamlError('found a tab character that violates indentation', 'scanner', cursor.mark, start);
      }
    });
    if (!inFlow && cursor.column < indent) break;
  }
  return { token: { kind: 'scalar', start, end, value: text, plain: true }, endsLine: folding.onNewLine };
}

function endsPlain(cursor: Cursor, inFlow: boolean): boolean {
  const character = cursor.at();
  if (character === ':' && isBlankOrEnd(cursor.at(1))) return true;
  return inFlow && ',?[]{}'.includes(character);
}

import { BoundedRegExp } from './bounded-regex.ts';
import { Fail } from './fail.ts';

export type Syntax = 'basic' | 'extended' | 'perl' | 'fixed';

export interface RegexOptions {
  readonly syntax: Syntax;
  readonly ignoreCase?: boolean;
  /** `\n` and `\t` in the pattern are the characters (sed, awk). */
  readonly escapes?: boolean;
  readonly flags?: string;
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: '\\p{L}\\p{Nd}',
  alpha: '\\p{L}',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e\\u00a1-\\u{10ffff}',
  lower: '\\p{Ll}',
  print: '\\x20-\\x7e\\u00a0-\\u{10ffff}',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: ' \\t\\n\\r\\f\\v',
  upper: '\\p{Lu}',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
};

/** glibc's words for what is wrong with a pattern. */
export class BadPattern extends Fail {}

/** A POSIX (or Perl) pattern as a regular expression of the host. Alternatives match first, not longest. Raises BadPattern. */
export function compilePattern(pattern: string, options: RegexOptions): RegExp {
  const source =
    options.syntax === 'fixed'
      ? escapeLiteral(pattern)
      : options.syntax === 'perl'
        ? perlSource(pattern)
        : new Translator(pattern, options).source();
  const flags = `${options.flags ?? ''}${options.ignoreCase ? 'i' : ''}u`;
  try {
    return new BoundedRegExp(source, flags);
  } catch {
    if (options.syntax === 'perl') {
      try {
        // Perl allows escapes that the strict Unicode mode does not.
        return new BoundedRegExp(source, flags.replace('u', ''));
      } catch {
        throw new BadPattern('unrecognized or unsupported Perl pattern', 2);
      }
    }
    throw new BadPattern('Invalid regular expression', 2);
  }
}

function perlSource(pattern: string): string {
  return pattern
    .replace(/\\h/g, '[ \\t]')
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$')
    .replace(/\(\?P</g, '(?<')
    .replace(/\[\[:(\w+):\]\]/g, (whole, name: string) => (CLASSES[name] ? `[${CLASSES[name]}]` : whole))
    .replace(/^(.*)\\K(?!\\)/, (_, before: string) => `(?<=${before})`)
    .replace(/([*+?}])\+/g, '$1');
}

/** The character of `x1b` or `o33` at the beginning of a text, behind its backslash. GNU sed: convert_number */
export function numberedCharacter(text: string): { readonly character: string; readonly length: number } | undefined {
  const [whole, hex, octal] = /^(?:x([0-9a-fA-F]{1,2})|o([0-7]{1,3}))/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const character = String.fromCharCode(hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16));
  return { character, length: whole.length };
}

export function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (c) => (c === '-' ? '\\x2d' : `\\${c}`));
}

class Translator {
  private at = 0;
  private groups = 0;
  private depth = 0;
  private readonly extended: boolean;

  constructor(
    private readonly pattern: string,
    private readonly options: RegexOptions,
  ) {
    this.extended = options.syntax === 'extended';
  }

  source(): string {
    let out = '';
    /** Whether something stands before that a `*` can repeat. */
    let repeatable = false;
    /** Where the last atom begins, for double repetition. */
    let atomStart = 0;
    const stack: number[] = [];
    const { pattern, extended } = this;
    const atom = (text: string) => {
      atomStart = out.length;
      out += text;
      repeatable = true;
    };
    const repeat = (text: string) => {
      if (/[*+?}]$/.test(out.slice(atomStart)) && out.length > atomStart + 1 && this.repeated === out.length)
        out = `${out.slice(0, atomStart)}(?:${out.slice(atomStart)})`;
      out += text;
      this.repeated = out.length;
    };
    while (this.at < pattern.length) {
      const c = pattern[this.at++] ?? '';
      const escaped = c === '\\';
      if (escaped && this.at >= pattern.length) throw new BadPattern('Trailing backslash', 2);
      const e = escaped ? (pattern[this.at++] ?? '') : c;
      const special = extended ? !escaped : escaped;
      if (e === '(' && special) {
        stack.push(out.length);
        out += '(';
        this.groups++;
        this.depth++;
        repeatable = false;
      } else if (e === ')' && special && (this.depth > 0 || !extended)) {
        if (this.depth === 0) throw new BadPattern('Unmatched ) or \\)', 2);
        this.depth--;
        atomStart = stack.pop() ?? 0;
        out += ')';
        repeatable = true;
      } else if (e === '|' && special) {
        out += '|';
        repeatable = false;
      } else if (e === '{' && special && (repeatable || !extended) && !this.literalBrace()) {
        repeat(this.interval());
      } else if ((e === '+' || e === '?') && special && repeatable) repeat(e);
      else if (e === '*' && !escaped && repeatable) repeat('*');
      else if (escaped) {
        const text = this.escape(e);
        if (/^\\[bB]$|^\(\?/.test(text)) {
          out += text;
          repeatable = false;
        } else atom(text);
      } else if (c === '[') atom(this.bracket());
      else if (c === '.') atom('[^\\n]'.replace('\\n', this.options.escapes ? '' : '\\n') === '[^]' ? '[^]' : '[^\\n]');
      else if (c === '^' && (extended || this.anchorStart())) {
        out += '^';
        repeatable = false;
      } else if (c === '$' && (extended || this.anchorEnd())) {
        out += '$';
        repeatable = false;
      } else atom(escapeLiteral(c + this.lowSurrogate(c)));
    }
    if (this.depth > 0) throw new BadPattern(extended ? 'Unmatched ( or \\(' : 'Unmatched ( or \\(', 2);
    return out;
  }

  private repeated = -1;

  private lowSurrogate(c: string): string {
    const code = c.charCodeAt(0);
    const next = this.pattern.charCodeAt(this.at);
    if (code < 0xd800 || code > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return '';
    return this.pattern[this.at++] ?? '';
  }

  private anchorStart(): boolean {
    const before = this.pattern.slice(0, this.at - 1);
    return before === '' || before.endsWith('\\(') || before.endsWith('\\|') || before.endsWith('\n');
  }

  private anchorEnd(): boolean {
    const after = this.pattern.slice(this.at);
    return after === '' || after.startsWith('\\)') || after.startsWith('\\|') || after.startsWith('\n');
  }

  /** grep -E takes a brace that begins no interval as it stands. */
  private literalBrace(): boolean {
    return this.extended && !this.options.escapes && !/^(\d+,?\d*|,\d+)\}/.test(this.pattern.slice(this.at));
  }

  private interval(): string {
    const close = this.extended ? '}' : '\\}';
    const end = this.pattern.indexOf(close, this.at);
    if (end < 0) throw new BadPattern('Unmatched { or \\{'.replace('{ or \\{', this.extended ? '{' : '\\{'), 2);
    const text = this.pattern.slice(this.at, end);
    const match = /^(\d*)(,?)(\d*)$/.exec(text);
    if (!match || text === '') throw new BadPattern('Invalid content of \\{\\}', 2);
    this.at = end + close.length;
    if (match[3] && Number(match[1] || 0) > Number(match[3])) throw new BadPattern('Invalid content of \\{\\}', 2);
    return `{${match[1] || 0}${match[2]}${match[3]}}`;
  }

  private escape(e: string): string {
    if (/[wWsSbB]/.test(e)) return `\\${e}`;
    if (e === '<') return '\\b(?=\\w)';
    if (e === '>') return '\\b(?<=\\w)';
    if (e === '`') return '(?<![^])';
    if (e === "'") return '(?![^])';
    if (/[1-9]/.test(e)) {
      if (Number(e) > this.groups) throw new BadPattern('Invalid back reference', 2);
      return `(?:\\${e})`;
    }
    if (this.options.escapes) {
      const simple = { n: '\\n', t: '\\t', r: '\\r', f: '\\f', v: '\\v', a: '\\x07' }[e];
      if (simple) return simple;
      const code = numberedCharacter(this.pattern.slice(this.at - 1));
      if (code) {
        this.at += code.length - 1;
        return code.character === '.' ? '[^]' : escapeLiteral(code.character);
      }
    }
    return escapeLiteral(e);
  }

  private bracket(): string {
    const { pattern } = this;
    let negated = false;
    if (pattern[this.at] === '^') {
      negated = true;
      this.at++;
    }
    let inner = '';
    let first = true;
    for (;;) {
      if (this.at >= pattern.length) throw new BadPattern('Unmatched [, [^, [:, [., or [=', 2);
      const c = pattern[this.at] ?? '';
      if (c === ']' && !first) {
        this.at++;
        break;
      }
      first = false;
      const named = /^\[:([a-z]*):\]/.exec(pattern.slice(this.at));
      const single = /^\[([.=])(.)\1\]/u.exec(pattern.slice(this.at));
      if (named) {
        const members = CLASSES[named[1] ?? ''];
        if (members === undefined) throw new BadPattern('Invalid character class name', 2);
        inner += members;
        this.at += named[0].length;
        continue;
      }
      const from = single ? (single[2] ?? '') : this.member();
      if (single) this.at += single[0].length;
      if (pattern[this.at] === '-' && pattern[this.at + 1] !== ']' && this.at + 1 < pattern.length) {
        this.at++;
        const to = this.member();
        if ((to.codePointAt(0) ?? 0) < (from.codePointAt(0) ?? 0)) throw new BadPattern('Invalid range end', 2);
        inner += `${inBrackets(from)}-${inBrackets(to)}`;
      } else inner += inBrackets(from);
    }
    // A negated list does not match the end of a line, except where lines are joined (sed's N).
    return negated ? `[^${inner}${this.options.escapes ? '' : '\\n'}]` : `[${inner}]`;
  }

  private member(): string {
    const c = this.pattern[this.at++] ?? '';
    if (c === '\\' && this.options.escapes) {
      const simple = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', '\\': '\\', ']': ']' }[this.pattern[this.at] ?? ''];
      if (simple && this.pattern[this.at] !== ']') {
        this.at++;
        return simple;
      }
      const code = numberedCharacter(this.pattern.slice(this.at));
      if (code) {
        this.at += code.length;
        return code.character;
      }
    }
    return c + this.lowSurrogate(c);
  }
}

function inBrackets(character: string): string {
  return /[\\\][^\-&~!#$%*+,./:;<=>?@`{}|()]/.test(character)
    ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
    : character;
}

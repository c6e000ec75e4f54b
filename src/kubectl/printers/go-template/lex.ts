export type TokenKind =
  | 'text'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword'
  | 'string'
  | 'number'
  | 'char'
  | 'bool'
  | 'nil'
  | 'dot'
  | 'pipe'
  | 'declare'
  | 'assign'
  | 'left'
  | 'right'
  | 'comma'
  | 'space'
  | 'open'
  | 'close'
  /** Any other printable character: the parser refuses it where it stands. */
  | 'other';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

const KEYWORDS = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with']);

/** A failure at an offset of the text. */
export class LexError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** Cuts a template into tokens. Raises LexError. Go: text/template/parse/lex.go */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  for (;;) {
    const open = text.indexOf('{{', at);
    let plain = text.slice(at, open < 0 ? text.length : open);
    const offset = trimNext ? plain.length - plain.replace(/^[ \t\r\n]+/, '').length : 0;
    plain = plain.slice(offset);
    const trimsLeft = open >= 0 && /^\{\{-[ \t\r\n]/.test(text.slice(open, open + 4));
    if (trimsLeft) plain = plain.replace(/[ \t\r\n]+$/, '');
    if (plain !== '') tokens.push({ kind: 'text', text: plain, at: at + offset });
    if (open < 0) return tokens;
    at = open + (trimsLeft ? 3 : 2);
    if (/^\s*\/\*/.test(text.slice(at))) {
      const comment = /^\s*\/\*[\s\S]*?\*\//.exec(text.slice(at));
      if (!comment) throw new LexError('unclosed comment', at);
      const end = /^([ \t\r\n]-)?\}\}/.exec(text.slice(at + comment[0].length));
      if (!end) throw new LexError('comment ends before closing delimiter', at);
      at += comment[0].length + end[0].length;
      trimNext = end[1] !== undefined;
      continue;
    }
    tokens.push({ kind: 'left', text: '{{', at: open });
    const action = new ActionLexer(text, at, tokens);
    action.run();
    at = action.at;
    trimNext = action.trims;
  }
}

class ActionLexer {
  trims = false;
  private depth = 0;

  constructor(
    private readonly text: string,
    public at: number,
    private readonly tokens: Token[],
  ) {}

  run(): void {
    for (;;) {
      const rest = this.text.slice(this.at);
      const end = /^([ \t\r\n]-)?\}\}/.exec(rest);
      if (end) {
        if (this.depth > 0) throw new LexError('unclosed left paren', this.at);
        this.tokens.push({ kind: 'right', text: '}}', at: this.at });
        this.trims = end[1] !== undefined;
        this.at += end[0].length;
        return;
      }
      if (rest === '') throw new LexError('unclosed action', this.at);
      this.token(rest);
    }
  }

  private push(kind: TokenKind, text: string): void {
    this.tokens.push({ kind, text, at: this.at });
    this.at += text.length;
  }

  private token(rest: string): void {
    const space = /^[ \t\r\n]+/.exec(rest)?.[0];
    if (space !== undefined) {
      // A space before the trim marker belongs to it.
      const length = /^[ \t\r\n]+-\}\}/.test(rest) ? space.length - 1 : space.length;
      if (length > 0) this.push('space', space.slice(0, length));
      return;
    }
    if (rest.startsWith(':=')) return this.push('declare', ':=');
    if (rest.startsWith(':')) throw new LexError('expected :=', this.at);
    const single = ({ '=': 'assign', '|': 'pipe', ',': 'comma' } as const)[rest.charAt(0) as '='];
    if (single) return this.push(single, rest.charAt(0));
    if (rest.startsWith('(')) {
      this.depth++;
      return this.push('open', '(');
    }
    if (rest.startsWith(')')) {
      this.depth--;
      if (this.depth < 0) throw new LexError('unexpected right paren', this.at);
      return this.push('close', ')');
    }
    if (rest.startsWith('"')) return this.pushString(rest, /^"(?:[^"\\\n]|\\.)*"/, 'unterminated quoted string');
    if (rest.startsWith('`')) return this.pushString(rest, /^`[^`]*`/, 'unterminated raw quoted string');
    if (rest.startsWith("'"))
      return this.pushString(rest, /^'(?:[^'\\\n]|\\.)+'/, 'unterminated character constant', 'char');
    const variable = /^\$[\p{L}\p{Nd}_]*/u.exec(rest)?.[0];
    if (variable !== undefined) return this.pushWord('variable', variable, rest);
    const number =
      /^[+-]?(0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d+)?)/.exec(
        rest,
      )?.[0];
    if (number !== undefined) return this.push('number', number);
    const field = /^\.[\p{L}_][\p{L}\p{Nd}_]*/u.exec(rest)?.[0];
    if (field !== undefined) return this.pushWord('field', field, rest);
    if (rest.startsWith('.')) return this.push('dot', '.');
    const word = /^[\p{L}_][\p{L}\p{Nd}_]*/u.exec(rest)?.[0];
    if (word === undefined) {
      if (/^[!-~]/.test(rest)) return this.push('other', rest.charAt(0));
      throw new LexError(`unrecognized character in action: ${describe(rest)}`, this.at);
    }
    if (KEYWORDS.has(word)) return this.pushWord('keyword', word, rest);
    if (word === 'true' || word === 'false') return this.pushWord('bool', word, rest);
    this.pushWord(word === 'nil' ? 'nil' : 'identifier', word, rest);
  }

  /** A word must end before something that may follow words. */
  private pushWord(kind: TokenKind, word: string, rest: string): void {
    const after = rest.slice(word.length);
    if (after !== '' && !/^(?:[ \t\r\n.,|:)(]|\}\})/.test(after))
      throw new LexError(`bad character ${describe(after)}`, this.at);
    this.push(kind, word);
  }

  private pushString(rest: string, pattern: RegExp, failure: string, kind: TokenKind = 'string'): void {
    const text = pattern.exec(rest)?.[0];
    if (text === undefined) throw new LexError(failure, this.at);
    this.push(kind, text);
  }
}

/** fmt's %#U. */
function describe(text: string): string {
  const char = String.fromCodePoint(text.codePointAt(0) ?? 0);
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${char}'`;
}

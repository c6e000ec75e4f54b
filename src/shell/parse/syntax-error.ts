import type { ParseError } from 'unbash';

/**
 * What bash says of a text that it cannot parse.
 * `end`: the text ends too early; an interactive shell asks for more.
 */
export type SyntaxProblem =
  | { readonly kind: 'token'; readonly pos: number; readonly token: string }
  | {
      readonly kind: 'quote';
      readonly pos: number;
      readonly close: string;
      readonly atEnd: boolean;
      readonly array: boolean;
    }
  | { readonly kind: 'end'; readonly expected: string | undefined }
  | { readonly kind: 'conditional'; readonly pos: number; readonly message: string; readonly near: string | undefined };

const OPERATOR = /^(?:&>>|&>|&&|\|\||;;&|;;|;&|\|&|<<<|<<-|<<|>>|>&|<&|<>|>\||[&;|<>()\n])/;

/** The token that begins at `pos`, after blanks; `newline` at a line's end, undefined at the end of the text. */
export function tokenAt(text: string, pos: number): string | undefined {
  let at = pos;
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at++;
    if (text.startsWith('\\\n', at)) at += 2;
    else if (text[at] === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else break;
  }
  const rest = text.slice(at, at + 200);
  if (rest === '') return undefined;
  const operator = OPERATOR.exec(rest)?.[0];
  if (operator !== undefined) return operator === '\n' ? 'newline' : operator;
  return /^(?:\\.|"[^"]*"|'[^']*'|[^\s;&|<>()])+/.exec(rest)?.[0] ?? rest[0];
}

const UNTERMINATED: readonly (readonly [message: string, close: string, atEnd: boolean])[] = [
  ['unterminated double quote', '"', false],
  ['unterminated single quote', "'", false],
  ['unterminated command substitution', ')', true],
  ['unterminated process substitution', ')', true],
  ['unterminated backtick', '`', false],
  ['unterminated parameter expansion', '}', false],
  ['unterminated arithmetic expansion', ')', false],
  ['unterminated arithmetic command', ')', false],
  ['unterminated extended glob', ')', false],
  ['unterminated array', ')', false],
  ['unterminated', "'", false],
];

/** Reserved words that end a compound list: where a list is over, the text before may just be short. */
function problemOf(text: string, error: ParseError, all: readonly ParseError[]): SyntaxProblem {
  for (const [message, close, atEnd] of UNTERMINATED) {
    if (error.message.startsWith(message)) {
      return { kind: 'quote', pos: error.pos, close, atEnd, array: message === 'unterminated extended glob' };
    }
  }
  if (error.message.includes('test operator') || error.message.includes(`close '[['`) || inTest(text, error, all)) {
    return conditionalProblem(text, error);
  }
  let pos = error.pos;
  if (error.message === "expected 'do'") {
    // The word that stands where `do` should be has been skipped.
    const word = /[^\s;&|<>()]+[ \t]*$/.exec(text.slice(0, pos));
    const before = word ? text.slice(0, word.index) : '';
    if (word && /[;\n][ \t]*$/.test(before)) pos = word.index;
  } else if (error.message === "expected 'then'") {
    // So has a word that ends what has not begun.
    const word = /(?<=[;\n][ \t]*)(?:fi|else|elif|do|done|esac|\})[ \t]*$/.exec(text.slice(0, pos));
    if (word) pos = word.index;
  }
  // `for` without a name.
  if (/(?:^|[\s;&|(])(?:for|select)[ \t]*$/.test(text.slice(0, pos))) {
    return { kind: 'token', pos, token: tokenAt(text, pos) ?? 'newline' };
  }
  if (error.message === 'expected command in brace group' && text[pos] === '{') pos++;
  // `a(b)`: after the parenthesis of a function only its partner may come.
  const inner =
    text[pos] === ')' ? /(?:^|[\s;&|])[^\s;&|()]+[ \t]*\([ \t]*([^\s;&|()]+)[ \t]*$/.exec(text.slice(0, pos)) : null;
  if (inner?.[1]) return { kind: 'token', pos: pos - inner[1].length, token: inner[1] };
  let token = tokenAt(text, pos);
  // Newlines are nothing where a command may still come.
  if (token === 'newline' && !error.message.includes('redirect')) {
    const rest = /^[ \t]*(?:\n[ \t]*|#[^\n]*)*/.exec(text.slice(pos))?.[0] ?? '';
    if (error.message.startsWith('expected')) {
      pos += rest.length;
      token = tokenAt(text, pos);
    }
  }
  if (token === undefined) {
    return error.message.includes('redirect')
      ? { kind: 'token', pos, token: 'newline' }
      : { kind: 'end', expected: /^expected '([^']+)'/.exec(error.message)?.[1] };
  }
  return { kind: 'token', pos, token };
}

/** An unexpected word inside of `[[ … ]]`: the parser then misses the closing brackets as well. */
function inTest(text: string, error: ParseError, all: readonly ParseError[]): boolean {
  return (
    error.message.startsWith('unexpected token') &&
    text.slice(0, error.pos).includes('[[') &&
    all.some((other) => other.message.includes(`close '[['`))
  );
}

// bash: parse.y cond_term
function conditionalProblem(text: string, error: ParseError): SyntaxProblem {
  const token = tokenAt(text, error.pos);
  const before = text.slice(0, error.pos);
  const operator = /(?:^|\s)(==?|!=|=~|<|>|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))\s*(\]\])?\s*$/.exec(before);
  if (operator?.[2] || (operator && token === ']]')) {
    return {
      kind: 'conditional',
      pos: error.pos,
      message: `unexpected argument \`]]' to conditional binary operator`,
      near: ']]',
    };
  }
  if (error.message.includes('unary')) {
    return {
      kind: 'conditional',
      pos: error.pos,
      message: `unexpected argument \`${token ?? 'newline'}' to conditional unary operator`,
      near: token,
    };
  }
  if (token === undefined) {
    const message = "unexpected token `newline', conditional binary operator expected";
    return /\[\[\s*$|(?:&&|\|\||[(!])\s*$/.test(before)
      ? { kind: 'end', expected: undefined }
      : { kind: 'conditional', pos: error.pos, message, near: undefined };
  }
  return { kind: 'conditional', pos: error.pos, message: 'conditional binary operator expected', near: token };
}

/** The first problem of a text, or undefined. */
export function firstProblem(text: string, errors: readonly ParseError[] | undefined): SyntaxProblem | undefined {
  let first: ParseError | undefined;
  for (const error of errors ?? []) if (!first || error.pos < first.pos) first = error;
  return first && problemOf(text, first, errors ?? []);
}

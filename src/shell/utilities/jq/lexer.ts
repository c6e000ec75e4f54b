import { JqSyntaxError } from './syntax.ts';

export type JqToken =
  | {
      readonly kind: 'word' | 'field' | 'variable' | 'format' | 'operator' | 'end';
      readonly text: string;
      readonly at: number;
    }
  | { readonly kind: 'number'; readonly text: string; readonly value: number; readonly at: number }
  | {
      readonly kind: 'string';
      readonly text: string;
      readonly parts: readonly (string | readonly JqToken[])[];
      readonly at: number;
    };

const OPERATORS = [
  '?//=',
  '?//',
  '//=',
  '|=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '==',
  '!=',
  '<=',
  '>=',
  '//',
  '..',
  '<',
  '>',
  '=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '|',
  ',',
  '.',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  ':',
  ';',
  '?',
];

export function tokenizeJq(text: string): JqToken[] {
  const { tokens, end } = scan(text, 0, false);
  return [...tokens, { kind: 'end', text: '', at: end }];
}

/** Up to the end, or within a string up to the parenthesis that ends `\(`. */
function scan(text: string, from: number, nested: boolean): { tokens: JqToken[]; end: number } {
  const tokens: JqToken[] = [];
  let at = from;
  let depth = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const blank = /^(?:\s+|#[^\n]*)/.exec(rest)?.[0];
    if (blank) {
      at += blank.length;
      continue;
    }
    if (rest.startsWith('"')) {
      const string = scanString(text, at);
      tokens.push(string.token);
      at = string.end;
      continue;
    }
    const match =
      word('number', /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/) ??
      word('field', /^\.[A-Za-z_]\w*/) ??
      word('variable', /^\$(?:__loc__|[A-Za-z_]\w*(?:::\w+)*)/) ??
      word('format', /^@\w+/) ??
      word('word', /^[A-Za-z_]\w*(?:::\w+)*/);
    function word(kind: 'number' | 'field' | 'variable' | 'format' | 'word', pattern: RegExp): JqToken | undefined {
      const found = pattern.exec(rest)?.[0];
      if (found === undefined) return undefined;
      return kind === 'number' ? { kind, text: found, value: Number(found), at } : { kind, text: found, at };
    }
    if (match) {
      tokens.push(match);
      at += match.text.length;
      continue;
    }
    const operator = OPERATORS.find((one) => rest.startsWith(one));
    if (operator === undefined) throw new JqSyntaxError('syntax error, unexpected INVALID_CHARACTER', at);
    if (nested && operator === ')' && depth === 0) return { tokens, end: at };
    if (operator === '(') depth++;
    if (operator === ')') depth--;
    tokens.push({ kind: 'operator', text: operator, at });
    at += operator.length;
  }
  if (nested) throw new JqSyntaxError('syntax error, unexpected end of file', at);
  return { tokens, end: at };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '/': '/',
  '\\': '\\',
  '"': '"',
};

function scanString(text: string, start: number): { token: JqToken; end: number } {
  const parts: (string | readonly JqToken[])[] = [];
  let plain = '';
  let at = start + 1;
  while (text[at] !== '"') {
    const c = text[at];
    if (c === undefined)
      throw new JqSyntaxError(
        'syntax error, unexpected end of file, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END',
        at,
      );
    if (c !== '\\') {
      plain += c;
      at++;
      continue;
    }
    const next = text[at + 1] ?? '';
    const unicode = /^u([0-9a-fA-F]{4})/.exec(text.slice(at + 1));
    if (next === '(') {
      if (plain !== '') parts.push(plain);
      plain = '';
      const inner = scan(text, at + 2, true);
      parts.push([...inner.tokens, { kind: 'end', text: '', at: inner.end }]);
      at = inner.end + 1;
    } else if (unicode) {
      plain += String.fromCharCode(Number.parseInt(unicode[1] ?? '0', 16));
      at += 6;
    } else {
      const simple = ESCAPES[next];
      if (simple === undefined)
        throw new JqSyntaxError(`Invalid escape at line 1, column 4 (while parsing '"\\${next}"')`, at);
      plain += simple;
      at += 2;
    }
  }
  if (plain !== '' || parts.length === 0) parts.push(plain);
  return { token: { kind: 'string', text: text.slice(start, at + 1), parts, at: start }, end: at + 1 };
}

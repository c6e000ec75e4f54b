/** A token of an arithmetic expression; `pos` is where it begins. */
export interface ArithmeticToken {
  readonly kind: 'number' | 'name' | 'operator' | 'end';
  readonly text: string;
  readonly pos: number;
  /** Text between brackets after a name. */
  readonly subscript?: string;
}

/** Raised for an expression that cannot be computed; `rest` is bash's error token. */
export class ArithmeticProblem extends Error {
  constructor(
    message: string,
    readonly rest: string,
    /** The expression, when it is another than the one given: a variable's value. */
    readonly expression?: string,
  ) {
    super(message);
  }
}

const OPERATORS = [
  '<<=',
  '>>=',
  '**',
  '++',
  '--',
  '<<',
  '>>',
  '<=',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
  '*=',
  '/=',
  '%=',
  '+=',
  '-=',
  '&=',
  '^=',
  '|=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '<',
  '>',
  '!',
  '~',
  '&',
  '|',
  '^',
  '=',
  '?',
  ':',
  '(',
  ')',
  ',',
];

/** One token after another, as bash: expr.c readtok. */
export function nextToken(text: string, from: number): ArithmeticToken & { readonly end: number } {
  let pos = from;
  while (/\s/.test(text[pos] ?? '')) pos++;
  const char = text[pos];
  if (char === undefined) return { kind: 'end', text: '', pos, end: pos };
  if (/[A-Za-z_]/.test(char)) {
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(pos, pos + 1000))?.[0] ?? char;
    const end = pos + name.length;
    if (text[end] !== '[') return { kind: 'name', text: name, pos, end };
    const close = closingBracket(text, end);
    if (close < 0) throw new ArithmeticProblem('bad array subscript', text.slice(pos));
    return { kind: 'name', text: name, pos, subscript: text.slice(end + 1, close), end: close + 1 };
  }
  if (/[0-9]/.test(char)) {
    const number = /^[0-9A-Za-z#@_]+/.exec(text.slice(pos, pos + 1000))?.[0] ?? char;
    return { kind: 'number', text: number, pos, end: pos + number.length };
  }
  for (const operator of OPERATORS) {
    if (text.startsWith(operator, pos)) return { kind: 'operator', text: operator, pos, end: pos + operator.length };
  }
  throw new ArithmeticProblem('syntax error: invalid arithmetic operator', text.slice(pos));
}

function closingBracket(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '[') depth++;
    else if (text[at] === ']' && --depth === 0) return at;
  }
  return -1;
}

/** `10`, `0x1f`, `017`, `2#101`, `36#z`. */
export function parseNumber(token: string, rest: string): bigint {
  let base = 10;
  let digits = token;
  if (/^0[xX]/.test(token)) {
    base = 16;
    digits = token.slice(2);
  } else if (token.includes('#')) {
    const hash = token.indexOf('#');
    base = Number(token.slice(0, hash));
    digits = token.slice(hash + 1);
    if (!Number.isInteger(base) || base < 2 || base > 64) throw new ArithmeticProblem('invalid arithmetic base', rest);
    if (digits === '') throw new ArithmeticProblem('invalid integer constant', rest);
  } else if (token.length > 1 && token.startsWith('0')) {
    base = 8;
    digits = token.slice(1);
  }
  let value = 0n;
  for (const char of digits) {
    const digit = digitValue(char, base);
    if (digit >= base) throw new ArithmeticProblem('value too great for base', rest);
    value = BigInt.asIntN(64, value * BigInt(base) + BigInt(digit));
  }
  return value;
}

function digitValue(char: string, base: number): number {
  if (/[0-9]/.test(char)) return Number(char);
  if (/[a-z]/.test(char)) return char.charCodeAt(0) - 87;
  if (/[A-Z]/.test(char)) return char.charCodeAt(0) - (base <= 36 ? 55 : 29);
  return char === '@' ? 62 : char === '_' ? 63 : 99;
}

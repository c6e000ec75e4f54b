import { Fail } from '../fail.ts';

export interface AwkToken {
  readonly kind:
    | 'number'
    | 'string'
    | 'regex'
    | 'name'
    | 'function'
    | 'builtin'
    | 'keyword'
    | 'operator'
    | 'newline'
    | 'end';
  readonly text: string;
  readonly line: number;
}

const KEYWORDS = new Set([
  'BEGIN',
  'END',
  'function',
  'func',
  'if',
  'else',
  'while',
  'for',
  'do',
  'break',
  'continue',
  'next',
  'nextfile',
  'exit',
  'return',
  'delete',
  'in',
  'getline',
  'print',
  'printf',
]);
export const BUILTINS = new Set([
  'length',
  'substr',
  'index',
  'split',
  'sub',
  'gsub',
  'gensub',
  'match',
  'sprintf',
  'sin',
  'cos',
  'atan2',
  'exp',
  'log',
  'sqrt',
  'int',
  'rand',
  'srand',
  'tolower',
  'toupper',
  'system',
  'close',
  'fflush',
  'strftime',
  'systime',
  'mktime',
  'asort',
  'asorti',
  'and',
  'or',
  'xor',
  'lshift',
  'rshift',
  'compl',
  'strtonum',
]);
const OPERATORS = [
  '**=',
  '&&',
  '||',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '**',
  '==',
  '<=',
  '>=',
  '!=',
  '!~',
  '>>',
  '|&',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '>',
  '<',
  '|',
  '?',
  ':',
  '~',
  '$',
  '=',
];

/** Splits a program into tokens; whether `/` begins a pattern depends on what stands before it. */
export function tokenizeAwk(text: string): AwkToken[] {
  const tokens: AwkToken[] = [];
  let at = 0;
  let line = 1;
  const push = (kind: AwkToken['kind'], value: string) => tokens.push({ kind, text: value, line });
  while (at < text.length) {
    const rest = text.slice(at);
    const c = text[at] ?? '';
    if (c === '\n') {
      push('newline', '\n');
      line++;
      at++;
    } else if (/^\\\r?\n/.test(rest)) {
      at += rest.startsWith('\\\r') ? 3 : 2;
      line++;
    } else if (/\s/.test(c)) at++;
    else if (c === '#') {
      const end = rest.indexOf('\n');
      at += end < 0 ? rest.length : end;
    } else if (c === '"') {
      const { value, length } = stringLiteral(rest, line);
      push('string', value);
      at += length;
    } else if (c === '/' && regexMayFollow(tokens.at(-1))) {
      const length = regexLength(rest, line);
      push('regex', rest.slice(1, length - 1).replaceAll('\\/', '/'));
      at += length;
    } else {
      const number = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(rest)?.[0];
      const name = /^[A-Za-z_]\w*/.exec(rest)?.[0];
      if (number !== undefined) {
        push('number', number);
        at += number.length;
      } else if (name !== undefined) {
        at += name.length;
        if (KEYWORDS.has(name)) push('keyword', name === 'func' ? 'function' : name);
        else if (BUILTINS.has(name)) push('builtin', name);
        else push(text[at] === '(' ? 'function' : 'name', name);
      } else {
        const operator = OPERATORS.find((one) => rest.startsWith(one));
        if (operator === undefined) throw new Fail(`line ${line}: syntax error at or near ${c}`, 2);
        push('operator', operator === '**' ? '^' : operator === '**=' ? '^=' : operator);
        at += operator.length;
      }
    }
  }
  push('newline', '\n');
  line++;
  push('end', '');
  return tokens;
}

function regexMayFollow(before: AwkToken | undefined): boolean {
  if (!before) return true;
  if (['number', 'string', 'name', 'builtin', 'regex'].includes(before.kind)) return false;
  if (before.kind === 'operator') return ![')', ']', '$', '++', '--'].includes(before.text);
  return true;
}

function regexLength(rest: string, line: number): number {
  let inList = false;
  for (let at = 1; at < rest.length; at++) {
    const c = rest[at];
    if (c === '\n') break;
    if (c === '\\') at++;
    else if (c === '[' && !inList) {
      inList = true;
      if (rest[at + 1] === '^') at++;
      if (rest[at + 1] === ']') at++;
    } else if (c === ']') inList = false;
    else if (c === '/' && !inList) return at + 1;
  }
  throw new Fail(`line ${line}: regular expression compile failed (missing operand)\n${rest.split('\n')[0]}`, 2);
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  '/': '/',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

function stringLiteral(rest: string, line: number): { value: string; length: number } {
  for (let at = 1; at < rest.length; at++) {
    if (rest[at] === '\\') at++;
    else if (rest[at] === '\n') break;
    else if (rest[at] === '"') return { value: unescapeAwk(rest.slice(1, at)), length: at + 1 };
  }
  throw new Fail(`line ${line}: runaway string constant ${rest.split('\n')[0]?.slice(0, 20)} ...`, 2);
}

/** The escapes of a string constant and of `-v`. */
export function unescapeAwk(text: string): string {
  return text.replace(/\\(\n|[0-7]{1,3}|[\s\S])/g, (whole, code: string) => {
    if (code === '\n') return '';
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return ESCAPES[code] ?? whole;
  });
}

import type { Shell } from '../state/shell.ts';
import { compareFiles } from '../tests/file-tests.ts';
import { isUnary, unaryTest } from '../tests/unary.ts';
import { type Builtin, fail } from './builtin.ts';

class TestError extends Error {}

const BINARY = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);
/** Parentheses and negations in one expression. */
const MAX_DEPTH = 500;

function integer(text: string): bigint {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new TestError(`${text}: integer expression expected`);
  return BigInt(text.trim().replace(/^\+/, ''));
}

function binary(shell: Shell, left: string, operator: string, right: string): boolean {
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-nt':
    case '-ot':
    case '-ef':
      return compareFiles(shell, operator, left, right);
    default: {
      const a = integer(left);
      const b = integer(right);
      return (
        { '-eq': a === b, '-ne': a !== b, '-lt': a < b, '-le': a <= b, '-gt': a > b, '-ge': a >= b }[operator] ?? false
      );
    }
  }
}

/** POSIX: the meaning follows from the number of arguments; more than four are parsed. bash: test.c posixtest */
class Expression {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly shell: Shell,
    private readonly args: readonly string[],
  ) {}

  run(): boolean {
    const value = this.byCount(this.args);
    if (value !== undefined) return value;
    const result = this.or();
    if (this.at < this.args.length) throw new TestError('too many arguments');
    return result;
  }

  private byCount(args: readonly string[]): boolean | undefined {
    const [a = '', b = '', c = '', d = ''] = args;
    switch (args.length) {
      case 0:
        return false;
      case 1:
        return a !== '';
      case 2:
        if (a === '!') return b === '';
        if (isUnary(a)) return unaryTest(this.shell, a, b);
        throw new TestError(`${this.shell.dialect === 'ash' ? b : a}: unary operator expected`);
      case 3:
        if (BINARY.has(b)) return binary(this.shell, a, b, c);
        if (b === '-a') return a !== '' && c !== '';
        if (b === '-o') return a !== '' || c !== '';
        if (a === '!') return !this.byCount([b, c]);
        if (a === '(' && c === ')') return b !== '';
        throw new TestError(`${b}: binary operator expected`);
      case 4:
        if (a === '!') return !this.byCount([b, c, d]);
        if (a === '(' && d === ')') return this.byCount([b, c]);
        return undefined;
      default:
        return undefined;
    }
  }

  private or(): boolean {
    if (++this.depth > MAX_DEPTH) throw new TestError('too many arguments');
    let value = this.and();
    while (this.args[this.at] === '-o') {
      this.at++;
      value = this.and() || value;
    }
    this.depth--;
    return value;
  }

  private and(): boolean {
    let value = this.term();
    while (this.args[this.at] === '-a') {
      this.at++;
      value = this.term() && value;
    }
    return value;
  }

  private term(): boolean {
    const first = this.args[this.at];
    if (first === undefined) throw new TestError('argument expected');
    const second = this.args[this.at + 1];
    if (second !== undefined && BINARY.has(second)) {
      const third = this.args[this.at + 2];
      if (third === undefined) throw new TestError('argument expected');
      this.at += 3;
      return binary(this.shell, first, second, third);
    }
    if (first === '!') {
      this.at++;
      let inverted = true;
      while (this.args[this.at] === '!') {
        this.at++;
        inverted = !inverted;
      }
      return this.term() !== inverted;
    }
    if (first === '(') {
      this.at++;
      const value = this.or();
      if (this.args[this.at] !== ')') throw new TestError("`)' expected");
      this.at++;
      return value;
    }
    if (isUnary(first) && second !== undefined) {
      this.at += 2;
      return unaryTest(this.shell, first, second);
    }
    this.at++;
    return first !== '';
  }
}

export const test: Builtin = {
  names: ['test', '['],
  *run(shell, args, name) {
    let rest = args;
    if (name === '[') {
      if (args.at(-1) !== ']') return yield* fail(shell, name, "missing `]'", 2);
      rest = args.slice(0, -1);
    }
    try {
      return new Expression(shell, rest).run() ? 0 : 1;
    } catch (error) {
      if (!(error instanceof TestError)) throw error;
      return yield* fail(shell, name, error.message, 2);
    }
  },
};

import { compilePattern } from './bre.ts';
import { Fail } from './fail.ts';
import { Usage } from './options.ts';
import { quote } from './quote.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

export const expr = utility({
  name: 'expr',
  usage: 'EXPRESSION\n  or:  expr OPTION',
  about: 'Print the value of EXPRESSION to standard output.',
  usageStatus: 2,
  *run(tool) {
    const words = tool.args[0] === '--' ? tool.args.slice(1) : tool.args;
    if (words.length === 0) throw new Usage('missing operand');
    const parser = new Parser(tool, words);
    const value = parser.all();
    tool.put(`${value}\n`);
    return value === '' || /^-?0+$/.test(value) ? 1 : 0;
  },
});

const LEVELS: readonly (readonly string[])[] = [
  ['|'],
  ['&'],
  ['<', '<=', '=', '==', '!=', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%'],
  [':'],
];

class Parser {
  private at = 0;

  constructor(
    private readonly tool: Tool,
    private readonly words: readonly string[],
  ) {}

  all(): string {
    const value = this.level(0);
    if (this.at < this.words.length)
      throw new Fail(`syntax error: unexpected argument ${quote(this.tool, this.words[this.at] ?? '')}`, 2);
    return value;
  }

  private level(depth: number): string {
    const operators = LEVELS[depth];
    if (!operators) return this.primary();
    let left = this.level(depth + 1);
    while (operators.includes(this.words[this.at] ?? '')) {
      const operator = this.words[this.at++] ?? '';
      left = this.apply(operator, left, this.level(depth + 1));
    }
    return left;
  }

  private next(): string {
    const word = this.words[this.at++];
    if (word === undefined)
      throw new Fail(`syntax error: missing argument after ${quote(this.tool, this.words.at(-1) ?? '')}`, 2);
    return word;
  }

  private primary(): string {
    const word = this.next();
    if (word === '(') {
      const value = this.level(0);
      if (this.words[this.at++] !== ')')
        throw new Fail(`syntax error: expecting ')' after ${quote(this.tool, this.words[this.at - 2] ?? '')}`, 2);
      return value;
    }
    if (word === '+' && this.at < this.words.length) return this.next();
    if (word === 'length' && this.at < this.words.length) return String([...this.primary()].length);
    if (word === 'match') return match(this.primary(), this.primary());
    if (word === 'index') {
      const text = this.primary();
      const set = this.primary();
      return String([...text].findIndex((character) => set.includes(character)) + 1);
    }
    if (word === 'substr') {
      const text = this.primary();
      const from = Number(this.primary());
      const length = Number(this.primary());
      return from >= 1 && length > 0 ? [...text].slice(from - 1, from - 1 + length).join('') : '';
    }
    return word;
  }

  private apply(operator: string, left: string, right: string): string {
    const isNull = (text: string) => text === '' || /^-?0+$/.test(text);
    if (operator === '|') return isNull(left) ? (isNull(right) ? '0' : right) : left;
    if (operator === '&') return isNull(left) || isNull(right) ? '0' : left;
    if (operator === ':') return match(left, right);
    const numbers = /^-?\d+$/.test(left) && /^-?\d+$/.test(right);
    if (['+', '-', '*', '/', '%'].includes(operator)) {
      if (!numbers) throw new Fail('non-integer argument', 2);
      const a = BigInt(left);
      const b = BigInt(right);
      if ((operator === '/' || operator === '%') && b === 0n) throw new Fail('division by zero', 2);
      return String(
        operator === '+'
          ? a + b
          : operator === '-'
            ? a - b
            : operator === '*'
              ? a * b
              : operator === '/'
                ? a / b
                : a % b,
      );
    }
    const order = numbers
      ? BigInt(left) < BigInt(right)
        ? -1
        : BigInt(left) > BigInt(right)
          ? 1
          : 0
      : left < right
        ? -1
        : left > right
          ? 1
          : 0;
    const holds = {
      '<': order < 0,
      '<=': order <= 0,
      '=': order === 0,
      '==': order === 0,
      '!=': order !== 0,
      '>=': order >= 0,
      '>': order > 0,
    }[operator];
    return holds ? '1' : '0';
  }
}

function match(text: string, pattern: string): string {
  const found = compilePattern(`^\\(?:\\)`.slice(0, 0) + pattern, { syntax: 'basic', flags: 'y' }).exec(text);
  const grouped = /\\\(/.test(pattern);
  if (!found) return grouped ? '' : '0';
  return grouped ? (found[1] ?? '') : String([...found[0]].length);
}

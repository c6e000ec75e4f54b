import { ArithmeticProblem, type ArithmeticToken, nextToken, parseNumber } from './arithmetic-tokens.ts';

/** Where an expression's variables live. Subscripts are the text between the brackets. */
export interface ArithmeticVariables {
  get(name: string, subscript: string | undefined): string | undefined;
  set(name: string, subscript: string | undefined, value: string): void;
}

/** bash: expr.c MAX_EXPR_RECURSION_LEVEL */
const MAX_LEVEL = 1024;
/** Parentheses in one expression: the host's stack is not the learner's. */
const MAX_NESTING = 200;

const BINARY: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const ASSIGNMENTS = new Set(['=', '*=', '/=', '%=', '+=', '-=', '<<=', '>>=', '&=', '^=', '|=']);

interface Operand {
  readonly value: bigint;
  readonly name?: string;
  readonly subscript?: string | undefined;
}

class Evaluator {
  private token: ArithmeticToken & { end: number };
  private previous = 0;
  private nesting = 0;
  /** Above 0 in the branch that is not taken. */
  private skipping = 0;

  constructor(
    private readonly text: string,
    private readonly variables: ArithmeticVariables,
    private readonly level: number,
  ) {
    this.token = nextToken(text, 0);
  }

  run(): bigint {
    if (this.atEnd()) return 0n;
    const value = this.comma();
    if (!this.atEnd()) {
      throw new ArithmeticProblem('syntax error in expression', this.text.slice(this.token.pos));
    }
    return value;
  }

  private advance(): void {
    this.previous = this.token.pos;
    this.token = nextToken(this.text, this.token.end);
  }

  private atEnd(): boolean {
    return this.token.kind === 'end';
  }

  private atName(): boolean {
    return this.token.kind === 'name';
  }

  private is(...operators: readonly string[]): boolean {
    return this.token.kind === 'operator' && operators.includes(this.token.text);
  }

  private fail(message: string, pos = this.token.pos): never {
    throw new ArithmeticProblem(message, this.text.slice(pos));
  }

  private comma(): bigint {
    if (++this.nesting > MAX_NESTING) this.fail('expression recursion level exceeded');
    let value = this.assignment().value;
    while (this.is(',')) {
      this.advance();
      value = this.assignment().value;
    }
    this.nesting--;
    return value;
  }

  private assignment(): Operand {
    const start = this.token.pos;
    const left = this.conditional();
    if (!(this.token.kind === 'operator' && ASSIGNMENTS.has(this.token.text))) return left;
    const operator = this.token.text;
    if (left.name === undefined) {
      this.fail('attempted assignment to non-variable', this.token.pos);
    }
    this.advance();
    if (++this.nesting > MAX_NESTING) this.fail('expression recursion level exceeded', start);
    const right = this.assignment().value;
    this.nesting--;
    const value = operator === '=' ? right : this.compute(operator.slice(0, -1), left.value, right);
    this.store(left, value);
    return { value };
  }

  private store(target: Operand, value: bigint): void {
    if (this.skipping === 0 && target.name !== undefined) {
      this.variables.set(target.name, target.subscript, String(value));
    }
  }

  private conditional(): Operand {
    const test = this.binary(0);
    if (!this.is('?')) return test;
    this.advance();
    if (this.token.kind === 'end' || this.is(':')) this.fail('expression expected');
    const taken = test.value !== 0n;
    const yes = this.maybe(taken, () => this.comma());
    if (!this.is(':')) this.fail("`:' expected for conditional expression");
    this.advance();
    if (this.atEnd()) this.fail('expression expected');
    if (++this.nesting > MAX_NESTING) this.fail('expression recursion level exceeded');
    const no = this.maybe(!taken, () => this.conditional().value);
    this.nesting--;
    return { value: taken ? yes : no };
  }

  private maybe(taken: boolean, compute: () => bigint): bigint {
    if (!taken) this.skipping++;
    const value = compute();
    if (!taken) this.skipping--;
    return value;
  }

  private binary(level: number): Operand {
    const operators = BINARY[level];
    if (!operators) return this.power();
    let left = this.binary(level + 1);
    while (this.is(...operators)) {
      const operator = this.token.text;
      this.advance();
      if (operator === '&&' || operator === '||') {
        const decided = operator === '&&' ? left.value === 0n : left.value !== 0n;
        const right = this.maybe(!decided, () => this.binary(level + 1).value);
        left = { value: operator === '&&' ? flag(!decided && right !== 0n) : flag(decided || right !== 0n) };
      } else {
        const right = this.binary(level + 1).value;
        left = { value: this.compute(operator, left.value, right) };
      }
    }
    return left;
  }

  private power(): Operand {
    const base = this.unary();
    if (!this.is('**')) return base;
    this.advance();
    const exponent = this.power().value;
    if (exponent < 0n) this.fail('exponent less than 0', this.previous);
    return { value: power(base.value, exponent) };
  }

  private unary(): Operand {
    if (this.token.kind === 'operator') {
      const { text, pos } = this.token;
      if (text === '++' || text === '--') {
        this.advance();
        if (this.atName()) {
          const target = this.primary();
          const value = target.value + (text === '++' ? 1n : -1n);
          this.store(target, value);
          return { value };
        }
        // `--5` is two signs.
        return { value: this.unary().value };
      }
      if (text === '-' || text === '+' || text === '!' || text === '~') {
        this.advance();
        if (++this.nesting > MAX_NESTING) this.fail('expression recursion level exceeded', pos);
        const value = this.unary().value;
        this.nesting--;
        if (text === '-') return { value: BigInt.asIntN(64, -value) };
        if (text === '!') return { value: flag(value === 0n) };
        return { value: text === '~' ? ~value : value };
      }
    }
    return this.primary();
  }

  private primary(): Operand {
    const { kind, text, pos } = this.token;
    if (kind === 'number') {
      const value = parseNumber(text, this.text.slice(pos));
      this.advance();
      return { value };
    }
    if (kind === 'name') return this.variable();
    if (this.is('(')) {
      this.advance();
      const value = this.comma();
      if (!this.is(')')) this.fail("missing `)'");
      this.advance();
      return { value };
    }
    // bash's error token begins at the operator before when the expression is at its end.
    return this.fail('syntax error: operand expected', kind === 'end' ? this.previous : pos);
  }

  private variable(): Operand {
    const { text: name, subscript } = this.token;
    this.advance();
    const value = this.skipping > 0 ? 0n : this.valueOf(name, subscript);
    const target: Operand = { value, name, subscript };
    if (!this.is('++', '--')) return target;
    const change = this.token.text === '++' ? 1n : -1n;
    this.advance();
    this.store(target, value + change);
    return { value };
  }

  private valueOf(name: string, subscript: string | undefined): bigint {
    const text = this.variables.get(name, subscript);
    if (text === undefined || text.trim() === '') return 0n;
    if (/^-?[1-9][0-9]{0,17}$|^0$/.test(text)) return BigInt(text);
    if (this.level >= MAX_LEVEL) this.fail('expression recursion level exceeded', this.previous);
    return evaluate(text, this.variables, this.level + 1);
  }

  private compute(operator: string, left: bigint, right: bigint): bigint {
    if (this.skipping > 0) return 0n;
    const wrap = (value: bigint) => BigInt.asIntN(64, value);
    switch (operator) {
      case '+':
        return wrap(left + right);
      case '-':
        return wrap(left - right);
      case '*':
        return wrap(left * right);
      case '/':
      case '%':
        if (right === 0n) this.fail('division by 0', this.previous);
        return wrap(operator === '/' ? left / right : left % right);
      case '<<':
        return wrap(left << (right & 63n));
      case '>>':
        return left >> (right & 63n);
      case '&':
        return left & right;
      case '|':
        return left | right;
      case '^':
        return left ^ right;
      case '==':
        return flag(left === right);
      case '!=':
        return flag(left !== right);
      case '<':
        return flag(left < right);
      case '>':
        return flag(left > right);
      case '<=':
        return flag(left <= right);
      default:
        return flag(left >= right);
    }
  }
}

const flag = (value: boolean): bigint => (value ? 1n : 0n);

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return result;
}

/** Computes an expression in 64 bits. Raises ArithmeticProblem, with the expression that failed. */
export function evaluate(text: string, variables: ArithmeticVariables, level = 0): bigint {
  if (level === 0 && /^[0-9]{1,15}$/.test(text) && (text === '0' || !text.startsWith('0'))) return BigInt(text);
  try {
    return new Evaluator(text, variables, level).run();
  } catch (error) {
    if (error instanceof ArithmeticProblem && error.expression === undefined) {
      throw new ArithmeticProblem(error.message, error.rest, text);
    }
    throw error;
  }
}

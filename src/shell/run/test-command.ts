import type { TestBinaryExpression, TestCommand, TestExpression } from 'unbash';
import type { Task } from '../../world/task.ts';
import { compilePattern, unescapePattern } from '../expand/pattern.ts';
import { traceQuote } from '../expand/quote.ts';
import { compileRegex } from '../expand/regex.ts';
import { RegexProblem } from '../expand/regex-program.ts';
import { arithmetic } from '../expand/variables-access.ts';
import { expandToPattern, expandToRegex, expandToString } from '../expand/word.ts';
import { IndexedArray } from '../state/arrays.ts';
import { ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { compareFiles } from '../tests/file-tests.ts';
import { unaryTest } from '../tests/unary.ts';
import { trace } from './trace.ts';

/** A condition that cannot be judged: status 2, or 1 for arithmetic. */
class BadCondition {
  constructor(readonly status: number) {}
}

/** `[[ … ]]` */
export function* runTestCommand(shell: Shell, node: TestCommand): Task<number> {
  shell.line = shell.source.lineAt(node.pos);
  yield* shell.spend(0.005);
  if (shell.dialect === 'dash') {
    yield* shell.complain('[[: command not found');
    return 127;
  }
  try {
    return (yield* judge(shell, node.expression)) ? 0 : 1;
  } catch (error) {
    if (error instanceof BadCondition) return error.status;
    throw error;
  }
}

function* judge(shell: Shell, node: TestExpression): Task<boolean> {
  switch (node.type) {
    case 'TestGroup':
      return yield* judge(shell, node.expression);
    case 'TestNot':
      return (yield* judge(shell, node.operand)) !== (node.negations.length % 2 === 1);
    case 'TestLogical': {
      const and = node.operator === '&&';
      for (const operand of node.operands) if ((yield* judge(shell, operand)) !== and) return !and;
      return and;
    }
    case 'TestUnary': {
      const operand = yield* expandToString(shell, node.operand);
      if (shell.options.has('xtrace')) yield* trace(shell, `[[ ${node.operator} ${traceQuote(operand)} ]]`);
      return unaryTest(shell, node.operator, operand);
    }
    default:
      return yield* judgeBinary(shell, node);
  }
}

function* judgeBinary(shell: Shell, node: TestBinaryExpression): Task<boolean> {
  const left = yield* expandToString(shell, node.left);
  const { operator } = node;
  const show = function* (right: string): Task {
    if (shell.options.has('xtrace')) yield* trace(shell, `[[ ${traceQuote(left)} ${operator} ${right || "''"} ]]`);
  };
  if (operator === '==' || operator === '=' || operator === '!=') {
    const pattern = yield* expandToPattern(shell, node.right);
    yield* show(pattern);
    return compilePattern(pattern, shell.options.shopt('nocasematch')).matches(left) === (operator !== '!=');
  }
  if (operator === '=~') {
    const source = yield* expandToRegex(shell, node.right);
    yield* show(source);
    const regex = compileRegex(source, shell.options.shopt('nocasematch'));
    if (!regex) throw new BadCondition(2);
    yield* shell.spend(left.length / 10_000);
    let match: (string | undefined)[] | undefined;
    try {
      match = regex.exec(left);
    } catch (error) {
      if (error instanceof RegexProblem) throw new BadCondition(2);
      throw error;
    }
    const rematch = shell.variables.raw('BASH_REMATCH') ?? shell.variables.create('BASH_REMATCH');
    rematch.value = IndexedArray.of(match ? [...match].map((group) => group ?? '') : []);
    return match !== undefined;
  }
  const right = yield* expandToString(shell, node.right);
  yield* show(right);
  if (operator === '<') return left < right;
  if (operator === '>') return left > right;
  if (operator === '-nt' || operator === '-ot' || operator === '-ef') return compareFiles(shell, operator, left, right);
  return yield* compareNumbers(shell, operator, left, unescapePattern(right));
}

function* compareNumbers(shell: Shell, operator: string, left: string, right: string): Task<boolean> {
  try {
    const a = arithmetic(shell, left, '[[: ');
    const b = arithmetic(shell, right, '[[: ');
    return compare(operator, a, b);
  } catch (error) {
    if (!(error instanceof ShellError) || error.effect === 'shell') throw error;
    yield* shell.complain(error.message);
    throw new BadCondition(1);
  }
}

function compare(operator: string, a: bigint, b: bigint): boolean {
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}

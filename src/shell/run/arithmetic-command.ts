import type { ArithmeticCommand, ArithmeticExpression, ArithmeticFor } from 'unbash';
import type { Task } from '../../world/task.ts';
import { arithmetic } from '../expand/variables-access.ts';
import { arithmeticText } from '../expand/word.ts';
import { ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { bodyTurn } from './loop.ts';
import { trace } from './trace.ts';

/** Computes what stands in `(( ))`; undefined after having told of an error. */
function* compute(shell: Shell, body: string): Task<bigint | undefined> {
  try {
    const text = yield* arithmeticText(shell, body);
    if (shell.options.has('xtrace')) yield* trace(shell, `(( ${text.trim()} ))`);
    return arithmetic(shell, text, '((: ');
  } catch (error) {
    if (!(error instanceof ShellError) || error.effect === 'shell') throw error;
    yield* shell.complain(error.message);
    return undefined;
  }
}

/** `(( EXPRESSION ))`: 0 when it is not zero. */
export function* runArithmeticCommand(shell: Shell, node: ArithmeticCommand): Task<number> {
  shell.line = shell.source.lineAt(node.pos);
  yield* shell.spend(0.005);
  const value = yield* compute(shell, node.body);
  return value === undefined || value === 0n ? 1 : 0;
}

/** `for (( A; B; C ))` */
export function* runArithmeticFor(shell: Shell, node: ArithmeticFor): Task<number> {
  shell.line = shell.source.lineAt(node.pos);
  const { text } = shell.source;
  const textOf = (expression: ArithmeticExpression | undefined) =>
    expression ? text.slice(expression.pos, expression.end) : undefined;
  const [start, test, update] = [textOf(node.initialize), textOf(node.test), textOf(node.update)];
  if (start !== undefined && (yield* compute(shell, start)) === undefined) return 1;
  let status = 0;
  for (;;) {
    if (test !== undefined) {
      const value = yield* compute(shell, test);
      if (value === undefined) return 1;
      if (value === 0n) return status;
    }
    const result = yield* bodyTurn(shell, node.body);
    status = result.status;
    if (!result.goOn) return status;
    if (update !== undefined && (yield* compute(shell, update)) === undefined) return 1;
  }
}

import type { Task } from '../../world/task.ts';
import type { Check, CheckKinds } from '../lesson/lesson.ts';
import { evaluateAccess } from './access.ts';
import { evaluateAccount } from './account.ts';
import { evaluateAnswer } from './answer.ts';
import { evaluateBash } from './bash.ts';
import { evaluateCommand } from './command.ts';
import type { CheckContext, Evaluate } from './context.ts';
import { evaluateCount } from './count.ts';
import { evaluateFile } from './file.ts';
import { evaluateHistory } from './history.ts';
import { evaluateObject } from './object.ts';
import { evaluateReachable } from './reachable.ts';
import type { Verdict } from './verdict.ts';

/** All kinds of checks. A new one: its file, and a line here, in lesson.ts and in schema.ts. */
const KINDS: { readonly [K in keyof CheckKinds]: Evaluate<CheckKinds[K]> } = {
  object: evaluateObject,
  count: evaluateCount,
  history: evaluateHistory,
  file: evaluateFile,
  command: evaluateCommand,
  bash: evaluateBash,
  access: evaluateAccess,
  reachable: evaluateReachable,
  account: evaluateAccount,
  answer: evaluateAnswer,
};

function evaluate<K extends keyof CheckKinds>(
  kind: K,
  about: CheckKinds[K] | undefined,
  context: CheckContext,
  id: string,
): Task<Verdict> | undefined {
  return about === undefined ? undefined : KINDS[kind](about, context, id);
}

/** Judges one check, whatever its kind. Raises PathError, SyntaxError for a lesson that lint would refuse. */
export function* judgeCheck(check: Check, context: CheckContext): Task<Verdict> {
  const { id } = check;
  const task =
    evaluate('object', check.object, context, id) ??
    evaluate('count', check.count, context, id) ??
    evaluate('history', check.history, context, id) ??
    evaluate('file', check.file, context, id) ??
    evaluate('command', check.command, context, id) ??
    evaluate('bash', check.bash, context, id) ??
    evaluate('access', check.access, context, id) ??
    evaluate('reachable', check.reachable, context, id) ??
    evaluate('account', check.account, context, id) ??
    evaluate('answer', check.answer, context, id);
  if (!task) throw new Error(`check ${id} is of no known kind`);
  return yield* task;
}

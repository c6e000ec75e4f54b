import { search } from 'jmespath';
import { asJson, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { ClientError } from '../client/client.ts';
import { modelOf, type Waiter } from '../models/models.ts';
import { operationParams } from './arguments.ts';
import { choicesOf, invalidChoice } from './choices.ts';
import { CliError } from './errors.ts';
import { kebab } from './names.ts';
import type { Session } from './session.ts';
import { shaped } from './shape.ts';

/** `aws SERVICE wait WAITER`. botocore: waiter.py */
export function* waitFor(session: Session, service: string, words: readonly string[]): Task<number> {
  const waiters = modelOf(service)?.waiters ?? {};
  const [name, ...rest] = words;
  if (name === undefined)
    throw new CliError(
      `usage: aws [options] ${service} wait <subcommand> [parameters]\naws: error: too few arguments`,
      252,
    );
  const found = Object.entries(waiters).find(([waiter]) => kebab(waiter) === name);
  if (!found) throw waiterMissing(service, name);
  const [title, waiter] = found;
  const [operation, delay, attempts] = waiter;
  const [input = '', output = '', paged] = modelOf(service)?.ops[operation] ?? [];
  const { params } = operationParams(session.process, service, input, rest, paged);
  const client = session.client(service);
  let last = '';
  for (let attempt = 1; ; attempt++) {
    let answer: JsonObject | ClientError;
    try {
      answer = yield* client.call(service, operation, params);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      answer = error;
    }
    const data = answer instanceof ClientError ? null : shaped(service, `@${output}`, answer);
    const [state, why] = judge(waiter, answer, data);
    if (state === 'success') return 0;
    if (state === 'failure')
      throw new CliError(`Waiter ${title} failed: Waiter encountered a terminal failure state: ${why}`, 255);
    if (answer instanceof ClientError && state === undefined)
      throw new CliError(`Waiter ${title} failed: An error occurred (${answer.code}): ${answer.text}`, 255);
    if (state !== undefined) last = `. Previously accepted state: ${why}`;
    if (attempt >= attempts) throw new CliError(`Waiter ${title} failed: Max attempts exceeded${last}`, 255);
    yield* session.process.sleep(delay * 1000);
  }
}

function waiterMissing(service: string, name: string): Error {
  const choices = choicesOf(`${service} wait`);
  if (choices.includes(name)) return new CliError(`kubetutor does not model aws ${service} wait ${name}`, 255);
  return invalidChoice('subcommand', name, choices);
}

/** The state of the first acceptor that matches, and which that was. */
function judge(waiter: Waiter, answer: JsonObject | ClientError, data: Json): [string | undefined, string] {
  for (const [state, matcher, argument, expected] of waiter[3]) {
    if (!matches(matcher, argument, expected, answer, data)) continue;
    return [state, explanation(matcher, argument, expected)];
  }
  return [undefined, ''];
}

/** botocore: AcceptorConfig.explanation */
function explanation(matcher: string, argument: string, expected: unknown): string {
  const value = expected === true ? 'True' : expected === false ? 'False' : String(expected);
  if (matcher === 'status') return `Matched expected HTTP status code: ${value}`;
  if (matcher === 'error') return `Matched expected service error code: ${value}`;
  if (matcher === 'pathAll') return `For expression "${argument}" all members matched excepted path: "${value}"`;
  const text = `For expression "${argument}" we matched expected path: "${value}"`;
  return matcher === 'pathAny' ? `${text} at least once` : text;
}

function matches(
  matcher: string,
  argument: string,
  expected: unknown,
  answer: JsonObject | ClientError,
  data: Json,
): boolean {
  if (matcher === 'error') return answer instanceof ClientError && (expected === true || answer.code === expected);
  if (matcher === 'status')
    return expected === 200
      ? !(answer instanceof ClientError)
      : answer instanceof ClientError && answer.status === expected;
  if (answer instanceof ClientError) return false;
  const value = asJson(search(data, argument) ?? null);
  if (matcher === 'path') return value === expected;
  if (!Array.isArray(value) || value.length === 0) return false;
  return matcher === 'pathAll' ? value.every((item) => item === expected) : value.some((item) => item === expected);
}

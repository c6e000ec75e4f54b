import { Environment, ParseError } from '@marcbachmann/cel-js';
import { memoizeBy } from '../../../world/memoize.ts';
import { CelError } from './error.ts';
import { addLibraries } from './libraries.ts';

/** An expression that was understood. */
export interface CelProgram {
  readonly expression: string;
  /** `bool`, `string`, `int`, `dyn` … as far as it is known before objects are. */
  readonly type: string;
  /** Raises CelError. */
  run(variables: Readonly<Record<string, unknown>>): unknown;
  /** Selections such as `self.a.b`: the variable, the fields, and where each dot stands. */
  readonly selections: readonly Selection[];
}

export interface Selection {
  readonly variable: string;
  readonly fields: readonly { readonly name: string; readonly at: number }[];
}

const BEGINNINGS =
  "'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";

/** Functions that kubetutor does not model: an expression with one is refused with these words instead of with cel-go's, which knows them. */
const NOT_MODELLED = /^(?:authorizer|sortBy|transformList|transformMap|transformMapEntry|zip|quote)$/;

/** Expressions that are kept understood: rules are asked at every write. */
const KEPT_PROGRAMS = 500;

/**
 * Understands an expression over the given variables. A text when it is wrong: cel-go's `ERROR: <input>:1:5: …` with the
 * place shown below.
 */
export const compileCel = memoizeBy(
  KEPT_PROGRAMS,
  (expression: string, variables: readonly string[]) => `${variables.join()}\n${expression}`,
  compile,
);

let base: Environment | undefined;

function withLibraries(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
  });
  addLibraries(environment);
  return environment;
}

function compile(expression: string, variables: readonly string[]): CelProgram | string {
  base ??= withLibraries();
  const environment = base.clone();
  for (const name of variables) environment.registerVariable(name, 'dyn');
  try {
    const parsed = environment.parse(expression);
    const checked = parsed.check();
    if (!checked.valid) return checkError(expression, checked.error);
    return {
      expression,
      type: checked.type ?? 'dyn',
      selections: selectionsOf(parsed.ast),
      run(values) {
        try {
          return parsed({ ...values });
        } catch (error) {
          throw new CelError(runtimeText(error));
        }
      },
    };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return shown(expression, error.node?.start ?? expression.length, `Syntax error: ${syntaxText(expression, error)}`);
  }
}

/** kubernetes prints what cel-go's common.Errors does. */
function shown(expression: string, at: number, text: string): string {
  return `ERROR: <input>:1:${at + 1}: ${text}\n | ${expression}\n | ${'.'.repeat(at)}^`;
}

/** The parser of cel-go is ANTLR's: its words for the mistakes that people make; others are said in cel-js' words. */
function syntaxText(expression: string, error: ParseError): string {
  const at = error.node?.start ?? expression.length;
  const token = at >= expression.length ? '<EOF>' : expression.slice(at, Math.max(at + 1, error.node?.end ?? at + 1));
  const [message = ''] = error.message.split('\n');
  if (message.startsWith('Expected IDENTIFIER')) return `no viable alternative at input '.${token}'`;
  if (message.startsWith('Expected RPAREN') && token === '<EOF>') return "missing ')' at '<EOF>'";
  if (message.startsWith('Unexpected token'))
    return token === '<EOF>'
      ? `mismatched input '<EOF>' expecting {${BEGINNINGS}}`
      : `extraneous input '${token}' expecting {${BEGINNINGS}}`;
  return message;
}

function checkError(expression: string, error: unknown): string {
  const [message = ''] = (error instanceof Error ? error.message : '').split('\n');
  const unknownVariable = /^Unknown variable: (\w+)/.exec(message)?.[1];
  if (unknownVariable !== undefined)
    return undeclared(expression, unknownVariable, expression.search(new RegExp(`\\b${unknownVariable}\\b`)));
  const call = /^found no matching overload for '(?:[\w<>, ]+\.)?(\w+)\(/.exec(message)?.[1];
  if (call !== undefined) {
    if (NOT_MODELLED.test(call)) return `kubetutor does not model the CEL function ${call}`;
    return undeclared(expression, call, expression.search(new RegExp(`\\b${call}\\s*\\(`)) + call.length);
  }
  return shown(expression, 0, message);
}

function undeclared(expression: string, name: string, at: number): string {
  return shown(expression, Math.max(0, at), `undeclared reference to '${name}' (in container '')`);
}

/** `No such key: spec` and its like begin small in cel-go. */
function runtimeText(error: unknown): string {
  if (error instanceof CelError) return error.message;
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const wanted = /^\w+\(\) type error: cannot convert to (\w+)/.exec(message)?.[1];
  if (wanted !== undefined) return `type conversion error from 'string' to '${wanted}'`;
  return message.charAt(0).toLowerCase() + message.slice(1);
}

type Node = { readonly op: string; readonly args: unknown; readonly end: number };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value && 'end' in value;
}

function selectionsOf(root: unknown): Selection[] {
  const found: Selection[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
      return;
    }
    if (!isNode(value)) return;
    const chain = chainOf(value);
    if (chain) found.push(chain);
    else visit(value.args);
  };
  visit(root);
  return found;
}

function chainOf(node: Node): Selection | undefined {
  const fields: { name: string; at: number }[] = [];
  let current: unknown = node;
  while (isNode(current) && current.op === '.' && Array.isArray(current.args)) {
    const [left, name]: unknown[] = current.args;
    if (!isNode(left) || typeof name !== 'string') return undefined;
    fields.unshift({ name, at: left.end });
    current = left;
  }
  if (!isNode(current) || current.op !== 'id' || typeof current.args !== 'string') return undefined;
  return fields.length === 0 ? undefined : { variable: current.args, fields };
}

/** cel-go's words about a place in an expression. */
export function celErrorAt(expression: string, at: number, text: string): string {
  return shown(expression, at, text);
}

import { AssociativeArray, IndexedArray } from '../state/arrays.ts';
import { ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import type { Variable } from '../state/variables.ts';
import { evaluate } from './arithmetic.ts';
import { ArithmeticProblem } from './arithmetic-tokens.ts';

/** Elements that one array may have. */
const MAX_INDEX = 2 ** 53;

/** Evaluates arithmetic with the shell's variables; raises ShellError worded as bash. */
export function arithmetic(shell: Shell, text: string, speaker = ''): bigint {
  try {
    return evaluate(text, {
      get: (name, subscript) => {
        const value = getElement(shell, name, subscript);
        if (value === undefined && shell.options.has('nounset')) {
          throw new ShellError(`${name}: unbound variable`, 'shell', 127);
        }
        return value;
      },
      set: (name, subscript, value) => setElement(shell, name, subscript, value),
    });
  } catch (error) {
    if (!(error instanceof ArithmeticProblem)) throw error;
    const expression = (error.expression ?? text).replace(/^\s+/, '');
    throw new ShellError(`${speaker}${expression}: ${error.message} (error token is "${error.rest}")`);
  }
}

/** Index of an element of an indexed array; negative ones count from the end. Raises ShellError. */
function indexOf(shell: Shell, array: IndexedArray | undefined, name: string, subscript: string): number {
  const index = Number(arithmetic(shell, subscript));
  const real = index < 0 ? (array?.highest ?? -1) + 1 + index : index;
  if (real < 0 || real > MAX_INDEX) throw new ShellError(`${name}[${subscript}]: bad array subscript`);
  return real;
}

export function getElement(shell: Shell, name: string, subscript: string | undefined): string | undefined {
  const variable = shell.variables.find(name);
  if (!variable) return undefined;
  if (subscript === undefined) return variable.text;
  if (variable.value instanceof AssociativeArray) return variable.value.get(subscript);
  if (variable.value instanceof IndexedArray) {
    const index = Number(arithmetic(shell, subscript));
    const real = index < 0 ? variable.value.highest + 1 + index : index;
    if (real < 0) {
      shell.warnings.push(`${name}: bad array subscript`);
      return undefined;
    }
    return variable.value.get(real);
  }
  const index = Number(arithmetic(shell, subscript));
  return index === 0 || index === -1 ? variable.text : undefined;
}

export function setElement(
  shell: Shell,
  name: string,
  subscript: string | undefined,
  value: string,
  append = false,
): void {
  const { variables } = shell;
  const target = variables.resolveName(name);
  if (subscript === undefined) {
    setScalar(shell, target, value, append);
    return;
  }
  const variable = variables.raw(target) ?? variables.create(target);
  setElementOf(shell, target, variable, subscript, value, append);
}

export function setElementOf(
  shell: Shell,
  name: string,
  variable: Variable,
  subscript: string,
  value: string,
  append = false,
): void {
  if (variable.readonly) throw new ShellError(`${name}: readonly variable`);
  if (typeof variable.value === 'string') variable.value = IndexedArray.of([variable.value]);
  variable.value ??= new IndexedArray();
  const array = variable.value;
  if (typeof array === 'string') return;
  shell.variables.account(value.length, array.size + 1);
  if (array instanceof AssociativeArray) {
    array.set(subscript, convert(shell, variable, append ? array.get(subscript) : undefined, value));
    return;
  }
  const index = indexOf(shell, array, name, subscript);
  array.set(index, convert(shell, variable, append ? array.get(index) : undefined, value));
}

/** `name=value` and `name+=value` with the variable's attributes. */
export function setScalar(shell: Shell, name: string, value: string, append = false): Variable {
  const { variables } = shell;
  const target = variables.resolveName(name);
  const variable = variables.raw(target) ?? variables.create(target);
  variables.assign(target, variable, convert(shell, variable, append ? variable.text : undefined, value));
  if (shell.options.has('allexport')) variable.exported = true;
  return variable;
}

/** The text to store: added to what is there, computed for `declare -i`. */
function convert(shell: Shell, variable: Variable, before: string | undefined, value: string): string {
  if (variable.integer) {
    const number = arithmetic(shell, value);
    return String(BigInt.asIntN(64, number + (before ? arithmetic(shell, before) : 0n)));
  }
  const text = (before ?? '') + value;
  return variable.lower ? text.toLowerCase() : variable.upper ? text.toUpperCase() : text;
}

/** Values of `${name[@]}`; those of a scalar are itself. */
export function allValues(variable: Variable | undefined): string[] {
  if (!variable) return [];
  if (typeof variable.value === 'object') return variable.value.values();
  const { text } = variable;
  return text === undefined ? [] : [text];
}

export function allKeys(variable: Variable | undefined): string[] {
  if (!variable) return [];
  if (typeof variable.value === 'object') return variable.value.keys().map(String);
  return variable.text === undefined ? [] : ['0'];
}

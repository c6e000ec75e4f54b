import { AssociativeArray } from '../state/arrays.ts';
import { declaration } from '../state/declaration.ts';
import type { Shell } from '../state/shell.ts';
import { unescapeAnsi } from './ansi.ts';
import type { Operand } from './parameter-operations.ts';
import type { ParameterValue } from './parameter-values.ts';
import { doubleQuote, singleQuote } from './quote.ts';

/** `${x@Q}` and its kin. bash: subst.c parameter_brace_transform */
export function transform(shell: Shell, operand: Operand, operator: string): ParameterValue {
  const { value, name } = operand;
  const each = (change: (text: string) => string): ParameterValue => {
    if (value.kind === 'all') return { ...value, values: value.values.map(change) };
    return { kind: 'one', value: value.value === undefined ? undefined : change(value.value) };
  };
  const variable = shell.variables.find(name);
  switch (operator) {
    case 'Q':
      return each(singleQuote);
    case 'E':
      return each((text) => unescapeAnsi(text).text);
    case 'U':
      return each((text) => text.toUpperCase());
    case 'L':
      return each((text) => text.toLowerCase());
    case 'u':
      return each((text) => text.slice(0, 1).toUpperCase() + text.slice(1));
    case 'a':
      if (value.kind === 'all') return { ...value, values: value.values.map(() => variable?.flags ?? '') };
      return { kind: 'one', value: variable?.flags };
    case 'A':
      return { kind: 'one', value: assignmentOf(shell, operand) };
    case 'P':
      return each((text) => shell.engine.promptText(shell, text));
    default:
      return { kind: 'one', value: pairs(shell, operand, operator) };
  }
}

function assignmentOf(shell: Shell, operand: Operand): string | undefined {
  const variable = shell.variables.find(operand.name);
  if (!variable) return undefined;
  if (operand.value.kind === 'all') return declaration(operand.name, variable);
  const { value } = operand.value;
  if (value === undefined) return undefined;
  const flags = variable.flags;
  return `${flags ? `declare -${flags} ` : ''}${operand.name}=${singleQuote(value)}`;
}

/** `@K`: keys and values as one could type them. */
function pairs(shell: Shell, operand: Operand, operator: string): string | undefined {
  const array = shell.variables.find(operand.name)?.value;
  if (operand.value.kind === 'one') {
    return operand.value.value === undefined ? undefined : singleQuote(operand.value.value);
  }
  if (typeof array !== 'object') return operand.value.values.map(singleQuote).join(' ');
  const entries: [string, string][] =
    array instanceof AssociativeArray
      ? array.keys().map((key) => [key, array.get(key) ?? ''])
      : array.keys().map((key) => [String(key), array.get(key) ?? '']);
  const text = entries.map(([key, value]) => `${key} ${operator === 'K' ? doubleQuote(value) : value}`).join(' ');
  return array instanceof AssociativeArray && operator === 'K' ? `${text} ` : text;
}

import type { ArrayValue, Assignment } from 'unbash';
import type { Task } from '../../world/task.ts';
import { traceQuote } from '../expand/quote.ts';
import { setElement, setElementOf, setScalar } from '../expand/variables-access.ts';
import { expandAssigned, expandToString, expandWords } from '../expand/word.ts';
import { parseScript } from '../parse/unit.ts';
import { AssociativeArray, IndexedArray } from '../state/arrays.ts';
import { ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import type { Variable } from '../state/variables.ts';

/** Makes an assignment; gives the text that `set -x` shows. */
export function* assign(shell: Shell, node: Assignment): Task<string> {
  const operator = node.append ? '+=' : '=';
  if (node.value.type === 'ArrayValue') {
    if (shell.dialect !== 'bash') {
      throw new ShellError(shell.dialect === 'dash' ? 'Syntax error: "(" unexpected' : 'syntax error: unexpected "("');
    }
    const { variables } = shell;
    const name = variables.resolveName(node.name);
    const variable = variables.raw(name) ?? variables.create(name);
    yield* assignArray(shell, name, variable, node.value, node.append ?? false);
    return node.text;
  }
  const value = yield* expandAssigned(shell, node.value);
  if (node.index) {
    const subscript = yield* expandToString(shell, node.index);
    setElement(shell, node.name, subscript, value, node.append);
    return `${node.name}[${subscript}]${operator}${traceQuote(value)}`;
  }
  setScalar(shell, node.name, value, node.append);
  return `${node.name}${operator}${value === '' ? '' : traceQuote(value)}`;
}

/** `[key]=value` as an element of `( )`. */
const KEYED = /^\[((?:[^\]"'\\[]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|\[[^\]]*\])*)\](\+?=)([\s\S]*)$/;

export function* assignArray(shell: Shell, name: string, variable: Variable, value: ArrayValue, append: boolean): Task {
  if (variable.readonly) throw new ShellError(`${name}: readonly variable`);
  const associative = variable.value instanceof AssociativeArray;
  // The elements are expanded before the old value goes away: x=("${x[@]}" more).
  const pending: { key: string | undefined; value: string; append: boolean }[] = [];
  for (const element of value.elements) {
    const keyed = KEYED.exec(element.text);
    if (!keyed) {
      for (const text of yield* expandWords(shell, [element]))
        pending.push({ key: undefined, value: text, append: false });
      continue;
    }
    const key = yield* expandText(shell, keyed[1] ?? '');
    pending.push({ key, value: yield* expandText(shell, keyed[3] ?? ''), append: keyed[2] === '+=' });
  }
  if (!append && typeof variable.value === 'object') shell.variables.account(-variable.value.characters);
  if (!append) variable.value = associative ? new AssociativeArray() : new IndexedArray();
  else if (typeof variable.value !== 'object') {
    variable.value = IndexedArray.of(variable.value === undefined ? [] : [variable.value]);
  }
  if (associative) fillAssociative(shell, name, variable, pending);
  else {
    let next = variable.value instanceof IndexedArray ? variable.value.highest + 1 : 0;
    for (const item of pending) {
      const subscript = item.key ?? String(next);
      setElementOf(shell, name, variable, subscript, item.value, item.append);
      if (item.key === undefined) next++;
      else next = Number(shell.engine.evaluateNumber(shell, item.key)) + 1;
    }
  }
  shell.variables.onChange?.(name);
}

function fillAssociative(
  shell: Shell,
  name: string,
  variable: Variable,
  pending: readonly { key: string | undefined; value: string; append: boolean }[],
): void {
  let key: string | undefined;
  for (const item of pending) {
    if (item.key !== undefined) setElementOf(shell, name, variable, item.key, item.value, item.append);
    else if (key === undefined) key = item.value;
    else {
      setElementOf(shell, name, variable, key, item.value);
      key = undefined;
    }
  }
  if (key !== undefined) setElementOf(shell, name, variable, key, '');
}

/** Expands a part of a word's text as an assigned value. */
function* expandText(shell: Shell, text: string): Task<string> {
  if (/^[A-Za-z0-9_./:@%,-]*$/.test(text)) return text;
  const command = parseScript(`_=${text}`).commands[0]?.command;
  const node = command?.type === 'Command' ? command.prefix[0] : undefined;
  if (node?.type !== 'Assignment' || node.value.type !== 'Word') return text;
  return yield* expandAssigned(shell, node.value);
}

import type { ParameterExpansionPart } from 'unbash';
import type { Task } from '../../world/task.ts';
import { AssociativeArray, IndexedArray } from '../state/arrays.ts';
import { ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { NAME } from '../state/variables.ts';
import { allValues, getElement } from './variables-access.ts';

/** What a parameter stands for before its operation. */
export type ParameterValue =
  | { readonly kind: 'one'; readonly value: string | undefined }
  /** `@` and `*`, of positional parameters or of an array. */
  | { readonly kind: 'all'; readonly values: string[]; readonly star: boolean };

export function specialParameter(shell: Shell, name: string): string | undefined {
  switch (name) {
    case '?':
      return String(shell.status);
    case '$':
      return String(shell.mainPid);
    case '!':
      return shell.lastBackground === undefined ? undefined : String(shell.lastBackground);
    case '#':
      return String(shell.positional.length);
    case '-':
      return shellFlags(shell);
    case '_':
      return shell.lastArgument;
    case '0':
      return shell.name;
    default:
      return undefined;
  }
}

function shellFlags(shell: Shell): string {
  let flags = shell.options.letters;
  const add = (letter: string) => {
    const order = 'abefhikmnptuvxBCEHPTcs';
    flags = [...flags, letter].sort((a, b) => order.indexOf(a) - order.indexOf(b)).join('');
  };
  const interactive = shell.interactive || shell.wasInteractive;
  if (interactive) add('i');
  if (shell.speaker === 'command string') add('c');
  if (shell.speaker === 'stdin' || interactive) add('s');
  return flags;
}

export function isSpecial(name: string): boolean {
  return /^[?$!#\-_0]$/.test(name);
}

/** Value of a parameter by its name, with an expanded subscript. */
export function parameterValue(shell: Shell, name: string, subscript: string | undefined): ParameterValue {
  if (name === '@' || name === '*') return { kind: 'all', values: shell.positional, star: name === '*' };
  if (isSpecial(name)) return { kind: 'one', value: specialParameter(shell, name) };
  if (/^\d+$/.test(name)) return { kind: 'one', value: shell.positional[Number(name) - 1] };
  if (subscript === '@' || subscript === '*') {
    return { kind: 'all', values: allValues(shell.variables.find(name)), star: subscript === '*' };
  }
  return { kind: 'one', value: getElement(shell, name, subscript) };
}

/** The subscript as text: expanded, for an indexed array still an expression. */
export function* subscriptOf(shell: Shell, part: ParameterExpansionPart): Task<string | undefined> {
  if (!part.index) return undefined;
  return yield* shell.engine.expandString(shell, part.index);
}

/** `${!x}`: the name that x holds, with its subscript. */
export function indirectTarget(
  value: string | undefined,
  text: string,
): { name: string; subscript: string | undefined } {
  const match = /^([A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[(.*)\])?$/s.exec(value ?? '');
  if (value === undefined || value === '') throw new ShellError(`${text}: invalid indirect expansion`);
  if (!match?.[1]) throw new ShellError(`${value}: invalid variable name`);
  return { name: match[1], subscript: match[2] };
}

/** `${!prefix*}` */
export function namesWithPrefix(shell: Shell, prefix: string): string[] {
  return shell.variables.setNames().filter((name) => name.startsWith(prefix));
}

/** Number of characters or elements: `${#x}`. */
export function lengthOf(shell: Shell, name: string, subscript: string | undefined): string {
  if (name === '@' || name === '*') return String(shell.positional.length);
  if (subscript === '@' || subscript === '*') {
    const value = shell.variables.find(name)?.value;
    if (value instanceof IndexedArray || value instanceof AssociativeArray) return String(value.size);
    return value === undefined ? '0' : '1';
  }
  const { value } = parameterValue(shell, name, subscript) as { value?: string };
  if (value === undefined && shell.options.has('nounset') && !isSpecial(name)) {
    throw unbound(name, subscript);
  }
  return String([...(value ?? '')].length);
}

/** bash: err_unboundvar */
export function unbound(name: string, subscript?: string): ShellError {
  const shown = NAME.test(name) || !/^\d+$/.test(name) ? name : `$${name}`;
  return new ShellError(
    `${subscript === undefined ? shown : `${shown}[${subscript}]`}: unbound variable`,
    'shell',
    127,
  );
}

import type { Task } from '../../world/task.ts';
import { quoteIfNeeded } from '../expand/quote.ts';
import { setElementOf } from '../expand/variables-access.ts';
import { functionText } from '../parse/function-text.ts';
import { AssociativeArray, IndexedArray } from '../state/arrays.ts';
import { ShellError } from '../state/control.ts';
import { arrayText, declaration } from '../state/declaration.ts';
import type { Shell } from '../state/shell.ts';
import type { Variable } from '../state/variables.ts';
import { type Builtin, badOption, fail, print } from './builtin.ts';

const USAGE: Readonly<Record<string, string>> = {
  declare: 'declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]',
  typeset: 'typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]',
  local: 'local [option] name[=value] ...',
  export: 'export [-fn] [name[=value] ...] or export -p',
  readonly: 'readonly [-aAf] [name[=value] ...] or readonly -p',
};

interface Flags {
  readonly on: Set<string>;
  readonly off: Set<string>;
}

const TARGET = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[([\s\S]*?)\])?(\+?=([\s\S]*))?$/;

/** `declare`, `typeset`, `local`, `export`, `readonly` */
export const declare: Builtin = {
  names: ['declare', 'typeset', 'local', 'export', 'readonly'],
  *run(shell, args, name) {
    if (name === 'local' && !shell.frames.some((frame) => frame.kind === 'function')) {
      return yield* fail(shell, name, 'can only be used in a function');
    }
    const flags: Flags = { on: new Set(), off: new Set() };
    const letters = name === 'export' ? 'fnp' : name === 'readonly' ? 'aAfp' : 'aAfFgiIlnprtux';
    let index = 0;
    for (; index < args.length; index++) {
      const arg = args[index] ?? '';
      if (arg === '--') {
        index++;
        break;
      }
      if (!/^[-+]./.test(arg)) break;
      for (const letter of arg.slice(1)) {
        if (!letters.includes(letter)) return yield* badOption(shell, name, `-${letter}`, USAGE[name] ?? name);
        (arg.startsWith('-') ? flags.on : flags.off).add(letter);
      }
    }
    if (name === 'export') (flags.on.has('n') ? flags.off : flags.on).add('x');
    if (name === 'export') flags.on.delete('n');
    if (name === 'readonly') flags.on.add('r');
    const rest = args.slice(index);
    if (flags.on.has('f') || flags.on.has('F')) return yield* functions(shell, name, flags, rest);
    if (rest.length === 0) return yield* list(shell, name, flags);
    if (flags.on.has('p')) return yield* showNamed(shell, name, rest);
    let status = 0;
    for (const arg of rest) status = (yield* declareOne(shell, name, flags, arg)) || status;
    return status;
  },
};

function* declareOne(shell: Shell, command: string, flags: Flags, arg: string): Task<number> {
  const match = TARGET.exec(arg);
  if (!match?.[1]) {
    yield* fail(shell, command, `\`${arg}': not a valid identifier`);
    return 1;
  }
  const [, given, subscript, assignment, value = ''] = match;
  const inFunction = shell.frames.some((frame) => frame.kind === 'function');
  const local =
    command === 'local' || (inFunction && !flags.on.has('g') && (command === 'declare' || command === 'typeset'));
  const name = flags.on.has('n') || flags.off.has('n') ? given : shell.variables.resolveName(given);
  try {
    const variable = shell.variables.declare(name, local);
    if (variable.readonly && (assignment || flags.off.has('r'))) {
      return yield* fail(
        shell,
        command === 'declare' || command === 'typeset' || command === 'local' ? command : '',
        `${name}: readonly variable`.trim(),
      );
    }
    setKind(name, command, variable, flags);
    setAttributes(variable, flags);
    if (assignment) yield* assignValue(shell, command, name, variable, subscript, value, assignment.startsWith('+'));
    if (flags.on.has('r')) variable.readonly = true;
    shell.variables.onChange?.(name);
    return 0;
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    yield* shell.complain(error.message);
    return 1;
  }
}

function setKind(name: string, command: string, variable: Variable, flags: Flags): void {
  const { value } = variable;
  if (flags.on.has('A') && !(value instanceof AssociativeArray)) {
    if (value instanceof IndexedArray) {
      throw new ShellError(`${command}: ${name}: cannot convert indexed to associative array`);
    }
    const array = new AssociativeArray();
    array.bare = true;
    if (value !== undefined) array.set('0', value);
    variable.value = array;
  } else if (flags.on.has('a') && !(value instanceof IndexedArray)) {
    if (value instanceof AssociativeArray) {
      throw new ShellError(`${command}: ${name}: cannot convert associative to indexed array`);
    }
    const array = IndexedArray.of(value === undefined ? [] : [value]);
    array.bare = value === undefined;
    variable.value = array;
  }
}

function setAttributes(variable: Variable, flags: Flags): void {
  for (const [set, on] of [
    [flags.on, true],
    [flags.off, false],
  ] as const) {
    if (set.has('x')) variable.exported = on;
    if (set.has('i')) variable.integer = on;
    if (set.has('l')) variable.lower = on;
    if (set.has('u')) variable.upper = on;
    if (set.has('n')) variable.nameref = on;
  }
}

function* assignValue(
  shell: Shell,
  _command: string,
  name: string,
  variable: Variable,
  subscript: string | undefined,
  value: string,
  append: boolean,
): Task {
  const node = shell.declarations.find((item) => item.name === name);
  if (value === '(' && node?.value.type === 'ArrayValue') {
    yield* shell.engine.assignArray(shell, name, variable, node.value, append);
    return;
  }
  if (subscript !== undefined) setElementOf(shell, name, variable, subscript, value, append);
  else if (typeof variable.value === 'object') setElementOf(shell, name, variable, '0', value, append);
  else {
    const before = append ? (variable.text ?? '') : '';
    const text = variable.integer
      ? String(shell.engine.evaluateNumber(shell, value) + (before ? shell.engine.evaluateNumber(shell, before) : 0n))
      : before + value;
    shell.variables.assign(name, variable, text);
  }
}

function* showNamed(shell: Shell, command: string, names: readonly string[]): Task<number> {
  let status = 0;
  let text = '';
  for (const name of names) {
    const variable = shell.variables.raw(name);
    if (variable) text += `${declaration(name, variable)}\n`;
    else {
      yield* fail(shell, command, `${name}: not found`);
      status = 1;
    }
  }
  yield* print(shell, command, text);
  return status;
}

function* list(shell: Shell, command: string, flags: Flags): Task<number> {
  const wanted = [...flags.on].filter((letter) => letter !== 'p' && letter !== 'g');
  let text = '';
  for (const name of shell.variables.names()) {
    const variable = shell.variables.raw(name);
    if (!variable || (variable.text === undefined && !variable.isArray && wanted.length === 0)) continue;
    if (command === 'local' && !shell.variables.isLocal(name)) continue;
    if (!wanted.every((letter) => variable.flags.includes(letter))) continue;
    if (shell.dialect !== 'bash') text += `export ${name}='${variable.text ?? ''}'\n`;
    else if (wanted.length > 0 || flags.on.has('p')) text += `${declaration(name, variable)}\n`;
    else text += `${plainDeclaration(name, variable)}\n`;
  }
  return yield* print(shell, command, text);
}

/** `name=value` as `set` lists variables. */
export function plainDeclaration(name: string, variable: Variable): string {
  if (typeof variable.value === 'object') return `${name}=${arrayText(variable.value)}`;
  return `${name}=${quoteIfNeeded(variable.text ?? '')}`;
}

function* functions(shell: Shell, command: string, flags: Flags, names: readonly string[]): Task<number> {
  let status = 0;
  let text = '';
  const exporting = flags.on.has('x') || flags.off.has('x');
  const known = [...shell.functions.keys()].sort();
  const wanted =
    names.length > 0 ? names : exporting ? known.filter((name) => shell.functions.get(name)?.exported) : known;
  for (const name of wanted) {
    const found = shell.functions.get(name);
    if (!found) {
      if (command === 'export' || command === 'readonly') yield* fail(shell, command, `${name}: not a function`);
      status = 1;
    } else if (command === 'readonly') shell.readonlyFunctions.add(name);
    else if (exporting && names.length > 0) shell.functions.set(name, { ...found, exported: flags.on.has('x') });
    else {
      const declared = `declare -f${found.exported ? 'x' : ''} ${name}\n`;
      if (flags.on.has('F')) text += names.length > 0 ? `${name}\n` : declared;
      else text += `${functionText(name, found.node, found.source.text)}\n${exporting ? declared : ''}`;
    }
  }
  yield* print(shell, command, text);
  return status;
}

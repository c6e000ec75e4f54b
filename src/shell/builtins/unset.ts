import type { Task } from '../../world/task.ts';
import { AssociativeArray, IndexedArray } from '../state/arrays.ts';
import { ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { NAME } from '../state/variables.ts';
import { type Builtin, badOption, fail, parseOptions } from './builtin.ts';

export const unset: Builtin = {
  names: ['unset'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'fvn');
    if (bad) return yield* badOption(shell, name, bad, 'unset [-f] [-v] [-n] [name ...]');
    let status = 0;
    for (const arg of rest) {
      try {
        status = (yield* unsetOne(shell, arg, options)) || status;
      } catch (error) {
        if (!(error instanceof ShellError)) throw error;
        status = yield* fail(shell, name, error.message);
      }
    }
    return status;
  },
};

function* unsetOne(shell: Shell, arg: string, options: ReadonlyMap<string, string>): Task<number> {
  if (options.has('f')) {
    shell.functions.delete(arg);
    return 0;
  }
  const element = /^([A-Za-z_]\w*)\[([\s\S]*)\]$/.exec(arg);
  if (element?.[1]) return unsetElement(shell, element[1], element[2] ?? '');
  if (!NAME.test(arg) && !options.has('v') && !options.has('n')) {
    shell.functions.delete(arg);
    return 0;
  }
  if (!NAME.test(arg)) return yield* fail(shell, 'unset', `\`${arg}': not a valid identifier`);
  const name = options.has('n') ? arg : shell.variables.resolveName(arg);
  if (!shell.variables.raw(name) && !options.has('v')) shell.functions.delete(arg);
  else shell.variables.unset(name);
  return 0;
}

function unsetElement(shell: Shell, name: string, subscript: string): number {
  const target = shell.variables.resolveName(name);
  const variable = shell.variables.raw(target);
  if (!variable) return 0;
  if (variable.readonly) throw new ShellError(`${name}: cannot unset: readonly variable`);
  const { value } = variable;
  if (subscript === '@' || subscript === '*') shell.variables.unset(target);
  else if (value instanceof AssociativeArray) value.delete(subscript);
  else if (value instanceof IndexedArray) {
    const index = Number(shell.engine.evaluateNumber(shell, subscript));
    const real = index < 0 ? value.highest + 1 + index : index;
    if (real < 0) throw new ShellError(`[${subscript}]: bad array subscript`);
    value.delete(real);
  } else if (subscript === '0') shell.variables.unset(target);
  else throw new ShellError(`${name}: not an array variable`);
  return 0;
}

import { NATIVE } from './builtins.ts';
import { PRELUDE } from './prelude.ts';
import type { Callable } from './scope.ts';
import { SPECIAL } from './special-names.ts';

const LIBRARY = new Map<string, Callable>();

/** Functions defined in jq itself. */
export function library(): Map<string, Callable> {
  if (LIBRARY.size === 0) {
    for (const { name, parameters, body } of PRELUDE())
      LIBRARY.set(`${name}/${parameters.length}`, { parameters, body, scope: undefined, closure: false });
  }
  return LIBRARY;
}

/** Whether a name with so many arguments is known without being defined. */
export function isBuiltin(name: string, arity: number): boolean {
  return NATIVE.has(`${name}/${arity}`) || SPECIAL.has(`${name}/${arity}`) || library().has(`${name}/${arity}`);
}

/** What `builtins` lists. */
export function builtinNames(): string[] {
  return [...NATIVE.keys(), ...SPECIAL, ...library().keys()].filter((name) => !/^[_$]/.test(name));
}

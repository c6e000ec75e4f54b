import type { Json } from './json.ts';
import type { Filter, Pattern } from './tree.ts';
import { toJson } from './values.ts';

/** A value with the path that led to it: undefined when nobody asks, null when there is none. */
export interface Item {
  readonly value: Json;
  readonly path: readonly Json[] | null | undefined;
}

export interface Callable {
  readonly parameters: readonly string[];
  readonly body: Filter;
  readonly scope: Scope | undefined;
  /** An argument: it runs where it was written. */
  readonly closure: boolean;
}

/** What names mean at a place of a program: a list from the inside out. */
export interface Scope {
  readonly parent: Scope | undefined;
  readonly name: string;
  readonly value?: Json;
  readonly callable?: Callable;
  readonly label?: object;
}

/** How much a filter may compute for one input: what bounds a filter that never ends. */
export const STEPS = 20_000_000;

/** The filter has used up its steps. */
export class TooLong extends Error {}

/** Ends the program: halt, halt_error. */
export class Halt extends Error {
  constructor(
    readonly status: number,
    readonly message_: Json | undefined,
  ) {
    super('halt');
  }
}

/** A value that no path leads to. */
export function made(value: Json, input: Item): Item {
  return { value, path: input.path === undefined ? undefined : null };
}

export function cut(value: Json): string {
  const text = toJson(value);
  return text.length > 29 ? `${text.slice(0, 26)}...` : text;
}

export function lookUp(scope: Scope | undefined, name: string): Scope | undefined {
  for (let at = scope; at; at = at.parent) if (at.name === name) return at;
  return undefined;
}

export function namesOf(pattern: Pattern): string[] {
  if (pattern.type === 'name') return [pattern.name];
  if (pattern.type === 'array') return pattern.items.flatMap(namesOf);
  return pattern.members.flatMap((member) => [
    ...(member.bind === undefined ? [] : [member.bind]),
    ...(member.value ? namesOf(member.value) : []),
  ]);
}

import type { Interpreter } from './interpreter.ts';
import type { Json } from './json.ts';
import { indexInto } from './paths.ts';
import { type Item, namesOf, type Scope } from './scope.ts';
import type { Filter, Pattern } from './tree.ts';
import { JqError, typeOf } from './values.ts';

/** Runs `body` with the names of the first pattern that fits. */
export function* destructured(
  engine: Interpreter,
  patterns: readonly Pattern[],
  value: Json,
  input: Item,
  scope: Scope | undefined,
  body: (scope: Scope | undefined) => Generator<Item>,
): Generator<Item> {
  const names = new Set(patterns.length > 1 ? patterns.flatMap(namesOf) : []);
  let base = scope;
  for (const name of names) base = { parent: base, name, value: null };
  for (const [i, pattern] of patterns.entries()) {
    const last = i === patterns.length - 1;
    try {
      for (const inner of bind(engine, pattern, value, input, base)) yield* body(inner);
      return;
    } catch (error) {
      if (last || !(error instanceof JqError)) throw error;
    }
  }
}

function* bind(
  engine: Interpreter,
  pattern: Pattern,
  value: Json,
  input: Item,
  scope: Scope | undefined,
): Generator<Scope | undefined> {
  if (pattern.type === 'name') {
    yield { parent: scope, name: pattern.name, value };
    return;
  }
  if (pattern.type === 'array') {
    yield* bindItems(engine, pattern.items, 0, value, input, scope);
    return;
  }
  yield* bindMembers(engine, pattern.members, 0, value, input, scope);
}

function* bindItems(
  engine: Interpreter,
  items: readonly Pattern[],
  at: number,
  value: Json,
  input: Item,
  scope: Scope | undefined,
): Generator<Scope | undefined> {
  const item = items[at];
  if (!item) yield scope;
  else
    for (const inner of bind(engine, item, indexInto(value, at), input, scope))
      yield* bindItems(engine, items, at + 1, value, input, inner);
}

function* bindMembers(
  engine: Interpreter,
  members: readonly {
    readonly key: Filter;
    readonly bind: string | undefined;
    readonly value: Pattern | undefined;
  }[],
  at: number,
  value: Json,
  input: Item,
  scope: Scope | undefined,
): Generator<Scope | undefined> {
  const member = members[at];
  if (!member) {
    yield scope;
    return;
  }
  for (const key of engine.plain(member.key, input, scope)) {
    if (typeof key !== 'string') throw new JqError(`Cannot index ${typeOf(value)} with ${typeOf(key)}`);
    const part = indexInto(value, key);
    const bound: Scope | undefined =
      member.bind === undefined ? scope : { parent: scope, name: member.bind, value: part };
    if (!member.value) yield* bindMembers(engine, members, at + 1, value, input, bound);
    else
      for (const inner of bind(engine, member.value, part, input, bound))
        yield* bindMembers(engine, members, at + 1, value, input, inner);
  }
}

import type { Interpreter } from './interpreter.ts';
import type { Json } from './json.ts';
import { builtinNames } from './library.ts';
import { arithmetic } from './operators.ts';
import { deletePaths, getPath } from './paths.ts';
import { Halt, type Item, made, type Scope, TooLong } from './scope.ts';
import type { Filter } from './tree.ts';
import { compareJson, isTruthy, JqError, shown, toJson, typeOf } from './values.ts';

const IDENTITY: Filter = { type: 'identity' };

/** Functions that need their arguments unevaluated, or that know paths. */
export function* callSpecial(
  engine: Interpreter,
  key: string,
  args: readonly Filter[],
  input: Item,
  scope: Scope | undefined,
): Generator<Item> {
  const [first = IDENTITY, second = IDENTITY, third = IDENTITY] = args;
  const { value } = input;
  switch (key) {
    case 'empty/0':
      return;
    case 'error/0':
      throw new JqError(value);
    case 'error/1':
      for (const message of engine.plain(first, input, scope)) throw new JqError(message);
      return;
    case 'path/1':
      for (const path of engine.pathsOf(first, value, scope)) yield made([...path], input);
      return;
    case 'paths/0':
      for (const item of engine.recurse({ value, path: [] }))
        if (item.path && item.path.length > 0) yield made([...item.path], input);
      return;
    case 'getpath/1':
      for (const path of engine.plain(first, input, scope)) {
        if (!Array.isArray(path)) throw new JqError('Path must be specified as an array');
        let result: Json = null;
        try {
          result = getPath(value, path);
        } catch (error) {
          if (!input.path || !(error instanceof JqError)) throw error;
        }
        yield { value: result, path: input.path && [...input.path, ...path] };
      }
      return;
    case 'del/1':
      yield made(deletePaths(value, [...engine.pathsOf(first, value, scope)]), input);
      return;
    case 'recurse/0':
      yield* engine.recurse(input);
      return;
    case 'first/1':
      for (const item of engine.run(first, input, scope)) {
        yield item;
        return;
      }
      return;
    case 'last/1': {
      let last: Item | undefined;
      for (const item of engine.run(first, input, scope)) last = item;
      if (last) yield last;
      return;
    }
    case 'limit/2':
      for (const count of engine.plain(first, input, scope)) {
        let left = Number(count);
        if (left <= 0) continue;
        for (const item of engine.run(second, input, scope)) {
          yield item;
          if (--left <= 0) break;
        }
      }
      return;
    case 'skip/2':
      for (const count of engine.plain(first, input, scope)) {
        let left = Number(count);
        for (const item of engine.run(second, input, scope)) if (left-- <= 0) yield item;
      }
      return;
    case 'isempty/1':
      yield made(engine.plain(first, input, scope).next().done === true, input);
      return;
    case 'any/2':
    case 'all/2': {
      const wanted = key === 'any/2';
      for (const item of engine.plain(first, input, scope)) {
        for (const test of engine.plain(second, { value: item, path: undefined }, scope)) {
          if (isTruthy(test) === wanted) {
            yield made(wanted, input);
            return;
          }
        }
      }
      yield made(!wanted, input);
      return;
    }
    case 'add/1': {
      let sum: Json = null;
      for (const item of engine.plain(first, input, scope)) sum = arithmetic('+', sum, item);
      yield made(sum, input);
      return;
    }
    case 'until/2': {
      let at: Item = input;
      while (!isTruthy(engine.plain(first, at, scope).next().value ?? null)) {
        const next = engine.run(second, at, scope).next();
        if (next.done) return;
        at = next.value;
      }
      yield at;
      return;
    }
    case 'while/2': {
      let at: Item = input;
      while (isTruthy(engine.plain(first, at, scope).next().value ?? null)) {
        yield at;
        const next = engine.run(second, at, scope).next();
        if (next.done) return;
        at = next.value;
      }
      return;
    }
    case 'repeat/1':
      yield* repeat(engine, first, input, scope);
      return;
    case 'range/1':
    case 'range/2':
    case 'range/3': {
      const zero: Filter = { type: 'literal', value: 0 };
      const one: Filter = { type: 'literal', value: 1 };
      const bounds =
        key === 'range/1' ? [zero, first, one] : key === 'range/2' ? [first, second, one] : [first, second, third];
      for (const [from, to, by] of engine.product(bounds, 0, input, scope)) {
        if (typeof from !== 'number' || typeof to !== 'number' || typeof by !== 'number')
          throw new JqError('Range bounds must be numeric');
        if (by === 0 && from < to) throw new TooLong();
        for (let at = from; by > 0 ? at < to : at > to; at += by) {
          engine.step();
          yield made(at, input);
        }
      }
      return;
    }
    case 'sort_by/1':
    case 'group_by/1':
    case 'unique_by/1':
    case 'min_by/1':
    case 'max_by/1':
      yield made(ordered(engine, key, first, value, scope), input);
      return;
    case 'input/0': {
      const next = engine.context.input();
      if (next === undefined) throw new JqError('No more inputs');
      yield made(next, input);
      return;
    }
    case 'inputs/0':
      for (let next = engine.context.input(); next !== undefined; next = engine.context.input())
        yield made(next, input);
      return;
    case 'debug/0':
      engine.context.message(`["DEBUG:",${toJson(value)}]\n`);
      yield input;
      return;
    case 'debug/1':
      for (const message of engine.plain(first, input, scope))
        engine.context.message(`["DEBUG:",${toJson(message)}]\n`);
      yield input;
      return;
    case 'stderr/0':
      engine.context.message(toJson(value));
      yield input;
      return;
    case 'env/0':
      yield made(engine.context.env(), input);
      return;
    case 'input_line_number/0':
      yield made(engine.context.line(), input);
      return;
    case 'input_filename/0':
      yield made(engine.context.fileName(), input);
      return;
    case 'builtins/0':
      yield made(builtinNames(), input);
      return;
    case 'halt/0':
      throw new Halt(0, undefined);
    case 'halt_error/0':
      throw new Halt(5, value);
    case 'halt_error/1':
      for (const status of engine.plain(first, input, scope)) throw new Halt(Number(status), value);
      return;
  }
}

function* repeat(engine: Interpreter, filter: Filter, input: Item, scope: Scope | undefined): Generator<Item> {
  // A filter with one output needs no stack.
  let pending: Item[] = [input];
  while (pending.length > 0) {
    const next: Item[] = [];
    for (const item of pending) {
      yield item;
      next.push(...engine.run(filter, item, scope));
    }
    pending = next;
  }
}

function ordered(engine: Interpreter, key: string, by: Filter, value: Json, scope: Scope | undefined): Json {
  if (!Array.isArray(value)) {
    if (key === 'group_by/1') throw new JqError(`Cannot index ${typeOf(value)} with number`);
    throw new JqError(
      key.startsWith('sort')
        ? `${shown(value)} cannot be sorted, as it is not an array`
        : `Cannot index ${typeOf(value)} with number`,
    );
  }
  const keyed = value.map((item) => ({ item, key: [...engine.plain(by, { value: item, path: undefined }, scope)] }));
  if (key === 'min_by/1' || key === 'max_by/1') {
    if (keyed.length === 0) return null;
    return keyed.reduce((best, one) => {
      const order = compareJson(one.key, best.key);
      return key === 'min_by/1' ? (order < 0 ? one : best) : order >= 0 ? one : best;
    }).item;
  }
  keyed.sort((a, b) => compareJson(a.key, b.key));
  if (key === 'sort_by/1') return keyed.map((one) => one.item);
  const groups: { key: Json[]; items: Json[] }[] = [];
  for (const one of keyed) {
    const last = groups.at(-1);
    if (last && compareJson(last.key, one.key) === 0) last.items.push(one.item);
    else groups.push({ key: one.key, items: [one.item] });
  }
  return key === 'group_by/1' ? groups.map((group) => group.items) : groups.map((group) => group.items[0] ?? null);
}

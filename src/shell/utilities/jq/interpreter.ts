import { NATIVE, type NativeContext } from './builtins.ts';
import { type Format, formatValue } from './formats.ts';
import type { Json, JsonObject } from './json.ts';
import { arithmetic } from './operators.ts';
import { deletePaths, getPath, indexInto, setPath, sliceOf, updatePath } from './paths.ts';
import { PRELUDE } from './prelude.ts';
import type { Definition, Filter, Pattern } from './tree.ts';
import { compareJson, isObject, isTruthy, JqError, shown, toJson, typeOf } from './values.ts';

/** A value with the path that led to it: undefined when nobody asks, null when there is none. */
export interface Item {
  readonly value: Json;
  readonly path: readonly Json[] | null | undefined;
}

interface Callable {
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
const STEPS = 20_000_000;

/** The filter has used up its steps. */
export class TooLong extends Error {}

class Break extends Error {
  constructor(readonly label: object) {
    super('break');
  }
}

const LIBRARY = new Map<string, Callable>();

function library(): Map<string, Callable> {
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

const SPECIAL = new Set([
  'empty/0',
  'error/0',
  'error/1',
  'path/1',
  'getpath/1',
  'first/1',
  'last/1',
  'limit/2',
  'until/2',
  'repeat/1',
  'while/2',
  'range/1',
  'range/2',
  'range/3',
  'isempty/1',
  'input/0',
  'inputs/0',
  'debug/0',
  'debug/1',
  'stderr/0',
  'del/1',
  'paths/0',
  'any/2',
  'all/2',
  'sort_by/1',
  'group_by/1',
  'unique_by/1',
  'min_by/1',
  'max_by/1',
  'add/1',
  'limit/2',
  'skip/2',
  'halt/0',
  'halt_error/0',
  'halt_error/1',
  'recurse/0',
  'env/0',
  'input_line_number/0',
  'input_filename/0',
  '$__loc__/0',
  'builtins/0',
]);

/** Ends the program: halt, halt_error. */
export class Halt extends Error {
  constructor(
    readonly status: number,
    readonly message_: Json | undefined,
  ) {
    super('halt');
  }
}

/** Evaluates a program for one input after the other. */
export class Interpreter {
  private steps = 0;

  constructor(
    private readonly context: NativeContext,
    private readonly globals: ReadonlyMap<string, Json>,
  ) {}

  /** Every output for an input. Raises JqError, TooLong, Halt. */
  *outputs(program: Filter, input: Json): Generator<Json> {
    this.steps = 0;
    let scope: Scope | undefined;
    for (const [name, value] of this.globals) scope = { parent: scope, name, value };
    try {
      for (const item of this.run(program, { value: input, path: undefined }, scope)) yield item.value;
    } catch (error) {
      if (error instanceof Break) throw new JqError('break');
      throw error;
    }
  }

  private *run(filter: Filter, input: Item, scope: Scope | undefined): Generator<Item> {
    if (++this.steps > STEPS) throw new TooLong();
    switch (filter.type) {
      case 'identity':
        yield input;
        return;
      case 'recurse':
        yield* this.recurse(input);
        return;
      case 'literal':
        yield made(filter.value, input);
        return;
      case 'variable':
        yield made(this.variable(filter.name, scope), input);
        return;
      case 'string':
        yield* this.string(filter.parts, 0, '', filter.format, input, scope);
        return;
      case 'format':
        yield made(formatValue(filter.name as Format, input.value), input);
        return;
      case 'index':
        for (const key of this.plain(filter.key, input, scope))
          for (const of of this.run(filter.of, input, scope)) yield this.index(of, key);
        return;
      case 'slice':
        yield* this.slice(filter, input, scope);
        return;
      case 'iterate':
        for (const of of this.run(filter.of, input, scope)) yield* this.iterate(of);
        return;
      case 'optional':
        yield* this.attempt(filter.of, undefined, input, scope);
        return;
      case 'try':
        yield* this.attempt(filter.body, filter.handler, input, scope);
        return;
      case 'array': {
        const items: Json[] = [];
        if (filter.of)
          for (const value of this.plain(filter.of, input, scope)) {
            items.push(value);
            if (items.length > 5_000_000) throw new TooLong();
          }
        yield made(items, input);
        return;
      }
      case 'object':
        for (const members of this.object(filter.members, 0, input, scope)) yield made(new Map(members), input);
        return;
      case 'negate':
        for (const value of this.plain(filter.of, input, scope)) {
          if (typeof value !== 'number') throw new JqError(`${shown(value)} cannot be negated`);
          yield made(-value, input);
        }
        return;
      case 'pipe':
        for (const item of this.run(filter.left, input, scope)) yield* this.run(filter.right, item, scope);
        return;
      case 'comma':
        yield* this.run(filter.left, input, scope);
        yield* this.run(filter.right, input, scope);
        return;
      case 'and':
      case 'or':
        for (const left of this.plain(filter.left, input, scope)) {
          if (isTruthy(left) === (filter.type === 'or')) yield made(filter.type === 'or', input);
          else for (const right of this.plain(filter.right, input, scope)) yield made(isTruthy(right), input);
        }
        return;
      case 'alternative':
        yield* this.alternative(filter.left, filter.right, input, scope);
        return;
      case 'binary':
        for (const right of this.plain(filter.right, input, scope))
          for (const left of this.plain(filter.left, input, scope))
            yield made(arithmetic(filter.operator, left, right), input);
        return;
      case 'update':
        yield* this.update(filter.operator, filter.left, filter.right, input, scope);
        return;
      case 'if':
        for (const test of this.plain(filter.test, input, scope)) {
          const branch = isTruthy(test) ? filter.yes : filter.no;
          if (branch) yield* this.run(branch, input, scope);
          else yield input;
        }
        return;
      case 'reduce':
        yield* this.reduce(filter, input, scope);
        return;
      case 'foreach':
        yield* this.foreach(filter, input, scope);
        return;
      case 'as':
        for (const value of this.plain(filter.source, input, scope))
          yield* this.destructured(filter.patterns, value, input, scope, (inner) =>
            this.run(filter.body, input, inner),
          );
        return;
      case 'define':
        yield* this.run(filter.body, input, define(filter.definition, scope));
        return;
      case 'label': {
        const label = {};
        try {
          yield* this.run(filter.body, input, { parent: scope, name: `*${filter.name}`, label });
        } catch (error) {
          if (!(error instanceof Break) || error.label !== label) throw error;
        }
        return;
      }
      case 'break': {
        const found = lookUp(scope, `*${filter.name}`);
        throw new Break(found?.label ?? {});
      }
      case 'call':
        yield* this.call(filter.name, filter.args, input, scope);
        return;
    }
  }

  /** Values only: paths are not of interest. */
  private *plain(filter: Filter, input: Item, scope: Scope | undefined): Generator<Json> {
    for (const item of this.run(filter, { value: input.value, path: undefined }, scope)) yield item.value;
  }

  private variable(name: string, scope: Scope | undefined): Json {
    if (name === '$ENV') return this.context.env();
    const found = lookUp(scope, name);
    if (found?.value === undefined) throw new JqError(`${name} is not defined`);
    return found.value;
  }

  private index(of: Item, key: Json): Item {
    if (of.path === null)
      throw new JqError(
        `Invalid path expression with near attempt to access element ${toJson(key)} of ${cut(of.value)}`.replace(
          'with near',
          'near',
        ),
      );
    return { value: indexInto(of.value, key), path: of.path && [...of.path, key] };
  }

  private *slice(filter: Filter & { type: 'slice' }, input: Item, scope: Scope | undefined): Generator<Item> {
    const one: Filter = { type: 'literal', value: null };
    for (const to of this.plain(filter.to ?? one, input, scope)) {
      for (const from of this.plain(filter.from ?? one, input, scope)) {
        for (const of of this.run(filter.of, input, scope)) {
          const key: JsonObject = new Map([
            ['start', from],
            ['end', to],
          ]);
          yield { value: sliceOf(of.value, from, to), path: of.path && [...of.path, key] };
        }
      }
    }
  }

  private *iterate(of: Item): Generator<Item> {
    const { value, path } = of;
    if (path === null) throw new JqError(`Invalid path expression near attempt to iterate through ${cut(value)}`);
    if (Array.isArray(value))
      for (let i = 0; i < value.length; i++) yield { value: value[i] ?? null, path: path && [...path, i] };
    else if (isObject(value)) for (const [key, item] of value) yield { value: item, path: path && [...path, key] };
    else throw new JqError(`Cannot iterate over ${value === null ? 'null (null)' : shown(value)}`);
  }

  private *recurse(input: Item): Generator<Item> {
    if (++this.steps > STEPS) throw new TooLong();
    yield input;
    if (Array.isArray(input.value) || isObject(input.value))
      for (const item of this.iterate(input)) yield* this.recurse(item);
  }

  private *string(
    parts: readonly (string | Filter)[],
    at: number,
    before: string,
    format: string | undefined,
    input: Item,
    scope: Scope | undefined,
  ): Generator<Item> {
    const part = parts[at];
    if (part === undefined) {
      yield made(before, input);
      return;
    }
    if (typeof part === 'string') {
      yield* this.string(parts, at + 1, before + part, format, input, scope);
      return;
    }
    for (const value of this.plain(part, input, scope)) {
      const text = formatValue((format ?? '@text') as Format, value);
      yield* this.string(
        parts,
        at + 1,
        before + (typeof text === 'string' ? text : toJson(text)),
        format,
        input,
        scope,
      );
    }
  }

  private *attempt(body: Filter, handler: Filter | undefined, input: Item, scope: Scope | undefined): Generator<Item> {
    const source = this.run(body, input, scope);
    for (;;) {
      let next: IteratorResult<Item>;
      try {
        next = source.next();
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
        // error(break) ends quietly; so does any error without a handler.
        if (isObject(error.value) && error.value.has('__jq')) throw error;
        if (handler) yield* this.run(handler, made(error.value, input), scope);
        return;
      }
      if (next.done) return;
      yield next.value;
    }
  }

  private *object(
    members: readonly { readonly key: Filter; readonly value: Filter }[],
    at: number,
    input: Item,
    scope: Scope | undefined,
  ): Generator<[string, Json][]> {
    const member = members[at];
    if (!member) {
      yield [];
      return;
    }
    for (const key of this.plain(member.key, input, scope)) {
      if (typeof key !== 'string') throw new JqError(`Object keys must be strings`);
      for (const value of this.plain(member.value, input, scope)) {
        for (const rest of this.object(members, at + 1, input, scope)) yield [[key, value], ...rest];
      }
    }
  }

  private *alternative(left: Filter, right: Filter, input: Item, scope: Scope | undefined): Generator<Item> {
    let any = false;
    const source = this.run(left, input, scope);
    for (;;) {
      let next: IteratorResult<Item>;
      try {
        next = source.next();
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
        break;
      }
      if (next.done) break;
      if (!isTruthy(next.value.value)) continue;
      any = true;
      yield next.value;
    }
    if (!any) yield* this.run(right, input, scope);
  }

  /** The paths of a filter. */
  private *pathsOf(filter: Filter, value: Json, scope: Scope | undefined): Generator<readonly Json[]> {
    for (const item of this.run(filter, { value, path: [] }, scope)) {
      if (!item.path) throw new JqError(`Invalid path expression with result ${cut(item.value)}`);
      yield item.path;
    }
  }

  private *update(
    operator: string,
    left: Filter,
    right: Filter,
    input: Item,
    scope: Scope | undefined,
  ): Generator<Item> {
    if (operator === '|=') {
      let value = input.value;
      const gone: (readonly Json[])[] = [];
      for (const path of [...this.pathsOf(left, input.value, scope)]) {
        const first = this.plain(right, { value: getPath(value, path), path: undefined }, scope).next();
        if (first.done) gone.push(path);
        else value = setPath(value, path, first.value);
      }
      yield made(gone.length > 0 ? deletePaths(value, gone) : value, input);
      return;
    }
    for (const operand of this.plain(right, input, scope)) {
      let value = input.value;
      for (const path of [...this.pathsOf(left, input.value, scope)]) {
        value = updatePath(value, path, 0, (old) =>
          operator === '='
            ? operand
            : operator === '//='
              ? isTruthy(old)
                ? old
                : operand
              : arithmetic(operator.slice(0, -1), old, operand),
        );
      }
      yield made(value, input);
    }
  }

  private *reduce(filter: Filter & { type: 'reduce' }, input: Item, scope: Scope | undefined): Generator<Item> {
    for (const start of this.run(filter.start, input, scope)) {
      let state: Item | undefined = start;
      for (const value of this.plain(filter.source, input, scope)) {
        for (const item of this.destructured(filter.patterns, value, input, scope, (inner) =>
          this.lastOf(filter.update, state ?? made(null, input), inner),
        ))
          state = item;
      }
      if (state) yield state;
    }
  }

  /** The last output; null when there is none, as jq 1.7 has it. */
  private *lastOf(filter: Filter, input: Item, scope: Scope | undefined): Generator<Item> {
    let last: Item | undefined;
    for (const item of this.run(filter, input, scope)) last = item;
    yield last ?? made(null, input);
  }

  private *foreach(filter: Filter & { type: 'foreach' }, input: Item, scope: Scope | undefined): Generator<Item> {
    for (const start of this.run(filter.start, input, scope)) {
      let state = start;
      for (const value of this.plain(filter.source, input, scope)) {
        const self = this;
        yield* this.destructured(filter.patterns, value, input, scope, function* (inner) {
          for (const item of self.run(filter.update, state, inner)) {
            state = item;
            if (filter.extract) yield* self.run(filter.extract, item, inner);
            else yield item;
          }
        });
      }
    }
  }

  // ---- destructuring ----

  private *destructured(
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
        for (const inner of this.bind(pattern, value, input, base)) yield* body(inner);
        return;
      } catch (error) {
        if (last || !(error instanceof JqError)) throw error;
      }
    }
  }

  private *bind(pattern: Pattern, value: Json, input: Item, scope: Scope | undefined): Generator<Scope | undefined> {
    if (pattern.type === 'name') {
      yield { parent: scope, name: pattern.name, value };
      return;
    }
    if (pattern.type === 'array') {
      yield* this.bindItems(pattern.items, 0, value, input, scope);
      return;
    }
    yield* this.bindMembers(pattern.members, 0, value, input, scope);
  }

  private *bindItems(
    items: readonly Pattern[],
    at: number,
    value: Json,
    input: Item,
    scope: Scope | undefined,
  ): Generator<Scope | undefined> {
    const item = items[at];
    if (!item) yield scope;
    else
      for (const inner of this.bind(item, indexInto(value, at), input, scope))
        yield* this.bindItems(items, at + 1, value, input, inner);
  }

  private *bindMembers(
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
    for (const key of this.plain(member.key, input, scope)) {
      if (typeof key !== 'string') throw new JqError(`Cannot index ${typeOf(value)} with ${typeOf(key)}`);
      const part = indexInto(value, key);
      const bound: Scope | undefined =
        member.bind === undefined ? scope : { parent: scope, name: member.bind, value: part };
      if (!member.value) yield* this.bindMembers(members, at + 1, value, input, bound);
      else
        for (const inner of this.bind(member.value, part, input, bound))
          yield* this.bindMembers(members, at + 1, value, input, inner);
    }
  }

  // ---- calls ----

  private *call(name: string, args: readonly Filter[], input: Item, scope: Scope | undefined): Generator<Item> {
    const key = `${name}/${args.length}`;
    const found = lookUp(scope, key);
    if (found?.callable) {
      yield* this.apply(found.callable, found, args, input, scope);
      return;
    }
    if (SPECIAL.has(key)) {
      yield* this.special(key, args, input, scope);
      return;
    }
    const native = NATIVE.get(key);
    if (native) {
      for (const values of this.product(args, 0, input, scope))
        yield made(native(this.context, input.value, values), input);
      return;
    }
    const fromLibrary = library().get(key);
    if (!fromLibrary) throw new JqError(`${key} is not defined`);
    yield* this.apply(fromLibrary, undefined, args, input, scope);
  }

  private *product(args: readonly Filter[], at: number, input: Item, scope: Scope | undefined): Generator<Json[]> {
    const arg = args[at];
    if (!arg) {
      yield [];
      return;
    }
    for (const value of this.plain(arg, input, scope))
      for (const rest of this.product(args, at + 1, input, scope)) yield [value, ...rest];
  }

  private *apply(
    callable: Callable,
    self: Scope | undefined,
    args: readonly Filter[],
    input: Item,
    scope: Scope | undefined,
  ): Generator<Item> {
    if (callable.closure) {
      yield* this.run(callable.body, input, callable.scope);
      return;
    }
    yield* this.bindParameters(callable, self, args, 0, input, scope, self ?? callable.scope);
  }

  private *bindParameters(
    callable: Callable,
    self: Scope | undefined,
    args: readonly Filter[],
    at: number,
    input: Item,
    caller: Scope | undefined,
    inner: Scope | undefined,
  ): Generator<Item> {
    const parameter = callable.parameters[at];
    const arg = args[at];
    if (parameter === undefined || !arg) {
      yield* this.run(callable.body, input, inner);
      return;
    }
    if (!parameter.startsWith('$')) {
      yield* this.bindParameters(callable, self, args, at + 1, input, caller, {
        parent: inner,
        name: `${parameter}/0`,
        callable: { parameters: [], body: arg, scope: caller, closure: true },
      });
      return;
    }
    for (const value of this.plain(arg, input, caller)) {
      const bound: Scope = { parent: inner, name: parameter, value };
      yield* this.bindParameters(callable, self, args, at + 1, input, caller, {
        parent: bound,
        name: `${parameter.slice(1)}/0`,
        callable: { parameters: [], body: { type: 'literal', value }, scope: undefined, closure: true },
      });
    }
  }

  /** Functions that need their arguments unevaluated, or that know paths. */
  private *special(key: string, args: readonly Filter[], input: Item, scope: Scope | undefined): Generator<Item> {
    const [first = IDENTITY, second = IDENTITY, third = IDENTITY] = args;
    const { value } = input;
    switch (key) {
      case 'empty/0':
        return;
      case 'error/0':
        throw new JqError(value);
      case 'error/1':
        for (const message of this.plain(first, input, scope)) throw new JqError(message);
        return;
      case 'path/1':
        for (const path of this.pathsOf(first, value, scope)) yield made([...path], input);
        return;
      case 'paths/0':
        for (const item of this.recurse({ value, path: [] }))
          if (item.path && item.path.length > 0) yield made([...item.path], input);
        return;
      case 'getpath/1':
        for (const path of this.plain(first, input, scope)) {
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
        yield made(deletePaths(value, [...this.pathsOf(first, value, scope)]), input);
        return;
      case 'recurse/0':
        yield* this.recurse(input);
        return;
      case 'first/1':
        for (const item of this.run(first, input, scope)) {
          yield item;
          return;
        }
        return;
      case 'last/1': {
        let last: Item | undefined;
        for (const item of this.run(first, input, scope)) last = item;
        if (last) yield last;
        return;
      }
      case 'limit/2':
        for (const count of this.plain(first, input, scope)) {
          let left = Number(count);
          if (left <= 0) continue;
          for (const item of this.run(second, input, scope)) {
            yield item;
            if (--left <= 0) break;
          }
        }
        return;
      case 'skip/2':
        for (const count of this.plain(first, input, scope)) {
          let left = Number(count);
          for (const item of this.run(second, input, scope)) if (left-- <= 0) yield item;
        }
        return;
      case 'isempty/1':
        yield made(this.plain(first, input, scope).next().done === true, input);
        return;
      case 'any/2':
      case 'all/2': {
        const wanted = key === 'any/2';
        for (const item of this.plain(first, input, scope)) {
          for (const test of this.plain(second, { value: item, path: undefined }, scope)) {
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
        for (const item of this.plain(first, input, scope)) sum = arithmetic('+', sum, item);
        yield made(sum, input);
        return;
      }
      case 'until/2': {
        let at: Item = input;
        while (!isTruthy(this.plain(first, at, scope).next().value ?? null)) {
          const next = this.run(second, at, scope).next();
          if (next.done) return;
          at = next.value;
        }
        yield at;
        return;
      }
      case 'while/2': {
        let at: Item = input;
        while (isTruthy(this.plain(first, at, scope).next().value ?? null)) {
          yield at;
          const next = this.run(second, at, scope).next();
          if (next.done) return;
          at = next.value;
        }
        return;
      }
      case 'repeat/1':
        yield* this.repeat(first, input, scope);
        return;
      case 'range/1':
      case 'range/2':
      case 'range/3': {
        const zero: Filter = { type: 'literal', value: 0 };
        const one: Filter = { type: 'literal', value: 1 };
        const bounds =
          key === 'range/1' ? [zero, first, one] : key === 'range/2' ? [first, second, one] : [first, second, third];
        for (const [from, to, by] of this.product(bounds, 0, input, scope)) {
          if (typeof from !== 'number' || typeof to !== 'number' || typeof by !== 'number')
            throw new JqError('Range bounds must be numeric');
          if (by === 0 && from < to) throw new TooLong();
          for (let at = from; by > 0 ? at < to : at > to; at += by) {
            if (++this.steps > STEPS) throw new TooLong();
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
        yield made(this.ordered(key, first, value, scope), input);
        return;
      case 'input/0': {
        const next = this.context.input();
        if (next === undefined) throw new JqError('No more inputs');
        yield made(next, input);
        return;
      }
      case 'inputs/0':
        for (let next = this.context.input(); next !== undefined; next = this.context.input()) yield made(next, input);
        return;
      case 'debug/0':
        this.context.message(`["DEBUG:",${toJson(value)}]\n`);
        yield input;
        return;
      case 'debug/1':
        for (const message of this.plain(first, input, scope)) this.context.message(`["DEBUG:",${toJson(message)}]\n`);
        yield input;
        return;
      case 'stderr/0':
        this.context.message(toJson(value));
        yield input;
        return;
      case 'env/0':
        yield made(this.context.env(), input);
        return;
      case 'input_line_number/0':
        yield made(this.context.line(), input);
        return;
      case 'input_filename/0':
        yield made(this.context.fileName(), input);
        return;
      case 'builtins/0':
        yield made(
          [...NATIVE.keys(), ...SPECIAL, ...library().keys()].filter(
            (name) => !name.startsWith('_') && !name.startsWith('$'),
          ),
          input,
        );
        return;
      case 'halt/0':
        throw new Halt(0, undefined);
      case 'halt_error/0':
        throw new Halt(5, value);
      case 'halt_error/1':
        for (const status of this.plain(first, input, scope)) throw new Halt(Number(status), value);
        return;
    }
  }

  private *repeat(filter: Filter, input: Item, scope: Scope | undefined): Generator<Item> {
    // A filter with one output needs no stack.
    let pending: Item[] = [input];
    while (pending.length > 0) {
      const next: Item[] = [];
      for (const item of pending) {
        yield item;
        next.push(...this.run(filter, item, scope));
      }
      pending = next;
    }
  }

  private ordered(key: string, by: Filter, value: Json, scope: Scope | undefined): Json {
    if (!Array.isArray(value)) {
      if (key === 'group_by/1') throw new JqError(`Cannot index ${typeOf(value)} with number`);
      throw new JqError(
        key.startsWith('sort')
          ? `${shown(value)} cannot be sorted, as it is not an array`
          : `Cannot index ${typeOf(value)} with number`,
      );
    }
    const keyed = value.map((item) => ({ item, key: [...this.plain(by, { value: item, path: undefined }, scope)] }));
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
}

const IDENTITY: Filter = { type: 'identity' };

/** A value that no path leads to. */
function made(value: Json, input: Item): Item {
  return { value, path: input.path === undefined ? undefined : null };
}

function cut(value: Json): string {
  const text = toJson(value);
  return text.length > 29 ? `${text.slice(0, 26)}...` : text;
}

function define({ name, parameters, body }: Definition, scope: Scope | undefined): Scope {
  return {
    parent: scope,
    name: `${name}/${parameters.length}`,
    callable: { parameters, body, scope: undefined, closure: false },
  };
}

function lookUp(scope: Scope | undefined, name: string): Scope | undefined {
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

import { destructured } from './bind.ts';
import { NATIVE, type NativeContext } from './builtins.ts';
import { type Format, formatValue } from './formats.ts';
import type { Json, JsonObject } from './json.ts';
import { library } from './library.ts';
import { arithmetic } from './operators.ts';
import { deletePaths, getPath, indexInto, setPath, sliceOf, updatePath } from './paths.ts';
import { type Callable, cut, type Item, lookUp, made, type Scope, STEPS, TooLong } from './scope.ts';
import { callSpecial } from './special.ts';
import { SPECIAL } from './special-names.ts';
import type { Definition, Filter } from './tree.ts';
import { isObject, isTruthy, JqError, shown, toJson } from './values.ts';

class Break extends Error {
  constructor(readonly label: object) {
    super('break');
  }
}

/** Evaluates a program for one input after the other. */
export class Interpreter {
  private steps = 0;

  constructor(
    readonly context: NativeContext,
    private readonly globals: ReadonlyMap<string, Json>,
    /** yq adds a value to a list where jq refuses. */
    private readonly calculate: typeof arithmetic = arithmetic,
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

  /** Counts a step of work. Raises TooLong. */
  step(): void {
    if (++this.steps > STEPS) throw new TooLong();
  }

  *run(filter: Filter, input: Item, scope: Scope | undefined): Generator<Item> {
    this.step();
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
            yield made(this.calculate(filter.operator, left, right), input);
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
          yield* destructured(this, filter.patterns, value, input, scope, (inner) =>
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
  *plain(filter: Filter, input: Item, scope: Scope | undefined): Generator<Json> {
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

  *recurse(input: Item): Generator<Item> {
    this.step();
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
  *pathsOf(filter: Filter, value: Json, scope: Scope | undefined): Generator<readonly Json[]> {
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
              : this.calculate(operator.slice(0, -1), old, operand),
        );
      }
      yield made(value, input);
    }
  }

  private *reduce(filter: Filter & { type: 'reduce' }, input: Item, scope: Scope | undefined): Generator<Item> {
    for (const start of this.run(filter.start, input, scope)) {
      let state: Item | undefined = start;
      for (const value of this.plain(filter.source, input, scope)) {
        for (const item of destructured(this, filter.patterns, value, input, scope, (inner) =>
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
        yield* destructured(this, filter.patterns, value, input, scope, function* (inner) {
          for (const item of self.run(filter.update, state, inner)) {
            state = item;
            if (filter.extract) yield* self.run(filter.extract, item, inner);
            else yield item;
          }
        });
      }
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
      yield* callSpecial(this, key, args, input, scope);
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

  *product(args: readonly Filter[], at: number, input: Item, scope: Scope | undefined): Generator<Json[]> {
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
}

function define({ name, parameters, body }: Definition, scope: Scope | undefined): Scope {
  return {
    parent: scope,
    name: `${name}/${parameters.length}`,
    callable: { parameters, body, scope: undefined, closure: false },
  };
}

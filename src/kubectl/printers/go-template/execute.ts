import { FUNCTIONS, type Functions, WrongCount } from './functions.ts';
import { type Command, GoInt, type Node, type Operand, type Pipe, type Runtime } from './node.ts';
import type { Templates } from './parse.ts';
import { integerOf, isMap, isSlice, isTrue, mapKeys, printed } from './values.ts';

/** How deep templates may call each other. */
const MAX_DEPTH = 1000;
/** How often a range over a number may run. */
const MAX_COUNT = 100_000;

class Leave extends Error {
  constructor(readonly how: 'break' | 'continue') {
    super(how);
  }
}

/** Runs a template. Raises Error: `template: output:1:2: executing "output" at <.x>: …`. Go: text/template/exec.go */
export class Execution {
  /** What has been printed so far. */
  text = '';
  private variables: [string, Runtime][] = [];
  private depth = 0;
  private current: string;

  constructor(
    private readonly name: string,
    private readonly source: string,
    private readonly templates: Templates,
    private readonly allowMissingKeys: boolean,
    private readonly functions: Functions = FUNCTIONS,
  ) {
    this.current = name;
  }

  run(data: Runtime): void {
    this.variables = [['$', data]];
    this.walk(this.templates.get(this.name) ?? [], data);
  }

  private fail(at: number, shown: string, message: string): Error {
    const before = this.source.slice(0, at);
    const line = before.split('\n').length;
    const column = at - (before.lastIndexOf('\n') + 1);
    return new Error(
      `template: ${this.name}:${line}:${column}: executing ${JSON.stringify(this.current)} at <${shown}>: ${message}`,
    );
  }

  private walk(nodes: readonly Node[], dot: Runtime): void {
    for (const node of nodes) this.one(node, dot);
  }

  private one(node: Node, dot: Runtime): void {
    switch (node.kind) {
      case 'text':
        this.text += node.text;
        return;
      case 'action': {
        const value = this.pipe(node.pipe, dot);
        if (node.pipe.variables.length === 0) this.text += printed(value);
        return;
      }
      case 'if':
      case 'with':
        this.branch(node.kind, node.pipe, node.body, node.otherwise, dot);
        return;
      case 'range':
        this.range(node.pipe, node.body, node.otherwise, dot);
        return;
      case 'template':
        this.call(node, dot);
        return;
      default:
        throw new Leave(node.kind);
    }
  }

  private branch(
    kind: 'if' | 'with',
    pipe: Pipe,
    body: readonly Node[],
    otherwise: readonly Node[],
    dot: Runtime,
  ): void {
    const mark = this.variables.length;
    const value = this.pipe(pipe, dot);
    if (isTrue(value)) this.walk(body, kind === 'with' ? value : dot);
    else this.walk(otherwise, dot);
    this.variables.length = mark;
  }

  private range(pipe: Pipe, body: readonly Node[], otherwise: readonly Node[], dot: Runtime): void {
    const mark = this.variables.length;
    const value = this.pipe({ ...pipe, variables: [] }, dot);
    const entries = this.entries(pipe, value);
    for (const [key, item] of entries) {
      const [first, second] = pipe.variables;
      if (first !== undefined && second === undefined) this.assign(pipe, first, item);
      else if (first !== undefined && second !== undefined) {
        this.assign(pipe, first, key);
        this.assign(pipe, second, item);
      }
      try {
        this.walk(body, item);
      } catch (error) {
        if (!(error instanceof Leave)) throw error;
        if (error.how === 'break') break;
      } finally {
        this.variables.length = mark;
      }
    }
    if (entries.length === 0) this.walk(otherwise, dot);
    this.variables.length = mark;
  }

  private entries(pipe: Pipe, value: Runtime): [Runtime, Runtime][] {
    if (value === undefined || value === null) return [];
    if (isSlice(value)) return value.map((item, at) => [new GoInt(at), item]);
    if (isMap(value)) return mapKeys(value).map((key) => [key, value[key]]);
    const count = integerOf(value);
    if (count !== undefined) {
      if (count > MAX_COUNT)
        throw this.fail(pipe.at, this.pipeText(pipe), `kubetutor does not model ranges over more than ${MAX_COUNT}`);
      return Array.from({ length: Math.max(0, count) }, (_, at) => [new GoInt(at), new GoInt(at)]);
    }
    throw this.fail(
      pipe.commands[0]?.arguments[0]?.at ?? pipe.at,
      this.pipeText(pipe),
      `range can't iterate over ${printed(value)}`,
    );
  }

  private pipeText(pipe: Pipe): string {
    return pipe.commands.map((command) => command.arguments.map((one) => one.text).join(' ')).join(' | ');
  }

  private assign(pipe: Pipe, name: string, value: Runtime): void {
    if (pipe.declares) this.variables.push([name, value]);
    else this.set(name, value);
  }

  private set(name: string, value: Runtime): void {
    for (let at = this.variables.length - 1; at >= 0; at--) {
      const slot = this.variables[at];
      if (slot?.[0] !== name) continue;
      slot[1] = value;
      return;
    }
  }

  private call(node: Extract<Node, { kind: 'template' }>, dot: Runtime): void {
    const nodes = this.templates.get(node.name);
    if (!nodes)
      throw this.fail(
        node.at,
        `{{template ${JSON.stringify(node.name)}}}`,
        `template ${JSON.stringify(node.name)} not defined`,
      );
    if (++this.depth > MAX_DEPTH)
      throw this.fail(node.at, `{{template ${JSON.stringify(node.name)}}}`, 'exceeded maximum template depth (100000)');
    const data = node.pipe ? this.pipe(node.pipe, dot) : undefined;
    const [variables, current] = [this.variables, this.current];
    this.variables = [['$', data]];
    this.current = node.name;
    this.walk(nodes, data);
    this.variables = variables;
    this.current = current;
    this.depth--;
  }

  private pipe(pipe: Pipe, dot: Runtime): Runtime {
    let value: Runtime;
    pipe.commands.forEach((command, at) => {
      value = this.command(command, dot, at === 0 ? [] : [value]);
    });
    for (const name of pipe.variables) this.assign(pipe, name, value);
    return value;
  }

  private command(command: Command, dot: Runtime, piped: readonly Runtime[]): Runtime {
    const [first, ...rest] = command.arguments;
    if (!first) return undefined;
    if (first.kind === 'function') return this.callFunction(first, rest, dot, piped);
    if (rest.length > 0 || piped.length > 0) {
      if (first.kind === 'field' || first.kind === 'variable' || first.kind === 'chain') {
        const owner = first.names.at(-1) ?? first.text;
        throw this.fail(first.at, first.text, `${owner} is not a method but has arguments`);
      }
      throw this.fail(first.at, first.text, `can't give argument to non-function ${first.text}`);
    }
    if (first.kind === 'literal' && first.value === null) throw this.fail(first.at, first.text, 'nil is not a command');
    return this.operand(first, dot);
  }

  private callFunction(
    node: Extract<Operand, { kind: 'function' }>,
    rest: readonly Operand[],
    dot: Runtime,
    piped: readonly Runtime[],
  ): Runtime {
    const run = this.functions[node.name];
    if (!run) throw this.fail(node.at, node.text, `${JSON.stringify(node.name)} is not a defined function`);
    const minimum =
      { not: 1, len: 1, index: 1, slice: 1, eq: 1, and: 1, or: 1, printf: 1, exists: 1, base64decode: 1 }[node.name] ??
      0;
    if (rest.length + piped.length < minimum)
      throw this.fail(
        node.at,
        node.text,
        new WrongCount(
          node.name,
          minimum,
          rest.length + piped.length,
          !['not', 'len', 'base64decode'].includes(node.name),
        ).message,
      );
    const args: Runtime[] = [];
    for (const one of rest) {
      const value = this.operand(one, dot);
      args.push(value);
      if (node.name === 'and' && !isTrue(value)) return value;
      if (node.name === 'or' && isTrue(value)) return value;
    }
    try {
      return run([...args, ...piped]);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof WrongCount) throw this.fail(node.at, node.text, error.message);
      throw this.fail(
        node.at,
        [node.text, ...rest.map((one) => one.text)].join(' '),
        `error calling ${node.name}: ${error.message}`,
      );
    }
  }

  private operand(node: Operand, dot: Runtime): Runtime {
    switch (node.kind) {
      case 'dot':
        return dot;
      case 'literal':
        return node.value;
      case 'pipe':
        return this.pipe(node.pipe, dot);
      case 'function':
        return this.callFunction(node, [], dot, []);
      case 'field':
        return this.fields(node, node.names, dot);
      case 'variable':
        return this.fields(node, node.names, this.variable(node.name));
      case 'chain':
        return this.fields(node, node.names, this.operand(node.base, dot));
    }
  }

  private variable(name: string): Runtime {
    for (let at = this.variables.length - 1; at >= 0; at--) {
      const slot = this.variables[at];
      if (slot?.[0] === name) return slot[1];
    }
    return undefined;
  }

  private fields(node: Operand, names: readonly string[], base: Runtime): Runtime {
    let value = base;
    for (const name of names) {
      if (value === undefined || value === null) {
        if (!this.allowMissingKeys)
          throw this.fail(node.at, node.text, `nil data; no entry for key ${JSON.stringify(name)}`);
        return undefined;
      }
      if (!isMap(value)) {
        // What stands in a map or a list is an interface to Go.
        throw this.fail(node.at, node.text, `can't evaluate field ${name} in type interface {}`);
      }
      const map = value;
      if (!Object.hasOwn(map, name) && !this.allowMissingKeys)
        throw this.fail(node.at, node.text, `map has no entry for key ${JSON.stringify(name)}`);
      value = Object.hasOwn(map, name) ? map[name] : undefined;
    }
    return value;
  }
}

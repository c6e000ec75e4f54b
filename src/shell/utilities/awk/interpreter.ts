import type { Task } from '../../../world/task.ts';
import { compilePattern } from '../bre.ts';
import { Fail } from '../fail.ts';
import type { Tool } from '../tool.ts';
import { callBuiltin } from './builtins.ts';
import { Fields } from './fields.ts';
import { unescapeAwk } from './lexer.ts';
import { MainInput } from './main-input.ts';
import { operate } from './operators.ts';
import { Streams } from './streams.ts';
import type { AwkProgram, Node, Rule, Statement, UserFunction } from './tree.ts';
import { awkFormat, conversions, inputValue, isTrue, toNumber, toText, type Value } from './values.ts';

export type AwkArray = Map<string, Value>;

/** A variable: a value or an array. An untyped argument remembers whose it is, in case it turns out to be an array. */
export interface Cell {
  value: Value;
  array: AwkArray | undefined;
  origin?: Cell | undefined;
}

/** How a statement ended. */
type Signal = 'break' | 'continue' | 'next' | 'nextfile' | 'exit' | 'return' | undefined;

const MAX_DEPTH = 1000;
/** Virtual ms for one evaluated node. */
const NODE = 0.0004;

/** Runs an awk program over its input. */
export class Awk {
  readonly globals = new Map<string, Cell>();
  readonly streams: Streams;
  readonly line = new Fields(this);
  private frames: Map<string, Cell>[] = [];
  private returned: Value;
  private exitStatus: number | undefined;
  private readonly ranges = new Set<Rule>();
  private readonly input = new MainInput(this);
  private readonly patterns = new Map<string, RegExp>();
  /** rand's source, by srand's seed. */
  seed = 0;

  constructor(
    readonly tool: Tool,
    private readonly program: AwkProgram,
    args: readonly string[],
  ) {
    this.streams = new Streams(tool);
    const standard: [string, Value][] = [
      ['FS', ' '],
      ['OFS', ' '],
      ['ORS', '\n'],
      ['RS', '\n'],
      ['NR', 0],
      ['NF', 0],
      ['FNR', 0],
      ['SUBSEP', '\x1c'],
      ['CONVFMT', '%.6g'],
      ['OFMT', '%.6g'],
      ['RSTART', 0],
      ['RLENGTH', -1],
      ['FILENAME', ''],
      ['ARGC', args.length + 1],
    ];
    for (const [name, value] of standard) this.globals.set(name, { value, array: undefined });
    this.globals.set('ARGV', {
      value: undefined,
      array: new Map([['0', 'awk'], ...args.map((text, i): [string, Value] => [String(i + 1), inputValue(text)])]),
    });
    this.globals.set('ENVIRON', {
      value: undefined,
      array: new Map([...tool.p.env].map(([name, text]): [string, Value] => [name, inputValue(text)])),
    });
  }

  /** `NAME=VALUE` of -v and of operands. */
  assignText(name: string, text: string): void {
    this.setGlobal(name, inputValue(unescapeAwk(text)));
  }

  *run(): Task<number> {
    let signal = yield* this.rules('BEGIN');
    const reads = this.program.rules.some((rule) => rule.kind !== 'BEGIN');
    while (signal !== 'exit' && reads) {
      const record = yield* this.input.next();
      if (record === undefined) break;
      this.line.setRecord(record);
      signal = yield* this.mainRules();
      if (signal === 'nextfile') this.input.close();
      yield* this.tool.drain();
    }
    if (this.exitStatus === undefined || signal === 'exit') {
      const status = this.exitStatus;
      yield* this.rules('END');
      this.exitStatus ??= status;
    }
    yield* this.streams.closeAll();
    return (this.exitStatus ?? 0) & 255;
  }

  /** After exit within a function: END has its turn, then everything is closed. */
  *finish(): Task<number> {
    this.frames = [];
    const status = this.exitStatus;
    if (!this.ending) yield* this.rules('END');
    yield* this.streams.closeAll();
    return (this.exitStatus ?? status ?? 0) & 255;
  }

  private ending = false;

  private *rules(kind: 'BEGIN' | 'END'): Task<Signal> {
    if (kind === 'END') this.ending = true;
    for (const rule of this.program.rules) {
      if (rule.kind !== kind || !rule.body) continue;
      const signal = yield* this.execute(rule.body);
      if (signal === 'exit') return signal;
    }
    return undefined;
  }

  private *mainRules(): Task<Signal> {
    for (const rule of this.program.rules) {
      if (rule.kind === 'BEGIN' || rule.kind === 'END') continue;
      if (!(yield* this.applies(rule))) continue;
      if (!rule.body) this.tool.put(this.line.text0() + this.string('ORS'));
      else {
        const signal = yield* this.execute(rule.body);
        if (signal === 'exit' || signal === 'nextfile') return signal;
        if (signal === 'next') return undefined;
      }
    }
    return undefined;
  }

  private *applies(rule: Rule): Task<boolean> {
    if (rule.kind !== 'range') return !rule.pattern || isTrue(yield* this.evaluate(rule.pattern));
    if (!this.ranges.has(rule)) {
      if (!rule.pattern || !isTrue(yield* this.evaluate(rule.pattern))) return false;
      this.ranges.add(rule);
    }
    if (rule.end && isTrue(yield* this.evaluate(rule.end))) this.ranges.delete(rule);
    return true;
  }

  /** A run time error with where the input stood, as mawk words it. */
  fault(message: string): Fail {
    const place = `FILENAME="${this.string('FILENAME')}" FNR=${this.string('FNR')} NR=${this.string('NR')}`;
    return new Fail(`run time error: ${message}\n\t${place}`, 2);
  }

  // ---- variables ----

  cell(name: string): Cell {
    const local = this.frames.at(-1)?.get(name);
    if (local) return local;
    let cell = this.globals.get(name);
    if (!cell) {
      cell = { value: undefined, array: undefined };
      this.globals.set(name, cell);
    }
    return cell;
  }

  array(name: string): AwkArray {
    return arrayOf(this.cell(name), name);
  }

  setGlobal(name: string, value: Value): void {
    const cell = this.globals.get(name);
    if (cell) cell.value = value;
    else this.globals.set(name, { value, array: undefined });
  }

  setVariable(name: string, value: Value): void {
    const cell = this.cell(name);
    if (cell.array) throw new Fail(`type error in assignment: ${name} is an array`, 2);
    cell.value = value;
    if (name === 'NF' && cell === this.globals.get('NF'))
      this.line.setFieldCount(Math.max(0, Math.trunc(toNumber(value))));
  }

  string(name: string): string {
    return toText(this.globals.get(name)?.value);
  }

  number(name: string): number {
    return toNumber(this.globals.get(name)?.value);
  }

  pattern(source: string): RegExp {
    let pattern = this.patterns.get(source);
    if (!pattern) {
      try {
        pattern = compilePattern(source, { syntax: 'extended', escapes: true, flags: 'g' });
      } catch (error) {
        if (error instanceof Fail) throw new Fail(`regular expression compile failed (${error.message})\n${source}`, 2);
        throw error;
      }
      this.patterns.set(source, pattern);
    }
    pattern.lastIndex = 0;
    return pattern;
  }

  // ---- statements ----

  private *execute(statement: Statement): Task<Signal> {
    yield* this.tool.p.cpu(NODE);
    switch (statement.type) {
      case 'expression':
        yield* this.evaluate(statement.value);
        return undefined;
      case 'print':
        yield* this.print(statement);
        return undefined;
      case 'block':
        for (const one of statement.body) {
          const signal = yield* this.execute(one);
          if (signal) return signal;
        }
        return undefined;
      case 'if':
        if (isTrue(yield* this.evaluate(statement.test))) return yield* this.execute(statement.yes);
        return statement.no ? yield* this.execute(statement.no) : undefined;
      case 'while':
        while (isTrue(yield* this.evaluate(statement.test))) {
          const signal = yield* this.execute(statement.body);
          if (signal === 'break') break;
          if (signal && signal !== 'continue') return signal;
          yield* this.tool.drain();
        }
        return undefined;
      case 'do':
        do {
          const signal = yield* this.execute(statement.body);
          if (signal === 'break') break;
          if (signal && signal !== 'continue') return signal;
          yield* this.tool.drain();
        } while (isTrue(yield* this.evaluate(statement.test)));
        return undefined;
      case 'for':
        if (statement.start) yield* this.execute(statement.start);
        while (!statement.test || isTrue(yield* this.evaluate(statement.test))) {
          const signal = yield* this.execute(statement.body);
          if (signal === 'break') break;
          if (signal && signal !== 'continue') return signal;
          if (statement.step) yield* this.execute(statement.step);
          yield* this.tool.drain();
        }
        return undefined;
      case 'forin':
        for (const key of [...this.array(statement.array).keys()]) {
          this.setVariable(statement.name, inputValue(key));
          const signal = yield* this.execute(statement.body);
          if (signal === 'break') break;
          if (signal && signal !== 'continue') return signal;
        }
        return undefined;
      case 'delete':
        if (statement.subscripts) this.array(statement.name).delete(yield* this.subscript(statement.subscripts));
        else this.array(statement.name).clear();
        return undefined;
      case 'exit':
        if (statement.value) this.exitStatus = toNumber(yield* this.evaluate(statement.value));
        else this.exitStatus ??= 0;
        return 'exit';
      case 'return':
        this.returned = statement.value ? yield* this.evaluate(statement.value) : undefined;
        return 'return';
      default:
        return statement.type;
    }
  }

  private *print(statement: Statement & { type: 'print' }): Task {
    const values: Value[] = [];
    for (const arg of statement.args) values.push(yield* this.evaluate(arg));
    let text: string;
    if (statement.format) {
      const wanted = conversions(toText(values[0], this.string('CONVFMT')));
      if (wanted > values.length - 1) throw this.fault(`not enough arguments passed to printf("${toText(values[0])}")`);
      text = awkFormat(toText(values[0], this.string('CONVFMT')), values.slice(1), this.string('CONVFMT'));
    } else if (values.length === 0) text = this.line.text0() + this.string('ORS');
    else text = values.map((value) => toText(value, this.string('OFMT'))).join(this.string('OFS')) + this.string('ORS');
    if (!statement.to) this.tool.put(text);
    else yield* this.streams.write(statement.to.kind, toText(yield* this.evaluate(statement.to.path)), text);
  }

  // ---- expressions ----

  *subscript(nodes: readonly Node[]): Task<string> {
    const parts: string[] = [];
    for (const node of nodes) parts.push(toText(yield* this.evaluate(node), this.string('CONVFMT')));
    return parts.join(this.string('SUBSEP'));
  }

  *evaluate(node: Node): Task<Value> {
    yield* this.tool.p.cpu(NODE);
    switch (node.type) {
      case 'number':
      case 'string':
        return node.value;
      case 'regex':
        return this.pattern(node.source).test(this.line.text0()) ? 1 : 0;
      case 'name':
        if (node.name === 'NF') this.line.splitFields();
        return this.scalar(node.name);
      case 'index': {
        const array = this.array(node.name);
        const key = yield* this.subscript(node.subscripts);
        if (!array.has(key)) array.set(key, undefined);
        return array.get(key);
      }
      case 'field':
        return this.line.field(Math.trunc(toNumber(yield* this.evaluate(node.of))));
      case 'group': {
        const [only] = node.list;
        if (node.list.length !== 1 || !only) throw new Fail('syntax error at or near ,', 2);
        return yield* this.evaluate(only);
      }
      case 'unary': {
        const value = yield* this.evaluate(node.of);
        return node.operator === '!'
          ? isTrue(value)
            ? 0
            : 1
          : node.operator === '-'
            ? -toNumber(value)
            : toNumber(value);
      }
      case 'binary':
        return operate(
          node.operator,
          yield* this.evaluate(node.left),
          yield* this.evaluate(node.right),
          this.string('CONVFMT'),
        );
      case 'match': {
        const text = toText(yield* this.evaluate(node.left), this.string('CONVFMT'));
        const pattern = yield* this.regex(node.right);
        return pattern.test(text) !== node.negated ? 1 : 0;
      }
      case 'in':
        return this.array(node.name).has(yield* this.subscript(node.subscripts)) ? 1 : 0;
      case 'and':
        return isTrue(yield* this.evaluate(node.left)) && isTrue(yield* this.evaluate(node.right)) ? 1 : 0;
      case 'or':
        return isTrue(yield* this.evaluate(node.left)) || isTrue(yield* this.evaluate(node.right)) ? 1 : 0;
      case 'ternary':
        return isTrue(yield* this.evaluate(node.test)) ? yield* this.evaluate(node.yes) : yield* this.evaluate(node.no);
      case 'assign': {
        const value = yield* this.evaluate(node.value);
        if (node.operator === '=') return yield* this.assign(node.target, value);
        return yield* this.assign(
          node.target,
          operate(node.operator.slice(0, -1), yield* this.evaluate(node.target), value, this.string('CONVFMT')),
        );
      }
      case 'step': {
        const before = toNumber(yield* this.evaluate(node.target));
        yield* this.assign(node.target, before + node.by);
        return node.prefix ? before + node.by : before;
      }
      case 'call':
        return yield* this.call(node.name, node.args);
      case 'builtin':
        return yield* callBuiltin(this, node.name, node.args);
      case 'getline':
        return yield* this.getline(node);
    }
  }

  private scalar(name: string): Value {
    const cell = this.cell(name);
    if (cell.array) throw new Fail(`type error: ${name} is an array`, 2);
    return cell.value;
  }

  *regex(node: Node): Task<RegExp> {
    if (node.type === 'regex') return this.pattern(node.source);
    return this.pattern(toText(yield* this.evaluate(node), this.string('CONVFMT')));
  }

  *assign(target: Node, value: Value): Task<Value> {
    if (target.type === 'name') this.setVariable(target.name, value);
    else if (target.type === 'index') {
      const array = this.array(target.name);
      if (array.size > 2_000_000) throw new Fail('out of memory', 2);
      array.set(yield* this.subscript(target.subscripts), value);
    } else if (target.type === 'field')
      this.line.setField(Math.trunc(toNumber(yield* this.evaluate(target.of))), value);
    else if (target.type === 'group' && target.list[0]) return yield* this.assign(target.list[0], value);
    return value;
  }

  private *call(name: string, args: readonly Node[]): Task<Value> {
    const definition = this.program.functions.get(name);
    if (!definition) throw new Fail(`function ${name} never defined`, 2);
    if (args.length > definition.parameters.length) throw new Fail(`too many arguments in call to ${name}`, 2);
    if (this.frames.length >= MAX_DEPTH) throw new Fail('function call nesting too deep', 2);
    const frame = new Map<string, Cell>();
    for (const [i, parameter] of definition.parameters.entries())
      frame.set(parameter, yield* this.argumentCell(args[i]));
    return yield* this.invoke(definition, frame);
  }

  private *argumentCell(arg: Node | undefined): Task<Cell> {
    if (!arg) return { value: undefined, array: undefined };
    if (arg.type !== 'name') return { value: yield* this.evaluate(arg), array: undefined };
    if (arg.name === 'NF') this.line.splitFields();
    const cell = this.cell(arg.name);
    if (cell.array) return cell;
    return { value: cell.value, array: undefined, origin: cell.value === undefined ? cell : undefined };
  }

  private *invoke(definition: UserFunction, frame: Map<string, Cell>): Task<Value> {
    this.frames.push(frame);
    this.returned = undefined;
    try {
      const signal = yield* this.execute(definition.body);
      if (signal === 'exit') throw new Exit();
      const value = this.returned;
      this.returned = undefined;
      return value;
    } finally {
      this.frames.pop();
    }
  }

  private *getline(node: Node & { type: 'getline' }): Task<Value> {
    let record: string | undefined | false;
    if (node.from === 'main') record = yield* this.input.next();
    else {
      const source = node.source ? toText(yield* this.evaluate(node.source)) : '';
      record = yield* this.streams.read(node.from, source, this.string('RS'));
      if (record === false) return -1;
      if (record !== undefined && node.from === 'command') this.setGlobal('NR', this.number('NR') + 1);
    }
    if (record === undefined) return 0;
    if (node.target) yield* this.assign(node.target, inputValue(record));
    else this.line.setRecord(record);
    return 1;
  }
}

/** exit within a function. */
export class Exit extends Error {}

function arrayOf(cell: Cell, name: string): AwkArray {
  if (cell.array) return cell.array;
  if (cell.value !== undefined) throw new Fail(`type error: ${name} is not an array`, 2);
  // An untyped argument that is used as an array is its owner's array.
  cell.array = cell.origin ? arrayOf(cell.origin, name) : new Map();
  return cell.array;
}

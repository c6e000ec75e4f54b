import { goPrint, goType, isList, isObject, sortedKeys, type Value } from '../go-value.ts';
import { compareValues } from './compare.ts';
import type { Node } from './node.ts';

const OPERATORS = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Evaluates a template over one document: one list of results for each piece of text or action. client-go/util/jsonpath/jsonpath.go */
export class Evaluation {
  private beginRange = 0;
  private inRange = 0;
  private endRange = 0;
  private lastEnd = -1;

  constructor(
    private readonly nodes: readonly Node[],
    private readonly allowMissingKeys: boolean,
  ) {}

  run(data: Value | undefined): Value[][] {
    return this.from(0, data);
  }

  private from(start: number, data: Value | undefined): Value[][] {
    const out: Value[][] = [];
    for (let at = start; at < this.nodes.length; at++) {
      const node = this.nodes[at];
      if (!node) break;
      const results = this.walk(data === undefined ? [] : [data], node);
      if (this.endRange > 0 && this.endRange <= this.inRange) {
        this.endRange--;
        this.lastEnd = at;
        break;
      }
      if (this.beginRange > 0) {
        this.beginRange--;
        this.inRange++;
        // A range over nothing still runs once over nothing, to find its end.
        if (results.length === 0) this.from(at + 1, undefined);
        for (const value of results) out.push(...this.from(at + 1, value));
        this.inRange--;
        if (this.lastEnd > at) at = this.lastEnd;
        continue;
      }
      out.push(results);
    }
    return out;
  }

  private walk(input: readonly Value[], node: Node): Value[] {
    switch (node.kind) {
      case 'list':
        return this.walkAll(input, node.nodes);
      case 'text':
        return [node.text];
      case 'number':
      case 'bool':
        return input.map(() => node.value);
      case 'field':
        return this.field(input, node.name);
      case 'array':
        return input.flatMap((value) => (value === null ? [] : slice(value, node)));
      case 'wildcard':
        return input.flatMap(children);
      case 'recursive':
        return descend(input);
      case 'union':
        return node.parts.flatMap((part) => this.walkAll(input, part));
      case 'filter':
        return input.flatMap((value) => this.filter(value, node));
      case 'identifier':
        return this.identifier(input, node.name);
    }
  }

  private walkAll(input: readonly Value[], nodes: readonly Node[]): Value[] {
    let current = [...input];
    for (const node of nodes) current = this.walk(current, node);
    return current;
  }

  private identifier(input: readonly Value[], name: string): Value[] {
    if (name === 'range') {
      this.beginRange++;
      return [...input];
    }
    if (name !== 'end') throw new Error(`unrecognized identifier ${name}`);
    if (this.inRange === 0) throw new Error('not in range, nothing to end');
    this.endRange++;
    return [];
  }

  private field(input: readonly Value[], name: string): Value[] {
    if (input.length === 0) return [];
    const out: Value[] = [];
    for (const value of input) {
      const item = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
      if (item !== undefined) out.push(item);
    }
    if (out.length === 0 && !this.allowMissingKeys) throw new Error(`${name} is not found`);
    return out;
  }

  private filter(value: Value, node: Extract<Node, { kind: 'filter' }>): Value[] {
    if (!isList(value)) throw new Error(`${goPrint(value)} is not array or slice and cannot be filtered`);
    const out: Value[] = [];
    for (const item of value) {
      if (node.operator === 'exists') {
        if (this.quietly([item], node.left).length > 0) out.push(item);
        continue;
      }
      const left = single(this.walkAll([item], node.left));
      if (left === undefined) continue;
      const right = single(this.walkAll([item], node.right));
      if (right === undefined) continue;
      if (!OPERATORS.has(node.operator)) throw new Error(`unrecognized filter operator ${node.operator}`);
      const float = node.right.some((part) => part.kind === 'number' && part.float);
      if (compareValues(node.operator, left, right, float)) out.push(item);
    }
    return out;
  }

  /** Errors in an existence test count as absence. */
  private quietly(input: readonly Value[], nodes: readonly Node[]): Value[] {
    try {
      return this.walkAll(input, nodes);
    } catch {
      return [];
    }
  }
}

function single(values: readonly Value[]): Value | undefined {
  if (values.length > 1) throw new Error('can only compare one element at a time');
  return values[0];
}

function slice(value: Value, node: Extract<Node, { kind: 'array' }>): Value[] {
  if (!isList(value)) throw new Error(`${goType(value)} is not array or slice`);
  const length = value.length;
  let from = node.from ?? 0;
  let to = node.single ? from + 1 : (node.to ?? length);
  if (from < 0) from += length;
  if (to < 0 || (to === 0 && node.single)) to += length;
  if (from === to) return [];
  const outside = (index: number) => new Error(`array index out of bounds: index ${index}, length ${length}`);
  if (from >= length || from < 0) throw outside(from);
  if (to > length || to < 0) throw outside(to - 1);
  if (from > to) throw new Error(`starting index ${from} is greater than ending index ${to}`);
  const step = node.step ?? 1;
  if (step <= 0) throw new Error('step must be > 0');
  return value.slice(from, to).filter((_, at) => at % step === 0);
}

/** The values inside a value. Go walks a map in any order and a text by its bytes; here keys are in order. */
function children(value: Value): Value[] {
  if (isList(value)) return [...value];
  if (isObject(value)) return sortedKeys(value).map((key) => value[key] ?? null);
  return typeof value === 'string' ? [...new TextBytes(value)] : [];
}

/** The bytes of a text in UTF-8. */
class TextBytes {
  constructor(private readonly text: string) {}

  *[Symbol.iterator](): Generator<number> {
    for (const char of this.text) {
      const code = char.codePointAt(0) ?? 0;
      if (code < 0x80) yield code;
      else if (code < 0x800) yield* [0xc0 | (code >> 6), 0x80 | (code & 63)];
      else if (code < 0x10000) yield* [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
      else yield* [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
    }
  }
}

/** Each value with something inside, and all below it. */
function descend(input: readonly Value[]): Value[] {
  const out: Value[] = [];
  for (const value of input) {
    const inner = children(value);
    if (inner.length === 0) continue;
    out.push(value);
    if (typeof value !== 'string') out.push(...descend(inner));
  }
  return out;
}

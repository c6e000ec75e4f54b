import { FormatError } from '../format-error.ts';
import { goQuote } from '../go-quote.ts';
import { type Json, type JsonObject, put } from '../json-value.ts';
import { formatFloat } from './float.ts';
import { type MappingNode, type Node, parseDocument, type ScalarNode } from './parser.ts';
import { resolveScalar, type Scalar } from './resolve.ts';

type Value = Scalar | Value[] | Map<Scalar, Value>;

/**
 * Converts the first YAML document of a text to JSON, as sigs.k8s.io/yaml does; null when there is none.
 * `strict`: a key that comes twice is an error. `functions`: the key that a local tag stands for (`!Ref x` is `{Ref: x}`).
 * FormatError with go-yaml's text (`yaml: line 3: …`).
 */
export function yamlToJson(text: string, strict = false, functions?: (tag: string) => string | undefined): Json {
  const root = parseDocument(text);
  if (!root) return null;
  const decoder = new Decoder(strict, functions);
  const value = decoder.value(root);
  if (decoder.problems.length > 0) throw new FormatError(`yaml: unmarshal errors:\n  ${decoder.problems.join('\n  ')}`);
  return toJson(value);
}

class Decoder {
  readonly problems: string[] = [];
  private readonly strict: boolean;
  private readonly expanding = new Set<Node>();
  private decoded = 0;
  private aliased = 0;
  private aliasDepth = 0;

  constructor(
    strict: boolean,
    private readonly functions: (tag: string) => string | undefined = () => undefined,
  ) {
    this.strict = strict;
  }

  value(node: Node): Value {
    this.count();
    switch (node.kind) {
      case 'scalar':
        return this.called(node.tag, node.value) ?? scalarValue(node);
      case 'sequence': {
        const items = node.items.map((item) => this.value(item));
        return this.called(node.tag, items) ?? items;
      }
      case 'mapping':
        return this.mapping(node, new Map());
      case 'alias': {
        if (this.expanding.has(node)) throw new FormatError(`yaml: anchor '${node.name}' value contains itself`);
        this.expanding.add(node);
        this.aliasDepth++;
        const value = this.value(node.target);
        this.aliasDepth--;
        this.expanding.delete(node);
        return value;
      }
    }
  }

  private called(tag: string, argument: Value): Value | undefined {
    const name = tag === '' ? undefined : this.functions(tag);
    return name === undefined ? undefined : new Map([[name, argument]]);
  }

  // A small document may not expand to a huge one.
  private count(): void {
    this.decoded++;
    if (this.aliasDepth > 0) this.aliased++;
    const allowed =
      this.decoded <= 400_000
        ? 0.99
        : this.decoded >= 4_000_000
          ? 0.1
          : 0.99 - (0.89 * (this.decoded - 400_000)) / 3_600_000;
    if (this.aliased > 100 && this.decoded > 1000 && this.aliased / this.decoded > allowed) {
      throw new FormatError('yaml: document contains excessive aliasing');
    }
  }

  private mapping(node: MappingNode, into: Map<Scalar, Value>): Map<Scalar, Value> {
    for (const [keyNode, valueNode] of node.entries) {
      if (isMerge(keyNode)) {
        this.merge(valueNode, into);
        continue;
      }
      const key = this.value(keyNode);
      if (key instanceof Map || Array.isArray(key)) throw new FormatError(`yaml: invalid map key: ${goSyntax(key)}`);
      const value = this.value(valueNode);
      if (this.strict && into.has(key)) {
        this.problems.push(`line ${valueNode.line + 1}: key ${goSyntax(key, true)} already set in map`);
      } else into.set(key, value);
    }
    return into;
  }

  private merge(node: Node, into: Map<Scalar, Value>): void {
    const sources = node.kind === 'sequence' ? node.items.toReversed() : [node];
    for (const source of sources) {
      const mapping = source.kind === 'alias' ? source.target : source;
      if (mapping.kind !== 'mapping') {
        throw new FormatError('yaml: map merge requires map or sequence of maps as the value');
      }
      this.count();
      this.mapping(mapping, into);
    }
  }
}

function isMerge(node: Node): boolean {
  return node.kind === 'scalar' && node.value === '<<' && (node.implicit || node.tag === 'tag:yaml.org,2002:merge');
}

function scalarValue(node: ScalarNode): Scalar {
  return node.tag === '' && !node.implicit ? node.value : resolveScalar(node.tag, node.value);
}

function toJson(value: Value): Json {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) {
    const object: JsonObject = {};
    for (const [key, member] of value) put(object, keyText(key, member), toJson(member));
    return object;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
    throw new FormatError(`json: unsupported value: ${name}`);
  }
  return value;
}

function keyText(key: Scalar, value: Value): string {
  if (typeof key === 'string') return key;
  if (key === null) {
    throw new FormatError(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${goSyntax(value, true)}`);
  }
  if (typeof key === 'number' && !Number.isInteger(key)) {
    return Number.isNaN(key)
      ? '.nan'
      : Number.isFinite(key)
        ? formatFloat(Math.fround(key), true)
        : key > 0
          ? '.inf'
          : '-.inf';
  }
  return String(key);
}

/** A value as Go's `%#v` prints it. */
function goSyntax(value: Value, outermost = false): string {
  if (value === null) return outermost ? '<nil>' : 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map((item) => goSyntax(item)).join(', ')}}`;
  if (!(value instanceof Map)) return String(value);
  const members = [...value].map(([key, member]) => [goSyntax(key), goSyntax(member)] as const);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[interface {}]interface {}{${members.map(([key, member]) => `${key}:${member}`).join(', ')}}`;
}

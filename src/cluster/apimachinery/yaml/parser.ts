import { FormatError } from '../format-error.ts';
import { type Mark, yamlError } from './cursor.ts';
import { Scanner } from './scanner.ts';
import type { Token, TokenKind } from './tokens.ts';

/** A node of a document. `line` counts from 0. */
export type Node = ScalarNode | SequenceNode | MappingNode | AliasNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly line: number;
  readonly tag: string;
  readonly value: string;
  /** Without quotes, so that its type is to be found out. */
  readonly implicit: boolean;
}

export interface SequenceNode {
  readonly kind: 'sequence';
  readonly line: number;
  readonly tag: string;
  readonly items: Node[];
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly line: number;
  readonly entries: [Node, Node][];
}

export interface AliasNode {
  readonly kind: 'alias';
  readonly line: number;
  readonly name: string;
  readonly target: Node;
}

const maxDepth = 1000;

/** The first document of a text, or undefined when there is none. FormatError with go-yaml's text. go-yaml: parserc.go */
export function parseDocument(text: string): Node | undefined {
  return new Parser(text).document();
}

class Parser {
  private readonly scanner: Scanner;
  private readonly anchors = new Map<string, Node>();
  private readonly tagPrefixes = new Map<string, string>();
  private depth = 0;

  constructor(text: string) {
    this.scanner = new Scanner(text);
  }

  document(): Node | undefined {
    const first = this.scanner.peek();
    if (first.kind === 'stream-end') return undefined;
    const explicit = this.is('version-directive', 'tag-directive', 'document-start');
    this.directives();
    let root: Node;
    if (explicit) {
      const begin = this.scanner.peek();
      if (begin.kind !== 'document-start') throw this.error('did not find expected <document start>', begin);
      this.scanner.take();
      const empty = this.is('version-directive', 'tag-directive', 'document-start', 'document-end', 'stream-end');
      root = empty ? emptyScalar(this.scanner.peek().start) : this.node(true, false);
    } else root = this.node(true, false);
    this.scanner.peek();
    return root;
  }

  private directives(): void {
    let version = false;
    while (this.is('version-directive', 'tag-directive')) {
      const token = this.scanner.peek();
      if (token.kind === 'version-directive') {
        if (version) throw this.error('found duplicate %YAML directive', token);
        if (token.value !== '1.1') throw this.error('found incompatible YAML document', token);
        version = true;
      } else {
        if (this.tagPrefixes.has(token.value)) throw this.error('found duplicate %TAG directive', token);
        this.tagPrefixes.set(token.value, token.suffix ?? '');
      }
      this.scanner.take();
    }
    if (!this.tagPrefixes.has('!')) this.tagPrefixes.set('!', '!');
    if (!this.tagPrefixes.has('!!')) this.tagPrefixes.set('!!', 'tag:yaml.org,2002:');
  }

  private is(...kinds: TokenKind[]): boolean {
    return kinds.includes(this.scanner.peek().kind);
  }

  private error(problem: string, token: Token, context?: Mark): Error {
    return yamlError(problem, 'parser', token.start, context);
  }

  private node(block: boolean, indentless: boolean): Node {
    if (++this.depth > maxDepth) throw new FormatError('yaml: exceeded max depth of 10000');
    const node = this.anyNode(block, indentless);
    this.depth--;
    return node;
  }

  private anyNode(block: boolean, indentless: boolean): Node {
    const begin = this.scanner.peek();
    if (begin.kind === 'alias') return this.alias();
    const { anchor, tag, hasProperties } = this.properties(begin);
    const token = this.scanner.peek();
    const line = begin.start.line;
    const known = <T extends Node>(node: T): T => {
      if (anchor !== undefined) this.anchors.set(anchor, node);
      return node;
    };
    if (indentless && token.kind === 'block-entry')
      return this.indentlessSequence(known({ kind: 'sequence', line, tag, items: [] }));
    if (token.kind === 'scalar') {
      this.scanner.take();
      const implicit = (tag === '' && token.plain === true) || tag === '!';
      return known({ kind: 'scalar', line, tag, value: token.value, implicit });
    }
    if (token.kind === 'flow-sequence-start')
      return this.flowSequence(known({ kind: 'sequence', line, tag, items: [] }));
    if (token.kind === 'flow-mapping-start') return this.flowMapping(known({ kind: 'mapping', line, entries: [] }));
    if (block && token.kind === 'block-sequence-start')
      return this.blockSequence(known({ kind: 'sequence', line, tag, items: [] }));
    if (block && token.kind === 'block-mapping-start')
      return this.blockMapping(known({ kind: 'mapping', line, entries: [] }));
    if (hasProperties) return known({ kind: 'scalar', line, tag, value: '', implicit: tag === '' });
    throw this.error('did not find expected node content', token, begin.start);
  }

  private alias(): Node {
    const token = this.scanner.take();
    const target = this.anchors.get(token.value);
    if (!target) throw new FormatError(`yaml: unknown anchor '${token.value}' referenced`);
    return { kind: 'alias', line: token.start.line, name: token.value, target };
  }

  private properties(begin: Token): { anchor: string | undefined; tag: string; hasProperties: boolean } {
    let anchor: string | undefined;
    let tag: string | undefined;
    for (let i = 0; i < 2; i++) {
      const token = this.scanner.peek();
      if (token.kind === 'anchor' && anchor === undefined) anchor = this.scanner.take().value;
      else if (token.kind === 'tag' && tag === undefined) tag = this.resolveTag(this.scanner.take(), begin);
      else break;
    }
    return { anchor, tag: tag ?? '', hasProperties: anchor !== undefined || (tag ?? '') !== '' };
  }

  private resolveTag(token: Token, begin: Token): string {
    if (token.value === '') return token.suffix ?? '';
    const prefix = this.tagPrefixes.get(token.value);
    if (prefix === undefined) throw this.error('found undefined tag handle', token, begin.start);
    return prefix + (token.suffix ?? '');
  }

  private blockSequence(node: SequenceNode): Node {
    const { start } = this.scanner.take();
    while (this.is('block-entry')) {
      const { end } = this.scanner.take();
      node.items.push(this.is('block-entry', 'block-end') ? emptyScalar(end) : this.node(true, false));
    }
    if (!this.is('block-end')) throw this.error("did not find expected '-' indicator", this.scanner.peek(), start);
    this.scanner.take();
    return node;
  }

  private indentlessSequence(node: SequenceNode): Node {
    while (this.is('block-entry')) {
      const { end } = this.scanner.take();
      const empty = this.is('block-entry', 'key', 'value', 'block-end');
      node.items.push(empty ? emptyScalar(end) : this.node(true, false));
    }
    return node;
  }

  private blockMapping(node: MappingNode): Node {
    const { start } = this.scanner.take();
    while (this.is('key')) {
      const { end } = this.scanner.take();
      const key = this.is('key', 'value', 'block-end') ? emptyScalar(end) : this.node(true, true);
      node.entries.push([key, this.blockValue()]);
    }
    if (!this.is('block-end')) throw this.error('did not find expected key', this.scanner.peek(), start);
    this.scanner.take();
    return node;
  }

  private blockValue(): Node {
    if (!this.is('value')) return emptyScalar(this.scanner.peek().start);
    const { end } = this.scanner.take();
    return this.is('key', 'value', 'block-end') ? emptyScalar(end) : this.node(true, true);
  }

  private flowSequence(node: SequenceNode): Node {
    const { start } = this.scanner.take();
    for (let first = true; !this.is('flow-sequence-end'); first = false) {
      if (!first) {
        if (!this.is('flow-entry')) throw this.error("did not find expected ',' or ']'", this.scanner.peek(), start);
        this.scanner.take();
      }
      if (this.is('key')) node.items.push(this.singlePair());
      else if (!this.is('flow-sequence-end')) node.items.push(this.node(false, false));
    }
    this.scanner.take();
    return node;
  }

  // `[a: b]` holds a mapping of one pair.
  private singlePair(): Node {
    const { start } = this.scanner.take();
    const empty = this.is('value', 'flow-entry', 'flow-sequence-end');
    // As upstream has it, the token after an empty key is lost.
    const key = empty ? emptyScalar(this.scanner.take().end) : this.node(false, false);
    return { kind: 'mapping', line: start.line, entries: [[key, this.flowValue('flow-sequence-end')]] };
  }

  private flowMapping(node: MappingNode): Node {
    const { start } = this.scanner.take();
    for (let first = true; !this.is('flow-mapping-end'); first = false) {
      if (!first) {
        if (!this.is('flow-entry')) throw this.error("did not find expected ',' or '}'", this.scanner.peek(), start);
        this.scanner.take();
      }
      if (this.is('key')) {
        this.scanner.take();
        const empty = this.is('value', 'flow-entry', 'flow-mapping-end');
        const key = empty ? emptyScalar(this.scanner.peek().start) : this.node(false, false);
        node.entries.push([key, this.flowValue('flow-mapping-end')]);
      } else if (!this.is('flow-mapping-end')) {
        const key = this.node(false, false);
        node.entries.push([key, emptyScalar(this.scanner.peek().start)]);
      }
    }
    this.scanner.take();
    return node;
  }

  private flowValue(closing: TokenKind): Node {
    if (this.is('value')) {
      this.scanner.take();
      if (!this.is('flow-entry', closing)) return this.node(false, false);
    }
    return emptyScalar(this.scanner.peek().start);
  }
}

function emptyScalar(mark: Mark): ScalarNode {
  return { kind: 'scalar', line: mark.line, tag: '', value: '', implicit: true };
}

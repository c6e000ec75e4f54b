import { parseAtoi } from '../../flags/parse-value.ts';
import { unquoteGo } from '../go-unquote.ts';
import type { Node } from './node.ts';

/** Reads a template. Raises Error with client-go's text. kubernetes: client-go/util/jsonpath/parser.go */
export function parseTemplate(text: string): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    if (open < 0) {
      nodes.push({ kind: 'text', text: text.slice(at) });
      break;
    }
    if (open > at) nodes.push({ kind: 'text', text: text.slice(at, open) });
    const action = new ActionParser(text, open + 1);
    nodes.push({ kind: 'list', nodes: action.parse() });
    at = action.at;
  }
  return nodes;
}

/** The nodes of an expression that stands for itself, as inside a filter or a union. */
function parseExpression(text: string): Node[] {
  const first = parseTemplate(`{${text}}`)[0];
  return first?.kind === 'list' ? first.nodes : [];
}

/** One `{…}`. */
class ActionParser {
  private readonly nodes: Node[] = [];

  constructor(
    private readonly text: string,
    public at: number,
  ) {}

  /** Reads up to and including the closing brace. */
  parse(): Node[] {
    for (;;) {
      if (this.startsWith('}')) {
        this.at++;
        return this.nodes;
      }
      if (this.startsWith('[?(')) this.filter();
      else if (this.startsWith('..')) this.recursive();
      else this.simple();
    }
  }

  private startsWith(prefix: string): boolean {
    return this.text.startsWith(prefix, this.at);
  }

  private simple(): void {
    const char = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0);
    if (this.at >= this.text.length || char === '\n' || char === '\r') throw new Error('unclosed action');
    if (char === ' ' || char === '@' || char === '$') this.at++;
    else if (char === '[') this.array();
    else if (char === '"' || char === "'") this.quoted(char);
    else if (char === '.') {
      this.at++;
      this.field();
    } else if (/[+\-\d]/.test(char)) this.number();
    else if (isAlphaNumeric(char)) this.identifier();
    else throw new Error(`unrecognized character in action: ${describeRune(char)}`);
  }

  private identifier(): void {
    const start = this.at;
    while (this.at < this.text.length && !isTerminator(this.text.charAt(this.at))) this.at++;
    const name = this.text.slice(start, this.at);
    if (name === 'true' || name === 'false') this.nodes.push({ kind: 'bool', value: name === 'true' });
    else this.nodes.push({ kind: 'identifier', name });
  }

  private recursive(): void {
    if (this.nodes.at(-1)?.kind === 'recursive') throw new Error('invalid multiple recursive descent');
    this.at += 2;
    this.nodes.push({ kind: 'recursive' });
    if (isAlphaNumeric(this.text.charAt(this.at))) this.field();
  }

  private number(): void {
    const match = /^[+-]?[\d.]*/.exec(this.text.slice(this.at))?.[0] ?? '';
    this.at += match.length;
    if (/^[+-]?\d+$/.test(match)) this.nodes.push({ kind: 'number', value: Number(match), float: false });
    else if (/^[+-]?(\d+\.\d*|\.\d+)$/.test(match))
      this.nodes.push({ kind: 'number', value: Number(match), float: true });
    else throw new Error(`cannot parse number ${match}`);
  }

  private field(): void {
    const start = this.at;
    while (this.at < this.text.length) {
      const char = this.text.charAt(this.at);
      if (char === '\\') this.at += 2;
      else if (isTerminator(char)) break;
      else this.at++;
    }
    this.at = Math.min(this.at, this.text.length);
    const name = this.text.slice(start, this.at);
    this.nodes.push(name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') });
  }

  private quoted(quote: string): void {
    const start = this.at;
    for (this.at++; ; this.at++) {
      const char = this.text.charAt(this.at);
      if (char === '' || char === '\n') throw new Error('unterminated quoted string');
      if (char === quote && this.text.charAt(this.at - 1) !== '\\') break;
    }
    this.at++;
    const value = this.text.slice(start, this.at);
    const text = unquoteGo(value);
    if (text === undefined) throw new Error(`unquote string ${value} error invalid syntax`);
    this.nodes.push({ kind: 'text', text });
  }

  private array(): void {
    const start = this.at + 1;
    for (this.at++; ; this.at++) {
      const char = this.text.charAt(this.at);
      if (char === '' || char === '\n') throw new Error('unterminated array');
      if (char === ']') break;
    }
    const inner = this.text.slice(start, this.at);
    this.at++;
    const text = inner === '*' ? ':' : inner;
    const parts = text.split(',');
    if (parts.length > 1) {
      this.nodes.push({
        kind: 'union',
        parts: parts.map((part) => parseExpression(`[${part.replace(/^ +| +$/g, '')}]`)),
      });
      return;
    }
    const key = /^'([^']*)'$/.exec(text)?.[1];
    if (key !== undefined) this.nodes.push(...parseExpression(`.${key}`));
    else this.nodes.push(arrayNode(text));
  }

  private filter(): void {
    this.at += 3;
    const start = this.at;
    let begin = false;
    let end = false;
    let pair = '';
    for (; ; this.at++) {
      const char = this.text.charAt(this.at);
      if (char === '' || char === '\n') throw new Error('unterminated filter');
      if (char === '"' || char === "'") {
        if (!begin) {
          begin = true;
          pair = char;
        } else if (this.text.charAt(this.at - 1) !== '\\' && char === pair) end = true;
      } else if (char === ')' && begin === end) break;
    }
    const text = this.text.slice(start, this.at);
    this.at++;
    if (this.text.charAt(this.at) !== ']') throw new Error('unclosed array expect ]');
    this.at++;
    const [, left, operator, right] = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text) ?? [];
    if (left === undefined || operator === undefined || right === undefined)
      this.nodes.push({ kind: 'filter', left: parseExpression(text), right: [], operator: 'exists' });
    else this.nodes.push({ kind: 'filter', left: parseExpression(left), right: parseExpression(right), operator });
  }
}

function arrayNode(text: string): Node {
  const match = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text);
  if (!match) throw new Error(`invalid array index ${text}`);
  const [, first = '', second, third] = match;
  const read = (part: string | undefined): number | undefined => {
    if (part === undefined || part === '') return undefined;
    try {
      return parseAtoi(part);
    } catch {
      throw new Error(`array index ${part} is not a number`);
    }
  };
  const from = read(first);
  const to = read(second?.slice(1));
  const step = read(third?.slice(1));
  return {
    kind: 'array',
    single: second === undefined,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(step === undefined ? {} : { step }),
  };
}

function isAlphaNumeric(char: string): boolean {
  return /^[\p{L}\p{Nd}_]/u.test(char);
}

function isTerminator(char: string): boolean {
  return ' \t\r\n.,[]$@{}'.includes(char);
}

/** fmt's %#U. */
function describeRune(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(char) ? `U+${code}` : `U+${code} '${char}'`;
}

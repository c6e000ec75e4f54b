import { unquoteGo } from '../go-unquote.ts';
import { FUNCTIONS, type Functions } from './functions.ts';
import { LexError, lex, type Token, type TokenKind } from './lex.ts';
import { type Command, GoFloat, GoInt, type Node, type Operand, type Pipe } from './node.ts';

/** A parsed template: the main one under its own name, and those that it defines. */
export type Templates = ReadonlyMap<string, readonly Node[]>;

/** Raises Error: `template: output:1: unclosed action`. Go: text/template/parse/parse.go */
export function parseTemplate(name: string, text: string, functions: Functions = FUNCTIONS): Templates {
  try {
    return new Parser(name, text, functions).parse();
  } catch (error) {
    if (!(error instanceof LexError)) throw error;
    const line = text.slice(0, error.at).split('\n').length;
    throw new Error(`template: ${name}:${line}: ${error.message}`);
  }
}

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private readonly templates = new Map<string, readonly Node[]>();
  private variables: string[] = ['$'];
  private loops = 0;

  constructor(
    private readonly name: string,
    private readonly text: string,
    private readonly functions: Functions,
  ) {
    // A failure of the lexer is reported where the parser meets it: what stands before may be wrong already.
    this.tokens = lex(text);
  }

  parse(): Templates {
    const { nodes, end } = this.list();
    if (end) throw new LexError(`unexpected {{${end.text}}}`, end.at);
    this.templates.set(this.name, nodes);
    return this.templates;
  }

  private peek(): Token | undefined {
    return this.tokens[this.at];
  }

  private next(): Token {
    const token = this.tokens[this.at++];
    if (!token) throw new LexError('unexpected EOF', this.text.length);
    return token;
  }

  private skipSpace(): Token | undefined {
    while (this.peek()?.kind === 'space') this.at++;
    return this.peek();
  }

  private nextWord(): Token {
    this.skipSpace();
    return this.next();
  }

  private expect(kind: TokenKind, context: string): Token {
    const token = this.nextWord();
    if (token.kind !== kind) throw this.unexpected(token, context);
    return token;
  }

  private unexpected(token: Token, context: string): LexError {
    const shown =
      token.kind === 'keyword' || token.kind === 'right' || token.kind === 'left'
        ? `<${token.text}>`
        : JSON.stringify(token.text);
    return new LexError(
      `unexpected ${token.kind === 'keyword' ? shown : JSON.stringify(token.text)} in ${context}`,
      token.at,
    );
  }

  /** Nodes up to `{{end}}` or `{{else}}`, whose keyword is given back and consumed. */
  private list(): { nodes: Node[]; end?: Token } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.peek();
      if (!token) return { nodes };
      this.at++;
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      const word = this.skipSpace();
      if (word?.kind !== 'keyword') {
        nodes.push({ kind: 'action', pipe: this.pipeline('command', 'right') });
        continue;
      }
      this.at++;
      if (word.text === 'end' || word.text === 'else') return { nodes, end: word };
      const node = this.control(word);
      if (node) nodes.push(node);
    }
  }

  private control(word: Token): Node | undefined {
    switch (word.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.branch(word.text);
      case 'define': {
        const name = this.stringArgument('define clause');
        this.expect('right', 'define clause');
        this.define(name);
        return undefined;
      }
      case 'block': {
        const name = this.stringArgument('block clause');
        const pipe = this.pipeline('block clause', 'right');
        this.define(name);
        return { kind: 'template', name, pipe, at: word.at };
      }
      case 'template': {
        const at = this.skipSpace()?.at ?? word.at;
        const name = this.stringArgument('template clause');
        if (this.skipSpace()?.kind === 'right') {
          this.at++;
          return { kind: 'template', name, pipe: undefined, at };
        }
        return { kind: 'template', name, pipe: this.pipeline('template clause', 'right'), at };
      }
      default:
        if (this.loops === 0) throw new LexError(`{{${word.text}}} outside {{range}}`, word.at);
        this.expect('right', `{{${word.text}}}`);
        return { kind: word.text === 'break' ? 'break' : 'continue' };
    }
  }

  private define(name: string): void {
    const outer = this.variables;
    this.variables = ['$'];
    const { nodes, end } = this.list();
    if (end?.text !== 'end')
      throw new LexError(end ? `unexpected {{${end.text}}}` : 'unexpected EOF', this.text.length);
    this.expect('right', 'end');
    this.variables = outer;
    this.templates.set(name, nodes);
  }

  private stringArgument(context: string): string {
    const token = this.nextWord();
    if (token.kind !== 'string') throw this.unexpected(token, context);
    return stringValue(token);
  }

  private branch(kind: 'if' | 'with' | 'range'): Node {
    const known = this.variables.length;
    const pipe = this.pipeline(kind, 'right');
    if (kind === 'range') this.loops++;
    const { nodes: body, end } = this.list();
    if (kind === 'range') this.loops--;
    if (!end) throw new LexError('unexpected EOF', this.text.length);
    let otherwise: readonly Node[] = [];
    if (end.text === 'else') {
      const chained = this.skipSpace();
      if (
        chained?.kind === 'keyword' &&
        ((kind === 'if' && chained.text === 'if') || (kind === 'with' && chained.text === 'with'))
      ) {
        this.at++;
        otherwise = [this.branch(kind)];
        this.variables.length = known;
        return { kind, pipe, body, otherwise };
      }
      this.expect('right', 'else');
      const rest = this.list();
      otherwise = rest.nodes;
      if (!rest.end) throw new LexError('unexpected EOF', this.text.length);
      if (rest.end.text !== 'end') throw new LexError(`expected end; found {{${rest.end.text}}}`, rest.end.at);
    }
    this.expect('right', 'end');
    this.variables.length = known;
    return { kind, pipe, body, otherwise };
  }

  private pipeline(context: string, end: 'right' | 'close'): Pipe {
    const first = this.skipSpace();
    const at = first?.at ?? this.text.length;
    const { names, declares } = this.declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.skipSpace();
      if (!token) throw new LexError('unclosed action', this.text.length);
      if (token.kind === end) {
        this.at++;
        if (commands.length === 0) throw new LexError(`missing value for ${context}`, token.at);
        if (declares) this.variables.push(...names);
        return { at, variables: names, declares, commands };
      }
      if (
        ['bool', 'char', 'dot', 'field', 'identifier', 'number', 'nil', 'string', 'variable', 'open'].includes(
          token.kind,
        )
      ) {
        commands.push(this.command(end));
        continue;
      }
      throw this.unexpected(token, context);
    }
  }

  private declarations(context: string): { names: string[]; declares: boolean } {
    const start = this.at;
    const names: string[] = [];
    for (;;) {
      const token = this.skipSpace();
      if (token?.kind !== 'variable') break;
      this.at++;
      const after = this.skipSpace();
      if (after?.kind === 'declare' || after?.kind === 'assign') {
        this.at++;
        names.push(token.text);
        if (after.kind === 'assign') for (const name of names) this.known(name, token.at);
        return { names, declares: after.kind === 'declare' };
      }
      if (after?.kind === 'comma' && context === 'range' && names.length < 2) {
        this.at++;
        names.push(token.text);
        continue;
      }
      break;
    }
    this.at = start;
    return { names: [], declares: false };
  }

  private known(name: string, at: number): void {
    if (!this.variables.includes(name)) throw new LexError(`undefined variable ${JSON.stringify(name)}`, at);
  }

  private command(end: 'right' | 'close'): Command {
    const operands: Operand[] = [];
    const at = this.skipSpace()?.at ?? 0;
    for (;;) {
      this.skipSpace();
      const operand = this.operand();
      if (operand) operands.push(operand);
      const token = this.peek();
      if (token?.kind === 'space') continue;
      if (token?.kind === 'pipe') {
        this.at++;
        break;
      }
      if (token?.kind === end || token?.kind === 'close' || token?.kind === 'right') break;
      if (!token) throw new LexError('unclosed action', this.text.length);
      throw this.unexpected(token, 'operand');
    }
    if (operands.length === 0) throw new LexError('empty command', at);
    return { at, arguments: operands };
  }

  private operand(): Operand | undefined {
    const base = this.term();
    if (!base) return undefined;
    if (this.peek()?.kind !== 'field') return base;
    const names: string[] = [];
    let text = base.text;
    // Upstream's position of a chain is that of the first field behind its base.
    const at = this.peek()?.at ?? base.at;
    while (this.peek()?.kind === 'field') {
      const field = this.next();
      names.push(field.text.slice(1));
      text += field.text;
    }
    if (base.kind === 'field') return { ...base, at, text, names: [...base.names, ...names] };
    if (base.kind === 'variable') return { ...base, at, text, names: [...base.names, ...names] };
    if (base.kind === 'literal') throw new LexError(`unexpected . after term ${JSON.stringify(base.text)}`, base.at);
    return { kind: 'chain', at, text, base, names };
  }

  private term(): Operand | undefined {
    const token = this.peek();
    if (!token) throw new LexError('unclosed action', this.text.length);
    const { at, text } = token;
    switch (token.kind) {
      case 'identifier':
        if (!(text in this.functions)) throw new LexError(`function ${JSON.stringify(text)} not defined`, at);
        this.at++;
        return { kind: 'function', at, text, name: text };
      case 'dot':
        this.at++;
        return { kind: 'dot', at, text };
      case 'nil':
        this.at++;
        return { kind: 'literal', at, text, value: null };
      case 'variable':
        this.known(text, at);
        this.at++;
        return { kind: 'variable', at, text, name: text, names: [] };
      case 'field':
        this.at++;
        return { kind: 'field', at, text, names: [text.slice(1)] };
      case 'bool':
        this.at++;
        return { kind: 'literal', at, text, value: text === 'true' };
      case 'number':
      case 'char':
        this.at++;
        return { kind: 'literal', at, text, value: numberValue(token) };
      case 'string':
        this.at++;
        return { kind: 'literal', at, text, value: stringValue(token) };
      case 'open': {
        this.at++;
        const pipe = this.pipeline('parenthesized pipeline', 'close');
        const last = this.tokens[this.at - 1];
        return { kind: 'pipe', at, text: this.text.slice(at, (last?.at ?? at) + 1), pipe };
      }
      default:
        return undefined;
    }
  }
}

function stringValue(token: Token): string {
  if (token.text.startsWith('`')) return token.text.slice(1, -1);
  const value = unquoteGo(token.text);
  if (value === undefined) throw new LexError('invalid syntax', token.at);
  return value;
}

function numberValue(token: Token): GoInt | GoFloat | number {
  if (token.kind === 'char') return new GoInt(unquoteGo(token.text)?.codePointAt(0) ?? 0);
  const text = token.text.replaceAll('_', '');
  const value = Number(text);
  if (Number.isNaN(value)) throw new LexError(`bad number syntax: ${JSON.stringify(token.text)}`, token.at);
  if (/^[+-]?(\d+|0[xXoObB].*)$/.test(text)) return new GoInt(value);
  return Number.isInteger(value) ? new GoFloat(value) : value;
}

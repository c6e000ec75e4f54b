import { Fail } from '../fail.ts';
import { type AwkToken, tokenizeAwk } from './lexer.ts';
import type { AwkProgram, Node, Rule, Statement, UserFunction } from './tree.ts';

/** Parses a program. Raises Fail worded as mawk words it. */
export function parseAwk(text: string): AwkProgram {
  return new Parser(tokenizeAwk(text)).program();
}

const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '^='];
const COMPARISONS = ['<', '<=', '==', '!=', '>', '>='];

class Parser {
  private at = 0;
  /** Inside the list of a print: `>` is a redirection there. */
  private inPrint = false;
  /** Inside `for (`: `in` belongs to the loop. */
  private noIn = false;
  private readonly called: string[] = [];
  private readonly functions = new Map<string, UserFunction>();

  constructor(private readonly tokens: readonly AwkToken[]) {}

  program(): AwkProgram {
    const rules: Rule[] = [];
    this.newlines(true);
    while (this.token.kind !== 'end') {
      if (this.is('function')) this.userFunction();
      else rules.push(this.rule());
      this.newlines(true);
    }
    const missing = this.called.find((name) => !this.functions.has(name));
    if (missing !== undefined) throw new Fail(`line ${this.token.line}: function ${missing} never defined`, 2);
    return { rules, functions: this.functions };
  }

  private get token(): AwkToken {
    return this.tokens[this.at] ?? { kind: 'end', text: '', line: 0 };
  }

  private is(...texts: string[]): boolean {
    return (this.token.kind === 'operator' || this.token.kind === 'keyword') && texts.includes(this.token.text);
  }

  private accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) this.fail();
  }

  private fail(): never {
    const { kind, text, line } = this.token;
    const last = this.tokens.at(-1)?.line ?? line;
    if (this.at >= this.tokens.length - 2) throw new Fail(`line ${last}: missing } near end of file`, 2);
    const shown = kind === 'newline' ? 'end of line' : kind === 'string' ? `"${text}"` : text;
    throw new Fail(`line ${line}: syntax error at or near ${shown}`, 2);
  }

  private newlines(semicolons = false): void {
    while (this.token.kind === 'newline' || (semicolons && this.is(';'))) this.at++;
  }

  private userFunction(): void {
    this.at++;
    const name = this.token.text;
    if (this.token.kind !== 'name' && this.token.kind !== 'function') this.fail();
    this.at++;
    this.expect('(');
    const parameters: string[] = [];
    while (!this.is(')')) {
      this.newlines();
      if (this.token.kind !== 'name') this.fail();
      parameters.push(this.token.text);
      this.at++;
      if (!this.accept(',')) break;
      this.newlines();
    }
    this.expect(')');
    this.newlines();
    this.functions.set(name, { name, parameters, body: this.block() });
  }

  private rule(): Rule {
    if (this.is('BEGIN', 'END')) {
      const kind = this.token.text === 'BEGIN' ? 'BEGIN' : 'END';
      this.at++;
      this.newlines();
      return { kind, pattern: undefined, end: undefined, body: this.block() };
    }
    if (this.is('{')) return { kind: 'pattern', pattern: undefined, end: undefined, body: this.block() };
    const pattern = this.expression();
    let end: Node | undefined;
    if (this.accept(',')) {
      this.newlines();
      end = this.expression();
    }
    const body = this.is('{') ? this.block() : undefined;
    if (!body && this.token.kind !== 'newline' && this.token.kind !== 'end' && !this.is(';')) this.fail();
    return { kind: end ? 'range' : 'pattern', pattern, end, body };
  }

  private block(): Statement {
    this.expect('{');
    const body: Statement[] = [];
    this.newlines(true);
    while (!this.is('}')) {
      if (this.token.kind === 'end') this.fail();
      body.push(this.statement());
      this.newlines(true);
    }
    this.at++;
    return { type: 'block', body };
  }

  /** The end of a simple statement. */
  private terminator(): void {
    if (this.accept(';') || this.token.kind === 'newline') return;
    if (!this.is('}') && this.token.kind !== 'end') this.fail();
  }

  private body(): Statement {
    this.newlines();
    if (this.accept(';')) return { type: 'block', body: [] };
    return this.statement();
  }

  private statement(): Statement {
    if (this.is('{')) return this.block();
    if (this.accept('if')) return this.ifStatement();
    if (this.accept('while')) {
      this.expect('(');
      const test = this.expression();
      this.expect(')');
      return { type: 'while', test, body: this.body() };
    }
    if (this.accept('do')) {
      const body = this.body();
      this.newlines(true);
      this.expect('while');
      this.expect('(');
      const test = this.expression();
      this.expect(')');
      this.terminator();
      return { type: 'do', test, body };
    }
    if (this.accept('for')) return this.forStatement();
    const simple = this.simple();
    this.terminator();
    return simple;
  }

  private ifStatement(): Statement {
    this.expect('(');
    const test = this.expression();
    this.expect(')');
    const yes = this.body();
    const mark = this.at;
    this.newlines(true);
    if (this.accept('else')) return { type: 'if', test, yes, no: this.body() };
    this.at = mark;
    return { type: 'if', test, yes, no: undefined };
  }

  private forStatement(): Statement {
    this.expect('(');
    const [name, word, array, close] = this.tokens.slice(this.at, this.at + 4);
    if (name?.kind === 'name' && word?.text === 'in' && array?.kind === 'name' && close?.text === ')') {
      this.at += 4;
      return { type: 'forin', name: name.text, array: array.text, body: this.body() };
    }
    const start = this.is(';') ? undefined : this.simple();
    this.expect(';');
    this.newlines();
    const test = this.is(';') ? undefined : this.expression();
    this.expect(';');
    this.newlines();
    const step = this.is(')') ? undefined : this.simple();
    this.expect(')');
    return { type: 'for', start, test, step, body: this.body() };
  }

  private simple(): Statement {
    if (this.is('print', 'printf')) return this.print();
    if (this.is('next', 'nextfile', 'break', 'continue')) {
      const type = this.token.text as 'next' | 'nextfile' | 'break' | 'continue';
      this.at++;
      return { type };
    }
    if (this.is('exit', 'return')) {
      const type = this.token.text as 'exit' | 'return';
      this.at++;
      const bare = this.is(';', '}') || this.token.kind === 'newline' || this.token.kind === 'end';
      return { type, value: bare ? undefined : this.expression() };
    }
    if (this.accept('delete')) {
      const name = this.token.text;
      if (this.token.kind !== 'name') this.fail();
      this.at++;
      if (!this.accept('[')) return { type: 'delete', name, subscripts: undefined };
      const subscripts = this.list(']');
      return { type: 'delete', name, subscripts };
    }
    return { type: 'expression', value: this.expression() };
  }

  private print(): Statement {
    const format = this.token.text === 'printf';
    this.at++;
    const args: Node[] = [];
    const outer = this.inPrint;
    this.inPrint = true;
    if (!this.is(';', '}', '>', '>>', '|') && this.token.kind !== 'newline' && this.token.kind !== 'end') {
      do {
        this.newlines();
        args.push(this.expression());
      } while (this.accept(','));
    }
    this.inPrint = outer;
    const only = args.length === 1 ? args[0] : undefined;
    const list = only?.type === 'group' ? only.list : args;
    if (format && list.length === 0) this.fail();
    let to: { kind: '>' | '>>' | '|'; path: Node } | undefined;
    if (this.is('>', '>>', '|')) {
      const kind = this.token.text as '>' | '>>' | '|';
      this.at++;
      to = { kind, path: this.concatenation(true) };
    }
    return { type: 'print', format, args: list, to };
  }

  // ---- expressions, from the weakest operator to the strongest ----

  private expression(): Node {
    const left = this.ternary();
    if (!(this.token.kind === 'operator' && ASSIGNMENTS.includes(this.token.text))) return left;
    if (left.type !== 'name' && left.type !== 'index' && left.type !== 'field') this.fail();
    const operator = this.token.text;
    this.at++;
    this.newlines();
    return { type: 'assign', operator, target: left, value: this.expression() };
  }

  private ternary(): Node {
    const test = this.or();
    if (!this.accept('?')) return test;
    this.newlines();
    const yes = this.expression();
    this.newlines();
    this.expect(':');
    this.newlines();
    return { type: 'ternary', test, yes, no: this.expression() };
  }

  private or(): Node {
    let left = this.and();
    while (this.accept('||')) {
      this.newlines();
      left = { type: 'or', left, right: this.and() };
    }
    return left;
  }

  private and(): Node {
    let left = this.membership();
    while (this.accept('&&')) {
      this.newlines();
      left = { type: 'and', left, right: this.membership() };
    }
    return left;
  }

  private membership(): Node {
    let left = this.matching();
    while (!this.noIn && this.is('in')) {
      this.at++;
      const name = this.token.text;
      if (this.token.kind !== 'name') this.fail();
      this.at++;
      left = { type: 'in', subscripts: left.type === 'group' ? left.list : [left], name };
    }
    return left;
  }

  private matching(): Node {
    let left = this.comparison();
    while (this.is('~', '!~')) {
      const negated = this.token.text === '!~';
      this.at++;
      this.newlines();
      left = { type: 'match', negated, left, right: this.comparison() };
    }
    return left;
  }

  private comparison(): Node {
    let left = this.concatenation(false);
    for (;;) {
      if (this.is('|') && this.tokens[this.at + 1]?.text === 'getline') {
        this.at += 2;
        left = { type: 'getline', target: this.optionalTarget(), from: 'command', source: left };
      } else if (
        this.token.kind === 'operator' &&
        COMPARISONS.includes(this.token.text) &&
        !(this.inPrint && this.token.text === '>')
      ) {
        const operator = this.token.text;
        this.at++;
        left = { type: 'binary', operator, left, right: this.concatenation(false) };
      } else return left;
    }
  }

  private optionalTarget(): Node | undefined {
    if (this.token.kind !== 'name' && !this.is('$')) return undefined;
    return this.postfixTarget();
  }

  private postfixTarget(): Node {
    if (this.accept('$')) return { type: 'field', of: this.step() };
    const name = this.token.text;
    this.at++;
    if (!this.accept('[')) return { type: 'name', name };
    return { type: 'index', name, subscripts: this.list(']') };
  }

  private concatenation(noGreater: boolean): Node {
    let left = this.additive();
    while (this.startsOperand(noGreater)) left = { type: 'binary', operator: ' ', left, right: this.additive() };
    return left;
  }

  private startsOperand(_noGreater: boolean): boolean {
    const { kind, text } = this.token;
    if (['number', 'string', 'regex', 'name', 'function', 'builtin'].includes(kind)) return true;
    if (kind === 'operator') return ['(', '$', '-', '+', '++', '--'].includes(text);
    return false;
  }

  private additive(): Node {
    let left = this.multiplicative();
    while (this.is('+', '-')) {
      const operator = this.token.text;
      this.at++;
      left = { type: 'binary', operator, left, right: this.multiplicative() };
    }
    return left;
  }

  private multiplicative(): Node {
    let left = this.unary();
    while (this.is('*', '/', '%')) {
      const operator = this.token.text;
      this.at++;
      left = { type: 'binary', operator, left, right: this.unary() };
    }
    return left;
  }

  private unary(): Node {
    if (this.is('!', '-', '+')) {
      const operator = this.token.text as '!' | '-' | '+';
      this.at++;
      return { type: 'unary', operator, of: this.unary() };
    }
    return this.power();
  }

  private power(): Node {
    const base = this.step();
    if (!this.accept('^')) return base;
    // Binds to the right, and a sign may follow: 2^-1.
    return { type: 'binary', operator: '^', left: base, right: this.is('-', '+', '!') ? this.unary() : this.power() };
  }

  private step(): Node {
    if (this.is('++', '--')) {
      const by = this.token.text === '++' ? 1 : -1;
      this.at++;
      return { type: 'step', by, prefix: true, target: this.step() };
    }
    const of = this.primary();
    if (this.is('++', '--') && (of.type === 'name' || of.type === 'index' || of.type === 'field')) {
      const by = this.token.text === '++' ? 1 : -1;
      this.at++;
      return { type: 'step', by, prefix: false, target: of };
    }
    return of;
  }

  private list(close: string): Node[] {
    const [inPrint, noIn] = [this.inPrint, this.noIn];
    this.inPrint = false;
    this.noIn = false;
    const nodes: Node[] = [];
    this.newlines();
    while (!this.is(close)) {
      nodes.push(this.expression());
      this.newlines();
      if (!this.accept(',')) break;
      this.newlines();
    }
    this.inPrint = inPrint;
    this.noIn = noIn;
    this.expect(close);
    return nodes;
  }

  private primary(): Node {
    const { kind, text } = this.token;
    if (kind === 'number') {
      this.at++;
      return { type: 'number', value: Number(text) };
    }
    if (kind === 'string') {
      this.at++;
      return { type: 'string', value: text };
    }
    if (kind === 'regex') {
      this.at++;
      return { type: 'regex', source: text };
    }
    if (kind === 'function') {
      this.called.push(text);
      this.at += 2;
      return { type: 'call', name: text, args: this.list(')') };
    }
    if (kind === 'builtin') {
      this.at++;
      if (!this.accept('(')) {
        if (text !== 'length') this.fail();
        return { type: 'builtin', name: text, args: [] };
      }
      return { type: 'builtin', name: text, args: this.list(')') };
    }
    if (kind === 'name') return this.postfixTarget();
    if (this.accept('$')) return { type: 'field', of: this.is('-', '+', '!') ? this.unary() : this.step() };
    if (this.accept('(')) {
      const list = this.list(')');
      if (list.length === 0) this.fail();
      const only = list[0];
      if (list.length > 1 || !only) return { type: 'group', list };
      // Parentheses keep a pattern or a comparison as one operand.
      return only.type === 'group' ? only : { type: 'group', list: [only] };
    }
    if (this.accept('getline')) {
      const target = this.optionalTarget();
      if (!this.accept('<')) return { type: 'getline', target, from: 'main', source: undefined };
      return { type: 'getline', target, from: 'file', source: this.step() };
    }
    return this.fail();
  }
}

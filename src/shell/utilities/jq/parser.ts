import { type JqToken, tokenizeJq } from './lexer.ts';
import { JqSyntaxError } from './syntax.ts';
import type { Definition, Filter, Pattern } from './tree.ts';

/** Parses a program. Raises JqSyntaxError. */
export function parseJq(text: string): Filter {
  return new Parser(tokenizeJq(text)).program();
}

/** The definitions of a library. */
export function parseDefinitions(text: string): Definition[] {
  return new Parser(tokenizeJq(text)).definitions();
}

const KEYWORDS = new Set([
  'def',
  'if',
  'then',
  'elif',
  'else',
  'end',
  'as',
  'reduce',
  'foreach',
  'try',
  'catch',
  'label',
  'import',
  'include',
  'and',
  'or',
  '__loc__',
]);
/** Operators between pipes and terms, weakest first; `right`: a // b // c is a // (b // c). */
const LEVELS: readonly { readonly operators: readonly string[]; readonly kind: 'left' | 'right' | 'none' }[] = [
  { operators: ['//'], kind: 'right' },
  { operators: ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='], kind: 'none' },
  { operators: ['or'], kind: 'left' },
  { operators: ['and'], kind: 'left' },
  { operators: ['==', '!=', '<', '<=', '>', '>='], kind: 'none' },
  { operators: ['+', '-'], kind: 'left' },
  { operators: ['*', '/', '%'], kind: 'left' },
];
const IDENTITY: Filter = { type: 'identity' };

class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly JqToken[]) {}

  program(): Filter {
    const definitions: Definition[] = [];
    while (this.isWord('def')) definitions.push(this.definition());
    const body = this.ended() ? IDENTITY : this.pipe();
    if (!this.ended()) this.fail();
    return definitions.reduceRight<Filter>((rest, definition) => ({ type: 'define', definition, body: rest }), body);
  }

  private ended(): boolean {
    return this.token.kind === 'end';
  }

  definitions(): Definition[] {
    const list: Definition[] = [];
    while (this.token.kind !== 'end') list.push(this.definition());
    return list;
  }

  private get token(): JqToken {
    return this.tokens[this.at] ?? { kind: 'end', text: '', at: 0 };
  }

  private is(text: string): boolean {
    return this.token.kind === 'operator' && this.token.text === text;
  }

  private isWord(text: string): boolean {
    return this.token.kind === 'word' && this.token.text === text;
  }

  private accept(text: string): boolean {
    if (!this.is(text) && !this.isWord(text)) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) this.fail();
  }

  private fail(): never {
    const { kind, text, at } = this.token;
    const names = {
      end: 'end of file',
      field: 'FIELD',
      variable: `'$'`,
      format: 'FORMAT',
      number: 'LITERAL',
      string: 'QQSTRING_START',
      word: KEYWORDS.has(text) ? text : 'IDENT',
      operator: text.length === 1 ? `'${text}'` : text,
    };
    throw new JqSyntaxError(`syntax error, unexpected ${names[kind]}`, at);
  }

  private definition(): Definition {
    this.expect('def');
    if (this.token.kind !== 'word') this.fail();
    const name = this.token.text;
    this.at++;
    const parameters: string[] = [];
    if (this.accept('(')) {
      do {
        const { kind, text } = this.token;
        if (kind !== 'word' && kind !== 'variable') this.fail();
        parameters.push(text);
        this.at++;
      } while (this.accept(';'));
      this.expect(')');
    }
    this.expect(':');
    const body = this.pipe();
    this.expect(';');
    return { name, parameters, body };
  }

  private pipe(): Filter {
    if (this.isWord('def')) {
      const definition = this.definition();
      return { type: 'define', definition, body: this.pipe() };
    }
    if (this.isWord('label')) {
      this.at++;
      const name = this.variable();
      this.expect('|');
      return { type: 'label', name, body: this.pipe() };
    }
    const left = this.comma();
    if (!this.accept('|')) return left;
    return { type: 'pipe', left, right: this.pipe() };
  }

  private comma(): Filter {
    let left = this.level(0);
    while (this.accept(',')) left = { type: 'comma', left, right: this.level(0) };
    return left;
  }

  private level(depth: number): Filter {
    const level = LEVELS[depth];
    if (!level) return this.postfix();
    let left = this.level(depth + 1);
    for (;;) {
      const { kind, text } = this.token;
      if ((kind !== 'operator' && kind !== 'word') || !level.operators.includes(text)) return left;
      this.at++;
      const right = this.level(level.kind === 'right' ? depth : depth + 1);
      left = combine(text, left, right);
      if (level.kind === 'none' && this.token.kind === 'operator' && level.operators.includes(this.token.text))
        this.fail();
    }
  }

  private variable(): string {
    if (this.token.kind !== 'variable') this.fail();
    const name = this.token.text;
    this.at++;
    return name;
  }

  private postfix(): Filter {
    if (this.accept('-')) return { type: 'negate', of: this.postfix() };
    const term = this.term();
    if (!this.isWord('as')) return term;
    this.at++;
    const patterns = this.patterns();
    this.expect('|');
    return { type: 'as', source: term, patterns, body: this.pipe() };
  }

  private patterns(): Pattern[] {
    const list = [this.pattern()];
    while (this.accept('?//')) list.push(this.pattern());
    return list;
  }

  private pattern(): Pattern {
    if (this.token.kind === 'variable') return { type: 'name', name: this.variable() };
    if (this.accept('[')) {
      const items: Pattern[] = [];
      do items.push(this.pattern());
      while (this.accept(','));
      this.expect(']');
      return { type: 'array', items };
    }
    this.expect('{');
    const members: { key: Filter; bind: string | undefined; value: Pattern | undefined }[] = [];
    do {
      const token = this.token;
      let key: Filter;
      let bind: string | undefined;
      if (token.kind === 'variable') {
        bind = this.variable();
        key = { type: 'literal', value: bind.slice(1) };
      } else if (token.kind === 'word') {
        this.at++;
        key = { type: 'literal', value: token.text };
      } else if (token.kind === 'string') key = this.string(undefined);
      else {
        this.expect('(');
        key = this.pipe();
        this.expect(')');
      }
      members.push({ key, bind, value: this.accept(':') ? this.pattern() : undefined });
    } while (this.accept(','));
    this.expect('}');
    return { type: 'object', members };
  }

  /** A term with its suffixes. */
  private term(): Filter {
    let term = this.primary();
    for (;;) {
      const { kind, text } = this.token;
      if (kind === 'field') {
        this.at++;
        term = { type: 'index', of: term, key: { type: 'literal', value: text.slice(1) } };
      } else if (this.is('.') && this.tokens[this.at + 1]?.kind === 'string') {
        this.at++;
        term = { type: 'index', of: term, key: this.string(undefined) };
      } else if (this.is('.') && this.tokens[this.at + 1]?.text === '[') this.at++;
      else if (this.is('[')) term = this.brackets(term);
      else if (this.accept('?')) term = { type: 'optional', of: term };
      else return term;
    }
  }

  private brackets(of: Filter): Filter {
    this.expect('[');
    if (this.accept(']')) return { type: 'iterate', of };
    if (this.accept(':')) {
      const to = this.pipe();
      this.expect(']');
      return { type: 'slice', of, from: undefined, to };
    }
    const key = this.pipe();
    if (!this.accept(':')) {
      this.expect(']');
      return { type: 'index', of, key };
    }
    const to = this.is(']') ? undefined : this.pipe();
    this.expect(']');
    return { type: 'slice', of, from: key, to };
  }

  private string(format: string | undefined): Filter {
    const token = this.token;
    if (token.kind !== 'string') this.fail();
    this.at++;
    const parts = token.parts.map((part) => {
      if (typeof part === 'string') return part;
      const inner = new Parser(part);
      return inner.program();
    });
    const [only] = parts;
    return parts.length === 1 && typeof only === 'string'
      ? { type: 'literal', value: only }
      : { type: 'string', parts, format };
  }

  private primary(): Filter {
    const token = this.token;
    switch (token.kind) {
      case 'number':
        this.at++;
        return { type: 'literal', value: token.value };
      case 'string':
        return this.string(undefined);
      case 'format':
        this.at++;
        return this.token.kind === 'string' ? this.string(token.text) : { type: 'format', name: token.text };
      case 'field':
        this.at++;
        return { type: 'index', of: IDENTITY, key: { type: 'literal', value: token.text.slice(1) } };
      case 'variable':
        this.at++;
        if (token.text === '$__loc__')
          return {
            type: 'literal',
            value: new Map<string, string | number>([
              ['file', '<top-level>'],
              ['line', 1],
            ]),
          };
        return { type: 'variable', name: token.text };
      case 'word':
        return this.word(token.text);
      case 'end':
        return this.fail();
      default:
        return this.punctuation(token.text);
    }
  }

  private punctuation(text: string): Filter {
    if (text === '.') {
      this.at++;
      if (this.token.kind === 'string') return { type: 'index', of: IDENTITY, key: this.string(undefined) };
      return IDENTITY;
    }
    if (text === '..') {
      this.at++;
      return { type: 'recurse' };
    }
    if (text === '(') {
      this.at++;
      const inner = this.pipe();
      this.expect(')');
      return inner;
    }
    if (text === '[') {
      this.at++;
      if (this.accept(']')) return { type: 'array', of: undefined };
      const of = this.pipe();
      this.expect(']');
      return { type: 'array', of };
    }
    if (text === '{') return this.object();
    return this.fail();
  }

  private object(): Filter {
    this.expect('{');
    const members: { key: Filter; value: Filter }[] = [];
    while (!this.is('}')) {
      members.push(this.member());
      if (!this.accept(',')) break;
    }
    this.expect('}');
    return { type: 'object', members };
  }

  private member(): { key: Filter; value: Filter } {
    const token = this.token;
    let key: Filter;
    let short: Filter;
    if (token.kind === 'variable') {
      this.at++;
      key = { type: 'literal', value: token.text.slice(1) };
      short =
        token.text === '$__loc__'
          ? {
              type: 'literal',
              value: new Map<string, string | number>([
                ['file', '<top-level>'],
                ['line', 1],
              ]),
            }
          : { type: 'variable', name: token.text };
    } else if (token.kind === 'word' || token.kind === 'number') {
      this.at++;
      key = { type: 'literal', value: token.text };
      short = { type: 'index', of: IDENTITY, key };
    } else if (token.kind === 'string') {
      key = this.string(undefined);
      short = { type: 'index', of: IDENTITY, key };
    } else if (token.kind === 'format') {
      this.at++;
      key = this.token.kind === 'string' ? this.string(token.text) : { type: 'format', name: token.text };
      short = { type: 'index', of: IDENTITY, key };
    } else {
      this.expect('(');
      key = this.pipe();
      this.expect(')');
      this.expect(':');
      return { key, value: this.memberValue() };
    }
    return { key, value: this.accept(':') ? this.memberValue() : short };
  }

  private memberValue(): Filter {
    let left: Filter = this.accept('-') ? { type: 'negate', of: this.term() } : this.level(0);
    while (this.accept('|')) left = { type: 'pipe', left, right: this.level(0) };
    return left;
  }

  private word(text: string): Filter {
    this.at++;
    switch (text) {
      case 'if':
        return this.conditional();
      case 'try': {
        const body = this.postTry();
        return { type: 'try', body, handler: this.accept('catch') ? this.postTry() : undefined };
      }
      case 'reduce':
      case 'foreach': {
        const source = this.term();
        this.expect('as');
        const patterns = this.patterns();
        this.expect('(');
        const start = this.pipe();
        this.expect(';');
        const update = this.pipe();
        const extract = text === 'foreach' && this.accept(';') ? this.pipe() : undefined;
        this.expect(')');
        return text === 'reduce'
          ? { type: 'reduce', source, patterns, start, update }
          : { type: 'foreach', source, patterns, start, update, extract };
      }
      case 'def': {
        this.at--;
        const definition = this.definition();
        return { type: 'define', definition, body: this.pipe() };
      }
      case 'break':
        if (this.token.kind === 'variable') return { type: 'break', name: this.variable() };
        break;
      case 'null':
        return { type: 'literal', value: null };
      case 'true':
        return { type: 'literal', value: true };
      case 'false':
        return { type: 'literal', value: false };
    }
    if (KEYWORDS.has(text)) {
      this.at--;
      this.fail();
    }
    const args: Filter[] = [];
    if (this.accept('(')) {
      do args.push(this.pipe());
      while (this.accept(';'));
      this.expect(')');
    }
    return { type: 'call', name: text, args };
  }

  /** What try and catch take: a term, not a pipe. */
  private postTry(): Filter {
    return this.accept('-') ? { type: 'negate', of: this.term() } : this.term();
  }

  private conditional(): Filter {
    const test = this.pipe();
    this.expect('then');
    const yes = this.pipe();
    if (this.accept('elif')) return { type: 'if', test, yes, no: this.conditional() };
    const no = this.accept('else') ? this.pipe() : undefined;
    this.expect('end');
    return { type: 'if', test, yes, no };
  }
}

function combine(operator: string, left: Filter, right: Filter): Filter {
  if (operator === '//') return { type: 'alternative', left, right };
  if (operator === 'and' || operator === 'or') return { type: operator, left, right };
  if (['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='].includes(operator))
    return { type: 'update', operator, left, right };
  return { type: 'binary', operator, left, right };
}

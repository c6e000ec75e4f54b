import { search } from 'jmespath';
import { asJson, type Json } from '../../../cluster/apimachinery/json-value.ts';
import { CliError } from './errors.ts';

// The library reads and runs expressions of --query; what it refuses is worded as Python's does, of which the client is made.

interface Token {
  readonly type: string;
  readonly value: string;
  readonly start: number;
}

/** How strongly a token binds to what is before it. jmespath.py: parser.py, BINDING_POWER */
const POWER: Readonly<Record<string, number>> = {
  pipe: 1,
  or: 2,
  and: 3,
  eq: 5,
  gt: 5,
  lt: 5,
  gte: 5,
  lte: 5,
  ne: 5,
  flatten: 9,
  star: 20,
  filter: 21,
  dot: 40,
  not: 45,
  lbrace: 50,
  lbracket: 55,
  lparen: 60,
};
/** What binds weaker ends a projection. */
const PROJECTION_STOP = 10;
/** How many calls Python allows beneath the parser, and what it says then: recorded from awscli 2.9. */
const DEEPEST = 980;
const DEPTH = 'maximum recursion depth exceeded';
const IDENTIFIERS = ['quoted_identifier', 'unquoted_identifier'];

const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/^\[\]/, 'flatten'],
  [/^\[\?/, 'filter'],
  [/^\[/, 'lbracket'],
  [/^\]/, 'rbracket'],
  [/^\./, 'dot'],
  [/^\*/, 'star'],
  [/^,/, 'comma'],
  [/^:/, 'colon'],
  [/^@/, 'current'],
  [/^\(/, 'lparen'],
  [/^\)/, 'rparen'],
  [/^\{/, 'lbrace'],
  [/^\}/, 'rbrace'],
  [/^\|\|/, 'or'],
  [/^\|/, 'pipe'],
  [/^&&/, 'and'],
  [/^&/, 'expref'],
  [/^==/, 'eq'],
  [/^!=/, 'ne'],
  [/^!/, 'not'],
  [/^<=/, 'lte'],
  [/^</, 'lt'],
  [/^>=/, 'gte'],
  [/^>/, 'gt'],
  [/^-?\d+/, 'number'],
  [/^[A-Za-z_]\w*/, 'unquoted_identifier'],
  [/^"(?:[^"\\]|\\.)*"/s, 'quoted_identifier'],
  [/^'(?:[^'\\]|\\.)*'/s, 'literal'],
  [/^`(?:[^`\\]|\\.)*`/s, 'literal'],
];

/** Raises CliError for an expression that is none. */
export function checkExpression(query: string): void {
  if (query === '') throw bad(query, 'Invalid JMESPath expression: cannot be empty.');
  new Grammar(query).check();
}

/** What an expression gives. Raises CliError with the text of a function that was called wrongly. */
export function queried(query: string, value: Json): Json {
  try {
    return asJson(search(value, query) ?? null);
  } catch (error) {
    // What nests too deeply to be computed: Python says it of the call that was one too many.
    if (error instanceof RangeError) throw new CliError(`${DEPTH} while calling a Python object`, 255);
    throw new CliError(runtimeText(error instanceof Error ? error.message : String(error)), 255);
  }
}

function bad(query: string, text: string): CliError {
  return new CliError(`Bad value for --query ${query}: ${text}`, 252);
}

function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  for (let start = 0; start < query.length; ) {
    const rest = query.slice(start);
    const blank = /^[ \t\r\n]+/.exec(rest);
    if (blank) {
      start += blank[0].length;
      continue;
    }
    const [pattern, type] = TOKENS.find(([one]) => one.test(rest)) ?? [];
    const value = pattern?.exec(rest)?.[0];
    if (value === undefined || type === undefined) throw lexical(query, start);
    tokens.push({ type, value: valueText(value), start });
    start += value.length;
  }
  return [...tokens, { type: 'eof', value: '', start: query.length }];
}

/** Of what is quoted the text within; of a literal its value as Python writes it. */
function valueText(text: string): string {
  if (!/^["'`]/.test(text)) return text;
  const inner = text.slice(1, -1);
  if (!text.startsWith('`')) return inner;
  return { true: 'True', false: 'False', null: 'None' }[inner] ?? inner.replace(/^"(.*)"$/s, '$1');
}

function lexical(query: string, at: number): CliError {
  const char = query.charAt(at);
  const text = /["'`]/.test(char)
    ? `Unclosed ${char} delimiter`
    : `Unknown token ${/[-=]/.test(char) ? `'${char}'` : char}`;
  return bad(query, `Bad jmespath expression: ${text}:\n${query}\n${' '.repeat(at)}^`);
}

/** Follows the grammar of an expression without making anything of it. jmespath.py: parser.py */
class Grammar {
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;

  /** Raises CliError. */
  constructor(private readonly query: string) {
    this.tokens = tokensOf(query);
  }

  check(): void {
    this.expression(0);
    if (this.type !== 'eof') throw this.unexpected(this.token, `Unexpected token: ${this.token.value}`);
  }

  private get token(): Token {
    return this.tokens[Math.min(this.index, this.tokens.length - 1)] ?? { type: 'eof', value: '', start: 0 };
  }

  private get type(): string {
    return this.token.type;
  }

  private unexpected(token: Token, message: string): CliError {
    const { query } = this;
    const type = token.type.toUpperCase();
    const place = `"${query}"\n${' '.repeat(token.start + 1)}^`;
    return bad(
      query,
      `${message}: Parse error at column ${token.start}, token "${token.value}" (${type}), for expression:\n${place}`,
    );
  }

  private incomplete(): CliError {
    const { query } = this;
    const pointer = `${' '.repeat(query.length + 1)}^`;
    return bad(query, `Invalid jmespath expression: Incomplete expression:\n"${query}"\n${pointer}`);
  }

  private match(...types: readonly string[]): void {
    if (types.includes(this.type)) {
      this.index++;
      return;
    }
    if (this.type === 'eof') throw this.incomplete();
    throw this.expecting(types);
  }

  private expecting(types: readonly string[]): CliError {
    const wanted = types.length === 1 ? types[0] : `[${types.map((type) => `'${type}'`).join(', ')}]`;
    return this.unexpected(this.token, `Expecting: ${wanted}, got: ${this.type}`);
  }

  /** Runs a part of the grammar that takes `frames` calls in Python, which bounds how deep they may go. */
  private within(frames: number, run: () => void): void {
    this.depth += frames;
    if (this.depth > DEEPEST) throw bad(this.query, DEPTH);
    run();
    this.depth -= frames;
  }

  private expression(power: number): void {
    this.within(2, () => this.readExpression(power));
  }

  private readExpression(power: number): void {
    const first = this.token;
    this.index++;
    let left = this.begin(first);
    while (power < (POWER[this.type] ?? 0)) {
      const { token } = this;
      this.index++;
      left = this.goOn(token, left);
    }
  }

  /** What an expression may begin with; says whether it is a bare name, which may be a function's. */
  private begin(token: Token): boolean {
    const { type } = token;
    if (type === 'unquoted_identifier') return true;
    if (type === 'literal' || type === 'current') return false;
    if (type === 'quoted_identifier') {
      if (this.type === 'lparen')
        throw this.unexpected({ ...this.token, start: 0 }, 'Quoted identifier not allowed for function names.');
    } else if (type === 'star') {
      if (this.type !== 'rbracket') this.projected(POWER['star'] ?? 0);
    } else if (type === 'filter') this.within(1, () => this.condition());
    else if (type === 'lbrace') this.within(1, () => this.hash());
    else if (type === 'lparen') {
      this.expression(0);
      this.match('rparen');
    } else if (type === 'flatten') this.projected(POWER['flatten'] ?? 0);
    else if (type === 'not') this.expression(POWER['not'] ?? 0);
    else if (type === 'expref') this.expression(0);
    else if (type === 'lbracket') this.bracket();
    else if (type === 'eof') throw this.incomplete();
    else throw this.unexpected(token, 'invalid token');
    return false;
  }

  /** What may follow an expression. */
  private goOn(token: Token, isName: boolean): boolean {
    const { type } = token;
    if (type === 'dot') {
      if (this.type === 'star') {
        this.index++;
        this.projected(POWER['dot'] ?? 0);
      } else this.afterDot(POWER['dot'] ?? 0);
    } else if (type === 'lparen') this.call(isName);
    else if (type === 'filter') this.condition();
    else if (type === 'flatten') this.projected(POWER['flatten'] ?? 0);
    else if (type === 'lbracket') {
      if (this.type === 'number' || this.type === 'colon') this.slice();
      else {
        this.match('star');
        this.match('rbracket');
        this.projected(POWER['star'] ?? 0);
      }
    } else if (type === 'star' || type === 'not' || type === 'lbrace') throw this.unexpected(token, 'invalid token');
    else this.expression(POWER[type] ?? 0);
    return false;
  }

  private call(isName: boolean): void {
    const name = this.tokens[this.index - 2];
    if (!isName && name) throw this.unexpected(name, `Invalid function name '${name.value}'`);
    while (this.type !== 'rparen') {
      this.expression(0);
      if (this.type === 'comma') this.index++;
    }
    this.index++;
  }

  private condition(): void {
    this.expression(0);
    this.match('rbracket');
    if (this.type !== 'flatten') this.projected(POWER['filter'] ?? 0);
  }

  private bracket(): void {
    if (this.type === 'number' || this.type === 'colon') return this.slice();
    if (this.type === 'star' && this.tokens[this.index + 1]?.type === 'rbracket') {
      this.index += 2;
      return this.projected(POWER['star'] ?? 0);
    }
    this.within(1, () => this.list());
  }

  /** `[1]`, `[1:2]` */
  private slice(): void {
    if (this.type !== 'colon' && this.tokens[this.index + 1]?.type !== 'colon') {
      this.index++;
      return this.match('rbracket');
    }
    for (let colons = 0; this.type !== 'rbracket'; this.index++) {
      if (this.type === 'colon') colons++;
      if (colons === 3 || (this.type !== 'colon' && this.type !== 'number'))
        throw this.unexpected(this.token, 'syntax error');
    }
    this.index++;
    this.projected(POWER['star'] ?? 0);
  }

  private list(): void {
    for (;;) {
      this.expression(0);
      if (this.type === 'rbracket') break;
      this.match('comma');
    }
    this.index++;
  }

  private hash(): void {
    for (;;) {
      this.match(...IDENTIFIERS);
      this.match('colon');
      this.expression(0);
      if (this.type === 'comma') this.index++;
      else if (this.type === 'rbrace') {
        this.index++;
        return;
      }
    }
  }

  private projected(power: number): void {
    this.within(1, () => this.readProjected(power));
  }

  private readProjected(power: number): void {
    if ((POWER[this.type] ?? 0) < PROJECTION_STOP) return;
    if (this.type === 'lbracket' || this.type === 'filter') return this.expression(power);
    if (this.type !== 'dot') throw this.unexpected(this.token, 'syntax error');
    this.index++;
    this.afterDot(power);
  }

  private afterDot(power: number): void {
    this.within(1, () => this.readAfterDot(power));
  }

  private readAfterDot(power: number): void {
    if ([...IDENTIFIERS, 'star'].includes(this.type)) return this.expression(power);
    if (this.type === 'lbracket') {
      this.index++;
      return this.within(1, () => this.list());
    }
    if (this.type === 'lbrace') {
      this.index++;
      return this.within(1, () => this.hash());
    }
    throw this.expecting([...IDENTIFIERS, 'lbracket', 'lbrace']);
  }
}

/** The library's text of a wrong call in the words of Python's. jmespath.py: exceptions.py */
function runtimeText(message: string): string {
  const count = /ArgumentError: (\w+)\(\) takes (at least ?)?(\d+) arguments? but received (\d+)/.exec(message);
  if (count) {
    const [, name, least = '', wanted, received] = count;
    return `Expected ${least ? 'at least ' : ''}${wanted} argument${wanted === '1' ? '' : 's'} for function ${name}(), received ${received}`;
  }
  const wrong = /TypeError: (\w+)\(\) expected argument (\d+) to be type (\S+) but received type (\S+) instead/.exec(
    message,
  );
  if (wrong) {
    const [, name, position, wanted = '', received] = wrong;
    const types = wanted.split(',').map((type) => `'${pythonType(type)}'`);
    // The library does not tell the value.
    const value = received === 'null' ? 'value: None' : `argument ${position}`;
    return `In function ${name}(), invalid type for ${value}, expected one of: [${types.join(', ')}], received: "${received}"`;
  }
  return message.replace(/^\w*Error: /, '');
}

/** `Array<number>` is `array-number`. */
function pythonType(type: string): string {
  return type.replace(/^Array<(\w+)>$/i, 'array-$1').toLowerCase();
}

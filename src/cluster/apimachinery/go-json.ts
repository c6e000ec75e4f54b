import { FormatError } from './format-error.ts';
import { type Json, type JsonObject, own, put } from './json-value.ts';

/** What is wrong with a text that is no JSON, in the words of Go's encoding/json. */
export interface JsonSyntaxError {
  readonly message: string;
  /** Characters read when it was found; absent at an early end. */
  readonly offset?: number;
  /** What json.Unmarshal says of an early end, where that is not `unexpected end of JSON input`. */
  readonly atEnd?: string;
}

/**
 * Parses JSON. FormatError with the text of Go's json.Unmarshal: `invalid character 'x' looking for beginning of value`.
 * Paths of fields that stand there twice (`metadata.name`) go to `duplicates`.
 */
export function parseJson(text: string, duplicates: string[] = []): Json {
  const decoded = decodeJsonPrefix(text, duplicates);
  if (decoded.error) {
    const { message, offset, atEnd = 'unexpected end of JSON input' } = decoded.error;
    throw new FormatError(offset === undefined ? atEnd : message);
  }
  const rest = text.slice(decoded.length).trimStart();
  if (rest !== '') throw new FormatError(`invalid character ${quoteCharacter(rest)} after top-level value`);
  return decoded.value;
}

type Decoded = { value: Json; length: number; error?: undefined } | { error: JsonSyntaxError };

/** Parses the first JSON value of a text. `length` is how much of it was read. */
export function decodeJsonPrefix(text: string, duplicates: string[] = []): Decoded {
  const reader = new Reader(text, duplicates);
  try {
    const value = reader.value('looking for beginning of value');
    return { value, length: reader.position };
  } catch (error) {
    if (error instanceof Failure) return { error: error.syntax };
    throw error;
  }
}

class Failure extends Error {
  readonly syntax: JsonSyntaxError;
  constructor(syntax: JsonSyntaxError) {
    super(syntax.message);
    this.syntax = syntax;
  }
}

class Reader {
  position = 0;
  private readonly text: string;
  private readonly duplicates: string[];
  private path = '';
  private depth = 0;

  constructor(text: string, duplicates: string[]) {
    this.text = text;
    this.duplicates = duplicates;
  }

  value(where: string): Json {
    this.blanks();
    const character = this.text[this.position];
    if (character === '{') return this.nested(() => this.object());
    if (character === '[') return this.nested(() => this.array());
    if (character === '"') return this.string();
    if (character === 't') return this.word('true', true);
    if (character === 'f') return this.word('false', false);
    if (character === 'n') return this.word('null', null);
    if (character !== undefined && /[-0-9]/.test(character)) return this.number();
    throw this.unexpected(where);
  }

  private nested(read: () => Json): Json {
    if (++this.depth > 1000) throw new Failure({ message: 'exceeded max depth', offset: this.position });
    const value = read();
    this.depth--;
    return value;
  }

  private object(): Json {
    const object: JsonObject = {};
    this.position++;
    for (let first = true; ; first = false) {
      this.blanks();
      if (first && this.taken('}')) return object;
      if (this.text[this.position] !== '"') throw this.unexpected('looking for beginning of object key string');
      const key = this.string();
      this.blanks();
      if (!this.taken(':')) throw this.unexpected('after object key');
      const outer = this.path;
      this.path = outer === '' ? key : `${outer}.${key}`;
      if (own(object, key) !== undefined) this.duplicates.push(this.path);
      put(object, key, this.value('looking for beginning of value'));
      this.path = outer;
      this.blanks();
      if (this.taken('}')) return object;
      if (!this.taken(',')) throw this.unexpected('after object key:value pair');
    }
  }

  private array(): Json {
    const list: Json[] = [];
    this.position++;
    this.blanks();
    if (this.taken(']')) return list;
    for (;;) {
      const outer = this.path;
      this.path = `${outer}[${list.length}]`;
      list.push(this.value('looking for beginning of value'));
      this.path = outer;
      this.blanks();
      if (this.taken(']')) return list;
      if (!this.taken(',')) throw this.unexpected('after array element');
    }
  }

  private string(): string {
    const from = this.position++;
    for (;;) {
      const character = this.text[this.position];
      if (character === undefined || character < ' ') throw this.unexpected('in string literal');
      this.position++;
      if (character === '"') break;
      if (character !== '\\') continue;
      const escaped = this.text[this.position] ?? '';
      if (!/["\\/bfnrtu]/.test(escaped)) throw this.unexpected('in string escape code');
      this.position++;
      for (let i = 0; escaped === 'u' && i < 4; i++, this.position++) {
        if (!/[0-9a-fA-F]/.test(this.text[this.position] ?? ''))
          throw this.unexpected('in \\u hexadecimal character escape');
      }
    }
    return String(JSON.parse(this.text.slice(from, this.position)));
  }

  private word<T extends Json>(word: string, value: T): T {
    this.position++;
    for (const expected of word.slice(1)) {
      if (!this.taken(expected)) throw this.unexpected(`in literal ${word} (expecting '${expected}')`);
    }
    return value;
  }

  private number(): number {
    const from = this.position;
    this.taken('-');
    if (!this.taken('0')) this.digits('in numeric literal');
    if (this.taken('.')) this.digits('after decimal point in numeric literal');
    if (this.taken('e') || this.taken('E')) {
      if (!this.taken('+')) this.taken('-');
      this.digits('in exponent of numeric literal');
    }
    return Number(this.text.slice(from, this.position));
  }

  private digits(where: string): void {
    const found = /^[0-9]*/.exec(this.text.slice(this.position, this.position + 400))?.[0] ?? '';
    if (found === '') throw this.unexpected(where);
    this.position += found.length;
  }

  private blanks(): void {
    while (/[ \t\r\n]/.test(this.text[this.position] ?? '')) this.position++;
  }

  private taken(character: string): boolean {
    if (this.text[this.position] !== character) return false;
    this.position++;
    return true;
  }

  private unexpected(where: string): Failure {
    const rest = this.text.slice(this.position);
    if (rest === '') {
      // Go tries a blank at the end to find out whether the value was complete.
      const incomplete = /^(in literal|in numeric|in exponent|after decimal|in string escape|in .u hexa)/.test(where);
      return new Failure({
        message: 'unexpected EOF',
        ...(incomplete ? { atEnd: `invalid character ' ' ${where}` } : {}),
      });
    }
    return new Failure({ message: `invalid character ${quoteCharacter(rest)} ${where}`, offset: this.position + 1 });
  }
}

// Go looks at bytes, so a character beyond ASCII is named by its first byte.
function quoteCharacter(text: string): string {
  const [first = ''] = text;
  if (first === "'") return `'\\''`;
  if (first === '"') return `'"'`;
  const [byte = 0] = new TextEncoder().encode(first);
  if (byte >= 0x80)
    return byte >= 0xa1 && byte !== 0xad ? `'${String.fromCharCode(byte)}'` : `'\\u00${byte.toString(16)}'`;
  if (byte >= 0x20 && byte !== 0x7f && first !== '\\') return `'${first}'`;
  const named: Record<string, string> = {
    '\n': '\\n',
    '\t': '\\t',
    '\r': '\\r',
    '\b': '\\b',
    '\f': '\\f',
    '\v': '\\v',
    '\x07': '\\a',
    '\\': '\\\\',
  };
  return `'${named[first] ?? `\\x${byte.toString(16).padStart(2, '0')}`}'`;
}

/** A JSON value; objects are maps, because a host object would reorder keys that look like numbers. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = Map<string, Json>;

/** Something is wrong with JSON text; `at` is its offset. */
export class JsonError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

const MAX_DEPTH = 10_000;

/** Parses one value from `text` at `from`; gives where it ends. Raises JsonError worded as jq words it. */
export function parseValue(text: string, from = 0): { value: Json; end: number } {
  const parser = new JsonParser(text, from);
  const value = parser.value(0);
  return { value, end: parser.at };
}

/** Parses a text that is exactly one value. */
export function parseJson(text: string): Json {
  const { value, end } = parseValue(text);
  const rest = /\S/.exec(text.slice(end));
  if (rest) throw new JsonError('Unexpected extra JSON values', end + rest.index);
  return value;
}

class JsonParser {
  constructor(
    private readonly text: string,
    public at: number,
  ) {}

  private blanks(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at++;
  }

  value(depth: number): Json {
    if (depth > MAX_DEPTH) throw new JsonError('Exceeds depth limit for parsing', this.at);
    this.blanks();
    const c = this.text[this.at];
    if (c === '{') return this.object(depth);
    if (c === '[') return this.array(depth);
    if (c === '"') return this.string();
    if (c === undefined) throw new JsonError('Unfinished JSON term', this.at);
    if ('}],:'.includes(c)) {
      const message =
        c === '}'
          ? "Unmatched '}'"
          : c === ']'
            ? "Unmatched ']'"
            : c === ','
              ? "Expected value before ','"
              : "':' not as part of an object";
      throw new JsonError(message, ++this.at);
    }
    return this.literal();
  }

  private literal(): Json {
    const match = /^[^\s{}[\],:"]+/.exec(this.text.slice(this.at, this.at + 400));
    const word = match?.[0] ?? '';
    const end = this.at + word.length;
    // jq notices at the character after the word.
    const fail = (message: string) => new JsonError(message, end + 1);
    if (word === 'null' || word === 'true' || word === 'false') {
      this.at = end;
      return word === 'null' ? null : word === 'true';
    }
    if (word === 'nan' || word === 'NaN') {
      this.at = end;
      return Number.NaN;
    }
    if (/^[tfn']/.test(word) && word !== 'nan')
      throw fail(word.startsWith("'") ? 'Invalid string literal; expected ", but got \'' : 'Invalid literal');
    if (!/^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(word)) throw fail('Invalid numeric literal');
    this.at = end;
    return Number(word);
  }

  private string(): string {
    const start = this.at++;
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) throw new JsonError('Unfinished string', this.at);
      if (c === '"') break;
      this.at += c === '\\' ? 2 : 1;
    }
    this.at++;
    const literal = this.text.slice(start, this.at);
    if (!literal.includes('\\') && !/[\x00-\x1f]/.test(literal)) return literal.slice(1, -1);
    return literal.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (whole, code: string) => {
      if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
      const simple = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '/': '/', '\\': '\\', '"': '"' }[code];
      if (simple === undefined) throw new JsonError(whole === '\\u' ? 'Invalid escape' : 'Invalid escape', this.at);
      return simple;
    });
  }

  private array(depth: number): Json[] {
    this.at++;
    const items: Json[] = [];
    this.blanks();
    if (this.text[this.at] === ']') {
      this.at++;
      return items;
    }
    for (;;) {
      this.blanks();
      if (this.text[this.at] === ']') throw new JsonError("Expected value before ']'", ++this.at);
      items.push(this.value(depth + 1));
      this.blanks();
      const c = this.text[this.at++];
      if (c === ']') return items;
      if (c === undefined) throw new JsonError('Unfinished JSON term', this.at - 1);
      if (c === '}') throw new JsonError("Unmatched '}'", this.at);
      if (c !== ',')
        throw new JsonError(c === ':' ? "':' not as part of an object" : 'Expected separator between values', this.at);
    }
  }

  private object(depth: number): JsonObject {
    this.at++;
    const members: JsonObject = new Map();
    this.blanks();
    if (this.text[this.at] === '}') {
      this.at++;
      return members;
    }
    for (;;) {
      this.blanks();
      if (this.text[this.at] === '}') throw new JsonError('Objects must consist of key:value pairs', ++this.at);
      const key = this.value(depth + 1);
      this.blanks();
      const colon = this.text[this.at++];
      if (colon === undefined) throw new JsonError('Unfinished JSON term', this.at - 1);
      if (colon !== ':') throw new JsonError('Objects must consist of key:value pairs', this.at);
      if (typeof key !== 'string') throw new JsonError('Object keys must be strings', this.at);
      this.blanks();
      const value = this.value(depth + 1);
      members.delete(key);
      members.set(key, value);
      this.blanks();
      const c = this.text[this.at++];
      if (c === '}') return members;
      if (c === undefined) throw new JsonError('Unfinished JSON term', this.at - 1);
      if (c === ']') throw new JsonError("Unmatched ']'", this.at);
      if (c !== ',') throw new JsonError('Expected separator between values', this.at);
    }
  }
}

/** Finds where values end in text that comes in pieces, without parsing it again and again. */
export class JsonScanner {
  private buffer = '';
  private scanned = 0;
  private depth = 0;
  private inString = false;
  private started = false;
  /** Newlines in what has been taken. */
  lines = 0;

  push(text: string): void {
    this.buffer += text;
  }

  get rest(): string {
    return this.buffer;
  }

  get length(): number {
    return this.buffer.length;
  }

  /** The text of the next whole value, with what stands before it; undefined when more is needed. */
  take(last: boolean): string | undefined {
    const text = this.buffer;
    for (; this.scanned < text.length; this.scanned++) {
      const c = text[this.scanned] ?? '';
      if (this.inString) {
        if (c === '\\') {
          if (this.scanned + 1 >= text.length && !last) return undefined;
          this.scanned++;
        } else if (c === '"') {
          this.inString = false;
          if (this.depth === 0) return this.cut(this.scanned + 1);
        }
      } else if (c === '"') {
        if (this.depth === 0 && this.started) return this.cut(this.scanned);
        this.inString = true;
        this.started = true;
      } else if (c === '{' || c === '[') {
        if (this.depth === 0 && this.started) return this.cut(this.scanned);
        this.depth++;
        this.started = true;
      } else if (c === '}' || c === ']') {
        this.depth--;
        if (this.depth <= 0) return this.cut(this.scanned + 1);
      } else if (/\s/.test(c)) {
        if (this.depth === 0 && this.started) return this.cut(this.scanned);
      } else this.started = true;
    }
    return last && this.started ? this.cut(text.length) : undefined;
  }

  private cut(end: number): string {
    const value = this.buffer.slice(0, end);
    for (const c of value) if (c === '\n') this.lines++;
    this.buffer = this.buffer.slice(end);
    this.scanned = 0;
    this.depth = 0;
    this.inString = false;
    this.started = false;
    return value;
  }
}

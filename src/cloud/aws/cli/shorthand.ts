import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';

const KEY = /[A-Za-z0-9\-_.#/:]/;

/** A text that is no shorthand; the message shows where. awscli: shorthand.py */
export class ShorthandError extends Error {}

/** Parses `key=value,key2=[a,b],key3={x=y}`. awscli: shorthand.py ShorthandParser */
export function parseShorthand(text: string): JsonObject {
  return new Parser(text).parameter();
}

class Parser {
  private index = 0;

  constructor(private readonly text: string) {}

  parameter(): JsonObject {
    const params: JsonObject = {};
    const first = this.keyValue();
    params[first[0]] = first[1];
    let last = this.index;
    while (this.index < this.text.length) {
      this.expect(',');
      const [key, value] = this.keyValue();
      if (key in params)
        throw new ShorthandError(
          `Second instance of key "${key}" encountered for input:\n${this.location(last + 1)}\nThis is often because there is a preceding "," instead of a space.`,
        );
      params[key] = value;
      last = this.index;
    }
    return params;
  }

  private keyValue(): [string, Json] {
    const start = this.index;
    while (this.index < this.text.length && KEY.test(this.text[this.index] ?? '')) this.index++;
    const key = this.text.slice(start, this.index);
    this.expect('=');
    return [key, this.values()];
  }

  private values(): Json {
    const char = this.text[this.index];
    if (char === undefined) return '';
    if (char === '[') return this.list();
    if (char === '{') return this.hash();
    return this.commas();
  }

  private commas(): Json {
    const first = this.simple(true);
    this.spaces();
    if (this.text[this.index] !== ',') return first;
    this.expect(',');
    const list: Json[] = [first];
    for (;;) {
      const value = this.simple(false);
      this.spaces();
      if (this.index >= this.text.length) {
        list.push(value);
        break;
      }
      if (this.text[this.index] === ',') {
        this.expect(',');
        list.push(value);
        continue;
      }
      // It was the next key.
      while (this.text[this.index] !== ',') this.index--;
      break;
    }
    return list.length === 1 ? first : list;
  }

  private simple(first: boolean): string {
    const char = this.text[this.index];
    if (char === "'" || char === '"') return this.quoted(char);
    // `=` ends the second and later values: there it begins the next key's value.
    const rest = this.text.slice(this.index);
    const end = first ? firstEnd(rest) : rest.search(/[,=]/);
    const raw = end < 0 ? rest : rest.slice(0, end);
    this.index += raw.length;
    return raw.replaceAll('\\,', ',').trimEnd();
  }

  private quoted(quote: string): string {
    const match = new RegExp(`^${quote}((?:\\\\\\\\|\\\\${quote}|[^${quote}])*)${quote}`).exec(
      this.text.slice(this.index),
    );
    if (!match)
      throw new ShorthandError(
        `Expected: '<${quote === '"' ? 'double quoted' : 'singled quoted'}>', received: '<none>' for input:\n${this.location()}`,
      );
    this.index += match[0].length;
    return (match[1] ?? '').replaceAll(`\\${quote}`, quote).replaceAll('\\\\', '\\');
  }

  private list(): Json[] {
    this.expect('[');
    const values: Json[] = [];
    while (this.current() !== ']') {
      values.push(this.explicit());
      this.spaces();
      if (this.text[this.index] !== ']') {
        this.expect(',');
        this.spaces();
      }
    }
    this.expect(']');
    return values;
  }

  private hash(): JsonObject {
    this.expect('{');
    const out: JsonObject = {};
    while (this.current() !== '}') {
      const start = this.index;
      while (this.index < this.text.length && KEY.test(this.text[this.index] ?? '')) this.index++;
      const key = this.text.slice(start, this.index);
      this.expect('=');
      out[key] = this.explicit();
      this.spaces();
      if (this.text[this.index] !== '}') {
        this.expect(',');
        this.spaces();
      }
    }
    this.expect('}');
    return out;
  }

  private explicit(): Json {
    if (this.current() === '[') return this.list();
    if (this.current() === '{') return this.hash();
    const char = this.current();
    if (char === "'" || char === '"') return this.quoted(char);
    const rest = this.text.slice(this.index);
    const end = rest.search(/[,\]}]/);
    const raw = end < 0 ? rest : rest.slice(0, end);
    this.index += raw.length;
    return raw.trimEnd();
  }

  private current(): string {
    const char = this.text[this.index];
    if (char === undefined) throw new ShorthandError(`Expected: ']', received: 'EOF' for input:\n${this.location()}`);
    return char;
  }

  private expect(char: string): void {
    this.spaces();
    const found = this.text[this.index];
    if (found !== char)
      throw new ShorthandError(`Expected: '${char}', received: '${found ?? 'EOF'}' for input:\n${this.location()}`);
    this.index++;
    this.spaces();
  }

  private spaces(): void {
    while (/\s/.test(this.text[this.index] ?? '')) this.index++;
  }

  private location(index = this.index): string {
    return `${this.text}\n${' '.repeat(index)}^`;
  }
}

/** The first value goes up to a comma or a closing bracket; `\,` is part of it. */
function firstEnd(text: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\' && text[i + 1] === ',') i++;
    else if (text[i] === ',' || text[i] === ']' || text[i] === '}') return i;
  }
  return -1;
}

import { formatDuration } from '../../cluster/apimachinery/duration.ts';
import { goQuote } from '../../cluster/apimachinery/go-quote.ts';
import type { Flag, FlagValue } from './flag.ts';
import { parseValue } from './parse-value.ts';

/** A command line that breaks the rules of its flags; the text is pflag's. */
export class FlagError extends Error {}

/** The flags of one command line: definitions, values, and the words that are not flags. pflag v1.0.9. */
export class FlagSet {
  /** Words that are not flags, in order. */
  args: string[] = [];
  /** How many of `args` stood before `--`; undefined when there was none. */
  argsBeforeDash: number | undefined;
  /** Lines for standard error: deprecated flags that were used. */
  readonly warnings: string[] = [];
  private readonly byName = new Map<string, Flag>();
  private readonly byShorthand = new Map<string, Flag>();
  private readonly values = new Map<string, FlagValue>();

  /** A flag that comes later does not replace one of the same name. */
  constructor(definitions: readonly Flag[]) {
    for (const flag of definitions) {
      if (this.byName.has(flag.name)) continue;
      this.byName.set(flag.name, flag);
      if (flag.shorthand !== undefined && !this.byShorthand.has(flag.shorthand))
        this.byShorthand.set(flag.shorthand, flag);
    }
  }

  get definitions(): readonly Flag[] {
    return [...this.byName.values()];
  }

  lookup(name: string): Flag | undefined {
    return this.byName.get(normalize(name));
  }

  lookupShorthand(letter: string): Flag | undefined {
    return this.byShorthand.get(letter);
  }

  /** Reads a command line. `interspersed` false: the first word that is no flag ends the flags. Raises FlagError. */
  parse(words: readonly string[], interspersed = true): void {
    const rest = [...words];
    for (;;) {
      const word = rest.shift();
      if (word === undefined) return;
      if (!word.startsWith('-') || word === '-') {
        this.args.push(word);
        if (interspersed) continue;
        this.args.push(...rest);
        return;
      }
      if (word === '--') {
        this.argsBeforeDash = this.args.length;
        this.args.push(...rest);
        return;
      }
      if (word.startsWith('--')) this.parseLong(word, rest);
      else this.parseShort(word, rest);
    }
  }

  private parseLong(word: string, rest: string[]): void {
    const text = word.slice(2);
    if (text.startsWith('-') || text.startsWith('=')) throw new FlagError(`bad flag syntax: ${word}`);
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const flag = this.lookup(name);
    if (!flag) throw new FlagError(`unknown flag: --${name}`);
    if (equals >= 0) this.set(flag, text.slice(equals + 1));
    else if (flag.noOptDefVal !== undefined) this.set(flag, flag.noOptDefVal);
    else {
      const value = rest.shift();
      if (value === undefined) throw new FlagError(`flag needs an argument: --${name}`);
      this.set(flag, value);
    }
  }

  private parseShort(word: string, rest: string[]): void {
    let letters = word.slice(1);
    while (letters !== '') {
      const letter = letters.charAt(0);
      const flag = this.byShorthand.get(letter);
      if (!flag) throw new FlagError(`unknown shorthand flag: ${quoteRune(letters)} in -${letters}`);
      const tail = letters.slice(1);
      if (tail.length > 1 && tail.startsWith('=')) {
        this.set(flag, tail.slice(1));
        return;
      }
      if (flag.noOptDefVal !== undefined) {
        this.set(flag, flag.noOptDefVal);
        letters = tail;
        continue;
      }
      if (tail !== '') {
        this.set(flag, tail);
        return;
      }
      const value = rest.shift();
      if (value === undefined) throw new FlagError(`flag needs an argument: ${quoteRune(letters)} in -${letters}`);
      this.set(flag, value);
      return;
    }
  }

  private set(flag: Flag, text: string): void {
    let value: FlagValue;
    try {
      value = parseValue(flag, text, this.values.get(flag.name), this.values.has(flag.name));
    } catch (error) {
      const name = flag.shorthand === undefined ? `--${flag.name}` : `-${flag.shorthand}, --${flag.name}`;
      throw new FlagError(
        `invalid argument ${goQuote(text)} for ${goQuote(name)} flag: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    this.values.set(flag.name, value);
    if (flag.deprecated !== undefined)
      this.warnings.push(`Flag --${flag.name} has been deprecated, ${flag.deprecated}`);
  }

  /** Names of required flags that were not given, in the order of their definition. */
  missing(): string[] {
    return this.definitions
      .filter((flag) => flag.required && !this.values.has(flag.name))
      .map((flag) => flag.name)
      .sort();
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  changed(name: string): boolean {
    return this.values.has(name);
  }

  private value(name: string): FlagValue {
    const flag = this.byName.get(name);
    if (!flag) throw new Error(`flag accessed but not defined: ${name}`);
    return this.values.has(name) ? this.values.get(name) : flag.default;
  }

  /** A value as pflag prints it. */
  text(name: string): string {
    const value = this.value(name);
    if (Array.isArray(value)) return `[${value.join(',')}]`;
    if (this.byName.get(name)?.type === 'duration') return formatDuration(this.number(name));
    return value === undefined ? '' : String(value);
  }

  bool(name: string): boolean {
    return this.value(name) === true;
  }

  /** A tristate: undefined when it was not given. */
  optionalBool(name: string): boolean | undefined {
    return this.changed(name) ? this.bool(name) : undefined;
  }

  string(name: string): string {
    const value = this.value(name);
    return typeof value === 'string' ? value : '';
  }

  /** Integers, and durations in milliseconds. */
  number(name: string): number {
    const value = this.value(name);
    return typeof value === 'number' ? value : 0;
  }

  list(name: string): readonly string[] {
    const value = this.value(name);
    return Array.isArray(value) ? value : [];
  }

  map(name: string): ReadonlyMap<string, string> {
    const value = this.value(name);
    return value instanceof Map ? value : new Map();
  }
}

/** kubectl takes `_` for `-` in names of flags. kubernetes: component-base/cli/flag WordSepNormalizeFunc */
function normalize(name: string): string {
  return name.replace(/_/g, '-');
}

/** pflag looks at one byte, so the first of a longer character shows as that byte. */
function quoteRune(letters: string): string {
  const code = letters.codePointAt(0) ?? 0;
  if (code < 0x80) return letters.startsWith("'") ? "'\\''" : `'${letters.charAt(0)}'`;
  const first = code < 0x800 ? 0xc0 | (code >> 6) : code < 0x10000 ? 0xe0 | (code >> 12) : 0xf0 | (code >> 18);
  return `'${String.fromCharCode(first)}'`;
}

import { parseDuration } from '../../cluster/apimachinery/duration.ts';
import { goQuote } from '../../cluster/apimachinery/go-quote.ts';
import type { Flag, FlagValue } from './flag.ts';

/** The new value of a flag that is set to `text`. Raises Error with the text that strconv or pflag would give. */
export function parseValue(flag: Flag, text: string, before: FlagValue, changed: boolean): FlagValue {
  flag.check?.(text);
  switch (flag.type) {
    case 'bool':
    case 'tristate':
      return parseBool(text);
    case 'string':
    case 'text':
      return text;
    case 'int':
    case 'int64':
      return parseInteger(text, 64);
    case 'int32':
      return parseInteger(text, 32);
    case 'uint8':
      return parseUnsigned(text, 8);
    case 'float32':
      return parseFloat32(text);
    case 'duration':
      return parseDuration(text);
    case 'stringArray':
      return [...(changed ? items(before) : []), text];
    case 'stringSlice':
      return [...(changed ? items(before) : []), ...(text === '' ? [] : readCsv(text))];
    case 'stringToString':
      return addPairs(changed ? before : undefined, text);
  }
}

function items(value: FlagValue): readonly string[] {
  return Array.isArray(value) ? value : [];
}

function addPairs(before: FlagValue, text: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>(before instanceof Map ? before : []);
  // pflag reads one pair as it stands and several as CSV, so that a lone value may hold quotes.
  const count = text.split('=').length - 1;
  if (count === 0) throw new Error(`${text} must be formatted as key=value`);
  const pairs = count === 1 ? [trimQuotes(text)] : readCsv(text);
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 0) throw new Error(`${pair} must be formatted as key=value`);
    map.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return map;
}

function trimQuotes(text: string): string {
  return text.replace(/^"+|"+$/g, '');
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** Go: strconv.ParseBool. */
export function parseBool(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new Error(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`);
}

/** Go: strconv.ParseInt with base 0: decimal, 0x, 0o, 0b, a leading 0 for octal, and underscores after a prefix. */
export function parseInteger(text: string, bits: 32 | 64, call = 'ParseInt'): number {
  const value = integerOf(text, /^[+-]?/);
  if (value === undefined) throw new Error(`strconv.${call}: parsing ${goQuote(text)}: invalid syntax`);
  const limit = 1n << BigInt(bits - 1);
  if (value >= limit || value < -limit)
    throw new Error(`strconv.${call}: parsing ${goQuote(text)}: value out of range`);
  return Number(value);
}

function parseUnsigned(text: string, bits: number): number {
  const value = integerOf(text, /^/);
  if (value === undefined) throw new Error(`strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax`);
  if (value >= 1n << BigInt(bits)) throw new Error(`strconv.ParseUint: parsing ${goQuote(text)}: value out of range`);
  return Number(value);
}

function integerOf(text: string, sign: RegExp): bigint | undefined {
  const prefix = sign.exec(text)?.[0] ?? '';
  const digits = text.slice(prefix.length).toLowerCase();
  let magnitude: bigint | undefined;
  if (/^(0|[1-9]\d*)$/.test(digits)) magnitude = BigInt(digits);
  else if (/^0(x[\da-f]+|o[0-7]+|b[01]+)$/.test(digits)) magnitude = BigInt(digits);
  else if (/^0[0-7]+$/.test(digits)) magnitude = BigInt(`0o${digits.slice(1)}`);
  if (magnitude === undefined) return undefined;
  return prefix === '-' ? -magnitude : magnitude;
}

/** Go: strconv.Atoi, base ten only. */
export function parseAtoi(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new Error(`strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`);
  const value = BigInt(text.replace(/^\+/, ''));
  if (value >= 1n << 63n || value < -(1n << 63n))
    throw new Error(`strconv.Atoi: parsing ${goQuote(text)}: value out of range`);
  return Number(value);
}

function parseFloat32(text: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text))
    throw new Error(`strconv.ParseFloat: parsing ${goQuote(text)}: invalid syntax`);
  return Number(text);
}

/** One line of CSV, as encoding/csv reads it. Raises Error with its text. */
export function readCsv(line: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let field = '';
      at++;
      for (;;) {
        const quote = line.indexOf('"', at);
        if (quote < 0)
          throw new Error(`parse error on line 1, column ${line.length + 1}: extraneous or missing " in quoted-field`);
        field += line.slice(at, quote);
        at = quote + 1;
        if (line[at] !== '"') break;
        field += '"';
        at++;
      }
      fields.push(field);
      if (at < line.length && line[at] !== ',')
        throw new Error(`parse error on line 1, column ${at}: extraneous or missing " in quoted-field`);
    } else {
      const comma = line.indexOf(',', at);
      const field = comma < 0 ? line.slice(at) : line.slice(at, comma);
      const quote = field.indexOf('"');
      if (quote >= 0) throw new Error(`parse error on line 1, column ${at + quote + 1}: bare " in non-quoted-field`);
      fields.push(field);
      at += field.length;
    }
    if (at >= line.length) return fields;
    at++;
    if (at === line.length) {
      fields.push('');
      return fields;
    }
  }
}

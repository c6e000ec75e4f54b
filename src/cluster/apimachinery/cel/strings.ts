import type { Environment } from '@marcbachmann/cel-js';
import { CelError } from './error.ts';

/** cel-go: ext/strings.go; kubernetes: apiserver/pkg/cel/library/regex.go. Those that cel-js has itself are not here. */
export function addStringLibrary(environment: Environment): void {
  const add = (signature: string, handler: (...args: never[]) => unknown) =>
    environment.registerFunction(signature, handler);
  add('string.replace(string, string): string', (text: string, old: string, by: string) => text.split(old).join(by));
  add('string.replace(string, string, int): string', (text: string, old: string, by: string, times: bigint) =>
    replaced(text, old, by, Number(times)),
  );
  add('string.charAt(int): string', (text: string, at: bigint) => {
    const characters = [...text];
    if (at < 0n || at > characters.length) throw new CelError(`index out of range: ${at}`);
    return characters[Number(at)] ?? '';
  });
  add('string.reverse(): string', (text: string) => [...text].reverse().join(''));
  add('string.find(string): string', (text: string, pattern: string) => text.match(regex(pattern))?.[0] ?? '');
  add('string.findAll(string): list<string>', (text: string, pattern: string) => all(text, pattern, -1));
  add('string.findAll(string, int): list<string>', (text: string, pattern: string, most: bigint) =>
    all(text, pattern, Number(most)),
  );
  add('string.format(list): string', (text: string, values: Iterable<unknown>) => formatted(text, [...values]));
}

function replaced(text: string, old: string, by: string, times: number): string {
  if (times < 0) return text.split(old).join(by);
  let result = '';
  let rest = text;
  for (let i = 0; i < times; i++) {
    const at = rest.indexOf(old);
    if (at < 0) break;
    result += rest.slice(0, at) + by;
    rest = rest.slice(at + old.length);
  }
  return result + rest;
}

function regex(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    throw new CelError(`Illegal regex: error parsing regexp: ${pattern}`);
  }
}

function all(text: string, pattern: string, most: number): string[] {
  const found = [...text.matchAll(new RegExp(regex(pattern), 'gu'))].map(([match]) => match);
  return most < 0 ? found : found.slice(0, most);
}

/** `%s`, `%d`, `%f`, `%.2f`, `%e`, `%b`, `%o`, `%x`, `%X`, `%%`. */
function formatted(text: string, values: readonly unknown[]): string {
  let next = 0;
  return text.replace(/%(?:\.(\d+))?([a-zA-Z%])/g, (_, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (next >= values.length) throw new CelError(`index ${next} out of range`);
    const value = values[next++];
    const digits = precision === undefined ? 6 : Number(precision);
    switch (verb) {
      case 's':
        return shown(value);
      case 'd':
        return integer(value, 10);
      case 'b':
        return typeof value === 'boolean' ? (value ? '1' : '0') : integer(value, 2);
      case 'o':
        return integer(value, 8);
      case 'x':
        return integer(value, 16);
      case 'X':
        return integer(value, 16).toUpperCase();
      case 'f':
        return Number(value).toFixed(digits);
      case 'e':
        return Number(value)
          .toExponential(digits)
          .replace(/e([+-])(\d)$/, 'e$10$2');
      default:
        throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
    }
  });
}

function integer(value: unknown, base: number): string {
  if (typeof value !== 'bigint' && typeof value !== 'number')
    throw new CelError('error during formatting: decimal clause can only be used on integers');
  return BigInt(value).toString(base);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${shown(item)}`)
      .join(', ')}}`;
  return String(value);
}

import { bytesToHex } from '@noble/hashes/utils.js';
import { goQuote } from '../../../cluster/apimachinery/go-quote.ts';
import { compareText } from '../go-value.ts';
import { GoFloat, GoInt, type Runtime } from './node.ts';

export type RuntimeMap = { readonly [key: string]: Runtime };

export function isMap(value: Runtime): value is RuntimeMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof GoInt) &&
    !(value instanceof GoFloat)
  );
}

export function isSlice(value: Runtime): value is readonly Runtime[] {
  return Array.isArray(value);
}

export function mapKeys(map: RuntimeMap): string[] {
  return Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort(compareText);
}

/** A number of the data as %v prints it: whole ones are int64, floats have exponents from 1e+21 on or below 1e-04. */
export function numberText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? value.toFixed(0) : floatText(value);
}

function floatText(value: number): string {
  const exponent = value === 0 ? 0 : Number(value.toExponential().split('e')[1] ?? '0');
  if (exponent < -4 || exponent >= 21) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return String(value);
}

/** fmt's %v of a value inside a template. */
export function valueText(value: Runtime): string {
  if (value === undefined || value === null) return '<nil>';
  if (value instanceof GoInt || value instanceof GoFloat) return String(value.value);
  if (typeof value === 'number') return numberText(value);
  if (isSlice(value)) return `[${value.map(valueText).join(' ')}]`;
  if (isMap(value))
    return `map[${mapKeys(value)
      .map((key) => `${key}:${valueText(value[key])}`)
      .join(' ')}]`;
  return String(value);
}

/** What an action prints. */
export function printed(value: Runtime): string {
  return value === undefined || value === null ? '<no value>' : valueText(value);
}

export function typeName(value: Runtime): string {
  if (value === undefined || value === null) return '<nil>';
  if (value instanceof GoInt) return 'int';
  if (value instanceof GoFloat) return 'float64';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return isSlice(value) ? '[]interface {}' : 'map[string]interface {}';
}

export function isTrue(value: Runtime): boolean {
  if (value === undefined || value === null) return false;
  if (value instanceof GoInt || value instanceof GoFloat) return value.value !== 0;
  if (isSlice(value)) return value.length > 0;
  if (isMap(value)) return mapKeys(value).length > 0;
  return value !== false && value !== 0 && value !== '';
}

/** An int or int64; undefined for everything else. */
export function integerOf(value: Runtime): number | undefined {
  if (value instanceof GoInt) return value.value;
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

function floatOf(value: Runtime): number | undefined {
  if (value instanceof GoFloat) return value.value;
  return typeof value === 'number' && !Number.isInteger(value) ? value : undefined;
}

/** fmt's Sprintf, with the verbs that texts, numbers and lists take. */
export function sprintf(format: string, args: readonly Runtime[]): string {
  let next = 0;
  const out = format.replace(
    /%([-+# 0]*)(\*|\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
    (_match, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (next >= args.length) return `%!${verb}(MISSING)`;
      const value = args[next++];
      const text = formatVerb(verb, value, precision === undefined ? undefined : Number(precision), flags);
      const size = Number(width ?? 0);
      if (flags.includes('-')) return text.padEnd(size);
      return flags.includes('0') && /^[dfeg]$/.test(verb) ? text.padStart(size, '0') : text.padStart(size);
    },
  );
  if (next >= args.length) return out;
  return `${out}%!(EXTRA ${args
    .slice(next)
    .map((one) => `${typeName(one)}=${valueText(one)}`)
    .join(', ')})`;
}

function formatVerb(verb: string, value: Runtime, precision: number | undefined, flags: string): string {
  const wrong = () =>
    `%!${verb}(${value === undefined || value === null ? '<nil>' : `${typeName(value)}=${valueText(value)}`})`;
  switch (verb) {
    case 'v':
      return valueText(value);
    case 's':
      if (typeof value === 'string') return precision === undefined ? value : value.slice(0, precision);
      if (isSlice(value)) return `[${value.map((item) => formatVerb('s', item, precision, flags)).join(' ')}]`;
      if (isMap(value))
        return `map[${mapKeys(value)
          .map((key) => `${key}:${formatVerb('s', value[key], precision, flags)}`)
          .join(' ')}]`;
      return wrong();
    case 'q':
      return typeof value === 'string' ? goQuote(value) : wrong();
    case 'd':
      return integerOf(value) === undefined ? wrong() : String(integerOf(value));
    case 't':
      return typeof value === 'boolean' ? String(value) : wrong();
    case 'f':
    case 'F':
      return floatOf(value)?.toFixed(precision ?? 6) ?? wrong();
    case 'e':
    case 'g':
      return floatOf(value) === undefined
        ? wrong()
        : precision === undefined
          ? floatText(floatOf(value) ?? 0)
          : (floatOf(value)?.toPrecision(precision) ?? '');
    case 'x':
      if (integerOf(value) !== undefined) return (integerOf(value) ?? 0).toString(16);
      return typeof value === 'string' ? bytesToHex(new TextEncoder().encode(value)) : wrong();
    case 'T':
      return typeName(value);
    default:
      return wrong();
  }
}

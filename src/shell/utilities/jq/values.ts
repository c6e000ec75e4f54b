import { compareText } from '../text.ts';
import type { Json, JsonObject } from './json.ts';

/** An error that a filter raised; `value` is what catch gets. */
export class JqError extends Error {
  constructor(readonly value: Json) {
    super(typeof value === 'string' ? value : toJson(value));
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

export function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return value instanceof Map ? 'object' : typeof value;
}

export function isTruthy(value: Json): boolean {
  return value !== null && value !== false;
}

const ORDER = ['null', 'false', 'true', 'number', 'string', 'array', 'object'];

function rank(value: Json): number {
  return ORDER.indexOf(typeof value === 'boolean' ? String(value) : typeOf(value));
}

/** jq's total order of values. */
export function compareJson(a: Json, b: Json): number {
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  if (typeof a === 'number' && typeof b === 'number') return a < b || Number.isNaN(a) ? -1 : a > b ? 1 : 0;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compareJson(a[i] ?? null, b[i] ?? null);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (isObject(a) && isObject(b)) {
    const keys = [...a.keys()].sort(compareText);
    const others = [...b.keys()].sort(compareText);
    const byKeys = compareJson(keys, others);
    if (byKeys !== 0) return byKeys;
    for (const key of keys) {
      const order = compareJson(a.get(key) ?? null, b.get(key) ?? null);
      if (order !== 0) return order;
    }
  }
  return 0;
}

/** jq: jvp_dtoa_fmt with 17 digits. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'null';
  if (value === Number.POSITIVE_INFINITY) return '1.7976931348623157e+308';
  if (value === Number.NEGATIVE_INFINITY) return '-1.7976931348623157e+308';
  if (Number.isInteger(value) && Math.abs(value) < 1e17) return Object.is(value, -0) ? '-0' : String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential());
  const digits = `${match?.[2] ?? '0'}${match?.[3] ?? ''}`;
  const point = Number(match?.[4] ?? 0) + 1;
  const sign = match?.[1] ?? '';
  if (point <= -4 || point > digits.length + 15) {
    const power = point - 1;
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return `${sign}${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

export function stringText(text: string, ascii = false): string {
  const escaped = text.replace(
    /["\\\x00-\x1f\x7f]/g,
    (c) =>
      ({ '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\b': '\\b', '\f': '\\f' })[c] ??
      `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${ascii ? escaped.replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : escaped}"`;
}

/** One line, without blanks. */
export function toJson(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return stringText(value);
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (isObject(value)) return `{${[...value].map(([key, item]) => `${stringText(key)}:${toJson(item)}`).join(',')}}`;
  return String(value);
}

/** `string ("abc")`, cut where it is long, as error texts show values. */
export function shown(value: Json): string {
  const text = toJson(value);
  // jq: ERRORMAX_TRUNC: 11 bytes with the dots.
  const cut = text.length > 11 ? `${text.slice(0, 10)}...` : text;
  return `${typeOf(value)} (${cut})`;
}

export function sortedObject(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortedObject);
  if (!isObject(value)) return value;
  return new Map(
    [...value].sort(([a], [b]) => compareText(a, b)).map(([key, item]): [string, Json] => [key, sortedObject(item)]),
  );
}

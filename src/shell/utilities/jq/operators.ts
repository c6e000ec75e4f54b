import type { Json } from './json.ts';
import { compareJson, isObject, JqError, shown } from './values.ts';

/** Binary operators of two values. Raises JqError worded as jq words it. */
export function arithmetic(operator: string, a: Json, b: Json): Json {
  switch (operator) {
    case '+':
      return add(a, b);
    case '-':
      if (typeof a === 'number' && typeof b === 'number') return a - b;
      if (Array.isArray(a) && Array.isArray(b))
        return a.filter((item) => !b.some((one) => compareJson(item, one) === 0));
      throw new JqError(`${shown(a)} and ${shown(b)} cannot be subtracted`);
    case '*':
      return multiply(a, b);
    case '/':
      if (typeof a === 'number' && typeof b === 'number') {
        if (b === 0) throw new JqError(`${shown(a)} and ${shown(b)} cannot be divided because the divisor is zero`);
        return a / b;
      }
      if (typeof a === 'string' && typeof b === 'string') return splitText(a, b);
      throw new JqError(`${shown(a)} and ${shown(b)} cannot be divided`);
    case '%': {
      if (typeof a !== 'number' || typeof b !== 'number')
        throw new JqError(`${shown(a)} and ${shown(b)} cannot be divided`);
      if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
      const divisor = Math.abs(Math.trunc(b));
      if (divisor === 0) throw new JqError(`${shown(a)} and ${shown(b)} cannot be divided because the divisor is zero`);
      return Math.trunc(a) % divisor || 0;
    }
    default:
      return relation(operator, compareJson(a, b));
  }
}

function relation(operator: string, order: number): boolean {
  return operator === '=='
    ? order === 0
    : operator === '!='
      ? order !== 0
      : operator === '<'
        ? order < 0
        : operator === '<='
          ? order <= 0
          : operator === '>'
            ? order > 0
            : order >= 0;
}

function add(a: Json, b: Json): Json {
  if (a === null) return b;
  if (b === null) return a;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (isObject(a) && isObject(b)) return new Map([...a, ...b]);
  throw new JqError(`${shown(a)} and ${shown(b)} cannot be added`);
}

function multiply(a: Json, b: Json): Json {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (typeof a === 'string' && typeof b === 'number') return repeated(a, b);
  if (typeof a === 'number' && typeof b === 'string') return repeated(b, a);
  if (isObject(a) && isObject(b)) return merge(a, b);
  throw new JqError(`${shown(a)} and ${shown(b)} cannot be multiplied`);
}

function repeated(text: string, count: number): Json {
  if (!(count > 0)) return null;
  const times = count < 1 ? 1 : Math.floor(count);
  if (text.length * times > 50_000_000) throw new JqError('Repeat string result too long');
  return text.repeat(times);
}

function merge(a: Map<string, Json>, b: Map<string, Json>): Json {
  const merged = new Map(a);
  for (const [key, value] of b) {
    const old = merged.get(key);
    merged.set(key, isObject(old) && isObject(value) ? merge(old, value) : value);
  }
  return merged;
}

export function splitText(text: string, separator: string): Json {
  if (text === '') return [];
  return separator === '' ? [...text] : text.split(separator);
}

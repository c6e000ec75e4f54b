import { doubleQuote } from '../expand/quote.ts';
import { type AssociativeArray, IndexedArray } from './arrays.ts';
import type { Variable } from './variables.ts';

const KEY = /^[A-Za-z0-9_./:@%+,-]+$/;

/** `([0]="a" [1]="b")` as `declare -p` writes arrays. */
export function arrayText(array: IndexedArray | AssociativeArray): string {
  if (array instanceof IndexedArray) {
    return `(${array
      .keys()
      .map((key) => `[${key}]=${doubleQuote(array.get(key) ?? '')}`)
      .join(' ')})`;
  }
  const items = array
    .keys()
    .map((key) => `[${KEY.test(key) ? key : doubleQuote(key)}]=${doubleQuote(array.get(key) ?? '')} `);
  return `(${items.join('')})`;
}

/** `declare -x NAME="value"` */
export function declaration(name: string, variable: Variable): string {
  const head = `declare -${variable.flags || '-'} ${name}`;
  if (typeof variable.value === 'object' && variable.value.bare) return head;
  if (typeof variable.value === 'object') return `${head}=${arrayText(variable.value)}`;
  const text = variable.text;
  return text === undefined ? head : `${head}=${doubleQuote(text)}`;
}

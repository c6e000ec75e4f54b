import { formatValue } from '../field-error.ts';
import { marshal } from '../json.ts';
import { compareStrings, isObject, type Json } from '../json-value.ts';

/**
 * One step of a path, as FieldsV1 writes it: `f:spec` (a field), `k:{"name":"a"}` (an item by its keys), `v:"x"` (an item by value).
 * structured-merge-diff: fieldpath/element.go, serialize-pe.go
 */
export type PathElement = string;

export type Path = readonly PathElement[];

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

export function valueElement(value: Json): PathElement {
  return `v:${marshal(value)}`;
}

/** The element of an item with these keys, whatever their order. */
export function keyElement(keys: readonly (readonly [string, Json])[]): PathElement {
  return `k:${marshal(Object.fromEntries(keys))}`;
}

/** The name of a field's element, else undefined. */
export function fieldName(element: PathElement): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/** A path as errors show it: `.spec.containers[name="web"].image`. */
export function formatPath(path: Path): string {
  return path.map(formatElement).join('');
}

export function formatElement(element: PathElement): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('i:')) return `[${rest}]`;
  const value: Json = JSON.parse(rest);
  if (element.startsWith('v:')) return `[=${formatValue(value)}]`;
  if (!isObject(value)) return '{{invalid path element}}';
  return `[${Object.entries(value)
    .map(([name, key]) => `${name}=${formatValue(key)}`)
    .join(',')}]`;
}

const kinds = 'fkvi';

/** The order of elements: fields, items by keys, items by value, items by index. */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a[0] !== b[0]) return kinds.indexOf(a[0] ?? '') - kinds.indexOf(b[0] ?? '');
  if (a[0] === 'f' || a === b) return compareStrings(a, b);
  if (a[0] === 'i') return Number(a.slice(2)) - Number(b.slice(2));
  const left: Json = JSON.parse(a.slice(2));
  const right: Json = JSON.parse(b.slice(2));
  if (!isObject(left) || !isObject(right)) return compareValues(left, right);
  const ls = Object.entries(left);
  const rs = Object.entries(right);
  for (const [i, [name, value]] of ls.entries()) {
    const other = rs[i];
    if (!other) return 1;
    const order = compareStrings(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return ls.length - rs.length;
}

function compareValues(a: Json, b: Json): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const rank = (value: Json) => ['number', 'string', 'boolean'].indexOf(typeof value);
  return rank(a) - rank(b) || Number(a) - Number(b);
}

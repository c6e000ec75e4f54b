import { insertionSorted } from '../../cluster/apimachinery/go-sort.ts';
import { Quantity } from '../../cluster/apimachinery/quantity.ts';
import { KubectlError } from '../errors.ts';
import { compareText, goType, isList, isObject, type ObjectValue, type Value } from './go-value.ts';
import { JsonPath } from './jsonpath/index.ts';

/** kubectl's sorter logs this and ends at once. */
export class UnsortableError extends KubectlError {
  constructor(readonly type: string) {
    super(`unsortable type: ${type}`);
  }
}

/** Puts items in the order of a field. `path` is `{.spec.x}`. Raises KubectlError. kubernetes: kubectl/pkg/cmd/get/sorter.go */
export function sortByField<T>(items: readonly T[], path: string, objectOf: (item: T) => ObjectValue | undefined): T[] {
  const template = parse(path);
  const keyed = items.map((item) => ({ item, value: firstValue(template, objectOf(item)) }));
  if (keyed.length > 0 && keyed.every((one) => one.value === undefined))
    throw new KubectlError(`couldn't find any field with path ${JSON.stringify(path)} in the list of objects`);
  return goSort(keyed, (a, b) => isLess(a.value, b.value)).map((one) => one.item);
}

function parse(path: string): JsonPath {
  try {
    return new JsonPath(path);
  } catch (error) {
    throw new KubectlError(error instanceof Error ? error.message : String(error));
  }
}

function firstValue(template: JsonPath, object: ObjectValue | undefined): Value | undefined {
  try {
    return object === undefined ? undefined : template.find(object)[0]?.[0];
  } catch (error) {
    throw new KubectlError(error instanceof Error ? error.message : String(error));
  }
}

/** Objects without the field come first. */
function isLess(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined) return true;
  if (b === undefined) return false;
  if (a === null || b === null) return a === null && b !== null;
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b) < 0;
  if (isList(a) || isObject(a) || typeof a === 'boolean') throw new UnsortableError(goType(a));
  throw new KubectlError('unsortable interface: interface');
}

function compareTexts(a: string, b: string): number {
  const [x, y] = [quantity(a), quantity(b)];
  return x && y ? x.compare(y) : compareText(a, b);
}

function quantity(text: string): Quantity | undefined {
  try {
    return Quantity.parse(text);
  } catch {
    return undefined;
  }
}

/** Go's sort.Sort sorts up to twelve items by insertion; the order of equal ones follows from it. More are sorted stably. */
function goSort<T>(items: readonly T[], less: (a: T, b: T) => boolean): T[] {
  if (items.length <= 12) return insertionSorted(items, less);
  return [...items].sort((a, b) => (less(a, b) ? -1 : less(b, a) ? 1 : 0));
}

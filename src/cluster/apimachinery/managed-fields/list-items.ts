import { goQuote } from '../go-quote.ts';
import { isObject, type Json, own } from '../json-value.ts';
import { keyElement, type PathElement, valueElement } from './path.ts';
import type { ListType } from './types.ts';

/** What is wrong with an item of a list. */
export class ItemError extends Error {}

/** The element that an item of a set or map list is known by. ItemError. structured-merge-diff: typed/helpers.go */
export function elementOf(list: ListType, item: Json): PathElement {
  if (list.atomic) throw new ItemError('invalid indexing of non-associative list');
  return list.keys.length > 0 ? elementByKeys(list, item) : elementByValue(item);
}

function elementByKeys(list: ListType, item: Json): PathElement {
  if (item === null) throw new ItemError('associative list with keys may not have a null element');
  if (!isObject(item)) throw new ItemError('associative list with keys may not have non-map elements');
  const keys: [string, Json][] = [];
  for (const name of list.keys) {
    const value = own(item, name) ?? list.element.map?.field(name)?.default;
    if (value !== undefined) keys.push([name, value]);
  }
  if (keys.length > 0) return keyElement(keys);
  throw new ItemError(
    `associative list with keys has an element that omits all key fields [${list.keys.map(goQuote).join(' ')}] (and doesn't have default values for any key fields)`,
  );
}

function elementByValue(item: Json): PathElement {
  if (isObject(item)) throw new ItemError("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new ItemError('not supported: associative list with lists as elements');
  if (item === null) throw new ItemError("associative list without keys has an element that's an explicit null");
  return valueElement(item);
}

/** Items by their element, those that come several times together. Items without one are left out. */
export function itemsByElement(list: ListType, items: Json[]): Map<PathElement, Json[]> {
  const found = new Map<PathElement, Json[]>();
  for (const item of items) {
    const element = elementOrNone(list, item);
    if (element === undefined) continue;
    const same = found.get(element);
    if (same) same.push(item);
    else found.set(element, [item]);
  }
  return found;
}

function elementOrNone(list: ListType, item: Json): PathElement | undefined {
  try {
    return elementOf(list, item);
  } catch (error) {
    if (error instanceof ItemError) return undefined;
    throw error;
  }
}

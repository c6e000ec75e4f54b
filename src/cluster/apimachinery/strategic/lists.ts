import { goFormat, goType } from '../go-format.ts';
import { insertionSorted } from '../go-sort.ts';
import { compareStrings, isObject, type Json, type JsonObject, own } from '../json-value.ts';
import { directive, PatchError } from './schema.ts';

/** An item of a list that is merged by key. */
export function itemObject(item: Json): JsonObject {
  if (isObject(item)) return item;
  throw new PatchError(`expected a map[string]interface {}, but received a ${goType(item)}`);
}

/** The value of an item's merge key. */
export function keyOf(item: Json, mergeKey: string): Json {
  const object = itemObject(item);
  const value = own(object, mergeKey);
  if (value === undefined) throw noMergeKey(object, mergeKey);
  return value;
}

export function noMergeKey(item: JsonObject, mergeKey: string): PatchError {
  return new PatchError(`map: ${goFormat(item)} does not contain declared merge key: ${mergeKey}`);
}

/** Whether lists hold objects. They must all hold the same type, and no lists. */
export function holdsObjects(...lists: Json[][]): boolean {
  const [first, ...others] = lists.flat();
  if (first === undefined) throw new PatchError('no elements in any of the given slices');
  if (Array.isArray(first)) throw new PatchError('lists of lists are not supported', 'unprocessable');
  if (others.some((item) => goType(item) !== goType(first))) {
    throw new PatchError(`list element types are not identical: [${lists.map(goFormat).join(' ')}]`);
  }
  return isObject(first);
}

/** Where an item is in a list: by merge key if there is one, else by value. -1 when it is not. */
export function indexIn(list: Json[], item: Json, mergeKey: string): number {
  const identity = (value: Json) => (isObject(value) ? own(value, mergeKey) : value);
  const wanted = identity(item);
  return list.findIndex((other) => identity(other) === wanted);
}

/** Items of `list` in the order of `order`; items to delete come last. */
export function inOrderOf(list: Json[], order: Json[], mergeKey: string, objects: boolean): Json[] {
  if (objects) for (const item of [...list, ...order]) keyOf(item, mergeKey);
  const isDelete = (item: Json) => objects && own(itemObject(item), directive) === 'delete';
  const kept = insertionSorted(
    list.filter((item) => !isDelete(item)),
    (a, b) => {
      const i = indexIn(order, a, mergeKey);
      const j = indexIn(order, b, mergeKey);
      // An item that the order does not know goes before: upstream's comparison, inconsistent as it is.
      return i < 0 || j < 0 || i < j;
    },
  );
  return [...kept, ...list.filter(isDelete)];
}

/** Items of a patch and of the server in one list: the server's order decides where both are known to it. */
export function interleave(server: Json[], patch: Json[], serverOrder: Json[], mergeKey: string): Json[] {
  const result: Json[] = [];
  let i = 0;
  let j = 0;
  while (i < server.length || j < patch.length) {
    const left = server[i];
    const right = patch[j];
    if (right === undefined || (left !== undefined && precedes(left, right))) {
      result.push(left ?? null);
      i++;
    } else {
      result.push(right);
      j++;
    }
  }
  return result;

  function precedes(left: Json, right: Json): boolean {
    const l = indexIn(serverOrder, left, mergeKey);
    const r = indexIn(serverOrder, right, mergeKey);
    return l >= 0 && r >= 0 && l < r;
  }
}

/**
 * The server's list as upstream's merge leaves it behind when it asks for its order: items are deleted in place, and new
 * ones are appended to the same array, so that they come to stand where the deleted ones made room.
 * kubernetes: strategicpatch/patch.go deleteMatchingEntries, mergeSliceWithoutSpecialElements
 */
export function overwrittenOrder(server: Json[], patch: Json[], mergeKey: string): Json[] {
  const marker = (item: Json) => own(itemObject(item), directive);
  const deletes = patch.filter((item) => marker(item) === 'delete');
  if (deletes.length === 0 || patch.some((item) => marker(item) === 'replace')) return server;
  const kept = server.filter((item) => indexIn(deletes, item, mergeKey) < 0);
  const added = patch.filter((item) => marker(item) === undefined && indexIn(kept, item, mergeKey) < 0);
  const written = [...kept, ...added];
  return [...written, ...server.slice(written.length)].slice(0, server.length);
}

/** A merged list in its final order. */
export function normalizeOrder(
  merged: Json[],
  patchOrder: Json[],
  serverOrder: Json[],
  mergeKey: string,
  objects: boolean,
): Json[] {
  const inPatch = (item: Json) => {
    if (mergeKey === '') return patchOrder.includes(item);
    keyOf(item, mergeKey);
    for (const [position, other] of patchOrder.entries()) {
      if (!isObject(other)) throw new PatchError(`value for key ${position} is not a map`);
    }
    return indexIn(patchOrder, item, mergeKey) >= 0;
  };
  const fromPatch = merged.filter(inPatch);
  const serverOnly = merged.filter((item) => !inPatch(item));
  return interleave(
    inOrderOf(serverOnly, serverOrder, mergeKey, objects),
    inOrderOf(fromPatch, patchOrder, mergeKey, objects),
    serverOrder,
    mergeKey,
  );
}

/** Scalars as sorted texts. */
export function sortedScalars(list: Json[]): Json[] {
  return insertionSorted(list, (a, b) => compareStrings(goFormat(a), goFormat(b)) <= 0);
}

/** Objects sorted by the text of their key. Equal ones are turned round, as upstream does. */
export function sortedByKey(list: Json[], mergeKey: string): Json[] {
  const text = (item: Json) => goFormat(own(itemObject(item), mergeKey));
  return insertionSorted(list, (a, b) => compareStrings(text(a), text(b)) <= 0);
}

/** Without repeated scalars. A repeated one is replaced by the last, as upstream does. */
export function uniqueScalars(list: Json[]): Json[] {
  const unique = [...list];
  for (let i = 0; i < unique.length - 1; i++) {
    for (let j = i + 1; j < unique.length; j++) {
      if (unique[i] !== unique[j]) continue;
      const last = unique.pop() ?? null;
      if (j < unique.length) unique[j] = last;
      j--;
    }
  }
  return unique;
}

import { goFormat, goType } from '../go-format.ts';
import { copyObject, equal, isObject, type Json, type JsonObject, own, put } from '../json-value.ts';
import {
  holdsObjects,
  indexIn,
  itemObject,
  keyOf,
  noMergeKey,
  normalizeOrder,
  overwrittenOrder,
  uniqueScalars,
} from './lists.ts';
import {
  deleteFromPrimitiveList,
  directive,
  PatchError,
  type PatchSchema,
  retainKeys,
  setElementOrder,
  strategyOf,
} from './schema.ts';

/** Merging a patch into a document, or (`patches`) two patches into one, which keeps directives and nulls. */
export type Mode = 'document' | 'patches';

/** Merges a strategic merge patch into an object. kubernetes: strategicpatch/patch.go mergeMap */
export function mergeObject(original: JsonObject, patch: JsonObject, schema: PatchSchema, mode: Mode): JsonObject {
  const marker = own(patch, directive);
  if (marker !== undefined) return replaceOrDelete(marker, patch);
  const result = copyObject(original);
  const rest = copyObject(patch);
  retain(result, rest, mode);
  mergeOrderedLists(result, rest, schema, mode);
  for (const [name, value] of Object.entries(rest)) {
    const deletion = name.startsWith(deleteFromPrimitiveList);
    if (deletion && mode === 'patches') put(result, name, value);
    else mergeMember(result, deletion ? keyAfter(name, deleteFromPrimitiveList) : name, value, schema, mode, deletion);
  }
  return result;
}

function replaceOrDelete(marker: Json, patch: JsonObject): JsonObject {
  if (marker === 'delete') return {};
  if (marker !== 'replace') {
    throw new PatchError(`unknown patch type: ${goFormat(marker)} in map: ${goFormat(patch)}`);
  }
  const { [directive]: _, ...rest } = patch;
  return rest;
}

function mergeMember(
  result: JsonObject,
  key: string,
  value: Json,
  schema: PatchSchema,
  mode: Mode,
  deletion: boolean,
): void {
  if (value === null) {
    delete result[key];
    if (mode === 'document') return;
  }
  const old = own(result, key);
  if (old === undefined || goType(old) !== goType(value)) {
    if (!deletion) setWithoutDirectives(result, key, mode === 'document' ? discardNulls(value) : value);
  } else if (isObject(old) && isObject(value)) {
    const { strategy, schema: below } = strategyOf(schema, key);
    put(result, key, strategy === 'replace' ? value : mergeObject(old, value, below, mode));
  } else if (Array.isArray(old) && Array.isArray(value)) {
    const { strategy, mergeKey, schema: items } = strategyOf(schema, key);
    const merges = strategy === 'merge' || deletion;
    put(result, key, merges ? mergeList(old, value, items, mergeKey, mode, deletion) : value);
  } else setWithoutDirectives(result, key, value);
}

function retain(result: JsonObject, rest: JsonObject, mode: Mode): void {
  const list = own(rest, retainKeys);
  if (list === undefined) return;
  delete rest[retainKeys];
  if (mode === 'patches') {
    const other = own(result, retainKeys);
    if (other !== undefined && !equal(other, list)) {
      throw new PatchError(
        `${goFormat(other)} and ${goFormat(list)} are not deep equal: this may happen when calculating the 3-way diff patch`,
      );
    }
    result[retainKeys] = list;
    return;
  }
  if (!Array.isArray(list)) throw badRetainKeys();
  for (const [key, value] of Object.entries(rest)) {
    if (value === null || key.startsWith(deleteFromPrimitiveList) || key.startsWith(setElementOrder)) continue;
    if (!list.includes(key)) throw badRetainKeys();
  }
  for (const key of Object.keys(result)) if (!list.includes(key)) delete result[key];
}

function badRetainKeys(): PatchError {
  return new PatchError('invalid patch format of retainKeys', 'badRequest');
}

function badOrderList(): PatchError {
  return new PatchError('invalid patch format of setElementOrder list', 'badRequest');
}

/** Lists whose order the patch names are merged and sorted first. */
function mergeOrderedLists(result: JsonObject, rest: JsonObject, schema: PatchSchema, mode: Mode): void {
  for (const [name, order] of Object.entries(rest)) {
    if (!name.startsWith(setElementOrder)) continue;
    if (mode === 'patches') {
      const other = own(result, name);
      if (other !== undefined && !equal(other, order)) throw badOrderList();
      put(result, name, order);
    }
    delete rest[name];
    if (!Array.isArray(order)) throw new PatchError(`expected a []interface {}, but received a ${goType(order)}`);
    const key = keyAfter(name, setElementOrder);
    const old = listOrAbsent(own(result, key));
    const patch = listOrAbsent(own(rest, key));
    const { strategy, mergeKey, schema: items } = strategyOf(schema, key);
    checkOrder(patch ?? [], order, mergeKey);
    const merged = mergeWith(old, patch);
    if (!merged) continue;
    const objects = holdsObjects(old ?? [], patch ?? []);
    const serverOrder =
      strategy === 'merge' && objects ? overwrittenOrder(old ?? [], patch ?? [], mergeKey) : (old ?? []);
    put(result, key, normalizeOrder(merged, order, serverOrder, mergeKey, objects));
    delete rest[key];

    function mergeWith(before: Json[] | undefined, change: Json[] | undefined): Json[] | undefined {
      if (!change) return before;
      if (!before) return withoutDirectives(change) as Json[];
      return strategy === 'merge' ? mergeList(before, change, items, mergeKey, mode, false) : change;
    }
  }
}

function listOrAbsent(value: Json | undefined): Json[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  throw new PatchError(`expected a []interface {}, but received a ${goType(value)}`);
}

function keyAfter(name: string, prefix: string): string {
  if (name.startsWith(`${prefix}/`)) return name.slice(prefix.length + 1);
  if (prefix === setElementOrder) throw badOrderList();
  throw new PatchError('invalid patch format of primitive list', 'badRequest');
}

// The items of a patch must come in the order that the patch itself asks for.
function checkOrder(patch: Json[], order: Json[], mergeKey: string): void {
  if (order.length === 0 || patch.length === 0) return;
  const kept = mergeKey === '' ? patch : patch.filter((item) => own(itemObject(item), directive) !== 'delete');
  let next = 0;
  for (const wanted of order) {
    for (let item = kept[next]; isObject(item) && own(item, directive) !== undefined; item = kept[++next]);
    const item = kept[next];
    if (item === undefined) return;
    const same = mergeKey === '' ? item === wanted : keyOf(item, mergeKey) === keyOf(wanted, mergeKey);
    if (same) next++;
  }
  if (next >= kept.length) return;
  throw new PatchError(
    `The order in patch list:\n${goFormat(patch)}\n doesn't match $setElementOrder list:\n${goFormat(order)}\n`,
  );
}

function mergeList(
  original: Json[],
  patch: Json[],
  schema: PatchSchema,
  mergeKey: string,
  mode: Mode,
  deletion: boolean,
): Json[] {
  if (original.length === 0 && patch.length === 0) return original;
  if (!holdsObjects(original, patch)) {
    if (deletion && mode === 'document') return original.filter((item) => !patch.includes(item));
    return normalizeOrder(uniqueScalars([...original, ...patch]), patch, original, mergeKey, false);
  }
  if (mergeKey === '') throw new PatchError(`cannot merge lists without merge key for ${schema.name}`);
  const { base, changes } = applySpecialItems(original, patch, mergeKey);
  const merged = [...base];
  for (const change of changes) {
    keyOf(change, mergeKey);
    const at = indexIn(merged, change, mergeKey);
    const old = merged[at];
    if (old === undefined) merged.push(change);
    else merged[at] = mergeObject(itemObject(old), itemObject(change), schema, mode);
  }
  return normalizeOrder(merged, changes, base, mergeKey, true);
}

/** `$patch: delete` items delete, a `$patch: replace` item makes the rest of the patch the whole list. */
function applySpecialItems(original: Json[], patch: Json[], mergeKey: string): { base: Json[]; changes: Json[] } {
  let base = original;
  let replaces = false;
  const plain: Json[] = [];
  for (const item of patch) {
    const object = itemObject(item);
    const marker = own(object, directive);
    if (marker === undefined) plain.push(item);
    else if (marker === 'delete') {
      if (!Object.hasOwn(object, mergeKey)) throw noMergeKey(object, mergeKey);
      base = base.filter((other) => indexIn([item], other, mergeKey) < 0);
    } else if (marker === 'replace') replaces = true;
    else if (marker === 'merge') throw new PatchError('merging lists cannot yet be specified in the patch');
    else throw new PatchError(`unknown patch type: ${goFormat(marker)} in map: ${goFormat(object)}`);
  }
  return replaces ? { base: plain, changes: [] } : { base, changes: plain };
}

function setWithoutDirectives(result: JsonObject, key: string, value: Json): void {
  const kept = withoutDirectives(value);
  if (kept === undefined) delete result[key];
  else put(result, key, kept);
}

// What is new needs no directives; what is marked with one is left out.
function withoutDirectives(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, directive)) return undefined;
  const kept: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    const below = withoutDirectives(member);
    if (below !== undefined) put(kept, key, below);
  }
  return kept;
}

function discardNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(discardNulls);
  if (!isObject(value)) return value;
  const kept: JsonObject = {};
  for (const [key, member] of Object.entries(value)) if (member !== null) put(kept, key, discardNulls(member));
  return kept;
}

import { goFormat, goType } from '../go-format.ts';
import { compareStrings, equal, isObject, type Json, type JsonObject, own, put } from '../json-value.ts';
import { holdsObjects, inOrderOf, itemObject, keyOf, sortedByKey, sortedScalars, uniqueScalars } from './lists.ts';
import {
  deleteFromPrimitiveList,
  directive,
  PatchError,
  type PatchSchema,
  retainKeys,
  type Strategy,
  setElementOrder,
  strategyOf,
} from './schema.ts';

/** Which half of a difference is wanted. */
export interface DiffOptions {
  readonly changes: boolean;
  readonly deletions: boolean;
  readonly retainKeys?: boolean;
}

/** The strategic merge patch that makes `modified` of `original`. kubernetes: strategicpatch/patch.go diffMaps */
export function diffObjects(
  original: JsonObject,
  modified: JsonObject,
  schema: PatchSchema,
  options: DiffOptions,
): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(modified)) {
    const old = own(original, key);
    if (old === undefined) {
      if (options.changes) put(patch, key, value);
    } else if (key === directive) {
      if (typeof old !== 'string' || typeof value !== 'string') {
        throw new PatchError(`invalid value for special key: ${directive}`);
      }
      if (value !== old) put(patch, key, value);
    } else diffMember(patch, key, old, value, schema, options);
  }
  if (options.deletions) {
    for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) put(patch, key, null);
  }
  if (options.retainKeys) addRetainKeys(patch, original, modified);
  return patch;
}

function addRetainKeys(patch: JsonObject, original: JsonObject, modified: JsonObject): void {
  const kept = Object.keys(modified).filter((key) => modified[key] !== null);
  const removes = Object.keys(original).some((key) => original[key] !== null && !Object.hasOwn(modified, key));
  if (kept.length > 0 && (Object.keys(patch).length > 0 || removes)) patch[retainKeys] = kept.sort(compareStrings);
}

function diffMember(
  patch: JsonObject,
  key: string,
  old: Json,
  value: Json,
  schema: PatchSchema,
  options: DiffOptions,
): void {
  if (isObject(old) && isObject(value)) {
    const how = knownStrategy(schema, key, old, value);
    if (!how) return;
    const inner = { ...options, retainKeys: how.retainKeys };
    if (how.strategy === 'replace') {
      if (options.changes) put(patch, key, value);
      return;
    }
    const below = diffObjects(old, value, how.schema, inner);
    if (Object.keys(below).length > 0) put(patch, key, below);
  } else if (Array.isArray(old) && Array.isArray(value)) {
    const how = knownStrategy(schema, key, old, value);
    if (!how) return;
    if (how.strategy === 'merge') diffMergedList(patch, key, old, value, how, options);
    else if (options.changes && !equal(old, value)) put(patch, key, value);
  } else if (options.changes && !equal(old, value)) put(patch, key, value);
}

// A field that the schema does not know is no trouble as long as it does not change.
function knownStrategy(schema: PatchSchema, key: string, old: Json, value: Json): Strategy | undefined {
  return !schema.field(key) && equal(old, value) ? undefined : strategyOf(schema, key);
}

function diffMergedList(
  patch: JsonObject,
  key: string,
  old: Json[],
  value: Json[],
  how: Strategy,
  options: DiffOptions,
): void {
  if (old.length === 0) {
    if (value.length > 0 && options.changes) put(patch, key, value);
    return;
  }
  const inner = { ...options, retainKeys: how.retainKeys };
  const { add, remove, order } = holdsObjects(old, value)
    ? diffListsOfObjects(old, value, how, inner)
    : diffListsOfScalars(old, value, inner);
  if (add.length > 0) put(patch, key, add);
  if (remove.length > 0) patch[`${deleteFromPrimitiveList}/${key}`] = remove;
  if (order.length > 0) patch[`${setElementOrder}/${key}`] = order;
}

interface ListDiff {
  add: Json[];
  remove: Json[];
  order: Json[];
}

function diffListsOfScalars(old: Json[], value: Json[], { changes, deletions }: DiffOptions): ListDiff {
  const before = sortedScalars(old);
  const after = sortedScalars(value);
  const add: Json[] = [];
  const remove: Json[] = [];
  walk(before, after, goFormat, {
    removed: (item) => remove.push(item),
    added: (item) => add.push(item),
  });
  const removed = deletions ? uniqueScalars(remove) : [];
  // Upstream has sorted the old list in place by now, so an unsorted list counts as changed.
  const ordered = (deletions && removed.length > 0) || (changes && !equal(before, value));
  return {
    add: changes ? inOrderOf(add, value, '', false) : [],
    remove: removed,
    order: ordered ? value : [],
  };
}

function diffListsOfObjects(old: Json[], value: Json[], how: Strategy, options: DiffOptions): ListDiff {
  const { mergeKey } = how;
  const changed: Json[] = [];
  const deleted: Json[] = [];
  walk(sortedByKey(old, mergeKey), sortedByKey(value, mergeKey), (item) => goFormat(keyOf(item, mergeKey)), {
    removed: (item) => options.deletions && deleted.push({ [mergeKey]: keyOf(item, mergeKey), [directive]: 'delete' }),
    added: (item) => options.changes && changed.push(item),
    same: (before, after) => {
      const below = diffObjects(itemObject(before), itemObject(after), how.schema, options);
      if (Object.keys(below).length > 0) changed.push({ ...below, [mergeKey]: keyOf(after, mergeKey) });
    },
  });
  const sameOrder = old.length === value.length && value.every((item, i) => sameKey(old[i] ?? null, item, mergeKey));
  const add = [...inOrderOf(changed, value, mergeKey, true), ...deleted];
  const ordered = (options.changes && (add.length > 0 || !sameOrder)) || (options.deletions && add.length > 0);
  return {
    add,
    remove: [],
    order: ordered ? value.map((item) => ({ [mergeKey]: own(itemObject(item), mergeKey) ?? null })) : [],
  };
}

function sameKey(a: Json, b: Json, mergeKey: string): boolean {
  return keyOf(a, mergeKey) === keyOf(b, mergeKey) && goType(a) === goType(b);
}

interface Visitor {
  removed(item: Json): void;
  added(item: Json): void;
  same?(before: Json, after: Json): void;
}

/** Walks two lists that are sorted by the same text. */
function walk(before: Json[], after: Json[], text: (item: Json) => string, visit: Visitor): void {
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const left = before[i];
    const right = after[j];
    const order = left === undefined ? 1 : right === undefined ? -1 : compareStrings(text(left), text(right));
    if (order === 0 && left !== undefined && right !== undefined) visit.same?.(left, right);
    else if (order < 0 && left !== undefined) visit.removed(left);
    else if (right !== undefined) visit.added(right);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
}

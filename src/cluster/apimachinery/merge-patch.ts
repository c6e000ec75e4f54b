import { goJsonKind } from './go-format.ts';
import {
  asJson,
  copyObject,
  equal,
  isObject,
  type Json,
  type JsonObject,
  own,
  put,
  withoutNulls,
} from './json-value.ts';
import { StatusError } from './status-error.ts';

/** Applies a JSON merge patch as the API server does: StatusError when the patch is no object. */
export function applyMergePatch(document: unknown, patch: unknown): Json {
  const changes = asJson(patch);
  if (isObject(changes) || changes === null) return merge(asJson(document), changes ?? {});
  throw StatusError.badRequest(
    `error decoding patch: json: cannot unmarshal ${goJsonKind(changes)} into Go value of type map[string]interface {}`,
  );
}

/** Applies a JSON merge patch (RFC 7386): null removes, objects merge, all else replaces. Unchanged parts are shared. */
export function mergePatch(document: unknown, patch: unknown): Json {
  return merge(asJson(document), asJson(patch));
}

function merge(document: Json | undefined, patch: Json): Json {
  // In what is new there is nothing to remove.
  if (!isObject(document)) return withoutNulls(patch);
  if (!isObject(patch)) return patch;
  const result = copyObject(document);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else put(result, key, merge(own(document, key), value));
  }
  return result;
}

/** The merge patch that makes `modified` of `original`; `{}` when they are equal. */
export function createMergePatch(original: unknown, modified: unknown): JsonObject {
  const before = asJson(original);
  const after = asJson(modified);
  return diff(isObject(before) ? before : {}, isObject(after) ? after : {});
}

function diff(before: JsonObject, after: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(after)) {
    const old = own(before, key);
    if (isObject(old) && isObject(value)) {
      const below = diff(old, value);
      if (Object.keys(below).length > 0) put(patch, key, below);
    } else if (old === undefined || !equal(old, value)) put(patch, key, value);
  }
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) put(patch, key, null);
  return patch;
}

/**
 * The patch that `kubectl apply` sends for custom resources: what was added or changed since `current`, and the removal of
 * what `original` (last applied) had and `modified` has no more.
 * kubernetes: apimachinery/pkg/util/jsonmergepatch/patch.go
 */
export function createThreeWayMergePatch(original: unknown, modified: unknown, current: unknown): JsonObject {
  const changes = onlyNulls(createMergePatch(current, modified), false);
  const deletions = onlyNulls(createMergePatch(original, modified), true);
  return combine(deletions, changes);
}

function onlyNulls(patch: JsonObject, nulls: boolean): JsonObject {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      if (nulls) put(kept, key, null);
    } else if (isObject(value) && Object.keys(value).length > 0) {
      const below = onlyNulls(value, nulls);
      if (Object.keys(below).length > 0) put(kept, key, below);
    } else if (!nulls) put(kept, key, value);
  }
  return kept;
}

// Merging patches keeps their nulls, merging documents would not.
function combine(deletions: JsonObject, changes: JsonObject): JsonObject {
  const both = copyObject(deletions);
  for (const [key, value] of Object.entries(changes)) {
    const deleted = own(both, key);
    put(both, key, isObject(deleted) && isObject(value) ? combine(deleted, value) : value);
  }
  return both;
}

import { goJsonKind } from './go-format.ts';
import { asJson, isObject, type JsonObject } from './json-value.ts';
import { StatusError } from './status-error.ts';
import { diffObjects } from './strategic/diff.ts';
import { mergeObject } from './strategic/merge.ts';
import { PatchError, type PatchSchema } from './strategic/schema.ts';

export { type FieldSchema, PatchError, type PatchSchema } from './strategic/schema.ts';

// kubernetes: apimachinery/pkg/util/strategicpatch/patch.go

/** Applies a strategic merge patch as the API server does: StatusError when it cannot. */
export function applyStrategicMergePatch(document: unknown, patch: unknown, schema: PatchSchema): JsonObject {
  const changes = asJson(patch);
  if (!isObject(changes) && changes !== null) {
    throw StatusError.badRequest(
      `json: cannot unmarshal ${goJsonKind(changes)} into Go value of type map[string]interface {}`,
    );
  }
  try {
    return strategicMergePatch(document, changes ?? {}, schema);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    if (error.kind === 'badRequest') throw StatusError.badRequest(error.message);
    if (error.kind === 'other') throw new StatusError({ code: 500, message: error.message });
    const message = 'the server rejected our request due to an error in our request';
    throw new StatusError({ code: 422, reason: 'Invalid', message, details: {} });
  }
}

/** Applies a strategic merge patch. PatchError when it cannot (`kubectl patch --local`). */
export function strategicMergePatch(document: unknown, patch: unknown, schema: PatchSchema): JsonObject {
  return mergeObject(objectOf(document), objectOf(patch), schema, 'document');
}

/** The patch that makes `modified` of `original`: what `kubectl edit`, `label`, `set image` and the like send. `{}` for none. */
export function createTwoWayPatch(original: unknown, modified: unknown, schema: PatchSchema): JsonObject {
  return diffObjects(objectOf(original), objectOf(modified), schema, { changes: true, deletions: true });
}

/**
 * The patch that `kubectl apply` sends: additions and changes from `current` (live) to `modified` (the manifest), deletions
 * from `original` (last applied, may be absent) to `modified`. `{}` when there is nothing to do. PatchError.
 */
export function createThreeWayPatch(
  original: unknown,
  modified: unknown,
  current: unknown,
  schema: PatchSchema,
): JsonObject {
  const wanted = objectOf(modified);
  const changes = diffObjects(objectOf(current), wanted, schema, { changes: true, deletions: false });
  const deletions = diffObjects(objectOf(original ?? {}), wanted, schema, { changes: false, deletions: true });
  return mergeObject(deletions, changes, schema, 'patches');
}

function objectOf(value: unknown): JsonObject {
  const json = asJson(value);
  if (isObject(json)) return json;
  throw new PatchError('invalid JSON document', 'badRequest');
}

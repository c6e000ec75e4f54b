import { equal, isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { PatchSchema } from '../../../cluster/apimachinery/strategic/schema.ts';
import { createTwoWayPatch } from '../../../cluster/apimachinery/strategic-merge-patch.ts';
import { KubectlError } from '../../errors.ts';
import { goJson } from '../../printers/go-value.ts';
import { yamlText } from '../../yaml.ts';

/** What --overwrite=false stumbles over. kubernetes: apimachinery/pkg/util/mergepatch NewErrConflict */
export class OverwriteConflict extends KubectlError {}

/**
 * Refuses a patch that would undo what somebody else did to the live object since the last apply. Raises OverwriteConflict.
 * kubernetes: strategicpatch.CreateThreeWayMergePatch with overwrite false
 */
export function refuseOverwriting(
  original: JsonObject | undefined,
  current: JsonObject,
  patch: JsonObject,
  schema: PatchSchema,
): void {
  const changed = createTwoWayPatch(original ?? {}, current, schema);
  if (conflict(patch, changed))
    throw new OverwriteConflict(
      `patch:\n${yamlText(patch)}\nconflicts with changes made from original to current:\n${yamlText(changed)}\n`,
    );
}

/** Ends an apply before anything was sent. */
export class OverwriteRefused extends KubectlError {}

/** What kubectl says of it, after the objects that it compared. kubernetes: kubectl/pkg/cmd/apply/patcher.go */
export function overwriteError(
  why: string,
  original: string,
  modified: JsonObject,
  current: JsonObject,
): OverwriteRefused {
  return new OverwriteRefused(
    `creating patch with:\noriginal:\n${original}\nmodified:\n${goJson(modified)}\n\ncurrent:\n${goJson(current)}\n\nfor: ${why}`,
  );
}

/** kubernetes: strategicpatch mergingMapFieldsHaveConflicts */
function conflict(left: Json, right: Json): boolean {
  if (isObject(left) && isObject(right))
    return Object.entries(left).some(([key, value]) => {
      const other = right[key];
      return other !== undefined && !key.startsWith('$') && conflict(value, other);
    });
  if (Array.isArray(left) && Array.isArray(right)) return false;
  return !equal(left, right);
}

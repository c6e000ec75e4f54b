import { equal, isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { FieldSchema, PatchSchema } from '../../cluster/apimachinery/strategic-merge-patch.ts';

/**
 * A strategic merge as kustomize does it: what a patch adds to a list stands before what was there. `schema` absent: lists are
 * replaced. Undefined: the patch deletes the object. kustomize: kyaml/yaml/merge2
 */
export function mergeObject(
  target: JsonObject,
  patch: JsonObject,
  schema: PatchSchema | undefined,
): JsonObject | undefined {
  if (patch['$patch'] === 'delete') return undefined;
  const { $patch: directive, ...fields } = patch;
  if (directive === 'replace') return fields;
  const out: JsonObject = { ...target };
  for (const [key, value] of Object.entries(fields)) {
    if (value === null) delete out[key];
    else {
      const next = mergeValue(out[key], value, schema?.field(key));
      if (next === undefined) delete out[key];
      else out[key] = next;
    }
  }
  return out;
}

function mergeValue(target: Json | undefined, value: Json, field: FieldSchema | undefined): Json | undefined {
  if (isObject(value)) return mergeObject(isObject(target) ? target : {}, value, field?.schema);
  if (!Array.isArray(value) || !field?.patchStrategy.includes('merge')) return value;
  const before = Array.isArray(target) ? target : [];
  if (field.patchMergeKey === '')
    return [...value, ...before.filter((item) => !value.some((other) => equal(item, other)))];
  return mergeList(before, value, field);
}

function mergeList(before: readonly Json[], patch: readonly Json[], field: FieldSchema): Json[] {
  const keyOf = (item: Json) => (isObject(item) ? item[field.patchMergeKey] : undefined);
  if (patch.some((item) => isObject(item) && item['$patch'] === 'replace'))
    return patch.filter((item) => !(isObject(item) && item['$patch'] === 'replace'));
  const left = [...before];
  const out: Json[] = [];
  for (const item of patch) {
    const at = left.findIndex((other) => equal(keyOf(other) ?? null, keyOf(item) ?? null));
    const [old] = at < 0 ? [] : left.splice(at, 1);
    const merged = isObject(item) ? mergeObject(isObject(old) ? old : {}, item, field.schema) : item;
    if (merged !== undefined) out.push(merged);
  }
  return [...out, ...left];
}

import { patchSchemaOf } from '../cluster/api/schema/patch-schema.ts';
import { applyJsonPatch } from '../cluster/apimachinery/json-patch.ts';
import { isObject, type JsonObject } from '../cluster/apimachinery/json-value.ts';
import { applyMergePatch } from '../cluster/apimachinery/merge-patch.ts';
import { type PatchSchema, strategicMergePatch } from '../cluster/apimachinery/strategic-merge-patch.ts';
import { asError, KubectlError } from './errors.ts';
import { type Flag, type FlagSet, string } from './flags/index.ts';
import { parseYaml } from './yaml.ts';

/** `--overrides` and `--override-type` of run and expose. */
export const overrideFlags: readonly Flag[] = [
  string('override-type', 'merge', 'The method used to override the generated object: json, merge, or strategic.'),
  string('overrides', '', 'Inline JSON that is merged into the generated object. It must name its apiVersion.'),
];

/** The object with what --overrides says. Raises KubectlError. kubernetes: kubectl/pkg/cmd/util/override_options.go */
export function overridden(flags: FlagSet, object: JsonObject, kind: 'Pod' | 'Service'): JsonObject {
  const text = flags.string('overrides');
  if (text === '') return object;
  const type = flags.string('override-type');
  try {
    const patch = parseYaml(text);
    if (type === 'json') return asObject(applyJsonPatch(object, patch));
    if (type === 'merge') return asObject(applyMergePatch(object, patch));
    if (type === 'strategic') return asObject(strategicMergePatch(object, patch, schemaOf(kind)));
  } catch (error) {
    throw new KubectlError(type === 'merge' ? 'Invalid JSON Patch' : asError(error).message);
  }
  throw new KubectlError(`invalid override type: ${type}`);
}

function schemaOf(kind: string): PatchSchema {
  const schema = patchSchemaOf({ group: '', version: 'v1', kind });
  if (!schema) throw new KubectlError(`no schema of ${kind}`);
  return schema;
}

function asObject(value: unknown): JsonObject {
  if (!isObject(value)) throw new KubectlError('the overrides are no object');
  return value;
}

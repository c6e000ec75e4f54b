import { DecodeError, jsonKind, ValueDecoder } from '../cluster/api/schema/decode-value.ts';
import { patchSchemaOf } from '../cluster/api/schema/patch-schema.ts';
import { typeOfKind } from '../cluster/api/schema/schema.ts';
import { applyJsonPatch } from '../cluster/apimachinery/json-patch.ts';
import { asJson, isObject, type JsonObject } from '../cluster/apimachinery/json-value.ts';
import { applyMergePatch } from '../cluster/apimachinery/merge-patch.ts';
import { type PatchSchema, strategicMergePatch } from '../cluster/apimachinery/strategic-merge-patch.ts';
import { asError, KubectlError } from './errors.ts';
import { type Flag, type FlagSet, string } from './flags/index.ts';
import { textAt } from './json.ts';
import { splitApiVersion } from './resource/decode.ts';
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
    if (type === 'json') return decoded(applyJsonPatch(object, patch));
    // A list takes the place of all.
    if (type === 'merge') return decoded(Array.isArray(patch) ? patch : applyMergePatch(object, patch));
    if (type === 'strategic') return decoded(strategicMergePatch(object, patch, schemaOf(kind)));
  } catch (error) {
    if (error instanceof KubectlError) throw error;
    throw new KubectlError(type === 'merge' ? 'Invalid JSON Patch' : asError(error).message);
  }
  throw new KubectlError(`invalid override type: ${type}`);
}

/** The result as kubectl's own types have it: what they do not know is gone. Raises KubectlError. */
function decoded(value: unknown): JsonObject {
  const object = asObject(value);
  const { group, version } = splitApiVersion(textAt(object, 'apiVersion'));
  const kind = textAt(object, 'kind');
  const type = typeOfKind(group, version, kind);
  if (!type)
    throw new KubectlError(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(textAt(object, 'apiVersion'))} in scheme "pkg/runtime/scheme.go:111"`,
    );
  try {
    const result = asJson(new ValueDecoder('json').object(type, object));
    return { ...(isObject(result) ? result : {}), kind, apiVersion: textAt(object, 'apiVersion') };
  } catch (error) {
    if (error instanceof DecodeError) throw new KubectlError(error.message);
    throw error;
  }
}

function schemaOf(kind: string): PatchSchema {
  const schema = patchSchemaOf({ group: '', version: 'v1', kind });
  if (!schema) throw new KubectlError(`no schema of ${kind}`);
  return schema;
}

function asObject(value: unknown): JsonObject {
  if (isObject(value)) return value;
  throw new KubectlError(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonKind(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
  );
}

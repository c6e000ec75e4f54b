import { applyJsonPatch } from '../cluster/apimachinery/json-patch.ts';
import { isObject, type JsonObject } from '../cluster/apimachinery/json-value.ts';
import { applyMergePatch } from '../cluster/apimachinery/merge-patch.ts';
import { asError, KubectlError } from './errors.ts';
import { type Flag, type FlagSet, string } from './flags/index.ts';
import { parseYaml } from './yaml.ts';

/** `--overrides` and `--override-type` of run and expose. */
export const overrideFlags: readonly Flag[] = [
  string('override-type', 'merge', 'The method used to override the generated object: json, merge, or strategic.'),
  string('overrides', '', 'Inline JSON that is merged into the generated object. It must name its apiVersion.'),
];

/** The object with what --overrides says. Raises KubectlError. kubernetes: kubectl/pkg/cmd/util/override_options.go */
export function overridden(flags: FlagSet, object: JsonObject): JsonObject {
  const text = flags.string('overrides');
  if (text === '') return object;
  const type = flags.string('override-type');
  try {
    const patch = parseYaml(text);
    if (type === 'json') return asObject(applyJsonPatch(object, patch));
    if (type === 'merge') return asObject(applyMergePatch(object, patch));
    if (type === 'strategic') return asObject(mergeByName(object, patch));
  } catch (error) {
    throw new KubectlError(type === 'merge' ? 'Invalid JSON Patch' : asError(error).message);
  }
  throw new KubectlError(`invalid override type: ${type}`);
}

function asObject(value: unknown): JsonObject {
  if (!isObject(value)) throw new KubectlError('the overrides are no object');
  return value;
}

/** A strategic merge as far as a Pod or a Service needs it: lists of named things are merged by their names. */
function mergeByName(base: unknown, patch: unknown): JsonObject {
  const out: JsonObject = { ...asObject(base) };
  for (const [key, value] of Object.entries(asObject(patch))) {
    const before = out[key];
    if (value === null) delete out[key];
    else if (isObject(value) && isObject(before)) out[key] = mergeByName(before, value);
    else if (Array.isArray(value) && Array.isArray(before) && value.every((item) => isObject(item) && 'name' in item)) {
      const list = before.filter(isObject).map((item) => {
        const change = value.filter(isObject).find((one) => one['name'] === item['name']);
        return change ? mergeByName(item, change) : item;
      });
      const added = value.filter(isObject).filter((one) => !list.some((item) => item['name'] === one['name']));
      out[key] = [...list, ...added];
    } else out[key] = value;
  }
  return out;
}

import { patchSchemaOf } from '../../cluster/api/schema/patch-schema.ts';
import { FormatError } from '../../cluster/apimachinery/format-error.ts';
import { jsonPatch } from '../../cluster/apimachinery/json-patch.ts';
import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt } from '../json.ts';
import { parseSelector } from '../resource/selector.ts';
import { parseDocuments, yamlText } from '../yaml.ts';
import { KustomizeError, within } from './errors.ts';
import type { Folder } from './folder.ts';
import { stringsOf } from './kustomization.ts';
import { mergeObject } from './merge.ts';
import { idOf, idText, metadataMap, type Resource, sameId } from './resource.ts';

/** patchesStrategicMerge and patches, in this order. Raises KustomizeError. kustomize: api/internal/builtins/Patch*Transformer.go */
export function applyPatches(folder: Folder, fields: JsonObject, resources: Resource[]): void {
  for (const entry of stringsOf(fields, 'patchesStrategicMerge')) applyMergeEntry(folder, entry, resources);
  for (const entry of listAt(fields, 'patches')) applyPatch(folder, entry, resources);
}

/** patchesJson6902, which come later. */
export function applyJsonPatches(folder: Folder, fields: JsonObject, resources: Resource[]): void {
  for (const entry of listAt(fields, 'patchesJson6902')) {
    checkJsonPatch(entry);
    applyPatch(folder, entry, resources);
  }
}

/** Texts that are no list of operations are refused in the words of the plugin that reads only these. */
function checkJsonPatch(entry: JsonObject): void {
  const inline = textAt(entry, 'patch');
  if (!inline.startsWith('[') || operationsIn(inline)) return;
  const { patch: _, ...rest } = entry;
  const wrong = /[^\s"\]}{[,:\d-]/.exec(inline)?.[0] ?? ']';
  throw new KustomizeError(
    `trouble configuring builtin PatchJson6902Transformer with config: \`\n${yamlText({ jsonOp: inline, ...rest })}\`: decoding ${inline}: invalid character '${wrong}' looking for beginning of object key string`,
  );
}

function applyMergeEntry(folder: Folder, entry: string, resources: Resource[]): void {
  let patches = objectsIn(entry);
  if (!patches) {
    const text = within(
      `trouble configuring builtin PatchStrategicMergeTransformer with config: \`\npaths:\n- ${entry}\n\``,
      () => folder.text(entry),
    );
    patches = objectsIn(text);
    if (!patches) throw new KustomizeError(`unable to parse SM patch from ${JSON.stringify(entry)}`);
  }
  for (const patch of patches) mergeInto(resources, [byId(resources, patch)], patch);
}

function applyPatch(folder: Folder, entry: JsonObject, resources: Resource[]): void {
  const path = textAt(entry, 'path');
  const inline = textAt(entry, 'patch');
  const config = yamlText(entry);
  const text = within(`trouble configuring builtin PatchTransformer with config: \`\n${config}\``, () => {
    if (path === '' && inline === '') throw new KustomizeError(`must specify one of patch and path in\n${config}`);
    if (path !== '' && inline !== '')
      throw new KustomizeError(`patch and path can't be set at the same time\n${config}`);
    if (path === '') return inline;
    return within(`failed to get the patch file from path(${path})`, () => folder.text(path));
  });
  const shown = path === '' ? `patch: ${JSON.stringify(inline)}` : `path: ${JSON.stringify(path)}`;
  const target = entry['target'];
  const merges = objectsIn(text);
  const operations = merges ? undefined : operationsIn(text);
  if (!merges && !operations)
    throw new KustomizeError(
      `trouble configuring builtin PatchTransformer with config: \`\n${config}\`: unable to parse SM or JSON patch from [${shown}]`,
    );
  const chosen = isObject(target) ? selected(resources, target) : undefined;
  if (operations) {
    if (!chosen) throw new KustomizeError(`must specify a target for JSON patch [${shown}]`);
    for (const resource of chosen) patchJson(resource, operations);
    return;
  }
  const options = objectAt(entry, 'options');
  for (const patch of merges ?? []) {
    if (chosen) mergeInto(resources, chosen, patch, options);
    else {
      const wanted = idText(idOf(patch));
      const found = within(`no resource matches strategic merge patch ${JSON.stringify(wanted)}`, () =>
        byId(resources, patch),
      );
      mergeInto(resources, [found], patch, options);
    }
  }
}

/** The objects of a strategic merge patch; undefined when the text is none. */
function objectsIn(text: string): JsonObject[] | undefined {
  try {
    const documents = [...parseDocuments(text)].filter((one) => one !== null);
    const objects = documents.filter(isObject);
    const whole = objects.length === documents.length && objects.length > 0;
    return whole && objects.every((one) => textAt(one, 'kind') !== '') ? objects : undefined;
  } catch {
    return undefined;
  }
}

function operationsIn(text: string): JsonObject[] | undefined {
  try {
    // What begins as a list of JSON must be JSON.
    const value: Json | undefined = text.startsWith('[') ? JSON.parse(text) : [...parseDocuments(text)][0];
    return Array.isArray(value) && value.every(isObject) ? value.filter(isObject) : undefined;
  } catch {
    return undefined;
  }
}

function byId(resources: readonly Resource[], patch: JsonObject): Resource {
  const wanted = idOf(patch);
  const found = resources.filter((one) => one.hasId((id) => sameId(id, wanted)));
  const [only] = found;
  const text = idText(wanted);
  if (!only) throw new KustomizeError(`no matches for Id ${text}; failed to find unique target for patch ${text}`);
  if (found.length > 1)
    throw new KustomizeError(`multiple matches for Id ${text}; failed to find unique target for patch ${text}`);
  return only;
}

/** What a target selects. kustomize: api/resmap Select */
function selected(resources: readonly Resource[], target: JsonObject): Resource[] {
  const pattern = (key: string) => new RegExp(`^(?:${textAt(target, key)})$`);
  const fits = (key: string, value: string) => textAt(target, key) === '' || pattern(key).test(value);
  const labels = textAt(target, 'labelSelector');
  const annotations = textAt(target, 'annotationSelector');
  const chosen = (selector: string, resource: Resource, field: 'labels' | 'annotations') =>
    selector === '' || parseSelector(selector)(Object.fromEntries(metadataMap(resource.object, field)));
  return resources.filter(
    (one) =>
      one.hasId(
        (id) =>
          fits('group', id.group) &&
          fits('version', id.version) &&
          fits('kind', id.kind) &&
          fits('name', id.name) &&
          fits('namespace', id.namespace),
      ) &&
      chosen(labels, one, 'labels') &&
      chosen(annotations, one, 'annotations'),
  );
}

function patchJson(resource: Resource, operations: readonly JsonObject[]): void {
  let next: Json;
  try {
    next = jsonPatch(resource.object, operations);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new KustomizeError(error.message);
  }
  if (isObject(next)) keepIdentity(resource, next, true);
}

function mergeInto(
  resources: Resource[],
  targets: readonly Resource[],
  patch: JsonObject,
  options: JsonObject = {},
): void {
  for (const target of targets) {
    const { apiVersion, kind, metadata, ...rest } = patch;
    const { name, namespace: _, ...others } = isObject(metadata) ? metadata : {};
    const renamed = options['allowNameChange'] === true && name !== undefined ? { name } : {};
    const rekinded = options['allowKindChange'] === true ? { apiVersion: apiVersion ?? '', kind: kind ?? '' } : {};
    const change: JsonObject = { ...rest, ...rekinded, metadata: { ...others, ...renamed } };
    const merged = mergeObject(target.object, change, patchSchemaOf(target.id));
    if (merged) keepIdentity(target, merged, Object.keys(renamed).length > 0);
    else resources.splice(resources.indexOf(target), 1);
  }
}

/** Takes over a patched object; a changed name is remembered. */
function keepIdentity(resource: Resource, next: JsonObject, mayRename: boolean): void {
  const before = resource.id;
  resource.object = next;
  if (mayRename && idText(resource.id) !== idText(before)) resource.previous.push(before);
}

import { marshal } from '../../cluster/apimachinery/json.ts';
import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { KubectlError } from '../errors.ts';
import { textAt } from '../json.ts';
import { NoKindMatchError, type RestMapper } from '../mapper.ts';
import { compareText } from '../printers/go-value.ts';
import { type Info, itemsOf } from './info.ts';

/** An object of a manifest as an Info. `mapper` absent: a local operation; `isItem`: of a list, whose metadata is not looked at. Raises KubectlError. kubernetes: cli-runtime/pkg/resource/mapper.go */
export function infoOf(document: Json, source: string, mapper: RestMapper | undefined, isItem = false): Info {
  const object = decodeObject(document, source, isItem);
  const name = textAt(object, 'metadata', 'name');
  const namespace = textAt(object, 'metadata', 'namespace');
  const { group, version } = splitApiVersion(textAt(object, 'apiVersion'));
  const base = { name, namespace, source, object, subresource: '' };
  if (!mapper) return { ...base, mapping: undefined };
  if (isItem && textAt(object, 'apiVersion') === '')
    throw new KubectlError(
      `unable to get type info from the object "*unstructured.Unstructured": Object 'apiVersion' is missing in 'object has no apiVersion field'`,
    );
  // A List has no resource of its own: its items have.
  if (textAt(object, 'kind') === 'List' && group === '') return { ...base, mapping: undefined };
  try {
    return { ...base, mapping: mapper.mappingForKind(group, version, textAt(object, 'kind')) };
  } catch (error) {
    if (!(error instanceof NoKindMatchError)) throw error;
    if (itemsOf(object)) return { ...base, mapping: undefined };
    throw new KubectlError(
      `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from ${JSON.stringify(source)}: ${error.message}\nensure CRDs are installed first`,
    );
  }
}

function decodeObject(document: Json, source: string, isItem: boolean): JsonObject {
  const fail = (text: string) => new KubectlError(`unable to decode ${JSON.stringify(source)}: ${text}`);
  if (!isObject(document))
    throw fail(
      `json: cannot unmarshal ${Array.isArray(document) ? 'array' : typeof document} into Go value of type unstructured.detector`,
    );
  if (textAt(document, 'kind') === '') throw fail(`Object 'Kind' is missing in '${marshal(document)}'`);
  const problem = isItem ? undefined : metadataProblem(document['metadata']);
  if (problem !== undefined) throw fail(problem);
  return document;
}

const TEXTS = new Set(['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion']);
const TIMES = new Set(['creationTimestamp', 'deletionTimestamp']);
/** What begins with a year is left to the server to find fault with. */
const RFC3339 = /^\d{4}/;
const MAPS = new Set(['labels', 'annotations']);

/** What does not fit ObjectMeta. kubernetes: cli-runtime/pkg/resource/metadata_decoder.go */
function metadataProblem(metadata: Json | undefined): string | undefined {
  const mismatch = (value: Json, field: string, type: string) =>
    `json: cannot unmarshal ${jsonType(value)} into Go struct field ${field} of type ${type}`;
  if (metadata === undefined || metadata === null) return undefined;
  if (!isObject(metadata)) return mismatch(metadata, 'metadataOnlyObject.metadata', 'v1.ObjectMeta');
  // The JSON that Go makes of YAML has its keys in order.
  for (const [field, value] of Object.entries(metadata).sort(([a], [b]) => compareText(a, b))) {
    if (value === null) continue;
    if (TEXTS.has(field) && typeof value !== 'string') return mismatch(value, `ObjectMeta.metadata.${field}`, 'string');
    if (TIMES.has(field) && typeof value === 'string' && !RFC3339.test(value))
      return `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`;
    if (!MAPS.has(field)) continue;
    if (!isObject(value)) return mismatch(value, `ObjectMeta.metadata.${field}`, 'map[string]string');
    for (const [, text] of Object.entries(value).sort(([a], [b]) => compareText(a, b)))
      if (text !== null && typeof text !== 'string') return mismatch(text, `ObjectMeta.metadata.${field}`, 'string');
  }
  return undefined;
}

function jsonType(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** `apps/v1` → its group and version. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

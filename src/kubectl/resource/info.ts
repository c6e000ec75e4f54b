import type { Json, JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { objectAt, textAt } from '../json.ts';
import type { Mapping } from '../mapper.ts';

/** One thing that a command works on. kubernetes: cli-runtime/pkg/resource Info */
export interface Info {
  /** Absent only in local operations. */
  readonly mapping: Mapping | undefined;
  readonly namespace: string;
  readonly name: string;
  /** File, `STDIN` or empty. */
  readonly source: string;
  /** What was read from the file or from the server; a list or a Table too. */
  readonly object: JsonObject | undefined;
  readonly subresource: string;
}

/** The mapping of an info that is known to have one. */
export function mappingOf(info: Info): Mapping {
  if (!info.mapping) throw new Error('a local object has no mapping');
  return info.mapping;
}

export function objectOf(info: Info): JsonObject {
  return info.object ?? {};
}

/** A copy of an object with other metadata. */
export function withMetadata(object: JsonObject, changes: JsonObject): JsonObject {
  const metadata: JsonObject = { ...objectAt(object, 'metadata') };
  for (const [key, value] of Object.entries(changes)) metadata[key] = value;
  return { ...object, metadata };
}

export function withNamespace(info: Info, namespace: string): Info {
  const object = info.object && withMetadata(info.object, { namespace });
  return { ...info, namespace, object };
}

/** The items of a list object, each with its kind; undefined when it is no list. */
export function itemsOf(object: JsonObject): JsonObject[] | undefined {
  const items: Json | undefined = object['items'];
  const kind = textAt(object, 'kind');
  if (!Array.isArray(items) || !kind.endsWith('List')) return undefined;
  const apiVersion = textAt(object, 'apiVersion');
  const itemKind = kind.slice(0, -4);
  return items.flatMap((item) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
    return [textAt(item, 'kind') === '' && itemKind !== '' ? { apiVersion, kind: itemKind, ...item } : item];
  });
}

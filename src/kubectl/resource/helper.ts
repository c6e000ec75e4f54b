import type { Json, JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../world/task.ts';
import type { Client } from '../client.ts';
import { KubectlError } from '../errors.ts';
import { type Mapping, resourcePath } from '../mapper.ts';

type Query = readonly (readonly [string, string])[];

export const MERGE_PATCH = 'application/merge-patch+json';
export const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const APPLY_PATCH = 'application/apply-patch+yaml';

/** The path of one object. Without a name it would be the path of all of them. Raises KubectlError. client-go: rest/request.go Name */
export function objectPath(mapping: Mapping, namespace: string, name: string, subresource = ''): string {
  if (name === '') throw new KubectlError('resource name may not be empty');
  const wrong = validatePathSegment(name);
  if (wrong.length > 0) throw new KubectlError(`invalid resource name ${JSON.stringify(name)}: [${wrong.join(' ')}]`);
  return resourcePath(mapping, namespace, name, subresource);
}

/** kubernetes: apimachinery/pkg/api/validation/path IsValidPathSegmentName */
function validatePathSegment(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

/** POST. Raises StatusError, ConnectionError. */
export function* createObject(
  client: Client,
  mapping: Mapping,
  namespace: string,
  object: JsonObject,
  query: Query = [],
  subresource = '',
  name = '',
): Task<JsonObject> {
  return yield* client.request('POST', resourcePath(mapping, namespace, name, subresource), { query, body: object });
}

/** PUT. Raises StatusError, ConnectionError. */
export function* replaceObject(
  client: Client,
  mapping: Mapping,
  namespace: string,
  name: string,
  object: JsonObject,
  query: Query = [],
  subresource = '',
): Task<JsonObject> {
  return yield* client.request('PUT', objectPath(mapping, namespace, name, subresource), { query, body: object });
}

/** Text that is sent as it stands, because it is no JSON. */
export class RawText {
  constructor(readonly text: string) {}
}

/** PATCH of the given content type. Raises StatusError, ConnectionError. */
export function* patchObject(
  client: Client,
  mapping: Mapping,
  namespace: string,
  name: string,
  contentType: string,
  patch: Json | RawText,
  query: Query = [],
  subresource = '',
): Task<JsonObject> {
  return yield* client.request('PATCH', objectPath(mapping, namespace, name, subresource), {
    query,
    ...(patch instanceof RawText ? { text: patch.text } : { body: patch }),
    contentType,
  });
}

/** DELETE with DeleteOptions. Raises StatusError, ConnectionError. */
export function* deleteObject(
  client: Client,
  mapping: Mapping,
  namespace: string,
  name: string,
  options: JsonObject,
): Task<JsonObject> {
  return yield* client.request('DELETE', objectPath(mapping, namespace, name), {
    body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options },
  });
}

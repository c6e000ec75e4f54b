/** The parts of an API object that every kind has. The generated types of the kinds fit it. */
export interface ApiObject {
  apiVersion?: string | undefined;
  kind?: string | undefined;
  metadata?: ObjectMetadata | undefined;
}

export interface ObjectMetadata {
  name?: string | undefined;
  generateName?: string | undefined;
  namespace?: string | undefined;
  uid?: string | undefined;
  resourceVersion?: string | undefined;
  generation?: number | undefined;
  creationTimestamp?: string | undefined;
  deletionTimestamp?: string | undefined;
  deletionGracePeriodSeconds?: number | undefined;
  labels?: { [key: string]: string } | undefined;
  annotations?: { [key: string]: string } | undefined;
  finalizers?: string[] | undefined;
  ownerReferences?: OwnerReference[] | undefined;
  managedFields?: unknown[] | undefined;
  selfLink?: string | undefined;
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean | undefined;
  blockOwnerDeletion?: boolean | undefined;
}

export interface StoredMetadata extends ObjectMetadata {
  name: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
}

/** An object as the store keeps it: complete and immutable by convention. Never change one: make another. */
export type Stored<T extends ApiObject = ApiObject> = T & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: StoredMetadata;
};

/** `namespace/name`, or the name alone for kinds without a namespace: the key of a work queue. */
export function keyOf(object: { metadata: { namespace?: string | undefined; name: string } }): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** metav1.GetControllerOf. */
export function controllerOf(object: ApiObject): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((owner) => owner.controller === true);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads `a.b.c` out of plain data; undefined where the way ends. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const name of path) {
    if (!isRecord(current)) return undefined;
    current = current[name];
  }
  return current;
}

/** A deep copy of plain data that may be changed. */
export function deepCopy<T>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    const item = value[key];
    if (item !== undefined) setOwn(copy, key, typeof item === 'object' ? copyOf(item) : item);
  }
  return copy;
}

/** Semantic equality of plain data: an absent field equals undefined. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!deepEqual(a[i], b[i])) return false;
    return true;
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  for (const key in a) if (a[key] !== undefined && !deepEqual(a[key], b[key])) return false;
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false;
  return true;
}

/**
 * The same data without undefined members, which JSON does not have. What has none is given back as it is; what is also in `known`,
 * which has none either, is not looked into.
 */
export function withoutUndefined<T>(value: T, known?: unknown): T {
  return prune(value, known) as T;
}

function prune(value: unknown, known: unknown): unknown {
  if (value === known || typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? pruneItems(value, known) : pruneFields(value as Record<string, unknown>, known);
}

function pruneItems(items: readonly unknown[], known: unknown): readonly unknown[] {
  const before: readonly unknown[] = Array.isArray(known) ? known : [];
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const next = prune(items[i], before[i]);
    if (next === items[i]) continue;
    copy ??= [...items];
    copy[i] = next;
  }
  return copy ?? items;
}

function pruneFields(record: Record<string, unknown>, known: unknown): Record<string, unknown> {
  const before = isRecord(known) ? known : undefined;
  let copy: Record<string, unknown> | undefined;
  for (const key in record) {
    const item = record[key];
    const next = item === undefined ? undefined : prune(item, before?.[key]);
    if (copy === undefined) {
      if (next === item && item !== undefined) continue;
      copy = fieldsBefore(record, key);
    }
    if (next !== undefined) setOwn(copy, key, next);
  }
  return copy ?? record;
}

/** Deleting members of a whole copy would be shorter; objects that lost members are slow for ever after. */
function fieldsBefore(record: Record<string, unknown>, end: string): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key in record) {
    if (key === end) break;
    setOwn(copy, key, record[key]);
  }
  return copy;
}

/** `__proto__` is a key like any other. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}

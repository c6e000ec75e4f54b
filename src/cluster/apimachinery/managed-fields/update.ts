import type { JsonObject } from '../json-value.ts';
import { type Comparison, compareFields, withoutFields } from './compare.ts';
import type { Conflict } from './conflicts.ts';
import { compareManagers, decodeManagers, encodeManagers, identityOf, type Manager, type Managers } from './entries.ts';
import { FieldSet } from './field-set.ts';
import type { Path } from './path.ts';
import type { FieldType } from './types.ts';

/** A write by somebody. */
export interface Write {
  /** The name of the field manager; '' is `unknown`. */
  readonly manager: string;
  /** The version that was written: `apps/v1`. */
  readonly apiVersion: string;
  /** '' for the object itself. */
  readonly subresource: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly type: FieldType;
  /** Fields that this kind of write cannot set (the status, for writes of the object): never owned by it. */
  readonly resetFields?: FieldSet | undefined;
}

/** So many managers by Update are kept; older ones become one. */
const maxUpdateManagers = 10;
const oldUpdatesManager = 'ancient-changes';

/** Never owned by anybody. kubernetes: managedfields/internal/stripmeta.go */
export const stripped = FieldSet.of(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name): Path => ['f:metadata', `f:${name}`]),
);

/**
 * metadata.managedFields after a create (`live` undefined) or an update: everything but an apply.
 * An object that has none and exists already goes on without.
 * kubernetes: apimachinery/pkg/util/managedfields/internal/fieldmanager.go Update
 */
export function updateManagedFields(
  entries: readonly unknown[] | undefined,
  live: JsonObject | undefined,
  next: JsonObject,
  write: Write,
): JsonObject[] {
  const managers = decodeManagers(entries);
  if (managers.size === 0 && live) return [];
  return encodeManagers(updateManagers(managers, live, next, write));
}

/** The same of managers taken apart. `live` undefined: an object in which nothing is set. */
export function updateManagers(
  managers: Managers,
  live: JsonObject | undefined,
  next: JsonObject,
  write: Write,
): Managers {
  const comparison = compareFields(
    withoutManagedFields(live ?? write.type.map?.zero ?? {}),
    withoutManagedFields(next),
    write.type,
  );
  const filtered = write.resetFields ? withoutFields(comparison, write.resetFields) : comparison;
  const result = releaseFields(managers, filtered, undefined);
  const own = filtered.modified.union(filtered.added).difference(stripped);
  if (own.isEmpty) return result;
  const { apiVersion, subresource } = write;
  const self: Manager = {
    name: write.manager || 'unknown',
    operation: 'Update',
    apiVersion,
    subresource,
    fields: own,
    // What comes back from a Scale has lost its time. kubernetes: managedfields/scalehandler.go ToParent
    time: subresource === 'scale' ? undefined : write.time,
  };
  const identity = identityOf(self);
  const before = managers.get(identity) ? result.get(identity) : undefined;
  result.set(identity, before ? { ...self, fields: own.union(before.fields) } : self);
  return capUpdateManagers(result);
}

/** Fields that others own and that the write changed. */
export function conflictsOf(managers: Managers, { modified, added }: Comparison, self: string): Conflict[] {
  const changed = modified.union(added);
  const conflicts: Conflict[] = [];
  for (const [identity, manager] of managers) {
    if (identity === self) continue;
    for (const path of manager.fields.intersection(changed).paths()) conflicts.push({ identity, manager, path });
  }
  return conflicts;
}

/** Managers lose what somebody else changed or removed; those who own nothing any more are gone. */
export function releaseFields(
  managers: Managers,
  { modified, added, removed }: Comparison,
  self: string | undefined,
): Managers {
  const result: Managers = new Map();
  const changed = modified.union(added);
  for (const [identity, manager] of managers) {
    let { fields } = manager;
    if (identity !== self) {
      fields = fields.difference(fields.intersection(changed)).difference(removed);
    }
    if (!fields.isEmpty) result.set(identity, fields === manager.fields ? manager : { ...manager, fields });
  }
  return result;
}

export function withoutManagedFields(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata) || !('managedFields' in metadata)) {
    return object;
  }
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}

// kubernetes: managedfields/internal/capmanagers.go
function capUpdateManagers(managers: Managers): Managers {
  const updaters = [...managers]
    .filter(([, manager]) => manager.operation === 'Update')
    .sort(([, a], [, b]) => compareManagers(a, b));
  let count = updaters.length;
  if (count <= maxUpdateManagers) return managers;
  const result = new Map(managers);
  const firstOfVersion = new Map<string, string>();
  for (const [identity, manager] of updaters) {
    if (count <= maxUpdateManagers) break;
    const first = firstOfVersion.get(manager.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(manager.apiVersion, identity);
      continue;
    }
    const bucket: Omit<Manager, 'fields' | 'time'> = {
      name: oldUpdatesManager,
      operation: 'Update',
      apiVersion: manager.apiVersion,
      subresource: '',
    };
    const bucketIdentity = identityOf(bucket);
    const source = result.get(bucketIdentity) ?? result.get(first);
    if (!result.has(bucketIdentity)) result.delete(first);
    const fields = source ? manager.fields.union(source.fields) : manager.fields;
    result.delete(identity);
    result.set(bucketIdentity, { ...bucket, fields, time: manager.time });
    count--;
  }
  return result;
}

import { marshal } from '../json.ts';
import { equal, isObject, type Json, type JsonObject, own, withoutNulls } from '../json-value.ts';
import { StatusError } from '../status-error.ts';
import { compareFields, withoutFields } from './compare.ts';
import { type Conflict, conflictError } from './conflicts.ts';
import { decodeManagers, encodeManagers, identityOf, type Manager, type Managers, sameButTimes } from './entries.ts';
import { FieldSet } from './field-set.ts';
import { fieldsOf } from './fields-of.ts';
import { mergeFields } from './merge.ts';
import { removeFields } from './remove.ts';
import type { FieldType } from './types.ts';
import { conflictsOf, releaseFields, stripped, updateManagers, type Write, withoutManagedFields } from './update.ts';
import { validateType } from './validate.ts';

/** What an apply makes of an object. */
export interface Applied {
  /** The object before defaults, without managedFields. */
  readonly object: JsonObject;
  readonly managedFields: JsonObject[];
  /** Whether the object itself changed. */
  readonly changed: boolean;
}

const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Server-side apply of a configuration to a live object (undefined: it is to be created). StatusError: conflicts, a
 * configuration that does not fit its type.
 * kubernetes: apimachinery/pkg/util/managedfields/internal; structured-merge-diff: merge/update.go
 */
export function applyConfiguration(
  live: JsonObject | undefined,
  config: JsonObject,
  entries: readonly unknown[] | undefined,
  write: Write & { readonly kind: string; readonly force: boolean },
): Applied {
  checkKind(config, write);
  const wrong = validateType(config, write.type);
  if (wrong !== undefined)
    throw new StatusError({
      code: 500,
      message: `failed to create typed patch object (${name(config)}; ${gvk(write)}): ${wrong}`,
    });
  const base = withoutManagedFields(live ?? write.type.map?.zero ?? {});
  let managers = decodeManagers(entries);
  if (managers.size === 0 && live) {
    managers = updateManagers(managers, undefined, base, { ...write, manager: 'before-first-apply' });
  }
  let outcome = attempt(base, config, managers, write, write.force);
  if (outcome.conflicts.length > 0) {
    const conflicts =
      write.manager === 'kubectl' ? notFromLastApplied(outcome.conflicts, base, write) : outcome.conflicts;
    if (conflicts.length > 0) throw conflictError(conflicts);
    outcome = attempt(base, config, managers, write, true);
  }
  const object = withLastApplied(outcome.object, config, write.manager);
  const changed = !live || !equal(object, base);
  const encoded = encodeManagers(outcome.managers);
  // A write that changes nothing but times is none.
  const previous = (entries ?? []) as readonly Json[];
  const managedFields = !changed && sameButTimes(encoded, previous) ? (previous as JsonObject[]) : encoded;
  return { object, managedFields, changed };
}

interface Outcome {
  object: JsonObject;
  managers: Managers;
  conflicts: Conflict[];
}

function attempt(live: JsonObject, config: JsonObject, managers: Managers, write: Write, force: boolean): Outcome {
  const self = {
    name: write.manager,
    operation: 'Apply',
    apiVersion: write.apiVersion,
    subresource: write.subresource,
  } as const;
  const identity = identityOf(self);
  const last = managers.get(identity);
  const wanted = fieldsOf(config, write.type);
  const fields = write.resetFields ? wanted.recursiveDifference(write.resetFields) : wanted;
  const mine: Manager = { ...self, fields, time: last?.time };
  const others = new Map(managers).set(identity, mine);
  const merged = mergeFields(live, config, write.type) ?? {};
  const pruned = last ? prune(merged, others, last.fields, write.type) : merged;
  const comparison = compareFields(live, pruned, write.type);
  const filtered = write.resetFields ? withoutFields(comparison, write.resetFields) : comparison;
  const conflicts = force ? [] : conflictsOf(others, filtered, identity);
  const released = releaseFields(others, filtered, identity);
  const owned = fields.difference(stripped);
  const time = equal(live, pruned) ? last?.time : write.time;
  if (owned.isEmpty) released.delete(identity);
  else released.set(identity, { ...mine, fields: owned, time });
  // Objects of built-in types do not keep nulls.
  const object = withoutNulls(pruned);
  return { object: isObject(object) ? object : {}, managers: released, conflicts };
}

// What this manager applied the last time and does not any more goes, unless somebody else owns it too.
function prune(merged: Json, managers: Managers, last: FieldSet, type: FieldType): Json {
  if (last.isEmpty) return merged;
  const named = (set: FieldSet) => set.withNamedFields(type);
  const mergedFields = named(fieldsOf(merged, type));
  const removed = removeFields(merged, named(last), type);
  let owned = new FieldSet();
  for (const manager of managers.values()) owned = owned.union(manager.fields);
  const keep = named(fieldsOf(removed, type)).union(named(owned));
  const withOwned = removeFields(merged, mergedFields.difference(keep), type);
  const withOwnedFields = named(fieldsOf(withOwned, type));
  return removeFields(merged, mergedFields.difference(withOwnedFields).intersection(named(last)), type);
}

function checkKind(config: JsonObject, write: { apiVersion: string; kind: string }): void {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const apiVersion = text(own(config, 'apiVersion'));
  const kind = text(own(config, 'kind'));
  if (apiVersion !== write.apiVersion || kind !== write.kind) {
    throw StatusError.badRequest(`invalid object type: ${gvk({ apiVersion, kind })}`);
  }
  const metadata = own(config, 'metadata');
  if (isObject(metadata) && own(metadata, 'managedFields') !== undefined && own(metadata, 'managedFields') !== null) {
    throw StatusError.badRequest('metadata.managedFields must be nil');
  }
}

function gvk({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}

function name(config: JsonObject): string {
  const metadata = own(config, 'metadata');
  const part = (key: string) => {
    const value = isObject(metadata) ? own(metadata, key) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return `${part('namespace')}/${part('name')}`;
}

function annotationOf(object: JsonObject): string {
  const metadata = own(object, 'metadata');
  const annotations = isObject(metadata) ? own(metadata, 'annotations') : undefined;
  const value = isObject(annotations) ? own(annotations, lastAppliedAnnotation) : undefined;
  return typeof value === 'string' ? value : '';
}

// Fields that still are as `kubectl apply` without --server-side left them are kubectl's to change.
// kubernetes: managedfields/internal/lastappliedmanager.go
function notFromLastApplied(conflicts: Conflict[], live: JsonObject, write: Write): Conflict[] {
  const lastApplied = parse(annotationOf(live));
  if (!isObject(lastApplied) || own(lastApplied, 'apiVersion') !== write.apiVersion) return conflicts;
  if (validateType(lastApplied, write.type) !== undefined) return conflicts;
  const { modified, added, removed } = compareFields(lastApplied, live, write.type);
  const allowed = fieldsOf(lastApplied, write.type).difference(modified).difference(added).difference(removed);
  return conflicts.filter(({ path }) => !allowed.has(path));
}

function parse(text: string): Json {
  try {
    return text === '' ? null : (JSON.parse(text) as Json);
  } catch {
    return null;
  }
}

// kubernetes: managedfields/internal/lastappliedupdater.go
function withLastApplied(object: JsonObject, config: JsonObject, manager: string): JsonObject {
  if (manager !== 'kubectl' || annotationOf(object) === '') return object;
  const { metadata } = object;
  if (!isObject(metadata) || !isObject(metadata['annotations'])) return object;
  const annotations = {
    ...metadata['annotations'],
    [lastAppliedAnnotation]: `${marshal(withoutLastApplied(config))}\n`,
  };
  return { ...object, metadata: { ...metadata, annotations } };
}

function withoutLastApplied(config: JsonObject): JsonObject {
  const metadata = own(config, 'metadata');
  const annotations = isObject(metadata) ? own(metadata, 'annotations') : undefined;
  if (!isObject(metadata) || !isObject(annotations)) return config;
  const { [lastAppliedAnnotation]: _, ...others } = annotations;
  const { annotations: __, ...rest } = metadata;
  return { ...config, metadata: Object.keys(others).length > 0 ? { ...rest, annotations: others } : rest };
}

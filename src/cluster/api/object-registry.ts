import type { World } from '../../world/world.ts';
import { FieldError, StatusError } from '../apimachinery/errors.ts';
import { toSeconds } from '../apimachinery/time.ts';
import { registryKey } from '../etcd/registry-keys.ts';
import type { Admission } from './admission/admission.ts';
import type { FieldManagers } from './field-managers.ts';
import {
  type ApiObject,
  at,
  deepCopy,
  deepEqual,
  isRecord,
  keyOf,
  type ObjectMetadata,
  type Stored,
  withoutUndefined,
} from './object.ts';
import { validateMetadata, validateMetadataUpdate } from './object-meta.ts';
import type { DeleteOptions, Selection, WriteOptions } from './options.ts';
import { apiVersionOf, type Resource, type StrategyContext, tableName } from './resource.ts';
import type { ApiServer } from './server.ts';
import type { Store } from './store.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

export interface DeleteResult {
  readonly object: Stored;
  /** False while a grace period or finalizers keep it. */
  readonly gone: boolean;
}

/** Makes the new object out of the old one. It gets no old one when the object is missing and may be created. */
export type Transform = (old: Stored) => ApiObject;

/**
 * Create, update and delete of every resource: strategies, admission, validation, managed fields, then the store.
 * kubernetes: apiserver/pkg/registry/generic/registry/store.go, registry/rest/{create,update,delete}.go
 */
export class ObjectRegistry {
  constructor(
    private readonly world: World,
    readonly store: Store,
    private readonly server: ApiServer,
    private readonly admission: Admission,
    private readonly managers: FieldManagers,
  ) {}

  // ---- reading ----

  find(resource: Resource, namespace: string, name: string): Stored | undefined {
    return this.store.get(tableName(resource), keyOf({ metadata: { namespace, name } }));
  }

  get(resource: Resource, namespace: string, name: string): Stored {
    const object = this.find(resource, namespace, name);
    if (!object) throw StatusError.notFound(resource, name);
    return object;
  }

  list(resource: Resource, namespace: string, selection: Selection): readonly Stored[] {
    const objects = this.store.list(tableName(resource), resource.namespaced ? namespace : '');
    return selection.narrow ? objects.filter((object) => this.selects(resource, selection, object)) : objects;
  }

  /** An empty object of a kind, to learn which fields selectors may name. */
  sample(resource: Resource): Stored {
    const metadata = { name: '', uid: '', resourceVersion: '', creationTimestamp: '' };
    return { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata };
  }

  selects(resource: Resource, selection: Selection, object: Stored): boolean {
    return selection.labels(object.metadata.labels ?? {}) && selection.fields(selectableFields(resource, object));
  }

  // ---- create ----

  create(resource: Resource, namespace: string, given: ApiObject, options: WriteOptions): Stored {
    const context = this.context(options);
    const metadata = given.metadata ?? {};
    const name =
      metadata.name || (metadata.generateName ? this.generate(resource, namespace, metadata.generateName) : '');
    const object: ApiObject = {
      ...given,
      apiVersion: resource.conversion?.apiVersion ?? apiVersionOf(resource),
      kind: resource.kind,
      metadata: this.newMetadata(resource, metadata, namespace, name, options),
    };
    resource.strategy.setDefaults?.(object);
    const request = {
      operation: 'CREATE' as const,
      resource,
      namespace,
      name,
      object,
      old: undefined,
      subresource: '',
      context,
      options,
    };
    // Who asks manages what was asked for and its defaults, not what admission adds. kubernetes: apiserver/pkg/endpoints/handlers/create.go
    const asked =
      name === '' || (options.trusted && resource.plural !== 'pods') ? undefined : asStored(deepCopy(object));
    this.admission.admit(request);
    if (!options.trusted && resource.subresources.includes('status') && 'status' in object) object.status = undefined;
    resource.strategy.prepareForCreate?.(object, context);
    const errors = [...validateMetadata(resource, object), ...(resource.strategy.validate?.(object, context) ?? [])];
    if (errors.length > 0) throw StatusError.invalid(resource, name, errors);
    this.admission.validate(request);
    const existing = this.find(resource, namespace, name);
    if (existing) throw alreadyThere(resource, name, existing);
    const stored = asStored(object);
    if (options.dryRun) return stored;
    const written = this.store.putOwn(tableName(resource), stored);
    this.managers.created(asked ?? written, options);
    return written;
  }

  private newMetadata(
    resource: Resource,
    given: ObjectMetadata,
    namespace: string,
    name: string,
    options: WriteOptions,
  ): ObjectMetadata {
    const { generateName, labels, annotations, finalizers, ownerReferences } = given;
    return {
      name: name || undefined,
      generateName,
      namespace: resource.namespaced ? namespace : undefined,
      labels,
      annotations,
      finalizers,
      ownerReferences,
      // A name that was chosen by the server changes with every try, the uid of a dry run with it.
      uid: options.dryRun ? this.world.random.fork('dry-run').uid() : this.world.random.uid(),
      creationTimestamp: toSeconds(this.world.now),
      generation: hasGeneration(resource) ? 1 : undefined,
      resourceVersion: '',
    };
  }

  /** kubernetes: apiserver/pkg/storage/names/generate.go; a taken name is tried again, up to eight times. */
  private generate(resource: Resource, namespace: string, base: string): string {
    const stem = base.slice(0, 58);
    for (let attempt = 0; attempt < 8; attempt++) {
      const name = stem + this.world.random.suffix(5);
      if (!this.find(resource, namespace, name)) return name;
    }
    return stem + this.world.random.suffix(5);
  }

  // ---- update ----

  /** PUT, PATCH and updates of subresources: `subresource` is '' or its name. */
  update(
    resource: Resource,
    namespace: string,
    name: string,
    transform: Transform,
    options: WriteOptions,
    subresource = '',
  ): Stored {
    const old = this.get(resource, namespace, name);
    const given = transform(old);
    // The registry may change what it prepares, so it works on an object of its own.
    const object: ApiObject = given === old ? { ...old } : given;
    const metadata = object.metadata ?? {};
    if (metadata.uid && metadata.uid !== old.metadata.uid) {
      if (options.patch)
        throw StatusError.invalid(resource, name, [
          FieldError.invalid('metadata.uid', metadata.uid, 'field is immutable'),
        ]);
      throw StatusError.conflict(
        resource,
        name,
        storageError(
          resource,
          old,
          `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${old.metadata.uid}`,
        ),
      );
    }
    if (metadata.resourceVersion && metadata.resourceVersion !== old.metadata.resourceVersion) {
      throw StatusError.conflict(
        resource,
        name,
        'the object has been modified; please apply your changes to the latest version and try again',
      );
    }
    return this.write(resource, namespace, name, object, old, options, subresource);
  }

  private write(
    resource: Resource,
    namespace: string,
    name: string,
    object: ApiObject,
    old: Stored,
    options: WriteOptions,
    subresource: string,
  ): Stored {
    const context = this.context(options, subresource);
    const { strategy } = resource;
    object.apiVersion = old.apiVersion;
    object.kind = old.kind;
    // What was stored needs no looking at again: most writes are of a status.
    const sameMetadata = object.metadata === old.metadata && old.metadata.managedFields === undefined;
    if (!sameMetadata) object.metadata = updatedMetadata(object.metadata ?? {}, old.metadata);
    // An approval is a change of the status, too, with a right of its own.
    if (subresource === 'status' || subresource === 'approval') keepAllButStatus(object, old);
    else if (resource.subresources.includes('status') && 'status' in old) setField(object, 'status', old.status);
    else if (resource.subresources.includes('status')) setField(object, 'status', undefined);
    if (!options.trusted) strategy.setDefaults?.(object);
    const request = {
      operation: 'UPDATE' as const,
      resource,
      namespace,
      name,
      object,
      old,
      subresource,
      context,
      options,
    };
    this.admission.admit(request);
    if (subresource !== 'status') {
      // Only this subresource of Namespaces changes what their strategy keeps.
      if (subresource !== 'finalize') strategy.prepareForUpdate?.(object, old, context);
      if (resource.strategy.generation === true && subresource !== 'binding' && specChanged(object, old)) {
        object.metadata = { ...object.metadata, generation: (old.metadata.generation ?? 0) + 1 };
      }
    }
    const errors: FieldError[] = object.metadata === old.metadata ? [] : validateMetadataUpdate(object, old);
    if (subresource === 'status') errors.push(...(strategy.validateStatusUpdate?.(object, old) ?? []));
    else if (!options.trusted) errors.push(...(strategy.validateUpdate?.(object, old, context) ?? []));
    if (errors.length > 0) throw StatusError.invalid(resource, name, errors);
    this.admission.validate(request);
    const next = asStored(object, old);
    if (deepEqual(next, old)) return old;
    if (options.dryRun) return next;
    if (next.metadata.deletionTimestamp && mayGo(next)) {
      return this.remove(resource, next, context);
    }
    const table = tableName(resource);
    const written = next.metadata === old.metadata ? this.store.put(table, next) : this.store.putOwn(table, next);
    this.managers.updated(old, written, options, subresource);
    return written;
  }

  // ---- delete ----

  delete(
    resource: Resource,
    namespace: string,
    name: string,
    options: DeleteOptions,
    write: WriteOptions,
  ): DeleteResult {
    const context = this.context(write);
    const old = this.get(resource, namespace, name);
    const { preconditions } = options;
    if (preconditions?.uid && preconditions.uid !== old.metadata.uid) {
      throw StatusError.conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${old.metadata.uid}`,
      );
    }
    if (preconditions?.resourceVersion && preconditions.resourceVersion !== old.metadata.resourceVersion) {
      throw StatusError.conflict(
        resource,
        name,
        `Precondition failed: ResourceVersion in precondition: ${preconditions.resourceVersion}, ResourceVersion in object meta: ${old.metadata.resourceVersion}`,
      );
    }
    this.admission.validate({
      operation: 'DELETE',
      resource,
      namespace,
      name,
      object: undefined,
      old,
      subresource: '',
      context,
      options: write,
    });
    return this.deleteStored(resource, old, options, context);
  }

  private deleteStored(
    resource: Resource,
    old: Stored,
    options: DeleteOptions,
    context: StrategyContext,
  ): DeleteResult {
    const grace = resource.strategy.gracePeriod?.(old, options.gracePeriodSeconds);
    const finalizers = finalizersAfter(resource, old, options);
    const waits = (grace ?? 0) > 0;
    const held = finalizers.length > 0 || resource.strategy.holdsDeletion?.(old, context) === true;
    if (!waits && !held) {
      return {
        object: context.dryRun
          ? old
          : this.remove(
              resource,
              withoutUndefined({ ...old, metadata: { ...old.metadata, finalizers: undefined } }, old),
              context,
            ),
        gone: true,
      };
    }
    const seconds = waits ? (grace ?? 0) : 0;
    const already = old.metadata.deletionTimestamp !== undefined;
    const shorter = !already || seconds < (old.metadata.deletionGracePeriodSeconds ?? 0);
    const next: Stored = {
      ...old,
      metadata: {
        ...old.metadata,
        finalizers: finalizers.length > 0 ? finalizers : undefined,
        ...(shorter
          ? {
              deletionTimestamp: toSeconds(already && !waits ? this.world.now : this.world.now + seconds * 1000),
              deletionGracePeriodSeconds: seconds,
              generation:
                hasGeneration(resource) && !already ? (old.metadata.generation ?? 0) + 1 : old.metadata.generation,
            }
          : {}),
      },
    };
    const marked = resource.strategy.markDeleted?.(next, context) ?? next;
    if (deepEqual(marked, old) || context.dryRun) return { object: old, gone: false };
    return { object: this.store.put(tableName(resource), withoutUndefined(marked, old)), gone: false };
  }

  /** Takes an object out of the store at once, whatever holds it. */
  private remove(resource: Resource, last: Stored, context: StrategyContext): Stored {
    const gone = this.store.remove(tableName(resource), keyOf(last), last) ?? last;
    this.managers.forget(gone.metadata.uid);
    resource.strategy.afterDelete?.(gone, context);
    return gone;
  }

  private context({ dryRun, user }: WriteOptions, subresource = ''): StrategyContext {
    return { server: this.server, now: this.world.now, dryRun, user, subresource };
  }
}

function alreadyThere(resource: Resource, name: string, existing: Stored): StatusError {
  const error = StatusError.alreadyExists(resource, name);
  if (!existing.metadata.deletionTimestamp) return error;
  const { code, reason, details } = error;
  return new StatusError({ code, reason, details, message: `object is being deleted: ${error.message}` });
}

/** Fields that field selectors may name. */
export function selectableFields(resource: Resource, object: Stored): Readonly<Record<string, string>> {
  const own = resource.strategy.selectableFields?.(object) ?? {};
  const { name, namespace } = object.metadata;
  return resource.namespaced
    ? { 'metadata.name': name, 'metadata.namespace': namespace ?? '', ...own }
    : { 'metadata.name': name, ...own };
}

function hasGeneration(resource: Resource): boolean {
  return (resource.strategy.generation ?? false) !== false;
}

/** The status subresource changes nothing but the status, and of the metadata only what controllers keep there. */
function keepAllButStatus(object: ApiObject, old: Stored): void {
  if (differsInStatusOnly(object, old)) return;
  const status = 'status' in object ? object.status : undefined;
  const metadata = object.metadata;
  for (const key of Object.keys(object)) if (!(key in old)) setField(object, key, undefined);
  for (const [key, value] of Object.entries(old)) setField(object, key, value);
  object.metadata = { ...old.metadata, annotations: metadata?.annotations, managedFields: metadata?.managedFields };
  setField(object, 'status', status);
}

/** Whether all else is the very same values, as it is after `{ ...old, status }`. */
function differsInStatusOnly(object: ApiObject, old: Stored): boolean {
  let count = 0;
  for (const [key, value] of Object.entries(old)) {
    if (key === 'status') continue;
    count++;
    if (at(object, key) !== value) return false;
  }
  return Object.keys(object).length === count + ('status' in object ? 1 : 0);
}

function setField(object: ApiObject, name: string, value: unknown): void {
  Object.assign(object, { [name]: value });
}

function specChanged(object: ApiObject, old: Stored): boolean {
  const { metadata: _, status: __, ...next } = { status: undefined, ...object };
  const { metadata: ___, status: ____, ...before } = { status: undefined, ...old };
  return !deepEqual(next, before);
}

/** What an update cannot change is taken from the stored object. kubernetes: rest.BeforeUpdate */
function updatedMetadata(given: ObjectMetadata, old: ObjectMetadata): ObjectMetadata {
  return {
    name: given.name ?? old.name,
    generateName: given.generateName ?? old.generateName,
    namespace: given.namespace ?? old.namespace,
    uid: old.uid,
    creationTimestamp: old.creationTimestamp,
    generation: old.generation,
    deletionTimestamp: old.deletionTimestamp,
    deletionGracePeriodSeconds: old.deletionGracePeriodSeconds,
    resourceVersion: old.resourceVersion,
    labels: nonEmpty(given.labels),
    annotations: nonEmpty(given.annotations),
    finalizers: given.finalizers?.length ? given.finalizers : undefined,
    ownerReferences: given.ownerReferences?.length ? given.ownerReferences : undefined,
  };
}

function nonEmpty<T extends object>(value: T | undefined): T | undefined {
  return value && Object.keys(value).length > 0 ? value : undefined;
}

function mayGo(object: Stored): boolean {
  const finalizers = object.metadata.finalizers ?? [];
  return finalizers.length === 0 && (object.metadata.deletionGracePeriodSeconds ?? 0) === 0 && !specFinalizers(object);
}

function specFinalizers(object: Stored): boolean {
  if (object.kind !== 'Namespace' || !('spec' in object) || !isRecord(object.spec)) return false;
  const { finalizers } = object.spec;
  return Array.isArray(finalizers) && finalizers.length > 0;
}

/** kubernetes: registry/generic/registry/store.go deletionFinalizersForGarbageCollection */
function finalizersAfter(resource: Resource, object: Stored, options: DeleteOptions): string[] {
  const current = object.metadata.finalizers ?? [];
  const policy = options.propagationPolicy ?? resource.strategy.defaultPropagation;
  const rest = current.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (policy === 'Orphan') return [...rest, ORPHAN];
  if (policy === 'Foreground') return [...rest, FOREGROUND];
  return policy === 'Background' ? rest : [...current];
}

/** kubernetes: apiserver/pkg/storage/errors.go StorageError */
function storageError(resource: Resource, old: Stored, text: string): string {
  const key = registryKey(tableName(resource), old, () => resource.type === undefined);
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${text}`;
}

/** The object as it is stored. What is new of it belongs to the store: whoever gave it changes nothing in it any more. */
function asStored(object: ApiObject, old?: Stored): Stored {
  const whole = withoutUndefined(object, old);
  if (!isComplete(whole)) throw StatusError.internal(`object of kind ${object.kind ?? '?'} is not complete`);
  return whole;
}

function isComplete(object: ApiObject): object is Stored {
  const { apiVersion, kind, metadata } = object;
  return Boolean(
    apiVersion &&
      kind &&
      metadata?.name &&
      metadata.uid &&
      metadata.creationTimestamp &&
      metadata.resourceVersion !== undefined,
  );
}

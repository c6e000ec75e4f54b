import { ApiUnreachable } from '../../api/client.ts';
import { type ApiObject, deepEqual, keyOf, type OwnerReference, type Stored } from '../../api/object.ts';
import type { DeleteOptions } from '../../api/options.ts';
import { qualifiedResource, type Resource } from '../../api/resource.ts';
import type { StoreEvent } from '../../api/store.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../event-recorder.ts';
import type { WorkQueue } from '../work-queue.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';
/** Resources whose owners nobody looks at. kubernetes: garbagecollector.DefaultIgnoredResources */
const IGNORED = new Set(['events', 'events.events.k8s.io']);
const CRDS = 'customresourcedefinitions.apiextensions.k8s.io';

/** Deletes what has lost its owners. kubernetes: pkg/controller/garbagecollector */
export const garbageCollector: Controller = {
  name: 'generic-garbage-collector',
  start: (context) => new GarbageCollector(context).start(),
};

class GarbageCollector {
  private readonly queue: WorkQueue;
  private readonly recorder: EventRecorder;
  private readonly watched = new Set<string>();

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((key) => this.sync(key));
    this.recorder = context.recorder('garbage-collector-controller');
  }

  start(): void {
    const { store } = this.server;
    this.watchAll();
    // Kinds that are defined later are collected too.
    this.context.onStop(store.subscribe(CRDS, () => this.context.world.loop.soon(() => this.watchAll())));
  }

  private get server() {
    return this.context.client.server;
  }

  private watchAll(): void {
    for (const resource of this.server.resources.all()) {
      const name = qualifiedResource(resource);
      if (this.watched.has(name) || IGNORED.has(name)) continue;
      this.watched.add(name);
      this.context.onStop(this.server.store.subscribe(name, (event) => this.changed(name, event)));
      for (const object of this.server.store.list(name)) {
        this.changed(name, { type: 'ADDED', object, old: undefined, revision: 0 });
      }
    }
  }

  private changed(resource: string, { type, object, old }: StoreEvent): void {
    const owners = object.metadata.ownerReferences;
    if (type === 'DELETED') {
      for (const dependent of this.server.store.dependentsOf(object.metadata.uid)) {
        this.add(dependent.resource, dependent.object);
      }
      // Owners that wait for the last of their dependents.
      for (const owner of owners ?? []) {
        const found = this.ownerOf(object, owner);
        if (found && hasFinalizer(found.object, FOREGROUND)) this.add(found.resource, found.object);
      }
      return;
    }
    if (object.metadata.deletionTimestamp) {
      const waits = hasFinalizer(object, ORPHAN) || hasFinalizer(object, FOREGROUND);
      if (
        waits &&
        (!old?.metadata.deletionTimestamp || !deepEqual(old.metadata.finalizers, object.metadata.finalizers))
      ) {
        this.add(resource, object);
      }
      return;
    }
    if (!owners || owners.length === 0 || (old && deepEqual(old.metadata.ownerReferences, owners))) return;
    if (owners.some((owner) => !this.ownerOf(object, owner))) this.add(resource, object);
  }

  private add(resource: string, object: Stored): void {
    this.queue.add(`${resource} ${keyOf(object)} ${object.metadata.uid}`);
  }

  private sync(item: string): void {
    const [name = '', key = '', uid] = item.split(' ');
    const resource = this.server.resources.ofName(name);
    const object = this.server.store.get(name, key);
    if (!this.context.client.available) throw new ApiUnreachable('the server is not reachable');
    if (!resource || !object || object.metadata.uid !== uid) return;
    if (object.metadata.deletionTimestamp) {
      if (hasFinalizer(object, ORPHAN)) this.orphanDependents(resource, object);
      else if (hasFinalizer(object, FOREGROUND)) this.deleteDependents(resource, object);
      return;
    }
    this.deleteIfOrphan(resource, object);
  }

  /** kubernetes: attemptToDeleteItem */
  private deleteIfOrphan(resource: Resource, object: Stored): void {
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length === 0) return;
    const solid: OwnerReference[] = [];
    let waiting = false;
    for (const owner of owners) {
      const found = this.ownerOf(object, owner, true);
      if (!found) continue;
      const goes = found.object.metadata.deletionTimestamp && hasFinalizer(found.object, FOREGROUND);
      if (goes) waiting = true;
      else solid.push(owner);
    }
    if (solid.length > 0) {
      if (solid.length === owners.length) return;
      this.write(resource, object, (old) => ({ ...old, metadata: { ...old.metadata, ownerReferences: solid } }));
      return;
    }
    const policy = waiting && this.hasDependents(object) ? 'Foreground' : policyOf(object);
    this.delete(resource, object, { propagationPolicy: policy, preconditions: { uid: object.metadata.uid } });
  }

  private hasDependents(object: Stored): boolean {
    for (const _ of this.server.store.dependentsOf(object.metadata.uid)) return true;
    return false;
  }

  /** kubernetes: orphanDependents */
  private orphanDependents(resource: Resource, owner: Stored): void {
    const { uid } = owner.metadata;
    for (const { resource: name, object } of [...this.server.store.dependentsOf(uid)]) {
      const dependent = this.server.resources.ofName(name);
      if (!dependent) continue;
      this.write(dependent, object, (old) => ({
        ...old,
        metadata: {
          ...old.metadata,
          ownerReferences: (old.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid),
        },
      }));
    }
    this.removeFinalizer(resource, owner, ORPHAN);
  }

  /** kubernetes: processDeletingDependentsItem */
  private deleteDependents(resource: Resource, owner: Stored): void {
    const { uid } = owner.metadata;
    let blocked = false;
    for (const { resource: name, object } of [...this.server.store.dependentsOf(uid)]) {
      const reference = object.metadata.ownerReferences?.find((candidate) => candidate.uid === uid);
      if (reference?.blockOwnerDeletion) blocked = true;
      if (!object.metadata.deletionTimestamp) this.add(name, object);
    }
    if (!blocked) this.removeFinalizer(resource, owner, FOREGROUND);
  }

  private removeFinalizer(resource: Resource, object: Stored, finalizer: string): void {
    this.write(resource, object, (old) => ({
      ...old,
      metadata: { ...old.metadata, finalizers: (old.metadata.finalizers ?? []).filter((name) => name !== finalizer) },
    }));
  }

  /** The owner, when it is there: in the same namespace, or without one. */
  private ownerOf(
    object: Stored,
    owner: OwnerReference,
    tell = false,
  ): { resource: string; object: Stored } | undefined {
    const resource = this.server.resources.ofKind(owner.apiVersion, owner.kind);
    if (!resource) return undefined;
    const { namespace = '' } = object.metadata;
    const name = qualifiedResource(resource);
    const found = this.server.store.get(name, resource.namespaced ? `${namespace}/${owner.name}` : owner.name);
    if (found?.metadata.uid === owner.uid) return { resource: name, object: found };
    if (tell && this.existsElsewhere(name, owner)) {
      const identity = `[${owner.apiVersion}/${owner.kind}, namespace: ${namespace}, name: ${owner.name}, uid: ${owner.uid}]`;
      const text = `ownerRef ${identity} does not exist in namespace "${namespace}"`;
      this.recorder.event(object, 'Warning', 'OwnerRefInvalidNamespace', text);
    }
    return undefined;
  }

  private existsElsewhere(resource: string, owner: OwnerReference): boolean {
    return this.server.store.list(resource).some((candidate) => candidate.metadata.uid === owner.uid);
  }

  private delete(resource: Resource, object: Stored, options: DeleteOptions): void {
    const { namespace = '', name } = object.metadata;
    ignoreMissing(() => this.server.registry.delete(resource, namespace, name, options, this.options()));
  }

  private write(resource: Resource, object: Stored, change: (old: Stored) => ApiObject): void {
    const { namespace = '', name } = object.metadata;
    ignoreMissing(() => this.server.registry.update(resource, namespace, name, change, this.options()));
  }

  private options() {
    return { user: this.context.client.user, fieldManager: 'kube-controller-manager', dryRun: false, trusted: true };
  }
}

function hasFinalizer(object: Stored, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

function policyOf(object: Stored): 'Orphan' | 'Foreground' | 'Background' {
  if (hasFinalizer(object, ORPHAN)) return 'Orphan';
  return hasFinalizer(object, FOREGROUND) ? 'Foreground' : 'Background';
}

function ignoreMissing(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'NotFound') throw error;
  }
}

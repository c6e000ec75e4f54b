import { type ApiObject, isRecord, keyOf, type Stored } from './object.ts';

export interface StoreEvent<T extends ApiObject = ApiObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored<T>;
  /** What the store held before; undefined for ADDED. */
  readonly old: Stored<T> | undefined;
  readonly revision: number;
}

/** What a store held at one moment. */
export interface StoreSnapshot {
  readonly revision: number;
  readonly entries: readonly { readonly resource: string; readonly object: Stored }[];
}

export type StoreListener<T extends ApiObject = ApiObject> = (event: StoreEvent<T>) => void;

/** Events kept for watches that start in the past: etcd's compaction leaves about five minutes of them. */
const HISTORY = 4000;

/** Resources that change all the time although nothing happens. */
const NOISE = new Set(['events', 'events.events.k8s.io', 'leases.coordination.k8s.io']);

/** All objects of one resource, with its indexes. */
class Table {
  readonly byKey = new Map<string, Stored>();
  readonly byNamespace = new Map<string, Map<string, Stored>>();
  readonly byOwner = new Map<string, Map<string, Stored>>();
  readonly byNode = new Map<string, Map<string, Stored>>();
  /** Raised by each write; says whether what was worked out from the objects still holds. */
  version = 0;
  private sorted: string[] | undefined;
  private all: readonly Stored[] | undefined;

  set(key: string, object: Stored): void {
    const old = this.byKey.get(key);
    if (!old) this.sorted = undefined;
    this.changed();
    this.byKey.set(key, object);
    this.index(key, old, object);
  }

  remove(key: string): void {
    const old = this.byKey.get(key);
    if (!old) return;
    this.sorted = undefined;
    this.changed();
    this.byKey.delete(key);
    this.index(key, old, undefined);
  }

  /** Keys in the order of etcd: by bytes, which for names is by code unit. */
  keys(): readonly string[] {
    this.sorted ??= [...this.byKey.keys()].sort();
    return this.sorted;
  }

  /** All objects in that order; the same array as long as nothing changes. */
  objects(): readonly Stored[] {
    this.all ??= this.keys().flatMap((key) => this.byKey.get(key) ?? []);
    return this.all;
  }

  private changed(): void {
    this.version++;
    this.all = undefined;
  }

  private index(key: string, old: Stored | undefined, object: Stored | undefined): void {
    move(this.byNamespace, key, old?.metadata.namespace, object?.metadata.namespace, object);
    move(this.byNode, key, nodeOf(old), nodeOf(object), object);
    for (const owner of old?.metadata.ownerReferences ?? []) move(this.byOwner, key, owner.uid, undefined, undefined);
    for (const owner of object?.metadata.ownerReferences ?? []) move(this.byOwner, key, undefined, owner.uid, object);
  }
}

/** Whether two objects are what one write has written. */
function isSameWrite(a: Stored, b: Stored): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}

function nodeOf(object: Stored | undefined): string | undefined {
  if (object?.kind !== 'Pod' || !('spec' in object) || !isRecord(object.spec)) return undefined;
  const name = object.spec['nodeName'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function move(
  index: Map<string, Map<string, Stored>>,
  key: string,
  from: string | undefined,
  to: string | undefined,
  object: Stored | undefined,
): void {
  if (from !== undefined && from !== to) {
    const bucket = index.get(from);
    bucket?.delete(key);
    if (bucket?.size === 0) index.delete(from);
  }
  if (to === undefined || !object) return;
  let bucket = index.get(to);
  if (!bucket) {
    bucket = new Map();
    index.set(to, bucket);
  }
  bucket.set(key, object);
}

/**
 * What etcd is to the API server: immutable objects under one revision counter. Resources are named by
 * `plural.group`; every write raises the revision, which becomes the object's resourceVersion.
 */
export class Store {
  revision = 0;
  /** The last revision that was more than an event or a heartbeat: it stands still when the cluster is at rest. */
  quietRevision = 0;
  private readonly tables = new Map<string, Table>();
  private readonly listeners = new Map<string, Set<StoreListener>>();
  private readonly history: { readonly resource: string; readonly event: StoreEvent }[] = [];
  private forgotten = 0;

  get(resource: string, key: string): Stored | undefined {
    return this.tables.get(resource)?.byKey.get(key);
  }

  /** Objects of a namespace, or all with '', in etcd's order. */
  list(resource: string, namespace = ''): readonly Stored[] {
    const table = this.tables.get(resource);
    if (!table) return [];
    if (namespace === '') return table.objects();
    const objects: Stored[] = [];
    const bucket = table.byNamespace.get(namespace);
    if (!bucket) return [];
    for (const key of [...bucket.keys()].sort()) {
      const object = bucket.get(key);
      if (object) objects.push(object);
    }
    return objects;
  }

  /** Objects that name `uid` as an owner. */
  ownedBy(resource: string, uid: string): Iterable<Stored> {
    return this.tables.get(resource)?.byOwner.get(uid)?.values() ?? [];
  }

  /** Every object that names `uid` as an owner, with its resource. */
  *dependentsOf(uid: string): Iterable<{ resource: string; object: Stored }> {
    for (const [resource, table] of this.tables) {
      for (const object of table.byOwner.get(uid)?.values() ?? []) yield { resource, object };
    }
  }

  /** Pods bound to a node. */
  onNode(resource: string, node: string): Iterable<Stored> {
    return this.tables.get(resource)?.byNode.get(node)?.values() ?? [];
  }

  /** The resources that have or had objects. */
  resources(): string[] {
    return [...this.tables.keys()].sort();
  }

  count(resource: string): number {
    return this.tables.get(resource)?.byKey.size ?? 0;
  }

  /** A number that stays the same as long as no object of the resource changes. */
  version(resource: string): number {
    return this.tables.get(resource)?.version ?? 0;
  }

  /** Writes a new or changed object and gives it back with its resourceVersion. `object` stays as it is. */
  put(resource: string, object: Stored): Stored {
    return this.putOwn(resource, { ...object, metadata: { ...object.metadata } });
  }

  /** The same for an object that nobody else has: it becomes what is stored. */
  putOwn(resource: string, written: Stored): Stored {
    const table = this.table(resource);
    const key = keyOf(written);
    const old = table.byKey.get(key);
    this.revision++;
    written.metadata.resourceVersion = String(this.revision);
    table.set(key, written);
    this.publish(resource, { type: old ? 'MODIFIED' : 'ADDED', object: written, old, revision: this.revision });
    return written;
  }

  /** Removes an object. The deleted object carries the revision of its deletion. */
  remove(resource: string, key: string, last?: Stored): Stored | undefined {
    const table = this.table(resource);
    const old = table.byKey.get(key);
    if (!old) return undefined;
    this.revision++;
    table.remove(key);
    const gone: Stored = {
      ...(last ?? old),
      metadata: { ...(last ?? old).metadata, resourceVersion: String(this.revision) },
    };
    this.publish(resource, { type: 'DELETED', object: gone, old, revision: this.revision });
    return gone;
  }

  /** All that is stored at this moment. Objects never change, so this costs no more than their list. */
  snapshot(): StoreSnapshot {
    const entries = this.resources().flatMap((resource) => this.list(resource).map((object) => ({ resource, object })));
    return { revision: this.revision, entries };
  }

  /**
   * Takes back what was stored once, with its resourceVersions. Who watches hears what is different, as after a new
   * list. Revisions go on from where they are, so that nobody reads of a past that was never his.
   */
  restore({ entries }: StoreSnapshot): void {
    const wanted = new Map<string, Map<string, Stored>>();
    for (const { resource, object } of entries) {
      const beside = wanted.get(resource) ?? new Map<string, Stored>();
      wanted.set(resource, beside.set(keyOf(object), object));
    }
    for (const resource of this.resources())
      for (const key of [...this.table(resource).keys()])
        if (!wanted.get(resource)?.has(key)) this.remove(resource, key);
    for (const [resource, objects] of wanted) for (const [key, object] of objects) this.takeBack(resource, key, object);
  }

  private takeBack(resource: string, key: string, object: Stored): void {
    const table = this.table(resource);
    const old = table.byKey.get(key);
    if (old && isSameWrite(old, object)) return;
    this.revision++;
    table.set(key, object);
    this.publish(resource, { type: old ? 'MODIFIED' : 'ADDED', object, old, revision: this.revision });
  }

  /** Calls `listener` synchronously after each write to a resource. Returns how to stop. */
  subscribe(resource: string, listener: StoreListener): () => void {
    let set = this.listeners.get(resource);
    if (!set) {
      set = new Set();
      this.listeners.set(resource, set);
    }
    set.add(listener);
    return () => set.delete(listener);
  }

  /** Events of a resource after `revision`; undefined when those are no longer kept. */
  since(resource: string, revision: number): StoreEvent[] | undefined {
    if (revision < this.forgotten) return undefined;
    return this.history
      .filter((entry) => entry.resource === resource && entry.event.revision > revision)
      .map((entry) => entry.event);
  }

  private publish(resource: string, event: StoreEvent): void {
    if (!NOISE.has(resource)) this.quietRevision = event.revision;
    this.history.push({ resource, event });
    if (this.history.length > HISTORY) {
      const dropped = this.history.splice(0, HISTORY / 2);
      this.forgotten = dropped.at(-1)?.event.revision ?? this.forgotten;
    }
    const listeners = this.listeners.get(resource);
    if (listeners) for (const listener of [...listeners]) listener(event);
  }

  private table(resource: string): Table {
    let table = this.tables.get(resource);
    if (!table) {
      table = new Table();
      this.tables.set(resource, table);
    }
    return table;
  }

  /** All objects, for the world's description. */
  describe(): unknown {
    return { revision: this.revision, tables: this.resources().map((resource) => [resource, this.list(resource)]) };
  }
}

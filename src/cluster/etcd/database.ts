import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { concat, decode, encode } from '../../world/bytes.ts';
import { isRecord, keyOf, type Stored } from '../api/object.ts';
import type { Store, StoreSnapshot } from '../api/store.ts';
import { registryKey } from './registry-keys.ts';

/** What `etcdctl get` gives of a key. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
}

/** All that an etcd held at one moment: the API server's objects, and what was put by hand. */
export interface EtcdSnapshot {
  readonly store: StoreSnapshot;
  readonly extra: readonly KeyValue[];
}

/** A file that is no database. */
export class InvalidDatabase extends Error {}

const HEADER = 'kubetutor etcd database, storage version 3.6.0\n';
const HASH_BYTES = 32;

/** The keys of the cluster's etcd. */
export class EtcdDatabase {
  private extra = new Map<string, KeyValue>();
  /** Snapshots that were written out, by the hash of their text: reading one back gives the same objects. */
  private readonly written = new Map<string, EtcdSnapshot>();

  constructor(
    readonly store: Store,
    private readonly isCustom: (resource: string) => boolean,
  ) {}

  get revision(): number {
    return this.store.revision;
  }

  /** How many keys there are. */
  get size(): number {
    return this.store.resources().reduce((sum, resource) => sum + this.store.count(resource), this.extra.size);
  }

  /** Keys from `from` on that are before `to`, in their order. */
  range(from: string, to: string): KeyValue[] {
    const found: KeyValue[] = [...this.extra.values()].filter(({ key }) => key >= from && key < to);
    for (const { key, object } of this.objects()) if (key >= from && key < to) found.push(keyValueOf(key, object));
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  put(key: string, value: string): void {
    const old = this.extra.get(key);
    const revision = ++this.store.revision;
    const createRevision = old?.createRevision ?? revision;
    this.extra.set(key, { key, value, createRevision, modRevision: revision, version: (old?.version ?? 0) + 1 });
  }

  /** Removes the keys of a range; the API server's objects go with theirs. How many there were. */
  remove(from: string, to: string): number {
    const gone = this.range(from, to);
    for (const { key } of gone) this.extra.delete(key);
    for (const { key, resource, object } of [...this.objects()])
      if (key >= from && key < to) this.store.remove(resource, keyOf(object));
    return gone.length;
  }

  private *objects(): Iterable<{ readonly key: string; readonly resource: string; readonly object: Stored }> {
    for (const resource of this.store.resources())
      for (const object of this.store.list(resource))
        yield { key: registryKey(resource, object, this.isCustom), resource, object };
  }

  snapshot(): EtcdSnapshot {
    return { store: this.store.snapshot(), extra: [...this.extra.values()] };
  }

  load({ store, extra }: EtcdSnapshot): void {
    this.extra = new Map(extra.map((one) => [one.key, one]));
    this.store.restore(store);
  }

  /** The bytes of a database file. `hashed`: as `snapshot save` writes it, with its hash at the end. */
  write(snapshot: EtcdSnapshot, hashed: boolean): Uint8Array {
    const text = encode(`${HEADER}${JSON.stringify(snapshot)}\n`);
    const hash = sha256(text);
    this.written.set(bytesToHex(hash), snapshot);
    return hashed ? concat([text, hash]) : text;
  }

  /** What a file holds. Raises InvalidDatabase. */
  read(bytes: Uint8Array): EtcdSnapshot {
    const { text } = partsOf(bytes);
    return this.written.get(bytesToHex(sha256(text))) ?? parseDatabase(bytes);
  }
}

/** The database in a file, and the hash behind it. Raises InvalidDatabase. */
export function partsOf(bytes: Uint8Array): { readonly text: Uint8Array; readonly hash: Uint8Array | undefined } {
  const head = encode(HEADER);
  const end = bytes.indexOf(10, head.length);
  if (end < 0 || head.some((byte, at) => bytes[at] !== byte)) throw new InvalidDatabase('invalid database');
  const rest = bytes.subarray(end + 1);
  return { text: bytes.subarray(0, end + 1), hash: rest.length === HASH_BYTES ? rest : undefined };
}

/** What `snapshot save` wrote at the end says whether the rest is whole. */
export function isWhole(bytes: Uint8Array): boolean {
  const { text, hash } = partsOf(bytes);
  const actual = sha256(text);
  return hash?.every((byte, at) => actual[at] === byte) ?? false;
}

/** Raises InvalidDatabase. */
export function parseDatabase(bytes: Uint8Array): EtcdSnapshot {
  let value: unknown;
  try {
    value = JSON.parse(decode(partsOf(bytes).text).slice(HEADER.length));
  } catch (error) {
    throw error instanceof InvalidDatabase ? error : new InvalidDatabase('invalid database');
  }
  const store = isRecord(value) ? value['store'] : undefined;
  const extra = isRecord(value) && Array.isArray(value['extra']) ? value['extra'] : [];
  if (!isRecord(store) || !Array.isArray(store['entries'])) throw new InvalidDatabase('invalid database');
  const entries = store['entries'].flatMap((one: unknown) => {
    const { resource, object } = isRecord(one) ? one : {};
    return typeof resource === 'string' && isStored(object) ? [{ resource, object }] : [];
  });
  return { store: { revision: Number(store['revision'] ?? 0), entries }, extra: extra.filter(isKeyValue) };
}

function isStored(value: unknown): value is Stored {
  if (!isRecord(value) || !isRecord(value['metadata'])) return false;
  const { name, uid, resourceVersion } = value['metadata'];
  return typeof name === 'string' && typeof uid === 'string' && typeof resourceVersion === 'string';
}

function isKeyValue(value: unknown): value is KeyValue {
  return isRecord(value) && typeof value['key'] === 'string' && typeof value['value'] === 'string';
}

/** The world's API server stores JSON where a real one stores protobuf. */
function keyValueOf(key: string, object: Stored): KeyValue {
  const modRevision = Number(object.metadata.resourceVersion);
  const value = JSON.stringify({ ...object, metadata: { ...object.metadata, resourceVersion: undefined } });
  return { key, value, createRevision: modRevision, modRevision, version: 1 };
}

import type { Stored } from './object.ts';
import type { WriteOptions } from './options.ts';

/** One write whose effect on managedFields has not been worked out yet. */
interface PendingWrite {
  readonly manager: string;
  readonly subresource: string;
  readonly time: number;
  readonly old: Stored | undefined;
  readonly next: Stored;
}

/** Works out managedFields: structured-merge-diff's part, in apimachinery/managed-fields. */
export interface ManagedFieldsRules {
  /** `entries` after an Update by `manager` that turned `old` into `next`. */
  readonly afterUpdate: (entries: readonly unknown[], write: PendingWrite) => readonly unknown[];
}

/** More writes than this are folded at once, so that objects that change for ever hold no old versions. */
const MAX_PENDING = 32;

/**
 * Who manages which fields of which object. Nobody looks at that most of the time, so each write is only noted, and
 * folded into managedFields when they are asked for.
 */
export class FieldManagers {
  private readonly entries = new Map<string, readonly unknown[]>();
  private readonly pending = new Map<string, PendingWrite[]>();

  constructor(
    private readonly rules: ManagedFieldsRules,
    private readonly now: () => number,
  ) {}

  created(next: Stored, options: Pick<WriteOptions, 'fieldManager'>): void {
    this.note(undefined, next, options, '');
  }

  updated(old: Stored, next: Stored, options: WriteOptions, subresource: string): void {
    this.note(old, next, options, subresource);
  }

  forget(uid: string): void {
    this.entries.delete(uid);
    this.pending.delete(uid);
  }

  /** The managedFields of a stored object. */
  of(object: Stored): readonly unknown[] {
    const { uid } = object.metadata;
    const pending = this.pending.get(uid);
    if (!pending) return this.entries.get(uid) ?? [];
    this.pending.delete(uid);
    let entries = this.entries.get(uid) ?? [];
    for (const write of pending) entries = this.rules.afterUpdate(entries, write);
    this.entries.set(uid, entries);
    return entries;
  }

  /** Replaces them: the result of a server-side apply, or an update that named its own. */
  set(uid: string, entries: readonly unknown[]): void {
    this.pending.delete(uid);
    this.entries.set(uid, entries);
  }

  private note(
    old: Stored | undefined,
    next: Stored,
    options: Pick<WriteOptions, 'fieldManager'>,
    subresource: string,
  ): void {
    // kubernetes: pkg/registry/core/pod/storage assignPod writes past the field manager
    if (subresource === 'binding') return;
    const { uid } = next.metadata;
    const write: PendingWrite = { manager: options.fieldManager, subresource, time: this.now(), old, next };
    const pending = this.pending.get(uid);
    if (!pending) this.pending.set(uid, [write]);
    else if (pending.length < MAX_PENDING) pending.push(write);
    else {
      this.of(next);
      this.pending.set(uid, [write]);
    }
  }
}

export type { PendingWrite };

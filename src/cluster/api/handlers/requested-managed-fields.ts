import { deepEqual, isRecord, type Stored } from '../object.ts';
import { type Resource, tableName } from '../resource.ts';
import type { ApiServer } from '../server.ts';

/**
 * managedFields that an update brings along: they stand for those of the live object, and an empty list or one empty
 * entry ends them. kubernetes: apimachinery/pkg/util/managedfields/internal/fieldmanager.go decodeLiveOrNew
 */
export class RequestedManagedFields {
  private uid = '';
  private previous: readonly unknown[] = [];
  private changed = false;

  constructor(private readonly server: ApiServer) {}

  /** What is written from now on is reckoned from these. */
  take(old: Stored, given: unknown): void {
    this.uid = old.metadata.uid;
    this.previous = this.server.managers.of(old);
    if (!Array.isArray(given)) return;
    const entries: readonly unknown[] = given;
    const first = entries[0];
    const reset = entries.length === 0 || (entries.length === 1 && isRecord(first) && Object.keys(first).length === 0);
    this.changed = !deepEqual(entries, this.previous) && (reset || entries.every(isRecord));
    if (this.changed) this.server.managers.set(this.uid, reset ? [] : entries);
  }

  /** A write that was refused, or only tried, leaves them as they were. */
  undo(): void {
    if (this.changed) this.server.managers.set(this.uid, this.previous);
  }

  /** Where nothing else changed, the object gets its new version all the same. */
  settle(resource: Resource, updated: Stored, before: Stored | undefined): Stored {
    return this.changed && updated === before ? this.server.store.put(tableName(resource), updated) : updated;
  }
}

/** An update with what it says of managedFields; undefined: nothing. Raises what `update` raises. */
export function updateWith(
  managed: RequestedManagedFields | undefined,
  { dryRun }: { readonly dryRun: boolean },
  update: () => Stored,
  resource: Resource,
  before: () => Stored | undefined,
): Stored {
  try {
    const updated = update();
    if (dryRun) managed?.undo();
    return managed && !dryRun ? managed.settle(resource, updated, before()) : updated;
  } catch (error) {
    managed?.undo();
    throw error;
  }
}

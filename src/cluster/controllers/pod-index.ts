import type { Client } from '../api/client.ts';
import { PODS } from '../api/kinds.ts';
import { controllerOf, keyOf, type Stored } from '../api/object.ts';
import type { StoreEvent } from '../api/store.ts';
import type { Pod } from '../api/types.generated.ts';
import type { ControllerContext } from './controller.ts';

/** Pods by owner (the store's index) and those without a controller, by namespace. kubernetes: controller.PodControllerIndex */
export class PodIndex {
  private readonly orphans = new Map<string, Map<string, Stored<Pod>>>();
  private readonly client: Client;

  constructor(context: ControllerContext, onChange: (event: StoreEvent<Pod>) => void) {
    this.client = context.client;
    context.informer(PODS, (event) => {
      this.note(event);
      onChange(event);
    });
  }

  /** Pods of an owner, and all orphans of its namespace. */
  *candidates(owner: Stored): Iterable<Stored<Pod>> {
    yield* [...this.client.ownedBy(PODS, owner.metadata.uid)];
    const orphans = this.orphans.get(owner.metadata.namespace ?? '');
    if (orphans) yield* [...orphans.values()];
  }

  private note({ type, object }: StoreEvent<Pod>): void {
    const namespace = object.metadata.namespace ?? '';
    const bucket = this.orphans.get(namespace);
    if (type === 'DELETED' || controllerOf(object)) {
      bucket?.delete(keyOf(object));
      return;
    }
    if (bucket) bucket.set(keyOf(object), object);
    else this.orphans.set(namespace, new Map([[keyOf(object), object]]));
  }
}

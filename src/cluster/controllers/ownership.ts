import type { Client, Kind } from '../api/client.ts';
import { type ApiObject, controllerOf, type OwnerReference, type Stored } from '../api/object.ts';
import type { LabelSelector } from '../apimachinery/label-selector.ts';

/** metav1.NewControllerRef. */
export function controllerReference(owner: Stored): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/**
 * The objects that belong to a controller: matching orphans are adopted, owned ones that match no longer released.
 * kubernetes: pkg/controller/controller_ref_manager.go ClaimObject
 */
export function claim<T extends ApiObject>(
  client: Client,
  kind: Kind<T>,
  owner: Stored,
  selector: LabelSelector,
  candidates: Iterable<Stored<T>>,
): Stored<T>[] {
  const claimed: Stored<T>[] = [];
  const going = owner.metadata.deletionTimestamp !== undefined;
  for (const object of candidates) {
    const controller = controllerOf(object);
    const matches = selector.matches(object.metadata.labels);
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches) claimed.push(object);
      else if (!going) release(client, kind, owner, object);
      continue;
    }
    if (going || !matches || object.metadata.deletionTimestamp) continue;
    claimed.push(adopt(client, kind, owner, object));
  }
  return claimed;
}

function adopt<T extends ApiObject>(client: Client, kind: Kind<T>, owner: Stored, object: Stored<T>): Stored<T> {
  const { namespace = '', name } = object.metadata;
  return client.modify(kind, namespace, name, (old) =>
    withOwners(old, [...(old.metadata.ownerReferences ?? []), controllerReference(owner)]),
  );
}

function release<T extends ApiObject>(client: Client, kind: Kind<T>, owner: Stored, object: Stored<T>): void {
  const { namespace = '', name } = object.metadata;
  if (!client.get(kind, namespace, name)) return;
  client.modify(kind, namespace, name, (old) =>
    withOwners(
      old,
      (old.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== owner.metadata.uid),
    ),
  );
}

/** A copy with other owners. */
export function withOwners<T extends ApiObject>(object: Stored<T>, ownerReferences: OwnerReference[]): Stored<T> {
  return {
    ...object,
    metadata: { ...object.metadata, ownerReferences: ownerReferences.length > 0 ? ownerReferences : undefined },
  };
}

import type { Stored } from '../../api/object.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../api/types.generated.ts';
import { labelSelectorMatches } from '../../apimachinery/labels.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { nodeSelectorMatches } from '../node/node-affinity.ts';

type Volume = Stored<PersistentVolume>;
type Claim = Stored<PersistentVolumeClaim>;

export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/** The class of a claim or a volume, in its field or its old annotation. */
export function classOf(object: Volume | Claim): string {
  return (
    object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? object.spec?.storageClassName ?? ''
  );
}

/** Whether a volume is reserved for a claim; by name alone when it does not say for which uid. */
export function isReservedFor(volume: PersistentVolume, claim: Claim): boolean {
  const reference = volume.spec?.claimRef;
  if (!reference || reference.name !== claim.metadata.name || reference.namespace !== claim.metadata.namespace) {
    return false;
  }
  return !reference.uid || reference.uid === claim.metadata.uid;
}

export function capacityOf(volume: PersistentVolume): Quantity {
  return Quantity.parse(volume.spec?.capacity?.['storage'] ?? '0');
}

export function requestOf(claim: PersistentVolumeClaim): Quantity {
  return Quantity.parse(claim.spec?.resources?.requests?.['storage'] ?? '0');
}

/** Whether a node can reach a volume. */
export function nodeReaches(volume: PersistentVolume, node: Stored<Node>): boolean {
  const required = volume.spec?.nodeAffinity?.required;
  return required === undefined || nodeSelectorMatches(required, node);
}

/**
 * The volume that suits a claim best: one reserved for it, else the smallest that is large enough.
 * Without a node: as the volume controller chooses. kubernetes: component-helpers/storage/volume FindMatchingVolume
 */
export function findVolume(claim: Claim, volumes: readonly Volume[], node?: Stored<Node>): Volume | undefined {
  const request = requestOf(claim);
  let best: Volume | undefined;
  for (const volume of volumes) {
    if ((volume.spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) continue;
    const size = capacityOf(volume);
    const reserved = isReservedFor(volume, claim);
    if (volume.metadata.deletionTimestamp || size.compare(request) < 0) continue;
    if (node && !nodeReaches(volume, node)) continue;
    if (reserved) return volume;
    if (volume.spec?.claimRef || volume.status?.phase !== 'Available') continue;
    if (!isCandidate(claim, volume)) continue;
    if (!best || size.compare(capacityOf(best)) < 0) best = volume;
  }
  return best;
}

function isCandidate(claim: Claim, volume: Volume): boolean {
  if (claim.spec?.selector && !labelSelectorMatches(claim.spec.selector, volume.metadata.labels)) return false;
  if (classOf(volume) !== classOf(claim)) return false;
  if ((volume.spec?.volumeAttributesClassName ?? '') !== (claim.spec?.volumeAttributesClassName ?? '')) return false;
  return (claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode));
}

/** The volume as reserved for a claim by the controller (or the scheduler). */
export function reserve(volume: Volume, claim: Claim): Volume {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const complete = volume.spec?.claimRef?.uid === uid;
  if (complete) return volume;
  const byController = !isReservedFor(volume, claim);
  return {
    ...volume,
    metadata: byController
      ? { ...volume.metadata, annotations: { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' } }
      : volume.metadata,
    spec: {
      ...volume.spec,
      claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion },
    },
  };
}

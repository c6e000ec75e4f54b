import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types.generated.ts';
import { canonicalize, canonicalizeAmounts } from './pod.ts';

/** kubernetes: pkg/apis/core/v1/defaults.go */
export function setPersistentVolumeDefaults(volume: PersistentVolume): void {
  const spec = volume.spec;
  if (!spec) return;
  spec.persistentVolumeReclaimPolicy ??= 'Retain';
  spec.volumeMode ??= 'Filesystem';
  if (spec.capacity) canonicalizeAmounts(spec.capacity);
  if (spec.hostPath) spec.hostPath.type ??= '';
}

export function setPersistentVolumeClaimDefaults(claim: PersistentVolumeClaim): void {
  const spec = claim.spec;
  if (!spec) return;
  spec.volumeMode ??= 'Filesystem';
  spec.resources ??= {};
  canonicalize(spec.resources);
}

/** kubernetes: pkg/apis/storage/v1/defaults.go */
export function setStorageClassDefaults(storageClass: StorageClass): void {
  storageClass.reclaimPolicy ??= 'Delete';
  storageClass.volumeBindingMode ??= 'Immediate';
}

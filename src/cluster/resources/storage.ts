import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type {
  CSIDriver,
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../api/types.generated.ts';
import {
  setPersistentVolumeClaimDefaults,
  setPersistentVolumeDefaults,
  setStorageClassDefaults,
} from './defaults/storage.ts';
import {
  validatePersistentVolume,
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimUpdate,
  validatePersistentVolumeUpdate,
  validateStorageClass,
  validateStorageClassUpdate,
} from './validation/storage.ts';

const RECYCLE_WARNING =
  'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';

const SHORT_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** Each mode once, in the order of the API's constants. */
export function accessModesText(modes: readonly string[] | undefined): string {
  const order = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];
  return order
    .filter((mode) => modes?.includes(mode))
    .map((mode) => SHORT_MODES[mode] ?? mode)
    .join(',');
}

export const persistentVolumeStrategy: Strategy<PersistentVolume> = {
  setDefaults: setPersistentVolumeDefaults,
  prepareForCreate(volume) {
    volume.status = { phase: 'Pending' };
  },
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  warnings: ({ spec }) => (spec?.persistentVolumeReclaimPolicy === 'Recycle' ? [RECYCLE_WARNING] : []),
  columns: [
    nameColumn,
    { name: 'Capacity', value: (v) => v.spec?.capacity?.['storage'] ?? '' },
    { name: 'Access Modes', value: (v) => accessModesText(v.spec?.accessModes) },
    { name: 'Reclaim Policy', value: (v) => v.spec?.persistentVolumeReclaimPolicy ?? '' },
    { name: 'Status', value: (v) => (v.metadata.deletionTimestamp ? 'Terminating' : (v.status?.phase ?? '')) },
    { name: 'Claim', value: (v) => (v.spec?.claimRef ? `${v.spec.claimRef.namespace}/${v.spec.claimRef.name}` : '') },
    {
      name: 'StorageClass',
      value: (v) =>
        v.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? v.spec?.storageClassName ?? '',
    },
    { name: 'VolumeAttributesClass', value: (v) => v.spec?.volumeAttributesClassName ?? '<unset>' },
    { name: 'Reason', value: (v) => v.status?.reason ?? '' },
    ageColumn,
    { name: 'VolumeMode', priority: 1, value: (v) => v.spec?.volumeMode ?? '<unset>' },
  ],
};

export const persistentVolumeClaimStrategy: Strategy<PersistentVolumeClaim> = {
  setDefaults: setPersistentVolumeClaimDefaults,
  prepareForCreate(claim) {
    claim.status = { phase: 'Pending' };
  },
  validate: validatePersistentVolumeClaim,
  validateUpdate: validatePersistentVolumeClaimUpdate,
  columns: [
    nameColumn,
    { name: 'Status', value: (c) => (c.metadata.deletionTimestamp ? 'Terminating' : (c.status?.phase ?? '')) },
    { name: 'Volume', value: (c) => c.spec?.volumeName ?? '' },
    { name: 'Capacity', value: (c) => (c.spec?.volumeName ? (c.status?.capacity?.['storage'] ?? '0') : '') },
    { name: 'Access Modes', value: (c) => (c.spec?.volumeName ? accessModesText(c.status?.accessModes) : '') },
    {
      name: 'StorageClass',
      value: (c) =>
        c.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? c.spec?.storageClassName ?? '',
    },
    { name: 'VolumeAttributesClass', value: (c) => c.spec?.volumeAttributesClassName ?? '<unset>' },
    ageColumn,
    { name: 'VolumeMode', priority: 1, value: (c) => c.spec?.volumeMode ?? '<unset>' },
  ],
};

export const storageClassStrategy: Strategy<StorageClass> = {
  setDefaults: setStorageClassDefaults,
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
  columns: [
    {
      ...nameColumn,
      value: (c) =>
        c.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
          ? `${c.metadata.name} (default)`
          : c.metadata.name,
    },
    { name: 'Provisioner', value: (c) => c.provisioner ?? '' },
    { name: 'ReclaimPolicy', value: (c) => c.reclaimPolicy ?? 'Delete' },
    { name: 'VolumeBindingMode', value: (c) => c.volumeBindingMode ?? 'Immediate' },
    { name: 'AllowVolumeExpansion', value: (c) => String(c.allowVolumeExpansion ?? false) },
    ageColumn,
  ],
};

export const csiNodeStrategy: Strategy<CSINode> = {
  columns: [nameColumn, { name: 'Drivers', type: 'integer', value: (n) => n.spec?.drivers?.length ?? 0 }, ageColumn],
};

export const csiDriverStrategy: Strategy<CSIDriver> = {
  // kubernetes: pkg/apis/storage/v1/defaults.go
  setDefaults({ spec }) {
    if (!spec) return;
    spec.attachRequired ??= true;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    spec.podInfoOnMount ??= false;
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
    spec.storageCapacity ??= false;
    if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ['Persistent'];
  },
  columns: [
    nameColumn,
    { name: 'AttachRequired', value: (d) => String(d.spec?.attachRequired ?? true) },
    { name: 'PodInfoOnMount', value: (d) => String(d.spec?.podInfoOnMount ?? false) },
    { name: 'StorageCapacity', value: (d) => String(d.spec?.storageCapacity ?? false) },
    {
      name: 'TokenRequests',
      value: (d) => (d.spec?.tokenRequests ?? []).map((t) => t.audience).join(',') || '<unset>',
    },
    { name: 'RequiresRepublish', value: (d) => String(d.spec?.requiresRepublish ?? false) },
    { name: 'Modes', value: (d) => (d.spec?.volumeLifecycleModes ?? []).join(',') || 'Persistent' },
    ageColumn,
  ],
};

export const volumeAttachmentStrategy: Strategy<VolumeAttachment> = {
  columns: [
    nameColumn,
    { name: 'Attacher', value: (a) => a.spec?.attacher ?? '' },
    { name: 'PV', value: (a) => a.spec?.source?.persistentVolumeName ?? '' },
    { name: 'Node', value: (a) => a.spec?.nodeName ?? '' },
    { name: 'Attached', value: (a) => String(a.status?.attached ?? false) },
    ageColumn,
  ],
};

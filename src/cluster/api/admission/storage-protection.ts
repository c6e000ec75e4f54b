import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';

const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
};

/** Claims and volumes stay while they are used. kubernetes: plugin/pkg/admission/storage/storageobjectinuseprotection */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  admit({ resource, operation, subresource, object }) {
    const finalizer = FINALIZERS[qualifiedResource(resource)];
    if (!finalizer || operation !== 'CREATE' || subresource !== '' || !object) return;
    const given = object.metadata?.finalizers ?? [];
    if (given.includes(finalizer)) return;
    object.metadata = { ...object.metadata, finalizers: [...given, finalizer] };
  },
};

import { StatusError } from '../../apimachinery/errors.ts';
import { asJson } from '../../apimachinery/json-value.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { at } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';

/** A bound claim grows only where its StorageClass allows it. kubernetes: plugin/pkg/admission/storage/persistentvolume/resize */
export const claimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  validate({ resource, operation, subresource, object, old, name, context }) {
    if (qualifiedResource(resource) !== 'persistentvolumeclaims' || operation !== 'UPDATE' || subresource !== '')
      return;
    const sizeOf = (claim: unknown) =>
      Quantity.tryFromJson(asJson(at(claim, 'spec', 'resources', 'requests', 'storage'))) ?? Quantity.zero;
    if (at(old, 'status', 'phase') !== 'Bound' || sizeOf(object).compare(sizeOf(old)) <= 0) return;
    const storageClass = at(object, 'spec', 'storageClassName');
    const found =
      typeof storageClass === 'string' && storageClass !== ''
        ? context.server.store.get('storageclasses.storage.k8s.io', storageClass)
        : undefined;
    if (at(found, 'allowVolumeExpansion') === true) return;
    const text =
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
    throw StatusError.forbidden(resource, name, text);
  },
};

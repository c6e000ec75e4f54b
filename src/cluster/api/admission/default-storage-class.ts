import { isRecord } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';
import { newestDefault } from './newest-default.ts';

const DEFAULT_ANNOTATION = 'storageclass.kubernetes.io/is-default-class';

/** Claims without a class get the default one, the newest if there are several. kubernetes: plugin/pkg/admission/storage/storageclass/setdefault */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  admit({ resource, operation, object, context }) {
    if (qualifiedResource(resource) !== 'persistentvolumeclaims' || operation !== 'CREATE' || !object) return;
    if (!('spec' in object) || !isRecord(object.spec)) return;
    if (
      object.spec['storageClassName'] !== undefined ||
      object.metadata?.annotations?.['volume.beta.kubernetes.io/storage-class']
    )
      return;
    const chosen = newestDefault(context.server.store.list('storageclasses.storage.k8s.io'), DEFAULT_ANNOTATION);
    if (chosen) object.spec['storageClassName'] = chosen.metadata.name;
  },
};

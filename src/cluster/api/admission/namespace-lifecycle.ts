import { StatusError } from '../../apimachinery/errors.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing is made in a namespace that is missing or going. kubernetes: plugin/pkg/admission/namespace/lifecycle */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  admit(request) {
    const { resource, namespace, name, operation, context } = request;
    if (operation !== 'CREATE' || !resource.namespaced) return;
    const stored = context.server.store.get('namespaces', namespace);
    if (!stored) throw StatusError.notFound({ group: '', plural: 'namespaces' }, namespace);
    if (!stored.metadata.deletionTimestamp) return;
    throw StatusError.forbidden(
      resource,
      name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    ).withCauses([
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ]);
  },
  validate(request) {
    const { operation, resource, name } = request;
    if (operation !== 'DELETE' || qualifiedResource(resource) !== 'namespaces' || !IMMORTAL.has(name)) return;
    throw StatusError.forbidden(resource, name, 'this namespace may not be deleted');
  },
};

import { at, isRecord } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';
import { newestDefault } from './newest-default.ts';

const DEFAULT_ANNOTATION = 'ingressclass.kubernetes.io/is-default-class';
const LEGACY_ANNOTATION = 'kubernetes.io/ingress.class';

/** Ingresses without a class get the default one, the newest if there are several. kubernetes: plugin/pkg/admission/network/defaultingressclass */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  admit({ resource, operation, object, subresource, context }) {
    if (qualifiedResource(resource) !== 'ingresses.networking.k8s.io' || operation !== 'CREATE' || !object) return;
    if (subresource !== '' || object.metadata?.annotations?.[LEGACY_ANNOTATION] !== undefined) return;
    if (at(object, 'spec', 'ingressClassName') !== undefined) return;
    const chosen = newestDefault(context.server.store.list('ingressclasses.networking.k8s.io'), DEFAULT_ANNOTATION);
    if (!chosen) return;
    const spec = at(object, 'spec');
    Object.assign(object, { spec: { ...(isRecord(spec) ? spec : {}), ingressClassName: chosen.metadata.name } });
  },
};

import { at, isRecord } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';

const TAINT = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/**
 * A new node takes no Pods until somebody has seen that it is ready, or they would be bound in the moment between its
 * registration and the first look of the node lifecycle controller. kubernetes: plugin/pkg/admission/nodetaint
 */
export const nodeTaint: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  admit({ resource, operation, subresource, object }) {
    if (qualifiedResource(resource) !== 'nodes' || operation !== 'CREATE' || subresource !== '' || !object) return;
    const spec = at(object, 'spec');
    const given = at(spec, 'taints');
    const taints: unknown[] = Array.isArray(given) ? given : [];
    const there = taints.some(
      (taint) => isRecord(taint) && taint['key'] === TAINT.key && taint['effect'] === TAINT.effect,
    );
    if (!there) Object.assign(object, { spec: { ...(isRecord(spec) ? spec : {}), taints: [...taints, { ...TAINT }] } });
  },
};

import { StatusError } from '../../apimachinery/errors.ts';
import { compareQuantities, Quantity } from '../../apimachinery/quantity.ts';
import { podUsage } from '../../resources/quota-usage.ts';
import { at, deepEqual } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';

/**
 * Refuses to resize a Pod beyond what its node has for all Pods together; that other Pods leave less is for the kubelet.
 * kubernetes: plugin/pkg/admission/podresize PodResizeValidator
 */
export const podResize: AdmissionPlugin = {
  name: 'PodResizeValidator',
  validate({ resource, subresource, name, object, old, context }) {
    if (subresource !== 'resize' || qualifiedResource(resource) !== 'pods') return;
    const nodeName = at(object, 'spec', 'nodeName');
    if (typeof nodeName !== 'string' || nodeName === '' || deepEqual(at(object, 'spec'), at(old, 'spec'))) return;
    const node = context.server.store.get('nodes', nodeName);
    if (!node) throw StatusError.forbidden(resource, name, `node ${JSON.stringify(nodeName)} not found`);
    const wanted = podUsage(object);
    const lacking = ['cpu', 'memory'].flatMap((kind) => {
      const requested = wanted[`requests.${kind}`] ?? '0';
      const allocatable = String(at(node, 'status', 'allocatable', kind) ?? '0');
      if (compareQuantities(requested, allocatable) <= 0) return [];
      return [`${kind}, requested: ${amountOf(kind, requested)}, allocatable: ${amountOf(kind, allocatable)}`];
    });
    if (lacking.length === 0) return;
    throw StatusError.forbidden(resource, name, `node didn't have enough allocatable resources: ${lacking.join('; ')}`);
  },
};

/** Thousandths of a cpu, bytes of memory. */
function amountOf(kind: string, text: string): number {
  const quantity = Quantity.parse(text);
  return kind === 'cpu' ? quantity.milliValue() : quantity.value();
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { formatLabels } from '../../../cluster/apimachinery/labels.ts';
import { Quantity } from '../../../cluster/apimachinery/quantity.ts';
import { objectAt, textAt } from '../../json.ts';

/** The value of a field of the downward API. kubernetes: kubectl/pkg/describe EnvValueRetriever */
export function resolveField(pod: JsonObject, path: string): string {
  if (path === 'metadata.labels' || path === 'metadata.annotations')
    return formatLabels(objectAt(pod, ...path.split('.')));
  // Other fields, and single labels, are known to the kubelet only.
  if (!['metadata.name', 'metadata.namespace', 'metadata.uid'].includes(path)) return '';
  return textAt(pod, ...path.split('.'));
}

/** `limits.cpu` of a container in units of the divisor, rounded up; 0 is the node's own. */
export function resolveResource(container: JsonObject, ref: JsonObject): string {
  const value = objectAt(container, 'resources', ...textAt(ref, 'resource').split('.').slice(0, 1))[
    textAt(ref, 'resource').split('.').slice(1).join('.')
  ];
  if (value === undefined) return textAt(ref, 'resource').startsWith('limits.') ? 'node allocatable' : '0';
  const divisor = String(ref['divisor'] ?? '1');
  const amount = Quantity.parse(String(value)).milliValue();
  const unit = Quantity.parse(divisor === '0' ? '1' : divisor).milliValue();
  return String(Math.ceil(Number(amount) / Number(unit)));
}

import type { Container, PodSpec } from '../api/types.generated.ts';
import { compareQuantities } from '../apimachinery/quantity.ts';

type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** kubernetes: pkg/apis/core/helper/qos/qos.go ComputePodQOS */
export function qosClassOf(spec: PodSpec | undefined): QosClass {
  // What the Pod as a whole asks for stands for its containers.
  const containers: Pick<Container, 'resources'>[] = spec?.resources
    ? [{ resources: spec.resources }]
    : [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  let any = false;
  let guaranteed = true;
  for (const { resources } of containers) {
    for (const name of ['cpu', 'memory']) {
      const request = nonZero(resources?.requests?.[name]);
      const limit = nonZero(resources?.limits?.[name]);
      if (request !== undefined || limit !== undefined) any = true;
      if (limit === undefined || (request !== undefined && compareQuantities(request, limit) !== 0)) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function nonZero(value: string | undefined): string | undefined {
  return value === undefined || compareQuantities(value, '0') === 0 ? undefined : value;
}

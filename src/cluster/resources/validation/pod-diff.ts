import type { PodSpec } from '../../api/types.generated.ts';

/** What changed in a Pod's spec, as the API server tells it. */
export function podSpecDiff(_before: PodSpec, _after: PodSpec): string {
  return '';
}

import type { PodSpec } from '../../api/types.generated.ts';
import { internalPodSpec } from './internal-form.ts';
import { jsonDiff } from './json-diff.ts';

/** What changed in a Pod's spec, as the API server tells it. */
export function podSpecDiff(before: PodSpec, after: PodSpec): string {
  return jsonDiff(internalPodSpec(before), internalPodSpec(after));
}

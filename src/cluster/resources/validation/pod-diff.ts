import { at } from '../../api/object.ts';
import type { EphemeralContainer, PodSpec } from '../../api/types.generated.ts';
import { internalPodSpec } from './internal-form.ts';
import { jsonDiff } from './json-diff.ts';

/** What changed in a Pod's spec, as the API server tells it. */
export function podSpecDiff(before: PodSpec, after: PodSpec): string {
  return jsonDiff(internalPodSpec(before), internalPodSpec(after));
}

export function ephemeralContainerDiff(before: EphemeralContainer, after: EphemeralContainer): string {
  const form = (one: EphemeralContainer) => {
    const all = at(internalPodSpec({ containers: [], ephemeralContainers: [one] }), 'EphemeralContainers');
    return Array.isArray(all) ? all[0] : undefined;
  };
  return jsonDiff(form(before), form(after));
}

import type { Client } from '../api/client.ts';
import { PODS } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import type { Pod, PodCondition, PodStatus } from '../api/types.generated.ts';
import { toSeconds } from '../apimachinery/time.ts';
import { withoutCondition } from './conditions.ts';

/**
 * Marks a Pod as taken away by the cluster, as everybody does who deletes one that was not asked to go: the condition
 * DisruptionTarget, and with it what else of the status changes. Raises what the client raises.
 * kubernetes: pkg/controller/podgc, pkg/controller/tainteviction, scheduler preemption: AddDisruptionTargetCondition
 */
export function markDisrupted(
  client: Client,
  pod: Stored<Pod>,
  why: { readonly reason: string; readonly message: string },
  status: Partial<PodStatus> = {},
): Stored<Pod> {
  const { namespace = '', name, generation } = pod.metadata;
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    observedGeneration: generation,
    lastTransitionTime: toSeconds(client.now),
    ...why,
  };
  Object.assign(condition, { lastProbeTime: null });
  return client.modify(
    PODS,
    namespace,
    name,
    (old) => ({
      ...old,
      status: {
        ...old.status,
        ...status,
        conditions: [...withoutCondition(old.status?.conditions, condition.type), condition],
      },
    }),
    'status',
  );
}

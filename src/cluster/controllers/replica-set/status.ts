import type { Stored } from '../../api/object.ts';
import type { Pod, PodTemplateSpec, ReplicaSetStatus } from '../../api/types.generated.ts';
import { LabelSelector } from '../../apimachinery/label-selector.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import { findCondition, withoutCondition } from '../conditions.ts';
import { isPodAvailable, isPodReady } from '../pods.ts';

const FAILURE = 'ReplicaFailure';

/** What a status is made from. */
export interface Observed {
  readonly template: PodTemplateSpec | undefined;
  readonly replicas: number;
  readonly minReadySeconds: number;
  readonly generation: number | undefined;
  readonly active: readonly Stored<Pod>[];
  /** Undefined for kinds that do not count them. */
  readonly terminating: number | undefined;
  /** Why Pods could not be made or deleted. */
  readonly failure: Error | undefined;
  readonly now: number;
}

/** kubernetes: pkg/controller/replicaset/replica_set_utils.go calculateStatus */
export function replicaSetStatus(old: ReplicaSetStatus | undefined, seen: Observed): ReplicaSetStatus {
  const selector = LabelSelector.ofSet(seen.template?.metadata?.labels ?? {});
  let labelled = 0;
  let ready = 0;
  let available = 0;
  for (const pod of seen.active) {
    if (selector.matches(pod.metadata.labels)) labelled++;
    if (!isPodReady(pod)) continue;
    ready++;
    if (isPodAvailable(pod, seen.minReadySeconds, seen.now)) available++;
  }
  const conditions = failureConditions(old, seen);
  return {
    replicas: seen.active.length,
    fullyLabeledReplicas: labelled || undefined,
    readyReplicas: ready || undefined,
    availableReplicas: available || undefined,
    terminatingReplicas: seen.terminating,
    observedGeneration: seen.generation,
    conditions: conditions && conditions.length > 0 ? conditions : undefined,
  };
}

function failureConditions(old: ReplicaSetStatus | undefined, seen: Observed): ReplicaSetStatus['conditions'] {
  const current = findCondition(old?.conditions, FAILURE);
  if (!seen.failure) return withoutCondition(old?.conditions, FAILURE);
  if (current) return old?.conditions;
  const difference = seen.active.length - seen.replicas;
  return [
    ...(old?.conditions ?? []),
    {
      type: FAILURE,
      status: 'True',
      lastTransitionTime: toSeconds(seen.now),
      reason: difference < 0 ? 'FailedCreate' : 'FailedDelete',
      message: seen.failure.message,
    },
  ];
}

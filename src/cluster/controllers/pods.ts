import type { Stored } from '../api/object.ts';
import type { Pod, PodCondition } from '../api/types.generated.ts';
import { parseTime } from '../apimachinery/time.ts';

// Questions about Pods that many controllers ask. kubernetes: pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** When the Pod became ready, ms; 0 when it is not known. */
export function readyTime(pod: Pod): number {
  const condition = podCondition(pod, 'Ready');
  return condition?.status === 'True' && condition.lastTransitionTime ? parseTime(condition.lastTransitionTime) : 0;
}

/** Ready for at least `minReadySeconds`. `now` in ms. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  if (!isPodReady(pod)) return false;
  return minReadySeconds === 0 || readyTime(pod) + minReadySeconds * 1000 <= now;
}

export function isPodTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Neither finished nor going. */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && !pod.metadata?.deletionTimestamp;
}

/** Going, but its containers may still run. */
export function isPodTerminating(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata?.deletionTimestamp !== undefined;
}

/** ms until the next of these Pods becomes available, or undefined when none will by time alone. */
export function nextAvailability(
  pods: readonly Stored<Pod>[],
  minReadySeconds: number,
  now: number,
): number | undefined {
  let next: number | undefined;
  for (const pod of pods) {
    if (!isPodReady(pod) || isPodAvailable(pod, minReadySeconds, now)) continue;
    const wait = readyTime(pod) + minReadySeconds * 1000 - now;
    if (next === undefined || wait < next) next = wait;
  }
  return next;
}

export function restartsOf(pod: Pod): number {
  let most = 0;
  for (const status of pod.status?.containerStatuses ?? []) most = Math.max(most, status.restartCount);
  return most;
}

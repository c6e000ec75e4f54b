import type { Stored } from '../../api/object.ts';
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/types.generated.ts';
import { parseTime, toSeconds } from '../../apimachinery/time.ts';
import { findCondition, setCondition, withoutCondition } from '../conditions.ts';
import {
  actualReplicas,
  availableReplicas,
  maxUnavailable,
  type OwnedSet,
  readyReplicas,
  specReplicas,
  terminatingReplicas,
  wanted,
} from './replica-sets.ts';

const NO_DEADLINE = 2 ** 31 - 1;

/** Whether somebody waits for progress. kubernetes: HasProgressDeadline */
export function hasDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== NO_DEADLINE;
}

export function deploymentCondition(
  type: string,
  status: string,
  reason: string,
  message: string,
  now: number,
): DeploymentCondition {
  const time = toSeconds(now);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/** kubernetes: pkg/controller/deployment/sync.go calculateStatus */
export function calculateStatus(
  deployment: Stored<Deployment>,
  all: readonly OwnedSet[],
  newSet: OwnedSet | undefined,
  now: number,
): DeploymentStatus {
  const available = availableReplicas(all);
  const enough = available >= wanted(deployment) - maxUnavailable(deployment);
  const condition = enough
    ? deploymentCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : deploymentCondition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        now,
      );
  return {
    observedGeneration: deployment.metadata.generation,
    replicas: actualReplicas(all) || undefined,
    updatedReplicas: (newSet ? actualReplicas([newSet]) : 0) || undefined,
    readyReplicas: readyReplicas(all) || undefined,
    availableReplicas: available || undefined,
    unavailableReplicas: Math.max(0, specReplicas(all) - available) || undefined,
    terminatingReplicas: terminatingReplicas(all),
    collisionCount: deployment.status?.collisionCount,
    conditions: setCondition(deployment.status?.conditions, condition),
  };
}

/** The status with what it says of the rollout's progress. kubernetes: pkg/controller/deployment/progress.go syncRolloutStatus */
export function rolloutStatus(
  deployment: Stored<Deployment>,
  all: readonly OwnedSet[],
  newSet: OwnedSet | undefined,
  now: number,
): DeploymentStatus {
  const status = calculateStatus(deployment, all, newSet, now);
  if (!hasDeadline(deployment)) status.conditions = withoutCondition(status.conditions, 'Progressing');
  const current = findCondition(deployment.status?.conditions, 'Progressing');
  const done = status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable';
  if (hasDeadline(deployment) && !done) noteProgress(deployment, status, current, newSet, now);
  const failure = failureOf(all, newSet);
  status.conditions = failure
    ? setCondition(status.conditions, failure)
    : withoutCondition(status.conditions, 'ReplicaFailure');
  return status;
}

function noteProgress(
  deployment: Stored<Deployment>,
  status: DeploymentStatus,
  current: DeploymentCondition | undefined,
  newSet: OwnedSet | undefined,
  now: number,
): void {
  const who = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const condition = (state: string, reason: string, text: string) =>
    deploymentCondition('Progressing', state, reason, `${who} ${text}.`, now);
  if (isComplete(deployment, status)) {
    const complete = condition('True', 'NewReplicaSetAvailable', 'has successfully progressed');
    status.conditions = setCondition(status.conditions, complete);
  } else if (hasProgressed(deployment.status ?? {}, status)) {
    const progressing = condition('True', 'ReplicaSetUpdated', 'is progressing');
    if (current?.status === 'True') progressing.lastTransitionTime = current.lastTransitionTime;
    status.conditions = [...withoutCondition(status.conditions, 'Progressing'), progressing];
  } else if (hasTimedOut(deployment, status, now)) {
    const late = condition('False', 'ProgressDeadlineExceeded', 'has timed out progressing');
    status.conditions = setCondition(status.conditions, late);
  }
}

/** kubernetes: DeploymentComplete */
export function isComplete(deployment: Stored<Deployment>, status: DeploymentStatus): boolean {
  const size = wanted(deployment);
  return (
    (status.updatedReplicas ?? 0) === size &&
    (status.replicas ?? 0) === size &&
    (status.availableReplicas ?? 0) === size &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function hasProgressed(old: DeploymentStatus, next: DeploymentStatus): boolean {
  const outdated = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (next.updatedReplicas ?? 0) > (old.updatedReplicas ?? 0) ||
    outdated(next) < outdated(old) ||
    (next.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (old.availableReplicas ?? 0)
  );
}

function hasTimedOut(deployment: Deployment, status: DeploymentStatus, now: number): boolean {
  const condition = findCondition(status.conditions, 'Progressing');
  if (!condition || condition.reason === 'NewReplicaSetAvailable') return false;
  return condition.reason === 'ProgressDeadlineExceeded' || deadlineOf(deployment, condition) < now;
}

/** When the rollout counts as stuck, ms. */
function deadlineOf(deployment: Deployment, condition: DeploymentCondition): number {
  const from = condition.lastUpdateTime ? parseTime(condition.lastUpdateTime) : 0;
  return from + (deployment.spec?.progressDeadlineSeconds ?? 0) * 1000;
}

/** ms until the rollout must be looked at again, should nothing happen; undefined when it need not. */
export function progressCheckIn(
  deployment: Stored<Deployment>,
  status: DeploymentStatus,
  now: number,
): number | undefined {
  const current = findCondition(deployment.status?.conditions, 'Progressing');
  if (!hasDeadline(deployment) || !current) return undefined;
  if (isComplete(deployment, status) || current.reason === 'ProgressDeadlineExceeded') return undefined;
  const after = deadlineOf(deployment, current) - now;
  // A rollout that was once complete never counts as late: upstream asks all the same, every 5 ms, for nothing.
  if (after < 0 && current.reason === 'NewReplicaSetAvailable') return undefined;
  // Upstream adds a second to what is left, and asks again and again within the last one.
  return after < 1000 ? Math.max(1, after + 1) : after + 1000;
}

/** A ReplicaSet's failure as the Deployment's; that of the new one first. */
function failureOf(all: readonly OwnedSet[], newSet: OwnedSet | undefined): DeploymentCondition | undefined {
  for (const set of newSet ? [newSet, ...all] : all) {
    const failure = replicaFailure(set);
    if (!failure) continue;
    const { type, status, reason, message, lastTransitionTime } = failure;
    return { type, status, reason, message, lastTransitionTime, lastUpdateTime: lastTransitionTime };
  }
  return undefined;
}

function replicaFailure(set: ReplicaSet) {
  return findCondition(set.status?.conditions, 'ReplicaFailure');
}

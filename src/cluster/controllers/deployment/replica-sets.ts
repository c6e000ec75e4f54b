import { deepEqual, type Stored } from '../../api/object.ts';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/types.generated.ts';
import { scaledValue } from '../../apimachinery/int-or-string.ts';

// Sums over and choices among the ReplicaSets of a Deployment. kubernetes: pkg/controller/deployment/util/deployment_util.go

export const HASH_LABEL = 'pod-template-hash';
export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

/** A ReplicaSet that exists, or is about to be created. */
export type Sized = Pick<ReplicaSet, 'spec' | 'status'>;
export type OwnedSet = Stored<ReplicaSet>;

export const sizeOf = (set: Sized): number => set.spec?.replicas ?? 1;
export const wanted = (deployment: Deployment): number => deployment.spec?.replicas ?? 1;

const sum = (sets: readonly Sized[], count: (set: Sized) => number): number =>
  sets.reduce((total, set) => total + count(set), 0);

export const specReplicas = (sets: readonly Sized[]): number => sum(sets, sizeOf);
export const actualReplicas = (sets: readonly Sized[]): number => sum(sets, (set) => set.status?.replicas ?? 0);
export const readyReplicas = (sets: readonly Sized[]): number => sum(sets, (set) => set.status?.readyReplicas ?? 0);
export const availableReplicas = (sets: readonly Sized[]): number =>
  sum(sets, (set) => set.status?.availableReplicas ?? 0);

/** Undefined while one of them has not counted yet. */
export function terminatingReplicas(sets: readonly Sized[]): number | undefined {
  let total = 0;
  for (const set of sets) {
    if (set.status?.terminatingReplicas === undefined) return undefined;
    total += set.status.terminatingReplicas;
  }
  return total;
}

export const activeOnly = (sets: readonly OwnedSet[]): OwnedSet[] => sets.filter((set) => sizeOf(set) > 0);

export function byCreation(a: OwnedSet, b: OwnedSet): number {
  if (a.metadata.creationTimestamp !== b.metadata.creationTimestamp) {
    return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1;
  }
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

export function revisionOf(set: OwnedSet): number {
  const text = set.metadata.annotations?.[REVISION] ?? '';
  return /^[0-9]+$/.test(text) ? Number(text) : 0;
}

export function isRollingUpdate(deployment: Deployment): boolean {
  return deployment.spec?.strategy?.type !== 'Recreate';
}

/** maxSurge and maxUnavailable as numbers; never both zero. */
export function fenceposts(deployment: Deployment): { surge: number; unavailable: number } {
  const limits = deployment.spec?.strategy?.rollingUpdate;
  const surge = scaledValue(limits?.maxSurge ?? 0, wanted(deployment), true);
  const unavailable = scaledValue(limits?.maxUnavailable ?? 0, wanted(deployment), false);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export function maxSurge(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0;
}

export function maxUnavailable(deployment: Deployment): number {
  if (!isRollingUpdate(deployment) || wanted(deployment) === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, wanted(deployment));
}

/** The size that the new ReplicaSet may have now. */
export function newSetSize(deployment: Deployment, all: readonly Sized[], newSet: Sized): number {
  if (!isRollingUpdate(deployment)) return wanted(deployment);
  const surge = scaledValue(deployment.spec?.strategy?.rollingUpdate?.maxSurge ?? 0, wanted(deployment), true);
  const room = wanted(deployment) + surge - specReplicas(all);
  if (room <= 0) return sizeOf(newSet);
  return sizeOf(newSet) + Math.min(room, wanted(deployment) - sizeOf(newSet));
}

/** The ReplicaSet to scale when no more than one is active; undefined when several are. */
export function activeOrLatest(newSet: OwnedSet | undefined, old: readonly OwnedSet[]): OwnedSet | undefined {
  const active = activeOnly(newSet ? [...old, newSet] : old);
  if (active.length === 0) return newSet ?? [...old].sort(byCreation).at(-1);
  return active.length === 1 ? active[0] : undefined;
}

/** Whether the new ReplicaSet has all its Pods, and they are available. */
export function isSaturated(deployment: Deployment, set: OwnedSet | undefined): boolean {
  if (!set) return false;
  const size = wanted(deployment);
  return (
    sizeOf(set) === size &&
    set.metadata.annotations?.[DESIRED_REPLICAS] === String(size) &&
    (set.status?.availableReplicas ?? 0) === size
  );
}

/** The ReplicaSet with the Deployment's own template: the oldest, should there be several. */
export function findNewSet(deployment: Deployment, sets: readonly OwnedSet[]): OwnedSet | undefined {
  return [...sets].sort(byCreation).find((set) => sameTemplate(set.spec?.template, deployment.spec?.template));
}

/** Equal but for the hash label. */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return deepEqual(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec {
  const { [HASH_LABEL]: _, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}

/**
 * How much of a change in size falls to one ReplicaSet: in proportion to its share.
 * kubernetes: GetReplicaSetProportion
 */
export function proportion(deployment: Deployment, set: OwnedSet, toAdd: number, added: number): number {
  if (sizeOf(set) === 0 || toAdd === 0 || toAdd === added) return 0;
  const share = shareOf(deployment, set);
  const allowed = toAdd - added;
  return toAdd > 0 ? Math.min(share, allowed) : Math.max(share, allowed);
}

function shareOf(deployment: Deployment, set: OwnedSet): number {
  const size = sizeOf(set);
  if (wanted(deployment) === 0) return -size;
  const noted = set.metadata.annotations?.[MAX_REPLICAS] ?? '';
  const before = /^[1-9][0-9]*$/.test(noted) ? Number(noted) : (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  return roundHalfAway((size * (wanted(deployment) + maxSurge(deployment))) / before) - size;
}

function roundHalfAway(value: number): number {
  return value < 0 ? -Math.floor(-value + 0.5) : Math.floor(value + 0.5);
}

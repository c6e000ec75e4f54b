import type { Client } from '../../api/client.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../api/kinds.ts';
import { controllerOf, deepCopy, deepEqual, type Stored } from '../../api/object.ts';
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/types.generated.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { findCondition, setCondition } from '../conditions.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { controllerReference } from '../ownership.ts';
import { namespaceIsGoing } from '../pod-control.ts';
import { isPodTerminal } from '../pods.ts';
import { hashOf } from '../template-hash.ts';
import { newSetAnnotations, replicasAnnotations } from './annotations.ts';
import {
  activeOnly,
  activeOrLatest,
  actualReplicas,
  availableReplicas,
  byCreation,
  DESIRED_REPLICAS,
  findNewSet,
  HASH_LABEL,
  isRollingUpdate,
  isSaturated,
  MAX_REPLICAS,
  maxSurge,
  maxUnavailable,
  newSetSize,
  type OwnedSet,
  proportion,
  REVISION,
  revisionOf,
  sameTemplate,
  sizeOf,
  specReplicas,
  wanted,
} from './replica-sets.ts';
import {
  calculateStatus,
  deploymentCondition,
  hasDeadline,
  isComplete,
  progressCheckIn,
  rolloutStatus,
} from './status.ts';

const NAME_LENGTH = 253;
const KEEP_ALL = 2 ** 31 - 1;

/** One look at a Deployment and its ReplicaSets. kubernetes: pkg/controller/deployment/{sync,rolling,recreate}.go */
export class Rollout {
  /** ms until the next look, should nothing happen. */
  checkAgainIn: number | undefined;
  private newSet: OwnedSet | undefined;
  private old: OwnedSet[];

  constructor(
    private deployment: Stored<Deployment>,
    private sets: readonly OwnedSet[],
    private readonly client: Client,
    private readonly recorder: EventRecorder,
    private readonly now: number,
  ) {
    this.newSet = findNewSet(deployment, sets);
    this.old = this.oldSets();
  }

  run(): void {
    if (this.deployment.metadata.deletionTimestamp) {
      this.syncNewSet(false);
      return this.writeStatus(calculateStatus(this.deployment, this.all(), this.newSet, this.now));
    }
    this.notePause();
    if (this.deployment.spec?.paused) return this.scaleAll();
    this.syncNewSet(false);
    if (this.wasScaled()) return this.scaleAll();
    if (isRollingUpdate(this.deployment)) this.roll();
    else this.recreate();
  }

  private all(): OwnedSet[] {
    return this.newSet ? [...this.old, this.newSet] : [...this.old];
  }

  private oldSets(): OwnedSet[] {
    const uid = this.newSet?.metadata.uid;
    return this.sets.filter((set) => set.metadata.uid !== uid);
  }

  // ---- rolling update ----

  private roll(): void {
    this.syncNewSet(true);
    const { newSet } = this;
    if (!newSet) return;
    if (
      !this.growNewSet(newSet) &&
      !this.shrinkOldSets(newSet) &&
      isComplete(this.deployment, this.deployment.status ?? {})
    ) {
      this.cleanUp();
    }
    this.writeRolloutStatus();
  }

  private growNewSet(newSet: OwnedSet): boolean {
    const size = wanted(this.deployment);
    if (sizeOf(newSet) === size) return false;
    return this.scale(newSet, sizeOf(newSet) > size ? size : newSetSize(this.deployment, this.all(), newSet));
  }

  private shrinkOldSets(newSet: OwnedSet): boolean {
    if (specReplicas(activeOnly(this.old)) === 0) return false;
    const minAvailable = wanted(this.deployment) - maxUnavailable(this.deployment);
    const newUnavailable = sizeOf(newSet) - (newSet.status?.availableReplicas ?? 0);
    const limit = specReplicas(this.all()) - minAvailable - newUnavailable;
    if (limit <= 0) return false;
    const cleaned = this.dropUnhealthy(limit);
    return this.dropHealthy(minAvailable) + cleaned > 0;
  }

  /** Old Pods that are not available anyway go first. */
  private dropUnhealthy(limit: number): number {
    let dropped = 0;
    for (const set of activeOnly(this.old).sort(byCreation)) {
      if (dropped >= limit) break;
      const unhealthy = sizeOf(set) - (set.status?.availableReplicas ?? 0);
      if (unhealthy === 0) continue;
      const count = Math.min(limit - dropped, unhealthy);
      this.scale(set, sizeOf(set) - count);
      dropped += count;
    }
    return dropped;
  }

  private dropHealthy(minAvailable: number): number {
    const spare = availableReplicas(this.all()) - minAvailable;
    let dropped = 0;
    for (const set of activeOnly(this.old).sort(byCreation)) {
      if (dropped >= spare) break;
      const count = Math.min(sizeOf(set), spare - dropped);
      this.scale(set, sizeOf(set) - count);
      dropped += count;
    }
    return dropped;
  }

  // ---- recreate ----

  private recreate(): void {
    let scaled = false;
    for (const set of activeOnly(this.old)) scaled = this.scale(set, 0) || scaled;
    if (scaled || this.oldPodsRun()) return this.writeRolloutStatus();
    if (!this.newSet) this.syncNewSet(true);
    if (this.newSet) this.scale(this.newSet, wanted(this.deployment));
    if (isComplete(this.deployment, this.deployment.status ?? {})) this.cleanUp();
    this.writeRolloutStatus();
  }

  private oldPodsRun(): boolean {
    if (actualReplicas(this.old) > 0) return true;
    for (const set of this.old) {
      for (const pod of this.client.ownedBy(PODS, set.metadata.uid)) if (!isPodTerminal(pod)) return true;
    }
    return false;
  }

  // ---- scaling ----

  private wasScaled(): boolean {
    return activeOnly(this.all()).some((set) => {
      const noted = set.metadata.annotations?.[DESIRED_REPLICAS];
      return noted !== undefined && Number(noted) !== wanted(this.deployment);
    });
  }

  private scaleAll(): void {
    this.syncNewSet(false);
    this.distribute();
    if (this.deployment.spec?.paused) this.cleanUp();
    this.writeStatus(calculateStatus(this.deployment, this.all(), this.newSet, this.now));
  }

  /** kubernetes: DeploymentController.scale */
  private distribute(): void {
    const only = activeOrLatest(this.newSet, this.old);
    if (only) {
      this.scale(only, wanted(this.deployment));
      return;
    }
    if (isSaturated(this.deployment, this.newSet)) {
      for (const set of activeOnly(this.old)) this.scale(set, 0);
      return;
    }
    if (!isRollingUpdate(this.deployment)) return;
    const size = wanted(this.deployment);
    const active = activeOnly(this.all());
    const toAdd = (size > 0 ? size + maxSurge(this.deployment) : 0) - specReplicas(active);
    active.sort((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byCreation(b, a) : byCreation(a, b)));
    let added = 0;
    const sizes = active.map((set) => {
      const share = proportion(this.deployment, set, toAdd, added);
      added += share;
      return sizeOf(set) + share;
    });
    for (const [index, set] of active.entries()) {
      const leftover = index === 0 ? toAdd - added : 0;
      this.scale(set, Math.max(0, (sizes[index] ?? 0) + leftover), true);
    }
  }

  /** Whether the size changed. `force`: the annotations are brought up to date even when it does not. */
  private scale(set: OwnedSet, size: number, force = false): boolean {
    const before = sizeOf(set);
    if (before === size && !force) return false;
    const annotations = replicasAnnotations(this.deployment);
    const noted = set.metadata.annotations ?? {};
    const same = [DESIRED_REPLICAS, MAX_REPLICAS].every((key) => noted[key] === annotations[key]);
    if (before === size && same) return false;
    this.replace(
      this.client.modify(REPLICA_SETS, set.metadata.namespace ?? '', set.metadata.name, (old) => ({
        ...old,
        metadata: { ...old.metadata, annotations: { ...old.metadata.annotations, ...annotations } },
        spec: old.spec ? { ...old.spec, replicas: size } : undefined,
      })),
    );
    if (before === size) return false;
    const direction = before < size ? 'up' : 'down';
    this.tell(`Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${size}`);
    return true;
  }

  private tell(message: string): void {
    this.recorder.event(this.deployment, 'Normal', 'ScalingReplicaSet', message);
  }

  private replace(next: OwnedSet): void {
    this.sets = this.sets.map((set) => (set.metadata.uid === next.metadata.uid ? next : set));
    if (this.newSet?.metadata.uid === next.metadata.uid) this.newSet = next;
    this.old = this.oldSets();
  }

  // ---- the new ReplicaSet and revisions ----

  /** Brings the new ReplicaSet's annotations and revision up to date; makes it when it is missing and may be made. */
  private syncNewSet(create: boolean): void {
    const revision = Math.max(0, ...this.old.map(revisionOf)) + 1;
    if (this.newSet) return this.updateNewSet(this.newSet, revision);
    if (create) this.createNewSet(revision);
  }

  private updateNewSet(set: OwnedSet, revision: number): void {
    const annotations = newSetAnnotations(this.deployment, set.metadata.annotations ?? {}, revision, true);
    const minReadySeconds = this.deployment.spec?.minReadySeconds;
    const sameWait = (set.spec?.minReadySeconds ?? 0) === (minReadySeconds ?? 0);
    if (!deepEqual(annotations, set.metadata.annotations ?? {}) || !sameWait) {
      this.replace(
        this.client.modify(REPLICA_SETS, set.metadata.namespace ?? '', set.metadata.name, (old) => ({
          ...old,
          metadata: { ...old.metadata, annotations },
          spec: old.spec ? { ...old.spec, minReadySeconds } : undefined,
        })),
      );
      return;
    }
    const known = findCondition(this.deployment.status?.conditions, 'Progressing');
    const found = hasDeadline(this.deployment) && !known;
    const text = `Found new replica set "${set.metadata.name}"`;
    this.setRevision(
      annotations[REVISION] ?? '',
      found ? deploymentCondition('Progressing', 'True', 'FoundNewReplicaSet', text, this.now) : undefined,
    );
  }

  private createNewSet(revision: number): void {
    const { deployment } = this;
    const { namespace = '', name } = deployment.metadata;
    const template = deepCopy(deployment.spec?.template) ?? {};
    const hash = hashOf(template, deployment.status?.collisionCount);
    const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
    const selector = deployment.spec?.selector ?? {};
    const draft: ReplicaSet = {
      metadata: {
        name: `${name.slice(0, NAME_LENGTH - 1 - hash.length)}-${hash}`,
        namespace,
        labels,
        annotations: newSetAnnotations(deployment, {}, revision, false),
        ownerReferences: [controllerReference(deployment)],
      },
      spec: {
        replicas: 0,
        minReadySeconds: deployment.spec?.minReadySeconds,
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    };
    const size = newSetSize(deployment, [...this.old, draft], draft);
    if (draft.spec) draft.spec.replicas = size;
    const created = this.create(draft);
    if (!created) return;
    this.sets = [...this.sets.filter((set) => set.metadata.uid !== created.set.metadata.uid), created.set];
    this.newSet = created.set;
    this.old = this.oldSets();
    const { name: setName } = created.set.metadata;
    if (created.fresh && size > 0) this.tell(`Scaled up replica set ${setName} from 0 to ${size}`);
    const text = `Created new replica set "${setName}"`;
    this.setRevision(
      String(revision),
      created.fresh && hasDeadline(deployment)
        ? deploymentCondition('Progressing', 'True', 'NewReplicaSetCreated', text, this.now)
        : undefined,
    );
  }

  private create(draft: ReplicaSet): { set: OwnedSet; fresh: boolean } | undefined {
    const namespace = this.deployment.metadata.namespace ?? '';
    const name = draft.metadata?.name ?? '';
    try {
      return { set: this.client.create(REPLICA_SETS, namespace, draft), fresh: true };
    } catch (error) {
      if (!(error instanceof StatusError) || namespaceIsGoing(error)) throw error;
      if (error.reason !== 'AlreadyExists') this.creationFailed(name, error);
      const other = this.client.get(REPLICA_SETS, namespace, name);
      const mine = other && controllerOf(other)?.uid === this.deployment.metadata.uid;
      if (mine && sameTemplate(other.spec?.template, this.deployment.spec?.template))
        return { set: other, fresh: false };
      // Another template has the same hash: the next attempt hashes with a counter.
      const { status } = this.deployment;
      if (error.reason === 'AlreadyExists') {
        this.writeStatus({ ...status, collisionCount: (status?.collisionCount ?? 0) + 1 });
      }
      throw error;
    }
  }

  private creationFailed(name: string, error: StatusError): void {
    const text = `Failed to create new replica set "${name}": ${error.message}`;
    if (hasDeadline(this.deployment)) {
      this.noteCondition(deploymentCondition('Progressing', 'False', 'ReplicaSetCreateError', text, this.now));
    }
    this.recorder.event(this.deployment, 'Warning', 'ReplicaSetCreateError', text);
  }

  /** Old ReplicaSets beyond the history limit go, the oldest revisions first. */
  private cleanUp(): void {
    const limit = this.deployment.spec?.revisionHistoryLimit;
    if (limit === undefined || limit === KEEP_ALL) return;
    const candidates = this.old.filter((set) => !set.metadata.deletionTimestamp);
    const surplus = candidates.length - limit;
    if (surplus <= 0) return;
    candidates.sort((a, b) => revisionOf(a) - revisionOf(b) || byCreation(a, b));
    for (const set of candidates.slice(0, surplus)) {
      const busy = (set.status?.replicas ?? 0) !== 0 || sizeOf(set) !== 0;
      if (busy || (set.metadata.generation ?? 0) > (set.status?.observedGeneration ?? 0)) continue;
      this.client.delete(REPLICA_SETS, set.metadata.namespace ?? '', set.metadata.name);
    }
  }

  // ---- status ----

  /** A rollout that is paused must not count as stuck when it is resumed. */
  private notePause(): void {
    if (!hasDeadline(this.deployment)) return;
    const current = findCondition(this.deployment.status?.conditions, 'Progressing');
    if (current?.reason === 'ProgressDeadlineExceeded') return;
    const noted = current?.reason === 'DeploymentPaused';
    const paused = this.deployment.spec?.paused === true;
    if (paused === noted) return;
    this.noteCondition(
      paused
        ? deploymentCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', this.now)
        : deploymentCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', this.now),
    );
  }

  private noteCondition(condition: DeploymentCondition): void {
    const { status } = this.deployment;
    this.writeStatus({ ...status, conditions: setCondition(status?.conditions, condition) });
  }

  private setRevision(revision: string, condition: DeploymentCondition | undefined): void {
    const { status, metadata } = this.deployment;
    const same = metadata.annotations?.[REVISION] === revision;
    if (same && !condition) return;
    const conditions = condition ? setCondition(status?.conditions, condition) : status?.conditions;
    this.writeStatus({ ...status, conditions }, revision);
  }

  private writeRolloutStatus(): void {
    const status = rolloutStatus(this.deployment, this.all(), this.newSet, this.now);
    this.writeStatus(status);
    this.checkAgainIn = progressCheckIn(this.deployment, status, this.now);
  }

  private writeStatus(status: DeploymentStatus, revision?: string): void {
    const { namespace = '', name } = this.deployment.metadata;
    if (!this.client.get(DEPLOYMENTS, namespace, name)) return;
    this.deployment = this.client.modify(
      DEPLOYMENTS,
      namespace,
      name,
      (old) => ({
        ...old,
        metadata:
          revision === undefined
            ? old.metadata
            : { ...old.metadata, annotations: { ...old.metadata.annotations, [REVISION]: revision } },
        status: { ...status, conditions: status.conditions?.length ? status.conditions : undefined },
      }),
      'status',
    );
  }
}

import { PODS, STATEFUL_SETS } from '../../api/kinds.ts';
import { controllerOf, keyOf, type Stored, splitKey } from '../../api/object.ts';
import type { ControllerRevision, Pod, StatefulSet, StatefulSetStatus } from '../../api/types.generated.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { claim } from '../ownership.ts';
import { PodIndex } from '../pod-index.ts';
import { isPodAvailable, isPodReady, isPodTerminal, nextAvailability } from '../pods.ts';
import { currentRevision, revisionsOf, templateOf, truncateHistory } from '../revisions.ts';
import type { WorkQueue } from '../work-queue.ts';
import { ordinalOf, REVISION_LABEL, StatefulPodControl, statefulPod } from './stateful-pods.ts';

/** Keeps numbered Pods with volumes of their own, in order. kubernetes: pkg/controller/statefulset */
export const statefulSetController: Controller = {
  name: 'statefulset-controller',
  start: (context) => new StatefulSetController(context).start(),
};

type Revision = Stored<ControllerRevision>;

class StatefulSetController {
  private readonly queue: WorkQueue;
  private readonly control: StatefulPodControl;
  private index: PodIndex | undefined;

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((key) => this.sync(key));
    this.control = new StatefulPodControl(context.client, context.recorder('statefulset-controller'));
  }

  start(): void {
    const { context, queue } = this;
    context.enqueue(STATEFUL_SETS, queue);
    this.index = new PodIndex(context, ({ type, object, old }) => {
      const { namespace } = object.metadata;
      for (const owner of [controllerOf(object), old && controllerOf(old)]) {
        if (owner?.kind === 'StatefulSet') queue.add(`${namespace}/${owner.name}`);
      }
      if (controllerOf(object) || type === 'DELETED') return;
      for (const set of context.client.list(STATEFUL_SETS, namespace)) {
        if (labelSelectorAsSelector(set.spec?.selector).matches(object.metadata.labels)) queue.add(keyOf(set));
      }
    });
  }

  private sync(key: string): void {
    const { namespace, name } = splitKey(key);
    const { client, now } = this.context;
    const set = client.get(STATEFUL_SETS, namespace, name);
    if (!set || !this.index) return;
    const selector = labelSelectorAsSelector(set.spec?.selector);
    const candidates = [...this.index.candidates(set)].filter((pod) => ordinalOf(pod, set) >= 0);
    const pods = claim(client, PODS, set, selector, candidates);
    const revisions = revisionsOf(client, set, selector);
    const update = currentRevision(client, revisions, {
      owner: set,
      template: set.spec?.template,
      labels: set.spec?.template.metadata?.labels ?? {},
      hashLabel: 'controller.kubernetes.io/hash',
      collisionCount: set.status?.collisionCount ?? 0,
    });
    const current = revisions.find((revision) => revision.metadata.name === set.status?.currentRevision) ?? update;
    let failure: unknown;
    const round = new Round(set, pods, current, update, this.control, now);
    try {
      round.run();
    } catch (error) {
      failure = error;
    }
    const alive = pods.flatMap((pod) => client.get(PODS, namespace, pod.metadata.name) ?? []);
    const owned = [...client.ownedBy(PODS, set.metadata.uid)];
    this.writeStatus(set, owned.length > 0 ? owned : alive, current, update);
    this.truncate(set, pods, selector, [current, update]);
    if (failure !== undefined) throw failure;
    const wait = nextAvailability(pods, set.spec?.minReadySeconds ?? 0, now);
    if (wait !== undefined) this.queue.addAfter(key, wait);
  }

  private writeStatus(
    set: Stored<StatefulSet>,
    pods: readonly Stored<Pod>[],
    current: Revision,
    update: Revision,
  ): void {
    const status = statusOf(set, pods, current, update, this.context.now);
    const { namespace = '', name } = set.metadata;
    this.context.client.modify(STATEFUL_SETS, namespace, name, (old) => ({ ...old, status }), 'status');
  }

  private truncate(
    set: Stored<StatefulSet>,
    pods: readonly Stored<Pod>[],
    selector: ReturnType<typeof labelSelectorAsSelector>,
    kept: readonly Revision[],
  ): void {
    const inUse = new Set(kept.map((revision) => revision.metadata.name));
    for (const pod of pods) inUse.add(pod.metadata.labels?.[REVISION_LABEL] ?? '');
    const { client } = this.context;
    truncateHistory(client, revisionsOf(client, set, selector), inUse, set.spec?.revisionHistoryLimit ?? 10);
  }
}

function isHealthy(pod: Stored<Pod>, minReadySeconds: number, now: number): boolean {
  return (
    pod.status?.phase === 'Running' &&
    isPodReady(pod) &&
    isPodAvailable(pod, minReadySeconds, now) &&
    !pod.metadata.deletionTimestamp
  );
}

/** One look at a set and its Pods. kubernetes: stateful_set_control.go updateStatefulSet */
class Round {
  private readonly first: number;
  private readonly size: number;
  private readonly inOrder: boolean;
  private readonly byOrdinal = new Map<number, Stored<Pod>>();

  constructor(
    private readonly set: Stored<StatefulSet>,
    pods: readonly Stored<Pod>[],
    private readonly current: Revision,
    private readonly update: Revision,
    private readonly control: StatefulPodControl,
    private readonly now: number,
  ) {
    this.first = set.spec?.ordinals?.start ?? 0;
    this.size = set.spec?.replicas ?? 1;
    this.inOrder = set.spec?.podManagementPolicy !== 'Parallel';
    for (const pod of pods) this.byOrdinal.set(ordinalOf(pod, set), pod);
  }

  run(): void {
    if (this.set.metadata.deletionTimestamp) return;
    if (!this.keepReplicas() || !this.dropCondemned()) return;
    if (this.set.spec?.updateStrategy?.type !== 'OnDelete') this.replaceOld();
  }

  private get partition(): number {
    return this.set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  }

  private healthy(pod: Stored<Pod>): boolean {
    return isHealthy(pod, this.set.spec?.minReadySeconds ?? 0, this.now);
  }

  /** False when the rest must wait. */
  private keepReplicas(): boolean {
    let goOn = true;
    for (let ordinal = this.first; ordinal < this.first + this.size; ordinal++) {
      if (this.keep(ordinal)) continue;
      goOn = false;
      if (this.inOrder) return false;
    }
    return goOn;
  }

  private keep(ordinal: number): boolean {
    const pod = this.byOrdinal.get(ordinal);
    if (!pod) {
      this.create(ordinal);
      return !this.inOrder;
    }
    if (isPodTerminal(pod)) {
      if (!pod.metadata.deletionTimestamp) this.control.delete(this.set, pod);
      return false;
    }
    if (pod.status?.phase === 'Pending') this.control.createClaims(this.set, ordinal, pod.metadata.name);
    return !this.inOrder || this.healthy(pod);
  }

  private create(ordinal: number): void {
    // kubernetes: stateful_set_utils.go newVersionedStatefulSetPod
    const limit = this.set.spec?.updateStrategy?.type === 'OnDelete' ? 0 : this.first + this.partition;
    const old = this.current.metadata.name !== this.update.metadata.name && ordinal < limit;
    const revision = old ? this.current : this.update;
    const pod = statefulPod(this.set, templateOf(revision), revision.metadata.name, ordinal);
    this.control.create(this.set, pod, ordinal);
  }

  /** Pods beyond the size go, the highest number first. */
  private dropCondemned(): boolean {
    const condemned = [...this.byOrdinal]
      .filter(([ordinal]) => ordinal < this.first || ordinal >= this.first + this.size)
      .sort(([a], [b]) => b - a);
    const firstUnhealthy = [...this.byOrdinal].sort(([a], [b]) => a - b).find(([, pod]) => !this.healthy(pod))?.[1];
    let goOn = true;
    for (const [ordinal, pod] of condemned) {
      if (pod.metadata.deletionTimestamp) {
        if (this.inOrder) return false;
        continue;
      }
      if (this.inOrder && !this.healthy(pod) && pod !== firstUnhealthy) return false;
      this.control.condemnClaims(this.set, pod, ordinal);
      this.control.delete(this.set, pod);
      goOn = false;
      if (this.inOrder) return false;
    }
    return goOn;
  }

  /** Pods of an old revision go one at a time, the highest number first. */
  private replaceOld(): void {
    for (let ordinal = this.first + this.size - 1; ordinal >= this.first + this.partition; ordinal--) {
      const pod = this.byOrdinal.get(ordinal);
      if (!pod) return;
      if (pod.metadata.labels?.[REVISION_LABEL] !== this.update.metadata.name && !pod.metadata.deletionTimestamp) {
        this.control.delete(this.set, pod);
        return;
      }
      if (!this.healthy(pod)) return;
    }
  }
}

function statusOf(
  set: Stored<StatefulSet>,
  pods: readonly Stored<Pod>[],
  current: Revision,
  update: Revision,
  now: number,
): StatefulSetStatus {
  let replicas = 0;
  let ready = 0;
  let available = 0;
  let ofCurrent = 0;
  let ofUpdate = 0;
  for (const pod of pods) {
    if (isPodTerminal(pod)) continue;
    replicas++;
    if (pod.status?.phase === 'Running' && isPodReady(pod)) {
      ready++;
      if (isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, now)) available++;
    }
    if (pod.metadata.deletionTimestamp) continue;
    const revision = pod.metadata.labels?.[REVISION_LABEL];
    if (revision === current.metadata.name) ofCurrent++;
    if (revision === update.metadata.name) ofUpdate++;
  }
  const rolls = set.spec?.updateStrategy?.type !== 'OnDelete';
  const done = rolls && ofUpdate === replicas && ready === replicas && replicas === (set.spec?.replicas ?? 1);
  return {
    observedGeneration: set.metadata.generation,
    replicas,
    readyReplicas: ready || undefined,
    currentReplicas: (done ? ofUpdate : ofCurrent) || undefined,
    updatedReplicas: ofUpdate || undefined,
    currentRevision: done ? update.metadata.name : current.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: set.status?.collisionCount ?? 0,
    availableReplicas: available,
  };
}

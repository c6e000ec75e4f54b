import type { Kind } from '../../api/client.ts';
import { PODS, REPLICA_SETS, REPLICATION_CONTROLLERS } from '../../api/kinds.ts';
import { type ApiObject, controllerOf, keyOf, type Stored, splitKey } from '../../api/object.ts';
import type { StoreEvent } from '../../api/store.ts';
import type { Pod, PodTemplateSpec, ReplicaSetStatus } from '../../api/types.generated.ts';
import { LabelSelector } from '../../apimachinery/label-selector.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { claim } from '../ownership.ts';
import { namespaceIsGoing, PodControl, podFromTemplate, slowStart } from '../pod-control.ts';
import { PodIndex } from '../pod-index.ts';
import { isPodActive, isPodReady, isPodTerminating, nextAvailability } from '../pods.ts';
import type { WorkQueue } from '../work-queue.ts';
import { podsToDelete } from './deletion-order.ts';
import { replicaSetStatus } from './status.ts';

/** Many Pods that change together are looked at together: ms for each Pod of the last look, and at most. */
const BATCH = 0.2;
const MAX_BATCH = 200;

/** At most so many Pods are made or deleted at a time. */
const BURST = 500;

/** What ReplicaSets and ReplicationControllers have in common. */
interface Replicated extends ApiObject {
  spec?:
    | {
        replicas?: number | undefined;
        minReadySeconds?: number | undefined;
        template?: PodTemplateSpec | undefined;
      }
    | undefined;
  status?: ReplicaSetStatus | undefined;
}

interface Flavour {
  readonly kind: Kind<Replicated>;
  readonly kindName: string;
  readonly component: string;
  readonly selector: (object: Stored<Replicated>) => LabelSelector;
  readonly countsTerminating: boolean;
}

function specField(object: ApiObject, name: string): unknown {
  return 'spec' in object && typeof object.spec === 'object' && object.spec !== null && name in object.spec
    ? Object.getOwnPropertyDescriptor(object.spec, name)?.value
    : undefined;
}

/** Keeps as many Pods as a ReplicaSet says. kubernetes: pkg/controller/replicaset/replica_set.go */
export const replicaSetController: Controller = {
  name: 'replicaset-controller',
  start: (context) =>
    new ReplicaSetController(context, {
      kind: REPLICA_SETS,
      kindName: 'ReplicaSet',
      component: 'replicaset-controller',
      selector: (object) => labelSelectorAsSelector(specField(object, 'selector')),
      countsTerminating: true,
    }).start(),
};

/** The same for ReplicationControllers. kubernetes: pkg/controller/replication */
export const replicationController: Controller = {
  name: 'replication-controller',
  start: (context) =>
    new ReplicaSetController(context, {
      kind: REPLICATION_CONTROLLERS,
      kindName: 'ReplicationController',
      component: 'replication-controller',
      selector: (object) => {
        const labels = specField(object, 'selector');
        return typeof labels === 'object' && labels !== null ? LabelSelector.ofSet({ ...labels }) : LabelSelector.none;
      },
      countsTerminating: false,
    }).start(),
};

class ReplicaSetController {
  private readonly queue: WorkQueue;
  private readonly recorder: EventRecorder;
  private readonly pods: PodControl;
  private readonly sizes = new Map<string, number>();
  private index: PodIndex | undefined;

  constructor(
    private readonly context: ControllerContext,
    private readonly flavour: Flavour,
  ) {
    this.queue = context.queue((key) => this.sync(key));
    this.recorder = context.recorder(flavour.component);
    this.pods = new PodControl(context.client, this.recorder);
  }

  start(): void {
    this.context.enqueue(this.flavour.kind, this.queue);
    this.index = new PodIndex(this.context, (event) => this.podChanged(event));
  }

  private podChanged({ type, object, old }: StoreEvent<Pod>): void {
    const { namespace } = object.metadata;
    const now = controllerOf(object);
    const before = old && controllerOf(old);
    if (before && before.uid !== now?.uid && before.kind === this.flavour.kindName) {
      this.queue.add(`${namespace}/${before.name}`);
    }
    if (now) {
      if (now.kind !== this.flavour.kindName) return;
      const key = `${namespace}/${now.name}`;
      this.queue.addAfter(key, Math.min((this.sizes.get(key) ?? 0) * BATCH, MAX_BATCH));
      return;
    }
    if (type === 'DELETED') return;
    // An orphan: whoever's selector matches may want it.
    if (old && !before && sameLabels(old, object)) return;
    for (const candidate of this.context.client.list(this.flavour.kind, namespace)) {
      if (this.flavour.selector(candidate).matches(object.metadata.labels)) this.queue.add(keyOf(candidate));
    }
  }

  private sync(key: string): void {
    const { namespace, name } = splitKey(key);
    const { client, now } = this.context;
    const set = client.get(this.flavour.kind, namespace, name);
    if (!set) this.sizes.delete(key);
    if (!set || !this.index) return;
    const selector = this.flavour.selector(set);
    const candidates = [...this.index.candidates(set)];
    const active = claim(client, PODS, set, selector, candidates.filter(isPodActive));
    const terminating = candidates.filter(
      (pod) =>
        isPodTerminating(pod) && controllerOf(pod)?.uid === set.metadata.uid && selector.matches(pod.metadata.labels),
    ).length;
    this.sizes.set(key, active.length);
    const failure = set.metadata.deletionTimestamp ? undefined : this.manage(set, active);
    const minReadySeconds = set.spec?.minReadySeconds ?? 0;
    const status = replicaSetStatus(set.status, {
      template: set.spec?.template,
      replicas: set.spec?.replicas ?? 1,
      minReadySeconds,
      generation: set.metadata.generation,
      active,
      terminating: this.flavour.countsTerminating ? terminating : undefined,
      failure: failure instanceof Error ? failure : undefined,
      now,
    });
    client.modify(this.flavour.kind, namespace, name, (old) => ({ ...old, status }), 'status');
    if (failure !== undefined) throw failure;
    if (minReadySeconds > 0 && status.readyReplicas !== status.availableReplicas) {
      this.queue.addAfter(key, nextAvailability(active, minReadySeconds, now) ?? minReadySeconds * 1000);
    }
  }

  /** Makes or deletes Pods. The error that stopped it, if any. */
  private manage(set: Stored<Replicated>, active: readonly Stored<Pod>[]): unknown {
    const difference = active.length - (set.spec?.replicas ?? 1);
    if (difference < 0) {
      return slowStart(Math.min(-difference, BURST), () => {
        try {
          this.pods.create(set, podFromTemplate(set.spec?.template, set));
        } catch (error) {
          if (!namespaceIsGoing(error)) throw error;
        }
      });
    }
    if (difference === 0) return undefined;
    const count = Math.min(difference, BURST);
    const nodes = this.readyPerNode(set);
    for (const pod of podsToDelete(active, count, (node) => nodes.get(node) ?? 0, this.context.now)) {
      this.pods.delete(set, pod);
    }
    return undefined;
  }

  /** Ready Pods on each node of all sets with the same owner, as the old and new ReplicaSets of a Deployment. */
  private readyPerNode(set: Stored<Replicated>): Map<string, number> {
    const counts = new Map<string, number>();
    const owner = controllerOf(set);
    if (!owner) return counts;
    for (const sibling of this.context.client.ownedBy(this.flavour.kind, owner.uid)) {
      for (const pod of this.context.client.ownedBy(PODS, sibling.metadata.uid)) {
        const node = pod.spec?.nodeName;
        if (node && isPodActive(pod) && isPodReady(pod)) counts.set(node, (counts.get(node) ?? 0) + 1);
      }
    }
    return counts;
  }
}

function sameLabels(a: Stored, b: Stored): boolean {
  return JSON.stringify(a.metadata.labels) === JSON.stringify(b.metadata.labels);
}

import { DAEMON_SETS, NODES, PODS } from '../../api/kinds.ts';
import { controllerOf, deepCopy, deepEqual, keyOf, type Stored, splitKey } from '../../api/object.ts';
import type { DaemonSet, Node, Pod } from '../../api/types.generated.ts';
import { scaledValue } from '../../apimachinery/int-or-string.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { claim } from '../ownership.ts';
import { namespaceIsGoing, PodControl, podFromTemplate, slowStart } from '../pod-control.ts';
import { PodIndex } from '../pod-index.ts';
import { isPodAvailable, isPodReady, nextAvailability } from '../pods.ts';
import { currentRevision, revisionsOf, truncateHistory } from '../revisions.ts';
import type { WorkQueue } from '../work-queue.ts';
import { affinityTo, daemonTemplate, HASH_LABEL, nodeVerdict, targetNode } from './daemon-pods.ts';

/** First wait before a failed Pod is replaced again, and the longest, ms. */
const FIRST_BACKOFF = 1000;
const MAX_BACKOFF = 900_000;

/** Keeps a Pod on every node that suits. kubernetes: pkg/controller/daemon */
export const daemonSetController: Controller = {
  name: 'daemon-set-controller',
  start: (context) => new DaemonSetController(context).start(),
};

type PodsByNode = Map<string, Stored<Pod>[]>;

class DaemonSetController {
  private readonly queue: WorkQueue;
  private readonly recorder: EventRecorder;
  private readonly control: PodControl;
  /** Failed Pods by set and node: until when to wait, and for how long the next time, ms. */
  private readonly backoff = new Map<string, { until: number; delay: number }>();
  private index: PodIndex | undefined;

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((key) => this.sync(key));
    this.recorder = context.recorder('daemonset-controller');
    this.control = new PodControl(context.client, this.recorder);
  }

  start(): void {
    const { context, queue } = this;
    context.enqueue(DAEMON_SETS, queue);
    context.informer(NODES, ({ type, object, old }) => {
      if (type === 'MODIFIED' && old && !nodeMatters(old, object)) return;
      for (const set of context.client.list(DAEMON_SETS)) queue.add(keyOf(set));
    });
    this.index = new PodIndex(context, ({ type, object, old }) => {
      const { namespace } = object.metadata;
      for (const owner of [controllerOf(object), old && controllerOf(old)]) {
        if (owner?.kind === 'DaemonSet') queue.add(`${namespace}/${owner.name}`);
      }
      if (controllerOf(object) || type === 'DELETED') return;
      for (const set of context.client.list(DAEMON_SETS, namespace)) {
        if (labelSelectorAsSelector(set.spec?.selector).matches(object.metadata.labels)) queue.add(keyOf(set));
      }
    });
  }

  private sync(key: string): void {
    const { namespace, name } = splitKey(key);
    const { client, now } = this.context;
    const set = client.get(DAEMON_SETS, namespace, name);
    if (!set || !this.index) return;
    const selector = labelSelectorAsSelector(set.spec?.selector);
    if (selector.isEmpty) {
      const text = 'This daemon set is selecting all pods. A non-empty selector is required.';
      this.recorder.event(set, 'Warning', 'SelectingAll', text);
      return;
    }
    if (set.metadata.deletionTimestamp) return;
    const revisions = revisionsOf(client, set, selector);
    const revision = currentRevision(client, revisions, {
      owner: set,
      template: set.spec?.template,
      labels: set.spec?.template.metadata?.labels ?? {},
      hashLabel: HASH_LABEL,
      collisionCount: set.status?.collisionCount ?? 0,
    });
    const hash = revision.metadata.labels?.[HASH_LABEL] ?? '';
    const nodes = client.list(NODES);
    let failure = this.manage(set, nodes, this.byNode(set), hash);
    if (failure === undefined && set.spec?.updateStrategy?.type !== 'OnDelete') {
      failure = this.roll(set, nodes, this.byNode(set), hash);
    }
    const byNode = this.byNode(set);
    this.writeStatus(set, nodes, byNode, hash);
    const pods = [...byNode.values()].flat();
    const inUse = new Set([revision.metadata.name]);
    for (const pod of pods) inUse.add(`${name}-${pod.metadata.labels?.[HASH_LABEL]}`);
    truncateHistory(client, revisionsOf(client, set, selector), inUse, set.spec?.revisionHistoryLimit ?? 10);
    if (failure !== undefined) throw failure;
    const wait = nextAvailability(pods, set.spec?.minReadySeconds ?? 0, now);
    if (wait !== undefined) this.queue.addAfter(key, wait);
  }

  private byNode(set: Stored<DaemonSet>): PodsByNode {
    const byNode: PodsByNode = new Map();
    const selector = labelSelectorAsSelector(set.spec?.selector);
    for (const pod of claim(this.context.client, PODS, set, selector, this.index?.candidates(set) ?? [])) {
      const node = targetNode(pod);
      byNode.set(node, [...(byNode.get(node) ?? []), pod].sort(byAge));
    }
    return byNode;
  }

  /** kubernetes: DaemonSetsController.manage */
  private manage(set: Stored<DaemonSet>, nodes: readonly Stored<Node>[], byNode: PodsByNode, hash: string): unknown {
    const missing: string[] = [];
    const surplus: Stored<Pod>[] = [];
    for (const node of nodes) {
      const { name } = node.metadata;
      const { run, stay } = nodeVerdict(set, node);
      const pods = byNode.get(name) ?? [];
      if (run && pods.length === 0) missing.push(name);
      else if (stay) this.keepOne(set, name, pods, surplus);
      else surplus.push(...pods.filter((pod) => !pod.metadata.deletionTimestamp));
    }
    // Pods nailed to a node that is gone, not bound yet.
    const known = new Set(nodes.map((node) => node.metadata.name));
    for (const [node, pods] of byNode) {
      if (!known.has(node)) surplus.push(...pods.filter((pod) => !pod.spec?.nodeName));
    }
    return this.apply(set, missing, surplus, hash);
  }

  private keepOne(set: Stored<DaemonSet>, node: string, pods: readonly Stored<Pod>[], surplus: Stored<Pod>[]): void {
    const running: Stored<Pod>[] = [];
    for (const pod of pods) {
      if (pod.metadata.deletionTimestamp) continue;
      const where = `${pod.metadata.namespace}/${pod.metadata.name} on node ${node}`;
      if (pod.status?.phase === 'Failed') {
        if (this.mustWait(set, node)) continue;
        const text = `Found failed daemon pod ${where}, will try to kill it`;
        this.recorder.event(set, 'Warning', 'FailedDaemonPod', text);
        surplus.push(pod);
      } else if (pod.status?.phase === 'Succeeded') {
        const text = `Found succeeded daemon pod ${where}, will try to delete it`;
        this.recorder.event(set, 'Normal', 'SucceededDaemonPod', text);
        surplus.push(pod);
      } else running.push(pod);
    }
    if (surgeOf(set, 1) > 0) return;
    surplus.push(...running.slice(1));
  }

  private mustWait(set: Stored<DaemonSet>, node: string): boolean {
    const id = `${set.metadata.uid}/${node}`;
    const { now } = this.context;
    const entry = this.backoff.get(id);
    if (entry && entry.until > now) {
      this.queue.addAfter(keyOf(set), entry.until - now);
      return true;
    }
    const delay = Math.min(entry ? entry.delay * 2 : FIRST_BACKOFF, MAX_BACKOFF);
    this.backoff.set(id, { until: now + delay, delay });
    return false;
  }

  private apply(
    set: Stored<DaemonSet>,
    missing: readonly string[],
    surplus: readonly Stored<Pod>[],
    hash: string,
  ): unknown {
    const template = daemonTemplate(set, hash);
    const failure = slowStart(missing.length, (index) => {
      const pod = podFromTemplate(template, set);
      const spec = { ...deepCopy(pod.spec), containers: pod.spec?.containers ?? [] };
      spec.affinity = affinityTo(spec.affinity, missing[index] ?? '');
      try {
        this.control.create(set, { ...pod, spec });
      } catch (error) {
        if (!namespaceIsGoing(error)) throw error;
      }
    });
    for (const pod of surplus) this.control.delete(set, pod);
    return failure;
  }

  /** kubernetes: DaemonSetsController.rollingUpdate */
  private roll(set: Stored<DaemonSet>, nodes: readonly Stored<Node>[], byNode: PodsByNode, hash: string): unknown {
    const desired = nodes.filter((node) => nodeVerdict(set, node).run);
    const limits = set.spec?.updateStrategy?.rollingUpdate;
    const maxSurge = surgeOf(set, desired.length);
    if (maxSurge > 0) return this.surge(set, desired, byNode, hash, maxSurge);
    const maxUnavailable = Math.max(1, scaledValue(limits?.maxUnavailable ?? 1, desired.length, true));
    let unavailable = 0;
    const replaceable: Stored<Pod>[] = [];
    const candidates: Stored<Pod>[] = [];
    for (const node of desired) {
      const { fresh, old } = split(byNode.get(node.metadata.name) ?? [], hash);
      if (Boolean(fresh) === Boolean(old)) unavailable++;
      else if (fresh) unavailable += this.available(set, fresh) ? 0 : 1;
      else if (old && !this.available(set, old)) {
        unavailable++;
        replaceable.push(old);
      } else if (old) candidates.push(old);
    }
    const room = Math.max(0, maxUnavailable - unavailable);
    return this.apply(set, [], [...replaceable, ...candidates.slice(0, room)], hash);
  }

  /** With maxSurge the new Pod comes first, and the old one goes when it is available. */
  private surge(
    set: Stored<DaemonSet>,
    desired: readonly Stored<Node>[],
    byNode: PodsByNode,
    hash: string,
    maxSurge: number,
  ): unknown {
    let surging = 0;
    const done: Stored<Pod>[] = [];
    const now: string[] = [];
    const later: string[] = [];
    for (const { metadata } of desired) {
      const { fresh, old } = split(byNode.get(metadata.name) ?? [], hash);
      if (!old) continue;
      if (!fresh) (this.available(set, old) ? later : now).push(metadata.name);
      else if (this.available(set, fresh)) done.push(old);
      else surging++;
    }
    return this.apply(set, [...now, ...later.slice(0, Math.max(0, maxSurge - surging))], done, hash);
  }

  private available(set: Stored<DaemonSet>, pod: Stored<Pod>): boolean {
    return isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, this.context.now);
  }

  private writeStatus(set: Stored<DaemonSet>, nodes: readonly Stored<Node>[], byNode: PodsByNode, hash: string): void {
    let [desired, current, misscheduled, ready, updated, available] = [0, 0, 0, 0, 0, 0];
    for (const node of nodes) {
      const [pod] = byNode.get(node.metadata.name) ?? [];
      if (!nodeVerdict(set, node).run) {
        if (pod) misscheduled++;
        continue;
      }
      desired++;
      if (!pod) continue;
      current++;
      if (isPodReady(pod)) ready++;
      if (this.available(set, pod)) available++;
      if (pod.metadata.labels?.[HASH_LABEL] === hash) updated++;
    }
    const status = {
      currentNumberScheduled: current,
      numberMisscheduled: misscheduled,
      desiredNumberScheduled: desired,
      numberReady: ready,
      observedGeneration: set.metadata.generation,
      updatedNumberScheduled: updated || undefined,
      numberAvailable: available || undefined,
      numberUnavailable: desired - available || undefined,
      collisionCount: set.status?.collisionCount,
    };
    const { namespace = '', name } = set.metadata;
    this.context.client.modify(DAEMON_SETS, namespace, name, (old) => ({ ...old, status }), 'status');
  }
}

function surgeOf(set: Stored<DaemonSet>, desired: number): number {
  if (set.spec?.updateStrategy?.type === 'OnDelete') return 0;
  return scaledValue(set.spec?.updateStrategy?.rollingUpdate?.maxSurge ?? 0, desired, true);
}

/** The newest template's Pod and an old one among the Pods of a node. */
function split(
  pods: readonly Stored<Pod>[],
  hash: string,
): { fresh: Stored<Pod> | undefined; old: Stored<Pod> | undefined } {
  const alive = pods.filter((pod) => !pod.metadata.deletionTimestamp);
  return {
    fresh: alive.find((pod) => pod.metadata.labels?.[HASH_LABEL] === hash),
    old: alive.find((pod) => pod.metadata.labels?.[HASH_LABEL] !== hash),
  };
}

function byAge(a: Stored<Pod>, b: Stored<Pod>): number {
  return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1;
}

function nodeMatters(old: Stored<Node>, node: Stored<Node>): boolean {
  return !deepEqual(old.metadata.labels, node.metadata.labels) || !deepEqual(old.spec?.taints, node.spec?.taints);
}

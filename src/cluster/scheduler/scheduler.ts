import type { Random } from '../../world/random.ts';
import {
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  STORAGE_CLASSES,
} from '../api/kinds.ts';
import { deepEqual, keyOf, type Stored } from '../api/object.ts';
import type { StoreEvent } from '../api/store.ts';
import type { Node, Pod, PodCondition } from '../api/types.generated.ts';
import { toSeconds } from '../apimachinery/time.ts';
import type { Cluster, Component } from '../cluster.ts';
import { findCondition, withoutCondition } from '../controllers/conditions.ts';
import { ControllerContext } from '../controllers/controller.ts';
import { markDisrupted } from '../controllers/disruption-target.ts';
import { isPodTerminal } from '../controllers/pods.ts';
import { Cache } from './cache.ts';
import { coreEvents, type EventsApi, type SchedulerEvents, SeriesRecorder } from './events.ts';
import { arrivalHelps, departureHelps, nodeChanged } from './hints.ts';
import type { NodeInfo } from './node-info.ts';
import type { Cycle, Refusal } from './plugin.ts';
import { bindVolumes, claimNames, isBound } from './plugins/volume-binding.ts';
import { scorePlugins } from './plugins.ts';
import { podInfo, priorityOf } from './pod-info.ts';
import { preempt, type Victims } from './preemption.ts';
import { type QueuedPod, SchedulingQueue } from './queue.ts';
import { type Misfit, misfitMessage, prepare, refusalOf } from './verdict.ts';

const NAME = 'default-scheduler';
/** What one attempt takes, ms. */
const CYCLE_TIME = 0.5;
/** How soon an API server that does not answer is asked again, ms. */
const RETRY = 1000;
/** Pods that nothing helped are tried again after five minutes, looked for every 30 s. */
const MAX_PARKED = 300_000;
const FLUSH_PERIOD = 30_000;

/** Starts kube-scheduler: it finds a node for every Pod that names the default scheduler. */
export function startScheduler(cluster: Cluster, host = 'controlplane', api: EventsApi = 'events.k8s.io'): Component {
  const client = cluster.client('system:kube-scheduler', [], 'kube-scheduler');
  const context = new ControllerContext(cluster.world, client);
  new Scheduler(context, cluster.world.random.fork('scheduler'), host, api).start();
  return { stop: () => context.stop() };
}

/** kubernetes: pkg/scheduler/schedule_one.go, eventhandlers.go */
class Scheduler {
  private readonly cache: Cache;
  private readonly queue: SchedulingQueue;
  private readonly events: SchedulerEvents;
  /** Pods that have a node and wait for their volumes, by key. */
  private readonly waiting = new Map<string, { readonly pod: Stored<Pod>; readonly node: string }>();
  /** Pods with a nominated node that are not bound yet. */
  private readonly nominated = new Map<string, { readonly pod: Stored<Pod>; readonly node: string }>();
  private scheduled = false;
  private stopped = false;

  constructor(
    private readonly context: ControllerContext,
    private readonly random: Random,
    host: string,
    api: EventsApi,
  ) {
    this.cache = new Cache(context.client);
    this.queue = new SchedulingQueue(() => this.work());
    this.events =
      api === 'core'
        ? coreEvents(context.recorder(NAME))
        : new SeriesRecorder(context.client, context.world, NAME, `${NAME}-${host}`);
  }

  start(): void {
    const { context } = this;
    context.onStop(() => {
      this.stopped = true;
    });
    context.informer(NODES, (event) => this.nodeEvent(event));
    context.informer(PODS, (event) => this.podEvent(event));
    context.informer(PERSISTENT_VOLUME_CLAIMS, () => this.volumesChanged());
    context.informer(PERSISTENT_VOLUMES, () => this.volumesChanged());
    context.informer(STORAGE_CLASSES, () => this.volumesChanged());
    context.informer(NAMESPACES, ({ old, object }) => {
      if (!deepEqual(old?.metadata.labels, object.metadata.labels)) this.cache.counts.forget();
    });
    context.every(FLUSH_PERIOD, () => {
      this.wakeIf((item) => this.context.now - item.parkedAt > MAX_PARKED);
    });
  }

  // ---- events ----

  private nodeEvent({ type, object, old }: StoreEvent<Node>): void {
    if (type === 'DELETED') return this.cache.removeNode(object.metadata.name);
    this.cache.setNode(object);
    if (!nodeChanged(type === 'ADDED' ? undefined : old, object)) return;
    const node = this.cache.nodes.get(object.metadata.name);
    if (node) this.wakeIf((item) => this.mayFit(item, node));
  }

  /** Whether the plugins that refused a Pod would accept a node that changed. */
  private mayFit(item: QueuedPod, node: NodeInfo): boolean {
    const filters = prepare(this.cycle(item.pod));
    if (!Array.isArray(filters)) return false;
    return !refusalOf(
      filters.filter(({ plugin }) => item.plugins.has(plugin)),
      node,
    );
  }

  private podEvent({ type, object: pod, old }: StoreEvent<Pod>): void {
    const key = keyOf(pod);
    const onNode = Boolean(pod.spec?.nodeName);
    if (type === 'DELETED' || isPodTerminal(pod)) {
      this.queue.remove(key);
      this.nominated.delete(key);
      this.giveUpWaiting(key);
      if (!this.cache.has(pod)) return;
      this.cache.removePod(pod);
      this.wakeIf((item) => departureHelps(item, pod));
      return;
    }
    if (onNode) {
      this.queue.remove(key);
      this.nominated.delete(key);
      const isNew = !old?.spec?.nodeName || !this.cache.has(pod);
      this.cache.setPod(pod);
      const relabelled = !deepEqual(old?.metadata.labels, pod.metadata.labels);
      if (isNew || relabelled) this.wakeIf((item) => arrivalHelps(item, pod, this.cache));
      return;
    }
    if (!isOurs(pod) || this.waiting.has(key)) return;
    if (pod.metadata.deletionTimestamp) return this.queue.remove(key);
    if (pod.status?.nominatedNodeName) this.nominated.set(key, { pod, node: pod.status.nominatedNodeName });
    else this.nominated.delete(key);
    const item = this.queue.find(key);
    this.queue.add(pod);
    const changed = old && (old.spec !== pod.spec || !deepEqual(old.metadata.labels, pod.metadata.labels));
    if (item && changed && this.queue.unschedulable.has(key)) this.queue.wake(item, this.context.now);
  }

  private volumesChanged(): void {
    this.wakeIf((item) => item.plugins.has('VolumeBinding'));
    for (const [key, { pod, node }] of [...this.waiting]) {
      const ready = claimNames(pod).every((name) => {
        const claim = this.context.client.get(PERSISTENT_VOLUME_CLAIMS, pod.metadata.namespace ?? '', name);
        return claim && isBound(claim);
      });
      if (!ready) continue;
      this.waiting.delete(key);
      this.bind(pod, node);
    }
  }

  private giveUpWaiting(key: string): void {
    const entry = this.waiting.get(key);
    if (!entry) return;
    this.waiting.delete(key);
    this.cache.removePod(entry.pod);
  }

  private wakeIf(helps: (item: QueuedPod) => boolean): void {
    for (const item of [...this.queue.unschedulable.values()]) {
      if (helps(item)) this.queue.wake(item, this.context.now);
    }
  }

  // ---- attempts ----

  private work(delay = CYCLE_TIME): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.context.world.loop.after(delay, () => {
      this.scheduled = false;
      if (this.stopped) return;
      if (!this.context.client.available) return this.work(RETRY);
      const item = this.queue.pop();
      if (item) this.tryOnce(item);
      if (!this.queue.isEmpty) this.work();
    });
  }

  private cycle(pod: Stored<Pod>): Cycle {
    return { pod, info: podInfo(pod), cache: this.cache, client: this.context.client, now: this.context.now };
  }

  /** An error (the API server refused, or went away) is none of the Pod's: it is tried again after its back-off. */
  private tryOnce(item: QueuedPod): void {
    try {
      this.attempt(item);
    } catch (error) {
      this.context.log(`"Error scheduling pod; retrying" pod="${item.key}" err="${String(error)}"`);
      this.queue.park(item, new Set(), this.context.now);
      this.context.world.loop.at(item.backoffUntil, () => this.queue.wake(item, this.context.now));
    }
  }

  private attempt(item: QueuedPod): void {
    const { namespace = '', name } = item.pod.metadata;
    const pod = this.context.client.get(PODS, namespace, name);
    if (!pod || pod.metadata.uid !== item.pod.metadata.uid || pod.spec?.nodeName || pod.metadata.deletionTimestamp)
      return;
    item.pod = pod;
    const cycle = this.cycle(pod);
    const result = this.findNodes(cycle);
    if (Array.isArray(result)) {
      const node = this.choose(cycle, result);
      if (node) return this.assign(pod, node);
    }
    if (!Array.isArray(result)) this.fail(item, cycle, result);
  }

  /** The nodes that will do, or why none will. kubernetes: findNodesThatFitPod */
  private findNodes(cycle: Cycle): NodeInfo[] | Misfit {
    const filters = prepare(cycle);
    const refusals = new Map<string, Refusal>();
    if (!Array.isArray(filters)) {
      for (const name of this.cache.nodes.keys()) {
        refusals.set(name, { reasons: [filters.reason], unresolvable: true });
      }
      return { preFilter: filters.reason, nodes: refusals, plugins: new Set([filters.plugin]) };
    }
    const plugins = new Set<string>();
    const feasible: NodeInfo[] = [];
    for (const node of this.cache.nodes.values()) {
      const refused = refusalOf(filters, this.withNominated(node, cycle.pod)) ?? refusalOf(filters, node);
      if (!refused) feasible.push(node);
      else {
        refusals.set(node.name, refused.refusal);
        plugins.add(refused.plugin);
      }
    }
    return feasible.length > 0 ? feasible : { preFilter: undefined, nodes: refusals, plugins };
  }

  /** A node as it will be when the Pods that were promised to it, and are not less important, have come. */
  private withNominated(node: NodeInfo, pod: Stored<Pod>): NodeInfo {
    let trial: NodeInfo | undefined;
    for (const [key, entry] of this.nominated) {
      if (entry.node !== node.name || key === keyOf(pod) || priorityOf(entry.pod) < priorityOf(pod)) continue;
      trial ??= node.clone();
      trial.add(entry.pod);
    }
    return trial ?? node;
  }

  /** The node with the highest score; chance decides among equals. */
  private choose(cycle: Cycle, nodes: readonly NodeInfo[]): NodeInfo | undefined {
    if (nodes.length === 1) return nodes[0];
    const totals = nodes.map(() => 0);
    for (const { score, weight } of scorePlugins) {
      const scores = score(cycle, nodes);
      if (!scores) continue;
      for (let i = 0; i < totals.length; i++) totals[i] = (totals[i] ?? 0) + weight * (scores[i] ?? 0);
    }
    const highest = Math.max(...totals);
    return this.random.pick(nodes.filter((_, index) => totals[index] === highest));
  }

  private assign(pod: Stored<Pod>, node: NodeInfo): void {
    if (!bindVolumes(this.context.client, pod, node.node)) return this.bind(pod, node.name);
    const assumed: Stored<Pod> = { ...pod, spec: pod.spec && { ...pod.spec, nodeName: node.name } };
    this.cache.setPod(assumed);
    this.waiting.set(keyOf(pod), { pod: assumed, node: node.name });
  }

  private bind(pod: Stored<Pod>, node: string): void {
    const { namespace = '', name } = pod.metadata;
    const { client } = this.context;
    if (!client.get(PODS, namespace, name)) return;
    const bound = client.modify(
      PODS,
      namespace,
      name,
      (old) => ({ ...old, spec: old.spec && { ...old.spec, nodeName: node } }),
      'binding',
    );
    const text = `Successfully assigned ${namespace}/${name} to ${node}`;
    this.events.event(bound, undefined, 'Normal', 'Scheduled', 'Binding', text);
  }

  // ---- failures ----

  private fail(item: QueuedPod, cycle: Cycle, misfit: Misfit): void {
    const total = this.cache.nodes.size;
    if (total === 0) {
      this.queue.park(item, new Set(['NodeUnschedulable', ...misfit.plugins]), this.context.now);
      return this.report(cycle.pod, 'no nodes available to schedule pods', undefined);
    }
    // After a refusal that no node was asked for, upstream's first post filter fails with these words.
    const victims = misfit.preFilter === undefined ? preempt(cycle, misfit) : 'not found';
    const chosen = typeof victims === 'string' ? undefined : victims;
    const post = misfit.preFilter === undefined ? `no new claims to deallocate, preemption: ${victims}` : 'not found';
    this.queue.park(item, misfit.plugins, this.context.now);
    this.report(cycle.pod, misfitMessage(total, misfit, chosen ? '' : post), chosen?.node);
    if (chosen) this.evict(cycle.pod, chosen);
  }

  /** The event, and the Pod's condition. */
  private report(pod: Stored<Pod>, message: string, nominated: string | undefined): void {
    this.events.event(pod, undefined, 'Warning', 'FailedScheduling', 'Scheduling', message);
    const { namespace = '', name, generation } = pod.metadata;
    const old = findCondition(pod.status?.conditions, 'PodScheduled');
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      observedGeneration: generation,
      lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : toSeconds(this.context.now),
      reason: 'Unschedulable',
      message,
    };
    Object.assign(condition, { lastProbeTime: null });
    this.context.client.modify(
      PODS,
      namespace,
      name,
      (current) => ({
        ...current,
        status: {
          ...current.status,
          conditions: [...withoutCondition(current.status?.conditions, 'PodScheduled'), condition],
          nominatedNodeName: nominated ?? current.status?.nominatedNodeName,
        },
      }),
      'status',
    );
  }

  private evict(preemptor: Stored<Pod>, victims: Victims): void {
    const { client } = this.context;
    for (const victim of victims.pods) {
      const { namespace = '', name } = victim.metadata;
      if (!client.get(PODS, namespace, name)) continue;
      const message = `${NAME}: preempting to accommodate a higher priority pod`;
      const marked = markDisrupted(client, victim, { reason: 'PreemptionByScheduler', message });
      const text = `Preempted by pod ${preemptor.metadata.uid} on node ${victims.node}`;
      this.events.event(marked, preemptor, 'Normal', 'Preempted', 'Preempting', text);
      client.delete(PODS, namespace, name);
    }
  }
}

/** Pods of other schedulers, and those that are held back, are none of ours. */
function isOurs(pod: Stored<Pod>): boolean {
  return (pod.spec?.schedulerName ?? NAME) === NAME && (pod.spec?.schedulingGates?.length ?? 0) === 0;
}

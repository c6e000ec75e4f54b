import { LEASES, NODES, PODS } from '../../api/kinds.ts';
import { deepEqual, type Stored } from '../../api/object.ts';
import type { Lease, Node, NodeCondition, Taint } from '../../api/types.generated.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import { findCondition } from '../conditions.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { isPodReady } from '../pods.ts';
import type { WorkQueue } from '../work-queue.ts';

/** How often nodes are looked at, and how long a kubelet may be silent, ms. */
const PERIOD = 5000;
const GRACE_PERIOD = 50_000;
/** A node that has just registered is given a little longer. */
const STARTUP_GRACE_PERIOD = 60_000;

const LEASE_NAMESPACE = 'kube-node-lease';
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const OBSERVED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** Taints that stand for conditions, by type and status. kubernetes: nodeConditionToTaintKeyStatusMap */
const CONDITION_TAINTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};
const OURS = new Set([
  ...Object.values(CONDITION_TAINTS).flatMap((byStatus) => Object.values(byStatus)),
  UNSCHEDULABLE,
]);

/** Notices nodes that fall silent, and taints them. kubernetes: pkg/controller/nodelifecycle */
export const nodeLifecycleController: Controller = {
  name: 'node-lifecycle-controller',
  account: 'node-controller',
  start: (context) => new NodeLifecycle(context).start(),
};

interface Seen {
  /** When a sign of life came last, ms. */
  time: number;
  heartbeat: string;
  renewal: string;
}

class NodeLifecycle {
  private readonly queue: WorkQueue;
  private readonly recorder: EventRecorder;
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((name) => this.syncTaints(name));
    this.recorder = context.recorder('node-controller');
  }

  start(): void {
    const { context } = this;
    context.informer(NODES, ({ type, object }) => {
      const { name } = object.metadata;
      if (type === 'DELETED') {
        this.seen.delete(name);
        this.recorder.event(
          object,
          'Normal',
          'RemovingNode',
          `Node ${name} event: Removing Node ${name} from Controller`,
        );
        return;
      }
      if (!this.seen.has(name)) {
        this.seen.set(name, { time: context.now, heartbeat: '', renewal: '' });
        const text = `Node ${name} event: Registered Node ${name} in Controller`;
        this.recorder.event(object, 'Normal', 'RegisteredNode', text);
      }
      this.queue.add(name);
    });
    context.every(PERIOD, () => {
      if (context.client.available) for (const node of context.client.list(NODES)) this.monitor(node);
    });
  }

  /** kubernetes: tryUpdateNodeHealth */
  private monitor(node: Stored<Node>): void {
    const { name } = node.metadata;
    const { client, now } = this.context;
    const ready = findCondition(node.status?.conditions, 'Ready');
    const lease = client.get<Lease>(LEASES, LEASE_NAMESPACE, name);
    const heartbeat = ready?.lastHeartbeatTime ?? '';
    const renewal = lease?.spec?.renewTime ?? '';
    const seen = this.seen.get(name) ?? { time: now, heartbeat, renewal };
    this.seen.set(name, seen);
    if (seen.heartbeat !== heartbeat || seen.renewal !== renewal) {
      // What comes from the kubelet is a sign of life; what we wrote ourselves is none.
      if (ready?.reason !== 'NodeStatusUnknown' || seen.renewal !== renewal) seen.time = now;
      seen.heartbeat = heartbeat;
      seen.renewal = renewal;
    }
    const grace = ready ? GRACE_PERIOD : STARTUP_GRACE_PERIOD;
    const current = now - seen.time > grace ? this.giveUp(node, seen) : node;
    const next = findCondition(current.status?.conditions, 'Ready');
    if (next && next.status !== 'True' && (ready?.status === 'True' || this.readyPods(name)))
      this.notReady(current, ready);
  }

  private giveUp(node: Stored<Node>, seen: Seen): Stored<Node> {
    const time = toSeconds(this.context.now);
    const created = node.metadata.creationTimestamp;
    const old = node.status?.conditions ?? [];
    if (OBSERVED.every((type) => findCondition(old, type)?.status === 'Unknown')) return node;
    const conditions: NodeCondition[] = old.map((condition) =>
      !OBSERVED.includes(condition.type) || condition.status === 'Unknown'
        ? condition
        : {
            ...condition,
            status: 'Unknown',
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
            lastTransitionTime: time,
          },
    );
    for (const type of OBSERVED) {
      if (findCondition(conditions, type)) continue;
      conditions.push({
        type,
        status: 'Unknown',
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
        lastHeartbeatTime: created,
        lastTransitionTime: time,
      });
    }
    seen.heartbeat = findCondition(conditions, 'Ready')?.lastHeartbeatTime ?? '';
    return this.context.client.modify(
      NODES,
      '',
      node.metadata.name,
      (current) => ({ ...current, status: { ...current.status, conditions } }),
      'status',
    );
  }

  private readyPods(node: string): boolean {
    for (const pod of this.context.client.onNode(PODS, node)) if (isPodReady(pod)) return true;
    return false;
  }

  /** The Pods of a node that is not ready are not ready either. kubernetes: MarkPodsNotReady */
  private notReady(node: Stored<Node>, before: NodeCondition | undefined): void {
    const { name } = node.metadata;
    if (before?.status === 'True') {
      this.recorder.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    }
    const { client, now } = this.context;
    for (const pod of [...client.onNode(PODS, name)]) {
      if (!isPodReady(pod)) continue;
      client.modify(
        PODS,
        pod.metadata.namespace ?? '',
        pod.metadata.name,
        (old) => ({
          ...old,
          status: {
            ...old.status,
            conditions: (old.status?.conditions ?? []).map((condition) =>
              condition.type === 'Ready'
                ? { ...condition, status: 'False', lastTransitionTime: toSeconds(now) }
                : condition,
            ),
          },
        }),
        'status',
      );
      this.recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    }
  }

  /** kubernetes: doNoScheduleTaintingPass, processTaintBaseEviction */
  private syncTaints(name: string): void {
    const { client } = this.context;
    const node = client.get(NODES, '', name);
    if (!node) return;
    const taints = node.spec?.taints ?? [];
    const wanted = wantedTaints(node, toSeconds(this.context.now));
    const same = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect;
    const kept = taints.filter((taint) => !isOurs(taint) || wanted.some((other) => same(other, taint)));
    const added = wanted.filter((taint) => !taints.some((other) => same(other, taint)));
    const next = [...kept, ...added];
    if (deepEqual(next, taints)) return;
    client.modify(NODES, '', name, (old) => ({
      ...old,
      spec: { ...old.spec, taints: next.length > 0 ? next : undefined },
    }));
  }
}

function isOurs(taint: Taint): boolean {
  if (!OURS.has(taint.key)) return false;
  return (
    taint.effect === 'NoSchedule' ||
    (taint.effect === 'NoExecute' && (taint.key === NOT_READY || taint.key === UNREACHABLE))
  );
}

function wantedTaints(node: Stored<Node>, time: string): Taint[] {
  const taints: Taint[] = [];
  for (const condition of node.status?.conditions ?? []) {
    const key = CONDITION_TAINTS[condition.type]?.[condition.status];
    if (!key) continue;
    taints.push({ key, effect: 'NoSchedule', timeAdded: condition.type === 'Ready' ? time : undefined });
    if (condition.type === 'Ready') taints.push({ key, effect: 'NoExecute', timeAdded: time });
  }
  if (node.spec?.unschedulable) taints.push({ key: UNSCHEDULABLE, effect: 'NoSchedule', timeAdded: time });
  return taints;
}

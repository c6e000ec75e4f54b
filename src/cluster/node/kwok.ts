import type { Timer } from '../../world/loop.ts';
import { LEASES, NODES, PODS } from '../api/kinds.ts';
import { controllerOf, keyOf, type Stored } from '../api/object.ts';
import type { StoreEvent } from '../api/store.ts';
import type { ContainerStatus, Node, NodeCondition, Pod, PodCondition } from '../api/types.generated.ts';
import { toMicroseconds, toSeconds } from '../apimachinery/time.ts';
import type { Cluster, Component } from '../cluster.ts';
import { findCondition, isTrue } from '../controllers/conditions.ts';
import { ControllerContext } from '../controllers/controller.ts';

/** A bound Pod is Running and Ready after this long; a Job's Pod has completed after as long again, ms. */
const STAGE_DELAY = 1000;
const DELETE_DELAY = 5;
/** Nodes show that they are alive this often, ms, and are believed for so long, s. */
const RENEW_PERIOD = 10_000;
const LEASE_SECONDS = 40;
const LEASE_NAMESPACE = 'kube-node-lease';

const NODE_CONDITIONS = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const;

/**
 * A fake kubelet for all nodes, for worlds where nothing really runs: nodes are Ready at once, Pods a second after
 * they were bound, a Job's Pods complete a second later, deleted Pods are gone at once.
 */
export function startKwok(cluster: Cluster): Component {
  const context = new ControllerContext(cluster.world, cluster.client('system:kwok', ['system:masters'], 'kwok'));
  new Kwok(context).start();
  return { stop: () => context.stop() };
}

class Kwok {
  private readonly timers = new Map<string, { readonly stage: string; readonly timer: Timer }>();
  /** Last octets of Pod addresses in use on each node, with the Pod's uid. */
  private readonly addresses = new Map<string, Map<number, string>>();

  constructor(private readonly context: ControllerContext) {}

  start(): void {
    this.context.onStop(() => {
      for (const { timer } of this.timers.values()) timer.cancel();
      this.timers.clear();
    });
    this.context.informer(NODES, ({ type, object }) => {
      if (type === 'DELETED') return;
      this.initializeNode(object);
      if (type === 'ADDED') this.renewLease(object);
    });
    this.context.every(RENEW_PERIOD, () => {
      if (this.context.client.available) for (const node of this.context.client.list(NODES)) this.renewLease(node);
    });
    this.context.informer(PODS, (event) => this.podChanged(event));
  }

  private initializeNode(node: Stored<Node>): void {
    if (isTrue(node.status?.conditions, 'Ready')) return;
    this.context.world.loop.after(DELETE_DELAY, () => {
      const { client } = this.context;
      const time = toSeconds(this.context.now);
      if (!client.available || !client.get(NODES, '', node.metadata.name)) return;
      const conditions: NodeCondition[] = NODE_CONDITIONS.map(([type, status, reason, message]) => ({
        type,
        status,
        reason,
        message,
        lastHeartbeatTime: time,
        lastTransitionTime: time,
      }));
      client.modify(
        NODES,
        '',
        node.metadata.name,
        (old) => ({
          ...old,
          status: { ...old.status, conditions, daemonEndpoints: { kubeletEndpoint: { Port: 10250 } } },
        }),
        'status',
      );
    });
  }

  private renewLease({ apiVersion, kind, metadata: { name, uid } }: Stored<Node>): void {
    const { client } = this.context;
    const renewTime = toMicroseconds(this.context.now);
    if (client.get(LEASES, LEASE_NAMESPACE, name)) {
      client.modify(LEASES, LEASE_NAMESPACE, name, (old) => ({ ...old, spec: { ...old.spec, renewTime } }));
      return;
    }
    client.create(LEASES, LEASE_NAMESPACE, {
      metadata: { name, ownerReferences: [{ apiVersion, kind, name, uid }] },
      spec: { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime },
    });
  }

  private podChanged({ type, object: pod }: StoreEvent<Pod>): void {
    const key = keyOf(pod);
    if (type === 'DELETED') {
      this.cancel(key);
      this.release(pod);
      return;
    }
    if (!pod.spec?.nodeName) return;
    if (pod.status?.podIP && !pod.spec.hostNetwork) this.take(pod, Number(pod.status.podIP.split('.')[3]));
    const stage = stageOf(pod);
    const running = this.timers.get(key);
    if (running?.stage === stage) return;
    this.cancel(key);
    if (!stage) return;
    const delay = stage === 'delete' ? DELETE_DELAY : STAGE_DELAY;
    const timer = this.context.world.loop.after(delay, () => {
      this.timers.delete(key);
      this.play(stage, pod);
    });
    this.timers.set(key, { stage, timer });
  }

  private cancel(key: string): void {
    this.timers.get(key)?.timer.cancel();
    this.timers.delete(key);
  }

  private play(stage: 'ready' | 'complete' | 'delete', known: Stored<Pod>): void {
    const { client } = this.context;
    const { namespace = '', name, uid } = known.metadata;
    if (!client.available) return;
    const pod = client.get(PODS, namespace, name);
    if (!pod || pod.metadata.uid !== uid) return;
    if (stage === 'delete') {
      client.delete(PODS, namespace, name, { gracePeriodSeconds: 0 });
      return;
    }
    const status = stage === 'ready' ? this.readyStatus(pod) : completedStatus(pod, toSeconds(this.context.now));
    client.modify(PODS, namespace, name, (old) => ({ ...old, status: { ...old.status, ...status } }), 'status');
  }

  private readyStatus(pod: Stored<Pod>): Pod['status'] {
    const time = toSeconds(this.context.now);
    const node = this.context.client.get(NODES, '', pod.spec?.nodeName ?? '');
    const hostIP = node?.status?.addresses?.find((address) => address.type === 'InternalIP')?.address;
    const podIP = pod.spec?.hostNetwork ? hostIP : this.allocate(pod, node);
    const gates = (pod.spec?.readinessGates ?? []).map((gate) => gate.conditionType);
    return {
      observedGeneration: pod.metadata.generation,
      conditions: conditionsOf(pod, time, '', [
        ['PodReadyToStartContainers', 'True'],
        ['Initialized', 'True'],
        ['Ready', 'True'],
        ['ContainersReady', 'True'],
        ...gates.map((gate) => [gate, 'True'] as const),
      ]),
      containerStatuses: (pod.spec?.containers ?? []).map(
        (container): ContainerStatus => ({
          name: container.name,
          image: container.image ?? '',
          imageID: '',
          lastState: {},
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: time } },
        }),
      ),
      initContainerStatuses: pod.spec?.initContainers?.map((container): ContainerStatus => {
        const sidecar = container.restartPolicy === 'Always';
        return {
          name: container.name,
          image: container.image ?? '',
          imageID: '',
          lastState: {},
          ready: true,
          started: sidecar,
          restartCount: 0,
          state: sidecar
            ? { running: { startedAt: time } }
            : { terminated: { exitCode: 0, reason: 'Completed', startedAt: time, finishedAt: time } },
        };
      }),
      hostIP,
      hostIPs: hostIP === undefined ? undefined : [{ ip: hostIP }],
      podIP,
      podIPs: podIP === undefined ? undefined : [{ ip: podIP }],
      phase: 'Running',
      startTime: time,
    };
  }

  // ---- addresses ----

  private allocate(pod: Stored<Pod>, node: Stored<Node> | undefined): string {
    const prefix = (node?.spec?.podCIDR ?? '10.0.0.0/24').split('.').slice(0, 3).join('.');
    const taken = this.addresses.get(pod.spec?.nodeName ?? '');
    let last = 1;
    while (taken?.has(last)) last++;
    this.take(pod, last);
    return `${prefix}.${last}`;
  }

  private take(pod: Stored<Pod>, last: number): void {
    const node = pod.spec?.nodeName ?? '';
    const taken = this.addresses.get(node) ?? new Map<number, string>();
    this.addresses.set(node, taken.set(last, pod.metadata.uid));
  }

  private release(pod: Stored<Pod>): void {
    const taken = this.addresses.get(pod.spec?.nodeName ?? '');
    for (const [last, uid] of taken ?? []) if (uid === pod.metadata.uid) taken?.delete(last);
  }
}

function stageOf(pod: Stored<Pod>): 'ready' | 'complete' | 'delete' | undefined {
  if (pod.metadata.deletionTimestamp) return 'delete';
  const phase = pod.status?.phase;
  if (phase === 'Pending' && !isTrue(pod.status?.conditions, 'Ready')) return 'ready';
  return phase === 'Running' && controllerOf(pod)?.kind === 'Job' ? 'complete' : undefined;
}

/** The Pod's conditions with some replaced. They are merged by type, so that the others, as PodScheduled, come last. */
function conditionsOf(
  pod: Stored<Pod>,
  time: string,
  reason: string,
  states: readonly (readonly [string, string])[],
): PodCondition[] {
  const next = states.map(([type, status]): PodCondition => {
    const condition = { type, status, observedGeneration: pod.metadata.generation, lastTransitionTime: time };
    // Go always writes this time.
    Object.assign(condition, { lastProbeTime: null });
    return reason === '' || type === 'PodReadyToStartContainers' ? condition : { ...condition, reason };
  });
  const kept = (pod.status?.conditions ?? []).filter(({ type }) => !findCondition(next, type));
  return [...next, ...kept];
}

function completedStatus(pod: Stored<Pod>, time: string): Pod['status'] {
  return {
    conditions: conditionsOf(pod, time, 'PodCompleted', [
      ['PodReadyToStartContainers', 'False'],
      ['Initialized', 'True'],
      ['Ready', 'False'],
      ['ContainersReady', 'False'],
    ]),
    containerStatuses: (pod.status?.containerStatuses ?? []).map((status) => ({
      ...status,
      ready: false,
      started: false,
      state: {
        terminated: {
          exitCode: 0,
          reason: 'Completed',
          startedAt: status.state?.running?.startedAt ?? time,
          finishedAt: time,
        },
      },
    })),
    phase: 'Succeeded',
  };
}

import type { Inode } from '../../../world/files/inode.ts';
import type { Machine } from '../../../world/machine.ts';
import type { NetworkNamespace } from '../../../world/network/namespace.ts';
import type { Process } from '../../../world/process.ts';
import { anyOf, Condition, type Task, wait } from '../../../world/task.ts';
import type { Client } from '../../api/client.ts';
import { LEASES, NODES, PODS } from '../../api/kinds.ts';
import { keyOf, type Stored } from '../../api/object.ts';
import type { Node, NodeCondition, Pod } from '../../api/types.generated.ts';
import { toMicroseconds, toSeconds } from '../../apimachinery/time.ts';
import type { Cluster } from '../../cluster.ts';
import { ControllerContext } from '../../controllers/controller.ts';
import type { PortMapping } from '../../network/portmap.ts';
import type { Image, ImageCatalog } from '../images/catalog.ts';
import { InvalidReference, parseImageReference } from '../images/reference.ts';
import { rejectionOf } from './admission.ts';
import { Backoff } from './backoff.ts';
import type { KubeletHost } from './host.ts';
import { hasNewResource, type NodeFacts, nodeConditions, nodeObject, withExtended } from './node-object.ts';
import { inheritCounts } from './pod-actions.ts';
import { PodWorker } from './pod-worker.ts';
import { ImagePuller } from './pull.ts';
import { RuntimeState } from './runtime-state.ts';
import { StaticPods } from './static-pods.ts';

/** kubelet's nodeLeaseDurationSeconds / 4, and how often the status is written without a change, ms. */
const LEASE_PERIOD = 10_000;
const STATUS_PERIOD = 300_000;
/** How often statuses are compared with what the API server has, ms. kubernetes: pkg/kubelet/status/status_manager.go syncPeriod */
const STATUS_BATCH_PERIOD = 10_000;
/** How often it asks whether the runtime is up, ms. kubernetes: pkg/kubelet/kubelet.go updateRuntimeUp */
const RUNTIME_PERIOD = 5000;
/** How often dead containers are collected, ms. kubernetes: pkg/kubelet/kubelet.go ContainerGCPeriod */
const COLLECTION_PERIOD = 60_000;
/** kubelet: image and container back-off, ms. */
const BACKOFF_FIRST = 10_000;
const BACKOFF_MAX = 300_000;

export interface KubeletOptions {
  /** What the container runtime lets root of a container do. */
  readonly runtimeCapabilities?: () => readonly string[];
  readonly cluster: Cluster;
  readonly node: Machine;
  readonly nodeIP: string;
  readonly facts: NodeFacts;
  readonly catalog: ImageCatalog;
  /** Images the node holds from the start, by full name. */
  readonly pulled: Set<string>;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  /** Where its static Pods lie, when it starts. */
  readonly manifests?: { readonly folder: string };
  /** Writes a line to its log. */
  readonly log?: (text: string) => void;
  readonly setUpNetwork: (
    sandbox: NetworkNamespace,
    hostNetwork: boolean,
    ports: readonly PortMapping[],
  ) => { readonly ip: string } | { readonly error: string };
  readonly tearDownNetwork: (sandbox: NetworkNamespace, ip: string) => void;
  readonly networkProblem: () => string | undefined;
  /** What the CSI drivers of the node mount for a volume; a text when they cannot. */
  readonly csiVolume?: (driver: string, handle: string) => Inode | string;
  /** What a call to the container runtime fails with; undefined while it answers. */
  readonly runtimeError?: () => string | undefined;
}

/**
 * The agent of a node: registers it, keeps its lease, and runs the Pods that are bound to it or lie in its manifest
 * folder. Containers outlive it: stopping the kubelet leaves them running, starting it finds them again.
 */
export class Kubelet {
  readonly workers = new Map<string, PodWorker>();
  private readonly host: KubeletHost;
  private readonly puller: ImagePuller;
  private readonly crashBackoff = new Backoff(BACKOFF_FIRST, BACKOFF_MAX);
  private context: ControllerContext | undefined;
  /** The problem of the runtime that the Node object tells of. */
  private reported: string | undefined;
  private readonly statics: StaticPods;
  private readonly client: Client;
  private startedAt = 0;

  constructor(private readonly options: KubeletOptions) {
    const { cluster, node } = options;
    const nodeName = node.hostname;
    this.client = cluster.client(`system:node:${nodeName}`, ['system:nodes', 'system:masters'], 'kubelet');
    const { world } = cluster;
    this.host = {
      world,
      client: this.client,
      node,
      nodeName,
      nodeIP: options.nodeIP,
      runtime: options.facts.containerRuntimeVersion.split('://')[0] ?? 'containerd',
      ...(options.runtimeCapabilities ? { runtimeCapabilities: options.runtimeCapabilities } : {}),
      relistPhase: world.random.fork(`kubelet/${nodeName}`).integer(1000),
      recorder: new ControllerContext(world, this.client).recorder('kubelet', nodeName),
      catalog: options.catalog,
      pulled: options.pulled,
      allocatable: options.facts.allocatable,
      clusterDns: options.clusterDns,
      clusterDomain: options.clusterDomain,
      ...(options.manifests ? { manifests: options.manifests } : {}),
      ...(options.log ? { log: options.log } : {}),
      setUpNetwork: options.setUpNetwork,
      tearDownNetwork: options.tearDownNetwork,
      networkProblem: options.networkProblem,
      ...(options.csiVolume ? { csiVolume: options.csiVolume } : {}),
      runtimeState: new RuntimeState(() => world.now, options.runtimeError ?? (() => undefined)),
    };
    this.puller = new ImagePuller(this.host, new Backoff(BACKOFF_FIRST, BACKOFF_MAX));
    this.statics = new StaticPods(this.host, {
      start: (pod) => this.startStatic(pod),
      stop: (uid, replaced) => this.workers.get(uid)?.stopStatic(replaced),
      mirrored: (uid) => this.reportMirror(uid),
    });
  }

  start(): void {
    this.startedAt = this.host.world.now;
    const context = new ControllerContext(this.options.cluster.world, this.client);
    this.context = context;
    this.statics.start(context);
    context.informer(PODS, ({ type, object }) => {
      if (object.spec?.nodeName !== this.host.nodeName) return;
      if (type === 'DELETED') this.podDeleted(object);
      else this.podChanged(object);
    });
    context.every(LEASE_PERIOD, () => this.heartbeat());
    context.every(STATUS_PERIOD, () => this.reportNode());
    context.every(RUNTIME_PERIOD, () => this.checkRuntime());
    this.register();
  }

  /** The process is gone: nothing is reported and nothing new starts; containers go on. */
  stop(): void {
    this.context?.stop();
    this.context = undefined;
  }

  get running(): boolean {
    return this.context !== undefined;
  }

  /** The machine goes down with everything on it. */
  powerOff(): void {
    this.stop();
    for (const worker of this.workers.values()) worker.destroy();
    this.workers.clear();
  }

  workerOf(pod: Stored): PodWorker | undefined {
    return (
      this.workers.get(pod.metadata.uid) ??
      [...this.workers.values()].find((worker) => keyOf(worker.pod) === keyOf(pod))
    );
  }

  // ---- images, for the node's administrator ----

  /** The images that the node holds. */
  images(): Image[] {
    return [...this.host.pulled].flatMap((full) => this.host.catalog.find(parseImageReference(full)) ?? []);
  }

  /** Pulls an image; the value says why not. */
  *pull(process: Process, text: string): Task<Image | string> {
    let result: Image | string | undefined;
    const done = new Condition();
    let reference: ReturnType<typeof parseImageReference>;
    try {
      reference = parseImageReference(text);
    } catch (error) {
      if (!(error instanceof InvalidReference)) throw error;
      return `parse image reference ${JSON.stringify(text)}: ${error.message}`;
    }
    this.puller.pull(reference, this.host.pulled.has(reference.full), (outcome) => {
      result = outcome;
      done.notify();
    });
    while (result === undefined) yield* wait(anyOf<unknown>(done, process.timer(60_000)));
    return result;
  }

  /** Takes an image off the node; its name, or undefined when it is not there. */
  removeImage(text: string): string | undefined {
    const found = this.images().find(
      ({ name, tag, digest }) =>
        digest.replace('sha256:', '').startsWith(text.replace('sha256:', '')) || `${name}:${tag}` === fullName(text),
    );
    if (!found) return undefined;
    const full = `${found.name}:${found.tag}`;
    this.host.pulled.delete(full);
    return full;
  }

  /** A runtime that is back is told of all that happened meanwhile. */
  private checkRuntime(): void {
    if (!this.host.runtimeState.check() || !this.client.available) return;
    for (const pod of this.client.onNode(PODS, this.host.nodeName)) this.podChanged(pod);
  }

  /** Why the node is not ready. kubernetes: pkg/kubelet/nodestatus/setters.go ReadyCondition */
  private get problem(): string | undefined {
    return this.host.runtimeState.problem ?? this.host.networkProblem();
  }

  /** Whether the network plugin of the runtime is set up. */
  networkReady(): boolean {
    return this.host.networkProblem() === undefined;
  }

  // ---- the node ----

  private register(): void {
    if (!this.client.available) {
      this.context?.world.loop.after(2000, () => this.context && this.register());
      return;
    }
    if (!this.client.get(NODES, '', this.host.nodeName))
      this.client.create(NODES, '', nodeObject(this.host, this.options.facts));
    this.reportNode();
    if (this.hasRun) this.tellOfStart();
    this.hasRun = true;
    this.heartbeat();
    for (const pod of this.client.onNode(PODS, this.host.nodeName)) this.podChanged(pod);
    for (const worker of this.workers.values()) worker.queueStatus();
  }

  private hasRun = false;

  /** What a kubelet says first. kubernetes: pkg/kubelet/kubelet.go BirthCry, kubelet_node_status.go setNodeStatus */
  private tellOfStart(): void {
    this.tellOfNode('Normal', 'Starting', 'Starting kubelet.');
    this.tellOfNode('Warning', 'InvalidDiskCapacity', 'invalid capacity 0 on image filesystem');
    for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'])
      this.tellOfNode('Normal', reason, `Node ${this.host.nodeName} status is now: ${reason}`);
  }

  /** A kubelet names its node without a uid: kubectl describe does not find what it says. */
  private tellOfNode(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const about = { apiVersion: 'v1', kind: 'Node', metadata: { name: this.host.nodeName } };
    this.host.recorder.event(about, type, reason, message);
  }

  private reportNode(): void {
    if (!this.client.available) return;
    const node = this.client.get(NODES, '', this.host.nodeName);
    if (!node) return;
    const fresh = nodeObject(this.host, this.options.facts).status;
    this.reported = this.problem;
    const old = node.status?.conditions ?? [];
    const conditions = nodeConditions(old, this.host.world.now, this.reported);
    this.tellOfReadiness(readyOf(old), readyOf(conditions) ?? '');
    this.client.modify(
      NODES,
      '',
      this.host.nodeName,
      (old) => ({ ...old, status: { ...old.status, ...fresh, ...withExtended(old.status, fresh), conditions } }),
      'status',
    );
  }

  private tellOfReadiness(before: string | undefined, status: string): void {
    if (before === undefined || before === status) return;
    const reason = status === 'True' ? 'NodeReady' : 'NodeNotReady';
    this.tellOfNode('Normal', reason, `Node ${this.host.nodeName} status is now: ${reason}`);
  }

  /** Whether Pods could be scheduled to the node when it was looked at last. */
  private unschedulable: boolean | undefined;

  /** kubernetes: pkg/kubelet/kubelet_node_status.go recordNodeSchedulableEvent */
  private tellOfScheduling(node: Stored<Node>): void {
    const now = node.spec?.unschedulable === true;
    if (this.unschedulable === now) return;
    const reason = now ? 'NodeNotSchedulable' : 'NodeSchedulable';
    if (this.unschedulable !== undefined)
      this.tellOfNode('Normal', reason, `Node ${this.host.nodeName} status is now: ${reason}`);
    this.unschedulable = now;
  }

  private heartbeat(): void {
    if (!this.client.available) return;
    const renewTime = toMicroseconds(this.host.world.now);
    const name = this.host.nodeName;
    const lease = this.client.get(LEASES, 'kube-node-lease', name);
    if (lease) {
      this.client.modify(LEASES, 'kube-node-lease', name, (old) => ({ ...old, spec: { ...old.spec, renewTime } }));
      const known = this.client.get(NODES, '', name);
      if (known) this.tellOfScheduling(known);
      const ready = readyOf(known?.status?.conditions ?? []);
      if (ready !== 'True' || this.problem !== this.reported || hasNewResource(known?.status)) this.reportNode();
      return;
    }
    const node = this.client.get(NODES, '', name);
    this.client.create(LEASES, 'kube-node-lease', {
      metadata: {
        name,
        namespace: 'kube-node-lease',
        ...(node ? { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: node.metadata.uid }] } : {}),
      },
      spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime },
    });
  }

  // ---- Pods ----

  private podChanged(pod: Stored<Pod>): void {
    // The mirror of a static Pod is only a picture of it.
    if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return;
    // kubernetes: pkg/kubelet/kubelet.go syncLoop, "Skipping pod synchronization"
    if (this.host.runtimeState.problem !== undefined) return;
    const known = this.workers.get(pod.metadata.uid);
    if (known) return known.update(pod);
    if (this.rejected.has(pod.metadata.uid) || this.rejects(pod)) return;
    const worker = new PodWorker(
      this.host,
      pod,
      this.puller,
      this.crashBackoff,
      (done) => this.workers.delete(done.pod.metadata.uid),
      false,
    );
    this.workers.set(pod.metadata.uid, worker);
    worker.start();
  }

  /** Pods that do not fit: they stay as objects. */
  private readonly rejected = new Set<string>();

  /** A Pod that is new to the node may be refused, whoever has bound it. kubernetes: pkg/kubelet/kubelet.go rejectPod */
  private rejects(pod: Stored<Pod>): boolean {
    const phase = pod.status?.phase;
    if (pod.metadata.deletionTimestamp || phase === 'Succeeded' || phase === 'Failed' || pod.status?.startTime)
      return false;
    const others = [...this.workers.values()].filter((worker) => worker.active).map((worker) => worker.pod);
    const rejection = rejectionOf(this.host, pod, others);
    if (!rejection) return false;
    this.rejected.add(pod.metadata.uid);
    this.host.recorder.event(pod, 'Warning', rejection.reason, rejection.message);
    const { namespace = '', name, generation } = pod.metadata;
    this.client.modify(
      PODS,
      namespace,
      name,
      (old) => ({
        ...old,
        status: {
          ...old.status,
          observedGeneration: generation,
          phase: 'Failed' as const,
          reason: rejection.reason,
          message: `Pod was rejected: ${rejection.message}`,
          startTime: toSeconds(this.host.world.now),
        },
      }),
      'status',
    );
    return true;
  }

  private podDeleted(pod: Stored<Pod>): void {
    this.rejected.delete(pod.metadata.uid);
    const { runtimeState } = this.host;
    if (runtimeState.problem !== undefined) return runtimeState.whenUp(() => this.podDeleted(pod));
    const worker = this.workers.get(pod.metadata.uid);
    if (!worker || worker.finished) {
      this.workers.delete(pod.metadata.uid);
      return;
    }
    // Deleted by force: its containers are stopped all the same.
    worker.update({
      ...pod,
      metadata: {
        ...pod.metadata,
        deletionTimestamp: pod.metadata.deletionTimestamp ?? pod.metadata.creationTimestamp,
      },
    });
  }

  /** A mirror that has just been made gets its status when all are compared again. kubernetes: pkg/kubelet/status/status_manager.go syncBatch */
  private reportMirror(uid: string): void {
    const { world } = this.host;
    const left = STATUS_BATCH_PERIOD - ((world.now - this.startedAt) % STATUS_BATCH_PERIOD);
    world.loop.after(left, () => this.workers.get(uid)?.writeStatus(true));
  }

  /** Static Pods that have ended, until their containers are collected. kubernetes: pkg/kubelet/kuberuntime/kuberuntime_gc.go */
  private readonly endedStatics = new Map<string, PodWorker>();

  private startStatic(pod: Stored<Pod>): void {
    const worker = new PodWorker(
      this.host,
      pod,
      this.puller,
      this.crashBackoff,
      (done) => {
        const { uid } = done.pod.metadata;
        this.workers.delete(uid);
        this.endedStatics.set(uid, done);
        const left = COLLECTION_PERIOD - ((this.host.world.now - this.startedAt) % COLLECTION_PERIOD);
        this.host.world.loop.after(left, () => this.endedStatics.delete(uid));
        this.statics.stopped(uid);
      },
      true,
    );
    // The same manifest makes the same Pod: its containers go on counting while the old ones lie about.
    const before = this.endedStatics.get(pod.metadata.uid);
    if (before) inheritCounts(worker.containers, before.containers);
    this.workers.set(pod.metadata.uid, worker);
    worker.start();
  }
}

function readyOf(conditions: readonly NodeCondition[]): string | undefined {
  return conditions.find((condition) => condition.type === 'Ready')?.status;
}

function fullName(text: string): string {
  try {
    return parseImageReference(text).full;
  } catch (error) {
    if (!(error instanceof InvalidReference)) throw error;
    return text;
  }
}

import type { Inode } from '../../../world/files/inode.ts';
import type { Timer } from '../../../world/loop.ts';
import { Machine } from '../../../world/machine.ts';
import { NetworkNamespace } from '../../../world/network/namespace.ts';
import { PidNamespace } from '../../../world/pids.ts';
import type { Process } from '../../../world/process.ts';
import { type Task, wait } from '../../../world/task.ts';
import { PODS, SECRETS } from '../../api/kinds.ts';
import { deepEqual, type Stored } from '../../api/object.ts';
import type { Container as ContainerSpec, Pod, PodStatus } from '../../api/types.generated.ts';
import { portMappings } from '../../network/portmap.ts';
import type { Backoff } from './backoff.ts';
import { writeEtcFiles } from './container-options.ts';
import { ContainerRunner } from './container-runner.ts';
import { type ContainerRole, ContainerState } from './container-state.ts';
import type { KubeletHost } from './host.ts';
import type { ImagePuller } from './pull.ts';
import { qualifiedSandbox } from './sandbox-id.ts';
import { makePodStatus, sameStatus } from './status.ts';
import { MountError, refreshVolume, type SetUpVolume, setUpVolume } from './volumes.ts';

/** What things take on a node, ms of virtual time. */
const MOUNT_TIME = 60;
const SANDBOX_TIME = 240;
/** kubelet: how often a Pod is looked at without a reason, and how soon after a problem. */
const RESYNC_PERIOD = 60_000;
const RETRY_PERIOD = 10_000;
/** How often a kubelet asks its runtime what has started or ended. kubernetes: pkg/kubelet/kubelet.go genericPlegRelistPeriod */
const RELIST_PERIOD = 1000;
/** wait.Jitter's factor for the times a worker comes back. */
const JITTER = 0.5;
const NOT_READY_PERIOD = 2000;

/** Brings one Pod from being bound to its end. kubernetes: pkg/kubelet/{kubelet,pod_workers}.go, kuberuntime */
export class PodWorker {
  readonly containers: ContainerState[] = [];
  readonly sandbox: NetworkNamespace;
  podIP = '';
  readonly startTime: number;
  readonly volumes = new Map<string, SetUpVolume>();
  readonly etc = new Map<string, Inode>();
  private readonly runner: ContainerRunner;
  private missedSync = false;
  private retry: Timer | undefined;
  stage: 'new' | 'mounting' | 'networking' | 'running' | 'terminating' | 'done' = 'new';
  private sandboxReady = false;
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' = 'Pending';
  private reason: string | undefined;
  private message: string | undefined;
  private mountDelay = 500;
  private statusQueued = false;
  private readonly stops: (() => void)[] = [];

  constructor(
    readonly host: KubeletHost,
    public pod: Stored<Pod>,
    puller: ImagePuller,
    crashBackoff: Backoff,
    /** Called when nothing of the Pod is left on the node. */
    private readonly onDone: (worker: PodWorker) => void,
    /** Static Pods have no object of their own in the API. */
    private readonly isStatic: boolean,
  ) {
    this.startTime = host.world.now;
    this.sandbox = new NetworkNamespace(`${pod.metadata.namespace}/${pod.metadata.name}`);
    this.runner = new ContainerRunner(this, puller, crashBackoff);
    this.addContainers();
    const ended = pod.status?.phase;
    if (ended === 'Succeeded' || ended === 'Failed') {
      this.phase = ended;
      this.stage = 'done';
    }
  }

  private addContainers(): void {
    const spec = this.pod.spec;
    const add = (container: ContainerSpec, role: ContainerRole) => {
      if (!this.containers.some((known) => known.name === container.name))
        this.containers.push(new ContainerState(container, role));
    };
    for (const container of spec?.initContainers ?? [])
      add(container, container.restartPolicy === 'Always' ? 'sidecar' : 'init');
    for (const container of spec?.containers ?? []) add(container, 'app');
    for (const container of spec?.ephemeralContainers ?? []) add({ ...container, name: container.name }, 'ephemeral');
    for (const state of this.containers) {
      if (!state.waiting && !state.current)
        state.waiting = {
          reason:
            spec?.initContainers?.length && state.role === 'app'
              ? 'PodInitializing'
              : state.role === 'init' || state.role === 'sidecar'
                ? 'PodInitializing'
                : 'ContainerCreating',
        };
    }
  }

  container(name: string): ContainerState | undefined {
    return this.containers.find((candidate) => candidate.name === name);
  }

  /** Whether its sandbox is up. */
  get isReady(): boolean {
    return this.sandboxReady;
  }

  /** Whether the node keeps a folder for it. */
  get hasFolder(): boolean {
    return this.stage !== 'new' && (this.stage !== 'done' || this.containers.some((state) => state.current));
  }

  get terminating(): boolean {
    return this.stage === 'terminating';
  }

  get finished(): boolean {
    return this.stage === 'done';
  }

  // ---- from outside ----

  start(): void {
    if (this.stage !== 'new') {
      if (this.pod.metadata.deletionTimestamp) this.remove();
      return;
    }
    if (this.pod.metadata.deletionTimestamp) return this.terminate(this.pod.metadata.deletionGracePeriodSeconds ?? 30);
    this.stage = 'mounting';
    this.checkPullSecrets();
    // The mirror of a static Pod comes later, and knows nothing of what was before it.
    if (this.isStatic) this.writeStatus();
    else this.queueStatus();
    this.later(MOUNT_TIME, () => this.mount());
    const deadline = this.pod.spec?.activeDeadlineSeconds;
    if (deadline !== undefined) this.later(deadline * 1000, () => this.exceedDeadline());
  }

  /** The object in the API has changed. */
  update(pod: Stored<Pod>): void {
    const changed = isUpdate(this.pod, pod);
    this.pod = pod;
    if (pod.metadata.deletionTimestamp) {
      if (this.stage === 'done') this.remove();
      else this.terminate(pod.metadata.deletionGracePeriodSeconds ?? 30);
      return;
    }
    this.addContainers();
    for (const state of this.containers) this.noticeImage(state);
    if (changed && this.stage === 'running') this.sync();
    this.queueStatus();
  }

  private noticeImage(state: ContainerState): void {
    const all = [...(this.pod.spec?.containers ?? []), ...(this.pod.spec?.initContainers ?? [])];
    const spec = all.find((candidate) => candidate.name === state.name);
    if (!spec || state.role === 'ephemeral') return;
    const changed = spec.image !== state.spec.image;
    state.spec = spec;
    if (!changed || !state.running) return;
    state.restartWanted = true;
    this.event('Normal', 'Killing', `Container ${state.name} definition changed, will be restarted`, state);
    this.runner.stop(state, this.graceSeconds());
  }

  /** The node goes down at once: nothing is said to anybody. */
  destroy(): void {
    this.stage = 'done';
    for (const stop of this.stops.splice(0)) stop();
    for (const state of this.containers) {
      state.stopProbes?.();
      state.current?.kill();
    }
  }

  // ---- set-up ----

  /** kubernetes: kubelet_pods.go getPullSecretsForPod */
  private checkPullSecrets(): void {
    const { client, recorder } = this.host;
    const names = (this.pod.spec?.imagePullSecrets ?? []).map((secret) => secret.name ?? '');
    const missing = names.filter((name) => !client.get(SECRETS, this.pod.metadata.namespace ?? '', name));
    if (missing.length > 0)
      recorder.event(
        this.pod,
        'Warning',
        'FailedToRetrieveImagePullSecret',
        `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`,
      );
  }

  private mount(): void {
    if (this.stage !== 'mounting') return;
    try {
      for (const volume of this.pod.spec?.volumes ?? []) {
        if (!this.volumes.has(volume.name))
          this.volumes.set(volume.name, setUpVolume(this.volumeHost(), this.pod, volume));
      }
    } catch (error) {
      if (!(error instanceof MountError)) throw error;
      this.host.recorder.event(this.pod, 'Warning', 'FailedMount', error.message);
      this.later(this.mountDelay, () => this.mount());
      this.mountDelay = Math.min(this.mountDelay * 2, 122_000);
      return;
    }
    this.stage = 'networking';
    this.later(SANDBOX_TIME, () => this.makeSandbox());
    this.watchVolumes();
  }

  private volumeHost() {
    return {
      client: this.host.client,
      node: this.host.node,
      addresses: () => ({ podIP: this.podIP, hostIP: this.host.nodeIP }),
      allocatable: this.host.allocatable,
      csiVolume: this.host.csiVolume,
    };
  }

  /** Changed ConfigMaps and Secrets reach their volumes after the kubelet's sync period. */
  private watchVolumes(): void {
    const sources = (this.pod.spec?.volumes ?? []).filter(
      (volume) => volume.configMap || volume.secret || volume.projected || volume.downwardAPI,
    );
    const learned = sources.filter((volume) => !volume.name.startsWith('kube-api-access-'));
    if (learned.length === 0) return;
    const again = () => {
      if (this.stage === 'running' && this.host.client.available) {
        for (const volume of learned) {
          const root = this.volumes.get(volume.name);
          if (root) refreshVolume(this.volumeHost(), this.pod, volume, root.inode);
        }
      }
      this.later(RESYNC_PERIOD, again);
    };
    this.later(RESYNC_PERIOD, again);
  }

  private makeSandbox(): void {
    if (this.stage !== 'networking') return;
    const problem = this.pod.spec?.hostNetwork ? undefined : this.host.networkProblem();
    if (problem !== undefined) {
      this.host.recorder.event(this.pod, 'Warning', 'NetworkNotReady', `network is not ready: ${problem}`);
      this.later(NOT_READY_PERIOD, () => this.makeSandbox());
      return;
    }
    const { runtimeState } = this.host;
    const error = runtimeState.callError();
    if (error !== undefined) {
      const text = `Failed to create pod sandbox: ${error}`;
      this.host.recorder.event(this.pod, 'Warning', 'FailedCreatePodSandBox', text);
      runtimeState.whenUp(() => this.makeSandbox());
      return;
    }
    const result = this.host.setUpNetwork(this.sandbox, this.pod.spec?.hostNetwork === true, portMappings(this.pod));
    if ('error' in result) {
      const id = this.host.world.random.hex(64);
      this.host.recorder.event(
        this.pod,
        'Warning',
        'FailedCreatePodSandBox',
        `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${id}": ${result.error}`,
      );
      this.later(RETRY_PERIOD, () => this.makeSandbox());
      return;
    }
    this.podIP = result.ip;
    this.startSandboxProcesses();
    this.sandboxReady = true;
    this.stage = 'running';
    writeEtcFiles(this.host, this.pod, this.podIP, this.etc);
    // The sandbox is part of the first round: it is reported when that is over.
    this.begin(this.whatShouldStart());
    if (this.round === undefined) this.sync();
    this.syncAtRelist();
  }

  private sandboxMachine: Machine | undefined;

  /** The processes that its containers see beside their own: those of the node, or of the whole Pod. */
  get pids(): PidNamespace | undefined {
    if (this.pod.spec?.hostPID) return this.host.node.pids;
    if (!this.pod.spec?.shareProcessNamespace) return undefined;
    return this.sandboxMachine?.pids;
  }

  /** The network that the containers live in: the node's own for hostNetwork. */
  get network(): NetworkNamespace {
    return this.pod.spec?.hostNetwork ? this.host.node.network : this.sandbox;
  }

  // ---- what runs ----

  private get restartPolicy(): string {
    return this.pod.spec?.restartPolicy ?? 'Always';
  }

  /** Starts what should run now. kubernetes: kuberuntime_manager.go computePodActions */
  sync(): void {
    if (this.stage !== 'running' || this.awaitsRuntime()) return;
    if (this.round) {
      this.missedSync = true;
      return;
    }
    this.retry?.cancel();
    this.retry = undefined;
    this.reportFailures();
    const round = this.whatShouldStart();
    if (this.stage === 'running') this.settlePhase();
    this.queueStatus();
    if (this.stage === 'running') this.begin(round);
  }

  /** What is still to be started in the round under way: one after the other, and nothing is reported meanwhile. */
  private round: ContainerState[] | undefined;

  private begin(round: ContainerState[]): void {
    if (round.length === 0) return;
    this.round = round;
    this.startNext();
  }

  private startNext(): void {
    const { round } = this;
    if (!round || this.stage !== 'running') return;
    const state = round.shift();
    if (!state) {
      this.round = undefined;
      const missed = this.missedSync;
      this.missedSync = false;
      if (missed) this.sync();
      return;
    }
    let over = false;
    this.runner.start(state, () => {
      if (over || this.round !== round) return;
      over = true;
      this.startNext();
    });
  }

  private waitsForRuntime = false;

  /** Nothing is known of the containers while the runtime is silent, and nothing can be done with them. */
  private awaitsRuntime(): boolean {
    const { runtimeState } = this.host;
    if (runtimeState.callError() === undefined) return false;
    if (!this.waitsForRuntime) {
      this.waitsForRuntime = true;
      runtimeState.whenUp(() => {
        this.waitsForRuntime = false;
        this.sync();
      });
    }
    return true;
  }

  private whatShouldStart(): ContainerState[] {
    const round: ContainerState[] = [];
    if (!this.syncInit(round)) return round;
    for (const state of this.containers) {
      if (
        state.role === 'ephemeral'
          ? !state.current && !state.terminated
          : state.role === 'app' && this.shouldStart(state)
      )
        round.push(state);
    }
    return round;
  }

  /** A worker reports what its last round could not do, not what this one cannot. kubernetes: reason_cache.go */
  private reportFailures(): void {
    for (const state of this.containers) {
      state.seeEnd();
      if (state.failure && !state.running && this.mayRestart(state)) state.waiting = state.failure;
    }
  }

  private mayRestart(state: ContainerState): boolean {
    return !state.terminated || this.wantsRestart(state);
  }

  private relist: Timer | undefined;

  /** Containers of which the next relist has news. */
  private readonly news = new Set<string>();
  /** A round is still to come: two pieces of news at once make two, each after a relist of its own. */
  private moreNews = false;

  /** A container, or the sandbox, has started or ended: the next relist finds it. kubernetes: pkg/kubelet/pleg/generic.go */
  syncAtRelist(container = ''): void {
    if (container !== '') this.news.add(container);
    if (this.relist?.run) return;
    const { now } = this.host.world;
    this.relist = this.later(RELIST_PERIOD - ((now + this.host.relistPhase) % RELIST_PERIOD), () => {
      this.relist = undefined;
      const rounds = this.news.size + (this.moreNews ? 1 : 0);
      this.news.clear();
      this.moreNews = rounds > 1;
      this.sync();
      if (this.moreNews) this.syncAtRelist();
    });
  }

  /** Looks at the Pod again in `ms`, beside what is planned already. */
  syncSoon(ms: number): void {
    this.later(ms, () => this.sync());
  }

  /** Comes back after a failure, some time between `ms` and half as long again. kubernetes: pod_workers.go completeWork */
  retryAfter(ms: number): void {
    const at = Math.min(ms, RESYNC_PERIOD) * (1 + JITTER * this.host.world.random.next());
    if (this.retry && this.retry.time <= this.host.world.now + at) return;
    this.retry?.cancel();
    this.retry = this.later(at, () => this.sync());
  }

  /** True when the init containers are done. */
  private syncInit(round: ContainerState[]): boolean {
    for (const state of this.containers) {
      if (state.role === 'sidecar') {
        if (state.running && state.started) continue;
        if (this.shouldStart(state)) round.push(state);
        // One that has been up once does not hold up the others while it restarts.
        if (state.restartCount > 0 || (state.terminated && state.started)) continue;
        return false;
      }
      if (state.role !== 'init' || state.terminated?.exitCode === 0) continue;
      if (state.running || state.busy) return false;
      if (state.terminated && this.restartPolicy === 'Never') {
        this.fail();
        return false;
      }
      if (this.shouldStart(state)) round.push(state);
      return false;
    }
    return true;
  }

  private shouldStart(state: ContainerState): boolean {
    if (state.running || state.busy) return false;
    return !state.terminated || state.restartWanted || this.wantsRestart(state);
  }

  /** Whether a container that has ended starts again. */
  private wantsRestart(state: ContainerState): boolean {
    if (!state.terminated) return true;
    if (state.role === 'sidecar') return true;
    if (state.role === 'init') return state.terminated.exitCode !== 0 && this.restartPolicy !== 'Never';
    if (state.role === 'ephemeral') return false;
    const policy = state.spec.restartPolicy ?? this.restartPolicy;
    return policy === 'Always' || (policy === 'OnFailure' && state.terminated.exitCode !== 0);
  }

  private settlePhase(): void {
    const apps = this.containers.filter((state) => state.role === 'app');
    if (apps.some((state) => state.running || state.terminated || state.restartCount > 0)) this.phase = 'Running';
    const over = apps.every((state) => state.terminated && !state.running && !state.busy && !this.shouldStart(state));
    if (!over || apps.length === 0) return;
    this.phase = apps.every((state) => state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
    this.finish();
  }

  private fail(): void {
    this.phase = 'Failed';
    this.finish();
  }

  /** The Pod is over and stays as an object: sidecars go, the address too. */
  finish(): void {
    this.round = undefined;
    for (const state of this.containers) state.stopProbes?.();
    this.stopInOrder(this.graceSeconds());
    if (this.containers.some((state) => state.running)) return;
    for (const state of this.containers) state.seeEnd();
    this.sandboxReady = false;
    this.stage = 'done';
    this.releaseSandbox();
    this.queueStatus();
  }

  private exceedDeadline(): void {
    if (this.stage === 'done' || this.stage === 'terminating') return;
    this.phase = 'Failed';
    this.reason = 'DeadlineExceeded';
    this.message = 'Pod was active on the node longer than the specified deadline';
    this.host.recorder.event(this.pod, 'Normal', 'DeadlineExceeded', this.message);
    for (const state of this.containers)
      if (state.running) this.event('Normal', 'Killing', `Stopping container ${state.name}`, state);
    this.finish();
  }

  /** App containers first; sidecars when those are gone, the last started first. */
  private stopInOrder(graceSeconds: number): void {
    const running = this.containers.filter((state) => state.running);
    const apps = running.filter((state) => state.role !== 'sidecar');
    const next = apps.length > 0 ? apps : running.slice(-1);
    for (const state of next) {
      if (state.stopping) continue;
      state.stopping = true;
      if (graceSeconds <= 0) state.current?.kill();
      else this.runner.stop(state, graceSeconds);
    }
  }

  graceSeconds(): number {
    return this.pod.spec?.terminationGracePeriodSeconds ?? 30;
  }

  // ---- the end ----

  private terminationEnds = Number.POSITIVE_INFINITY;

  private terminate(graceSeconds: number): void {
    const { runtimeState } = this.host;
    if (runtimeState.callError() !== undefined) return runtimeState.whenUp(() => this.terminate(graceSeconds));
    const ends = this.host.world.now + graceSeconds * 1000;
    const first = this.stage !== 'terminating';
    // A stop that is under way is not hastened by a shorter time of grace, but by none at all.
    if (!first && (graceSeconds > 0 || ends >= this.terminationEnds)) return;
    this.terminationEnds = ends;
    this.stage = 'terminating';
    this.round = undefined;
    this.retry?.cancel();
    for (const state of this.containers) {
      state.stopProbes?.();
      if (state.busy) state.busy = false;
      // A shorter time of grace begins anew.
      state.stopping = false;
      if (first && state.running) this.event('Normal', 'Killing', `Stopping container ${state.name}`, state);
    }
    this.queueStatus();
    this.afterTermination();
  }

  afterTermination(): void {
    const left = (this.terminationEnds - this.host.world.now) / 1000;
    this.stopInOrder(Math.max(left, 0));
    for (const state of this.containers) state.seeEnd();
    if (this.containers.some((state) => state.running)) return;
    this.sandboxReady = false;
    this.releaseSandbox();
    this.settleStopped();
    this.later(30, () => this.remove());
  }

  /** What a Pod is when all of it has been stopped. kubernetes: kubelet_pods.go getPhase, status_manager.go TerminatePod */
  private settleStopped(): void {
    for (const state of this.containers) {
      if (state.terminated || state.role === 'ephemeral') continue;
      state.waiting = undefined;
      state.terminated = {
        containerID: '',
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message: 'The container could not be located when the pod was terminated',
        startedAt: 0,
        finishedAt: 0,
      };
    }
    const apps = this.containers.filter((state) => state.role === 'app');
    for (const state of apps) state.waiting = undefined;
    this.phase = apps.every((state) => state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
  }

  /** Nothing runs any more: the object may go. */
  private remove(): void {
    this.stage = 'done';
    for (const stop of this.stops.splice(0)) stop();
    if (!this.isStatic && this.host.client.available) {
      this.writeStatus();
      const { namespace = '', name, uid } = this.pod.metadata;
      const stored = this.host.client.get(PODS, namespace, name);
      if (stored?.metadata.uid === uid)
        this.host.client.delete(PODS, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
    }
    this.onDone(this);
  }

  /** A static Pod whose manifest is gone. */
  stopStatic(): void {
    this.terminate(this.graceSeconds());
  }

  /** The runtime's processes of the sandbox: the shim that watches over its containers, and the one that holds its namespaces. */
  private startSandboxProcesses(): void {
    const { world, node, runtime } = this.host;
    const id = qualifiedSandbox(this.pod);
    const argv =
      runtime === 'containerd'
        ? [
            '/usr/bin/containerd-shim-runc-v2',
            '-namespace',
            'k8s.io',
            '-id',
            id,
            '-address',
            '/run/containerd/containerd.sock',
          ]
        : ['/usr/libexec/crio/conmon', '-b', `/run/containers/storage/overlay-containers/${id}/userdata`, '-c', id];
    this.keeper = node.spawn({ argv, main: idle, session: { tty: undefined } });
    const pause = node.programs.get('images/pause');
    if (!pause) return;
    this.sandboxMachine = new Machine(world, {
      hostname: this.pod.metadata.name,
      network: this.sandbox,
      pids: new PidNamespace(node.pids),
      programs: node.programs,
    });
    this.sandboxMachine.keeper = this.keeper;
    this.sandboxMachine.files.writeFile('/pause', '', undefined, 0o755);
    this.sandboxMachine.spawn({ argv: ['/pause'], main: pause.main });
  }

  /** The process that the runtime watches over its containers with. */
  keeper: Process | undefined;

  private releaseSandbox(): void {
    this.sandboxMachine?.killAll();
    this.sandboxMachine = undefined;
    this.keeper?.destroy();
    this.keeper = undefined;

    if (this.podIP !== '' && !this.pod.spec?.hostNetwork) this.host.tearDownNetwork(this.sandbox, this.podIP);
  }

  // ---- status ----

  /** Reports soon: several changes at once make one update. */
  queueStatus(): void {
    if (this.statusQueued || this.round) return;
    this.statusQueued = true;
    this.host.world.loop.after(20, () => {
      this.statusQueued = false;
      this.writeStatus();
    });
  }

  private lastStatus: PodStatus | undefined;

  /** Writes the status if it is another one. A new mirror waits for a change of its Pod, or until `all` are looked at. */
  writeStatus(all = false): void {
    const { client } = this.host;
    if (!client.available) return;
    const { namespace = '', name, uid } = this.pod.metadata;
    const stored = client.get(PODS, namespace, name);
    if (this.isStatic) {
      const own = this.statusOf({ ...this.pod, status: this.lastStatus });
      const changed = !this.lastStatus || !sameStatus(this.lastStatus, own);
      this.lastStatus = own;
      if (!all && !changed && stored?.status?.startTime === undefined) return;
    }
    if (!stored || (stored.metadata.uid !== uid && !this.isStatic)) return;
    const status = this.statusOf(stored);
    if (sameStatus(stored.status, status)) return;
    client.modify(PODS, namespace, name, (old) => ({ ...old, status }), 'status');
  }

  private statusOf(pod: Stored<Pod>): PodStatus {
    return makePodStatus(
      pod,
      {
        containers: this.containers,
        phase: this.phase,
        reason: this.reason,
        message: this.message,
        sandboxReady: this.sandboxReady,
        podIP: this.pod.spec?.hostNetwork ? this.host.nodeIP : this.podIP,
        hostIP: this.host.nodeIP,
        startTime: this.startTime,
        runtime: this.host.runtime,
        readinessGates: (pod.spec?.readinessGates ?? []).map((gate) => gate.conditionType),
      },
      this.host.world.now,
    );
  }

  // ---- helpers ----

  event(type: 'Normal' | 'Warning', reason: string, message: string, state: ContainerState): void {
    this.host.recorder.event(this.pod, type, reason, message, state.fieldPath);
  }

  later(ms: number, run: () => void): Timer {
    const timer = this.host.world.loop.after(ms, run);
    if (this.stops.length > 40) this.stops.splice(0, 20);
    this.stops.push(() => timer.cancel());
    return timer;
  }
}

/** What the shim does between the things that it is asked for. */
function* idle(process: Process): Task<number> {
  for (;;) yield* wait(process.stateChange);
}

/** Whether more than the status has changed. kubernetes: pkg/kubelet/config/config.go checkAndUpdatePod */
function isUpdate(old: Stored<Pod>, pod: Stored<Pod>): boolean {
  const { metadata } = old;
  return (
    metadata.generation !== pod.metadata.generation ||
    metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    !deepEqual(metadata.labels, pod.metadata.labels) ||
    !deepEqual(metadata.annotations, pod.metadata.annotations)
  );
}

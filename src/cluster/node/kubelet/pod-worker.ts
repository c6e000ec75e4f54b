import type { Directory, Inode } from '../../../world/files/inode.ts';
import type { Timer } from '../../../world/loop.ts';
import type { NetworkNamespace } from '../../../world/network/namespace.ts';
import type { PidNamespace } from '../../../world/pids.ts';
import type { Process } from '../../../world/process.ts';
import { PODS } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Pod } from '../../api/types.generated.ts';
import { portMappings } from '../../network/portmap.ts';
import type { Backoff } from './backoff.ts';
import { writeEtcFiles } from './container-options.ts';
import { ContainerRunner } from './container-runner.ts';
import type { ContainerState } from './container-state.ts';
import type { KubeletHost } from './host.ts';
import { podActions, settleUnknown, shouldStart, wantsRestart } from './pod-actions.ts';
import { PodReport } from './pod-report.ts';
import { PodSandbox } from './pod-sandbox.ts';
import { addContainers, checkPullSecrets, isUpdate } from './pod-spec.ts';
import { PodVolumes, RESYNC_PERIOD } from './pod-volumes.ts';
import type { ImagePuller } from './pull.ts';
import { Relist } from './relist.ts';
import { StartRound } from './start-round.ts';
import type { SetUpVolume } from './volumes.ts';

/** What things take on a node, ms of virtual time. */
const MOUNT_TIME = 60;
const SANDBOX_TIME = 240;
/** From the end of the last container until sandbox and volumes are gone, and the object with them. */
const TEARDOWN_TIME = 800;
/** How often the kubelet looks at the runtime's containers. kubernetes: pkg/kubelet/kubelet.go genericPlegRelistPeriod */
const RELIST_PERIOD = 1000;
/** kubelet: how soon a Pod is looked at again after a problem. */
const RETRY_PERIOD = 10_000;
/** wait.Jitter's factor for the times a worker comes back. */
const JITTER = 0.5;
const NOT_READY_PERIOD = 2000;
/** From one look at a Pod to the next while it is being ended. */
const TELL_AGAIN = 10;

/** Brings one Pod from being bound to its end. kubernetes: pkg/kubelet/{kubelet,pod_workers}.go, kuberuntime */
export class PodWorker {
  readonly containers: ContainerState[] = [];
  private readonly sandbox: PodSandbox;
  readonly startTime: number;
  private readonly volumeSet: PodVolumes;
  readonly etc = new Map<string, Inode>();
  private readonly runner: ContainerRunner;
  private readonly round: StartRound;
  private readonly relist: Relist;
  private retry: Timer | undefined;
  stage: 'new' | 'mounting' | 'networking' | 'running' | 'terminating' | 'done' = 'new';
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' = 'Pending';
  private reason: string | undefined;
  private message: string | undefined;
  private readonly report: PodReport;
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
    this.sandbox = new PodSandbox(host, pod);
    this.report = new PodReport(
      host,
      () => this.pod,
      isStatic,
      () => ({
        containers: this.containers,
        phase: this.phase,
        reason: this.reason,
        message: this.message,
        sandboxReady: this.sandbox.ready,
        podIP: this.podIP,
        startTime: this.startTime,
      }),
    );
    this.volumeSet = new PodVolumes(host, this.startTime, {
      pod: () => this.pod,
      podIP: () => this.podIP,
      isRunning: () => this.stage === 'running',
      later: (ms, run) => this.later(ms, run),
    });
    this.round = new StartRound({
      mayStart: () => this.stage === 'running',
      start: (state, done) => this.runner.start(state, done),
      sync: () => this.sync(),
    });
    this.relist = new Relist(host, {
      later: (ms, run) => this.later(ms, run),
      sync: () => {
        this.volumeSet.refreshSoon();
        this.sync();
      },
    });
    this.runner = new ContainerRunner(this, puller, crashBackoff);
    addContainers(this.pod, this.containers);
    const ended = pod.status?.phase;
    if (ended === 'Succeeded' || ended === 'Failed') {
      this.phase = ended;
      this.stage = 'done';
    }
  }

  get podIP(): string {
    return this.sandbox.podIP;
  }

  get volumes(): ReadonlyMap<string, SetUpVolume> {
    return this.volumeSet.ready;
  }

  /** The processes that its containers see beside their own. */
  get pids(): PidNamespace | undefined {
    return this.sandbox.pids;
  }

  /** The process that the runtime watches over its containers with. */
  get keeper(): Process | undefined {
    return this.sandbox.keeper;
  }

  /** The /dev/shm of its containers. */
  get sharedMemory(): Directory {
    return this.sandbox.sharedMemory;
  }

  /** The network that its containers live in. */
  get network(): NetworkNamespace {
    return this.sandbox.networkOfContainers;
  }

  container(name: string): ContainerState | undefined {
    return this.containers.find((candidate) => candidate.name === name);
  }

  /** What the runtime says of its sandbox. */
  get sandboxFacts(): { readonly id: string; readonly attempt: number; readonly since: number } {
    return this.sandbox;
  }

  /** Whether its sandbox is up. */
  get isReady(): boolean {
    return this.sandbox.ready;
  }

  /** Whether the node keeps a folder for it. */
  get hasFolder(): boolean {
    return this.stage !== 'new' && (this.stage !== 'done' || this.containers.some((state) => state.current));
  }

  get terminating(): boolean {
    return this.stage === 'terminating';
  }

  /** Whether it has a claim on what the node has. kubernetes: pkg/kubelet/kubelet_pods.go filterOutInactivePods */
  get active(): boolean {
    return this.phase !== 'Succeeded' && this.phase !== 'Failed' && !this.finished;
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
    checkPullSecrets(this.host, this.pod);
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
    addContainers(this.pod, this.containers);
    for (const state of this.containers) this.noticeImage(state);
    if (changed && this.stage === 'running') {
      this.volumeSet.refreshSoon();
      this.sync();
    }
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

  private mount(): void {
    if (this.stage !== 'mounting') return;
    const again = this.volumeSet.setUp(({ message }) =>
      this.host.recorder.event(this.pod, 'Warning', 'FailedMount', message),
    );
    if (again !== undefined) {
      this.later(again, () => this.mount());
      return;
    }
    this.stage = 'networking';
    this.later(SANDBOX_TIME, () => this.makeSandbox());
    this.volumeSet.watch();
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
    const result = this.host.setUpNetwork(
      this.sandbox.network,
      this.pod.spec?.hostNetwork === true,
      portMappings(this.pod),
    );
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
    this.sandbox.start(result.ip);
    this.stage = 'running';
    writeEtcFiles(this.host, this.pod, this.podIP, this.etc);
    // The sandbox is part of the first round: it is reported when that is over.
    this.round.begin(podActions(this.containers, this.restartPolicy).start);
    if (!this.round.isUnderWay) this.sync();
    this.relist.await();
  }

  // ---- what runs ----

  private get restartPolicy(): string {
    return this.pod.spec?.restartPolicy ?? 'Always';
  }

  /** Starts what should run now. kubernetes: kuberuntime_manager.go computePodActions */
  sync(): void {
    if (this.stage !== 'running' || this.awaitsRuntime()) return;
    if (this.round.isUnderWay) return this.round.miss();
    this.retry?.cancel();
    this.retry = undefined;
    this.reportFailures();
    const { start, failed } = podActions(this.containers, this.restartPolicy);
    if (failed) this.fail();
    if (this.stage === 'running') this.settlePhase();
    this.queueStatus();
    if (this.stage === 'running') this.round.begin(start);
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

  /** A worker reports what its last round could not do, not what this one cannot. kubernetes: reason_cache.go */
  private reportFailures(): void {
    for (const state of this.containers) {
      state.seeEnd();
      if (state.failure && !state.running && this.mayRestart(state)) state.waiting = state.failure;
    }
  }

  private mayRestart(state: ContainerState): boolean {
    return !state.terminated || wantsRestart(state, this.restartPolicy);
  }

  /** A container has started or ended: the next relist finds it. */
  syncAtRelist(...news: readonly string[]): void {
    this.relist.tell(...news);
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

  /** One container that has never run keeps all of it pending. kubernetes: pkg/kubelet/kubelet_pods.go getPhase */
  private settlePhase(): void {
    const apps = this.containers.filter((state) => state.role === 'app');
    const hasRun = (state: ContainerState) =>
      state.restartCount > 0 || state.terminated !== undefined || (state.running && !state.starting);
    this.phase = apps.every(hasRun) ? 'Running' : 'Pending';
    const over = apps.every(
      (state) => state.terminated && !state.running && !state.busy && !shouldStart(state, this.restartPolicy),
    );
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
    this.round.abandon();
    for (const state of this.containers) {
      state.stopProbes?.();
      if (state.running && !this.told.has(state)) this.tellStopping(state);
    }
    this.stopInOrder(this.graceSeconds());
    if (this.containers.some((state) => state.running)) return;
    for (const state of this.containers) state.seeEnd();
    this.stage = 'done';
    this.sandbox.release();
    this.queueStatus();
  }

  private exceedDeadline(): void {
    if (this.stage === 'done' || this.stage === 'terminating') return;
    this.phase = 'Failed';
    this.reason = 'DeadlineExceeded';
    this.message = 'Pod was active on the node longer than the specified deadline';
    // Each look at the Pod finds it out anew until its containers have ended. kubernetes: pkg/kubelet/active_deadline.go ShouldEvict
    const tell = () => this.host.recorder.event(this.pod, 'Normal', 'DeadlineExceeded', this.message ?? '');
    tell();
    this.later(TELL_AGAIN, tell);
    this.finish();
  }

  /** Containers of which it was said that they are stopped. */
  private readonly told = new Set<ContainerState>();

  private tellStopping(state: ContainerState): void {
    this.told.add(state);
    this.event('Normal', 'Killing', `Stopping container ${state.name}`, state);
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

  /**
   * The runtime was told to end the sandbox: what runs in it is killed, and its address is free. Then all is made anew, with another
   * address. kubernetes: kuberuntime_manager.go computePodActions, runtime/util.PodSandboxChanged
   */
  loseSandbox(removed: boolean): void {
    if (this.stage !== 'running') return;
    for (const state of this.containers) {
      state.stopProbes?.();
      if (state.running) state.current?.kill();
    }
    if (this.restartPolicy === 'Never') return;
    this.round.abandon();
    this.retry?.cancel();
    this.stage = 'networking';
    this.sandbox.lose(removed);
    this.queueStatus();
    this.later(RELIST_PERIOD, () => this.renewSandbox(removed));
  }

  private renewSandbox(removed: boolean): void {
    if (this.stage !== 'networking') return;
    for (const state of this.containers) {
      state.seeEnd();
      state.busy = false;
      // A new sandbox is prepared from the beginning.
      if (state.role === 'init') state.restartWanted = true;
    }
    // Of a sandbox that is not there any more nothing has changed.
    if (!removed)
      this.host.recorder.event(
        this.pod,
        'Normal',
        'SandboxChanged',
        'Pod sandbox changed, it will be killed and re-created.',
      );
    this.makeSandbox();
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
    this.round.abandon();
    this.retry?.cancel();
    for (const state of this.containers) {
      state.stopProbes?.();
      if (state.busy) state.busy = false;
      // A shorter time of grace begins anew.
      state.stopping = false;
      if (first && state.running) this.tellStopping(state);
    }
    this.queueStatus();
    this.afterTermination();
  }

  afterTermination(): void {
    const left = (this.terminationEnds - this.host.world.now) / 1000;
    this.stopInOrder(Math.max(left, 0));
    for (const state of this.containers) state.seeEnd();
    if (this.containers.some((state) => state.running)) return;
    this.sandbox.release();
    this.settleStopped();
    this.later(TEARDOWN_TIME, () => this.remove());
  }

  /** What a Pod is when all of it has been stopped. kubernetes: kubelet_pods.go getPhase, status_manager.go TerminatePod */
  private settleStopped(): void {
    settleUnknown(this.containers);
    const apps = this.containers.filter((state) => state.role === 'app');
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

  /** A static Pod whose manifest is gone, or is that of another Pod now. kubernetes: pkg/kubelet/status/status_manager.go syncPod */
  stopStatic(replaced: boolean): void {
    if (replaced) this.report.silence();
    this.terminate(this.graceSeconds());
  }

  /** Reports soon: several changes at once make one update. */
  queueStatus(): void {
    if (!this.round.isUnderWay) this.report.queue();
  }

  /** `all`: statuses are compared with what the API server has. */
  writeStatus(all = false): void {
    this.report.write(all);
  }

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

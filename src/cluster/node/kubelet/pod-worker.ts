import type { Inode } from '../../../world/files/inode.ts';
import { NetworkNamespace } from '../../../world/network/namespace.ts';
import { PODS } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Container as ContainerSpec, Pod } from '../../api/types.generated.ts';
import type { Image } from '../images/catalog.ts';
import { Container, StartError } from '../runtime/container.ts';
import type { Backoff } from './backoff.ts';
import { makeContainerOptions, writeEtcFiles } from './container-options.ts';
import { type ContainerRole, ContainerState } from './container-state.ts';
import { ConfigError } from './environment.ts';
import { runHook } from './hooks.ts';
import type { KubeletHost } from './host.ts';
import { type ProbeKind, startProbe } from './probes.ts';
import type { ImagePuller } from './pull.ts';
import { makePodStatus, sameStatus } from './status.ts';
import { MountError, refreshVolume, setUpVolume } from './volumes.ts';

/** What things take on a node, ms of virtual time. */
const MOUNT_TIME = 60;
const SANDBOX_TIME = 240;
const CREATE_TIME = 70;
const START_TIME = 50;
/** kubelet: how often a Pod is looked at without a reason, and how soon after a problem. */
const RESYNC_PERIOD = 60_000;
const RETRY_PERIOD = 10_000;
/** runc's words around what it could not start. */
const CREATE_FAILURE =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';

/** Brings one Pod from being bound to its end. kubernetes: pkg/kubelet/{kubelet,pod_workers}.go, kuberuntime */
export class PodWorker {
  readonly containers: ContainerState[] = [];
  readonly sandbox: NetworkNamespace;
  podIP = '';
  private readonly startTime: number;
  private readonly volumes = new Map<string, Inode>();
  private readonly etc = new Map<string, Inode>();
  private stage: 'new' | 'mounting' | 'networking' | 'running' | 'terminating' | 'done' = 'new';
  private sandboxReady = false;
  private phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' = 'Pending';
  private reason: string | undefined;
  private message: string | undefined;
  private mountDelay = 500;
  private statusQueued = false;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly host: KubeletHost,
    public pod: Stored<Pod>,
    private readonly puller: ImagePuller,
    private readonly crashBackoff: Backoff,
    /** Called when nothing of the Pod is left on the node. */
    private readonly onDone: (worker: PodWorker) => void,
    /** Static Pods have no object of their own in the API. */
    private readonly isStatic: boolean,
  ) {
    this.startTime = host.world.now;
    this.sandbox = new NetworkNamespace(`${pod.metadata.namespace}/${pod.metadata.name}`);
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
    this.queueStatus();
    this.later(MOUNT_TIME, () => this.mount());
    const deadline = this.pod.spec?.activeDeadlineSeconds;
    if (deadline !== undefined) this.later(deadline * 1000, () => this.exceedDeadline());
  }

  /** The object in the API has changed. */
  update(pod: Stored<Pod>): void {
    this.pod = pod;
    if (pod.metadata.deletionTimestamp) {
      if (this.stage === 'done') this.remove();
      else this.terminate(pod.metadata.deletionGracePeriodSeconds ?? 30);
      return;
    }
    this.addContainers();
    for (const state of this.containers) this.noticeImage(state);
    if (this.stage === 'running') this.sync();
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
    this.stopContainer(state, this.graceSeconds());
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
          if (root) refreshVolume(this.volumeHost(), this.pod, volume, root);
        }
      }
      this.later(RESYNC_PERIOD, again);
    };
    this.later(RESYNC_PERIOD, again);
  }

  private makeSandbox(): void {
    if (this.stage !== 'networking') return;
    const result = this.host.setUpNetwork(this.sandbox, this.pod.spec?.hostNetwork === true);
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
    this.sandboxReady = true;
    this.stage = 'running';
    writeEtcFiles(this.host, this.pod, this.podIP, this.etc);
    this.queueStatus();
    this.sync();
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
    if (this.stage !== 'running') return;
    if (!this.syncInit()) return this.queueStatus();
    for (const state of this.containers) {
      if (state.role === 'app' && this.shouldStart(state)) this.startContainer(state);
      if (state.role === 'ephemeral' && !state.current && !state.terminated) this.startContainer(state);
    }
    this.settlePhase();
    this.queueStatus();
  }

  /** True when the init containers are done. */
  private syncInit(): boolean {
    for (const state of this.containers) {
      if (state.role === 'sidecar') {
        if (state.running && state.started) continue;
        if (this.shouldStart(state)) this.startContainer(state);
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
      if (this.shouldStart(state)) this.startContainer(state);
      return false;
    }
    return true;
  }

  private shouldStart(state: ContainerState): boolean {
    if (state.running || state.busy) return false;
    if (!state.terminated || state.restartWanted) return true;
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
  private finish(): void {
    for (const state of this.containers) {
      state.stopProbes?.();
      if (state.running) this.stopContainer(state, this.graceSeconds());
    }
    if (this.containers.some((state) => state.running)) return;
    this.sandboxReady = false;
    this.stage = 'done';
    this.releaseNetwork();
    this.queueStatus();
  }

  private exceedDeadline(): void {
    if (this.stage === 'done' || this.stage === 'terminating') return;
    this.phase = 'Failed';
    this.reason = 'DeadlineExceeded';
    this.message = 'Pod was active on the node longer than the specified deadline';
    this.host.recorder.event(this.pod, 'Normal', 'DeadlineExceeded', this.message);
    this.finish();
  }

  private graceSeconds(): number {
    return this.pod.spec?.terminationGracePeriodSeconds ?? 30;
  }

  // ---- one container ----

  private startContainer(state: ContainerState): void {
    const key = `${this.pod.metadata.uid}_${state.name}`;
    const now = this.host.world.now;
    const endedAt = state.terminated?.finishedAt ?? 0;
    const left = state.terminated && !state.restartWanted ? this.crashBackoff.left(key, endedAt, now) : 0;
    if (left > 0) {
      this.backOff(state, key, left);
      return;
    }
    if (state.terminated && !state.restartWanted) this.crashBackoff.next(key, now);
    state.busy = true;
    this.puller.ensure(this.pod, state, (result) => {
      if (this.stage !== 'running') return;
      if ('message' in result) {
        state.waiting = { reason: result.reason, message: result.message };
        state.busy = false;
        this.queueStatus();
        this.later(RETRY_PERIOD + this.host.world.random.integer(4000), () => this.sync());
        return;
      }
      this.later(CREATE_TIME, () => this.createContainer(state, result));
    });
  }

  private backOff(state: ContainerState, key: string, left: number): void {
    const delay = this.crashBackoff.delay(key) / 1000;
    const text = delay >= 60 ? `${Math.floor(delay / 60)}m${delay % 60}s` : `${delay}s`;
    const pod = `${this.pod.metadata.name}_${this.pod.metadata.namespace}(${this.pod.metadata.uid})`;
    state.waiting = {
      reason: 'CrashLoopBackOff',
      message: `back-off ${text} restarting failed container=${state.name} pod=${pod}`,
    };
    this.event('Warning', 'BackOff', `Back-off restarting failed container ${state.name} in pod ${pod}`, state);
    state.busy = true;
    this.queueStatus();
    this.later(left, () => {
      state.busy = false;
      this.sync();
    });
  }

  private createContainer(state: ContainerState, image: Image): void {
    if (this.stage !== 'running') return;
    state.image = `${image.name}:${image.tag}`;
    state.imageID = `${image.name}@${image.digest}`;
    let container: Container;
    try {
      const options = makeContainerOptions(this.host, this.pod, state, image, {
        podIP: this.podIP,
        network: this.network,
        volumes: this.volumes,
        etc: this.etc,
      });
      container = new Container(this.host.world, options, (ended) => this.containerEnded(state, ended));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      state.waiting = { reason: 'CreateContainerConfigError', message: error.message };
      state.busy = false;
      this.event('Warning', 'Failed', `Error: ${error.message}`, state);
      this.queueStatus();
      this.later(RETRY_PERIOD + this.host.world.random.integer(4000), () => this.sync());
      return;
    }
    this.event('Normal', 'Created', 'Container created', state);
    this.later(START_TIME, () => this.runContainer(state, container));
  }

  private runContainer(state: ContainerState, container: Container): void {
    if (this.stage !== 'running') return;
    if (state.terminated) {
      state.restartCount++;
      state.lastTerminated = state.terminated;
      state.previous = state.current;
    }
    state.restartWanted = false;
    state.busy = false;
    state.current = container;
    try {
      container.start();
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.event('Warning', 'Failed', `Error: ${CREATE_FAILURE}${error.message}`, state);
      container.log.end(this.host.world.now);
      container.status = { kind: 'exited', code: 128 };
      state.terminated = {
        containerID: container.id,
        exitCode: 128,
        reason: 'StartError',
        message: CREATE_FAILURE + error.message,
        startedAt: 0,
        finishedAt: this.host.world.now,
      };
      state.waiting = undefined;
      return this.sync();
    }
    this.event('Normal', 'Started', 'Container started', state);
    state.terminated = undefined;
    state.waiting = undefined;
    if (state.role === 'app') this.phase = 'Running';
    const postStart = state.spec.lifecycle?.postStart;
    if (postStart) {
      runHook(this.host, this.podIP, container, postStart, (problem) => {
        if (!container.running) return;
        if (problem === undefined) return this.beginProbes(state, container);
        this.event('Warning', 'FailedPostStartHook', `PostStartHook failed`, state);
        this.event('Normal', 'Killing', 'FailedPostStartHook', state);
        state.waiting = { reason: 'PostStartHookError', message: problem };
        this.stopContainer(state, this.graceSeconds());
      });
    } else this.beginProbes(state, container);
    this.sync();
  }

  private beginProbes(state: ContainerState, container: Container): void {
    const { startupProbe, livenessProbe, readinessProbe } = state.spec;
    const stops: (() => void)[] = [];
    state.stopProbes = () => {
      for (const stop of stops.splice(0)) stop();
    };
    const begin = () => {
      state.started = true;
      if (!readinessProbe) state.ready = true;
      else stops.push(this.probe(state, container, 'Readiness', readinessProbe));
      if (livenessProbe) stops.push(this.probe(state, container, 'Liveness', livenessProbe));
    };
    if (!startupProbe) begin();
    else {
      const stop = this.probe(state, container, 'Startup', startupProbe, () => {
        stop();
        begin();
        this.sync();
      });
      stops.push(stop);
    }
    this.queueStatus();
  }

  private probe(
    state: ContainerState,
    container: Container,
    kind: ProbeKind,
    probe: NonNullable<ContainerSpec['livenessProbe']>,
    onSuccess?: () => void,
  ): () => void {
    let good = 0;
    let bad = 0;
    return startProbe(this.host, this.podIP, state, probe, (result) => {
      if (state.current !== container || !container.running) return;
      if (result.kind === 'unknown') {
        this.event(
          'Warning',
          'Unhealthy',
          `${kind} probe errored and resulted in unknown state: ${result.output}`,
          state,
        );
        return;
      }
      if (result.kind === 'success') {
        good++;
        bad = 0;
        if (good < (probe.successThreshold ?? 1)) return;
        if (kind === 'Startup') onSuccess?.();
        else if (kind === 'Readiness' && !state.ready) {
          state.ready = true;
          this.queueStatus();
        }
        return;
      }
      bad++;
      good = 0;
      this.event('Warning', 'Unhealthy', `${kind} probe failed: ${result.output}`, state);
      if (bad < (probe.failureThreshold ?? 3)) return;
      if (kind === 'Readiness') {
        if (state.ready) {
          state.ready = false;
          this.queueStatus();
        }
        return;
      }
      bad = 0;
      state.restartWanted = false;
      this.event(
        'Normal',
        'Killing',
        `Container ${state.name} failed ${kind.toLowerCase()} probe, will be restarted`,
        state,
      );
      state.stopProbes?.();
      this.stopContainer(state, probe.terminationGracePeriodSeconds ?? this.graceSeconds());
    });
  }

  private containerEnded(state: ContainerState, container: Container): void {
    if (state.current !== container) return;
    state.stopProbes?.();
    state.ready = state.role === 'init' && container.exitCode === 0;
    state.started = false;
    const code = container.exitCode;
    const message = this.terminationMessage(state, container);
    state.terminated = {
      containerID: container.id,
      exitCode: code,
      reason: code === 0 ? 'Completed' : 'Error',
      ...(message === '' ? {} : { message }),
      startedAt: container.startedAt,
      finishedAt: container.finishedAt,
    };
    state.waiting = undefined;
    if (this.stage === 'terminating') return this.afterTermination();
    if (this.phase === 'Failed' || this.phase === 'Succeeded') return this.finish();
    // The kubelet learns of it from its next relist.
    this.later(300, () => this.sync());
  }

  /** kubernetes: terminationMessagePath and terminationMessagePolicy */
  private terminationMessage(state: ContainerState, container: Container): string {
    const path = state.spec.terminationMessagePath ?? '/dev/termination-log';
    const { files } = container.machine;
    const text = files.tryStat(path)?.kind === 'file' ? files.readText(path) : '';
    if (text !== '') return text.slice(0, 4096);
    if (state.spec.terminationMessagePolicy === 'FallbackToLogsOnError' && container.exitCode !== 0)
      return container.log.tail(80, 2048);
    return '';
  }

  private stopContainer(state: ContainerState, graceSeconds: number): void {
    const container = state.current;
    if (!container?.running) return;
    const kill = () => {
      if (!container.running) return;
      container.terminate();
      this.later(graceSeconds * 1000, () => {
        if (container.running) container.kill();
      });
    };
    const preStop = state.spec.lifecycle?.preStop;
    if (!preStop || graceSeconds === 0) return kill();
    let done = false;
    const once = () => {
      if (done) return;
      done = true;
      kill();
    };
    runHook(this.host, this.podIP, container, preStop, (problem) => {
      if (problem !== undefined) this.event('Warning', 'FailedPreStopHook', 'PreStopHook failed', state);
      once();
    });
    this.later(graceSeconds * 1000, () => {
      once();
      if (container.running) container.kill();
    });
  }

  // ---- the end ----

  private terminationEnds = Number.POSITIVE_INFINITY;

  private terminate(graceSeconds: number): void {
    const ends = this.host.world.now + graceSeconds * 1000;
    const first = this.stage !== 'terminating';
    if (!first && ends >= this.terminationEnds) return;
    this.terminationEnds = ends;
    this.stage = 'terminating';
    for (const state of this.containers) {
      state.stopProbes?.();
      if (state.busy) state.busy = false;
      if (!state.running) continue;
      if (first) this.event('Normal', 'Killing', `Stopping container ${state.name}`, state);
      if (graceSeconds <= 0) state.current?.kill();
      else this.stopContainer(state, graceSeconds);
    }
    this.queueStatus();
    this.afterTermination();
  }

  private afterTermination(): void {
    if (this.containers.some((state) => state.running)) return;
    this.sandboxReady = false;
    this.releaseNetwork();
    const apps = this.containers.filter((state) => state.role === 'app' && state.terminated);
    if (apps.length > 0 && this.restartPolicy !== 'Always')
      this.phase = apps.every((state) => state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
    this.later(30, () => this.remove());
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

  private releaseNetwork(): void {
    if (this.podIP !== '' && !this.pod.spec?.hostNetwork) this.host.tearDownNetwork(this.sandbox, this.podIP);
  }

  // ---- status ----

  /** Reports soon: several changes at once make one update. */
  queueStatus(): void {
    if (this.statusQueued) return;
    this.statusQueued = true;
    this.host.world.loop.after(20, () => {
      this.statusQueued = false;
      this.writeStatus();
    });
  }

  writeStatus(): void {
    const { client } = this.host;
    if (!client.available) return;
    const { namespace = '', name, uid } = this.pod.metadata;
    const stored = client.get(PODS, namespace, name);
    if (!stored || (stored.metadata.uid !== uid && !this.isStatic)) return;
    const status = makePodStatus(
      stored,
      {
        containers: this.containers,
        phase: this.phase,
        reason: this.reason,
        message: this.message,
        sandboxReady: this.sandboxReady,
        podIP: this.pod.spec?.hostNetwork ? this.host.nodeIP : this.podIP,
        hostIP: this.host.nodeIP,
        startTime: this.startTime,
        readinessGates: (stored.spec?.readinessGates ?? []).map((gate) => gate.conditionType),
      },
      this.host.world.now,
    );
    if (sameStatus(stored.status, status)) return;
    client.modify(PODS, namespace, name, (old) => ({ ...old, status }), 'status');
  }

  // ---- helpers ----

  private event(type: 'Normal' | 'Warning', reason: string, message: string, state: ContainerState): void {
    this.host.recorder.event(this.pod, type, reason, message, state.fieldPath);
  }

  private later(ms: number, run: () => void): void {
    const timer = this.host.world.loop.after(ms, run);
    if (this.stops.length > 40) this.stops.splice(0, 20);
    this.stops.push(() => timer.cancel());
  }
}

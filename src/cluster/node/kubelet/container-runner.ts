import { decode, EMPTY } from '../../../world/bytes.ts';
import type { PidNamespace } from '../../../world/pids.ts';
import type { Container as ContainerSpec, EphemeralContainer, Probe } from '../../api/types.generated.ts';
import type { Image } from '../images/catalog.ts';
import { Container, StartError } from '../runtime/container.ts';
import type { Backoff } from './backoff.ts';
import { makeContainerOptions } from './container-options.ts';
import type { ContainerState } from './container-state.ts';
import { ConfigError } from './environment.ts';
import { runHook } from './hooks.ts';
import type { PodWorker } from './pod-worker.ts';
import { type ProbeKind, startProbe } from './probes.ts';
import type { ImagePuller } from './pull.ts';

/** What things take on a node, ms of virtual time. */
const CREATE_TIME = 25;
const START_TIME = 20;
/** kubelet: backOffPeriod, until a failed Pod is looked at again, ms. */
const BACK_OFF_PERIOD = 10_000;
/** runc's words around what it could not start. */
const CREATE_FAILURE =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';

/** Starts, probes and stops the containers of one Pod. kubernetes: kuberuntime_container.go, pkg/kubelet/prober */
export class ContainerRunner {
  constructor(
    private readonly worker: PodWorker,
    private readonly puller: ImagePuller,
    private readonly crashBackoff: Backoff,
  ) {}

  /** Begins to start a container, unless it has to wait. What goes wrong is in `state.failure`. `done`: when the next one may be started. */
  start(state: ContainerState, done: () => void): void {
    const { worker } = this;
    const key = `${worker.pod.metadata.uid}_${state.name}`;
    const { now } = worker.host.world;
    const again = state.terminated !== undefined && !state.restartWanted;
    const left = again ? this.crashBackoff.left(key, state.terminated?.finishedAt ?? 0, now) : 0;
    if (left > 0) {
      this.backOff(state, key, left);
      return done();
    }
    if (again) this.crashBackoff.next(key, now);
    state.busy = true;
    this.puller.ensure(worker.pod, state, (result) => {
      if (worker.stage !== 'running') return;
      if ('message' in result) {
        this.fail(state, result.reason, result.message, result.retryAfter ?? BACK_OFF_PERIOD);
        return done();
      }
      worker.later(CREATE_TIME, () => this.create(state, result, done));
    });
  }

  private fail(state: ContainerState, reason: string, message: string, retryAfter: number): void {
    state.failure = { reason, message };
    state.busy = false;
    this.worker.retryAfter(retryAfter);
  }

  private backOff(state: ContainerState, key: string, left: number): void {
    const { pod } = this.worker;
    const delay = this.crashBackoff.delay(key) / 1000;
    const text = delay >= 60 ? `${Math.floor(delay / 60)}m${delay % 60}s` : `${delay}s`;
    const podText = `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
    state.failure = {
      reason: 'CrashLoopBackOff',
      message: `back-off ${text} restarting failed container=${state.name} pod=${podText}`,
    };
    this.worker.event(
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${state.name} in pod ${podText}`,
      state,
    );
    this.worker.retryAfter(left);
  }

  private create(state: ContainerState, image: Image, done: () => void): void {
    const { worker } = this;
    if (worker.stage !== 'running') return;
    state.image = `${image.name}:${image.tag}`;
    state.imageID = `${image.name}@${image.digest}`;
    let container: Container;
    try {
      const options = makeContainerOptions(worker.host, worker.pod, state, image, {
        podIP: worker.podIP,
        seen: worker.startTime,
        network: worker.network,
        pids: this.targetOf(state) ?? worker.pids,
        keeper: worker.keeper,
        volumes: worker.volumes,
        etc: worker.etc,
        sharedMemory: worker.sharedMemory,
      });
      container = new Container(worker.host.world, options, (ended) =>
        worker.host.runtimeState.whenUp(() => this.ended(state, ended)),
      );
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      worker.event('Warning', 'Failed', `Error: ${error.message}`, state);
      this.fail(state, error.reason, error.message, BACK_OFF_PERIOD);
      return done();
    }
    worker.event('Normal', 'Created', 'Container created', state);
    worker.later(START_TIME, () => this.run(state, container, done));
  }

  /** The processes of the container that a debugging one looks into. kubernetes: kuberuntime/util/util.go PidNamespaceForPod */
  private targetOf({ spec }: ContainerState): PidNamespace | undefined {
    const target = (spec as EphemeralContainer).targetContainerName;
    return target === undefined ? undefined : this.worker.container(target)?.current?.machine.pids;
  }

  private run(state: ContainerState, container: Container, done: () => void): void {
    const { worker } = this;
    if (worker.stage !== 'running') return;
    if (state.terminated) {
      state.restartCount++;
      state.lastTerminated = state.terminated;
      state.previous = state.current;
    }
    state.restartWanted = false;
    state.stopping = false;
    state.busy = false;
    state.current = container;
    try {
      container.start();
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.startFailed(state, container, error.message);
      return done();
    }
    worker.event('Normal', 'Started', 'Container started', state);
    state.terminated = undefined;
    state.failure = undefined;
    state.waiting = undefined;
    worker.sync();
    worker.syncAtRelist(state.name);
    this.whenStarted(state, container, done);
  }

  private startFailed(state: ContainerState, container: Container, text: string): void {
    const { worker } = this;
    const { now } = worker.host.world;
    const message = CREATE_FAILURE + text;
    worker.event('Warning', 'Failed', `Error: ${message}`, state);
    container.log.end(now);
    container.status = { kind: 'exited', code: 128 };
    state.terminated = {
      containerID: container.id,
      exitCode: 128,
      reason: 'StartError',
      message,
      startedAt: 0,
      finishedAt: now,
    };
    state.waiting = undefined;
    state.failure = { reason: 'RunContainerError', message };
    // That it was made is news as well as that it has ended.
    worker.syncAtRelist(state.name, `${state.name} made`);
  }

  private whenStarted(state: ContainerState, container: Container, done: () => void): void {
    const { worker } = this;
    const postStart = state.spec.lifecycle?.postStart;
    if (!postStart) {
      this.beginProbes(state, container);
      return done();
    }
    state.starting = true;
    runHook(worker.host, worker.podIP, container, postStart, (problem) => {
      state.starting = false;
      if (!container.running) return done();
      if (problem === undefined) {
        this.beginProbes(state, container);
        worker.sync();
        return done();
      }
      worker.event('Warning', 'FailedPostStartHook', `PostStartHook failed`, state);
      worker.event('Normal', 'Killing', 'FailedPostStartHook', state);
      state.failure = { reason: 'PostStartHookError', message: problem };
      this.whenEnded.set(container, done);
      this.stop(state, worker.graceSeconds());
    });
  }

  /** What waits for a container to end. */
  private readonly whenEnded = new Map<Container, () => void>();

  private beginProbes(state: ContainerState, container: Container): void {
    // Nothing is said of the readiness of one that only looks. kubernetes: pkg/kubelet/prober/prober_manager.go UpdatePodStatus
    if (state.role === 'ephemeral') return this.worker.queueStatus();
    const { startupProbe, livenessProbe, readinessProbe } = state.spec;
    const stops: (() => void)[] = [];
    state.stopProbes = () => {
      for (const stop of stops.splice(0)) stop();
    };
    const begin = () => {
      state.started = true;
      if (!readinessProbe) state.ready = state.role !== 'init';
      else stops.push(this.probe(state, container, 'Readiness', readinessProbe));
      if (livenessProbe) stops.push(this.probe(state, container, 'Liveness', livenessProbe));
    };
    if (!startupProbe) begin();
    else {
      this.keepStarted(state, container, startupProbe);
      const stop = this.probe(state, container, 'Startup', startupProbe, () => {
        stop();
        state.startupPassed = container;
        begin();
        this.worker.sync();
      });
      stops.push(stop);
    }
    this.noticeNewContainer(state);
    this.worker.queueStatus();
  }

  /**
   * One that had been up counts as started until the probe's worker sees, at its next tick, that it is another one.
   * kubernetes: pkg/kubelet/prober/prober_manager.go isContainerStarted
   */
  private keepStarted(state: ContainerState, container: Container, probe: Probe): void {
    if (!state.wasStarted) return;
    state.wasStarted = false;
    const { worker } = this;
    state.started = true;
    state.ready = state.role !== 'init' && !state.spec.readinessProbe;
    worker.later(this.untilTick(probe), () => {
      if (state.current !== container || !container.running || state.startupPassed === container) return;
      state.started = false;
      state.ready = false;
      worker.queueStatus();
    });
  }

  /** Until the worker of a probe looks again, ms. */
  private untilTick(probe: Probe): number {
    const { worker } = this;
    const period = (probe.periodSeconds ?? 10) * 1000;
    return period - ((worker.host.world.now - worker.startTime) % period);
  }

  /** A probe's worker sees at its next tick that the container is another one, which is news for the Pod's worker. */
  private noticeNewContainer(state: ContainerState): void {
    if (state.restartCount === 0) return;
    const { worker } = this;
    const { startupProbe, livenessProbe, readinessProbe } = state.spec;
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      if (!probe) continue;
      worker.syncSoon(this.untilTick(probe));
    }
  }

  private probe(
    state: ContainerState,
    container: Container,
    kind: ProbeKind,
    probe: NonNullable<ContainerSpec['livenessProbe']>,
    onSuccess?: () => void,
  ): () => void {
    const { worker } = this;
    let good = 0;
    let bad = 0;
    const first = firstProbe(worker.startTime, worker.host.world.now, container.startedAt, kind, probe);
    return startProbe(worker.host, worker.podIP, state, probe, first, (result) => {
      if (state.current !== container || !container.running) return;
      if (result.kind === 'unknown') {
        worker.event(
          'Warning',
          'Unhealthy',
          `${kind} probe errored and resulted in unknown state: ${result.output}`,
          state,
        );
        return;
      }
      if (result.kind === 'success') {
        if (result.warning !== undefined)
          worker.event('Warning', 'ProbeWarning', `${kind} probe warning: ${result.warning}`, state);
        good++;
        bad = 0;
        if (good < (probe.successThreshold ?? 1)) return;
        if (kind === 'Startup') onSuccess?.();
        else if (kind === 'Readiness' && !state.ready) {
          state.ready = true;
          worker.queueStatus();
        }
        return;
      }
      bad++;
      good = 0;
      worker.event('Warning', 'Unhealthy', `${kind} probe failed: ${result.output}`, state);
      if (bad < (probe.failureThreshold ?? 3)) return;
      if (kind === 'Readiness') {
        if (state.ready) {
          state.ready = false;
          worker.queueStatus();
        }
        return;
      }
      bad = 0;
      state.restartWanted = false;
      worker.event('Normal', 'Killing', killingText(worker, state, kind), state);
      state.stopProbes?.();
      this.stop(state, probe.terminationGracePeriodSeconds ?? worker.graceSeconds());
    });
  }

  private ended(state: ContainerState, container: Container): void {
    const { worker } = this;
    if (state.current !== container) return;
    state.stopProbes?.();
    state.starting = false;
    state.endUnseen = true;
    const code = container.exitCode;
    const message = terminationMessage(state, container).slice(0, ALL_MESSAGES / worker.containers.length);
    state.terminated = {
      containerID: container.id,
      exitCode: code,
      reason: container.outOfMemory ? 'OOMKilled' : code === 0 ? 'Completed' : 'Error',
      ...(message === '' ? {} : { message }),
      startedAt: container.startedAt,
      finishedAt: container.finishedAt,
    };
    state.waiting = undefined;
    const next = this.whenEnded.get(container);
    this.whenEnded.delete(container);
    if (worker.terminating) return worker.afterTermination();
    if (worker.phase === 'Failed' || worker.phase === 'Succeeded') return worker.finish();
    next?.();
    worker.syncAtRelist(state.name);
  }

  /** preStop, SIGTERM, and SIGKILL when the time of grace is over. kubernetes: kuberuntime_container.go killContainer */
  stop(state: ContainerState, graceSeconds: number): void {
    const { worker } = this;
    const container = state.current;
    if (!container?.running) return;
    const kill = () => {
      if (!container.running) return;
      container.terminate();
      worker.later(graceSeconds * 1000, () => {
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
    runHook(worker.host, worker.podIP, container, preStop, (problem) => {
      if (problem !== undefined) worker.event('Warning', 'FailedPreStopHook', 'PreStopHook failed', state);
      once();
    });
    worker.later(graceSeconds * 1000, () => {
      once();
      if (container.running) container.kill();
    });
  }
}

/** What is said of a container whose probe has failed: with the last one that may not start again all of the Pod goes. kubernetes: kuberuntime_manager.go computePodActions */
function killingText({ containers, pod }: PodWorker, state: ContainerState, kind: ProbeKind): string {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const failed = `Container ${state.name} failed ${kind.toLowerCase()} probe`;
  if (state.role === 'sidecar' || (state.spec.restartPolicy ?? policy) !== 'Never')
    return `${failed}, will be restarted`;
  const othersStay = containers.some((other) => other !== state && other.role === 'app' && other.running);
  return othersStay ? failed : `Stopping container ${state.name}`;
}

/** From being asked to the probe, ms. */
const TRIGGER_TIME = 20;

/**
 * When a probe looks at a container for the first time, ms. Its worker is as old as the Pod and ticks from then on; that of
 * the readiness is asked to look at once, and ticks from there. kubernetes: pkg/kubelet/prober/worker.go run, doProbe
 */
function firstProbe(podStart: number, now: number, started: number, kind: ProbeKind, probe: Probe): number {
  const base = kind === 'Readiness' ? now + TRIGGER_TIME : podStart;
  const period = (probe.periodSeconds ?? 10) * 1000;
  // The status that it looks at tells times in whole seconds.
  const earliest = Math.max(now + 1, Math.floor(started / 1000) * 1000 + (probe.initialDelaySeconds ?? 0) * 1000);
  return base + Math.max(0, Math.ceil((earliest - base) / period)) * period;
}

/** What the containers of a Pod may leave as messages, all together. kubernetes: pkg/kubelet/container/runtime.go MaxPodTerminationMessageLogLength */
const ALL_MESSAGES = 12 * 1024;

/** kubernetes: terminationMessagePath and terminationMessagePolicy */
function terminationMessage(state: ContainerState, container: Container): string {
  const text = decode(state.terminationLog?.content ?? EMPTY);
  if (text !== '') return text.slice(-4096);
  if (state.spec.terminationMessagePolicy === 'FallbackToLogsOnError' && container.exitCode !== 0)
    return container.log.tail(80, 2048);
  return '';
}

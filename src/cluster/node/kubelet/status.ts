import type { Stored } from '../../api/object.ts';
import { deepEqual } from '../../api/object.ts';
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../../api/types.generated.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import { qosClassOf } from '../../resources/qos.ts';
import type { ContainerState, TerminatedState } from './container-state.ts';
import { groupsOf } from './security.ts';

export interface PodState {
  readonly containers: readonly ContainerState[];
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly sandboxReady: boolean;
  readonly podIP: string;
  readonly hostIP: string;
  /** ms. */
  readonly startTime: number;
  readonly readinessGates: readonly string[];
  /** What ids of containers begin with. */
  readonly runtime: string;
}

/** The status a kubelet reports; a member that is undefined is not there. kubernetes: pkg/kubelet/kubelet_pods.go generateAPIPodStatus, status/generate.go */
export function makePodStatus(pod: Stored<Pod>, state: PodState, now: number): PodStatus {
  const { containers } = state;
  const of = (role: (r: ContainerState['role']) => boolean) =>
    containers.filter((c) => role(c.role)).map((c) => containerStatus(pod, c, state.runtime));
  const init = of((role) => role === 'init' || role === 'sidecar');
  const ephemeral = of((role) => role === 'ephemeral');
  const { allocatedResources, resources } = podResources(pod);
  const { hostIP, podIP, message, phase, reason } = state;
  return {
    nominatedNodeName: pod.status?.nominatedNodeName || undefined,
    allocatedResources,
    resources,
    conditions: conditions(pod, state, now),
    containerStatuses: of((role) => role === 'app').sort((a, b) => (a.name < b.name ? -1 : 1)),
    ephemeralContainerStatuses: someOf(ephemeral),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    initContainerStatuses: someOf(init),
    message,
    observedGeneration: pod.metadata.generation ?? 1,
    phase,
    podIP: podIP || undefined,
    podIPs: podIP === '' ? undefined : [{ ip: podIP }],
    qosClass: pod.status?.qosClass ?? qosClassOf(pod.spec),
    reason,
    startTime: toSeconds(state.startTime),
  };
}

function someOf<T>(items: T[]): T[] | undefined {
  return items.length > 0 ? items : undefined;
}

/** Requests and limits as allocated, which v1.36 repeats in the status. */
function podResources(pod: Stored<Pod>): Pick<PodStatus, 'allocatedResources' | 'resources'> {
  const containers = pod.spec?.containers ?? [];
  if (containers.length !== 1) return {};
  const { requests, limits } = containers[0]?.resources ?? {};
  return requests || limits ? { allocatedResources: requests, resources: { limits, requests } } : {};
}

function containerStatus(pod: Stored<Pod>, container: ContainerState, runtime: string): ContainerStatus {
  const { spec, current } = container;
  const mounts = (spec.volumeMounts ?? []).map(({ mountPath, name, readOnly }) => ({
    mountPath,
    name,
    readOnly: readOnly || undefined,
    recursiveReadOnly: readOnly ? 'Disabled' : undefined,
  }));
  const { requests, limits } = spec.resources ?? {};
  const uid = spec.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser ?? 0;
  const gid = spec.securityContext?.runAsGroup ?? pod.spec?.securityContext?.runAsGroup ?? 0;
  const id = current?.id ?? container.terminated?.containerID;
  return {
    allocatedResources: requests,
    containerID: id ? `${runtime}://${id}` : undefined,
    image: container.image === '' ? (spec.image ?? '') : container.image,
    imageID: container.imageID,
    lastState: lastStateOf(container, runtime),
    name: spec.name,
    ready: container.ready,
    resources: current && { limits, requests },
    restartCount: container.restartCount,
    started: container.role === 'ephemeral' ? undefined : container.started,
    state: stateOf(container, runtime),
    user: current && { linux: { gid, supplementalGroups: groupsOf(pod, gid), uid } },
    volumeMounts: someOf(mounts),
  };
}

function lastStateOf(container: ContainerState, runtime: string): NonNullable<ContainerStatus['lastState']> {
  const waits = !container.running && container.waiting && container.terminated;
  const last = waits ? container.terminated : container.lastTerminated;
  return last ? { terminated: terminatedStatus(last, runtime) } : {};
}

function stateOf(container: ContainerState, runtime: string): NonNullable<ContainerStatus['state']> {
  if (container.starting)
    return { waiting: { reason: container.role === 'app' ? 'ContainerCreating' : 'PodInitializing' } };
  if ((container.running || container.endUnseen) && container.current)
    return { running: { startedAt: toSeconds(container.current.startedAt) } };
  if (container.waiting) return { waiting: { message: container.waiting.message, reason: container.waiting.reason } };
  if (container.terminated) return { terminated: terminatedStatus(container.terminated, runtime) };
  return { waiting: { reason: 'ContainerCreating' } };
}

function terminatedStatus(state: TerminatedState, runtime: string) {
  return {
    containerID: state.containerID === '' ? undefined : `${runtime}://${state.containerID}`,
    exitCode: state.exitCode,
    finishedAt: toSeconds(state.finishedAt),
    message: state.message,
    reason: state.reason,
    signal: state.signal,
    startedAt: toSeconds(state.startedAt),
  };
}

function conditions(pod: Stored<Pod>, state: PodState, now: number): PodCondition[] {
  const { containers, phase } = state;
  const completed = phase === 'Succeeded';
  const unreadyContainers = containers
    .filter((c) => (c.role === 'app' || c.role === 'sidecar') && !c.ready)
    .map((c) => c.name);
  const uninitialized = containers
    .filter((c) => (c.role === 'init' && c.terminated?.exitCode !== 0) || (c.role === 'sidecar' && !c.started))
    .map((c) => c.name);
  const list = (names: readonly string[]) => `[${names.join(' ')}]`;
  const done = { reason: 'PodCompleted' };
  const notReady = {
    reason: 'ContainersNotReady',
    message: `containers with unready status: ${list(unreadyContainers)}`,
  };
  const failedPhase = phase === 'Failed' ? { reason: 'PodFailed' } : undefined;
  const containersReady = completed ? done : (failedPhase ?? (unreadyContainers.length > 0 ? notReady : undefined));
  const gates = state.readinessGates.filter(
    (type) => !pod.status?.conditions?.some((c) => c.type === type && c.status === 'True'),
  );
  const gateProblem =
    gates.length > 0
      ? {
          reason: 'ReadinessGatesNotReady',
          message: gates
            .map((type) => gateText(type, pod.status?.conditions?.find((c) => c.type === type)?.status))
            .join(', '),
        }
      : undefined;
  const initialized = completed ? done : undefined;
  const notInitialized = {
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: ${list(uninitialized)}`,
  };
  const wanted: { type: string; ok: boolean; why?: { reason: string; message?: string } | undefined }[] = [
    { type: 'PodReadyToStartContainers', ok: state.sandboxReady },
    {
      type: 'Initialized',
      ok: completed || uninitialized.length === 0,
      why: initialized ?? (uninitialized.length > 0 ? notInitialized : undefined),
    },
    { type: 'Ready', ok: !containersReady && !gateProblem, why: containersReady ?? gateProblem },
    { type: 'ContainersReady', ok: !containersReady, why: containersReady },
    { type: 'PodScheduled', ok: true },
  ];
  const own = new Set(wanted.map(({ type }) => type));
  const old = pod.status?.conditions ?? [];
  const made = wanted.map(({ type, ok, why }) => {
    const status = ok ? 'True' : 'False';
    const before = old.find((condition) => condition.type === type);
    const condition: PodCondition = {
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : toSeconds(now),
      message: why?.message,
      observedGeneration: pod.metadata.generation ?? 1,
      reason: why?.reason,
      status,
      type,
    };
    return Object.assign(condition, { lastProbeTime: null });
  });
  // Conditions of others (readiness gates, disruption targets) stay, and stand first. kubernetes: status_manager.go mergePodStatus
  return [...old.filter((condition) => !own.has(condition.type)), ...made];
}

/** kubernetes: pkg/kubelet/status/generate.go GeneratePodReadyCondition */
function gateText(type: string, status: string | undefined): string {
  return status === undefined
    ? `corresponding condition of pod readiness gate "${type}" does not exist.`
    : `the status of pod readiness gate "${type}" is not "True", but ${status}`;
}

export function sameStatus(a: PodStatus | undefined, b: PodStatus): boolean {
  return deepEqual(a, b);
}

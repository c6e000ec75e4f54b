import type { ContainerState } from '../../cluster/node/kubelet/container-state.ts';
import type { Kubelet } from '../../cluster/node/kubelet/kubelet.ts';
import type { PodWorker } from '../../cluster/node/kubelet/pod-worker.ts';
import type { Container } from '../../cluster/node/runtime/container.ts';
import type { Machine } from '../../world/machine.ts';

/** What runs containers on a machine; undefined on machines that have none. */
export type RuntimeFinder = (machine: Machine) => NodeRuntime | undefined;

export interface NodeRuntime {
  readonly kubelet: Kubelet;
  /** `containerd`, `crio`, `docker`: its unit. */
  readonly unit: string;
  readonly socket: string;
  /** Why nobody can connect to the socket; undefined when one can. */
  readonly socketProblem: () => string | undefined;
  readonly version: string;
}

/** A container as the runtime lists it. */
export interface ListedContainer {
  readonly worker: PodWorker;
  readonly state: ContainerState;
  readonly container: Container;
  readonly attempt: number;
}

/** Containers of the node, the newest first: those that run, and the last that ended of each. */
export function listContainers({ kubelet }: NodeRuntime): ListedContainer[] {
  const all: ListedContainer[] = [];
  for (const worker of kubelet.workers.values()) {
    for (const state of worker.containers) {
      const { current, previous, restartCount } = state;
      if (current) all.push({ worker, state, container: current, attempt: restartCount });
      if (previous && current?.running)
        all.push({ worker, state, container: previous, attempt: Math.max(0, restartCount - 1) });
    }
  }
  return all.sort((a, b) => b.container.startedAt - a.container.startedAt);
}

/** The beginning of what is asked for finds it, as long as it is the only one. */
export function findContainer(runtime: NodeRuntime, id: string): ListedContainer | undefined {
  return listContainers(runtime).find(({ container }) => container.id.startsWith(id));
}

export function listSandboxes({ kubelet }: NodeRuntime): PodWorker[] {
  return [...kubelet.workers.values()]
    .filter((worker) => worker.podIP !== '' || worker.containers.some((state) => state.current))
    .sort((a, b) => b.startTime - a.startTime);
}

/** docker/go-units HumanDuration. */
export function humanAge(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3600);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  return hours < 24 * 14 ? `${Math.floor(hours / 24)} days` : `${Math.floor(hours / 24 / 7)} weeks`;
}

/** docker/go-units HumanSize with three digits: `45.1MB`. */
export function humanBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(3))}${units[unit]}`;
}

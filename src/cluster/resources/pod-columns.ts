import type { Stored } from '../api/object.ts';
import type { Column } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type { ContainerStatus, Pod } from '../api/types.generated.ts';
import { humanDuration } from '../apimachinery/duration.ts';
import { parseTime } from '../apimachinery/time.ts';

interface PodSummary {
  readonly ready: number;
  readonly total: number;
  readonly status: string;
  readonly restarts: string;
}

/** What the READY, STATUS and RESTARTS columns say. kubernetes: pkg/printers/internalversion/printers.go printPod */
export function summarizePod(pod: Stored<Pod>, now: number): PodSummary {
  const spec = pod.spec;
  const status = pod.status ?? {};
  const initContainers = spec?.initContainers ?? [];
  const sidecars = new Set(initContainers.filter((c) => c.restartPolicy === 'Always').map((c) => c.name));
  let restarts = 0;
  let sidecarRestarts = 0;
  let lastRestart = 0;
  let lastSidecarRestart = 0;
  let total = spec?.containers?.length ?? 0;
  let ready = 0;
  let reason: string = status.phase ?? '';
  if (status.reason) reason = status.reason;
  // A gated Pod waits before it may be scheduled.
  for (const condition of status.conditions ?? []) {
    if (condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated') reason = 'SchedulingGated';
  }
  let initializing = false;
  total += sidecars.size;
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    restarts += container.restartCount;
    lastRestart = Math.max(lastRestart, finishedAt(container));
    const sidecar = sidecars.has(container.name);
    if (sidecar) {
      sidecarRestarts += container.restartCount;
      lastSidecarRestart = Math.max(lastSidecarRestart, finishedAt(container));
    }
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecar && container.started) {
      if (container.ready) ready++;
      continue;
    }
    if (terminated) {
      if (terminated.reason) reason = `Init:${terminated.reason}`;
      else if (terminated.signal) reason = `Init:Signal:${terminated.signal}`;
      else reason = `Init:ExitCode:${terminated.exitCode}`;
    } else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = `Init:${waiting.reason}`;
    else reason = `Init:${index}/${initContainers.length}`;
    initializing = true;
    break;
  }
  if (!initializing || initialized(pod)) {
    restarts = sidecarRestarts;
    lastRestart = lastSidecarRestart;
    let running = false;
    for (const container of [...(status.containerStatuses ?? [])].reverse()) {
      restarts += container.restartCount;
      lastRestart = Math.max(lastRestart, finishedAt(container));
      const { terminated, waiting } = container.state ?? {};
      if (waiting?.reason) reason = waiting.reason;
      else if (terminated?.reason) reason = terminated.reason;
      else if (terminated?.signal) reason = `Signal:${terminated.signal}`;
      else if (terminated) reason = `ExitCode:${terminated.exitCode}`;
      else if (container.ready && container.state?.running) {
        running = true;
        ready++;
      }
    }
    if (reason === 'Completed' && running) {
      const isReady = status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
      reason = isReady ? 'Running' : 'NotReady';
    }
  }
  if (pod.metadata.deletionTimestamp && status.reason === 'NodeLost') reason = 'Unknown';
  else if (pod.metadata.deletionTimestamp && status.phase !== 'Succeeded' && status.phase !== 'Failed')
    reason = 'Terminating';
  const since = lastRestart > 0 && restarts > 0 ? ` (${humanDuration(now - lastRestart)} ago)` : '';
  return { ready, total, status: reason, restarts: `${restarts}${since}` };
}

function finishedAt(container: ContainerStatus): number {
  const time = container.lastState?.terminated?.finishedAt;
  return typeof time === 'string' ? parseTime(time) : 0;
}

function initialized(pod: Stored<Pod>): boolean {
  return (pod.status?.conditions ?? []).some((c) => c.type === 'Initialized' && c.status === 'True');
}

function readinessGates(pod: Stored<Pod>): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const passed = gates.filter((gate) =>
    pod.status?.conditions?.some((c) => c.type === gate.conditionType && c.status === 'True'),
  );
  return `${passed.length}/${gates.length}`;
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  {
    name: 'Ready',
    value: (pod, now) => {
      const { ready, total } = summarizePod(pod, now);
      return `${ready}/${total}`;
    },
  },
  { name: 'Status', value: (pod, now) => summarizePod(pod, now).status },
  { name: 'Restarts', value: (pod, now) => summarizePod(pod, now).restarts },
  ageColumn,
  { name: 'IP', priority: 1, value: (pod) => pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || '<none>' },
  { name: 'Node', priority: 1, value: (pod) => pod.spec?.nodeName || '<none>' },
  { name: 'Nominated Node', priority: 1, value: (pod) => pod.status?.nominatedNodeName || '<none>' },
  { name: 'Readiness Gates', priority: 1, value: readinessGates },
];

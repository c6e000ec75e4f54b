import { PODS, SERVICES } from '../../api/kinds.ts';
import { keyOf, type Stored } from '../../api/object.ts';
import type { Pod, Service, ServicePort } from '../../api/types.generated.ts';
import { LabelSelector } from '../../apimachinery/label-selector.ts';
import { parseTime, toSeconds } from '../../apimachinery/time.ts';
import type { ControllerContext } from '../controller.ts';
import { isPodReady, isPodTerminal, readyTime } from '../pods.ts';
import type { WorkQueue } from '../work-queue.ts';

// What EndpointSlices and Endpoints have in common. kubernetes: pkg/controller/util/endpoint, staging/endpointslice/util

export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';
export const HEADLESS = 'service.kubernetes.io/headless';
export const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';

/** Many Pods of one Service that change together are looked at together: ms for each Pod of the last look. */
const BATCH = 0.2;

/** Queues Services whose Pods change. `sizes` says how many Pods a Service had at the last look. */
export function watchPods(context: ControllerContext, queue: WorkQueue, sizes: ReadonlyMap<string, number>): void {
  context.enqueue(SERVICES, queue);
  context.informer(PODS, ({ type, object, old }) => {
    if (type === 'MODIFIED' && old && sameEndpoint(old, object)) return;
    for (const service of context.client.list(SERVICES, object.metadata.namespace)) {
      const selector = selectorOf(service);
      if (!selector?.matches(object.metadata.labels) && !(old && selector?.matches(old.metadata.labels))) continue;
      const key = keyOf(service);
      queue.addAfter(key, (sizes.get(key) ?? 0) * BATCH);
    }
  });
}

function sameEndpoint(a: Stored<Pod>, b: Stored<Pod>): boolean {
  return (
    a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
    a.metadata.labels === b.metadata.labels &&
    a.status?.podIP === b.status?.podIP &&
    a.status?.phase === b.status?.phase &&
    a.spec?.nodeName === b.spec?.nodeName &&
    isPodReady(a) === isPodReady(b)
  );
}

export function selectorOf(service: Service): LabelSelector | undefined {
  const labels = service.spec?.selector;
  if (!labels || Object.keys(labels).length === 0 || service.spec?.type === 'ExternalName') return undefined;
  return LabelSelector.ofSet(labels);
}

/** Pods of a Service that have an address and may still answer. */
export function podsOf(context: ControllerContext, service: Stored<Service>): Stored<Pod>[] {
  const selector = selectorOf(service);
  if (!selector) return [];
  return context.client
    .list(PODS, service.metadata.namespace)
    .filter((pod) => selector.matches(pod.metadata.labels) && !isPodTerminal(pod) && Boolean(pod.status?.podIP));
}

/** The port of a Pod that a Service's port means; undefined when the Pod has no port of that name. */
export function portOf(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target === 0 ? port.port : target;
  const protocol = port.protocol ?? 'TCP';
  const containers = [
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always'),
  ];
  for (const container of containers) {
    for (const candidate of container.ports ?? []) {
      if (candidate.name === target && (candidate.protocol ?? 'TCP') === protocol) return candidate.containerPort;
    }
  }
  return undefined;
}

/** The name of a Pod in a headless Service's domain. */
export function hostnameOf(pod: Stored<Pod>, service: Stored<Service>): string | undefined {
  const { hostname, subdomain } = pod.spec ?? {};
  return hostname && subdomain === service.metadata.name ? hostname : undefined;
}

export function targetOf(pod: Stored<Pod>) {
  const { namespace, name, uid } = pod.metadata;
  return { kind: 'Pod', namespace, name, uid };
}

/** Finds what set off a change, for the annotation that latency is measured with. kubernetes: endpointslice/util/trigger_time_tracker.go */
export class TriggerTimes {
  private readonly known = new Map<string, { service: number; pods: Map<string, number> }>();

  /** The time as an annotation's value; undefined when nothing new set it off. */
  next(service: Stored<Service>, pods: readonly Stored<Pod>[]): string | undefined {
    const key = keyOf(service);
    const created = parseTime(service.metadata.creationTimestamp);
    const times = new Map(pods.map((pod) => [keyOf(pod), triggerOf(pod)]));
    const before = this.known.get(key);
    this.known.set(key, { service: created, pods: times });
    if (!before) return toSeconds(created);
    const changed = before.service < created ? [created] : [];
    for (const [name, time] of times) if (time > (before.pods.get(name) ?? 0)) changed.push(time);
    return changed.length > 0 ? toSeconds(Math.min(...changed)) : undefined;
  }

  forget(key: string): void {
    this.known.delete(key);
  }
}

function triggerOf(pod: Stored<Pod>): number {
  return readyTime(pod) || parseTime(pod.metadata.creationTimestamp);
}

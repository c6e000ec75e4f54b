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

/**
 * Queues Services whose Pods change, and knows the Pods of each Service: both by one label of the selector, so that a
 * change of one Pod costs no look at the others.
 */
export class ServicePods {
  private readonly services = new Map<string, Map<string, Stored<Service>>>();
  private readonly pods = new Map<string, Map<string, Stored<Pod>>>();
  private readonly selectors = new WeakMap<object, LabelSelector | null>();
  /** How many Pods a Service had at the last look. */
  private readonly sizes = new Map<string, number>();

  constructor(context: ControllerContext, queue: WorkQueue) {
    context.informer(SERVICES, ({ type, object, old }) => {
      if (old) this.services.get(labelOf(old))?.delete(keyOf(old));
      if (type === 'DELETED') {
        this.services.get(labelOf(object))?.delete(keyOf(object));
        this.sizes.delete(keyOf(object));
      } else put(this.services, labelOf(object), keyOf(object), object);
      queue.add(keyOf(object));
    });
    context.informer(PODS, ({ type, object, old }) => {
      const pod = keyOf(object);
      if (old && old.metadata.labels !== object.metadata.labels)
        for (const label of labelsOf(old)) this.pods.get(label)?.delete(pod);
      for (const label of labelsOf(object)) {
        if (type === 'DELETED') this.pods.get(label)?.delete(pod);
        else put(this.pods, label, pod, object);
      }
      if (old && type !== 'DELETED' && sameEndpoint(old, object)) return;
      const labels = new Set([...labelsOf(object), ...(old ? labelsOf(old) : [])]);
      for (const label of labels) {
        for (const service of this.services.get(label)?.values() ?? []) {
          const selector = this.selectorOf(service);
          if (!selector?.matches(object.metadata.labels) && !(old && selector?.matches(old.metadata.labels))) continue;
          const key = keyOf(service);
          queue.addAfter(key, (this.sizes.get(key) ?? 0) * BATCH);
        }
      }
    });
  }

  /** Pods of a Service that have an address and may still answer, in the order of their names. */
  of(service: Stored<Service>): Stored<Pod>[] {
    const selector = this.selectorOf(service);
    if (!selector) return [];
    const found: Stored<Pod>[] = [];
    for (const pod of this.pods.get(labelOf(service))?.values() ?? [])
      if (selector.matches(pod.metadata.labels) && !isPodTerminal(pod) && pod.status?.podIP) found.push(pod);
    this.sizes.set(keyOf(service), found.length);
    return found.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  private selectorOf(service: Stored<Service>): LabelSelector | undefined {
    const labels = service.spec?.selector;
    if (!labels) return undefined;
    let selector = this.selectors.get(service);
    if (selector === undefined) {
      selector = selectorOf(service) ?? null;
      this.selectors.set(service, selector);
    }
    return selector ?? undefined;
  }
}

function put<T extends Stored>(index: Map<string, Map<string, T>>, label: string, key: string, object: T): void {
  let bucket = index.get(label);
  if (!bucket) {
    bucket = new Map();
    index.set(label, bucket);
  }
  bucket.set(key, object);
}

/** The label that a Service is found by: the first of its selector. */
function labelOf(service: Stored<Service>): string {
  for (const [name, value] of Object.entries(service.spec?.selector ?? {}))
    return `${service.metadata.namespace} ${name}=${value}`;
  return '';
}

const known = new WeakMap<object, { readonly namespace: string | undefined; readonly texts: readonly string[] }>();

/** Both controllers ask at each change of a Pod, and hardly any change is one of labels. */
function labelsOf(pod: Stored<Pod>): readonly string[] {
  const { labels, namespace } = pod.metadata;
  if (!labels) return NO_LABELS;
  const before = known.get(labels);
  if (before && before.namespace === namespace) return before.texts;
  const texts = Object.entries(labels).map(([name, value]) => `${namespace} ${name}=${value}`);
  known.set(labels, { namespace, texts });
  return texts;
}

const NO_LABELS: readonly string[] = [];

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

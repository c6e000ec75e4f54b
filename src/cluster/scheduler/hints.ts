import type { Stored } from '../api/object.ts';
import { deepEqual } from '../api/object.ts';
import type { Node, Pod } from '../api/types.generated.ts';
import type { Cache } from './cache.ts';
import { podInfo } from './pod-info.ts';
import type { QueuedPod } from './queue.ts';

// Whether something that happened may make a Pod schedulable, by the plugins that refused it.
// kubernetes: the plugins' EventsToRegister and queueing hints

const RESOURCES = 'NodeResourcesFit';
const SPREAD = 'PodTopologySpread';
const AFFINITY = 'InterPodAffinity';

/** A Pod on a node went. */
export function departureHelps(item: QueuedPod, gone: Stored<Pod>): boolean {
  if (item.pod.status?.nominatedNodeName === gone.spec?.nodeName && gone.spec?.nodeName) return true;
  const waiting = podInfo(item.pod);
  const leaving = podInfo(gone);
  for (const plugin of item.plugins) {
    if (plugin === RESOURCES) {
      if (waiting.requests.size === 0) return true;
      for (const [name, amount] of waiting.requests) {
        if (amount > 0 && (leaving.requests.get(name) ?? 0) > 0) return true;
      }
      // A node that had too many Pods has room for one more.
      if (leaving.requests.size === 0 && (item.pod.status?.conditions ?? []).some(saysTooMany)) return true;
    }
    if (plugin === 'NodePorts' && leaving.ports.length > 0) return true;
    if (plugin === SPREAD && gone.metadata.namespace === item.pod.metadata.namespace) return true;
    if (plugin === AFFINITY) return true;
  }
  return false;
}

function saysTooMany({ message = '' }: { message?: string | undefined }): boolean {
  return message.includes('Too many pods');
}

/** A Pod was bound to a node, or the labels of one changed. */
export function arrivalHelps(item: QueuedPod, arrived: Stored<Pod>, cache: Cache): boolean {
  if (item.plugins.has(SPREAD) && arrived.metadata.namespace === item.pod.metadata.namespace) return true;
  if (!item.plugins.has(AFFINITY)) return false;
  return podInfo(item.pod).affinity.some((term) => cache.termMatches(term, arrived));
}

/** Whether a node changed in anything that filters look at. */
export function nodeChanged(old: Stored<Node> | undefined, node: Stored<Node>): boolean {
  if (!old) return true;
  return !(
    deepEqual(old.status?.allocatable, node.status?.allocatable) &&
    deepEqual(old.metadata.labels, node.metadata.labels) &&
    deepEqual(old.spec?.taints, node.spec?.taints) &&
    Boolean(old.spec?.unschedulable) === Boolean(node.spec?.unschedulable)
  );
}

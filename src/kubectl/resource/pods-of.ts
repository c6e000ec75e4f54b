import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { formatLabelSelector, formatLabels } from '../../cluster/apimachinery/labels.ts';
import type { Task } from '../../world/task.ts';
import { KubectlError } from '../errors.ts';
import type { Factory } from '../factory.ts';
import { listAt, objectAt, textAt } from '../json.ts';

/** How Go names a kind's type in messages: `*v1.Service`. */
export function goTypeOf(object: JsonObject): string {
  const version = textAt(object, 'apiVersion').split('/').at(-1) ?? '';
  return `*${version}.${textAt(object, 'kind')}`;
}

/** The label selector of an object that has pods. Raises KubectlError. kubernetes: kubectl/pkg/polymorphichelpers SelectorsForObject */
export function podSelectorOf(object: JsonObject): string {
  const kind = textAt(object, 'kind');
  if (['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind))
    return formatLabelSelector(objectAt(object, 'spec', 'selector'));
  if (kind === 'Service' || kind === 'ReplicationController') {
    const selector = objectAt(object, 'spec', 'selector');
    if (Object.keys(selector).length === 0 && kind === 'Service')
      throw new KubectlError(
        `invalid service '${textAt(object, 'metadata', 'name')}': Service is defined without a selector`,
      );
    return formatLabels(selector);
  }
  throw new KubectlError(`selector for ${goTypeOf(object)} not implemented`);
}

/** The pods of an object, in the order of the server. Raises KubectlError, StatusError. */
export function* podsOf(factory: Factory, namespace: string, selector: string): Task<JsonObject[]> {
  const list = yield* factory.client().get(`/api/v1/namespaces/${namespace}/pods`, [['labelSelector', selector]]);
  return listAt(list, 'items').map((pod) => ({ apiVersion: 'v1', kind: 'Pod', ...pod }));
}

/** Orders pods for logs: those that have most to tell first. kubernetes: kubectl/pkg/util/podutils ByLogging */
export function byLogging(a: JsonObject, b: JsonObject): number {
  const assigned = (pod: JsonObject) => (textAt(pod, 'spec', 'nodeName') === '' ? 1 : 0);
  const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1 };
  const phase = (pod: JsonObject) => -(phases[textAt(pod, 'status', 'phase')] ?? 2);
  const ready = (pod: JsonObject) => (isReady(pod) ? 0 : 1);
  const readySince = (pod: JsonObject) => textAt(condition(pod, 'Ready'), 'lastTransitionTime');
  const created = (pod: JsonObject) => textAt(pod, 'metadata', 'creationTimestamp');
  return (
    assigned(a) - assigned(b) ||
    phase(a) - phase(b) ||
    ready(a) - ready(b) ||
    (isReady(a) && isReady(b) ? compare(readySince(a), readySince(b)) : 0) ||
    restarts(b) - restarts(a) ||
    compare(created(a), created(b))
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function condition(pod: JsonObject, type: string): JsonObject {
  return listAt(pod, 'status', 'conditions').find((one) => one['type'] === type) ?? {};
}

function isReady(pod: JsonObject): boolean {
  return condition(pod, 'Ready')['status'] === 'True';
}

function restarts(pod: JsonObject): number {
  return Math.max(0, ...listAt(pod, 'status', 'containerStatuses').map((one) => Number(one['restartCount'] ?? 0)));
}

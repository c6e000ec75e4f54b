import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { KubectlError } from '../../errors.ts';
import type { Factory } from '../../factory.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import type { Mapping } from '../../mapper.ts';
import { CHANGE_CAUSE } from '../../record.ts';

export const REVISION = 'deployment.kubernetes.io/revision';

/** One revision of a workload. */
export interface Revision {
  readonly number: number;
  /** The ReplicaSet or ControllerRevision that keeps it. */
  readonly keeper: JsonObject;
  readonly template: JsonObject;
  readonly changeCause: string;
}

/** Kinds that upstream's visitor knows; those without revisions say so. kubernetes: kubectl/pkg/polymorphichelpers */
const VISITED = [
  'CronJob.batch',
  'DaemonSet.apps',
  'Deployment.apps',
  'Job.batch',
  'Pod',
  'ReplicaSet.apps',
  'ReplicationController',
  'StatefulSet.apps',
];
const WITH_HISTORY = ['DaemonSet.apps', 'Deployment.apps', 'StatefulSet.apps'];

export function groupKind(mapping: Mapping): string {
  return mapping.group === '' ? mapping.kind : `${mapping.kind}.${mapping.group}`;
}

/** Raises KubectlError for kinds without a history. `what`: `history viewer` or `rollbacker`, `retrieving`: how upstream names what it looks for. */
export function requireHistory(mapping: Mapping, what: string, retrieving: string): void {
  const kind = groupKind(mapping);
  if (WITH_HISTORY.includes(kind)) return;
  if (VISITED.includes(kind)) throw new KubectlError(`no ${what} has been implemented for ${JSON.stringify(kind)}`);
  throw new KubectlError(
    `error retrieving ${retrieving} for ${JSON.stringify(kind)}, no visitor method exists for {${mapping.group} ${mapping.kind}}`,
  );
}

/** The revisions of a Deployment, DaemonSet or StatefulSet, oldest first. */
export function* revisionsOf(factory: Factory, object: JsonObject, namespace: string): Task<Revision[]> {
  const deployment = textAt(object, 'kind') === 'Deployment';
  const path = `/apis/apps/v1/namespaces/${namespace}/${deployment ? 'replicasets' : 'controllerrevisions'}`;
  const selector = selectorText(objectAt(object, 'spec', 'selector'));
  const list = yield* factory.client().get(path, selector === '' ? [] : [['labelSelector', selector]]);
  const uid = textAt(object, 'metadata', 'uid');
  const owned = listAt(list, 'items').filter((one) =>
    listAt(one, 'metadata', 'ownerReferences').some((owner) => owner['controller'] === true && owner['uid'] === uid),
  );
  const kind = deployment ? 'ReplicaSet' : 'ControllerRevision';
  return owned
    .map((one) => ({ apiVersion: 'apps/v1', kind, ...one }))
    .flatMap((one) => (deployment ? fromReplicaSet(one) : fromControllerRevision(one)))
    .sort((a, b) => a.number - b.number);
}

function fromReplicaSet(replicaSet: JsonObject): Revision[] {
  const text = textAt(replicaSet, 'metadata', 'annotations', REVISION);
  if (!/^\d+$/.test(text)) return [];
  const cause = textAt(replicaSet, 'metadata', 'annotations', CHANGE_CAUSE);
  let template = objectAt(replicaSet, 'spec', 'template');
  if (cause !== '') {
    const annotations = { ...objectAt(template, 'metadata', 'annotations'), [CHANGE_CAUSE]: cause };
    template = { ...template, metadata: { ...objectAt(template, 'metadata'), annotations } };
  }
  return [{ number: Number(text), keeper: replicaSet, template, changeCause: cause }];
}

function fromControllerRevision(revision: JsonObject): Revision[] {
  const number = revision['revision'];
  if (typeof number !== 'number') return [];
  const { $patch: _, ...template } = objectAt(revision, 'data', 'spec', 'template');
  return [
    { number, keeper: revision, template, changeCause: textAt(revision, 'metadata', 'annotations', CHANGE_CAUSE) },
  ];
}

/** A LabelSelector as text. */
function selectorText(selector: JsonObject): string {
  const labels = Object.entries(objectAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${String(value)}`);
  const expressions = listAt(selector, 'matchExpressions').map((one) => {
    const key = textAt(one, 'key');
    const values = Array.isArray(one['values']) ? one['values'].map(String).join(',') : '';
    switch (textAt(one, 'operator')) {
      case 'In':
        return `${key} in (${values})`;
      case 'NotIn':
        return `${key} notin (${values})`;
      case 'Exists':
        return key;
      default:
        return `!${key}`;
    }
  });
  return [...labels, ...expressions].join(',');
}

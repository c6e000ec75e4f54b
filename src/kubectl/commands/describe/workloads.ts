import { humanDuration } from '../../../cluster/apimachinery/duration.ts';
import { equal, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { formatLabelSelector, formatLabels } from '../../../cluster/apimachinery/labels.ts';
import type { Task } from '../../../world/task.ts';
import type { Client } from '../../client.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { podSelectorOf } from '../../resource/pods-of.ts';
import type { Describer, Description } from './describer.ts';
import { controllerOf, numberAt, timeText, writeLabelsAndAnnotations } from './metadata.ts';
import { writePodTemplate } from './pod-template.ts';
import type { DescribeWriter } from './writer.ts';

function writeConditions(out: DescribeWriter, object: JsonObject): void {
  const conditions = listAt(object, 'status', 'conditions');
  if (conditions.length === 0) return;
  out.write(0, 'Conditions:\n  Type\tStatus\tReason\n');
  out.line(1, '----\t------\t------');
  for (const one of conditions)
    out.line(1, `${textAt(one, 'type')} \t${textAt(one, 'status')}\t${textAt(one, 'reason')}`);
}

function* podStatuses(client: Client, object: JsonObject): Task<string> {
  const namespace = textAt(object, 'metadata', 'namespace');
  const selector = podSelectorOf(object);
  const list = yield* client.get(`/api/v1/namespaces/${namespace}/pods`, [
    ['labelSelector', selector],
    ['limit', '500'],
  ]);
  const uid = textAt(object, 'metadata', 'uid');
  const counts: Record<string, number> = { Running: 0, Pending: 0, Succeeded: 0, Failed: 0 };
  for (const pod of listAt(list, 'items')) {
    const owner = listAt(pod, 'metadata', 'ownerReferences').find((one) => one['controller'] === true);
    const phase = textAt(pod, 'status', 'phase');
    if (owner && textAt(owner, 'uid') === uid && counts[phase] !== undefined) counts[phase] += 1;
  }
  return `${counts['Running']} Running / ${counts['Pending']} Waiting / ${counts['Succeeded']} Succeeded / ${counts['Failed']} Failed`;
}

function writeNames(out: DescribeWriter, object: JsonObject): void {
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  out.line(0, `Namespace:\t${textAt(object, 'metadata', 'namespace')}`);
}

function selectorText(object: JsonObject): string {
  return formatLabelSelector(objectAt(object, 'spec', 'selector'));
}

/** kubernetes: kubectl/pkg/describe describeDeployment */
export const describeDeployment: Describer = {
  events: true,
  *write({ out, object, client }) {
    writeNames(out, object);
    out.line(0, `CreationTimestamp:\t${timeText(textAt(object, 'metadata', 'creationTimestamp'))}`);
    writeLabelsAndAnnotations(out, object);
    out.line(0, `Selector:\t${selectorText(object)}`);
    const count = (field: string) => numberAt(object, 'status', field);
    out.line(
      0,
      `Replicas:\t${numberAt(object, 'spec', 'replicas')} desired | ${count('updatedReplicas')} updated | ${count('replicas')} total | ${count('availableReplicas')} available | ${count('unavailableReplicas')} unavailable`,
    );
    const strategy = objectAt(object, 'spec', 'strategy');
    out.line(0, `StrategyType:\t${textAt(strategy, 'type')}`);
    out.line(0, `MinReadySeconds:\t${numberAt(object, 'spec', 'minReadySeconds')}`);
    const rolling = objectAt(strategy, 'rollingUpdate');
    if (strategy['rollingUpdate'])
      out.line(
        0,
        `RollingUpdateStrategy:\t${String(rolling['maxUnavailable'])} max unavailable, ${String(rolling['maxSurge'])} max surge`,
      );
    writePodTemplate(out, objectAt(object, 'spec', 'template'));
    writeConditions(out, object);
    const [old, current] = yield* replicaSets(client, object);
    out.line(0, `OldReplicaSets:\t${setsText(old)}`);
    out.line(0, `NewReplicaSet:\t${setsText(current)}`);
  },
};

function* replicaSets(client: Client, deployment: JsonObject): Task<[JsonObject[], JsonObject[]]> {
  const namespace = textAt(deployment, 'metadata', 'namespace');
  const list = yield* client.get(`/apis/apps/v1/namespaces/${namespace}/replicasets`, [
    ['labelSelector', selectorText(deployment)],
    ['limit', '500'],
  ]);
  const uid = textAt(deployment, 'metadata', 'uid');
  const owned = listAt(list, 'items').filter((one) =>
    listAt(one, 'metadata', 'ownerReferences').some((owner) => owner['controller'] === true && owner['uid'] === uid),
  );
  const template = (object: JsonObject) => {
    const labels = { ...objectAt(object, 'spec', 'template', 'metadata', 'labels') };
    delete labels['pod-template-hash'];
    const found = objectAt(object, 'spec', 'template');
    return { ...found, metadata: { ...objectAt(found, 'metadata'), labels } };
  };
  const wanted = template(deployment);
  const current = owned.filter((one) => equal(template(one), wanted)).slice(0, 1);
  return [owned.filter((one) => !current.includes(one)), current];
}

function setsText(sets: readonly JsonObject[]): string {
  const texts = sets.map(
    (one) =>
      `${textAt(one, 'metadata', 'name')} (${numberAt(one, 'status', 'replicas')}/${numberAt(one, 'spec', 'replicas')} replicas created)`,
  );
  return texts.join(', ') || '<none>';
}

/** ReplicaSet and ReplicationController. kubernetes: kubectl/pkg/describe describeReplicaSet */
export const describeReplicaSet: Describer = {
  events: true,
  *write({ out, object, client }) {
    writeNames(out, object);
    const selector = objectAt(object, 'spec', 'selector');
    const isController = textAt(object, 'kind') === 'ReplicationController';
    out.line(0, `Selector:\t${isController ? formatLabels(selector) : formatLabelSelector(selector)}`);
    writeLabelsAndAnnotations(out, object);
    if (controllerOf(object) !== '') out.line(0, `Controlled By:\t${controllerOf(object)}`);
    out.line(
      0,
      `Replicas:\t${numberAt(object, 'status', 'replicas')} current / ${numberAt(object, 'spec', 'replicas')} desired`,
    );
    out.line(0, `Pods Status:\t${yield* podStatuses(client, object)}`);
    writePodTemplate(out, objectAt(object, 'spec', 'template'));
    writeConditions(out, object);
  },
};

export const describeDaemonSet: Describer = {
  events: true,
  *write({ out, object, client }) {
    writeNames(out, object);
    out.line(0, `Selector:\t${selectorText(object)}`);
    out.line(0, `Node-Selector:\t${formatLabels(objectAt(object, 'spec', 'template', 'spec', 'nodeSelector'))}`);
    writeLabelsAndAnnotations(out, object);
    const count = (title: string, field: string) => out.line(0, `${title}: ${numberAt(object, 'status', field)}`);
    count('Desired Number of Nodes Scheduled', 'desiredNumberScheduled');
    count('Current Number of Nodes Scheduled', 'currentNumberScheduled');
    count('Number of Nodes Scheduled with Up-to-date Pods', 'updatedNumberScheduled');
    count('Number of Nodes Scheduled with Available Pods', 'numberAvailable');
    count('Number of Nodes Misscheduled', 'numberMisscheduled');
    out.line(0, `Pods Status:\t${yield* podStatuses(client, object)}`);
    writePodTemplate(out, objectAt(object, 'spec', 'template'));
  },
};

export const describeStatefulSet: Describer = {
  events: true,
  *write({ out, object, client }) {
    writeNames(out, object);
    out.line(0, `CreationTimestamp:\t${timeText(textAt(object, 'metadata', 'creationTimestamp'))}`);
    out.line(0, `Selector:\t${selectorText(object)}`);
    writeLabelsAndAnnotations(out, object);
    out.line(
      0,
      `Replicas:\t${numberAt(object, 'spec', 'replicas')} desired | ${numberAt(object, 'status', 'replicas')} total`,
    );
    const strategy = objectAt(object, 'spec', 'updateStrategy');
    out.line(0, `Update Strategy:\t${textAt(strategy, 'type')}`);
    const rolling = objectAt(strategy, 'rollingUpdate');
    if (rolling['partition'] !== undefined) out.line(1, `Partition:\t${String(rolling['partition'])}`);
    out.line(0, `Pods Status:\t${yield* podStatuses(client, object)}`);
    writePodTemplate(out, objectAt(object, 'spec', 'template'));
    writeClaimTemplates(out, listAt(object, 'spec', 'volumeClaimTemplates'));
  },
};

function writeClaimTemplates(out: DescribeWriter, claims: readonly JsonObject[]): void {
  if (claims.length === 0) {
    out.line(0, 'Volume Claims:\t<none>');
    return;
  }
  out.line(0, 'Volume Claims:');
  for (const claim of claims) {
    out.line(1, `Name:\t${textAt(claim, 'metadata', 'name')}`);
    const sc = objectAt(claim, 'spec')['storageClassName'];
    out.line(1, `StorageClass:\t${sc === undefined ? '' : String(sc)}`);
    for (const [title, field] of [
      ['Labels', 'labels'],
      ['Annotations', 'annotations'],
    ] as const)
      out.line(1, `${title}:\t${formatLabels(objectAt(claim, 'metadata', field))}`);
    const size = objectAt(claim, 'spec', 'resources', 'requests')['storage'];
    out.line(1, `Capacity:\t${size === undefined ? '<default>' : String(size)}`);
    const modes = objectAt(claim, 'spec')['accessModes'];
    out.line(1, `Access Modes:\t[${Array.isArray(modes) ? modes.join(' ') : ''}]`);
  }
}

/** kubernetes: kubectl/pkg/describe describeJob */
export const describeJob: Describer = {
  events: true,
  *write({ out, object }: Description) {
    writeNames(out, object);
    out.line(0, `Selector:\t${selectorText(object)}`);
    writeLabelsAndAnnotations(out, object);
    if (controllerOf(object) !== '') out.line(0, `Controlled By:\t${controllerOf(object)}`);
    const spec = objectAt(object, 'spec');
    const status = objectAt(object, 'status');
    const given = (title: string, field: string, unset?: string) => {
      const value = spec[field];
      if (value !== undefined) out.line(0, `${title}:\t${String(value)}`);
      else if (unset !== undefined) out.line(0, `${title}:\t${unset}`);
    };
    given('Parallelism', 'parallelism');
    given('Completions', 'completions', '<unset>');
    given('Completion Mode', 'completionMode');
    given('Suspend', 'suspend');
    given('Backoff Limit', 'backoffLimit');
    given('TTL Seconds After Finished', 'ttlSecondsAfterFinished');
    const [start, end] = [textAt(status, 'startTime'), textAt(status, 'completionTime')];
    if (start !== '') out.line(0, `Start Time:\t${timeText(start)}`);
    if (end !== '') out.line(0, `Completed At:\t${timeText(end)}`);
    if (start !== '' && end !== '') out.line(0, `Duration:\t${humanDuration(Date.parse(end) - Date.parse(start))}`);
    if (spec['activeDeadlineSeconds'] !== undefined)
      out.line(0, `Active Deadline Seconds:\t${String(spec['activeDeadlineSeconds'])}s`);
    const ready = status['ready'] === undefined ? '' : ` (${String(status['ready'])} Ready)`;
    out.line(
      0,
      `Pods Statuses:\t${numberAt(status, 'active')} Active${ready} / ${numberAt(status, 'succeeded')} Succeeded / ${numberAt(status, 'failed')} Failed`,
    );
    if (textAt(spec, 'completionMode') === 'Indexed')
      out.line(0, `Completed Indexes:\t${textAt(status, 'completedIndexes') || '<none>'}`);
    writePodTemplate(out, objectAt(spec, 'template'));
  },
};

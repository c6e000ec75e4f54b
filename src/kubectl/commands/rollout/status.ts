import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { KubectlError } from '../../errors.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { isObject } from '../../printers/go-value.ts';
import { REVISION } from './history.ts';

/** How far a rollout is. */
export interface RolloutStatus {
  readonly text: string;
  readonly done: boolean;
}

type Viewer = (object: JsonObject, revision: number) => RolloutStatus;

/** kubernetes: kubectl/pkg/polymorphichelpers/rollout_status.go */
export const STATUS_VIEWERS: Readonly<Record<string, Viewer>> = {
  'Deployment.apps': deploymentStatus,
  'DaemonSet.apps': daemonSetStatus,
  'StatefulSet.apps': statefulSetStatus,
};

function count(object: JsonObject, part: 'spec' | 'status', field: string, fallback = 0): number {
  const value = objectAt(object, part)[field];
  return typeof value === 'number' ? value : fallback;
}

function observed(object: JsonObject): boolean {
  const generation = objectAt(object, 'metadata')['generation'];
  return (typeof generation === 'number' ? generation : 0) <= count(object, 'status', 'observedGeneration');
}

function deploymentStatus(object: JsonObject, revision: number): RolloutStatus {
  const name = JSON.stringify(textAt(object, 'metadata', 'name'));
  if (revision > 0) {
    const running = textAt(object, 'metadata', 'annotations', REVISION) || '0';
    if (Number(running) !== revision)
      throw new KubectlError(`desired revision (${revision}) is different from the running revision (${running})`);
  }
  const waiting = (text: string) => ({
    text: `Waiting for deployment ${name} rollout to finish: ${text}...\n`,
    done: false,
  });
  if (!observed(object)) return { text: 'Waiting for deployment spec update to be observed...\n', done: false };
  const progressing = listAt(object, 'status', 'conditions').find((one) => one['type'] === 'Progressing');
  if (progressing?.['reason'] === 'ProgressDeadlineExceeded')
    throw new KubectlError(`deployment ${name} exceeded its progress deadline`);
  const wanted = count(object, 'spec', 'replicas', 1);
  const updated = count(object, 'status', 'updatedReplicas');
  const all = count(object, 'status', 'replicas');
  const available = count(object, 'status', 'availableReplicas');
  if (updated < wanted) return waiting(`${updated} out of ${wanted} new replicas have been updated`);
  if (all > updated) return waiting(`${all - updated} old replicas are pending termination`);
  if (available < updated) return waiting(`${available} of ${updated} updated replicas are available`);
  return { text: `deployment ${name} successfully rolled out\n`, done: true };
}

function requireRolling(object: JsonObject): void {
  if (textAt(object, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate')
    throw new KubectlError('rollout status is only available for RollingUpdate strategy type');
}

function daemonSetStatus(object: JsonObject): RolloutStatus {
  requireRolling(object);
  const name = JSON.stringify(textAt(object, 'metadata', 'name'));
  if (!observed(object)) return { text: 'Waiting for daemon set spec update to be observed...\n', done: false };
  const desired = count(object, 'status', 'desiredNumberScheduled');
  const updated = count(object, 'status', 'updatedNumberScheduled');
  const available = count(object, 'status', 'numberAvailable');
  const waiting = (text: string) => ({
    text: `Waiting for daemon set ${name} rollout to finish: ${text}...\n`,
    done: false,
  });
  if (updated < desired) return waiting(`${updated} out of ${desired} new pods have been updated`);
  if (available < desired) return waiting(`${available} of ${desired} updated pods are available`);
  return { text: `daemon set ${name} successfully rolled out\n`, done: true };
}

function statefulSetStatus(object: JsonObject): RolloutStatus {
  requireRolling(object);
  if (count(object, 'status', 'observedGeneration') === 0 || !observed(object))
    return { text: 'Waiting for statefulset spec update to be observed...\n', done: false };
  const wanted = count(object, 'spec', 'replicas', 1);
  const ready = count(object, 'status', 'readyReplicas');
  if (ready < wanted) return { text: `Waiting for ${wanted - ready} pods to be ready...\n`, done: false };
  const updated = count(object, 'status', 'updatedReplicas');
  const rolling = objectAt(object, 'spec', 'updateStrategy')['rollingUpdate'];
  if (isObject(rolling)) {
    const partition = rolling['partition'];
    if (typeof partition === 'number' && updated < wanted - partition)
      return {
        text: `Waiting for partitioned roll out to finish: ${updated} out of ${wanted - partition} new pods have been updated...\n`,
        done: false,
      };
    return { text: `partitioned roll out complete: ${updated} new pods have been updated...\n`, done: true };
  }
  const [current, update] = [textAt(object, 'status', 'currentRevision'), textAt(object, 'status', 'updateRevision')];
  if (current !== update)
    return {
      text: `waiting for statefulset rolling update to complete ${updated} pods at revision ${update}...\n`,
      done: false,
    };
  return {
    text: `statefulset rolling update complete ${count(object, 'status', 'currentReplicas')} pods at revision ${current}...\n`,
    done: true,
  };
}

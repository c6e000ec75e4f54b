import type { Client } from '../../api/client.ts';
import {
  DEPLOYMENTS,
  POD_DISRUPTION_BUDGETS,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
} from '../../api/kinds.ts';
import { controllerOf, keyOf, type Stored, splitKey } from '../../api/object.ts';
import type { Pod, PodDisruptionBudget } from '../../api/types.generated.ts';
import { scaledValue } from '../../apimachinery/int-or-string.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import { parseTime, toSeconds } from '../../apimachinery/time.ts';
import { putCondition } from '../conditions.ts';
import type { Controller } from '../controller.ts';
import { isPodReady, isPodTerminal } from '../pods.ts';

/** How long an eviction is believed that deleted nothing, ms. */
const DELETION_TIMEOUT = 120_000;

/** Counts how many Pods a budget allows to be disrupted. kubernetes: pkg/controller/disruption */
export const disruptionController: Controller = {
  name: 'disruption-controller',
  start(context) {
    const { client } = context;
    const recorder = context.recorder('controllermanager');
    const queue = context.queue((key) => {
      const { namespace, name } = splitKey(key);
      const budget = client.get(POD_DISRUPTION_BUDGETS, namespace, name);
      if (!budget || budget.metadata.deletionTimestamp) return;
      const selector = labelSelectorAsSelector(budget.spec?.selector);
      const pods = client
        .list(PODS, namespace)
        .filter((pod) => selector.matches(pod.metadata.labels) && !isPodTerminal(pod));
      if (pods.length === 0) recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
      if (needsControllers(budget) && pods.some((pod) => !controllerOf(pod))) {
        recorder.event(budget, 'Warning', 'UnmanagedPods', unmanagedText(budget));
      }
      const status = statusOf(client, budget, pods, context.now);
      client.modify(POD_DISRUPTION_BUDGETS, namespace, name, (old) => ({ ...old, status }), 'status');
    });
    context.informer(POD_DISRUPTION_BUDGETS, ({ type, object, old }) => {
      const sameSpec = old && old.metadata.generation === object.metadata.generation;
      if (type !== 'DELETED' && !sameSpec) queue.add(keyOf(object));
    });
    const wake = (object: Stored, labels: { [key: string]: string } | undefined) => {
      for (const budget of client.list(POD_DISRUPTION_BUDGETS, object.metadata.namespace)) {
        if (labelSelectorAsSelector(budget.spec?.selector).matches(labels)) queue.add(keyOf(budget));
      }
    };
    context.informer(PODS, ({ object, old }) => {
      wake(object, object.metadata.labels);
      if (old && old.metadata.labels !== object.metadata.labels) wake(object, old.metadata.labels);
    });
    context.informer(DEPLOYMENTS, ({ object }) => wake(object, object.spec?.template.metadata?.labels));
    context.informer(STATEFUL_SETS, ({ object }) => wake(object, object.spec?.template.metadata?.labels));
  },
};

/** Budgets that count against what controllers want cannot count Pods without one. */
function needsControllers({ spec }: PodDisruptionBudget): boolean {
  return spec?.maxUnavailable !== undefined || typeof spec?.minAvailable === 'string';
}

function unmanagedText({ spec }: PodDisruptionBudget): string {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key}: ${matchLabels[key]},`)
    .join('');
  const expressions = matchExpressions
    .map(
      ({ key, operator, values = [] }) =>
        `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
    )
    .join('');
  const selector = `&LabelSelector{MatchLabels:map[string]string{${labels}},MatchExpressions:[]LabelSelectorRequirement{${expressions}},}`;
  return `Pods selected by this PodDisruptionBudget (selector: ${selector}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
}

function statusOf(
  client: Client,
  budget: Stored<PodDisruptionBudget>,
  pods: readonly Stored<Pod>[],
  now: number,
): NonNullable<PodDisruptionBudget['status']> {
  const { expected, desired } = expectation(client, budget, pods);
  const disrupted = Object.entries(budget.status?.disruptedPods ?? {}).filter(
    ([name, time]) =>
      parseTime(time) + DELETION_TIMEOUT > now &&
      pods.some((pod) => pod.metadata.name === name && !pod.metadata.deletionTimestamp),
  );
  const healthy = pods.filter(
    (pod) =>
      isPodReady(pod) && !pod.metadata.deletionTimestamp && disrupted.every(([name]) => name !== pod.metadata.name),
  ).length;
  const allowed = expected > 0 ? Math.max(0, healthy - desired) : 0;
  return {
    disruptedPods: disrupted.length > 0 ? Object.fromEntries(disrupted) : undefined,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    disruptionsAllowed: allowed,
    observedGeneration: budget.metadata.generation,
    conditions: putCondition(budget.status?.conditions, {
      type: 'DisruptionAllowed',
      status: allowed > 0 ? 'True' : 'False',
      observedGeneration: budget.metadata.generation,
      lastTransitionTime: toSeconds(now),
      reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    }),
  };
}

/** kubernetes: getExpectedPodCount */
function expectation(
  client: Client,
  budget: Stored<PodDisruptionBudget>,
  pods: readonly Stored<Pod>[],
): { expected: number; desired: number } {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  if (maxUnavailable !== undefined) {
    const expected = expectedScale(client, pods);
    return { expected, desired: Math.max(0, expected - scaledValue(maxUnavailable, expected, true)) };
  }
  if (typeof minAvailable === 'number') return { expected: pods.length, desired: minAvailable };
  if (minAvailable === undefined) return { expected: 0, desired: 0 };
  const expected = expectedScale(client, pods);
  return { expected, desired: scaledValue(minAvailable, expected, true) };
}

/** How many Pods the controllers of these Pods want together. */
function expectedScale(client: Client, pods: readonly Stored<Pod>[]): number {
  const sizes = new Map<string, number>();
  for (const pod of pods) {
    const scale = scaleOf(client, pod);
    if (scale) sizes.set(scale.uid, scale.size);
  }
  let total = 0;
  for (const size of sizes.values()) total += size;
  return total;
}

function scaleOf(client: Client, pod: Stored<Pod>): { uid: string; size: number } | undefined {
  const owner = controllerOf(pod);
  const { namespace = '' } = pod.metadata;
  if (!owner) return undefined;
  if (owner.kind === 'ReplicaSet') {
    const set = client.get(REPLICA_SETS, namespace, owner.name);
    const above = set && controllerOf(set);
    const deployment = above && client.get(DEPLOYMENTS, namespace, above.name);
    if (deployment) return { uid: deployment.metadata.uid, size: deployment.spec?.replicas ?? 1 };
    return set && { uid: set.metadata.uid, size: set.spec?.replicas ?? 1 };
  }
  if (owner.kind === 'StatefulSet') {
    const set = client.get(STATEFUL_SETS, namespace, owner.name);
    return set && { uid: set.metadata.uid, size: set.spec?.replicas ?? 1 };
  }
  if (owner.kind !== 'ReplicationController') return undefined;
  const controller = client.get(REPLICATION_CONTROLLERS, namespace, owner.name);
  return controller && { uid: controller.metadata.uid, size: controller.spec?.replicas ?? 1 };
}

import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../api/kinds.ts';
import { controllerOf, keyOf, type Stored, splitKey } from '../../api/object.ts';
import type { StoreEvent } from '../../api/store.ts';
import type { ReplicaSet } from '../../api/types.generated.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { claim } from '../ownership.ts';
import type { WorkQueue } from '../work-queue.ts';
import { isRollingUpdate } from './replica-sets.ts';
import { Rollout } from './rollout.ts';

/** Rolls out Pod templates by way of ReplicaSets. kubernetes: pkg/controller/deployment/deployment_controller.go */
export const deploymentController: Controller = {
  name: 'deployment-controller',
  start: (context) => new DeploymentController(context).start(),
};

class DeploymentController {
  private readonly queue: WorkQueue;
  private readonly recorder: EventRecorder;

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((key) => this.sync(key));
    this.recorder = context.recorder('deployment-controller');
  }

  start(): void {
    const { context, queue } = this;
    context.enqueue(DEPLOYMENTS, queue);
    context.informer(REPLICA_SETS, (event) => this.setChanged(event));
    // With Recreate the new ReplicaSet waits for the last old Pod.
    context.informer(PODS, ({ type, object }) => {
      if (type !== 'DELETED') return;
      const { namespace = '' } = object.metadata;
      const set = controllerOf(object);
      const owner = set && context.client.get(REPLICA_SETS, namespace, set.name);
      const reference = owner && controllerOf(owner);
      const deployment = reference && context.client.get(DEPLOYMENTS, namespace, reference.name);
      if (deployment && !isRollingUpdate(deployment)) queue.add(keyOf(deployment));
    });
  }

  private setChanged({ type, object, old }: StoreEvent<ReplicaSet>): void {
    const { namespace = '' } = object.metadata;
    const now = controllerOf(object);
    const before = old && controllerOf(old);
    for (const reference of [now, before]) {
      if (reference?.kind === 'Deployment') this.queue.add(`${namespace}/${reference.name}`);
    }
    if (now || type === 'DELETED') return;
    for (const deployment of this.context.client.list(DEPLOYMENTS, namespace)) {
      if (labelSelectorAsSelector(deployment.spec?.selector).matches(object.metadata.labels)) {
        this.queue.add(keyOf(deployment));
      }
    }
  }

  private sync(key: string): void {
    const { namespace, name } = splitKey(key);
    const { client, now } = this.context;
    const deployment = client.get(DEPLOYMENTS, namespace, name);
    if (!deployment) return;
    const selector = labelSelectorAsSelector(deployment.spec?.selector);
    if (selector.isEmpty) {
      const text = 'This deployment is selecting all pods. A non-empty selector is required.';
      this.recorder.event(deployment, 'Warning', 'SelectingAll', text);
      return;
    }
    const sets: Stored<ReplicaSet>[] = claim(
      client,
      REPLICA_SETS,
      deployment,
      selector,
      client.list(REPLICA_SETS, namespace),
    );
    const rollout = new Rollout(deployment, sets, client, this.recorder, now);
    rollout.run();
    if (rollout.checkAgainIn !== undefined) this.queue.addAfter(key, rollout.checkAgainIn);
  }
}

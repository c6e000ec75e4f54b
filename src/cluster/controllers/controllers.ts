import type { Cluster, Component } from '../cluster.ts';
import { type Controller, ControllerContext } from './controller.ts';
import { deploymentController } from './deployment/deployment.ts';
import { replicaSetController, replicationController } from './replica-set/replica-set.ts';

/** The controllers of kube-controller-manager. */
export const controllers: readonly Controller[] = [replicaSetController, replicationController, deploymentController];

/** Starts kube-controller-manager: every controller with an identity of its own. */
export function startControllerManager(cluster: Cluster): Component {
  const contexts = controllers.map((controller) => {
    const user = `system:serviceaccount:kube-system:${controller.name}`;
    const groups = ['system:serviceaccounts', 'system:serviceaccounts:kube-system'];
    const context = new ControllerContext(
      cluster.world,
      cluster.client(user, groups, 'kube-controller-manager'),
    );
    controller.start(context);
    return context;
  });
  return { stop: () => contexts.forEach((context) => context.stop()) };
}

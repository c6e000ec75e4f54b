import type { Cluster, Component } from '../cluster.ts';
import { type Controller, ControllerContext } from './controller.ts';
import { deploymentController } from './deployment/deployment.ts';
import { daemonSetController } from './daemon-set/daemon-set.ts';
import { statefulSetController } from './stateful-set/stateful-set.ts';
import { endpointSliceController } from './endpoints/endpoint-slice.ts';
import { endpointsController } from './endpoints/endpoints.ts';
import { endpointSliceMirroringController } from './endpoints/mirroring.ts';
import { garbageCollector } from './garbage/garbage-collector.ts';
import { namespaceController } from './garbage/namespace.ts';
import { cronJobController } from './job/cron-job.ts';
import { jobController } from './job/job.ts';
import { ttlAfterFinishedController } from './job/ttl-after-finished.ts';
import { replicaSetController, replicationController } from './replica-set/replica-set.ts';
import { rootCaPublisher, serviceAccountController } from './service-account.ts';

/** The controllers of kube-controller-manager. */
export const controllers: readonly Controller[] = [
  serviceAccountController,
  rootCaPublisher,
  namespaceController,
  garbageCollector,
  replicaSetController,
  replicationController,
  deploymentController,
  statefulSetController,
  daemonSetController,
  jobController,
  cronJobController,
  ttlAfterFinishedController,
  endpointSliceController,
  endpointSliceMirroringController,
  endpointsController,
];

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

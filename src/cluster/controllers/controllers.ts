import type { Cluster, Component } from '../cluster.ts';
import { horizontalPodAutoscaler } from './autoscaling/horizontal.ts';
import { csrApprover, csrSigner } from './certificates/signer.ts';
import { type Controller, ControllerContext } from './controller.ts';
import { daemonSetController } from './daemon-set/daemon-set.ts';
import { deploymentController } from './deployment/deployment.ts';
import { endpointSliceController } from './endpoints/endpoint-slice.ts';
import { endpointsController } from './endpoints/endpoints.ts';
import { endpointSliceMirroringController } from './endpoints/mirroring.ts';
import { garbageCollector } from './garbage/garbage-collector.ts';
import { namespaceController } from './garbage/namespace.ts';
import { cronJobController } from './job/cron-job.ts';
import { jobController } from './job/job.ts';
import { ttlAfterFinishedController } from './job/ttl-after-finished.ts';
import { nodeIpamController } from './node/node-ipam.ts';
import { nodeLifecycleController } from './node/node-lifecycle.ts';
import { podGarbageCollector } from './node/pod-gc.ts';
import { taintEvictionController } from './node/taint-eviction.ts';
import { ttlController } from './node/ttl.ts';
import { admissionPolicyStatus } from './policy/admission-policy-status.ts';
import { clusterRoleAggregation } from './policy/cluster-role-aggregation.ts';
import { disruptionController } from './policy/disruption.ts';
import { resourceQuotaController } from './policy/resource-quota.ts';
import { serviceCidrsController } from './policy/service-cidrs.ts';
import { replicaSetController, replicationController } from './replica-set/replica-set.ts';
import { rootCaPublisher, serviceAccountController } from './service-account.ts';
import { statefulSetController } from './stateful-set/stateful-set.ts';
import { ephemeralVolumeController, pvcProtectionController, pvProtectionController } from './storage/protection.ts';
import { persistentVolumeBinder } from './storage/volume-binder.ts';
import { tokenSecretsController } from './token-secrets.ts';

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
  persistentVolumeBinder,
  pvcProtectionController,
  pvProtectionController,
  ephemeralVolumeController,
  disruptionController,
  resourceQuotaController,
  clusterRoleAggregation,
  serviceCidrsController,
  horizontalPodAutoscaler,
  nodeIpamController,
  ttlController,
  nodeLifecycleController,
  taintEvictionController,
  podGarbageCollector,
  tokenSecretsController,
  csrApprover,
  csrSigner,
  admissionPolicyStatus,
  endpointSliceController,
  endpointSliceMirroringController,
  endpointsController,
];

/** Starts kube-controller-manager: every controller with an identity of its own. */
export function startControllerManager(cluster: Cluster, log: (text: string) => void = () => {}): Component {
  const contexts = controllers.map((controller) => {
    const user = controller.user ?? `system:serviceaccount:kube-system:${controller.account ?? controller.name}`;
    const groups = controller.user ? [] : ['system:serviceaccounts', 'system:serviceaccounts:kube-system'];
    const context = new ControllerContext(
      cluster.world,
      cluster.client(user, groups, 'kube-controller-manager'),
      (text) => log(`${controller.name}: ${text}`),
    );
    controller.start(context, cluster.options);
    return context;
  });
  return {
    stop() {
      for (const context of contexts) context.stop();
    },
  };
}

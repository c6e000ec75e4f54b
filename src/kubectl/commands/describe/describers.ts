import type { Describer } from './describer.ts';
import { describeNamespace } from './namespace.ts';
import { describeNode } from './node.ts';
import {
  describeBinding,
  describeConfigMap,
  describeRole,
  describeSecret,
  describeServiceAccount,
} from './plain-kinds.ts';
import { describePod } from './pod.ts';
import {
  describeCronJob,
  describeDisruptionBudget,
  describeEndpoints,
  describeIngressClass,
  describePriorityClass,
  describeQuota,
} from './policy-kinds.ts';
import { describeService } from './service.ts';
import { describeClaim, describeStorageClass, describeVolume } from './storage.ts';
import {
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeStatefulSet,
} from './workloads.ts';

/** Kinds with a text of their own, as `Kind` or `Kind.group`; one line a kind. kubernetes: kubectl/pkg/describe describerMap */
export const describers: Readonly<Record<string, Describer>> = {
  ConfigMap: describeConfigMap,
  Endpoints: describeEndpoints,
  ResourceQuota: describeQuota,
  Namespace: describeNamespace,
  Node: describeNode,
  PersistentVolume: describeVolume,
  PersistentVolumeClaim: describeClaim,
  Pod: describePod,
  ReplicationController: describeReplicaSet,
  Secret: describeSecret,
  Service: describeService,
  ServiceAccount: describeServiceAccount,
  'DaemonSet.apps': describeDaemonSet,
  'Deployment.apps': describeDeployment,
  'ReplicaSet.apps': describeReplicaSet,
  'StatefulSet.apps': describeStatefulSet,
  'CronJob.batch': describeCronJob,
  'Job.batch': describeJob,
  'IngressClass.networking.k8s.io': describeIngressClass,
  'PodDisruptionBudget.policy': describeDisruptionBudget,
  'PriorityClass.scheduling.k8s.io': describePriorityClass,
  'ClusterRole.rbac.authorization.k8s.io': describeRole,
  'ClusterRoleBinding.rbac.authorization.k8s.io': describeBinding,
  'Role.rbac.authorization.k8s.io': describeRole,
  'RoleBinding.rbac.authorization.k8s.io': describeBinding,
  'StorageClass.storage.k8s.io': describeStorageClass,
};

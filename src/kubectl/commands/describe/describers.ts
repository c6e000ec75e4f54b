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
  'Job.batch': describeJob,
  'ClusterRole.rbac.authorization.k8s.io': describeRole,
  'ClusterRoleBinding.rbac.authorization.k8s.io': describeBinding,
  'Role.rbac.authorization.k8s.io': describeRole,
  'RoleBinding.rbac.authorization.k8s.io': describeBinding,
  'StorageClass.storage.k8s.io': describeStorageClass,
};

import { describeAutoscaler } from './autoscaler.ts';
import { describeSigningRequest } from './certificates.ts';
import type { Describer } from './describer.ts';
import { describeNamespace } from './namespace.ts';
import {
  describeEndpointSlice,
  describeIngress,
  describeIpAddress,
  describeNetworkPolicy,
  describeServiceCidr,
} from './network-kinds.ts';
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
} from './policy-kinds.ts';
import { describeLimitRange, describeQuota } from './quotas.ts';
import { describeService } from './service.ts';
import {
  describeClaim,
  describeCsiNode,
  describeStorageClass,
  describeVolume,
  describeVolumeAttributes,
} from './storage.ts';
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
  LimitRange: describeLimitRange,
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
  'CertificateSigningRequest.certificates.k8s.io': describeSigningRequest,
  'CSINode.storage.k8s.io': describeCsiNode,
  'EndpointSlice.discovery.k8s.io': describeEndpointSlice,
  'HorizontalPodAutoscaler.autoscaling': describeAutoscaler,
  'Ingress.networking.k8s.io': describeIngress,
  'IPAddress.networking.k8s.io': describeIpAddress,
  'NetworkPolicy.networking.k8s.io': describeNetworkPolicy,
  'ServiceCIDR.networking.k8s.io': describeServiceCidr,
  'VolumeAttributesClass.storage.k8s.io': describeVolumeAttributes,
  'IngressClass.networking.k8s.io': describeIngressClass,
  'PodDisruptionBudget.policy': describeDisruptionBudget,
  'PriorityClass.scheduling.k8s.io': describePriorityClass,
  'ClusterRole.rbac.authorization.k8s.io': describeRole,
  'ClusterRoleBinding.rbac.authorization.k8s.io': describeBinding,
  'Role.rbac.authorization.k8s.io': describeRole,
  'RoleBinding.rbac.authorization.k8s.io': describeBinding,
  'StorageClass.storage.k8s.io': describeStorageClass,
};

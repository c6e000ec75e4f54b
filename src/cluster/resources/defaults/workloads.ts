import type {
  DaemonSet,
  Deployment,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../../api/types.generated.ts';
import { setPodTemplateDefaults } from './pod.ts';
import { setPersistentVolumeClaimDefaults } from './storage.ts';

/** kubernetes: pkg/apis/apps/v1/defaults.go */
export function setReplicaSetDefaults(replicaSet: ReplicaSet): void {
  if (!replicaSet.spec) return;
  replicaSet.spec.replicas ??= 1;
  setPodTemplateDefaults(replicaSet.spec.template);
}

/** kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_ReplicationController */
export function setReplicationControllerDefaults(controller: ReplicationController): void {
  const spec = controller.spec;
  if (!spec) return;
  const labels = spec.template?.metadata?.labels;
  if (labels) {
    if (!spec.selector || Object.keys(spec.selector).length === 0) spec.selector = { ...labels };
    const own = controller.metadata?.labels;
    if (!own || Object.keys(own).length === 0) controller.metadata = { ...controller.metadata, labels: { ...labels } };
  }
  spec.replicas ??= 1;
  setPodTemplateDefaults(spec.template);
}

export function setDeploymentDefaults(deployment: Deployment): void {
  const spec = deployment.spec;
  if (!spec) return;
  spec.replicas ??= 1;
  spec.strategy ??= {};
  spec.strategy.type ??= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  setPodTemplateDefaults(spec.template);
}

export function setDaemonSetDefaults(daemonSet: DaemonSet): void {
  const spec = daemonSet.spec;
  if (!spec) return;
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ??= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  setPodTemplateDefaults(spec.template);
}

export function setStatefulSetDefaults(statefulSet: StatefulSet): void {
  const spec = statefulSet.spec;
  if (!spec) return;
  spec.podManagementPolicy ||= 'OrderedReady';
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ||= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  }
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  setPodTemplateDefaults(spec.template);
  for (const claim of spec.volumeClaimTemplates ?? []) {
    setPersistentVolumeClaimDefaults(claim);
    claim.status = { ...claim.status, phase: claim.status?.phase ?? 'Pending' };
    claim.apiVersion = 'v1';
    claim.kind = 'PersistentVolumeClaim';
  }
}

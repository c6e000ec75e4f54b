import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type { ReplicaSet } from '../api/types.generated.ts';
import { setReplicaSetDefaults } from './defaults/workloads.ts';
import { podTemplateWarnings } from './validation/pod-warnings.ts';
import { validateReplicaSetStatus } from './validation/workload-status.ts';
import { validateReplicaSet, validateReplicaSetUpdate } from './validation/workloads.ts';
import { containerColumns } from './workload-columns.ts';

/** kubernetes: pkg/registry/apps/replicaset/strategy.go */
export const replicaSetStrategy: Strategy<ReplicaSet> = {
  setDefaults: setReplicaSetDefaults,
  generation: true,
  prepareForCreate(replicaSet) {
    replicaSet.status = { replicas: 0 };
  },
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  validateStatusUpdate: validateReplicaSetStatus,
  warnings: (replicaSet) => podTemplateWarnings(replicaSet.spec?.template, 'spec.template'),
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', value: (rs) => rs.spec?.replicas ?? 1 },
    { name: 'Current', type: 'integer', value: (rs) => rs.status?.replicas ?? 0 },
    { name: 'Ready', type: 'integer', value: (rs) => rs.status?.readyReplicas ?? 0 },
    ageColumn,
    ...containerColumns<ReplicaSet>(
      (rs) => rs.spec?.template?.spec,
      (rs) => rs.spec?.selector,
    ),
  ],
};

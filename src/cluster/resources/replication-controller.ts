import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type { ReplicationController } from '../api/types.generated.ts';
import { setReplicationControllerDefaults } from './defaults/workloads.ts';
import { podTemplateWarnings } from './validation/pod-warnings.ts';
import { validateReplicationController, validateReplicationControllerUpdate } from './validation/workloads.ts';
import { containerColumns, labelsText } from './workload-columns.ts';

/** kubernetes: pkg/registry/core/replicationcontroller/strategy.go */
export const replicationControllerStrategy: Strategy<ReplicationController> = {
  setDefaults: setReplicationControllerDefaults,
  generation: true,
  defaultPropagation: 'Orphan',
  prepareForCreate(controller) {
    controller.status = { replicas: 0 };
  },
  validate: validateReplicationController,
  validateUpdate: validateReplicationControllerUpdate,
  warnings: (controller) => podTemplateWarnings(controller.spec?.template, 'spec.template'),
  selectableFields: (controller) => ({ 'status.replicas': String(controller.status?.replicas ?? 0) }),
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', value: (rc) => rc.spec?.replicas ?? 1 },
    { name: 'Current', type: 'integer', value: (rc) => rc.status?.replicas ?? 0 },
    { name: 'Ready', type: 'integer', value: (rc) => rc.status?.readyReplicas ?? 0 },
    ageColumn,
    ...containerColumns<ReplicationController>((rc) => rc.spec?.template?.spec),
    { name: 'Selector', priority: 1, value: (rc) => labelsText(rc.spec?.selector) },
  ],
};

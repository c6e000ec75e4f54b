import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type { StatefulSet } from '../api/types.generated.ts';
import { setStatefulSetDefaults } from './defaults/workloads.ts';
import { podTemplateWarnings } from './validation/pod-warnings.ts';
import { validateStatefulSet, validateStatefulSetUpdate } from './validation/workloads.ts';
import { containerColumns } from './workload-columns.ts';

/** v1.36 has the feature MaxUnavailableStatefulSet off: what asks for it is forgotten. */
function dropMaxUnavailable({ spec }: StatefulSet): void {
  const limits = spec?.updateStrategy?.rollingUpdate;
  if (limits) limits.maxUnavailable = undefined;
}

/** kubernetes: pkg/registry/apps/statefulset/strategy.go */
export const statefulSetStrategy: Strategy<StatefulSet> = {
  setDefaults: setStatefulSetDefaults,
  generation: true,
  prepareForCreate(statefulSet) {
    statefulSet.status = { replicas: 0 };
    dropMaxUnavailable(statefulSet);
  },
  prepareForUpdate: dropMaxUnavailable,
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  warnings: (statefulSet) => podTemplateWarnings(statefulSet.spec?.template, 'spec.template'),
  columns: [
    nameColumn,
    { name: 'Ready', value: (s) => `${s.status?.readyReplicas ?? 0}/${s.spec?.replicas ?? 1}` },
    ageColumn,
    ...containerColumns<StatefulSet>((s) => s.spec?.template?.spec),
  ],
};

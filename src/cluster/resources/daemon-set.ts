import { deepEqual } from '../api/object.ts';
import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type { DaemonSet } from '../api/types.generated.ts';
import { setDaemonSetDefaults } from './defaults/workloads.ts';
import { podTemplateWarnings } from './validation/pod-warnings.ts';
import { validateDaemonSet, validateDaemonSetUpdate } from './validation/workloads.ts';
import { containerColumns, labelsText } from './workload-columns.ts';

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** How often the template changed: a field once, an annotation since apps/v1. kubernetes: pkg/apis/apps/v1/conversion.go */
function setTemplateGeneration(daemonSet: DaemonSet, generation: number): void {
  const annotations = { ...daemonSet.metadata?.annotations, [TEMPLATE_GENERATION]: String(generation) };
  daemonSet.metadata = { ...daemonSet.metadata, annotations };
}

/** kubernetes: pkg/registry/apps/daemonset/strategy.go */
export const daemonSetStrategy: Strategy<DaemonSet> = {
  setDefaults: setDaemonSetDefaults,
  generation: true,
  prepareForCreate(daemonSet) {
    daemonSet.status = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
    setTemplateGeneration(daemonSet, 1);
  },
  prepareForUpdate(daemonSet, old) {
    const before = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? '0');
    const changed = !deepEqual(daemonSet.spec?.template, old.spec?.template);
    setTemplateGeneration(daemonSet, changed ? before + 1 : before);
  },
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  warnings: (daemonSet) => podTemplateWarnings(daemonSet.spec?.template, 'spec.template'),
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', value: (ds) => ds.status?.desiredNumberScheduled ?? 0 },
    { name: 'Current', type: 'integer', value: (ds) => ds.status?.currentNumberScheduled ?? 0 },
    { name: 'Ready', type: 'integer', value: (ds) => ds.status?.numberReady ?? 0 },
    { name: 'Up-to-date', type: 'integer', value: (ds) => ds.status?.updatedNumberScheduled ?? 0 },
    { name: 'Available', type: 'integer', value: (ds) => ds.status?.numberAvailable ?? 0 },
    { name: 'Node Selector', value: (ds) => labelsText(ds.spec?.template?.spec?.nodeSelector) },
    ageColumn,
    ...containerColumns<DaemonSet>(
      (ds) => ds.spec?.template?.spec,
      (ds) => ds.spec?.selector,
    ),
  ],
};

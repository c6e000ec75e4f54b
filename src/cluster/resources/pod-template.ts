import type { Strategy } from '../api/resource.ts';
import { nameColumn } from '../api/table.ts';
import type { PodTemplate } from '../api/types.generated.ts';
import { setPodTemplateDefaults } from './defaults/pod.ts';
import { validatePodTemplate } from './validation/pod.ts';
import { podTemplateWarnings } from './validation/pod-warnings.ts';
import { containerColumns, labelsText } from './workload-columns.ts';

/** A template that stands alone. kubernetes: pkg/registry/core/podtemplate/strategy.go */
export const podTemplateStrategy: Strategy<PodTemplate> = {
  setDefaults: (object) => setPodTemplateDefaults(object.template),
  generation: true,
  validate: (object) => validatePodTemplate(object.template, 'template'),
  validateUpdate: (object) => validatePodTemplate(object.template, 'template'),
  warnings: (object) => podTemplateWarnings(object.template, 'template'),
  columns: [
    nameColumn,
    ...containerColumns<PodTemplate>((object) => object.template?.spec).map((column) => ({ ...column, priority: 0 })),
    { name: 'Pod Labels', value: (object) => labelsText(object.template?.metadata?.labels) },
  ],
};

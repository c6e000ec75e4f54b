import { deepEqual } from '../api/object.ts';
import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type { Deployment } from '../api/types.generated.ts';
import { setDeploymentDefaults } from './defaults/workloads.ts';
import { podTemplateWarnings } from './validation/pod-warnings.ts';
import { validateDeploymentStatus } from './validation/workload-status.ts';
import { validateDeployment, validateDeploymentUpdate } from './validation/workloads.ts';
import { containerColumns } from './workload-columns.ts';

/** kubernetes: pkg/registry/apps/deployment/strategy.go */
export const deploymentStrategy: Strategy<Deployment> = {
  setDefaults: setDeploymentDefaults,
  generation: true,
  prepareForCreate(deployment) {
    deployment.status = {};
  },
  // Deployments raise their generation for changed annotations too: the controller copies them.
  prepareForUpdate(deployment, old) {
    if (deepEqual(deployment.metadata?.annotations ?? {}, old.metadata.annotations ?? {})) return;
    deployment.metadata = { ...deployment.metadata, generation: (old.metadata.generation ?? 0) + 1 };
  },
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  validateStatusUpdate: validateDeploymentStatus,
  warnings: (deployment) => podTemplateWarnings(deployment.spec?.template, 'spec.template'),
  columns: [
    nameColumn,
    { name: 'Ready', value: (d) => `${d.status?.readyReplicas ?? 0}/${d.spec?.replicas ?? 1}` },
    { name: 'Up-to-date', type: 'integer', value: (d) => d.status?.updatedReplicas ?? 0 },
    { name: 'Available', type: 'integer', value: (d) => d.status?.availableReplicas ?? 0 },
    ageColumn,
    ...containerColumns<Deployment>(
      (d) => d.spec?.template?.spec,
      (d) => d.spec?.selector,
    ),
  ],
};

import { CLEAN_UP } from '../api/custom-resources.ts';
import type { Strategy } from '../api/resource.ts';
import { nameColumn } from '../api/table.ts';
import type { CustomResourceDefinition } from '../api/types.generated.ts';
import { toSeconds } from '../apimachinery/time.ts';
import { validateDefinition, validateDefinitionUpdate } from './validation/custom-definition.ts';

/** kubernetes: apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go */
export const customResourceDefinitionStrategy: Strategy<CustomResourceDefinition> = {
  generation: true,
  setDefaults({ spec }) {
    if (!spec) return;
    spec.conversion ??= { strategy: 'None' };
    if (!spec.names) return;
    spec.names.singular ||= (spec.names.kind ?? '').toLowerCase();
    spec.names.listKind ||= `${spec.names.kind}List`;
  },
  prepareForCreate(crd, { now }) {
    const lastTransitionTime = toSeconds(now);
    crd.status = {
      acceptedNames: { ...crd.spec.names },
      conditions: [
        {
          type: 'NamesAccepted',
          status: 'True',
          lastTransitionTime,
          reason: 'NoConflicts',
          message: 'no conflicts found',
        },
        {
          type: 'Established',
          status: 'True',
          lastTransitionTime,
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        },
      ],
      storedVersions: (crd.spec.versions ?? [])
        .filter((version) => version.storage)
        .map((version) => version.name)
        .slice(0, 1),
    };
  },
  prepareForUpdate(crd, old) {
    crd.status = { ...old.status };
    const storage = (crd.spec.versions ?? []).find((version) => version.storage)?.name;
    const stored = old.status?.storedVersions ?? [];
    if (storage !== undefined && !stored.includes(storage)) crd.status.storedVersions = [...stored, storage];
  },
  // Instances that finalizers hold, hold their definition.
  holdsDeletion: ({ spec }, { server }) =>
    server.store.list(`${spec.names.plural}.${spec.group}`).some((one) => (one.metadata.finalizers?.length ?? 0) > 0),
  markDeleted: (crd, { now }) => ({
    ...crd,
    metadata: { ...crd.metadata, finalizers: [...new Set([...(crd.metadata.finalizers ?? []), CLEAN_UP])] },
    status: {
      ...crd.status,
      conditions: [
        ...(crd.status?.conditions ?? []).filter(({ type }) => type !== 'Terminating'),
        {
          type: 'Terminating',
          status: 'True',
          lastTransitionTime: toSeconds(now),
          reason: 'InstanceDeletionInProgress',
          message: 'CustomResource deletion is in progress',
        },
      ],
    },
  }),
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  columns: [nameColumn, { name: 'Created At', type: 'date', value: (crd) => crd.metadata.creationTimestamp }],
};

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
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  columns: [nameColumn, { name: 'Created At', type: 'date', value: (crd) => crd.metadata.creationTimestamp }],
};

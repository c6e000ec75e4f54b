import { isRecord, type Stored } from '../api/object.ts';
import type { Strategy } from '../api/resource.ts';
import { validateRules } from '../api/schema/custom-rules.ts';
import { nameColumn } from '../api/table.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionSpec } from '../api/types.generated.ts';
import { FieldError } from '../apimachinery/errors.ts';
import { toSeconds } from '../apimachinery/time.ts';

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
    crd.status = old.status;
  },
  validate: validateDefinition,
  validateUpdate(crd, old) {
    const changed = validateImmutable(crd, old);
    return changed.length > 0 ? changed : validateDefinition(crd);
  },
  columns: [nameColumn, { name: 'Created At', type: 'date', value: (crd) => crd.metadata.creationTimestamp }],
};

/** kubernetes: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go */
function validateDefinition(crd: CustomResourceDefinition): FieldError[] {
  const { spec } = crd;
  const errors: FieldError[] = [];
  const { names } = spec;
  const versions = spec.versions ?? [];
  const name = crd.metadata?.name ?? '';
  if (name !== `${names?.plural}.${spec.group}`) {
    errors.push(FieldError.invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group'));
  }
  if (!spec.group) errors.push(FieldError.required('spec.group'));
  else if (!spec.group.includes('.')) {
    errors.push(FieldError.invalid('spec.group', spec.group, 'should be a domain with at least one dot'));
  }
  if (!spec.scope) errors.push(FieldError.required('spec.scope'));
  else if (spec.scope !== 'Cluster' && spec.scope !== 'Namespaced') {
    errors.push(FieldError.notSupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']));
  }
  for (const [i, version] of versions.entries()) {
    if (!version.schema?.openAPIV3Schema)
      errors.push(FieldError.required(`spec.versions[${i}].schema.openAPIV3Schema`));
  }
  if (versions.filter((version) => version.storage).length !== 1) {
    errors.push(
      FieldError.invalid(
        'spec.versions',
        versions.map(internalVersion),
        'must have exactly one version marked as storage version',
      ),
    );
  }
  for (const field of ['plural', 'kind'] as const)
    if (!names?.[field]) errors.push(FieldError.required(`spec.names.${field}`));
  const [first] = versions;
  if (versions.length === 1 && first?.schema?.openAPIV3Schema) {
    errors.push(...validateSchemaTypes(first.schema.openAPIV3Schema, 'spec.validation.openAPIV3Schema'));
  }
  for (const [i, version] of versions.entries()) {
    const path = versions.length === 1 ? 'spec.validation' : `spec.versions[${i}].schema`;
    errors.push(...validateRules(version.schema?.openAPIV3Schema, `${path}.openAPIV3Schema`));
  }
  return [...errors, ...validateStored(crd)];
}

function internalVersion({
  name,
  served,
  storage,
  deprecated = false,
}: CustomResourceDefinitionSpec['versions'][number]) {
  const rest = { Schema: null, Subresources: null, AdditionalPrinterColumns: null, SelectableFields: null };
  return { Name: name, Served: served, Storage: storage, Deprecated: deprecated, DeprecationWarning: null, ...rest };
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** A structural schema names the type of everything. */
function validateSchemaTypes(given: unknown, path: string): FieldError[] {
  const schema = isRecord(given) ? given : {};
  const { type, items } = schema;
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const names = Object.keys(properties).sort();
  const errors: FieldError[] = [];
  for (const name of names) {
    const child = isRecord(properties[name]) ? properties[name] : {};
    const free = 'x-kubernetes-int-or-string' in child || 'x-kubernetes-preserve-unknown-fields' in child;
    if (!('type' in child) && !free) {
      errors.push(
        FieldError.required(`${path}.properties[${name}].type`, 'must not be empty for specified object fields'),
      );
    }
  }
  if (path.endsWith('openAPIV3Schema')) {
    if (type === undefined) errors.push(FieldError.required(`${path}.type`, 'must not be empty at the root'));
    else if (type !== 'object') errors.push(FieldError.invalid(`${path}.type`, type, 'must be object at the root'));
  }
  if (type !== undefined && !TYPES.some((known) => known === type)) {
    errors.push(FieldError.notSupported(`${path}.type`, type, TYPES));
  }
  for (const name of names) errors.push(...validateSchemaTypes(properties[name], `${path}.properties[${name}]`));
  return items ? [...errors, ...validateSchemaTypes(items, `${path}.items`)] : errors;
}

function validateStored(crd: CustomResourceDefinition): FieldError[] {
  const stored = crd.status?.storedVersions ?? [];
  if (stored.length === 0)
    return [FieldError.invalid('status.storedVersions', null, 'must have at least one stored version')];
  const missing = (crd.spec.versions ?? [])
    .filter((version) => version.storage && !stored.includes(version.name))
    .at(-1);
  return missing
    ? [FieldError.invalid('status.storedVersions', stored, `must have the storage version ${missing.name}`)]
    : [];
}

function validateImmutable(crd: CustomResourceDefinition, old: Stored<CustomResourceDefinition>): FieldError[] {
  const errors: FieldError[] = [];
  const changed = (path: string, value: string, before: string) => {
    if (value !== before) errors.push(FieldError.invalid(path, value, 'field is immutable'));
  };
  changed('spec.group', crd.spec.group, old.spec.group);
  if (errors.length > 0) return errors;
  changed('spec.scope', crd.spec.scope, old.spec.scope);
  changed('spec.names.kind', crd.spec.names.kind, old.spec.names.kind);
  changed('spec.names.plural', crd.spec.names.plural, old.spec.names.plural);
  return errors;
}

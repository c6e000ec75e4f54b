import type { Stored } from '../../api/object.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionSpec } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { asJson, equal } from '../../apimachinery/json-value.ts';
import { validateDns1035Label, validateDns1123Subdomain } from '../../apimachinery/names.ts';
import { internalVersion, type SharedParts } from './custom-definition-form.ts';
import { schemaAt, validateSchema } from './custom-schema.ts';

type Version = CustomResourceDefinitionSpec['versions'][number];

/** kubernetes: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go */
export function validateDefinition(crd: CustomResourceDefinition): FieldError[] {
  const { spec } = crd;
  const name = crd.metadata?.name ?? '';
  const named =
    name === `${spec.names?.plural}.${spec.group}`
      ? []
      : [FieldError.invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')];
  return [...named, ...validateSpec(spec), ...validateStored(crd)];
}

export function validateDefinitionUpdate(
  crd: CustomResourceDefinition,
  old: Stored<CustomResourceDefinition>,
): FieldError[] {
  return [...validateSpec(crd.spec), ...validateImmutable(crd, old), ...validateStored(crd)];
}

function validateSpec(spec: CustomResourceDefinitionSpec): FieldError[] {
  const errors: FieldError[] = [];
  const versions = spec.versions ?? [];
  const shared = sharedParts(versions);
  if (!spec.group) errors.push(FieldError.required('spec.group'));
  else if (validateDns1123Subdomain(spec.group).length > 0)
    errors.push(FieldError.invalid('spec.group', spec.group, validateDns1123Subdomain(spec.group).join(',')));
  else if (!spec.group.includes('.'))
    errors.push(FieldError.invalid('spec.group', spec.group, 'should be a domain with at least one dot'));
  if (!spec.scope) errors.push(FieldError.required('spec.scope'));
  else if (spec.scope !== 'Cluster' && spec.scope !== 'Namespaced')
    errors.push(FieldError.notSupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']));
  for (const [i, version] of versions.entries())
    if (!version.schema?.openAPIV3Schema)
      errors.push(FieldError.required(`spec.versions[${i}].schema.openAPIV3Schema`));
  for (const [i, version] of versions.entries())
    errors.push(...validateVersion(version, shared, `spec.versions[${i}]`));
  errors.push(...validateVersionsTogether(versions, shared), ...validateNames(spec.names));
  const [first] = versions;
  if (first && shared.schema) errors.push(...schemaErrors(first, 'spec.validation'));
  if (first && shared.subresources) errors.push(...validateSubresources(first, 'spec.subresources'));
  if (first && shared.columns) errors.push(...validateColumns(first, 'spec.additionalPrinterColumns'));
  if (first && shared.selectable) errors.push(...validateSelectable(first, 'spec.selectableFields'));
  return [...errors, ...validateConversion(spec.conversion)];
}

/** Parts that are the same in all versions are kept, and spoken of, as parts of the whole definition. */
function sharedParts(versions: readonly Version[]): SharedParts {
  const same = (part: (version: Version) => unknown) => {
    const [first] = versions.map(part);
    return (
      first !== undefined &&
      !(Array.isArray(first) && first.length === 0) &&
      versions.every((version) => equal(asJson(part(version) ?? null), asJson(first)))
    );
  };
  return {
    schema: same(({ schema }) => schema),
    subresources: same(({ subresources }) => subresources),
    columns: same(({ additionalPrinterColumns }) => additionalPrinterColumns),
    selectable: same(({ selectableFields }) => selectableFields),
  };
}

function validateVersion(version: Version, shared: SharedParts, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const wrong = validateDns1035Label(version.name);
  if (wrong.length > 0) errors.push(FieldError.invalid(`${path}.name`, version.name, wrong.join(',')));
  const { deprecationWarning } = version;
  if (deprecationWarning !== undefined)
    for (const why of deprecationErrors(version.deprecated === true, deprecationWarning))
      errors.push(FieldError.invalid(`${path}.deprecationWarning`, deprecationWarning, why));
  if (!shared.schema) errors.push(...schemaErrors(version, `${path}.schema`));
  if (!shared.subresources) errors.push(...validateSubresources(version, `${path}.subresources`));
  if (!shared.columns) errors.push(...validateColumns(version, `${path}.additionalPrinterColumns`));
  return shared.selectable ? errors : [...errors, ...validateSelectable(version, `${path}.selectableFields`)];
}

function deprecationErrors(deprecated: boolean, warning: string): string[] {
  if (!deprecated) return ['can only be set for deprecated versions'];
  const errors: string[] = [];
  if (warning.length > 256) errors.push('must be <= 256 characters long');
  if (warning === '') errors.push('must not be an empty string');
  return errors;
}

function schemaErrors(version: Version, path: string): FieldError[] {
  const schema = version.schema?.openAPIV3Schema;
  return schema ? validateSchema(schema, `${path}.openAPIV3Schema`) : [];
}

function validateVersionsTogether(versions: readonly Version[], shared: SharedParts): FieldError[] {
  const shown = () => versions.map((version) => internalVersion(version, shared));
  const errors: FieldError[] = [];
  if (new Set(versions.map(({ name }) => name)).size !== versions.length)
    errors.push(FieldError.invalid('spec.versions', shown(), 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push(
      FieldError.invalid('spec.versions', shown(), 'must have exactly one version marked as storage version'),
    );
  return errors;
}

const PATH_ERROR = 'must be a simple json path starting with .';

function pathErrors(path: string, field: string): FieldError[] {
  return path.startsWith('.') ? [] : [FieldError.invalid(field, path, PATH_ERROR)];
}

function validateSubresources({ subresources }: Version, path: string): FieldError[] {
  const scale = subresources?.scale;
  if (!scale) return [];
  const below = (field: string, value: string | undefined, where: readonly string[], required: boolean) => {
    const at = `${path}.scale.${field}`;
    if (!value) return required ? [FieldError.required(at)] : [];
    const errors = pathErrors(value, at);
    if (errors.length > 0) return errors;
    return where.some((start) => value.startsWith(start))
      ? []
      : [
          FieldError.invalid(
            at,
            value,
            `should be a json path under ${where.map((one) => one.slice(0, -1)).join(' or ')}`,
          ),
        ];
  };
  return [
    ...below('specReplicasPath', scale.specReplicasPath, ['.spec.'], true),
    ...below('statusReplicasPath', scale.statusReplicasPath, ['.status.'], true),
    ...below('labelSelectorPath', scale.labelSelectorPath, ['.spec.', '.status.'], false),
  ];
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

function validateColumns({ additionalPrinterColumns = [] }: Version, path: string): FieldError[] {
  return additionalPrinterColumns.flatMap(({ name, type, format, jsonPath }, i) => {
    const at = `${path}[${i}]`;
    const errors: FieldError[] = [];
    const oneOf = (values: readonly string[]) => `must be one of ${values.join(',')}`;
    if (!name) errors.push(FieldError.required(`${at}.name`));
    if (!type) errors.push(FieldError.required(`${at}.type`, oneOf(COLUMN_TYPES)));
    else if (!COLUMN_TYPES.includes(type)) errors.push(FieldError.invalid(`${at}.type`, type, oneOf(COLUMN_TYPES)));
    if (format && !COLUMN_FORMATS.includes(format))
      errors.push(FieldError.invalid(`${at}.format`, format, oneOf(COLUMN_FORMATS)));
    if (!jsonPath) errors.push(FieldError.required(`${at}.JSONPath`));
    else errors.push(...pathErrors(jsonPath, `${at}.JSONPath`));
    return errors;
  });
}

const SELECTABLE = ['string', 'boolean', 'integer'];
const MOST_SELECTABLE = 8;

function validateSelectable({ selectableFields = [], schema }: Version, path: string): FieldError[] {
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [i, { jsonPath }] of selectableFields.entries()) {
    const at = `${path}[${i}].jsonPath`;
    if (!jsonPath) {
      errors.push(FieldError.required(at));
      continue;
    }
    const found = schemaAt({ ...schema?.openAPIV3Schema }, jsonPath);
    if (!found) {
      errors.push(FieldError.invalid(at, jsonPath, 'is an invalid path: does not refer to a valid field'));
      continue;
    }
    if (!SELECTABLE.includes(String(found['type'])))
      errors.push(
        FieldError.invalid(
          at,
          jsonPath,
          'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
        ),
      );
    if (seen.has(jsonPath)) errors.push(FieldError.duplicate(at, jsonPath));
    seen.add(jsonPath);
  }
  if (seen.size > MOST_SELECTABLE) errors.push(FieldError.tooMany(path, seen.size, MOST_SELECTABLE));
  return errors;
}

function validateNames(names: CustomResourceDefinitionSpec['names'] | undefined): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const)
    if (!names?.[field]) errors.push(FieldError.required(`spec.names.${field}`));
  if (!names) return errors;
  const label = (field: string, value: string | undefined) => {
    if (!value) return;
    const wrong = validateDns1035Label(value);
    if (wrong.length > 0) errors.push(FieldError.invalid(`spec.names.${field}`, value, wrong.join(',')));
  };
  const mixed = (field: string, value: string | undefined) => {
    if (!value) return;
    const wrong = validateDns1035Label(value.toLowerCase());
    const why = `may have mixed case, but should otherwise match: ${wrong.join(',')}`;
    if (wrong.length > 0) errors.push(FieldError.invalid(`spec.names.${field}`, value, why));
  };
  label('plural', names.plural);
  label('singular', names.singular);
  mixed('kind', names.kind);
  mixed('listKind', names.listKind);
  for (const [i, name] of (names.shortNames ?? []).entries()) label(`shortNames[${i}]`, name);
  if (names.kind && names.kind === names.listKind)
    errors.push(FieldError.invalid('spec.names.listKind', names.listKind, 'kind and listKind may not be the same'));
  for (const [i, name] of (names.categories ?? []).entries()) label(`categories[${i}]`, name);
  return errors;
}

function validateConversion(conversion: CustomResourceDefinitionSpec['conversion']): FieldError[] {
  if (!conversion) return [];
  const { strategy, webhook } = conversion;
  if (strategy !== 'None' && strategy !== 'Webhook')
    return [FieldError.notSupported('spec.conversion.strategy', strategy, ['None', 'Webhook'])];
  const config = 'spec.conversion.webhookClientConfig';
  const versions = 'spec.conversion.conversionReviewVersions';
  const client = webhook?.clientConfig;
  if (strategy === 'None') {
    const only = 'should not be set when strategy is not set to Webhook';
    return [
      ...(client ? [FieldError.forbidden(config, only)] : []),
      ...(webhook?.conversionReviewVersions?.length ? [FieldError.forbidden(versions, only)] : []),
    ];
  }
  const errors: FieldError[] = [];
  if (!client) errors.push(FieldError.required(config, 'required when strategy is set to Webhook'));
  else if ((client.url === undefined) === (client.service === undefined))
    errors.push(FieldError.required(config, 'exactly one of url or service is required'));
  const accepted = webhook?.conversionReviewVersions ?? [];
  if (accepted.length === 0) errors.push(FieldError.required(versions));
  else if (!accepted.some((version) => version === 'v1' || version === 'v1beta1'))
    errors.push(FieldError.invalid(versions, accepted, 'must include at least one of v1, v1beta1'));
  return errors;
}

function validateStored(crd: CustomResourceDefinition): FieldError[] {
  const stored = crd.status?.storedVersions ?? [];
  const path = 'status.storedVersions';
  if (stored.length === 0) return [FieldError.invalid(path, null, 'must have at least one stored version')];
  const left = new Map(stored.map((name, i) => [name, i]));
  const errors: FieldError[] = [];
  for (const { name, storage } of crd.spec.versions ?? []) {
    if (storage && !left.has(name))
      errors.push(FieldError.invalid(path, stored, `must have the storage version ${name}`));
    left.delete(name);
  }
  for (const [name, i] of left)
    errors.push(
      FieldError.invalid(
        `${path}[${i}]`,
        name,
        `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
      ),
    );
  return errors;
}

function validateImmutable(crd: CustomResourceDefinition, old: Stored<CustomResourceDefinition>): FieldError[] {
  const errors: FieldError[] = [];
  const changed = (path: string, value: string, before: string) => {
    if (value !== before) errors.push(FieldError.invalid(path, value, 'field is immutable'));
  };
  changed('spec.scope', crd.spec.scope, old.spec.scope);
  changed('spec.names.kind', crd.spec.names.kind, old.spec.names.kind);
  changed('spec.group', crd.spec.group, old.spec.group);
  changed('spec.names.plural', crd.spec.names.plural, old.spec.names.plural);
  return errors;
}

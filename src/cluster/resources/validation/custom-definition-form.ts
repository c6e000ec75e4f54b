import { isRecord } from '../../api/object.ts';
import { internalRule } from '../../api/schema/custom-rules.ts';
import type { CustomResourceDefinitionSpec } from '../../api/types.generated.ts';

// Errors about the versions of a CRD show them as the API server's own types have them.
// kubernetes: apiextensions-apiserver/pkg/apis/apiextensions/types.go, types_jsonschema.go

type Version = CustomResourceDefinitionSpec['versions'][number];
type Plain = { readonly [key: string]: unknown };

const FLAG = false;
/** Go's fields of JSONSchemaProps in their order: the name in JSON, and what is there when nothing was given. */
const SCHEMA_FIELDS: readonly (readonly [name: string, json: string, empty: unknown])[] = [
  ['ID', 'id', ''],
  ['Schema', '$schema', ''],
  ['Ref', '$ref', null],
  ['Description', 'description', ''],
  ['Type', 'type', ''],
  ['Nullable', 'nullable', FLAG],
  ['Format', 'format', ''],
  ['Title', 'title', ''],
  ['Default', 'default', null],
  ['Maximum', 'maximum', null],
  ['ExclusiveMaximum', 'exclusiveMaximum', FLAG],
  ['Minimum', 'minimum', null],
  ['ExclusiveMinimum', 'exclusiveMinimum', FLAG],
  ['MaxLength', 'maxLength', null],
  ['MinLength', 'minLength', null],
  ['Pattern', 'pattern', ''],
  ['MaxItems', 'maxItems', null],
  ['MinItems', 'minItems', null],
  ['UniqueItems', 'uniqueItems', FLAG],
  ['MultipleOf', 'multipleOf', null],
  ['Enum', 'enum', null],
  ['MaxProperties', 'maxProperties', null],
  ['MinProperties', 'minProperties', null],
  ['Required', 'required', null],
  ['Items', 'items', null],
  ['AllOf', 'allOf', null],
  ['OneOf', 'oneOf', null],
  ['AnyOf', 'anyOf', null],
  ['Not', 'not', null],
  ['Properties', 'properties', null],
  ['AdditionalProperties', 'additionalProperties', null],
  ['PatternProperties', 'patternProperties', null],
  ['Dependencies', 'dependencies', null],
  ['AdditionalItems', 'additionalItems', null],
  ['Definitions', 'definitions', null],
  ['ExternalDocs', 'externalDocs', null],
  ['Example', 'example', null],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', null],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', FLAG],
  ['XIntOrString', 'x-kubernetes-int-or-string', FLAG],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', null],
  ['XListType', 'x-kubernetes-list-type', null],
  ['XMapType', 'x-kubernetes-map-type', null],
  ['XValidations', 'x-kubernetes-validations', null],
];

/** `shared` parts are the same in every version: the server keeps them beside the versions, which then have none. */
export function internalVersion(version: Version, shared: SharedParts): Plain {
  const { name, served, storage, deprecated = false, deprecationWarning = null, schema, subresources } = version;
  return {
    Name: name,
    Served: served,
    Storage: storage,
    Deprecated: deprecated,
    DeprecationWarning: deprecationWarning,
    Schema: shared.schema || !schema ? null : { OpenAPIV3Schema: internalSchema(schema.openAPIV3Schema) },
    Subresources: shared.subresources || !subresources ? null : internalSubresources(subresources),
    AdditionalPrinterColumns: shared.columns ? null : (version.additionalPrinterColumns?.map(internalColumn) ?? null),
    SelectableFields: shared.selectable
      ? null
      : (version.selectableFields?.map(({ jsonPath }) => ({ JSONPath: jsonPath })) ?? null),
  };
}

/** What all versions have alike. */
export interface SharedParts {
  readonly schema: boolean;
  readonly subresources: boolean;
  readonly columns: boolean;
  readonly selectable: boolean;
}

function internalSubresources({ status, scale }: NonNullable<Version['subresources']>): Plain {
  return {
    Status: status ?? null,
    Scale: scale
      ? {
          SpecReplicasPath: scale.specReplicasPath,
          StatusReplicasPath: scale.statusReplicasPath,
          LabelSelectorPath: scale.labelSelectorPath ?? null,
        }
      : null,
  };
}

function internalColumn(column: NonNullable<Version['additionalPrinterColumns']>[number]): Plain {
  const { name, type, format = '', description = '', priority = 0, jsonPath } = column;
  return { Name: name, Type: type, Format: format, Description: description, Priority: priority, JSONPath: jsonPath };
}

function internalSchema(given: unknown): Plain | null {
  if (!isRecord(given)) return null;
  return Object.fromEntries(SCHEMA_FIELDS.map(([name, json, empty]) => [name, fieldOf(name, given[json], empty)]));
}

function fieldOf(name: string, value: unknown, empty: unknown): unknown {
  if (value === undefined || value === null) return empty;
  switch (name) {
    case 'Items':
      return { Schema: internalSchema(value), JSONSchemas: null };
    case 'AdditionalProperties':
      return { Allows: value !== false, Schema: internalSchema(value) };
    case 'Not':
      return internalSchema(value);
    case 'AllOf':
    case 'OneOf':
    case 'AnyOf':
      return Array.isArray(value) ? value.map(internalSchema) : empty;
    case 'Properties':
      return isRecord(value)
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((key) => [key, internalSchema(value[key])]),
          )
        : empty;
    case 'XValidations':
      return Array.isArray(value) ? value.map((rule) => internalRule(isRecord(rule) ? rule : {})) : empty;
    default:
      return value;
  }
}

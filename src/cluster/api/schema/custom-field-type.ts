import { asJson, isObject } from '../../apimachinery/json-value.ts';
import { OpenApiTypes } from '../../apimachinery/managed-fields/openapi-types.ts';
import type { FieldType } from '../../apimachinery/managed-fields/types.ts';
import type { Resource } from '../resource.ts';
import { fieldTypeOf } from './field-type.ts';
import { TypeSchema } from './schema.ts';

const known = new WeakMap<Resource, FieldType>();
const named: FieldType = { scalar: 'string' };

/**
 * A custom kind as server-side apply sees it: the schema of its CRD, with the metadata of every object; undefined for
 * kinds of the API itself. kubernetes: apiextensions-apiserver/pkg/controller/openapi/builder
 */
export function customFieldType(resource: Resource | undefined): FieldType | undefined {
  if (!resource || !('openAPIV3Schema' in resource)) return undefined;
  let type = known.get(resource);
  if (!type) {
    type = typeOf(resource.openAPIV3Schema);
    known.set(resource, type);
  }
  return type;
}

function typeOf(schema: unknown): FieldType {
  const json = asJson(schema);
  const given = new OpenApiTypes({}).of(isObject(json) ? json : {});
  const { map } = given;
  if (!map) return given;
  const common = fieldTypeOf(withMetadata()).map?.field('metadata');
  return {
    map: {
      atomic: false,
      field: (name) => {
        if (name === 'metadata') return common;
        return name === 'apiVersion' || name === 'kind' ? { type: named } : map.field(name);
      },
      element: map.element,
      zero: {},
    },
  };
}

let metadataType: TypeSchema | undefined;

/** A type with no field but metadata. */
export function withMetadata(): TypeSchema {
  metadataType ??= new TypeSchema('CustomResource', 'CustomResource\nmetadata ObjectMeta v1.* f=o');
  return metadataType;
}

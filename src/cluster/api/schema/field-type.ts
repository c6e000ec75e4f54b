import { asJson, type Json, type JsonObject } from '../../apimachinery/json-value.ts';
import { type DeclaredField, deduced, type FieldType, untyped } from '../../apimachinery/managed-fields/types.ts';
import type { Field, TypeSchema } from './schema.ts';
import type { Shape } from './shape.ts';

const types = new Map<TypeSchema, FieldType>();

/** A type of the API as server-side apply sees it. */
export function fieldTypeOf(type: TypeSchema): FieldType {
  const known = types.get(type);
  if (known) return known;
  const fields = new Map<string, DeclaredField | undefined>();
  const made: FieldType = {
    map: {
      atomic: type.mapType === 'atomic',
      field(name) {
        if (!fields.has(name)) fields.set(name, declared(type.field(name)));
        return fields.get(name);
      },
      element: undefined,
      get zero() {
        return zeroOf(type);
      },
    },
  };
  types.set(type, made);
  return made;
}

function declared(field: Field | undefined): DeclaredField | undefined {
  if (!field) return undefined;
  const type = withField(typeOfShape(field.shape), field);
  return { type, default: field.default === undefined ? zeroScalar(field) : asJson(field.default) };
}

/** What is required is published with Go's zero value as its default: keys of lists are never missing. */
function zeroScalar({ required, pointer, shape }: Field): Json | undefined {
  if (!required || pointer) return undefined;
  switch (shape.form) {
    case 'string':
      return '';
    case 'int32':
    case 'int64':
      return 0;
    case 'bool':
      return false;
    default:
      return undefined;
  }
}

/** Lists and maps are owned as their field says. */
function withField(type: FieldType, field: Field): FieldType {
  if (type.list && field.shape.form === 'list') {
    const { element } = type.list;
    const atomic = field.listType !== 'map' && field.listType !== 'set';
    return { list: { atomic, keys: field.listType === 'map' ? field.listMapKeys : [], element } };
  }
  if (type.map && field.mapType) {
    const { map } = type;
    return {
      map: { atomic: field.mapType === 'atomic', field: map.field.bind(map), element: map.element, zero: map.zero },
    };
  }
  return type;
}

function typeOfShape(shape: Shape): FieldType {
  switch (shape.form) {
    case 'string':
    case 'bytes':
      return { scalar: 'string' };
    case 'bool':
      return { scalar: 'boolean' };
    case 'int32':
    case 'int64':
    case 'float64':
      return { scalar: 'numeric' };
    case 'quantity':
    case 'int-or-string':
    case 'time':
    case 'micro-time':
      return { scalar: 'untyped' };
    case 'struct':
      return fieldTypeOf(shape.type);
    case 'list':
      return { list: { atomic: true, keys: [], element: typeOfShape(shape.items) } };
    case 'map':
      return { map: { atomic: false, field: () => undefined, element: typeOfShape(shape.values), zero: {} } };
    default:
      return shape.goType === 'FieldsV1' ? deduced : untyped;
  }
}

/** Fields that Go's JSON never leaves out. */
function zeroOf(type: TypeSchema): JsonObject {
  const zero: Record<string, Json> = {};
  for (const field of type.fields.values()) {
    if (field.shape.form === 'struct' && !field.pointer && !field.omitZero) zero[field.name] = zeroOf(field.shape.type);
    else if (field.required) zero[field.name] = field.default === undefined ? null : asJson(field.default);
  }
  return zero;
}

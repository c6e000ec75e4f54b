import { isObject, type Json, type JsonObject, own } from '../json-value.ts';
import { type DeclaredField, deduced, type FieldType, type ListType, type MapType, untyped } from './types.ts';

const prefix = '#/components/schemas/';
const special: Record<string, FieldType> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { scalar: 'untyped' },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { scalar: 'untyped' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': untyped,
};

/**
 * Types for server-side apply out of OpenAPI v3 schemas: those of the server, or of a custom resource.
 * kubernetes: kube-openapi/pkg/schemaconv
 */
export class OpenApiTypes {
  private readonly schemas: { readonly [name: string]: Json };
  private readonly named = new Map<string, FieldType>();

  constructor(schemas: { readonly [name: string]: Json }) {
    this.schemas = schemas;
  }

  /** The type of a schema by name, or that a `$ref` names. */
  byName(name: string): FieldType {
    const known = this.named.get(name) ?? (Object.hasOwn(special, name) ? special[name] : undefined);
    if (known) return known;
    const schema = this.schemas[name];
    const type = isObject(schema) ? this.of(schema) : untyped;
    this.named.set(name, type);
    return type;
  }

  /** The type of a schema. Types below it are worked out when they are looked at. */
  of(schema: JsonObject, preserveUnknown = false): FieldType {
    const reference = referenceOf(schema);
    if (reference !== undefined) return withMapType(this.byName(reference), own(schema, 'x-kubernetes-map-type'));
    const keepsUnknown = preserveUnknown || own(schema, 'x-kubernetes-preserve-unknown-fields') === true;
    if (own(schema, 'x-kubernetes-int-or-string') === true || own(schema, 'oneOf') !== undefined)
      return { scalar: 'untyped' };
    switch (own(schema, 'type')) {
      case 'object':
        return { map: this.map(schema, keepsUnknown) };
      case 'array':
        return { list: this.list(schema, keepsUnknown) };
      case 'integer':
      case 'number':
        return { scalar: 'numeric' };
      case 'boolean':
        return { scalar: 'boolean' };
      case 'string':
        return {
          scalar: [undefined, '', 'byte'].includes(own(schema, 'format') as string | undefined) ? 'string' : 'untyped',
        };
      default:
        return { scalar: 'untyped', list: this.list(schema, keepsUnknown), map: this.map(schema, keepsUnknown) };
    }
  }

  private list(schema: JsonObject, preserveUnknown: boolean): ListType {
    const items = own(schema, 'items');
    const element = () => (isObject(items) ? this.of(items, preserveUnknown) : untyped);
    return lazily('element', element, listRelation(schema));
  }

  private map(schema: JsonObject, preserveUnknown: boolean): MapType {
    const properties = own(schema, 'properties');
    const declared = isObject(properties) ? properties : {};
    const fields = new Map<string, DeclaredField | undefined>();
    const field = (name: string): DeclaredField | undefined => {
      if (fields.has(name)) return fields.get(name);
      const member = own(declared, name);
      const found = isObject(member)
        ? { type: this.of(member, preserveUnknown), default: own(member, 'default') }
        : undefined;
      fields.set(name, found);
      return found;
    };
    const more = own(schema, 'additionalProperties');
    const element = () => {
      if (isObject(more)) return this.of(more, preserveUnknown);
      const open = more === true || (more === undefined && (preserveUnknown || Object.keys(declared).length === 0));
      return open ? deduced : undefined;
    };
    const base = lazily('element', element, { atomic: own(schema, 'x-kubernetes-map-type') === 'atomic', field });
    return lazily('zero', () => zeroOf(schema, declared, (name) => field(name)?.type), base);
  }
}

// Fields that Go's JSON never leaves out: structs that are no pointers (they have a default of {}), and what is required.
function zeroOf(schema: JsonObject, declared: JsonObject, typeOf: (name: string) => FieldType | undefined): JsonObject {
  const zero: JsonObject = {};
  const required = own(schema, 'required');
  for (const [name, member] of Object.entries(declared)) {
    const value = isObject(member) ? own(member, 'default') : undefined;
    if (isObject(value)) zero[name] = typeOf(name)?.map?.zero ?? {};
    else if (Array.isArray(required) && required.includes(name)) zero[name] = value ?? null;
  }
  return zero;
}

function referenceOf(schema: JsonObject): string | undefined {
  const allOf = own(schema, 'allOf');
  const [only] = Array.isArray(allOf) && allOf.length === 1 ? allOf : [];
  const reference = own(schema, '$ref') ?? (isObject(only) ? own(only, '$ref') : undefined);
  return typeof reference === 'string' ? reference.slice(prefix.length) : undefined;
}

function withMapType(type: FieldType, mapType: Json | undefined): FieldType {
  if (!type.map || (mapType !== 'atomic' && mapType !== 'granular')) return type;
  const { map } = type;
  const own = { atomic: mapType === 'atomic', field: (name: string) => map.field(name) };
  return {
    map: lazily(
      'zero',
      () => map.zero,
      lazily('element', () => map.element, own),
    ),
  };
}

function listRelation(schema: JsonObject): { atomic: boolean; keys: readonly string[] } {
  const listType = own(schema, 'x-kubernetes-list-type');
  if (listType !== undefined) {
    const keys = own(schema, 'x-kubernetes-list-map-keys');
    return { atomic: listType === 'atomic', keys: listType === 'map' && Array.isArray(keys) ? keys.map(String) : [] };
  }
  const strategy = own(schema, 'x-kubernetes-patch-strategy');
  if (strategy !== 'merge' && strategy !== 'merge,retainKeys') return { atomic: true, keys: [] };
  const key = own(schema, 'x-kubernetes-patch-merge-key');
  return { atomic: false, keys: typeof key === 'string' ? [key] : [] };
}

/** Types refer to themselves (a schema of schemas), so what is below is found when it is asked for, once. */
function lazily<Name extends string, Value, Base extends object>(
  name: Name,
  find: () => Value,
  base: Base,
): Base & { readonly [key in Name]: Value } {
  let found: { value: Value } | undefined;
  return Object.defineProperty(base, name, {
    enumerable: true,
    get: () => {
      found ??= { value: find() };
      return found.value;
    },
  }) as Base & { readonly [key in Name]: Value };
}

import { isObject, type Json, type JsonObject, own } from '../../../src/cluster/apimachinery/json-value.ts';
import type { FieldSchema, PatchSchema } from '../../../src/cluster/apimachinery/strategic-merge-patch.ts';
import { readFixture } from './fixtures.ts';

// The types as a real API server published them, reduced to the kinds that the tests use.
const schemas = readFixture('schema') as JsonObject;
const prefix = '#/components/schemas/';

/** Follows `$ref` and a single `allOf`. */
export function resolve(schema: Json | undefined): JsonObject | undefined {
  if (!isObject(schema)) return undefined;
  const [only] = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  const reference = schema['$ref'] ?? (isObject(only) ? only['$ref'] : undefined);
  return typeof reference === 'string' ? resolve(own(schemas, reference.slice(prefix.length))) : schema;
}

/** The schema of a kind. */
export function kindSchema(apiVersion: string, kind: string): JsonObject {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  for (const schema of Object.values(schemas)) {
    const kinds = isObject(schema) ? schema['x-kubernetes-group-version-kind'] : undefined;
    const found = (Array.isArray(kinds) ? kinds : []).some(
      (one) => isObject(one) && one['group'] === group && one['version'] === version && one['kind'] === kind,
    );
    if (found && isObject(schema)) return schema;
  }
  throw new Error(`no schema of ${kind}`);
}

/** How the fields of a type are patched. */
export function patchSchema(schema: JsonObject | undefined, name = ''): PatchSchema {
  return {
    name,
    field(key: string): FieldSchema | undefined {
      const field = own(properties(schema), key) ?? schema?.['additionalProperties'];
      if (!isObject(field)) return undefined;
      const strategy = field['x-kubernetes-patch-strategy'];
      const mergeKey = field['x-kubernetes-patch-merge-key'];
      const resolved = resolve(field);
      const value = resolved?.['type'] === 'array' ? resolve(resolved['items']) : resolved;
      return {
        patchStrategy: typeof strategy === 'string' ? strategy.split(',') : [],
        patchMergeKey: typeof mergeKey === 'string' ? mergeKey : '',
        schema: patchSchema(value, key),
      };
    },
  };
}

function properties(schema: JsonObject | undefined): JsonObject {
  const found = schema?.['properties'];
  return isObject(found) ? found : {};
}

/** The name of a kind's schema. */
export function schemaNames(apiVersion: string, kind: string): string {
  const schema = kindSchema(apiVersion, kind);
  return Object.keys(schemas).find((name) => schemas[name] === schema) ?? '';
}

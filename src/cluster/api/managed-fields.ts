import { asJson, isObject, type JsonObject } from '../apimachinery/json-value.ts';
import { applyConfiguration } from '../apimachinery/managed-fields/apply.ts';
import { FieldSet } from '../apimachinery/managed-fields/field-set.ts';
import { deduced, type FieldType } from '../apimachinery/managed-fields/types.ts';
import { updateManagedFields } from '../apimachinery/managed-fields/update.ts';
import type { ManagedFieldsRules } from './field-managers.ts';
import { at } from './object.ts';
import { apiVersionOf } from './resource.ts';
import { fieldTypeOf } from './schema/field-type.ts';
import { typeOfKind } from './schema/schema.ts';
import type { ServerSideApply } from './server.ts';

const STATUS = FieldSet.of(['f:status']);
const SPEC = FieldSet.of(['f:spec']);

/** Writes of the object never own its status, and the other way round. */
function resetFields(subresource: string): FieldSet | undefined {
  if (subresource === 'status') return SPEC;
  return subresource === '' ? STATUS : undefined;
}

function asJsonObject(value: unknown): JsonObject {
  const json = asJson(value);
  return isObject(json) ? json : {};
}

/** The type of a custom kind, by its schema; undefined when the kind is none. */
type CustomTypes = (apiVersion: string, kind: string) => FieldType | undefined;

function builtInType(apiVersion: string, kind: string) {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return typeOfKind(group, apiVersion.slice(slash + 1), kind);
}

/** A custom kind has its number of replicas where its definition says. */
function isBuiltIn(apiVersion: string, kind: string): boolean {
  return builtInType(apiVersion, kind) !== undefined;
}

function typeOf(apiVersion: string, kind: string, custom: CustomTypes): FieldType {
  const type = builtInType(apiVersion, kind);
  return type ? fieldTypeOf(type) : (custom(apiVersion, kind) ?? deduced);
}

/** managedFields after writes that are no apply. */
export const managedFieldsRules = (custom: CustomTypes): ManagedFieldsRules => ({
  afterUpdate: (entries, { manager, subresource, time, old, next }) => {
    // Objects whose fields nobody manages stay so until somebody applies.
    if (old && entries.length === 0) return entries;
    // Scaling is noted only where somebody has the number. kubernetes: managedfields/scalehandler.go, internal/skipnonapplied.go
    if (
      subresource === 'scale' &&
      isBuiltIn(next.apiVersion, next.kind) &&
      !entries.some((entry) => at(entry, 'fieldsV1', 'f:spec', 'f:replicas') !== undefined)
    )
      return entries;
    return updateManagedFields(entries, old && asJsonObject(old), asJsonObject(next), {
      manager,
      apiVersion: next.apiVersion,
      subresource,
      time,
      type: typeOf(next.apiVersion, next.kind, custom),
      resetFields: resetFields(subresource),
    });
  },
});

/** Server-side apply, with the types of the API. */
export const serverSideApply =
  (custom: CustomTypes): ServerSideApply =>
  (configuration, live, entries, options) => {
    const { resource, manager, force, subresource, time } = options;
    const apiVersion = apiVersionOf(resource);
    const { object, managedFields } = applyConfiguration(
      live && asJsonObject(live),
      asJsonObject(configuration),
      entries,
      {
        manager,
        apiVersion,
        subresource,
        time,
        type: typeOf(apiVersion, resource.kind, custom),
        resetFields: resetFields(subresource),
        kind: resource.kind,
        force,
      },
    );
    return { object, managedFields };
  };

import { compareStrings, isObject, type Json, type JsonObject, own } from '../json-value.ts';
import { parseTime, toSeconds } from '../time.ts';
import { FieldSet } from './field-set.ts';

/** Who owns which fields: one entry of metadata.managedFields, taken apart. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly fields: FieldSet;
  /** Milliseconds since 1970; absent in entries that came without. */
  readonly time: number | undefined;
}

/** The managers of an object by their identity. */
export type Managers = Map<string, Manager>;

/** What two entries must have in common to be the same manager's. An apply has no version: it has the last one's. */
export function identityOf(manager: Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>): string {
  const { name, operation, apiVersion, subresource } = manager;
  return JSON.stringify({
    manager: name,
    operation,
    ...(operation === 'Apply' ? {} : { apiVersion }),
    ...(subresource === '' ? {} : { subresource }),
  });
}

/** Reads metadata.managedFields. Entries that are none are left out. kubernetes: managedfields/internal/managedfields.go */
export function decodeManagers(entries: readonly unknown[] | undefined): Managers {
  const managers: Managers = new Map();
  for (const entry of entries ?? []) {
    if (!isObject(entry)) continue;
    const text = (name: string) => String(own(entry, name) ?? '');
    const operation = text('operation');
    if ((operation !== 'Apply' && operation !== 'Update') || text('fieldsType') !== 'FieldsV1') continue;
    const time = own(entry, 'time');
    const manager: Manager = {
      name: text('manager'),
      operation,
      apiVersion: text('apiVersion'),
      subresource: text('subresource'),
      fields: FieldSet.decode(own(entry, 'fieldsV1')),
      time: typeof time === 'string' ? parseTime(time) : undefined,
    };
    managers.set(identityOf(manager), manager);
  }
  return managers;
}

/** Writes metadata.managedFields: applies first, then by time. */
export function encodeManagers(managers: Managers): JsonObject[] {
  return [...managers.values()].sort(compareManagers).map(encodeManager);
}

function encodeManager({ name, operation, apiVersion, subresource, fields, time }: Manager): JsonObject {
  return {
    manager: name,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time: toSeconds(time) }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields.encode(),
    ...(subresource === '' ? {} : { subresource }),
  };
}

export function compareManagers(a: Manager, b: Manager): number {
  const seconds = ({ time }: Manager) => (time === undefined ? 0 : Math.floor(time / 1000));
  return (
    compareStrings(a.operation, b.operation) ||
    seconds(a) - seconds(b) ||
    compareStrings(a.name, b.name) ||
    compareStrings(a.apiVersion, b.apiVersion) ||
    compareStrings(a.subresource, b.subresource)
  );
}

/** Whether two encoded lists are the same but for times. */
export function sameButTimes(a: readonly JsonObject[], b: readonly Json[]): boolean {
  const without = (entry: Json) => JSON.stringify(entry, (key, value: Json) => (key === 'time' ? undefined : value));
  return a.length === b.length && a.every((entry, i) => without(entry) === without(b[i] ?? null));
}

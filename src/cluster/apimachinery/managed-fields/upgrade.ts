import { isObject, type JsonObject, own } from '../json-value.ts';
import { FieldSet } from './field-set.ts';

// From client-side to server-side apply, as kubectl migrates. client-go: util/csaupgrade/upgrade.go

const lastApplied = FieldSet.of(['f:metadata', 'f:annotations', 'f:kubectl.kubernetes.io/last-applied-configuration']);

/** The names of managers that own the annotation of client-side apply by that operation. */
export function ownersOfLastApplied(entries: readonly unknown[] | undefined, operation: 'Apply' | 'Update'): string[] {
  return (entries ?? [])
    .filter(isObject)
    .filter((entry) => own(entry, 'operation') === operation)
    .filter((entry) => lastApplied.difference(FieldSet.decode(own(entry, 'fieldsV1'))).isEmpty)
    .map((entry) => String(own(entry, 'manager') ?? ''));
}

/** managedFields with what client-side appliers own given to the server-side applier; undefined when there is nothing to do. */
export function upgradeManagedFields(
  entries: readonly unknown[] | undefined,
  clientSideManagers: readonly string[],
  serverSideManager: string,
): JsonObject[] | undefined {
  const before = (entries ?? []).filter(isObject);
  const after = [...new Set(clientSideManagers)].reduce(
    (all, name) => upgradeOne(all, name, serverSideManager),
    before,
  );
  return JSON.stringify(after) === JSON.stringify(before) ? undefined : after;
}

function upgradeOne(entries: JsonObject[], clientSide: string, serverSide: string): JsonObject[] {
  const is = (entry: JsonObject, manager: string, operation: string) =>
    own(entry, 'manager') === manager && own(entry, 'operation') === operation && !own(entry, 'subresource');
  const applied = entries.findIndex((entry) => is(entry, serverSide, 'Apply'));
  const target = applied >= 0 ? applied : entries.findIndex((entry) => is(entry, clientSide, 'Update'));
  const chosen = entries[target];
  if (!chosen) return entries;
  const same = entries.find(
    (entry) => is(entry, clientSide, 'Update') && own(entry, 'apiVersion') === own(chosen, 'apiVersion'),
  );
  const fields = FieldSet.decode(own(chosen, 'fieldsV1')).union(FieldSet.decode(same && own(same, 'fieldsV1')));
  const upgraded = { ...chosen, manager: serverSide, operation: 'Apply', fieldsV1: fields.encode() };
  return entries.with(target, upgraded).filter((entry) => !is(entry, clientSide, 'Update'));
}

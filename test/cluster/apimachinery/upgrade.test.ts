import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/cluster/apimachinery/json-value.ts';
import { ownersOfLastApplied, upgradeManagedFields } from '../../../src/cluster/apimachinery/managed-fields/upgrade.ts';
import { readFixture } from './fixtures.ts';

// What client-go's csaupgrade (v0.36.4) makes of managedFields when kubectl goes from client-side to server-side apply.
const cases = readFixture('managed-fields-upgrade') as unknown as { args: [Json[], string]; result: JsonObject }[];

test.each(cases.map((one, i) => [i, one] as const))('%i', (_, { args: [entries, manager], result }) => {
  const owners = ownersOfLastApplied(entries, 'Update');
  expect(owners).toEqual(result['owners']);
  const upgraded = upgradeManagedFields(entries, owners, manager);
  // Managers that are upgraded together are so in any order.
  expect(sorted(upgraded)).toEqual(sorted(result['value'] as JsonObject[] | undefined));
});

function sorted(entries: JsonObject[] | undefined): string[] | undefined {
  return entries?.map((entry) => JSON.stringify(Object.entries(entry).sort())).sort();
}

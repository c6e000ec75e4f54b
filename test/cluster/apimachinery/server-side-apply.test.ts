import { describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../../src/cluster/apimachinery/json-value.ts';
import { applyConfiguration } from '../../../src/cluster/apimachinery/managed-fields/apply.ts';
import { FieldSet } from '../../../src/cluster/apimachinery/managed-fields/field-set.ts';
import { OpenApiTypes } from '../../../src/cluster/apimachinery/managed-fields/openapi-types.ts';
import { updateManagedFields } from '../../../src/cluster/apimachinery/managed-fields/update.ts';
import { StatusError } from '../../../src/cluster/apimachinery/status-error.ts';
import { readFixture } from './fixtures.ts';
import { schemaNames } from './openapi-schema.ts';

// Sequences of creates, updates and applies by several managers, played through apimachinery's own field manager (v0.36.4).
interface Step {
  op: 'create' | 'update' | 'apply' | 'forget';
  manager: string;
  subresource: string;
  force?: boolean;
  object: JsonObject;
}
interface Recorded {
  live?: JsonObject;
  next?: JsonObject;
  result?: JsonObject;
  error?: string;
  status?: JsonObject;
}
const cases = readFixture(process.env['SSA_CASES'] ?? 'server-side-apply') as unknown as {
  args: [string, string, Step[]];
  result: Recorded[];
}[];

const types = new OpenApiTypes(readFixture('schema') as JsonObject);
const status = FieldSet.of(['f:status']);
const spec = FieldSet.of(['f:spec']);

function play(apiVersion: string, kind: string, step: Step, { live, next }: Recorded): JsonObject {
  const entries = managedFieldsOf(live);
  const write = {
    manager: step.manager,
    apiVersion,
    subresource: step.subresource,
    time: 0,
    type: types.byName(schemaNames(apiVersion, kind)),
    resetFields: step.subresource === 'status' ? spec : step.subresource === '' ? status : undefined,
  };
  if (step.op !== 'apply') return { managedFields: updateManagedFields(entries, live, next ?? {}, write) };
  try {
    const { object, managedFields } = applyConfiguration(live, step.object, entries, {
      ...write,
      kind,
      force: step.force === true,
    });
    return { object, managedFields };
  } catch (error) {
    if (error instanceof StatusError)
      return { error: error.message, causes: error.details?.causes?.map((one) => ({ ...one })) ?? [] };
    throw error;
  }
}

function expected(step: Step, { result, error, status: failure }: Recorded): JsonObject {
  if (error !== undefined) {
    const details = isObject(failure?.['details']) ? failure['details'] : {};
    return { error, causes: details['causes'] ?? [] };
  }
  const managedFields = managedFieldsOf(result);
  return step.op === 'apply' ? { object: result ?? {}, managedFields } : { managedFields };
}

function managedFieldsOf(object: JsonObject | undefined): Json[] {
  const metadata = object?.['metadata'];
  const entries = isObject(metadata) ? metadata['managedFields'] : undefined;
  return Array.isArray(entries) ? entries : [];
}

// Objects that went through Go's types have empty structs, zeros and no empty lists; ours need not. Times are now.
function comparable(value: Json): Json {
  if (Array.isArray(value)) return value.map(comparable);
  if (!isObject(value)) return value;
  const kept: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (key === 'time' || key === 'uid') continue;
    if (key === 'managedFields') {
      if (Array.isArray(member))
        kept[key] = member.map(withoutTime).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
      continue;
    }
    const below = comparable(member);
    if (below === null || below === 0 || (typeof below === 'object' && Object.keys(below).length === 0)) continue;
    kept[key] = below;
  }
  const metadata = kept['metadata'];
  if (isObject(metadata)) delete metadata['managedFields'];
  return kept;
}

function withoutTime(entry: Json): Json {
  if (!isObject(entry)) return entry;
  const { time: _, ...rest } = entry;
  return rest;
}

describe('server-side apply', () => {
  for (const [i, { args, result }] of cases.entries()) {
    const [apiVersion, kind, steps] = args;
    for (const [j, step] of steps.entries()) {
      const recorded = result[j];
      if (!recorded || step.op === 'forget') continue;
      test(`${i}.${j} ${kind} ${step.op} ${step.manager} ${step.subresource}`, () => {
        const actual = comparable(play(apiVersion, kind, step, recorded));
        // Of several things that do not fit, Go names them in any order.
        expect(sortedLines(actual)).toEqual(sortedLines(comparable(expected(step, recorded))));
      });
    }
  }
});

function sortedLines(value: Json): Json {
  if (!isObject(value) || typeof value['error'] !== 'string') return value;
  const causes = Array.isArray(value['causes']) ? value['causes'].map((cause) => JSON.stringify(cause)).sort() : [];
  return { error: value['error'].split('\n').sort(), causes };
}

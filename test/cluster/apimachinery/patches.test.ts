import { describe, expect, test } from 'vitest';
import { FormatError } from '../../../src/cluster/apimachinery/format-error.ts';
import { jsonPatch } from '../../../src/cluster/apimachinery/json-patch.ts';
import type { Json, JsonObject } from '../../../src/cluster/apimachinery/json-value.ts';
import {
  createMergePatch,
  createThreeWayMergePatch,
  mergePatch,
} from '../../../src/cluster/apimachinery/merge-patch.ts';
import {
  createThreeWayPatch,
  createTwoWayPatch,
  PatchError,
  strategicMergePatch,
} from '../../../src/cluster/apimachinery/strategic-merge-patch.ts';
import { readFixture } from './fixtures.ts';
import { kindSchema, patchSchema } from './openapi-schema.ts';

// What k8s.io/apimachinery v0.36.4 and evanphx/json-patch v4.13.0 answer to each question.
const schemaOf = ([apiVersion, kind]: Json[]) => patchSchema(kindSchema(String(apiVersion), String(kind)));
const answers: Record<string, (args: Json[]) => Json> = {
  jsonPatch: ([document = null, patch]) => jsonPatch(document, patch as JsonObject[]),
  mergePatch: ([document, patch]) => mergePatch(document, patch),
  createMergePatch: ([before, after]) => createMergePatch(before, after),
  threeWayMergePatch: ([original, modified, current]) => createThreeWayMergePatch(original, modified, current),
  strategic: (args) => strategicMergePatch(args[2], args[3], schemaOf(args)),
  twoWay: (args) => createTwoWayPatch(args[2], args[3], schemaOf(args)),
  threeWay: (args) => createThreeWayPatch(args[2], args[3], args[4], schemaOf(args)),
};

function answer(fn: string, args: Json[]): Json {
  try {
    return { value: answers[fn]?.(args) ?? 'not asked' };
  } catch (error) {
    if (error instanceof FormatError || error instanceof PatchError) return { error: error.message };
    throw error;
  }
}

const cases = [...(readFixture('json-patches') as Json[]), ...(readFixture('strategic') as Json[])] as {
  fn: string;
  args: Json[];
  result: JsonObject;
}[];

describe.each(Object.keys(answers))('%s', (fn) => {
  test.each(cases.filter((one) => one.fn === fn).map((one, i) => [i, one] as const))('%i', (_, { args, result }) => {
    const before = JSON.stringify(args);
    const frozen = deepFreeze(structuredClone(args)) as Json[];
    expect(answer(fn, frozen)).toEqual(result);
    expect(JSON.stringify(args)).toBe(before);
  });
});

function deepFreeze(value: Json): Json {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../../../src/cluster/apimachinery/format-error.ts';
import { parseJson } from '../../../src/cluster/apimachinery/go-json.ts';
import type { Json, JsonObject } from '../../../src/cluster/apimachinery/json-value.ts';
import { encodeYaml, yamlToJson } from '../../../src/cluster/apimachinery/yaml.ts';
import { readFixture } from './fixtures.ts';

// What sigs.k8s.io/yaml v1.6.0 prints, and what Go's encoding/json says of texts.
const answers: Record<string, (value: Json) => JsonObject> = {
  yamlEncode: (value) => ({ value: encodeYaml(value) }),
  json: (value) => ({ value: parseJson(String(value)) }),
};

function answer(fn: string, value: Json): JsonObject {
  try {
    return answers[fn]?.(value) ?? {};
  } catch (error) {
    if (error instanceof FormatError) return { error: error.message };
    throw error;
  }
}

const cases = readFixture('yaml-encode') as { fn: string; args: Json[]; result: JsonObject }[];

describe.each(Object.keys(answers))('%s', (fn) => {
  test.each(cases.filter((one) => one.fn === fn).map((one, i) => [i, one] as const))('%i', (_, { args, result }) => {
    expect(answer(fn, args[0] ?? null), JSON.stringify(args[0])).toEqual(result);
  });
});

test('what is printed can be read again', () => {
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(null, true, false),
      fc.integer(),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('a', ' ', '\n', ':', '#', '-', '"', "'", '1', '\t', '\\', '{') }),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.string({ maxLength: 8 }), tie('tree'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(yamlToJson(encodeYaml(value))).toEqual(value);
    }),
    { numRuns: 2000 },
  );
});

import { describe, expect, test } from 'vitest';
import { FormatError } from '../../../src/cluster/apimachinery/format-error.ts';
import type { Json, JsonObject } from '../../../src/cluster/apimachinery/json-value.ts';
import { decodeStream, yamlToJson } from '../../../src/cluster/apimachinery/yaml.ts';
import { readFixture } from './fixtures.ts';

// What sigs.k8s.io/yaml v1.6.0 and kubectl's decoder make of manifests, many of them broken on purpose.
const answers: Record<string, (text: string) => JsonObject> = {
  yamlToJson: (text) => ({ value: yamlToJson(text) }),
  yamlToJsonStrict: (text) => ({ value: yamlToJson(text, true) }),
  stream: (text) => {
    const values: Json[] = [];
    try {
      for (const value of decodeStream(text)) values.push(value);
    } catch (error) {
      if (error instanceof FormatError) return { values, error: error.message };
      throw error;
    }
    return { values };
  },
};

function answer(fn: string, text: string): JsonObject {
  try {
    return answers[fn]?.(text) ?? {};
  } catch (error) {
    if (error instanceof FormatError) return { error: error.message };
    throw error;
  }
}

const cases = readFixture(process.env['YAML_CASES'] ?? 'yaml-decode') as {
  fn: string;
  args: string[];
  result: JsonObject;
}[];

describe.each(Object.keys(answers))('%s', (fn) => {
  test.each(cases.filter((one) => one.fn === fn).map((one, i) => [i, one] as const))('%i', (_, { args, result }) => {
    expect(answer(fn, args[0] ?? ''), args[0]).toEqual(result);
  });
});

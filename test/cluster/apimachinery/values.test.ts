import { describe, expect, test } from 'vitest';
import {
  formatDuration,
  humanDuration,
  parseDuration,
  shortHumanDuration,
} from '../../../src/cluster/apimachinery/duration.ts';
import { parseFieldSelector } from '../../../src/cluster/apimachinery/fields.ts';
import { FormatError } from '../../../src/cluster/apimachinery/format-error.ts';
import { parseIntOrString, scaledValue } from '../../../src/cluster/apimachinery/int-or-string.ts';
import type { Json, JsonObject } from '../../../src/cluster/apimachinery/json-value.ts';
import {
  formatLabelSelector,
  labelSelectorAsSelector,
  parseLabelSelector,
} from '../../../src/cluster/apimachinery/labels.ts';
import * as names from '../../../src/cluster/apimachinery/names.ts';
import { Quantity } from '../../../src/cluster/apimachinery/quantity.ts';
import { parseTime, toMicroseconds, toSeconds } from '../../../src/cluster/apimachinery/time.ts';
import * as valueNames from '../../../src/cluster/apimachinery/value-names.ts';
import { readFixture } from './fixtures.ts';

// What k8s.io/apimachinery v0.36.4 answers to each question.
type Answer = (args: Json[]) => Json;
const text = (value: Json | undefined) => String(value);
const rules: Record<string, unknown> = { ...names, ...valueNames };

const answers: Record<string, Answer> = {
  quantity: ([input]) => {
    const quantity = Quantity.parse(text(input));
    return { value: String(quantity), int: quantity.value(), milli: quantity.milliValue(), format: quantity.format };
  },
  quantityAdd: ([left, right]) => {
    const a = Quantity.parse(text(left));
    const b = Quantity.parse(text(right));
    return { add: String(a.add(b)), sub: String(a.sub(b)), cmp: a.compare(b) };
  },
  duration: ([input]) => {
    const ms = parseDuration(text(input));
    return { value: formatDuration(ms), human: humanDuration(ms), short: shortHumanDuration(ms) };
  },
  scaled: ([input, total]) => {
    const value = parseIntOrString(text(input));
    return { up: scaledValue(value, Number(total), true), down: scaledValue(value, Number(total), false) };
  },
  name: ([rule, input]) => {
    const check = rules[text(rule)];
    return typeof check === 'function' ? check(input) : `no rule ${text(rule)}`;
  },
  selector: ([input, sets]) => {
    const selector = parseLabelSelector(text(input));
    return { value: String(selector), matches: (sets as JsonObject[]).map((set) => selector.matches(set)) };
  },
  labelSelector: ([object]) => ({
    format: formatLabelSelector(object),
    value: String(labelSelectorAsSelector(object)),
  }),
  fields: ([input]) => ({ value: String(parseFieldSelector(text(input))) }),
  time: ([input]) => {
    const ms = parseTime(text(input));
    return { ms: Math.floor(ms), value: toSeconds(ms), micro: toMicroseconds(ms) };
  },
};

function answer(fn: string, args: Json[]): Json {
  try {
    return answers[fn]?.(args) ?? 'not asked';
  } catch (error) {
    if (error instanceof FormatError) return { error: error.message };
    throw error;
  }
}

const cases = readFixture('values') as { fn: string; args: Json[]; result: Json }[];

describe.each(Object.keys(answers))('%s', (fn) => {
  test.each(cases.filter((one) => one.fn === fn).map((one) => [JSON.stringify(one.args).slice(0, 80), one] as const))(
    '%s',
    (_, { args, result }) => {
      const expected = { ...(result as JsonObject) };
      // A LabelSelector that is wrong still has a printed form.
      if (fn === 'labelSelector' && 'error' in expected) delete expected['format'];
      // Go saturates 64 bits where we go on.
      const actual = answer(fn, args);
      if (fn === 'quantity') forgetOverflow(expected, actual as JsonObject);
      expect(actual).toEqual(Array.isArray(result) ? result : expected);
    },
  );
});

function forgetOverflow(expected: JsonObject, actual: JsonObject): void {
  for (const field of ['int', 'milli']) {
    if (Math.abs(Number(actual[field])) < 2 ** 53) continue;
    delete expected[field];
    delete actual[field];
  }
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/cluster/apimachinery/duration.ts';
import { parseFieldSelector } from '../../../src/cluster/apimachinery/fields.ts';
import { parseJson } from '../../../src/cluster/apimachinery/go-json.ts';
import { marshal, marshalIndent } from '../../../src/cluster/apimachinery/json.ts';
import { isObject, type Json, type JsonObject } from '../../../src/cluster/apimachinery/json-value.ts';
import { parseLabelSelector } from '../../../src/cluster/apimachinery/labels.ts';
import { FieldSet } from '../../../src/cluster/apimachinery/managed-fields/field-set.ts';
import {
  createMergePatch,
  createThreeWayMergePatch,
  mergePatch,
} from '../../../src/cluster/apimachinery/merge-patch.ts';
import { Quantity } from '../../../src/cluster/apimachinery/quantity.ts';
import {
  createThreeWayPatch,
  createTwoWayPatch,
  strategicMergePatch,
} from '../../../src/cluster/apimachinery/strategic-merge-patch.ts';
import { parseTime, toSeconds } from '../../../src/cluster/apimachinery/time.ts';
import { kindSchema, patchSchema } from './openapi-schema.ts';

const quantity = fc
  .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'Gi', 'e3'))
  .map(([number, suffix]) => Quantity.parse(`${number}${suffix}`));

describe('quantities', () => {
  test('the canonical form means the same and is canonical', () => {
    fc.assert(
      fc.property(quantity, (value) => {
        const sum = value.add(Quantity.zero);
        const again = Quantity.parse(sum.toString());
        expect(again.compare(value)).toBe(0);
        expect(again.toString()).toBe(sum.toString());
      }),
    );
  });

  test('what is added can be taken away; rounding goes away from zero', () => {
    fc.assert(
      fc.property(quantity, quantity, (a, b) => {
        expect(a.add(b).sub(b).compare(a)).toBe(0);
        expect(Math.sign(a.compare(b))).toBe(a.sub(b).sign);
        expect(Math.abs(a.value()) >= Math.abs(a.toNumber()) * (1 - 1e-12)).toBe(true);
      }),
    );
  });
});

test('durations and times survive their texts', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
      expect(parseTime(toSeconds(ms))).toBe(Math.floor(ms / 1000) * 1000);
    }),
  );
});

const word = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,6}[a-z0-9])?$/);

test('selectors survive their texts', () => {
  const requirement = fc.oneof(
    fc.tuple(word, fc.constantFrom('=', '==', '!='), word).map((parts) => parts.join('')),
    fc
      .tuple(word, fc.constantFrom('in', 'notin'), fc.array(word, { minLength: 1 }))
      .map(([k, op, vs]) => `${k} ${op} (${vs})`),
    word,
    word.map((key) => `!${key}`),
  );
  fc.assert(
    fc.property(fc.array(requirement, { maxLength: 5 }), fc.dictionary(word, word), (parts, labels) => {
      const selector = parseLabelSelector(parts.join(','));
      const again = parseLabelSelector(selector.toString());
      expect(again.toString()).toBe(selector.toString());
      expect(again.matches(labels)).toBe(selector.matches(labels));
      expect(selector.matches(labels)).toBe(parts.every((part) => parseLabelSelector(part).matches(labels)));
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.string()), { maxLength: 3 }), (terms) => {
      const text = terms.map(([field, value]) => `${field}=${value.replace(/[\\,=]/g, '\\$&')}`).join(',');
      expect(parseFieldSelector(parseFieldSelector(text).toString()).toString()).toBe(
        parseFieldSelector(text).toString(),
      );
    }),
  );
});

const { document } = fc.letrec<{ document: JsonObject; tree: Json }>((tie) => ({
  document: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('tree'), { maxKeys: 4 }),
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(true, 1, 2, 'x', 'y'),
    fc.array(fc.constantFrom<Json>(1, 'x', true), { maxLength: 3 }),
    tie('document'),
  ),
}));

describe('merge patches', () => {
  test('a patch makes the one of the other', () => {
    fc.assert(
      fc.property(document, document, (before, after) => {
        expect(mergePatch(before, createMergePatch(before, after))).toEqual(after);
      }),
    );
  });

  test('three ways: what the manifest says is so, and applying it again changes nothing', () => {
    fc.assert(
      fc.property(document, document, document, (original, modified, current) => {
        const patched = mergePatch(current, createThreeWayMergePatch(original, modified, current));
        expect(contains(patched, modified)).toBe(true);
        expect(createThreeWayMergePatch(modified, modified, patched)).toEqual({});
      }),
    );
  });

  test('JSON survives its texts', () => {
    fc.assert(
      // -0 too: Go writes it as it is, where JSON.stringify drops the sign.
      fc.property(fc.jsonValue(), (value) => {
        const json = value as Json;
        expect(parseJson(marshal(json))).toEqual(json);
        expect(parseJson(marshalIndent(json))).toEqual(json);
      }),
    );
  });
});

function contains(whole: Json | undefined, part: Json): boolean {
  if (isObject(whole) && isObject(part))
    return Object.entries(part).every(([key, value]) => contains(whole[key], value));
  // An empty object may have been there already.
  if (isObject(part) && Object.keys(part).length === 0) return true;
  return JSON.stringify(whole) === JSON.stringify(part);
}

const container = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'c'),
    image: fc.constantFrom('n:1', 'n:2'),
    env: fc.uniqueArray(fc.record({ name: fc.constantFrom('A', 'B', 'C'), value: fc.constantFrom('1', '2') }), {
      selector: (env) => env.name,
      maxLength: 3,
    }),
    args: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
  },
  { requiredKeys: ['name'] },
);
const pod = fc
  .record(
    {
      containers: fc.uniqueArray(container, { selector: (one) => one.name, minLength: 1, maxLength: 3 }),
      nodeSelector: fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('1', '2'), { maxKeys: 2 }),
      restartPolicy: fc.constantFrom('Always', 'Never'),
    },
    { requiredKeys: ['containers'] },
  )
  .map(
    (spec): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: structuredClone(spec) as JsonObject,
    }),
  );
const podSchema = patchSchema(kindSchema('v1', 'Pod'), 'Pod');

describe('strategic merge patches', () => {
  test('a two-way patch makes the one of the other', () => {
    fc.assert(
      fc.property(pod, pod, (before, after) => {
        expect(plain(strategicMergePatch(before, createTwoWayPatch(before, after, podSchema), podSchema))).toEqual(
          plain(after),
        );
      }),
    );
  });

  test('three ways: with the manifest as the live object last applied, the result is the manifest', () => {
    fc.assert(
      fc.property(pod, pod, (original, modified) => {
        const patched = strategicMergePatch(
          original,
          createThreeWayPatch(original, modified, original, podSchema),
          podSchema,
        );
        expect(plain(patched)).toEqual(plain(modified));
        expect(createThreeWayPatch(modified, modified, patched, podSchema)).toEqual({});
      }),
    );
  });
});

// An empty list or object that was to become so may stay absent, and the other way round.
function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, plain(member)] as const);
  return Object.fromEntries(
    members.filter(([, member]) => typeof member !== 'object' || Object.keys(member ?? {}).length > 0),
  );
}

test('sets of fields: laws of sets', () => {
  const path = fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1'), { minLength: 1, maxLength: 3 });
  const set = fc.array(path, { maxLength: 8 }).map((paths) => FieldSet.of(...paths));
  const same = (a: FieldSet, b: FieldSet) => expect(a.encode()).toEqual(b.encode());
  fc.assert(
    fc.property(set, set, (a, b) => {
      same(FieldSet.decode(a.encode()), a);
      same(a.union(b), b.union(a));
      same(a.difference(b).union(a.intersection(b)), a);
      expect(a.intersection(b).difference(b).isEmpty).toBe(true);
      for (const one of a.paths()) expect(a.has(one)).toBe(true);
    }),
  );
});

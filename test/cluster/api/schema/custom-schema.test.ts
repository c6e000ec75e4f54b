import { describe, expect, it } from 'vitest';
import { pruned, validateCustom } from '../../../../src/cluster/api/schema/custom-schema.ts';

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'string', enum: ['small', 'large'] },
        slices: { type: 'integer', minimum: 2, maximum: 12, default: 8 },
        name: { type: 'string', pattern: '^[a-z]+$' },
        toppings: { type: 'array', maxItems: 1, items: { type: 'string' } },
      },
    },
  },
};
const errorsOf = (spec: unknown) => validateCustom({ spec }, schema, '').map(String);

describe('custom resources', () => {
  it('drops what the schema does not know and fills in its defaults', () => {
    const dropped: string[] = [];
    const given = { apiVersion: 'a/v1', kind: 'Pizza', metadata: { name: 'x' }, spec: { size: 'small', topings: [] } };
    expect(pruned(given, schema, '', dropped)).toEqual({
      apiVersion: 'a/v1',
      kind: 'Pizza',
      metadata: { name: 'x' },
      spec: { size: 'small', slices: 8 },
    });
    expect(dropped).toEqual(['unknown field "spec.topings"']);
  });

  // Texts as recorded in conformance/golden/platform/crd-validation-errors.yaml.
  it('says what is wrong as the API server does', () => {
    expect(errorsOf({ size: 'gigantic', slices: '8', toppings: ['a', 'b'] })).toEqual([
      'spec.size: Unsupported value: "gigantic": supported values: "small", "large"',
      'spec.slices: Invalid value: "string": spec.slices in body must be of type integer: "string"',
      'spec.toppings: Too many: 2: must have at most 1 item',
    ]);
    expect(errorsOf({ size: 'small', slices: 20 })).toEqual([
      'spec.slices: Invalid value: 20: spec.slices in body should be less than or equal to 12',
    ]);
    expect(errorsOf({})).toEqual(['spec.size: Required value']);
  });
});

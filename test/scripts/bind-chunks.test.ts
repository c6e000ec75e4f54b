import { describe, expect, test } from 'vitest';
import { bindChunk } from '../../scripts/bind-chunks.mjs';

describe('chunks as CommonJS', () => {
  test('names of other chunks are bound once, under their own names', () => {
    const text =
      'import {\n  a,\n  b as $c\n} from "./chunk-X.js";\nimport "./chunk-Y.js";\nimport fs from "node:fs";\n';
    expect(bindChunk(text)).toBe(
      'const {\n  a,\n  b: $c\n} = require("./chunk-X.js");\nrequire("./chunk-Y.js");\nimport fs from "node:fs";\n',
    );
  });

  test('what is exported is as it stands at the end', () => {
    expect(bindChunk('var a = 1, b = a == 2;\nexport {\n  a,\n  b as default\n};\n')).toBe(
      'var a = 1, b = a == 2;\nmodule.exports = {a: a, default: b};Object.defineProperty(module.exports, "__esModule", { value: true });\n',
    );
  });

  test.each(['count += 1', 'count++', 'count = 2', 'count ??= 3'])(
    'an exported name that changes (%s) ends the build',
    (change) => {
      expect(() =>
        bindChunk(`var count = 0;\nfunction next() { ${change}; }\nexport {\n  count,\n  next\n};\n`),
      ).toThrow(/count is exported from a chunk and assigned 2 times/);
    },
  );

  test.each(['import * as x from "./chunk-X.js";', 'export default 1;', 'export * from "./chunk-X.js";'])(
    'a form that is not known (%s) ends the build',
    (text) => {
      expect(() => bindChunk(`${text}\n`)).toThrow(/does not know/);
    },
  );
});

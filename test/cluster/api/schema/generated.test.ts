import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
// @ts-expect-error: a plain script
import { generate } from '../../../../scripts/generate-schema.mjs';

it('generated files are what the generator makes of the facts', () => {
  for (const [path, content] of generate() as Map<string, string>) {
    const committed = readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
    expect(committed === content, `${path} is stale: npm run generate`).toBe(true);
  }
}, 30_000);

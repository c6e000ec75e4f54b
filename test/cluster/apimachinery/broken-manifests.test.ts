import { expect, test } from 'vitest';
import { FormatError } from '../../../src/cluster/apimachinery/format-error.ts';
import { decodeStream } from '../../../src/cluster/apimachinery/yaml.ts';
import { readFixture } from './fixtures.ts';

// Broken files, and what the real kubectl v1.36.4 said of each (`kubectl create --dry-run=client -f x.yaml`).
const cases = readFixture('kubectl-broken-manifests') as unknown as { text: string; stderr: string }[];

test.each(cases.map((one) => [one.text, one.stderr] as const))('%s', (text, stderr) => {
  expect(`error: error parsing x.yaml: ${failureOf(text)}\n`).toBe(stderr);
});

function failureOf(text: string): string {
  try {
    for (const _ of decodeStream(text));
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  return '';
}

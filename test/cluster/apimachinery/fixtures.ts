import { readFileSync } from 'node:fs';
import type { Json } from '../../../src/cluster/apimachinery/json-value.ts';

/** A recorded file beside the tests. */
export function readFixture(name: string): Json {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'));
}

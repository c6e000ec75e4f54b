import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeObject } from '../../../../src/cluster/api/schema/decode.ts';
import { servedResources } from '../../../../src/cluster/api/schema/served-resources.ts';
import { StatusError } from '../../../../src/cluster/apimachinery/errors.ts';

interface Recorded {
  path: string;
  body: unknown;
  error: string;
}

// Recorded from kube-apiserver v1.36.4 with fieldValidation=Strict: '' stands for a body that can be decoded.
const recorded = JSON.parse(
  readFileSync(new URL('./fixtures/decode-errors.json', import.meta.url), 'utf8'),
) as Recorded[];

function resourceOf(path: string) {
  const parts = path.split('/').filter((part) => part !== '');
  const core = parts[0] === 'api';
  const [group, version] = core ? ['', parts[1]] : [parts[1], parts[2]];
  const found = servedResources().find((r) => r.group === group && r.version === version && r.plural === parts.at(-1));
  if (!found) throw new Error(path);
  return found;
}

function errorOf(path: string, body: unknown): string {
  try {
    decodeObject(resourceOf(path), body, 'Strict', []);
    return '';
  } catch (error) {
    if (error instanceof StatusError) return error.message;
    throw error;
  }
}

describe('decodeObject', () => {
  it.each(recorded)('$path $body', ({ path, body, error }) => {
    expect(errorOf(path, body)).toBe(error);
  });
});

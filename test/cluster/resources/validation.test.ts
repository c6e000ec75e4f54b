import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StatusError } from '../../../src/cluster/apimachinery/errors.ts';
import { createErrors } from './create-errors.ts';

interface Recorded {
  path: string;
  body: unknown;
  error?: string;
  other?: string;
}

// What kube-apiserver v1.36.4 answered to each object: mistakes that learners make, and objects that are fine.
const recorded = JSON.parse(readFileSync(new URL('./fixtures/create.json', import.meta.url), 'utf8')) as Recorded[];

describe('validation of new objects', () => {
  it.each(recorded.filter((one) => one.other === undefined))('$path $body', ({ path, body, error }) => {
    const { resource, name, errors } = createErrors(path, body);
    const message = errors.length === 0 ? undefined : StatusError.invalid(resource, name, errors).message;
    expect(message).toBe(error);
  });
});

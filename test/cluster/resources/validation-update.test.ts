import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { StatusError } from '../../../src/cluster/apimachinery/errors.ts';
import { updateErrors } from './update-errors.ts';

interface Recorded {
  path: string;
  old: unknown;
  body: unknown;
  error?: string;
}

// What kube-apiserver v1.36.4 answered when a stored object was to change.
const recorded = JSON.parse(readFileSync(new URL('./fixtures/update.json', import.meta.url), 'utf8')) as Recorded[];

it.each(recorded.map((one, i): [string, Recorded] => [`${one.path} ${i}: ${one.error?.slice(0, 80) ?? 'fine'}`, one]))(
  '%s',
  (_, { path, old, body, error }) => {
    const { resource, name, errors } = updateErrors(path, old, body);
    const message = errors.length === 0 ? undefined : StatusError.invalid(resource, name, errors).message;
    expect(message).toBe(error);
  },
);

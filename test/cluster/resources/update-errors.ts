import type { Stored } from '../../../src/cluster/api/object.ts';
import { validateMetadataUpdate } from '../../../src/cluster/api/object-meta.ts';
import type { Resource, StrategyContext } from '../../../src/cluster/api/resource.ts';
import { decodeObject } from '../../../src/cluster/api/schema/decode.ts';
import type { FieldError } from '../../../src/cluster/apimachinery/errors.ts';
import { resourceOf } from './create-errors.ts';

const NO_CONTEXT = { now: 0, dryRun: true } as StrategyContext;

/** All that the server would say against a change of a stored object. */
export function updateErrors(
  path: string,
  stored: unknown,
  body: unknown,
): { resource: Resource; name: string; errors: FieldError[] } {
  const resource = resourceOf(path);
  const old = decodeObject(resource, stored, 'Ignore', []) as Stored;
  const object = decodeObject(resource, body, 'Ignore', []);
  resource.strategy.setDefaults?.(object);
  const errors = [
    ...validateMetadataUpdate(object, old),
    ...(resource.strategy.validateUpdate?.(object, old, NO_CONTEXT) ?? []),
  ];
  return { resource, name: old.metadata.name, errors };
}

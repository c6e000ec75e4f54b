import { isObject, type JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../../errors.ts';
import type { Region } from '../../region.ts';
import type { Stack, Template } from '../../types/cloudformation.ts';
import { handlerMessage, setResource, setStatus, whenDone, workOf } from './engine.ts';
import { RESOURCE_TYPES } from './resource-types.ts';
import { resolve } from './template.ts';

/** ms until a change begins, and until what is over has been cleaned up. */
const BEGIN = 2500;
const CLEAN_UP = 1500;
const UPDATABLE = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];

/** Begins to make a stack as another template says. Raises ValidationError. */
export function updateStack(region: Region, stack: Stack, template: Template): void {
  if (!UPDATABLE.includes(stack.StackStatus))
    throw new AwsError(
      'ValidationError',
      `Stack:${stack.StackId} is in ${stack.StackStatus} state and can not be updated.`,
    );
  const before = stack.template;
  const names = Object.keys(template.Resources);
  if (names.toSorted().join() !== Object.keys(before.Resources).toSorted().join())
    throw notModelled('updates of stacks that add or remove resources');
  const textOf = (one: Template, name: string) => JSON.stringify(one.Resources[name]?.Properties);
  const changed = names.filter((name) => textOf(template, name) !== textOf(before, name));
  if (changed.length === 0) throw new AwsError('ValidationError', 'No updates are to be performed.');
  for (const name of changed) {
    const type = template.Resources[name]?.Type ?? '';
    if (!RESOURCE_TYPES[type]?.update) throw notModelled(`updates of ${type} by a stack`);
  }
  setStatus(region, stack, 'UPDATE_IN_PROGRESS', 'User Initiated');
  region.account.after(BEGIN, () => {
    const properties = new Map(changed.map((name) => [name, propertiesOf(region, stack, before, name)]));
    stack.template = template;
    next(region, stack, before, [...properties]);
  });
}

function propertiesOf(region: Region, stack: Stack, { Resources }: Template, name: string): JsonObject {
  const value = resolve(region, stack, Resources[name]?.Properties ?? {});
  return isObject(value) ? value : {};
}

/** One resource after the other. */
function next(region: Region, stack: Stack, before: Template, left: readonly (readonly [string, JsonObject])[]): void {
  const [first, ...others] = left;
  if (!first) return end(region, stack, 'UPDATE');
  const [name, old] = first;
  const record = stack.resources.get(name);
  const type = RESOURCE_TYPES[record?.ResourceType ?? ''];
  if (!record || !type?.update) return next(region, stack, before, others);
  const failed = (error: AwsError) => {
    setResource(region, stack, record, 'UPDATE_FAILED', handlerMessage(region, record.ResourceType, error));
    const reason = `The following resource(s) failed to update: [${name}]. `;
    setStatus(region, stack, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
    stack.template = before;
    region.account.after(BEGIN, () => {
      setResource(region, stack, record, 'UPDATE_COMPLETE');
      end(region, stack, 'UPDATE_ROLLBACK');
    });
  };
  setResource(region, stack, record, 'UPDATE_IN_PROGRESS');
  try {
    const begun = type.update({ ...workOf(region, stack, name), id: record.PhysicalResourceId, before: old });
    whenDone(region, begun, (error) => {
      if (error) return failed(error);
      setResource(region, stack, record, 'UPDATE_COMPLETE');
      next(region, stack, before, others);
    });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    failed(error);
  }
}

function end(region: Region, stack: Stack, why: 'UPDATE' | 'UPDATE_ROLLBACK'): void {
  setStatus(region, stack, `${why}_COMPLETE_CLEANUP_IN_PROGRESS`);
  stack.LastUpdatedTime = region.account.now;
  region.account.after(CLEAN_UP, () => setStatus(region, stack, `${why}_COMPLETE`));
}

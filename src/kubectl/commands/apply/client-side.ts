import { patchSchemaOf } from '../../../cluster/api/schema/patch-schema.ts';
import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { createThreeWayMergePatch, mergePatch } from '../../../cluster/apimachinery/merge-patch.ts';
import type { PatchSchema } from '../../../cluster/apimachinery/strategic/schema.ts';
import { createThreeWayPatch, strategicMergePatch } from '../../../cluster/apimachinery/strategic-merge-patch.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { writeQuery } from '../../dry-run.ts';
import { StatusError, withSource } from '../../errors.ts';
import { objectAt, textAt } from '../../json.ts';
import { goJson } from '../../printers/go-value.ts';
import { readObject } from '../../resource/builder.ts';
import { infoText } from '../../resource/describe-info.ts';
import { createObject, deleteObject, MERGE_PATCH, patchObject, STRATEGIC_PATCH } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf, withMetadata } from '../../resource/info.ts';
import { LAST_APPLIED, withLastApplied } from '../../resource/last-applied.ts';
import { waitDeleted } from '../../resource/wait-deleted.ts';
import { OverwriteConflict, OverwriteRefused, overwriteError, refuseOverwriting } from './overwrite.ts';
import type { Applied, ApplyPlan } from './plan.ts';

/** How often a patch that meets a newer object is made again, and the pause between, in ms. kubernetes: kubectl/pkg/cmd/apply/patcher.go */
const RETRIES = 5;
const BACK_OFF = 1000;

/** Creates the object, or patches what differs between the last configuration, this one and the live object. Raises StatusError, KubectlError. */
export function* applyClientSide(invocation: Invocation, info: Info, plan: ApplyPlan): Task<Applied> {
  const { factory, process } = invocation;
  const modified = withLastApplied(objectOf(info));
  let current: JsonObject;
  try {
    current = yield* readObject(factory, info);
  } catch (error) {
    if (!(error instanceof StatusError && error.notFound))
      throw withSource(`retrieving current configuration of:\n${infoText(info)}\nfrom server for:`, info.source, error);
    return { object: yield* create(invocation, info, withoutNulls(modified), plan), operation: 'created' };
  }
  if (objectAt(current, 'metadata', 'annotations')[LAST_APPLIED] === undefined)
    yield* process.printError(
      `Warning: resource ${mappingOf(info).plural}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    );
  const { patch, object } = yield* patchLive(invocation, info, modified, current, plan, (error, tried) =>
    withSource(`applying patch:\n${tried ? goJson(tried) : ''}\nto:\n${infoText(info)}\nfor:`, info.source, error),
  );
  yield* warnIfDeleting(invocation, info, object);
  return { object, operation: Object.keys(patch).length === 0 ? 'unchanged' : 'configured' };
}

function* create(invocation: Invocation, info: Info, object: JsonObject, plan: ApplyPlan): Task<JsonObject> {
  if (plan.dryRun === 'client') return object;
  const query = writeQuery(plan.dryRun, plan.fieldManager, plan.validation);
  try {
    return yield* createObject(invocation.factory.client(), mappingOf(info), info.namespace, object, query);
  } catch (error) {
    throw withSource('creating', info.source, error);
  }
}

/** kubernetes: kubectl/pkg/cmd/apply/apply.go WarnIfDeleting */
export function* warnIfDeleting({ process }: Invocation, info: Info, object: JsonObject): Task<void> {
  if (textAt(object, 'metadata', 'deletionTimestamp') !== '')
    yield* process.printError(`Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`);
}

/**
 * Patches the live object with what differs from `modified`. `locked`: only while the live object is the one that was read. `worded`
 * makes the error of a refused patch. Raises StatusError, KubectlError. kubernetes: kubectl/pkg/cmd/apply/patcher.go Patch
 */
export function* patchLive(
  invocation: Invocation,
  info: Info,
  modified: JsonObject,
  live: JsonObject,
  plan: ApplyPlan,
  worded: (error: unknown, patch: JsonObject | undefined) => unknown = (error) => error,
  locked = false,
): Task<{ patch: JsonObject; object: JsonObject }> {
  const { factory, process } = invocation;
  const mapping = mappingOf(info);
  const schema = patchSchemaOf(mapping);
  const query = writeQuery(plan.dryRun, plan.fieldManager, plan.validation);
  let current = live;
  let patch: JsonObject = {};
  for (let attempt = 0; ; attempt++) {
    try {
      const original = originalOf(current);
      if (original === 'invalid') {
        yield* warnOfPatch(process, 'invalid JSON document');
        throw overwriteError('invalid JSON document', lastApplied(current), modified, current);
      }
      patch = schema
        ? createThreeWayPatch(original, modified, current, schema)
        : createThreeWayMergePatch(original ?? {}, modified, current);
      if (!plan.overwrite && schema) yield* checkOverwrite(invocation, original, modified, current, patch, schema);
      if (Object.keys(patch).length === 0) return { patch, object: current };
      if (plan.dryRun === 'client') {
        const object = schema ? strategicMergePatch(current, patch, schema) : mergePatch(current, patch);
        return { patch, object: isObject(object) ? object : current };
      }
      const type = schema ? STRATEGIC_PATCH : MERGE_PATCH;
      if (locked) patch = withMetadata(patch, { resourceVersion: textAt(current, 'metadata', 'resourceVersion') });
      const client = factory.client();
      return { patch, object: yield* patchObject(client, mapping, info.namespace, info.name, type, patch, query) };
    } catch (error) {
      const conflict = error instanceof StatusError && error.reason === 'Conflict';
      if (conflict && attempt < RETRIES) {
        if (attempt > 0) yield* process.sleep(BACK_OFF);
        current = yield* readObject(factory, info);
        continue;
      }
      if (plan.force && error instanceof StatusError && (conflict || error.reason === 'Invalid'))
        return { patch, object: yield* recreate(invocation, info, modified, plan) };
      throw worded(withSource('patching', info.source, error), error instanceof OverwriteRefused ? undefined : patch);
    }
  }
}

/** Says twice what is wrong, once for each way kubectl knows to make the patch. Raises KubectlError. */
function* checkOverwrite(
  { process }: Invocation,
  original: JsonObject | undefined,
  modified: JsonObject,
  current: JsonObject,
  patch: JsonObject,
  schema: PatchSchema,
): Task<void> {
  try {
    refuseOverwriting(original, current, patch, schema);
  } catch (error) {
    if (!(error instanceof OverwriteConflict)) throw error;
    yield* warnOfPatch(process, error.message);
    throw overwriteError(error.message, lastApplied(current), modified, current);
  }
}

function* warnOfPatch(process: Invocation['process'], why: string): Task<void> {
  for (const spec of ['openapi v3 spec', 'openapi spec'])
    yield* process.printError(`warning: error calculating patch from ${spec}: ${why}\n`);
}

/** --force: deletes the object, waits and creates it anew. */
function* recreate(invocation: Invocation, info: Info, modified: JsonObject, plan: ApplyPlan): Task<JsonObject> {
  const { factory } = invocation;
  const mapping = mappingOf(info);
  const client = factory.client();
  yield* deleteObject(client, mapping, info.namespace, info.name, {
    propagationPolicy: plan.cascade,
    ...(plan.grace >= 0 ? { gracePeriodSeconds: plan.grace } : {}),
  });
  yield* waitDeleted(factory, info, '', plan.timeout);
  return yield* createObject(client, mapping, info.namespace, modified, writeQuery('none', plan.fieldManager));
}

/** The annotation of a live object that remembers what was applied last. */
function lastApplied(live: JsonObject): string {
  const text = objectAt(live, 'metadata', 'annotations')[LAST_APPLIED];
  return typeof text === 'string' ? text : '';
}

/** What that annotation says. */
export function originalOf(live: JsonObject): JsonObject | undefined | 'invalid' {
  const text = lastApplied(live);
  if (text === '') return undefined;
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return 'invalid';
  }
}

/** Creating drops nulls as patching would. kubernetes: kubectl/pkg/cmd/apply pruneNullsFromMap */
function withoutNulls(object: JsonObject): JsonObject {
  const strip = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(strip);
    return isObject(value) ? withoutNulls(value) : value;
  };
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(object)) if (value !== null) kept[key] = strip(value);
  return kept;
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { ownersOfLastApplied, upgradeManagedFields } from '../../../cluster/apimachinery/managed-fields/upgrade.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { writeQuery } from '../../dry-run.ts';
import { KubectlError, StatusError } from '../../errors.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { goJson } from '../../printers/go-value.ts';
import { readObject } from '../../resource/builder.ts';
import { APPLY_PATCH, JSON_PATCH, patchObject } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { LAST_APPLIED } from '../../resource/last-applied.ts';
import { warnIfDeleting } from './client-side.ts';
import type { Applied, ApplyPlan } from './plan.ts';

/** Who writes with --server-side, and who keeps the annotation of client-side apply. */
export const SERVER_SIDE_MANAGER = 'kubectl';
export const CLIENT_SIDE_MANAGER = 'kubectl-client-side-apply';
/** How often the migration meets a newer object. kubernetes: maxPatchRetry */
const RETRIES = 5;
const LAST_APPLIED_MANAGER = 'kubectl-last-applied';

/** Has the server merge. Raises StatusError, KubectlError. kubernetes: kubectl/pkg/cmd/apply/apply.go applyOneObject */
export function* applyServerSide(invocation: Invocation, info: Info, plan: ApplyPlan): Task<Applied> {
  let object = yield* send(invocation, info, objectOf(info), plan);
  if (plan.dryRun === 'none') {
    if (plan.fieldManager === SERVER_SIDE_MANAGER)
      object = (yield* keepLastApplied(invocation, info, object, plan)) ?? object;
    if (yield* migrate(invocation, info, object, plan)) object = yield* send(invocation, info, objectOf(info), plan);
  }
  yield* warnIfDeleting(invocation, info, object);
  return { object, operation: 'serverside-applied' };
}

function* send(invocation: Invocation, info: Info, object: JsonObject, plan: ApplyPlan): Task<JsonObject> {
  const query = writeQuery(plan.dryRun, plan.fieldManager, plan.validation);
  query.push(['force', String(plan.forceConflicts)]);
  const client = invocation.factory.client();
  try {
    const { namespace, name, subresource } = info;
    return yield* patchObject(client, mappingOf(info), namespace, name, APPLY_PATCH, object, query, subresource);
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'Conflict') throw new KubectlError(conflictText(error));
    throw error;
  }
}

function conflictText(error: Error): string {
  return `${error.message}
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;
}

/** Where client-side apply left its annotation, it is brought up to date. kubernetes: saveLastApplyAnnotationIfNecessary */
function* keepLastApplied(
  invocation: Invocation,
  info: Info,
  live: JsonObject,
  plan: ApplyPlan,
): Task<JsonObject | undefined> {
  if (objectAt(live, 'metadata', 'annotations')[LAST_APPLIED] === undefined) return undefined;
  const given = objectOf(info);
  const metadata: JsonObject = { name: info.name, annotations: { [LAST_APPLIED]: `${goJson(given)}\n` } };
  if (info.namespace !== '') metadata['namespace'] = info.namespace;
  const patch = { apiVersion: textAt(given, 'apiVersion'), kind: textAt(given, 'kind'), metadata };
  return yield* send(invocation, info, patch, { ...plan, fieldManager: LAST_APPLIED_MANAGER, forceConflicts: true });
}

/** Gives the server-side applier what the client-side applier owned. kubernetes: migrateToSSAIfNecessary */
function* migrate(invocation: Invocation, info: Info, live: JsonObject, plan: ApplyPlan): Task<boolean> {
  let object = live;
  for (let attempt = 0; ; attempt++) {
    const managed = listAt(object, 'metadata', 'managedFields');
    const owners = ownersOfLastApplied(managed, 'Update');
    const upgraded = upgradeManagedFields(managed, [...owners, CLIENT_SIDE_MANAGER], plan.fieldManager);
    if (!upgraded) return false;
    const resourceVersion = textAt(object, 'metadata', 'resourceVersion');
    try {
      yield* patchObject(invocation.factory.client(), mappingOf(info), info.namespace, info.name, JSON_PATCH, [
        { op: 'replace', path: '/metadata/managedFields', value: upgraded },
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
      ]);
      return true;
    } catch (error) {
      // Controllers write in between.
      if (!(error instanceof StatusError && error.reason === 'Conflict') || attempt >= RETRIES) throw error;
      object = yield* readObject(invocation.factory, info);
    }
  }
}

import { patchSchemaOf } from '../../../cluster/api/schema/patch-schema.ts';
import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { createMergePatch } from '../../../cluster/apimachinery/merge-patch.ts';
import { createTwoWayPatch } from '../../../cluster/apimachinery/strategic-merge-patch.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { fieldValidationOf, writeQuery } from '../../dry-run.ts';
import { ConnectionError, KubectlError, StatusError } from '../../errors.ts';
import { textAt } from '../../json.ts';
import { goJson, goSyntax } from '../../printers/go-value.ts';
import { printerFor, printObject } from '../../printing.ts';
import { createObject, MERGE_PATCH, patchObject, STRATEGIC_PATCH } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { LAST_APPLIED } from '../../resource/last-applied.ts';
import type { EditMode } from './session.ts';

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

const LAST_APPLIED_HEADER = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`;

/** Patches what was changed. Raises KubectlError, ConnectionError. */
export const editLive: EditMode = {
  header: HEADER,
  *save(invocation, originals, updated, results) {
    const { flags, factory, process } = invocation;
    const original = originalOf(originals, updated);
    if (goJson(original) === goJson(objectOf(updated))) return yield* say(invocation, 'skipped', objectOf(updated));
    const mapping = mappingOf(updated);
    const schema = patchSchemaOf(mapping);
    const edited = objectOf(updated);
    for (const keys of [['apiVersion'], ['kind'], ['metadata', 'name']])
      if (textAt(original, ...keys) !== textAt(edited, ...keys))
        throw new KubectlError('At least one of apiVersion, kind and name was changed');
    const patch = schema ? createTwoWayPatch(original, edited, schema) : createMergePatch(original, edited);
    if (flags.bool('output-patch')) yield* process.print(`Patch: ${goJson(patch)}\n`);
    const type = schema ? STRATEGIC_PATCH : MERGE_PATCH;
    const { namespace, name, subresource } = { ...updated, subresource: flags.string('subresource') };
    const client = factory.client();
    let object: JsonObject;
    try {
      object = yield* patchObject(client, mapping, namespace, name, type, patch, queryOf(invocation), subresource);
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      yield* process.printError(results.addError(error, updated));
      return;
    }
    yield* say(invocation, 'edited', object);
  },
};

/** Creates what was made of a manifest. Raises StatusError, KubectlError. */
export const editBeforeCreate: EditMode = {
  header: HEADER,
  *save(invocation, _originals, updated) {
    const client = invocation.factory.client();
    const query = queryOf(invocation);
    yield* say(
      invocation,
      'created',
      yield* createObject(client, mappingOf(updated), updated.namespace, objectOf(updated), query),
    );
  },
};

/** Writes the annotation of kubectl apply. Raises StatusError, KubectlError. */
export const editAnnotation: EditMode = {
  header: LAST_APPLIED_HEADER,
  *save(invocation, originals, updated) {
    const object = objectOf(updated);
    if (goJson(originalOf(originals, updated)) === goJson(object)) return yield* say(invocation, 'skipped', object);
    const patch = { metadata: { annotations: { [LAST_APPLIED]: `${goJson(object)}\n` } } };
    const namespace = invocation.factory.namespace().name;
    const client = invocation.factory.client();
    yield* patchObject(client, mappingOf(updated), namespace, updated.name, MERGE_PATCH, patch, queryOf(invocation));
    yield* say(invocation, 'edited', object);
  },
};

/** The object that was opened: the one of the same uid. Raises KubectlError. */
function originalOf(originals: readonly Info[], updated: Info): JsonObject {
  const uid = textAt(objectOf(updated), 'metadata', 'uid');
  const found = originals.find((one) => textAt(objectOf(one), 'metadata', 'uid') === uid);
  if (found) return objectOf(found);
  throw new KubectlError(
    `no original object found for &unstructured.Unstructured{Object:${goSyntax(objectOf(updated))}}`,
  );
}

function queryOf(invocation: Invocation): [string, string][] {
  return writeQuery('none', invocation.flags.string('field-manager'), fieldValidationOf(invocation));
}

function* say(invocation: Invocation, operation: string, object: JsonObject): Task<void> {
  yield* printObject(invocation, printerFor(invocation, operation), object);
}

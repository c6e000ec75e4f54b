import { patchSchemaOf } from '../../../cluster/api/schema/patch-schema.ts';
import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { createMergePatch } from '../../../cluster/apimachinery/merge-patch.ts';
import { createTwoWayPatch } from '../../../cluster/apimachinery/strategic-merge-patch.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { fieldManagerFlag, filenameFlags, printFlags, validateFlag } from '../../common-flags.ts';
import { fieldValidationOf, writeQuery } from '../../dry-run.ts';
import { ExitError, KubectlError, StatusError } from '../../errors.ts';
import { bool, string } from '../../flags/index.ts';
import { objectAt, textAt } from '../../json.ts';
import { qualifiedPlural } from '../../mapper.ts';
import { printerFor, printObject } from '../../printing.ts';
import { findByFlags } from '../../resource/from-flags.ts';
import { MERGE_PATCH, patchObject, STRATEGIC_PATCH } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf, withMetadata } from '../../resource/info.ts';
import { updateLastApplied } from '../../resource/last-applied.ts';
import { parseYaml, yamlText } from '../../yaml.ts';
import { launchEditor } from './editor.ts';

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

/** kubernetes: kubectl/pkg/cmd/util/editor/editoptions.go */
export const edit: Command = {
  name: 'edit',
  use: 'edit (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit a resource on the server',
  long: 'Edit a resource with the editor of KUBE_EDITOR or EDITOR, or with vi.\n\n What cannot be saved is opened again with the reason in comments.',
  examples: `# A service
kubectl edit svc/registry

# With another editor
KUBE_EDITOR="nano" kubectl edit svc/registry`,
  flags: [
    fieldManagerFlag('kubectl-edit'),
    ...filenameFlags('Files that name the resource to edit'),
    bool('output-patch', false, 'Output the patch if the resource is edited.'),
    ...printFlags(),
    bool('save-config', false, 'Keep the configuration in an annotation of the object.'),
    string('subresource', '', 'If specified, edit will operate on the subresource of the requested object.'),
    validateFlag,
    bool('windows-line-endings', false, 'Defaults to the line ending native to your platform.'),
  ],
  *run(invocation) {
    const { flags, factory, args } = invocation;
    const resources = yield* findByFlags(factory, flags, {
      args,
      subresource: flags.string('subresource'),
      allowEmptySelector: true,
      continueOnError: true,
      flatten: true,
      latest: true,
    });
    const infos = yield* resources.infos();
    const [info] = infos;
    if (!info) throw new KubectlError('edit cancelled, no objects found');
    if (infos.length > 1)
      throw new KubectlError('kubetutor does not model the editing of several objects at once; name one of them');
    yield* editOne(invocation, info);
  },
};

function* editOne(invocation: Invocation, info: Info): Task<void> {
  const { process } = invocation;
  const live = withoutManagedFields(objectOf(info));
  const original = yamlText(live);
  const suffix = process.machine.world.random.fork(`kubectl-edit-${process.pid}-${process.now}`).integer(4_000_000_000);
  const path = `/tmp/kubectl-edit-${suffix}.yaml`;
  const { files } = process.machine;
  let content = original;
  let reasons = '';
  for (;;) {
    const before = content;
    files.writeFile(path, `${HEADER}${reasons}${content}`, process.credentials, 0o600);
    yield* launchEditor(process, path);
    content = stripComments(files.readText(path, process.credentials));
    if (reasons !== '' && content === stripComments(before)) {
      yield* process.printError(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);
      throw new KubectlError('Edit cancelled, no valid changes were saved.');
    }
    if (content === stripComments(original) || content.trim() === '') {
      files.unlink(path, process.credentials);
      yield* process.printError(
        content.trim() === '' ? 'Edit cancelled, saved file was empty.\n' : 'Edit cancelled, no changes made.\n',
      );
      return;
    }
    const failure = yield* save(invocation, info, live, content, path);
    if (failure === undefined) {
      files.unlink(path, process.credentials);
      return;
    }
    reasons = failure;
  }
}

/** Sends what was changed; comments for the next round when the server or YAML refuses. Raises KubectlError, ExitError. */
function* save(
  invocation: Invocation,
  info: Info,
  live: JsonObject,
  content: string,
  path: string,
): Task<string | undefined> {
  const { process, flags, factory } = invocation;
  const mapping = mappingOf(info);
  const named = `${qualifiedPlural(mapping)} ${JSON.stringify(info.name)}`;
  const invalid = (causes: readonly string[]) =>
    `# ${named} was not valid:\n${causes.map((cause) => `# * ${cause.replaceAll('\n', '\n# ')}\n`).join('')}#\n`;
  let parsed: Json;
  try {
    parsed = parseYaml(content);
  } catch (error) {
    yield* process.printError(`error: ${named} is invalid\n`);
    return invalid([
      `<nil>: Invalid value: "The edited file failed validation": ${error instanceof Error ? error.message : ''}`,
    ]);
  }
  const edited = isObject(parsed) ? updateLastApplied(parsed, flags.bool('save-config')) : {};
  const identity = (one: JsonObject) =>
    [textAt(one, 'apiVersion'), textAt(one, 'kind'), textAt(one, 'metadata', 'name')].join(' ');
  if (identity(edited) !== identity(live)) {
    yield* process.printError(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);
    throw new KubectlError('At least one of apiVersion, kind and name was changed');
  }
  const schema = patchSchemaOf(mapping);
  const patch = schema ? createTwoWayPatch(live, edited, schema) : createMergePatch(live, edited);
  const query = writeQuery('none', flags.string('field-manager'), fieldValidationOf(invocation));
  const type = schema ? STRATEGIC_PATCH : MERGE_PATCH;
  try {
    const { subresource } = info;
    const object = yield* patchObject(
      factory.client(),
      mapping,
      info.namespace,
      info.name,
      type,
      patch,
      query,
      subresource,
    );
    yield* printObject(invocation, printerFor(invocation, 'edited'), object);
    return undefined;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (error.reason === 'Invalid') {
      yield* process.printError(`error: ${named} is invalid\n`);
      const causes = error.status.details?.causes ?? [];
      return invalid(causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`));
    }
    if (error.notFound) {
      yield* process.printError(
        `error: ${named} could not be found on the server\nThe edits you made on deleted resources have been saved to ${JSON.stringify(path)}\n`,
      );
      throw new ExitError(1);
    }
    yield* process.printError(
      `error: ${named} could not be patched: ${error.message}\nYou can run \`kubectl replace -f ${path}\` to try this update again.\n`,
    );
    throw new ExitError(1);
  }
}

function withoutManagedFields(object: JsonObject): JsonObject {
  const metadata = { ...objectAt(object, 'metadata') };
  delete metadata['managedFields'];
  return { ...withMetadata(object, {}), metadata };
}

function stripComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n');
}

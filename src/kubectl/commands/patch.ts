import { patchSchemaOf } from '../../cluster/api/schema/patch-schema.ts';
import { parseJson } from '../../cluster/apimachinery/go-json.ts';
import { applyJsonPatch } from '../../cluster/apimachinery/json-patch.ts';
import { asJson, equal, isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { mergePatch } from '../../cluster/apimachinery/merge-patch.ts';
import { strategicMergePatch } from '../../cluster/apimachinery/strategic-merge-patch.ts';
import { yamlToJson } from '../../cluster/apimachinery/yaml.ts';
import type { Task } from '../../world/task.ts';
import type { Command, Invocation } from '../command/command.ts';
import { dryRunFlag, fieldManagerFlag, filenameFlags, localFlag, printFlags } from '../common-flags.ts';
import { dryRunOf, writeQuery } from '../dry-run.ts';
import { asError, KubectlError, StatusError } from '../errors.ts';
import { readTextOr } from '../files.ts';
import { string } from '../flags/index.ts';
import { textAt } from '../json.ts';
import type { Mapping } from '../mapper.ts';
import { printerFor, printObject } from '../printing.ts';
import { recordFlag } from '../record.ts';
import { apiVersionText, readObject } from '../resource/builder.ts';
import { splitApiVersion } from '../resource/decode.ts';
import { findByFlags } from '../resource/from-flags.ts';
import { JSON_PATCH, MERGE_PATCH, patchObject, RawText, STRATEGIC_PATCH } from '../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../resource/info.ts';

type PatchType = 'json' | 'merge' | 'strategic';
const CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  json: JSON_PATCH,
  merge: MERGE_PATCH,
  strategic: STRATEGIC_PATCH,
};

/** kubernetes: kubectl/pkg/cmd/patch/patch.go */
export const patch: Command = {
  name: 'patch',
  use: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  short: 'Update fields of a resource',
  long: 'Update fields of a resource using strategic merge patch, a JSON merge patch, or a JSON patch.\n\n JSON and YAML formats are accepted.',
  examples: `# Strategic merge patch
kubectl patch node k8s-node-1 -p '{"spec":{"unschedulable":true}}'

# JSON patch: a list of operations
kubectl patch pod web --type=json -p '[{"op":"replace","path":"/spec/containers/0/image","value":"nginx:1.29"}]'`,
  flags: [
    dryRunFlag,
    fieldManagerFlag('kubectl-patch'),
    ...filenameFlags('Files that name the resource to update.'),
    localFlag('patch'),
    string('patch', '', 'The patch to be applied to the resource JSON file.', { shorthand: 'p' }),
    string('patch-file', '', 'A file with the patch.'),
    ...printFlags(),
    recordFlag,
    string('subresource', '', 'If specified, patch will operate on the subresource of the requested object.'),
    string('type', 'strategic', 'The type of patch being provided; one of [json merge strategic]'),
  ],
  *run(invocation) {
    const { flags, factory, args } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const type = validate(invocation);
    const local = flags.bool('local');
    const text = flags.changed('patch-file')
      ? readTextOr(
          invocation.process,
          flags.string('patch-file'),
          (reason) => new KubectlError(`unable to read patch file: ${reason}`),
        )
      : flags.string('patch');
    const change = readPatch(text);
    const resources = yield* findByFlags(factory, flags, {
      args,
      subresource: flags.string('subresource'),
      continueOnError: true,
      flatten: true,
      requireObject: false,
      local,
    });
    let count = 0;
    yield* resources.visit(function* (info) {
      count++;
      const before = local ? objectOf(info) : dryRun === 'client' ? yield* readObject(factory, info) : undefined;
      const after = before
        ? patched(before, parsed(change), type, info)
        : yield* send(invocation, info, change, type, writeQuery(dryRun, flags.string('field-manager')));
      // What a file says is compared as it stands there.
      const changed = before ? !equal(before, after.object) : info.source !== '' || after.changed;
      const operation = changed ? 'patched' : 'patched (no change)';
      // The operation is named after the words for dry runs were put in: they are lost. kubernetes: kubectl/pkg/cmd/patch/patch.go ToPrinter
      yield* printObject(invocation, printerFor(invocation, operation), after.object);
    });
    if (count === 0) throw new KubectlError('no objects passed to patch');
  },
};

function validate({ flags, args }: Invocation): PatchType {
  if (flags.changed('patch') && flags.changed('patch-file'))
    throw new KubectlError('cannot specify --patch and --patch-file together');
  if (flags.string('patch') === '' && flags.string('patch-file') === '')
    throw new KubectlError('must specify --patch or --patch-file containing the contents of the patch');
  if (flags.bool('local') && args.length > 0) throw new KubectlError('cannot specify --local and server resources');
  const type = flags.string('type').toLowerCase();
  if (type === 'json' || type === 'merge' || type === 'strategic') return type;
  throw new KubectlError(`--type must be one of [json merge strategic], not ${JSON.stringify(flags.string('type'))}`);
}

/** What begins as an object goes to the server as it is, whatever it is. kubernetes: apimachinery/pkg/util/yaml ToJSON */
function readPatch(text: string): Json | RawText {
  try {
    return text.trimStart().startsWith('{') ? rawJson(text) : yamlToJson(text);
  } catch (error) {
    throw new KubectlError(`unable to parse ${JSON.stringify(text)}: ${error instanceof Error ? error.message : ''}`);
  }
}

function rawJson(text: string): Json | RawText {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return new RawText(text);
  }
}

/** A patch that is applied here has to be JSON. Raises KubectlError. */
function parsed(change: Json | RawText): Json {
  if (!(change instanceof RawText)) return change;
  try {
    const value: unknown = parseJson(change.text);
    return asJson(value);
  } catch (error) {
    throw new KubectlError(asError(error).message);
  }
}

function* send(
  { factory }: Invocation,
  info: Info,
  change: Json | RawText,
  type: PatchType,
  query: [string, string][],
): Task<{ object: JsonObject; changed: boolean }> {
  const before = yield* readObject(factory, info);
  const mapping = mappingOf(info);
  const media = CONTENT_TYPES[type];
  const client = factory.client();
  try {
    const object = yield* patchObject(
      client,
      mapping,
      info.namespace,
      info.name,
      media,
      change,
      query,
      info.subresource,
    );
    return { object, changed: !equal(before, object) };
  } catch (error) {
    if (!(error instanceof StatusError && error.reason === 'UnsupportedMediaType')) throw error;
    throw new KubectlError(`${media} is not supported by ${kindText(mapping)}: ${error.message}`);
  }
}

/** `ex.io/v1, Kind=Foo`: how Go prints a GroupVersionKind. */
function kindText(mapping: Mapping): string {
  return `${apiVersionText(mapping)}, Kind=${mapping.kind}`;
}

function patched(
  before: JsonObject,
  change: Json,
  type: PatchType,
  info: Info,
): { object: JsonObject; changed: boolean } {
  const kind = textAt(before, 'kind');
  const schema = patchSchemaOf(info.mapping ?? { ...splitApiVersion(textAt(before, 'apiVersion')), kind });
  let after: Json;
  if (type === 'json') after = applyJsonPatch(before, change);
  else if (type === 'merge') after = mergePatch(before, change);
  else if (schema) after = strategicMergePatch(before, change, schema);
  else {
    const what = info.mapping ? kindText(info.mapping) : `${textAt(before, 'apiVersion')}, Kind=${kind}`;
    throw new KubectlError(`strategic merge patch is not supported for ${what} locally, try --type merge`);
  }
  return { object: isObject(after) ? after : before, changed: true };
}

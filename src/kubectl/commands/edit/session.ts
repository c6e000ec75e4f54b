import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { fieldValidationOf } from '../../dry-run.ts';
import { asError, ExitError, KubectlError } from '../../errors.ts';
import { objectAt, textAt } from '../../json.ts';
import { makePrinter, noPrinter, withoutManagedFields } from '../../printers/printer.ts';
import { printerRequest } from '../../printing.ts';
import { temporaryPath } from '../../programs.ts';
import { recorded } from '../../record.ts';
import { infosOfText } from '../../resource/builder.ts';
import { type Info, objectOf } from '../../resource/info.ts';
import { withLastApplied } from '../../resource/last-applied.ts';
import { problemOf } from '../../resource/validate.ts';
import { parseYaml, yamlText } from '../../yaml.ts';
import { launchEditor } from './editor.ts';
import { EditResults } from './results.ts';

/** What is edited and how it is saved. */
export interface EditMode {
  /** The comment at the top of the file. */
  readonly header: string;
  /** Saves what came out of the editor; errors that a new round may mend are noted in `results`. Raises what ends the editing. */
  save(invocation: Invocation, originals: readonly Info[], updated: Info, results: EditResults): Task<void>;
}

/** Opens the objects in one file until they can be saved or the learner gives up. Raises KubectlError, ExitError. kubernetes: kubectl/pkg/cmd/util/editor/editoptions.go Run */
export function* editObjects(invocation: Invocation, given: readonly Info[], mode: EditMode): Task<void> {
  const { process } = invocation;
  const { files } = process.machine;
  const json = invocation.flags.string('output') === 'json';
  const infos = given.map((info) => ({ ...info, object: withoutManagedFields(objectOf(info)) }));
  const original = fileText(invocation, infos);
  let results = new EditResults('');
  let text = original;
  for (let again = false; ; again = true) {
    const before = stripComments(text);
    const path = temporaryPath(process, `kubectl-edit-*${json ? '.json' : '.yaml'}`);
    const header = json ? '' : `${mode.header}${results.header()}`;
    files.writeFile(path, `${header}${again ? withoutCommentLines(text) : text}`, process.credentials, 0o600);
    try {
      yield* launchEditor(process, path);
    } catch (error) {
      yield* keepFile(invocation, results.file);
      throw error;
    }
    text = files.readText(path, process.credentials);
    if (again && before === stripComments(text)) {
      yield* keepFile(invocation, path);
      throw new KubectlError('Edit cancelled, no valid changes were saved.');
    }
    if (results.file !== '') files.unlink(results.file, process.credentials);
    results = new EditResults(path);
    const problem = problemOfText(invocation, text);
    if (problem !== undefined) {
      const [first] = infos;
      if (first) yield* process.printError(results.addMalformed(problem, first));
      continue;
    }
    const cancelled = cancellation(original, text);
    if (cancelled !== undefined) {
      files.unlink(path, process.credentials);
      yield* process.printError(`${cancelled}\n`);
      return;
    }
    const edited = yield* editedObjects(invocation, infos, text, results);
    if (!edited) continue;
    yield* saveAll(invocation, given, infos, edited, mode, results);
    if (results.invalid > 0) continue;
    files.unlink(path, process.credentials);
    return;
  }
}

/** What the file says now; nothing where it cannot be read. */
function* editedObjects(
  { factory }: Invocation,
  infos: readonly Info[],
  text: string,
  results: EditResults,
): Task<readonly Info[] | undefined> {
  const [only] = infos;
  try {
    const parsed = only?.subresource ? parseYaml(text) : undefined;
    // What a subresource shows may be of a kind that no resource serves, as Scale.
    if (only && isObject(parsed)) return [{ ...only, object: parsed }];
    return yield* infosOfText(factory, text, 'edited-file');
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error;
    results.addSyntaxError(error.message);
    return undefined;
  }
}

/** Saves each object of the file. Raises what ends the editing. */
function* saveAll(
  invocation: Invocation,
  given: readonly Info[],
  infos: readonly Info[],
  edited: readonly Info[],
  mode: EditMode,
  results: EditResults,
): Task<void> {
  const { process, factory, flags } = invocation;
  const managersOf = ({ name, mapping }: Info): Json | undefined => {
    const live = given.find((one) => one.name === name && one.mapping?.kind === mapping?.kind);
    return live && objectAt(objectOf(live), 'metadata')['managedFields'];
  };
  try {
    for (const info of edited) {
      let object = objectOf(info);
      // kubectl gives what was edited its managers back before it writes the annotation.
      if (flags.has('save-config') && flags.bool('save-config'))
        object = withLastApplied(object, false, managersOf(info));
      if (flags.has('record')) object = recorded(invocation, object);
      yield* mode.save(invocation, infos, { ...inNamespace(info, factory.namespace().name), object }, results);
    }
  } catch (error) {
    yield* keepFile(invocation, results.file);
    throw error;
  }
  if (results.retryable > 0) {
    yield* process.printError(`You can run \`kubectl replace -f ${results.file}\` to try this update again.\n`);
    throw new ExitError(1);
  }
  if (results.notFound > 0) {
    yield* process.printError(
      `The edits you made on deleted resources have been saved to ${JSON.stringify(results.file)}\n`,
    );
    throw new ExitError(1);
  }
}

/** kubernetes: cli-runtime/pkg/resource/visitor.go RequireNamespace */
function inNamespace(info: Info, namespace: string): Info {
  if (!info.mapping?.namespaced) return info;
  const stated = textAt(objectOf(info), 'metadata', 'namespace');
  if (stated === '' || stated === namespace) return { ...info, namespace };
  throw new KubectlError(
    `the namespace from the provided object ${JSON.stringify(stated)} does not match the namespace ${JSON.stringify(namespace)}. You must pass '--namespace=${stated}' to perform this operation.`,
  );
}

function fileText(invocation: Invocation, infos: readonly Info[]): string {
  const output = invocation.flags.string('output') || 'yaml';
  if (!['json', 'yaml', 'kyaml'].includes(output)) throw noPrinter(output, ['json', 'yaml', 'kyaml']);
  const [only] = infos;
  const list = { kind: 'List', apiVersion: 'v1', metadata: {}, items: infos.map(objectOf) };
  const object: JsonObject = infos.length === 1 && only ? objectOf(only) : list;
  return makePrinter({ ...printerRequest(invocation, ''), output, outputGiven: true }).print(object);
}

/** What makes the text no object at all. */
function problemOfText(invocation: Invocation, text: string): string | undefined {
  let value: Json;
  try {
    value = parseYaml(stripComments(text));
  } catch (error) {
    return asError(error).message;
  }
  return fieldValidationOf(invocation) === 'Ignore' ? undefined : problemOf(value);
}

function cancellation(original: string, text: string): string | undefined {
  if (stripComments(original) === stripComments(text)) return 'Edit cancelled, no changes made.';
  const empty = text.split('\n').every((line) => /^\s*(#|$)/.test(line));
  return empty ? 'Edit cancelled, saved file was empty.' : undefined;
}

/** The text without comments; YAML that can be read is written anew, so that blanks make no difference. kubernetes: kubectl/pkg/cmd/util StripComments */
function stripComments(text: string): string {
  try {
    return yamlText(parseYaml(text));
  } catch {
    return withoutCommentLines(text);
  }
}

function withoutCommentLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n');
}

function* keepFile({ process }: Invocation, path: string): Task<void> {
  if (path !== '' && process.machine.files.exists(path, process.credentials))
    yield* process.printError(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);
}

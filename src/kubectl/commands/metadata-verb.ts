import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../world/task.ts';
import type { Command, Invocation } from '../command/command.ts';
import {
  dryRunFlag,
  fieldManagerFlag,
  fieldSelectorFlag,
  filenameFlags,
  localFlag,
  printFlags,
  selectorFlag,
} from '../common-flags.ts';
import { type DryRun, dryRunOf, writeQuery } from '../dry-run.ts';
import { KubectlError } from '../errors.ts';
import { bool, string } from '../flags/index.ts';
import { objectAt, textAt } from '../json.ts';
import type { Printer } from '../printers/printer.ts';
import { printerFor, printObject } from '../printing.ts';
import { CHANGE_CAUSE, recorded, recordFlag } from '../record.ts';
import { findByFlags } from '../resource/from-flags.ts';
import { MERGE_PATCH, patchObject } from '../resource/helper.ts';
import { type Info, mappingOf, objectOf, withMetadata } from '../resource/info.ts';
import { resourcesAndPairs } from './pairs.ts';

/** What to put in and take out. */
export interface Changes {
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** How label and annotate differ. */
export interface MetadataVerb extends Pick<Command, 'name' | 'use' | 'short' | 'long' | 'examples'> {
  /** The field of metadata. */
  readonly field: 'labels' | 'annotations';
  /** `label`. */
  readonly what: string;
  /** Reads `a=1`, `b-`. Raises KubectlError. */
  readonly parse: (pairs: readonly string[]) => Changes;
  /** What was done, from what was added and removed. */
  readonly message: (added: number, removed: number) => string;
  /** Says on standard output that a key to be removed is not there. */
  readonly reportMissing: boolean;
  /** A change that changes nothing is not sent. */
  readonly skipUnchanged: boolean;
  /** How this verb names example files in its messages. */
  readonly fileWord: string;
  /** The printed object is the server's answer, or the object with the changes. */
  readonly printsAnswer: boolean;
}

export function metadataCommand(verb: MetadataVerb): Command {
  return {
    name: verb.name,
    use: verb.use,
    short: verb.short,
    ...(verb.long === undefined ? {} : { long: verb.long }),
    ...(verb.examples === undefined ? {} : { examples: verb.examples }),
    flags: [
      bool('all', false, 'Select all resources of the given types in the namespace.'),
      bool('all-namespaces', false, 'If true, work in all namespaces.', { shorthand: 'A' }),
      dryRunFlag,
      fieldManagerFlag(`kubectl-${verb.name}`),
      fieldSelectorFlag,
      ...filenameFlags(`Files that name the resource to change the ${verb.field} of.`),
      bool('list', false, `If true, display the ${verb.field} for a given resource.`),
      localFlag(verb.name),
      bool('overwrite', false, `If true, allow ${verb.field} to be overwritten, otherwise refuse to.`),
      ...printFlags(),
      recordFlag,
      string('resource-version', '', 'The present resource version that is required; for a single resource only.'),
      selectorFlag(),
    ],
    run: (invocation) => runVerb(verb, invocation),
  };
}

function* runVerb(verb: MetadataVerb, invocation: Invocation): Task<number> {
  const { flags, factory } = invocation;
  const dryRun = yield* dryRunOf(invocation);
  const { resources, pairs } = resourcesAndPairs(invocation.args, verb.what);
  const changes = verb.parse(pairs);
  const local = flags.bool('local');
  if (flags.bool('list') && flags.string('output') !== '')
    throw new KubectlError('--list and --output may not be specified together');
  validate(verb, invocation, resources, changes, dryRun);
  const found = yield* findByFlags(factory, flags, {
    args: local ? [] : resources,
    allNamespaces: flags.bool('all-namespaces'),
    ...(flags.string('selector') === '' || local ? {} : { selector: flags.string('selector') }),
    ...(flags.string('field-selector') === '' || local ? {} : { fieldSelector: flags.string('field-selector') }),
    allowEmptySelector: flags.bool('all'),
    continueOnError: true,
    flatten: true,
    latest: !local,
    local,
  });
  if (!found.singleItemImplied && flags.string('resource-version') !== '')
    throw new KubectlError('--resource-version may only be used with a single resource');
  const single = found.singleItemImplied;
  // annotate has one printer for all, label one for each object: it says what happened to it.
  const shared = verb.printsAnswer ? printerFor(invocation, verb.message(0, 0), dryRun) : undefined;
  yield* found.visit((info) => changeOne(verb, { ...invocation, single, shared }, info, changes, dryRun));
  return 0;
}

function validate(
  verb: MetadataVerb,
  { flags }: Invocation,
  resources: readonly string[],
  changes: Changes,
  dryRun: DryRun,
): void {
  for (const other of ['selector', 'field-selector'])
    if (flags.bool('all') && flags.string(other) !== '')
      throw new KubectlError(`cannot set --all and --${other} at the same time`);
  const files = flags.list('filename').length > 0 || flags.string('kustomize') !== '';
  const { fileWord } = verb;
  if (flags.bool('local')) {
    if (dryRun === 'server')
      throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    if (resources.length > 0)
      throw new KubectlError(
        `can only use local files by -f ${fileWord}.yaml or --filename=${fileWord}.json when --local=true is set`,
      );
    if (!files)
      throw new KubectlError(
        `one or more files must be specified as -f ${fileWord}.yaml or --filename=${fileWord}.json`,
      );
  } else if (resources.length === 0 && !files)
    throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (changes.set.size === 0 && changes.remove.length === 0 && !flags.bool('list'))
    throw new KubectlError(`at least one ${verb.what} update is required`);
}

function* changeOne(
  verb: MetadataVerb,
  invocation: Invocation & { readonly single: boolean; readonly shared: Printer | undefined },
  info: Info,
  changes: Changes,
  dryRun: DryRun,
): Task<void> {
  const { flags, factory, process, single, shared } = invocation;
  const object = objectOf(info);
  const before = objectAt(object, 'metadata', verb.field);
  const sends = dryRun !== 'client' && !flags.bool('local') && !flags.bool('list');
  if (sends && verb.reportMissing)
    for (const key of changes.remove)
      if (before[key] === undefined) yield* process.print(`${verb.what} ${JSON.stringify(key)} not found.\n`);
  if (!flags.bool('overwrite')) refuseOverwrites(verb, before, changes);
  const after: JsonObject = { ...before };
  for (const [key, value] of changes.set) after[key] = value;
  for (const key of changes.remove) delete after[key];
  const added = [...changes.set].filter(([key, value]) => before[key] !== value).length;
  const removed = changes.remove.filter((key) => before[key] !== undefined).length;
  let result = withMetadata(object, { [verb.field]: after });
  if (Object.keys(after).length === 0) result = withoutField(result, verb.field);
  result = recorded(invocation, result);
  let answer = result;
  if (sends && (!verb.skipUnchanged || added + removed > 0)) {
    const patch = metadataPatch(object, result, flags.string('resource-version'));
    const query = writeQuery(dryRun, flags.string('field-manager'));
    answer = yield* patchObject(
      factory.client(),
      mappingOf(info),
      info.namespace,
      info.name,
      MERGE_PATCH,
      patch,
      query,
    );
  }
  if (flags.bool('list')) {
    yield* list(verb, invocation, info, after, single);
    return;
  }
  const printer = shared ?? printerFor(invocation, verb.message(added, removed), dryRun);
  yield* printObject(invocation, printer, verb.printsAnswer ? answer : result);
}

function refuseOverwrites(verb: MetadataVerb, before: JsonObject, changes: Changes): void {
  const taken = [...changes.set].filter(
    ([key, value]) => key !== CHANGE_CAUSE && before[key] !== undefined && before[key] !== value,
  );
  if (taken.length === 0) return;
  const texts = taken.map(([key]) => `'${key}' already has a value (${String(before[key])})`);
  if (verb.field === 'annotations')
    throw new KubectlError(`--overwrite is false but found the following declared annotation(s): ${texts.join('; ')}`);
  const errors = texts.map((text) => `${text}, and --overwrite is false`);
  throw new KubectlError(errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`);
}

function withoutField(object: JsonObject, field: string): JsonObject {
  const metadata = { ...objectAt(object, 'metadata') };
  delete metadata[field];
  return { ...object, metadata };
}

/** A merge patch of labels and annotations. */
function metadataPatch(before: JsonObject, after: JsonObject, resourceVersion: string): JsonObject {
  const metadata: JsonObject = {};
  for (const field of ['labels', 'annotations']) {
    const [old, now] = [objectAt(before, 'metadata', field), objectAt(after, 'metadata', field)];
    const changes: JsonObject = {};
    for (const [key, value] of Object.entries(now)) if (old[key] !== value) changes[key] = value;
    for (const key of Object.keys(old)) if (now[key] === undefined) changes[key] = null;
    if (Object.keys(changes).length === 0) continue;
    metadata[field] = Object.keys(now).length === 0 ? null : changes;
  }
  if (resourceVersion !== '') metadata['resourceVersion'] = resourceVersion;
  return Object.keys(metadata).length === 0 ? {} : { metadata };
}

function* list(
  { field }: MetadataVerb,
  { process }: Invocation,
  info: Info,
  values: JsonObject,
  single: boolean,
): Task<void> {
  const object = objectOf(info);
  const apiVersion = textAt(object, 'apiVersion');
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const head = single ? '' : `Listing ${field} for ${textAt(object, 'kind')}.${group}/${info.name}:\n`;
  const lines = Object.keys(values)
    .sort()
    .map((key) => `${single ? '' : ' '}${key}=${String(values[key])}\n`);
  yield* process.print(head + lines.join(''));
}

import { FormatError } from '../../../cluster/apimachinery/format-error.ts';
import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { yamlToJson } from '../../../cluster/apimachinery/yaml.ts';
import type { Command } from '../../command/command.ts';
import {
  allFlag,
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  printFlags,
  selectorFlag,
  validateFlag,
} from '../../common-flags.ts';
import { dryRunOf, writeQuery } from '../../dry-run.ts';
import { KubectlError, UsageError } from '../../errors.ts';
import { bool, string } from '../../flags/index.ts';
import { objectAt } from '../../json.ts';
import { goJson } from '../../printers/go-value.ts';
import { printerFor, printObject } from '../../printing.ts';
import { recordFlag } from '../../record.ts';
import { infosOfText, readObject } from '../../resource/builder.ts';
import { findByFlags } from '../../resource/from-flags.ts';
import { MERGE_PATCH, patchObject } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { escapeHtml, LAST_APPLIED, lastAppliedText } from '../../resource/last-applied.ts';
import { yamlText } from '../../yaml.ts';
import { editAnnotation } from '../edit/modes.ts';
import { editObjects } from '../edit/session.ts';
import { CLIENT_SIDE_MANAGER } from './server-side.ts';

/** What the annotation holds. Raises KubectlError when it is no YAML. */
function readAnnotation(text: string): Json {
  try {
    return yamlToJson(text);
  } catch (error) {
    if (error instanceof FormatError) throw new KubectlError(error.message);
    throw error;
  }
}

/** kubernetes: kubectl/pkg/cmd/apply/apply_view_last_applied.go */
export const viewLastApplied: Command = {
  name: 'view-last-applied',
  use: 'view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  short: 'View the latest last-applied-configuration annotations of a resource/object',
  flags: [
    allFlag(),
    ...filenameFlags('The files that name the objects.'),
    string('output', 'yaml', 'Output format. Must be one of (yaml, json)', { shorthand: 'o' }),
    selectorFlag(),
  ],
  *run(invocation) {
    const { flags, factory, args, path, process } = invocation;
    const resources = yield* findByFlags(factory, flags, {
      args,
      all: flags.bool('all'),
      selector: flags.string('selector') || undefined,
      latest: true,
      flatten: true,
    });
    const values: Json[] = [];
    yield* resources.visit(function* (info) {
      const text = objectAt(objectOf(info), 'metadata', 'annotations')[LAST_APPLIED];
      if (typeof text === 'string') values.push(readAnnotation(text));
      // kubectl puts the text around an error that is none, and only where a file named the object.
      else if (info.source !== '')
        throw new KubectlError(
          `error when no last-applied-configuration annotation found on resource: ${info.name}\n ${JSON.stringify(info.source)}: <nil>`,
        );
    });
    const output = flags.string('output');
    if (output !== 'yaml' && output !== 'json')
      throw new UsageError(path, `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`);
    for (const value of values)
      yield* process.print(output === 'yaml' ? yamlText(value) : `${escapeHtml(JSON.stringify(value, null, 2))}\n`);
  },
};

/** kubernetes: kubectl/pkg/cmd/apply/apply_set_last_applied.go */
export const setLastApplied: Command = {
  name: 'set-last-applied',
  use: 'set-last-applied -f FILENAME',
  short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
  flags: [
    bool('create-annotation', false, "Will create 'last-applied-configuration' annotations if the object has none."),
    dryRunFlag,
    ...filenameFlags('Files with the configurations to remember.').slice(0, 1),
    ...printFlags(),
  ],
  *run(invocation) {
    const { flags, factory, process } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const resources = yield* findByFlags(factory, flags, { flatten: true });
    const planned: { info: Parameters<typeof mappingOf>[0]; text: string; same: boolean }[] = [];
    yield* resources.visit(function* (info) {
      const live = yield* readObject(factory, info);
      const old = objectAt(live, 'metadata', 'annotations')[LAST_APPLIED];
      if (old === undefined && !flags.bool('create-annotation'))
        throw new KubectlError(
          `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
        );
      const text = plainText(objectOf(info));
      planned.push({ info, text, same: sameJson(old, text) });
    });
    for (const { info, text, same } of planned) {
      if (same) {
        yield* process.print(`set-last-applied ${info.name}: no changes required.\n`);
        continue;
      }
      const patch = { metadata: { annotations: { [LAST_APPLIED]: text } } };
      let object = objectOf(info);
      if (dryRun !== 'client')
        object = yield* patchObject(
          factory.client(),
          mappingOf(info),
          info.namespace,
          info.name,
          MERGE_PATCH,
          patch,
          writeQuery(dryRun, ''),
        );
      yield* printObject(invocation, printerFor(invocation, 'configured', dryRun), object);
    }
  },
};

/** As the file has it: unlike apply, set-last-applied makes no annotations where there are none. */
function plainText(object: JsonObject): string {
  return objectAt(object, 'metadata')['annotations'] === undefined ? `${goJson(object)}\n` : lastAppliedText(object);
}

function sameJson(old: Json | undefined, text: string): boolean {
  if (typeof old !== 'string') return false;
  const value: Json = JSON.parse(old);
  return isObject(value) && plainText(value) === text;
}

/** kubernetes: kubectl/pkg/cmd/apply/apply_edit_last_applied.go */
export const editLastApplied: Command = {
  name: 'edit-last-applied',
  use: 'edit-last-applied (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit latest last-applied-configuration annotations of a resource/object',
  flags: [
    fieldManagerFlag(CLIENT_SIDE_MANAGER),
    ...filenameFlags('The files that name the objects.'),
    ...printFlags(),
    recordFlag,
    validateFlag,
    bool('windows-line-endings', false, 'Defaults to the line ending native to your platform.'),
  ],
  *run(invocation) {
    const { flags, factory, args } = invocation;
    const resources = yield* findByFlags(factory, flags, {
      args,
      allowEmptySelector: true,
      continueOnError: true,
      flatten: true,
      latest: true,
    });
    const remembered: Info[] = [];
    for (const info of yield* resources.infos()) {
      const text = objectAt(objectOf(info), 'metadata', 'annotations')[LAST_APPLIED];
      if (typeof text === 'string') remembered.push(...(yield* infosOfText(factory, text, 'edited-file')).slice(0, 1));
    }
    if (remembered.length === 0)
      throw new KubectlError(
        'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`',
      );
    yield* editObjects(invocation, remembered, editAnnotation);
  },
};

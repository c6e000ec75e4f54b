import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../world/task.ts';
import type { Command, Invocation } from '../command/command.ts';
import {
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  printFlags,
  saveConfigFlag,
  validateFlag,
} from '../common-flags.ts';
import { dryRunOf, fieldValidationOf, writeQuery } from '../dry-run.ts';
import { KubectlError, StatusError, UsageError, withSource } from '../errors.ts';
import { bool, duration, int, string } from '../flags/index.ts';
import { textAt } from '../json.ts';
import { qualifiedKind } from '../mapper.ts';
import { printerFor, printObject } from '../printing.ts';
import { sendRaw } from '../raw.ts';
import { readObject } from '../resource/builder.ts';
import { findByFlags } from '../resource/from-flags.ts';
import { createObject, deleteObject, replaceObject } from '../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../resource/info.ts';
import { updateLastApplied } from '../resource/last-applied.ts';
import { validateDocument } from '../resource/validate.ts';
import { waitDeleted } from '../resource/wait-deleted.ts';
import { cascadeOf } from './delete.ts';

/** kubernetes: kubectl/pkg/cmd/replace/replace.go */
export const replace: Command = {
  name: 'replace',
  use: 'replace -f FILENAME',
  short: 'Replace a resource by file name or stdin',
  long: 'Replace a resource by file name or stdin.\n\n JSON and YAML formats are accepted. The whole object must be given.',
  examples: `# What a file describes
kubectl replace -f ./pod.json

# Delete and create anew
kubectl replace --force -f ./pod.json`,
  flags: [
    string('cascade', 'background', 'Must be "background", "orphan", or "foreground": what happens to dependents.', {
      noOptDefVal: 'background',
    }),
    dryRunFlag,
    fieldManagerFlag('kubectl-replace'),
    ...filenameFlags('The files that contain the configurations to replace.'),
    bool('force', false, 'If true, delete and create anew.'),
    int('grace-period', -1, 'Seconds that a deleted object gets; negative: its own.'),
    ...printFlags(),
    string('raw', '', 'Path to PUT to on the server as it stands.'),
    saveConfigFlag,
    string('subresource', '', 'If specified, replace will operate on the subresource of the requested object.'),
    duration('timeout', 0, 'How long to wait for a deletion; zero means as long as it takes.'),
    validateFlag,
    bool('wait', false, 'If true, wait for resources to be gone before returning.'),
  ],
  *run(invocation) {
    const { flags, factory, args, path } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const cascade = yield* cascadeOf(invocation);
    const validation = fieldValidationOf(invocation);
    const force = flags.bool('force');
    if (flags.number('grace-period') >= 0 && !force)
      throw new KubectlError('--grace-period must have --force specified');
    if (flags.number('timeout') !== 0 && !force) throw new KubectlError('--timeout must have --force specified');
    if (force && dryRun !== 'none') throw new KubectlError('--dry-run can not be used when --force is set');
    if (flags.list('filename').length === 0 && flags.string('kustomize') === '')
      throw new KubectlError('must specify one of -f and -k');
    if (args.length > 0) throw new UsageError(path, `Unexpected args: [${args.join(' ')}]`);
    if (flags.string('raw') !== '') return yield* sendRaw(invocation, 'PUT');
    const resources = yield* findByFlags(factory, flags, {
      subresource: flags.string('subresource'),
      continueOnError: true,
      flatten: true,
      ...(validation === 'Ignore' ? {} : { validate: validateDocument }),
    });
    const query = writeQuery(dryRun, flags.string('field-manager'), validation);
    if (force) {
      yield* recreateAll(invocation, yield* resources.infos(), cascade, query);
      return;
    }
    const printer = printerFor(invocation, 'replaced', dryRun);
    yield* resources.visit(function* (info) {
      let object = updateLastApplied(objectOf(info), flags.bool('save-config'));
      if (dryRun !== 'client')
        try {
          object = yield* put(invocation, { ...info, subresource: flags.string('subresource') }, object, query);
        } catch (error) {
          throw withSource('replacing', info.source, error);
        }
      yield* printObject(invocation, printer, object);
    });
  },
};

/** PUT; a file without a resourceVersion replaces whatever there is. */
function* put({ factory }: Invocation, info: Info, object: JsonObject, query: [string, string][]): Task<JsonObject> {
  const { subresource } = info;
  return yield* replaceObject(factory.client(), mappingOf(info), info.namespace, info.name, object, query, subresource);
}

function* recreateAll(
  invocation: Invocation,
  infos: readonly Info[],
  cascade: string,
  query: [string, string][],
): Task<void> {
  const { flags, factory, process } = invocation;
  const grace = flags.number('grace-period');
  const timeout = flags.number('timeout') || 300_000;
  const gone: { info: Info; uid: string }[] = [];
  for (const info of infos) {
    try {
      const live = yield* readObject(factory, info);
      yield* deleteObject(factory.client(), mappingOf(info), info.namespace, info.name, {
        ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
        propagationPolicy: cascade,
      });
      gone.push({ info, uid: textAt(live, 'metadata', 'uid') });
    } catch (error) {
      if (error instanceof StatusError && error.notFound) continue;
      throw withSource('deleting', info.source, error);
    }
    const mapping = mappingOf(info);
    const from = mapping.namespaced ? ` from ${info.namespace} namespace` : '';
    const name =
      flags.string('output') === 'name'
        ? `${qualifiedKind(mapping)}/${info.name}`
        : `${qualifiedKind(mapping)} ${JSON.stringify(info.name)} deleted${from}`;
    yield* process.print(`${name}\n`);
  }
  const printer = printerFor(invocation, 'replaced');
  for (const { info, uid } of gone) yield* waitDeleted(factory, info, uid, timeout);
  for (const info of infos) {
    const object = updateLastApplied(objectOf(info), flags.bool('save-config'));
    const made = yield* createObject(factory.client(), mappingOf(info), info.namespace, object, query);
    yield* printObject(invocation, printer, made);
  }
}

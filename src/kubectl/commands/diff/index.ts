import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { Errno } from '../../../world/errno.ts';
import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { fieldManagerFlag, filenameFlags, selectorFlag } from '../../common-flags.ts';
import { writeQuery } from '../../dry-run.ts';
import { ExitError, KubectlError, StatusError, UsageError } from '../../errors.ts';
import { goErrno } from '../../files.ts';
import { bool, int, stringArray } from '../../flags/index.ts';
import { textAt } from '../../json.ts';
import { klogLine } from '../../klog.ts';
import type { Mapping } from '../../mapper.ts';
import { withoutManagedFields } from '../../printers/printer.ts';
import { runProgram, temporaryPath } from '../../programs.ts';
import { apiVersionText, readObject } from '../../resource/builder.ts';
import { findByFlags } from '../../resource/from-flags.ts';
import { APPLY_PATCH, createObject, patchObject } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { withoutLastApplied } from '../../resource/last-applied.ts';
import { yamlText } from '../../yaml.ts';
import { patchLive, warnIfDeleting } from '../apply/client-side.ts';
import type { ApplyPlan } from '../apply/plan.ts';
import { prunable, pruneMappings } from '../apply/prune.ts';
import { CLIENT_SIDE_MANAGER, SERVER_SIDE_MANAGER } from '../apply/server-side.ts';
import { maskSecret } from './mask.ts';

/** kubernetes: kubectl/pkg/cmd/diff/diff.go */
export const diff: Command = {
  name: 'diff',
  use: 'diff -f FILENAME',
  short: 'Diff the live version against a would-be applied version',
  long: `Show what applying files or stdin would change: the live objects and what they would become, as YAML, compared with "diff -u -N".

 KUBECTL_EXTERNAL_DIFF names another program for the comparison, words for it included.

 Exit status: 0 no difference, 1 differences, above 1 kubectl or the program failed.`,
  examples: `# What would this file change?
kubectl diff -f pod.json

# The same for standard input
cat service.yaml | kubectl diff -f -`,
  failureStatus: 2,
  flags: [
    int('concurrency', 1, 'Number of objects to compare at the same time.'),
    fieldManagerFlag(CLIENT_SIDE_MANAGER),
    ...filenameFlags('The files that contain the configurations to compare.'),
    bool('force-conflicts', false, 'If true, server-side apply takes fields from other managers.'),
    bool('prune', false, 'Show what pruning would delete too. With -l only what is selected.'),
    stringArray('prune-allowlist', 'Resource types for --prune, as group/version/kind.'),
    selectorFlag(),
    bool('server-side', false, 'If true, apply runs in the server instead of the client.'),
    bool('show-managed-fields', false, 'If true, compare the managed fields too.'),
    bool('show-secrets', false, 'If true, do not mask the values of secrets.'),
  ],
  *run(invocation) {
    const { flags, args, path, process } = invocation;
    if (args.length > 0) throw new UsageError(path, `Unexpected args: [${args.join(' ')}]`);
    if (flags.list('filename').length === 0 && flags.string('kustomize') === '')
      throw new KubectlError('must specify one of -f and -k');
    if (flags.bool('force-conflicts') && !flags.bool('server-side'))
      throw new KubectlError('--force-conflicts only works with --server-side');
    if (flags.bool('prune')) yield* pruneMappings(invocation);
    const live = temporaryPath(process, 'LIVE-*');
    const merged = temporaryPath(process, 'MERGED-*');
    const { files } = process.machine;
    for (const folder of [live, merged]) files.makeDirectory(folder, process.credentials, 0o700);
    try {
      yield* writeVersions(invocation, live, merged);
      yield* compare(process, live, merged);
    } finally {
      for (const folder of [live, merged]) files.removeTree(folder);
    }
  },
};

/** Writes each object as it is and as it would become. Raises StatusError, KubectlError. */
function* writeVersions(invocation: Invocation, live: string, merged: string): Task<void> {
  const { flags, factory, process } = invocation;
  const kept = new Set<string>();
  const namespaces = new Set<string>();
  const write = (path: string, object: JsonObject | undefined) =>
    process.machine.files.writeFile(path, object ? yamlText(object) : '', process.credentials, 0o700);
  const shown = (object: JsonObject) => (flags.bool('show-managed-fields') ? object : withoutManagedFields(object));
  const resources = yield* findByFlags(factory, flags, {
    selector: flags.string('selector') || undefined,
    flatten: true,
  });
  yield* resources.visit(function* (info) {
    const mapping = mappingOf(info);
    const current = yield* readLive(invocation, info);
    if (mapping.namespaced) namespaces.add(info.namespace);
    if (current) kept.add(textAt(current, 'metadata', 'uid'));
    const next = yield* mergedVersion(invocation, info, current);
    const secret =
      !flags.bool('show-secrets') && textAt(next, 'kind') === 'Secret' && textAt(next, 'apiVersion') === 'v1';
    const [from, to] = secret ? maskSecret(current, next) : [current, next];
    const name = fileName(mapping, info.namespace, info.name);
    write(`${live}/${name}`, from && shown(from));
    write(`${merged}/${name}`, shown(to));
    if (current) yield* warnIfDeleting(invocation, info, current);
  });
  if (!flags.bool('prune')) return;
  for (const { mapping, object } of yield* prunable(invocation, kept, namespaces)) {
    const name = fileName(mapping, textAt(object, 'metadata', 'namespace'), textAt(object, 'metadata', 'name'));
    write(`${live}/${name}`, object);
  }
}

function* readLive(invocation: Invocation, info: Info): Task<JsonObject | undefined> {
  try {
    return yield* readObject(invocation.factory, info);
  } catch (error) {
    if (error instanceof StatusError && error.notFound) return undefined;
    throw error;
  }
}

/** What the object would be if it were applied: the server is asked with a dry run. Raises StatusError, KubectlError. */
function* mergedVersion(invocation: Invocation, info: Info, live: JsonObject | undefined): Task<JsonObject> {
  const { flags, factory } = invocation;
  const serverSide = flags.bool('server-side');
  const fieldManager =
    serverSide && !flags.changed('field-manager') ? SERVER_SIDE_MANAGER : flags.string('field-manager');
  const query = writeQuery('server', fieldManager);
  const mapping = mappingOf(info);
  if (serverSide) {
    query.push(['force', String(flags.bool('force-conflicts'))]);
    try {
      return yield* patchObject(
        factory.client(),
        mapping,
        info.namespace,
        info.name,
        APPLY_PATCH,
        objectOf(info),
        query,
      );
    } catch (error) {
      // It takes the conflict for a change in between, and tries three times more. kubernetes: kubectl/pkg/cmd/diff/diff.go
      if (error instanceof StatusError && error.reason === 'Conflict')
        yield* invocation.process.printError(
          klogLine(
            invocation.process,
            'W',
            'diff.go:723',
            `Object (${apiVersionText(mapping)}, Kind=${mapping.kind}: ${info.name}) keeps changing, diffing without lock`,
          ),
        );
      throw error;
    }
  }
  if (!live) return yield* createObject(factory.client(), mapping, info.namespace, objectOf(info), query);
  const plan: ApplyPlan = {
    dryRun: 'server',
    validation: '',
    fieldManager,
    serverSide,
    forceConflicts: false,
    overwrite: true,
    force: false,
    cascade: 'Background',
    grace: -1,
    timeout: 0,
  };
  const modified = withoutLastApplied(objectOf(info));
  return (yield* patchLive(invocation, info, modified, live, plan, undefined, true)).object;
}

/** `apps.v1.Deployment.default.web` */
function fileName(mapping: Mapping, namespace: string, name: string): string {
  const group = mapping.group === '' ? '' : `${mapping.group}.`;
  return `${group}${mapping.version}.${mapping.kind}.${namespace}.${name}`;
}

/** Runs the program that compares. Raises ExitError when it found differences, KubectlError when it failed. */
function* compare(process: Process, live: string, merged: string): Task<void> {
  const external = process.env.get('KUBECTL_EXTERNAL_DIFF');
  const [program = '', ...given] = (external || 'diff -u -N').split(' ');
  // Other characters are left out, so that the variable cannot smuggle anything into a shell.
  const words = given.filter((word) => /^[a-zA-Z0-9-=]+$/.test(word));
  let status: number;
  try {
    status = yield* runProgram(
      process,
      external ? [program, live, merged, ...words] : [program, ...words, live, merged],
    );
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const text = error.code === 'ENOENT' ? 'executable file not found in $PATH' : goErrno('fork/exec', program, error);
    throw new KubectlError(`failed to run ${JSON.stringify(program)}: ${text}`);
  }
  if (status === 1) throw new ExitError(1);
  if (status > 1) throw new KubectlError(`failed to run ${JSON.stringify(program)}: exit status ${status}`);
}

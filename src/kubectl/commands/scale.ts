import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../world/task.ts';
import type { Command, Invocation } from '../command/command.ts';
import { allFlag, dryRunFlag, filenameFlags, printFlags, selectorFlag } from '../common-flags.ts';
import { type DryRun, dryRunOf, writeQuery } from '../dry-run.ts';
import { KubectlError, StatusError } from '../errors.ts';
import { duration, int, string } from '../flags/index.ts';
import { objectAt, textAt } from '../json.ts';
import { resourcePath } from '../mapper.ts';
import { printerFor, printObject } from '../printing.ts';
import { recordFlag } from '../record.ts';
import { findByFlags } from '../resource/from-flags.ts';
import { MERGE_PATCH, objectPath, patchObject, replaceObject } from '../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../resource/info.ts';

export const scale: Command = {
  name: 'scale',
  use: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  short: 'Set a new size for a deployment, replica set, or replication controller',
  long: `Set a new size for a deployment, replica set, replication controller, or stateful set.

 --current-replicas and --resource-version name what must be true before anything is changed.`,
  examples: `# Three pods
kubectl scale --replicas=3 deployment/web

# Only if there are two now
kubectl scale --current-replicas=2 --replicas=3 deployment/web

# Several at once
kubectl scale --replicas=5 deployment/web statefulset/db`,
  flags: [
    allFlag(),
    int('current-replicas', -1, 'The present size that is required; -1 for any.'),
    dryRunFlag,
    ...filenameFlags('Files that name the resource to set a new size of.'),
    ...printFlags(),
    recordFlag,
    int('replicas', 0, 'The new desired number of replicas. Required.', { required: true }),
    string('resource-version', '', 'The present resource version that is required.'),
    selectorFlag(),
    duration('timeout', 0, 'How long to wait until the size is reached; zero does not wait.'),
  ],
  *run(invocation) {
    const { flags, factory, args } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const printer = printerFor(invocation, 'scaled', dryRun);
    const replicas = flags.number('replicas');
    if (replicas < 0)
      throw new KubectlError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    if (flags.number('current-replicas') < -1)
      throw new KubectlError('The --current-replicas must specify an integer of -1 or greater');
    const resources = yield* findByFlags(factory, flags, {
      args,
      selector: flags.string('selector') || undefined,
      allowEmptySelector: flags.bool('all'),
      continueOnError: true,
      flatten: true,
    });
    const infos: Info[] = [];
    let failure: unknown;
    try {
      yield* resources.visit(function* (info) {
        infos.push(info);
      });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failure = error;
    }
    if (flags.string('resource-version') !== '' && infos.length > 1)
      throw new KubectlError('cannot use --resource-version with multiple resources');
    if (infos.length === 0) throw failure ?? new KubectlError('no objects passed to scale');
    for (const info of infos) {
      const size = dryRun === 'client' ? replicas : yield* scaleOne(invocation, info, dryRun);
      const object = objectOf(info);
      yield* printObject(invocation, printer, { ...object, spec: { ...objectAt(object, 'spec'), replicas: size } });
    }
    if (failure !== undefined) throw failure;
  },
};

/** The size that was set. kubernetes: kubectl/pkg/scale/scale.go */
function* scaleOne(invocation: Invocation, info: Info, dryRun: DryRun): Task<number> {
  const { flags, factory } = invocation;
  const client = factory.client();
  const mapping = mappingOf(info);
  const replicas = flags.number('replicas');
  const query = writeQuery(dryRun, '');
  const size = flags.number('current-replicas');
  const version = flags.string('resource-version');
  let result: JsonObject;
  if (size !== -1 || version !== '') {
    const path = objectPath(mapping, info.namespace, info.name, 'scale');
    for (;;) {
      const live = yield* client.get(path);
      const now = numberAt(live, 'spec');
      if (size !== -1 && now !== size) throw new KubectlError(`Expected replicas to be ${size}, was ${now}`);
      const nowVersion = textAt(live, 'metadata', 'resourceVersion');
      if (version !== '' && nowVersion !== version)
        throw new KubectlError(`Expected resource version to be ${version}, was ${nowVersion}`);
      const wanted = { ...live, spec: { ...objectAt(live, 'spec'), replicas } };
      try {
        result = yield* replaceObject(client, mapping, info.namespace, info.name, wanted, query, 'scale');
        break;
      } catch (error) {
        if (!(error instanceof StatusError) || error.reason !== 'Conflict') throw error;
        yield* factory.process.sleep(1000);
      }
    }
  } else {
    const patch = { spec: { replicas } };
    result = yield* patchObject(client, mapping, info.namespace, info.name, MERGE_PATCH, patch, query, 'scale');
  }
  if (flags.number('timeout') > 0 && dryRun === 'none') yield* waitForSize(invocation, info, replicas);
  return numberAt(result, 'spec');
}

function numberAt(object: JsonObject, part: 'spec' | 'status'): number {
  const value = objectAt(object, part)['replicas'];
  return typeof value === 'number' ? value : 0;
}

function* waitForSize({ flags, factory }: Invocation, info: Info, replicas: number): Task<void> {
  const mapping = mappingOf(info);
  const end = factory.process.now + flags.number('timeout');
  for (;;) {
    const live = yield* factory.client().get(resourcePath(mapping, info.namespace, info.name, 'scale'));
    const wanted = numberAt(live, 'spec');
    if (wanted !== replicas || numberAt(live, 'status') === replicas) return;
    if (factory.process.now >= end)
      throw new KubectlError(`timed out waiting for ${JSON.stringify(info.name)} to be synced`);
    yield* factory.process.sleep(1000);
  }
}

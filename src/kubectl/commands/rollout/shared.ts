import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { filenameFlags, selectorFlag } from '../../common-flags.ts';
import { KubectlError } from '../../errors.ts';
import type { Flag } from '../../flags/index.ts';
import { findResources, type Resources } from '../../resource/builder.ts';

export const rolloutFlags: readonly Flag[] = [
  ...filenameFlags('Files that name the resources of the rollout.'),
  selectorFlag(),
];

/** Raises KubectlError when nothing is named. */
export function requireResource({ args, flags }: Invocation): void {
  if (args.length === 0 && flags.list('filename').length === 0 && flags.string('kustomize') === '')
    throw new KubectlError('required resource not specified');
}

/** What a rollout command works on. */
export function* rolloutResources({ args, flags, factory }: Invocation): Task<Resources> {
  const namespace = factory.namespace();
  return yield* findResources(factory, {
    args,
    filenames: flags.list('filename'),
    kustomize: flags.string('kustomize'),
    recursive: flags.bool('recursive'),
    namespace: namespace.name,
    requireNamespace: namespace.enforced,
    ...(flags.string('selector') === '' ? {} : { selector: flags.string('selector') }),
    allowEmptySelector: true,
    continueOnError: true,
    latest: true,
    flatten: true,
  });
}

import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { filenameFlags, selectorFlag } from '../../common-flags.ts';
import { KubectlError } from '../../errors.ts';
import type { Flag } from '../../flags/index.ts';
import type { Resources } from '../../resource/builder.ts';
import { findByFlags } from '../../resource/from-flags.ts';

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
  return yield* findByFlags(factory, flags, {
    args,
    selector: flags.string('selector') || undefined,
    allowEmptySelector: true,
    continueOnError: true,
    latest: true,
    flatten: true,
  });
}

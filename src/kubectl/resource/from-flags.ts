import type { Task } from '../../world/task.ts';
import type { Factory } from '../factory.ts';
import type { FlagSet } from '../flags/index.ts';
import type { Resources } from './builder.ts';
import { type BuilderOptions, findResources } from './builder.ts';

type OfFlags = 'filenames' | 'kustomize' | 'recursive' | 'namespace' | 'requireNamespace';

/**
 * Finds what `-f`, `-k`, `-R` and `-n` name besides the rest of `options`, which is the command's own: its arguments, selectors, ways of
 * reading. Raises KubectlError, StatusError.
 * kubernetes: cli-runtime/pkg/resource/builder.go NamespaceParam, DefaultNamespace, FilenameParam
 */
export function* findByFlags(
  factory: Factory,
  flags: FlagSet,
  options: Omit<BuilderOptions, OfFlags>,
): Task<Resources> {
  const namespace = factory.namespace();
  return yield* findResources(factory, {
    ...options,
    filenames: flags.list('filename'),
    kustomize: flags.has('kustomize') ? flags.string('kustomize') : '',
    recursive: flags.has('recursive') && flags.bool('recursive'),
    namespace: namespace.name,
    requireNamespace: namespace.enforced,
  });
}

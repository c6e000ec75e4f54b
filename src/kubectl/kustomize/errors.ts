import { KubectlError } from '../errors.ts';

/** What kustomize refuses; the callers put before it where it happened. */
export class KustomizeError extends KubectlError {}

/** Says before an error what was being done. kustomize: kyaml/errors WrapPrefixf */
export function within<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KustomizeError)) throw error;
    throw new KustomizeError(`${prefix}: ${error.message}`);
  }
}

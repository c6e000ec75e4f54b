import { KubectlError } from '../errors.ts';

/** Splits `TYPE NAME a=1 b-` into resources and pairs. Raises KubectlError. kubernetes: kubectl/pkg/cmd/util GetResourcesAndPairs */
export function resourcesAndPairs(args: readonly string[], what: string): { resources: string[]; pairs: string[] } {
  const resources: string[] = [];
  const pairs: string[] = [];
  for (const word of args) {
    if ((word.includes('=') && !word.startsWith('=')) || (word.endsWith('-') && word !== '-')) pairs.push(word);
    else if (pairs.length === 0) resources.push(word);
    else throw new KubectlError(`all resources must be specified before ${what} changes: ${word}`);
  }
  return { resources, pairs };
}

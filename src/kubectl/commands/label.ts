import { validateLabelValue } from '../../cluster/apimachinery/names.ts';
import { KubectlError } from '../errors.ts';
import { type Changes, metadataCommand } from './metadata-verb.ts';

export const label = metadataCommand({
  name: 'label',
  use: 'label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Update the labels on a resource',
  long: `Update the labels on a resource.

  *  Key and value begin with a letter or number and may hold letters, numbers, hyphens, dots, and underscores, up to 63 characters each; the key may begin with a DNS subdomain and a '/', like example.com/my-app.
  *  A label is overwritten only with --overwrite.`,
  examples: `# A label
kubectl label pods web tier=front

# Another value for it
kubectl label --overwrite pods web tier=back

# Away with it
kubectl label pods web tier-`,
  field: 'labels',
  what: 'label',
  parse: parseLabels,
  message: (added, removed) =>
    added > 0 ? (removed > 0 ? 'modified' : 'labeled') : removed > 0 ? 'unlabeled' : 'not labeled',
  reportMissing: true,
  skipUnchanged: true,
  fileWord: 'pod',
  printsAnswer: false,
});

/** kubernetes: kubectl/pkg/cmd/label parseLabels */
export function parseLabels(pairs: readonly string[]): Changes {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    if (pair.includes('=')) {
      const parts = pair.split('=');
      const [key = '', value = ''] = parts;
      if (parts.length !== 2) throw new KubectlError(`invalid label spec: ${pair}`);
      const errors = validateLabelValue(value);
      if (errors.length > 0)
        throw new KubectlError(`invalid label value: ${JSON.stringify(pair)}: ${errors.join(';')}`);
      set.set(key, value);
    } else if (pair.endsWith('-')) remove.push(pair.slice(0, -1));
    else throw new KubectlError(`unknown label spec: ${pair}`);
  }
  for (const key of remove)
    if (set.has(key)) throw new KubectlError('can not both modify and remove a label in the same command');
  return { set, remove };
}

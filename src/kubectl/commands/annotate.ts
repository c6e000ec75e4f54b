import { KubectlError } from '../errors.ts';
import { type Changes, metadataCommand } from './metadata-verb.ts';

export const annotate = metadataCommand({
  name: 'annotate',
  use: 'annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Update the annotations on a resource',
  long: `Update the annotations on a resource.

 Annotations are keys and values that can be longer than labels and hold any text, for tools and people; nothing selects by them. An annotation is overwritten only with --overwrite.`,
  examples: `# An annotation
kubectl annotate pods web description='my frontend'

# Away with it
kubectl annotate pods web description-`,
  field: 'annotations',
  what: 'annotation',
  parse: parseAnnotations,
  message: () => 'annotated',
  reportMissing: false,
  skipUnchanged: false,
  fileWord: 'rsrc',
  printsAnswer: true,
});

/** kubernetes: kubectl/pkg/cmd/util ParsePairs, kubectl/pkg/cmd/annotate validateAnnotations */
function parseAnnotations(pairs: readonly string[]): Changes {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals > 0) set.set(pair.slice(0, equals), pair.slice(equals + 1));
    else remove.push(pair.slice(0, -1));
  }
  const both = remove.filter((key) => set.has(key));
  if (both.length > 0)
    throw new KubectlError(
      `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    );
  return { set, remove };
}

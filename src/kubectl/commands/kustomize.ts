import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { Errno } from '../../world/errno.ts';
import { Directory } from '../../world/files/inode.ts';
import type { Command, Invocation } from '../command/command.ts';
import { KubectlError } from '../errors.ts';
import { goErrno, resolvePath } from '../files.ts';
import { bool, string, stringArray } from '../flags/index.ts';
import { textAt } from '../json.ts';
import { buildKustomization } from '../kustomize/build.ts';
import { splitApiVersion } from '../resource/decode.ts';
import { yamlText } from '../yaml.ts';

/** kubernetes: kubectl/pkg/cmd/kustomize, kustomize: kustomize/commands/build */
export const kustomize: Command = {
  name: 'kustomize',
  use: 'kustomize DIR [flags]',
  short: 'Build a kustomization target from a directory or URL',
  long: "Print the objects that the 'kustomization.yaml' of a directory makes. Without DIR it is the current directory.",
  examples: `# The current directory
kubectl kustomize

# Another one
kubectl kustomize /home/config/production`,
  flags: [
    bool('as-current-user', false, 'Run functions in containers as the current user.'),
    bool('enable-alpha-plugins', false, 'Enable kustomize plugins.'),
    bool('enable-helm', false, 'Enable the generator for Helm charts.'),
    stringArray('env', 'Environment variables for functions.', { shorthand: 'e' }),
    stringArray('helm-api-versions', 'API versions that Helm is told of.'),
    string('helm-command', 'helm', 'The helm program.'),
    bool('helm-debug', false, 'Let Helm say more.'),
    string('helm-kube-version', '', 'The version of Kubernetes that Helm is told of.'),
    string(
      'load-restrictor',
      'LoadRestrictionsRootOnly',
      "With 'LoadRestrictionsNone' a kustomization may read files from outside of its folder.",
    ),
    stringArray('mount', 'Storage options for functions.'),
    bool('network', false, 'Let functions use the network.'),
    string('network-name', 'bridge', 'The network for functions.'),
    string('output', '', 'Write what is made to this path.', { shorthand: 'o' }),
  ],
  *run(invocation) {
    const { flags, args, process } = invocation;
    if (args.length > 1) throw new KubectlError('specify one path to kustomization.yaml');
    const restrictor = flags.string('load-restrictor');
    if (!['LoadRestrictionsRootOnly', 'LoadRestrictionsNone'].includes(restrictor))
      throw new KubectlError(
        `illegal flag value --load-restrictor ${restrictor}; legal values: [LoadRestrictionsRootOnly LoadRestrictionsNone]`,
      );
    const restricted = restrictor === 'LoadRestrictionsRootOnly';
    const objects = yield* buildKustomization(process, args[0] ?? '.', { ordered: true, restricted });
    const output = flags.string('output');
    if (output === '') yield* process.print(streamOf(objects));
    else write(invocation, output, objects);
  },
};

function streamOf(objects: readonly JsonObject[]): string {
  return objects.map((object) => yamlText(object)).join('---\n');
}

/** One file, or a file for each object in a directory. */
function write({ process }: Invocation, output: string, objects: readonly JsonObject[]): void {
  const path = resolvePath(process, output);
  const { files } = process.machine;
  try {
    if (!(files.tryStat(path, process.credentials) instanceof Directory)) {
      files.writeFile(path, streamOf(objects), process.credentials);
      return;
    }
    for (const object of objects) {
      const { group, version } = splitApiVersion(textAt(object, 'apiVersion'));
      const kind = [group, version, textAt(object, 'kind')].filter((part) => part !== '').join('_');
      const name = `${kind}_${textAt(object, 'metadata', 'name')}.yaml`.toLowerCase();
      const namespace = textAt(object, 'metadata', 'namespace');
      files.writeFile(
        `${path}/${namespace === '' ? '' : `${namespace}_`}${name}`,
        yamlText(object),
        process.credentials,
      );
    }
  } catch (error) {
    if (error instanceof Errno) throw new KubectlError(goErrno('open', output, error));
    throw error;
  }
}

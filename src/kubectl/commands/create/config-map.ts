import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { validateConfigMapKey } from '../../../cluster/apimachinery/value-names.ts';
import { decode } from '../../../world/bytes.ts';
import { KubectlError } from '../../errors.ts';
import { bool } from '../../flags/index.ts';
import { encodeBase64 } from '../../kubeconfig/base64.ts';
import { generatorCommand } from './generator.ts';
import { contentHash } from './hash.ts';
import { isUtf8, mustNotMixSources, readSources, SOURCE_FLAGS } from './sources.ts';

export const createConfigMap = generatorCommand({
  name: 'configmap',
  aliases: ['cm'],
  use: 'configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a config map from a local file, directory or literal value',
  examples: `# Every file of a directory becomes a key
kubectl create configmap site --from-file=conf.d/

# One file, under a key of one's own
kubectl create configmap site --from-file=nginx.conf=conf.d/site.conf

# Values from the command line
kubectl create configmap app --from-literal=colour=blue --from-literal=size=3

# The lines of an env file
kubectl create configmap app --from-env-file=app.env`,
  flags: [bool('append-hash', false, 'Append a hash of the configmap to its name.'), ...SOURCE_FLAGS],
  plural: 'configmaps',
  namespaced: true,
  failure: 'failed to create configmap:',
  object(invocation, name): JsonObject {
    const { flags } = invocation;
    mustNotMixSources(flags);
    const data: Record<string, string> = {};
    const binaryData: Record<string, string> = {};
    readSources(invocation, ['file', 'literal'], 'config', ({ key, value }) => {
      const errors = validateConfigMapKey(key);
      if (errors.length > 0)
        throw new KubectlError(`${JSON.stringify(key)} is not a valid key name for a ConfigMap: ${errors.join(',')}`);
      for (const [field, map] of Object.entries({ Data: data, BinaryData: binaryData }))
        if (key in map)
          throw new KubectlError(
            `cannot add key ${JSON.stringify(key)}, another key by that name already exists in ${field} for ConfigMap ${JSON.stringify(name)}`,
          );
      if (typeof value === 'string') data[key] = value;
      else if (isUtf8(value)) data[key] = decode(value);
      else binaryData[key] = encodeBase64(value);
    });
    const filled = {
      ...(Object.keys(data).length > 0 ? { data: sorted(data) } : {}),
      ...(Object.keys(binaryData).length > 0 ? { binaryData: sorted(binaryData) } : {}),
    };
    const full = flags.bool('append-hash')
      ? `${name}-${contentHash({ kind: 'ConfigMap', name, ...filled, data })}`
      : name;
    return { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: full }, ...filled };
  },
});

function sorted(map: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

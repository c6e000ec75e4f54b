import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { kubeconfigPath, readKubeconfig, withEntry, writeKubeconfig } from '../cli/eks.ts';
import { objectOf, textOf } from '../params.ts';
import type { Context } from './context.ts';
import { log } from './log.ts';

/** Writes cluster, user and context and makes the context the current one. eksctl: pkg/utils/kubeconfig */
export function* saveKubeconfig(context: Context, cluster: JsonObject): Task<string> {
  const { process, region, flags } = context;
  const name = String(cluster['name']);
  const clusterName = `${name}.${region}.eksctl.io`;
  const user = `${context.who}@${clusterName}`;
  const path = kubeconfigPath(process, flags.text('kubeconfig'), clusterName);
  const config = readKubeconfig(process, path);
  config['clusters'] = withEntry(config['clusters'], {
    cluster: {
      'certificate-authority-data': textOf(objectOf(cluster, 'certificateAuthority'), 'data') ?? '',
      server: textOf(cluster, 'endpoint') ?? '',
    },
    name: clusterName,
  });
  config['contexts'] = withEntry(config['contexts'], { context: { cluster: clusterName, user }, name: user });
  config['current-context'] = user;
  const profile = flags.text('profile') ?? process.env.get('AWS_PROFILE');
  config['users'] = withEntry(config['users'], {
    name: user,
    user: {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1beta1',
        args: ['eks', 'get-token', '--output', 'json', '--cluster-name', name, '--region', region],
        command: 'aws',
        env: [
          { name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' },
          ...(profile === undefined ? [] : [{ name: 'AWS_PROFILE', value: profile }]),
        ],
        provideClusterInfo: false,
      },
    },
  });
  writeKubeconfig(process, path, config);
  yield* log(process, 'success', `saved kubeconfig as ${JSON.stringify(path)}`);
  return path;
}

/** Takes a deleted cluster out of the kubeconfig. */
export function* removeKubeconfig(context: Context, name: string): Task {
  const { process, region } = context;
  const clusterName = `${name}.${region}.eksctl.io`;
  const path = kubeconfigPath(process, undefined, clusterName);
  const config = readKubeconfig(process, path);
  let changed = false;
  const without = (section: string, gone: (entry: string) => boolean) => {
    const list = config[section];
    if (!Array.isArray(list)) return;
    const left = list.filter((item) => {
      const entry = item !== null && typeof item === 'object' && !Array.isArray(item) ? String(item['name']) : '';
      return !gone(entry);
    });
    changed ||= left.length < list.length;
    config[section] = left;
  };
  const ofCluster = (entry: string) => entry === clusterName || entry.endsWith(`@${clusterName}`);
  for (const section of ['clusters', 'contexts', 'users']) without(section, ofCluster);
  if (!changed) return;
  if (ofCluster(String(config['current-context']))) config['current-context'] = '';
  writeKubeconfig(process, path, config);
  yield* log(process, 'success', 'kubeconfig has been updated');
}

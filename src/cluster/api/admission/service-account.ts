import { StatusError } from '../../apimachinery/errors.ts';
import { at, isRecord } from '../object.ts';
import type { AdmissionPlugin } from './admission.ts';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** One hour and a few seconds, as the projected token of every Pod has it. */
const TOKEN_SECONDS = 3607;

/** Gives Pods a ServiceAccount and its token. kubernetes: plugin/pkg/admission/serviceaccount */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  admit({ resource, operation, object, namespace, name, context }) {
    if (resource.plural !== 'pods' || resource.group !== '' || operation !== 'CREATE' || !object) return;
    if (!('spec' in object) || !isRecord(object.spec)) return;
    // A static Pod's mirror has no account.
    if (object.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return;
    const { spec } = object;
    const accountName =
      typeof spec['serviceAccountName'] === 'string' && spec['serviceAccountName'] !== ''
        ? spec['serviceAccountName']
        : 'default';
    spec['serviceAccountName'] = accountName;
    spec['serviceAccount'] = accountName;
    const account = context.server.store.get('serviceaccounts', `${namespace}/${accountName}`);
    if (!account) {
      throw StatusError.forbidden(
        resource,
        name,
        `error looking up service account ${namespace}/${accountName}: serviceaccount "${accountName}" not found`,
      );
    }
    const secrets = at(account, 'imagePullSecrets');
    const own = spec['imagePullSecrets'];
    if (Array.isArray(secrets) && !(Array.isArray(own) && own.length > 0)) spec['imagePullSecrets'] = [...secrets];
    const automount =
      spec['automountServiceAccountToken'] ??
      ('automountServiceAccountToken' in account ? account.automountServiceAccountToken : undefined);
    if (automount !== false) mountToken(spec, context.server.world.random.suffix(5));
  },
};

function mountToken(spec: Record<string, unknown>, suffix: string): void {
  const volumeName = `kube-api-access-${suffix}`;
  let mounted = false;
  for (const field of ['initContainers', 'containers']) {
    const containers = spec[field];
    if (!Array.isArray(containers)) continue;
    spec[field] = containers.map((container: unknown) => {
      if (!isRecord(container)) return container;
      const mounts: unknown[] = Array.isArray(container['volumeMounts']) ? container['volumeMounts'] : [];
      if (mounts.some((mount) => isRecord(mount) && mount['mountPath'] === MOUNT_PATH)) return container;
      mounted = true;
      return { ...container, volumeMounts: [...mounts, { mountPath: MOUNT_PATH, name: volumeName, readOnly: true }] };
    });
  }
  if (!mounted) return;
  const volumes: unknown[] = Array.isArray(spec['volumes']) ? spec['volumes'] : [];
  spec['volumes'] = [...volumes, tokenVolume(volumeName)];
}

function tokenVolume(name: string): unknown {
  return {
    name,
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
        {
          downwardAPI: {
            items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }],
          },
        },
      ],
    },
  };
}

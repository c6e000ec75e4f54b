import type { Region } from '../../cloud/aws/region.ts';
import type { AdmissionPlugin } from '../../cluster/api/admission/admission.ts';
import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';

const ANNOTATION = 'eks.amazonaws.com/role-arn';
const FOLDER = '/var/run/secrets/eks.amazonaws.com/serviceaccount';
const VOLUME = 'aws-iam-token';

/**
 * The webhook that EKS runs in every cluster: Pods of a ServiceAccount with a role get a token for it and are told
 * where it is. github.com/aws/amazon-eks-pod-identity-webhook: pkg/handler
 */
export function podIdentityWebhook(region: Region): AdmissionPlugin {
  return {
    name: 'pod-identity-webhook.amazonaws.com',
    admit({ operation, resource, subresource, namespace, object, context }) {
      if (operation !== 'CREATE' || resource.plural !== 'pods' || subresource !== '' || !object) return;
      const pod: unknown = object;
      if (!isObject(pod) || !isObject(pod['spec'])) return;
      const spec = pod['spec'];
      const account = typeof spec['serviceAccountName'] === 'string' ? spec['serviceAccountName'] : 'default';
      const found = context.server.store.get('serviceaccounts', `${namespace}/${account}`);
      const role = found?.metadata.annotations?.[ANNOTATION];
      if (role === undefined) return;
      for (const field of ['containers', 'initContainers']) addToContainers(spec, field, region.name, role);
      const volumes = Array.isArray(spec['volumes']) ? spec['volumes'] : [];
      if (volumes.some((volume) => isObject(volume) && volume['name'] === VOLUME)) return;
      spec['volumes'] = [
        {
          name: VOLUME,
          projected: {
            sources: [
              { serviceAccountToken: { audience: 'sts.amazonaws.com', expirationSeconds: 86_400, path: 'token' } },
            ],
          },
        },
        ...volumes,
      ];
    },
  };
}

function addToContainers(spec: JsonObject, field: string, region: string, role: string): void {
  const containers: Json | undefined = spec[field];
  if (!Array.isArray(containers)) return;
  const variables: Readonly<Record<string, string>> = {
    AWS_STS_REGIONAL_ENDPOINTS: 'regional',
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_ROLE_ARN: role,
    AWS_WEB_IDENTITY_TOKEN_FILE: `${FOLDER}/token`,
  };
  for (const container of containers) {
    if (!isObject(container)) continue;
    const env = Array.isArray(container['env']) ? container['env'] : [];
    const known = new Set(env.map((one) => (isObject(one) ? one['name'] : '')));
    container['env'] = [
      ...env,
      ...Object.entries(variables).flatMap(([name, value]) => (known.has(name) ? [] : [{ name, value }])),
    ];
    const mounts = Array.isArray(container['volumeMounts']) ? container['volumeMounts'] : [];
    container['volumeMounts'] = [...mounts, { mountPath: FOLDER, name: VOLUME, readOnly: true }];
  }
}

import type { Region } from '../../cloud/aws/region.ts';
import { associationOf } from '../../cloud/aws/services/eks/pod-identity.ts';
import type { EksCluster } from '../../cloud/aws/types/eks.ts';
import type { AdmissionPlugin } from '../../cluster/api/admission/admission.ts';
import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';

const ANNOTATION = 'eks.amazonaws.com/role-arn';
const FOLDER = '/var/run/secrets/eks.amazonaws.com/serviceaccount';
const VOLUME = 'aws-iam-token';

/**
 * The webhook that EKS runs in every cluster: Pods of a ServiceAccount with a role get a token for it and are told
 * where it is. github.com/aws/amazon-eks-pod-identity-webhook: pkg/handler
 */
export function podIdentityWebhook(region: Region, eks: EksCluster): AdmissionPlugin {
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
      // An association comes before an annotation.
      const grant = associationOf(eks, namespace, account) ? ofAgent() : role === undefined ? undefined : ofRole(role);
      if (!grant) return;
      for (const field of ['containers', 'initContainers']) addToContainers(spec, field, region.name, grant);
      const volumes = Array.isArray(spec['volumes']) ? spec['volumes'] : [];
      if (volumes.some((volume) => isObject(volume) && volume['name'] === grant.volume)) return;
      const { audience, path } = grant;
      const serviceAccountToken = { audience, expirationSeconds: 86_400, path };
      spec['volumes'] = [{ name: grant.volume, projected: { sources: [{ serviceAccountToken }] } }, ...volumes];
    },
  };
}

/** What containers are given to find their credentials. */
interface Grant {
  readonly volume: string;
  readonly folder: string;
  readonly audience: string;
  readonly path: string;
  readonly variables: Readonly<Record<string, string>>;
}

function ofRole(role: string): Grant {
  return {
    volume: VOLUME,
    folder: FOLDER,
    audience: 'sts.amazonaws.com',
    path: 'token',
    variables: { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: `${FOLDER}/token` },
  };
}

function ofAgent(): Grant {
  const folder = '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount';
  const path = 'eks-pod-identity-token';
  return {
    volume: path,
    folder,
    audience: 'pods.eks.amazonaws.com',
    path,
    variables: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${folder}/${path}`,
    },
  };
}

function addToContainers(spec: JsonObject, field: string, region: string, grant: Grant): void {
  const containers: Json | undefined = spec[field];
  if (!Array.isArray(containers)) return;
  const variables: Readonly<Record<string, string>> = {
    AWS_STS_REGIONAL_ENDPOINTS: 'regional',
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    ...grant.variables,
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
    container['volumeMounts'] = [...mounts, { mountPath: grant.folder, name: grant.volume, readOnly: true }];
  }
}

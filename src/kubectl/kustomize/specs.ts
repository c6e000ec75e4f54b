import type { FieldSpec } from './field-specs.ts';

/** Kinds whose Pods come from a template, and where it is. */
const TEMPLATED: readonly (readonly [kind: string, group: string | undefined])[] = [
  ['ReplicationController', ''],
  ['Deployment', undefined],
  ['ReplicaSet', undefined],
  ['DaemonSet', undefined],
  ['StatefulSet', 'apps'],
  ['Job', 'batch'],
];

function inTemplates(field: string): FieldSpec[] {
  const specs = TEMPLATED.map(([kind, group]) => ({
    path: `spec/template/metadata/${field}`,
    kind,
    create: true,
    ...(group === undefined ? {} : { group }),
  }));
  const job = { kind: 'CronJob', group: 'batch', create: true };
  return [
    ...specs,
    { ...job, path: `spec/jobTemplate/metadata/${field}` },
    { ...job, path: `spec/jobTemplate/spec/template/metadata/${field}` },
  ];
}

export const METADATA_LABELS: readonly FieldSpec[] = [{ path: 'metadata/labels', create: true }];
export const TEMPLATE_LABELS: readonly FieldSpec[] = inTemplates('labels');
export const ANNOTATIONS: readonly FieldSpec[] = [
  { path: 'metadata/annotations', create: true },
  ...inTemplates('annotations'),
];

const AFFINITY = ['podAffinity', 'podAntiAffinity'].flatMap((one) => [
  `spec/template/spec/affinity/${one}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels`,
  `spec/template/spec/affinity/${one}/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels`,
]);
const SPREAD = 'spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels';
const POLICY = ['spec/podSelector', 'spec/ingress/from/podSelector', 'spec/egress/to/podSelector'];

/** Where commonLabels go besides metadata and templates. kustomize: api/internal/konfig/builtinpluginconsts/commonlabels.go */
export const SELECTORS: readonly FieldSpec[] = [
  { path: 'spec/selector', create: true, version: 'v1', kind: 'Service' },
  { path: 'spec/selector', create: true, version: 'v1', kind: 'ReplicationController' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'Deployment' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'ReplicaSet' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'DaemonSet' },
  { path: 'spec/selector/matchLabels', create: true, group: 'apps', kind: 'StatefulSet' },
  { path: 'spec/volumeClaimTemplates[]/metadata/labels', create: true, group: 'apps', kind: 'StatefulSet' },
  ...['Deployment', 'StatefulSet'].flatMap((kind) =>
    [...AFFINITY, SPREAD].map((path) => ({ path, group: 'apps', kind })),
  ),
  { path: 'spec/selector/matchLabels', group: 'batch', kind: 'Job' },
  { path: 'spec/jobTemplate/spec/selector/matchLabels', group: 'batch', kind: 'CronJob' },
  { path: 'spec/selector/matchLabels', group: 'policy', kind: 'PodDisruptionBudget' },
  ...POLICY.map((path) => ({ path: `${path}/matchLabels`, group: 'networking.k8s.io', kind: 'NetworkPolicy' })),
];

export const REPLICAS: readonly FieldSpec[] = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'].map(
  (kind) => ({ path: 'spec/replicas', create: true, kind }),
);

/** Kinds whose names get no prefix and no suffix. */
export const UNPREFIXED = ['Namespace', 'CustomResourceDefinition', 'APIService'];

/** Where Pods of a kind are described. */
const POD_SPECS: readonly (readonly [kind: string, path: string])[] = [
  ['Pod', 'spec'],
  ['PodTemplate', 'template/spec'],
  ...['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'ReplicationController', 'Job'].map(
    (kind) => [kind, 'spec/template/spec'] as const,
  ),
  ['CronJob', 'spec/jobTemplate/spec/template/spec'],
];

function inPods(...paths: readonly string[]): FieldSpec[] {
  return POD_SPECS.flatMap(([kind, at]) => paths.map((path) => ({ path: `${at}/${path}`, kind })));
}

const CONTAINERS = ['containers', 'initContainers'];

/** Which fields name objects of a kind. kustomize: api/internal/konfig/builtinpluginconsts/namereference.go */
export const NAME_REFERENCES: readonly { readonly kinds: readonly string[]; readonly fields: readonly FieldSpec[] }[] =
  [
    {
      kinds: ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'],
      fields: [{ path: 'spec/scaleTargetRef/name', kind: 'HorizontalPodAutoscaler' }],
    },
    {
      kinds: ['ConfigMap'],
      fields: [
        ...inPods(
          'volumes/configMap/name',
          'volumes/projected/sources/configMap/name',
          ...CONTAINERS.flatMap((one) => [
            `${one}/env/valueFrom/configMapKeyRef/name`,
            `${one}/envFrom/configMapRef/name`,
          ]),
        ),
        { path: 'rules/resourceNames', kind: 'Role' },
        { path: 'rules/resourceNames', kind: 'ClusterRole' },
        { path: 'metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap', kind: 'Ingress' },
      ],
    },
    {
      kinds: ['Secret'],
      fields: [
        ...inPods(
          'volumes/secret/secretName',
          'volumes/projected/sources/secret/name',
          'imagePullSecrets/name',
          ...CONTAINERS.flatMap((one) => [`${one}/env/valueFrom/secretKeyRef/name`, `${one}/envFrom/secretRef/name`]),
        ),
        { path: 'spec/tls/secretName', kind: 'Ingress' },
        ...['ingress.kubernetes.io', 'nginx.ingress.kubernetes.io'].map((domain) => ({
          path: `metadata/annotations/${domain}\\/auth-secret`,
          kind: 'Ingress',
        })),
        { path: 'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret', kind: 'Ingress' },
        { path: 'imagePullSecrets/name', kind: 'ServiceAccount' },
        ...['secretName', 'adminSecretName', 'userSecretName', 'secretRef'].map((name) => ({
          path: `parameters/${name}`,
          kind: 'StorageClass',
        })),
        { path: 'rules/resourceNames', kind: 'Role' },
        { path: 'rules/resourceNames', kind: 'ClusterRole' },
        { path: 'spec/azureFile/secretName', kind: 'PersistentVolume' },
      ],
    },
    {
      kinds: ['Service'],
      fields: [
        { path: 'spec/serviceName', kind: 'StatefulSet', group: 'apps' },
        ...[
          'spec/rules/http/paths/backend/serviceName',
          'spec/backend/serviceName',
          'spec/rules/http/paths/backend/service/name',
          'spec/defaultBackend/service/name',
        ].map((path) => ({ path, kind: 'Ingress' })),
        { path: 'spec/service/name', kind: 'APIService' },
        { path: 'webhooks/clientConfig/service', kind: 'ValidatingWebhookConfiguration' },
        { path: 'webhooks/clientConfig/service', kind: 'MutatingWebhookConfiguration' },
        { path: 'spec/rules/backendRefs/name', kind: 'HTTPRoute' },
      ],
    },
    { kinds: ['Role'], fields: [{ path: 'roleRef/name', kind: 'RoleBinding' }] },
    {
      kinds: ['ClusterRole'],
      fields: [
        { path: 'roleRef/name', kind: 'RoleBinding' },
        { path: 'roleRef/name', kind: 'ClusterRoleBinding' },
      ],
    },
    {
      kinds: ['ServiceAccount'],
      fields: [
        { path: 'subjects', kind: 'RoleBinding' },
        { path: 'subjects', kind: 'ClusterRoleBinding' },
        ...inPods('serviceAccountName'),
      ],
    },
    { kinds: ['PersistentVolumeClaim'], fields: inPods('volumes/persistentVolumeClaim/claimName') },
    { kinds: ['PersistentVolume'], fields: [{ path: 'spec/volumeName', kind: 'PersistentVolumeClaim' }] },
    {
      kinds: ['StorageClass'],
      fields: [
        { path: 'spec/storageClassName', kind: 'PersistentVolume' },
        { path: 'spec/storageClassName', kind: 'PersistentVolumeClaim' },
        { path: 'spec/volumeClaimTemplates/spec/storageClassName', kind: 'StatefulSet' },
      ],
    },
    { kinds: ['PriorityClass'], fields: inPods('priorityClassName') },
    { kinds: ['IngressClass'], fields: [{ path: 'spec/ingressClassName', kind: 'Ingress' }] },
  ];

/** kustomize: api/internal/builtins/SortOrderTransformer.go defaultOrderFirst, defaultOrderLast */
export const ORDER_FIRST = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Endpoints',
  'Service',
  'LimitRange',
  'PriorityClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
];
export const ORDER_LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

import type { Cluster } from '../../cluster/cluster.ts';

/** Objects as they are applied: plain data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

export const METRICS_SERVER_VERSION = 'v0.8.0';
export const LOCAL_PATH_VERSION = 'v0.0.32';

const RBAC = 'rbac.authorization.k8s.io';

function binding(
  kind: 'ClusterRoleBinding' | 'RoleBinding',
  metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> },
  role: { readonly kind: string; readonly name: string },
  account: { readonly name: string; readonly namespace: string },
): Manifest {
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata,
    roleRef: { apiGroup: RBAC, ...role },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  };
}

/**
 * components.yaml of metrics-server. `insecure`: with --kubelet-insecure-tls, which clusters need whose kubelets serve
 * with certificates of their own.
 */
export function metricsServer(insecure: boolean): Manifest[] {
  const labels = { 'k8s-app': 'metrics-server' };
  const namespace = 'kube-system';
  const account = { name: 'metrics-server', namespace };
  const aggregate = Object.fromEntries(
    ['admin', 'edit', 'view'].map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, 'true']),
  );
  const probe = (path: string) => ({
    failureThreshold: 3,
    httpGet: { path, port: 'https', scheme: 'HTTPS' },
    periodSeconds: 10,
  });
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { labels, ...account } },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { labels: { ...labels, ...aggregate }, name: 'system:aggregated-metrics-reader' },
      rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { labels, name: 'system:metrics-server' },
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    },
    binding(
      'RoleBinding',
      { labels, name: 'metrics-server-auth-reader', namespace },
      { kind: 'Role', name: 'extension-apiserver-authentication-reader' },
      account,
    ),
    binding(
      'ClusterRoleBinding',
      { labels, name: 'metrics-server:system:auth-delegator' },
      { kind: 'ClusterRole', name: 'system:auth-delegator' },
      account,
    ),
    binding(
      'ClusterRoleBinding',
      { labels, name: 'system:metrics-server' },
      { kind: 'ClusterRole', name: 'system:metrics-server' },
      account,
    ),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { labels, ...account },
      spec: {
        ports: [{ appProtocol: 'https', name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }],
        selector: labels,
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { labels, ...account },
      spec: {
        selector: { matchLabels: labels },
        strategy: { rollingUpdate: { maxUnavailable: 0 } },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                args: [
                  '--cert-dir=/tmp',
                  '--secure-port=10250',
                  '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
                  '--kubelet-use-node-status-port',
                  '--metric-resolution=15s',
                  ...(insecure ? ['--kubelet-insecure-tls'] : []),
                ],
                image: `registry.k8s.io/metrics-server/metrics-server:${METRICS_SERVER_VERSION}`,
                imagePullPolicy: 'IfNotPresent',
                livenessProbe: probe('/livez'),
                name: 'metrics-server',
                ports: [{ containerPort: 10250, name: 'https', protocol: 'TCP' }],
                readinessProbe: { ...probe('/readyz'), initialDelaySeconds: 20 },
                resources: { requests: { cpu: '100m', memory: '200Mi' } },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ['ALL'] },
                  readOnlyRootFilesystem: true,
                  runAsNonRoot: true,
                  runAsUser: 1000,
                  seccompProfile: { type: 'RuntimeDefault' },
                },
                volumeMounts: [{ mountPath: '/tmp', name: 'tmp-dir' }],
              },
            ],
            nodeSelector: { 'kubernetes.io/os': 'linux' },
            priorityClassName: 'system-cluster-critical',
            serviceAccountName: 'metrics-server',
            volumes: [{ emptyDir: {}, name: 'tmp-dir' }],
          },
        },
      },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { labels, name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        groupPriorityMinimum: 100,
        insecureSkipTLSVerify: true,
        service: account,
        version: 'v1beta1',
        versionPriority: 100,
      },
    },
  ];
}

/** local-path-storage.yaml of local-path-provisioner. `isDefault`: its class is that of claims without one. */
export function localPathStorage(isDefault: boolean): Manifest[] {
  const namespace = 'local-path-storage';
  const account = { name: 'local-path-provisioner-service-account', namespace };
  const everything = (apiGroup: string, resources: readonly string[], verbs: readonly string[]) => ({
    apiGroups: [apiGroup],
    resources,
    verbs,
  });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata: { name: 'local-path-provisioner-role', namespace },
      rules: [everything('', ['pods'], ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'])],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'local-path-provisioner-role' },
      rules: [
        everything('', ['nodes', 'persistentvolumeclaims', 'configmaps', 'pods', 'pods/log'], ['get', 'list', 'watch']),
        everything('', ['persistentvolumes'], ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete']),
        everything('', ['events'], ['create', 'patch']),
        everything('storage.k8s.io', ['storageclasses'], ['get', 'list', 'watch']),
      ],
    },
    binding(
      'RoleBinding',
      { name: 'local-path-provisioner-bind', namespace },
      { kind: 'Role', name: 'local-path-provisioner-role' },
      account,
    ),
    binding(
      'ClusterRoleBinding',
      { name: 'local-path-provisioner-bind' },
      { kind: 'ClusterRole', name: 'local-path-provisioner-role' },
      account,
    ),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'local-path-config', namespace },
      data: {
        'config.json':
          '{\n        "nodePathMap":[\n        {\n                "node":"DEFAULT_PATH_FOR_NON_LISTED_NODES",\n                "paths":["/opt/local-path-provisioner"]\n        }\n        ]\n}',
        'helperPod.yaml':
          'apiVersion: v1\nkind: Pod\nmetadata:\n  name: helper-pod\nspec:\n  priorityClassName: system-node-critical\n  tolerations:\n    - key: node.kubernetes.io/disk-pressure\n      operator: Exists\n      effect: NoSchedule\n  containers:\n  - name: helper-pod\n    image: busybox\n    imagePullPolicy: IfNotPresent',
        setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"',
        teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"',
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'local-path-provisioner', namespace },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'local-path-provisioner' } },
        template: {
          metadata: { labels: { app: 'local-path-provisioner' } },
          spec: {
            serviceAccountName: account.name,
            containers: [
              {
                name: 'local-path-provisioner',
                image: `docker.io/rancher/local-path-provisioner:${LOCAL_PATH_VERSION}`,
                imagePullPolicy: 'IfNotPresent',
                command: ['local-path-provisioner', '--debug', 'start', '--config', '/etc/config/config.json'],
                volumeMounts: [{ name: 'config-volume', mountPath: '/etc/config/' }],
                env: [
                  { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
                  { name: 'CONFIG_MOUNT_PATH', value: '/etc/config/' },
                ],
              },
            ],
            volumes: [{ name: 'config-volume', configMap: { name: 'local-path-config' } }],
          },
        },
      },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'local-path',
        ...(isDefault ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}),
      },
      provisioner: 'rancher.io/local-path',
      volumeBindingMode: 'WaitForFirstConsumer',
      reclaimPolicy: 'Delete',
    },
  ];
}

/** Creates objects as an administrator would, with defaults and checks. */
export function applyAll(cluster: Cluster, objects: readonly Manifest[]): void {
  const client = cluster.client('kubernetes-admin', ['system:masters'], 'kubectl-client-side-apply');
  for (const { apiVersion, kind, ...rest } of objects) {
    const found = cluster.server.resources.ofKind(apiVersion, kind);
    if (!found) continue;
    const { group, version, plural } = found;
    client.create({ group, version, plural }, rest.metadata.namespace ?? '', { apiVersion, kind, ...rest }, true);
  }
}

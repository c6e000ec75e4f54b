import type { Kind } from '../../cluster/api/client.ts';
import { DAEMON_SETS, DEPLOYMENTS } from '../../cluster/api/kinds.ts';
import { qualifiedResource } from '../../cluster/api/resource.ts';
import type { DaemonSet, Deployment, PodTemplateSpec } from '../../cluster/api/types.generated.ts';
import { kubeadmObjects, putBootstrap } from '../../cluster/bootstrap/bootstrap.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { applyAll, type Manifest, metricsServer } from '../addons/manifests.ts';
import { ecr } from './images.ts';

interface Context {
  readonly cluster: Cluster;
  readonly region: string;
  readonly endpoint: string;
}

/** One add-on of a cluster: `v1.20.4-eksbuild.2`. */
interface AddonContext extends Context {
  readonly version: string;
}

interface Stored {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** What each managed add-on puts into a cluster. */
const ADDON_OBJECTS: Readonly<Record<string, (context: AddonContext) => void>> = {
  'vpc-cni': ({ cluster, region, version }) => applyMissing(cluster, vpcCni(region, version)),
  'kube-proxy': (context) => putKubeadm(context, ['kube-proxy', 'kubeadm:node-proxier']),
  coredns(context) {
    const { cluster } = context;
    putKubeadm(context, ['coredns', 'system:coredns', 'kube-dns']);
    applyMissing(cluster, [
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: {
          name: 'coredns',
          namespace: 'kube-system',
          labels: { 'eks.amazonaws.com/component': 'coredns', 'k8s-app': 'kube-dns' },
        },
        spec: {
          maxUnavailable: 1,
          selector: { matchLabels: { 'eks.amazonaws.com/component': 'coredns', 'k8s-app': 'kube-dns' } },
        },
      },
    ]);
  },
  'metrics-server': ({ cluster, region, version }) =>
    applyMissing(cluster, images(metricsServer(true), region, version)),
  'aws-ebs-csi-driver': ({ cluster, region, version }) => applyMissing(cluster, ebsCsi(region, version)),
  'eks-pod-identity-agent': ({ cluster, region, version }) =>
    applyMissing(cluster, [podIdentityAgent(region, version)]),
};

/** Where each add-on's objects are, to take them away. */
const OWNED: Readonly<Record<string, readonly Stored[]>> = {
  'vpc-cni': [
    { resource: 'daemonsets.apps', namespace: 'kube-system', name: 'aws-node' },
    { resource: 'serviceaccounts', namespace: 'kube-system', name: 'aws-node' },
  ],
  'kube-proxy': [{ resource: 'daemonsets.apps', namespace: 'kube-system', name: 'kube-proxy' }],
  coredns: [
    { resource: 'deployments.apps', namespace: 'kube-system', name: 'coredns' },
    { resource: 'services', namespace: 'kube-system', name: 'kube-dns' },
    { resource: 'poddisruptionbudgets.policy', namespace: 'kube-system', name: 'coredns' },
  ],
  'metrics-server': [
    { resource: 'deployments.apps', namespace: 'kube-system', name: 'metrics-server' },
    { resource: 'services', namespace: 'kube-system', name: 'metrics-server' },
  ],
  'eks-pod-identity-agent': [{ resource: 'daemonsets.apps', namespace: 'kube-system', name: 'eks-pod-identity-agent' }],
  'aws-ebs-csi-driver': [
    { resource: 'deployments.apps', namespace: 'kube-system', name: 'ebs-csi-controller' },
    { resource: 'daemonsets.apps', namespace: 'kube-system', name: 'ebs-csi-node' },
    { resource: 'poddisruptionbudgets.policy', namespace: 'kube-system', name: 'ebs-csi-controller' },
    { resource: 'csidrivers.storage.k8s.io', namespace: '', name: 'ebs.csi.aws.com' },
  ],
};

/** Adds an add-on, or gives its workloads another version; without one it goes. */
export function setAddon(context: Context, name: string, version: string | undefined): void {
  const { cluster } = context;
  const owned = OWNED[name] ?? [];
  const keyOf = ({ namespace, name: one }: Stored) => (namespace === '' ? one : `${namespace}/${one}`);
  const there = owned.some((one) => cluster.server.store.get(one.resource, keyOf(one)));
  if (version !== undefined) {
    if (there) changeVersion(cluster, owned, version);
    else ADDON_OBJECTS[name]?.({ ...context, version });
    return;
  }
  const client = cluster.client('eks:addon-manager', ['system:masters'], 'eks');
  for (const one of owned) {
    const [plural = '', ...group] = one.resource.split('.');
    const kind = { group: group.join('.'), version: 'v1', plural };
    if (cluster.server.store.get(one.resource, keyOf(one)))
      client.delete(kind, one.namespace, one.name, { propagationPolicy: 'Background' });
  }
}

/** `…/eks/kube-proxy:v1.35.6-minimal-eksbuild.2`; the second part is of the image, not of the version. */
const EKS_BUILD = /:v[\d.]+(-minimal)?-eksbuild\.\d+$/;

const tagOf = (version: string, suffix: string) => version.replace('-eksbuild', `${suffix}-eksbuild`);

function changeVersion(cluster: Cluster, owned: readonly Stored[], version: string): void {
  const client = cluster.client('eks:addon-manager', ['system:masters'], 'eks');
  const change = <T extends DaemonSet | Deployment>(kind: Kind<T>, { resource, namespace, name }: Stored) => {
    if (!cluster.server.store.get(resource, `${namespace}/${name}`)) return;
    client.modify(kind, namespace, name, (old) =>
      old.spec ? { ...old, spec: { ...old.spec, template: withVersion(old.spec.template, version) } } : old,
    );
  };
  for (const one of owned)
    if (one.resource === 'daemonsets.apps') change(DAEMON_SETS, one);
    else if (one.resource === 'deployments.apps') change(DEPLOYMENTS, one);
}

function withVersion(template: PodTemplateSpec, version: string): PodTemplateSpec {
  if (!template.spec) return template;
  const containers = template.spec.containers.map((container) => ({
    ...container,
    image: container.image?.replace(EKS_BUILD, (_, suffix = '') => `:${tagOf(version, suffix)}`),
    env: container.env?.map((one) =>
      one.name === 'VPC_CNI_VERSION' ? { ...one, value: version.replace(/-.*/, '') } : one,
    ),
  }));
  return { ...template, spec: { ...template.spec, containers } };
}

/** What an add-on left behind when it was taken away stays as it is. */
function applyMissing(cluster: Cluster, objects: readonly Manifest[]): void {
  const missing = objects.filter(({ apiVersion, kind, metadata }) => {
    const resource = cluster.server.resources.ofKind(apiVersion, kind);
    const key = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
    return resource && !cluster.server.store.get(qualifiedResource(resource), key);
  });
  applyAll(cluster, missing);
}

/** Kubernetes' own images under EKS's names. */
function images(objects: readonly Manifest[], region: string, version: string): Manifest[] {
  const text = JSON.stringify(objects).replace(
    /registry\.k8s\.io\/metrics-server\/metrics-server:[^"]+/g,
    `${ecr(region)}/eks/metrics-server:${version}`,
  );
  const value: Manifest[] = JSON.parse(text);
  return value;
}

function putKubeadm({ cluster, region, endpoint, version }: AddonContext, names: readonly string[]): void {
  for (const { resource, object } of kubeadmObjects(names)) {
    const text = JSON.stringify(object)
      .replace(/registry\.k8s\.io\/kube-proxy:[^"]+/g, `${ecr(region)}/eks/kube-proxy:${tagOf(version, '-minimal')}`)
      .replace(/registry\.k8s\.io\/coredns\/coredns:[^"]+/g, `${ecr(region)}/eks/coredns:${version}`)
      .replaceAll('10.96.0.10', cluster.options.serviceCidr.replace(/\.\d+\/\d+$/, '.10'))
      .replaceAll('https://192.168.64.10:6443', endpoint)
      .replaceAll('clusterCIDR: 10.244.0.0/16', 'clusterCIDR: \\"\\"')
      .replaceAll('"k8s-app":"kube-dns"', '"eks.amazonaws.com/component":"coredns","k8s-app":"kube-dns"');
    const value: Record<string, unknown> = JSON.parse(
      resource === 'services' ? text.replaceAll('"eks.amazonaws.com/component":"coredns",', '') : text,
    );
    const metadata = value['metadata'];
    const name = metadata !== null && typeof metadata === 'object' && 'name' in metadata ? String(metadata.name) : '';
    const namespace =
      metadata !== null && typeof metadata === 'object' && 'namespace' in metadata ? String(metadata.namespace) : '';
    if (!cluster.server.store.get(resource, namespace === '' ? name : `${namespace}/${name}`))
      putBootstrap(cluster.server, resource, value, 'eks');
  }
}

const SYSTEM = 'kube-system';

function account(name: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: SYSTEM, labels: { 'app.kubernetes.io/managed-by': 'EKS' } },
  };
}

/** The network plugin. amazon-vpc-cni-k8s: config/master/aws-k8s-cni.yaml */
function vpcCni(region: string, version: string): Manifest[] {
  const labels = {
    'app.kubernetes.io/instance': 'aws-vpc-cni',
    'app.kubernetes.io/name': 'aws-node',
    'k8s-app': 'aws-node',
  };
  return [
    account('aws-node'),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'amazon-vpc-cni', namespace: SYSTEM },
      data: {
        'branch-eni-cooldown': '60',
        'enable-network-policy-controller': 'false',
        'enable-windows-ipam': 'false',
        'minimum-ip-target': '3',
        'warm-ip-target': '1',
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'aws-node', namespace: SYSTEM, labels },
      spec: {
        selector: { matchLabels: { 'k8s-app': 'aws-node' } },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
        template: {
          metadata: { labels: { 'app.kubernetes.io/name': 'aws-node', 'k8s-app': 'aws-node' } },
          spec: {
            hostNetwork: true,
            priorityClassName: 'system-node-critical',
            serviceAccountName: 'aws-node',
            terminationGracePeriodSeconds: 10,
            tolerations: [{ operator: 'Exists' }],
            containers: [
              {
                name: 'aws-node',
                image: `${ecr(region)}/amazon-k8s-cni:${version}`,
                env: [
                  { name: 'AWS_VPC_K8S_CNI_LOGLEVEL', value: 'DEBUG' },
                  { name: 'ENABLE_PREFIX_DELEGATION', value: 'false' },
                  { name: 'VPC_CNI_VERSION', value: version.replace(/-.*/, '') },
                  { name: 'WARM_ENI_TARGET', value: '1' },
                  { name: 'MY_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
                ],
                resources: { requests: { cpu: '25m' } },
              },
              {
                name: 'aws-eks-nodeagent',
                image: `${ecr(region)}/amazon/aws-network-policy-agent:${version}`,
                resources: { requests: { cpu: '25m' } },
              },
            ],
          },
        },
      },
    },
  ];
}

/** The agent that gives Pods the credentials of their associations: there it only runs. github.com/aws/eks-pod-identity-agent: charts */
function podIdentityAgent(region: string, version: string): Manifest {
  const name = 'eks-pod-identity-agent';
  const labels = { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/name': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: SYSTEM, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          priorityClassName: 'system-node-critical',
          terminationGracePeriodSeconds: 30,
          tolerations: [{ operator: 'Exists' }],
          containers: [
            {
              name,
              image: `${ecr(region)}/eks/${name}:${version}`,
              args: ['server', '--port', '80', '--probe-port', '2703'],
            },
          ],
        },
      },
    },
  };
}

/** The driver of EBS volumes: what provisions is in storage.ts, and works while the controller is there. */
function ebsCsi(region: string, version: string): Manifest[] {
  const image = `${ecr(region)}/eks/aws-ebs-csi-driver:${version}`;
  const name = 'aws-ebs-csi-driver';
  const labels = (app: string) => ({
    app,
    'app.kubernetes.io/component': 'csi-driver',
    'app.kubernetes.io/name': name,
  });
  return [
    account('ebs-csi-controller-sa'),
    account('ebs-csi-node-sa'),
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name: 'ebs.csi.aws.com', labels: { 'app.kubernetes.io/name': name } },
      spec: { attachRequired: true, podInfoOnMount: false, fsGroupPolicy: 'File' },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'ebs-csi-controller', namespace: SYSTEM, labels: labels('ebs-csi-controller') },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'ebs-csi-controller' } },
        template: {
          metadata: { labels: labels('ebs-csi-controller') },
          spec: {
            priorityClassName: 'system-cluster-critical',
            serviceAccountName: 'ebs-csi-controller-sa',
            tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }],
            containers: [
              {
                name: 'ebs-plugin',
                image,
                args: ['controller'],
                resources: { requests: { cpu: '10m', memory: '40Mi' } },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'ebs-csi-controller', namespace: SYSTEM },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'ebs-csi-controller' } } },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'ebs-csi-node', namespace: SYSTEM, labels: labels('ebs-csi-node') },
      spec: {
        selector: { matchLabels: { app: 'ebs-csi-node' } },
        template: {
          metadata: { labels: labels('ebs-csi-node') },
          spec: {
            hostNetwork: true,
            priorityClassName: 'system-node-critical',
            serviceAccountName: 'ebs-csi-node-sa',
            tolerations: [{ operator: 'Exists' }],
            containers: [
              { name: 'ebs-plugin', image, args: ['node'], resources: { requests: { cpu: '10m', memory: '40Mi' } } },
            ],
          },
        },
      },
    },
  ];
}

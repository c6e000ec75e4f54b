import { bootstrapKubeadm } from '../../cluster/bootstrap/bootstrap.ts';
import { Cluster } from '../../cluster/cluster.ts';
import { startControllerManager } from '../../cluster/controllers/controllers.ts';
import { writeKubeletBase } from '../../cluster/network/service-proxy/base-rules.ts';
import { ServiceProxy } from '../../cluster/network/service-proxy.ts';
import { ImageCatalog } from '../../cluster/node/images/catalog.ts';
import { KubeletConnector } from '../../cluster/node/kubelet/connector.ts';
import { startScheduler } from '../../cluster/scheduler/scheduler.ts';
import { cniPrograms } from '../../programs/cni/index.ts';
import { crictlProgram } from '../../programs/containers/crictl.ts';
import { ingressPrograms } from '../../programs/ingress/index.ts';
import { metallbPrograms } from '../../programs/metallb/index.ts';
import { cidr } from '../../world/network/address.ts';
import type { World } from '../../world/world.ts';
import { localPathProgram } from '../addons/local-path.ts';
import { applyAll, type Manifest } from '../addons/manifests.ts';
import { metricsServerProgram } from '../addons/metrics-server.ts';
import type { BuiltWorld } from '../build.ts';
import { corednsProgram } from '../components/coredns.ts';
import { kubeProxyProgram, type NodeProxy } from '../components/kube-proxy.ts';
import { apiServerProgram, componentProgram, etcdProgram } from '../control-plane.ts';
import { imageDefinitions } from '../images/images.ts';
import { addNode, type ClusterNode, type NodeHardware } from '../kubeadm/node.ts';
import { addWorkstation, adminKubeconfig, installKubeconfig } from '../workstation.ts';

const WORKSTATION = '192.168.64.1';
const API_SERVER = '192.168.64.10:6443';
const NODES = [
  { name: 'controlplane', address: '192.168.64.10', podCidr: '10.244.0.0/24', controlPlane: true },
  { name: 'node01', address: '192.168.64.11', podCidr: '10.244.1.0/24', controlPlane: false },
  { name: 'node02', address: '192.168.64.12', podCidr: '10.244.2.0/24', controlPlane: false },
];
/** Until the control plane, CoreDNS and kube-proxy are up and the cluster is at rest, ms. */
const SETTLE_TIME = 40_000;
/** Until the control plane is up, ms. */
const CONTROL_PLANE_TIME = 12_000;
const HARDWARE: NodeHardware = {
  cpu: '2',
  memory: '24731272Ki',
  allocatableMemory: '24730248Ki',
  osImage: 'Ubuntu 24.04.2 LTS',
  kernelVersion: '6.8.0-71-generic',
  containerRuntimeVersion: 'containerd://2.1.4',
};

/** A fresh kubeadm cluster: three nodes with kubelets, the control plane as static Pods, CoreDNS and kube-proxy. */
export function buildKubeadm(world: World, addons: readonly Manifest[] = []): BuiltWorld {
  return build(world, true, addons);
}

/** As after `kubeadm init` and `join`: no CNI yet, so that nodes are NotReady and CoreDNS waits. */
export function buildWithoutCni(world: World): BuiltWorld {
  return build(world, false);
}

/** Nodes with CRI-O, whose containers may do less. */
export function buildCrio(world: World): BuiltWorld {
  return build(world, true, [], { ...HARDWARE, containerRuntimeVersion: 'cri-o://1.36.0' });
}

function build(
  world: World,
  withCni: boolean,
  addons: readonly Manifest[] = [],
  hardware: NodeHardware = HARDWARE,
): BuiltWorld {
  const cluster = new Cluster(world, { name: 'kubernetes', address: API_SERVER, serviceCidr: '10.96.0.0/12' });
  bootstrapKubeadm(cluster.server);
  const nodes = new Map<string, ClusterNode>();
  const proxies = new Map<string, NodeProxy>();
  world.programs.add(
    etcdProgram(cluster),
    apiServerProgram(cluster),
    componentProgram('kube-controller-manager', () => startControllerManager(cluster), 10257),
    componentProgram('kube-scheduler', () => startScheduler(cluster), 10259),
    kubeProxyProgram(proxies),
    ...ingressPrograms(cluster),
    ...cniPrograms(cluster),
    ...metallbPrograms(cluster),
    corednsProgram(cluster.client('system:serviceaccount:kube-system:coredns', ['system:masters'], 'coredns')),
    crictlProgram((machine) => {
      const node = nodes.get(machine.hostname);
      return node?.machine === machine ? { kubelet: node.kubelet, ...node.runtime } : undefined;
    }),
    localPathProgram(cluster),
    metricsServerProgram(cluster, () =>
      [...nodes.values()].map(({ options, machine, kubelet }) => ({ ...options, machine, kubelet })),
    ),
  );
  const catalog = new ImageCatalog(imageDefinitions(world.programs.names()), world.now);
  const { machine: workstation, learner } = addWorkstation(world, WORKSTATION);
  const hosts = NODES.map(({ name, address }) => `${address} ${name}\n`).join('');
  workstation.files.appendFile('/etc/hosts', hosts);
  // The workers join when the control plane is up, so that CoreDNS runs on it.
  for (const options of NODES) {
    const node = addNode(world, cluster, { ...options, withCni }, hardware, catalog);
    nodes.set(options.name, node);
    proxies.set(options.name, nodeProxy(world, cluster, node));
    if (withCni) joinCluster(node);
    if (options.controlPlane) world.loop.runUntil(world.now + CONTROL_PLANE_TIME);
  }
  cluster.server.connector = new KubeletConnector((name) => {
    const node = nodes.get(name);
    return node && { kubelet: node.kubelet, address: node.options.address, up: node.kubelet.running };
  });
  const kubeconfig = {
    cluster: 'kubernetes',
    server: `https://${API_SERVER}`,
    user: 'kubernetes-admin',
    authority: cluster.authority,
    organization: 'kubeadm:cluster-admins',
  };
  const admin = adminKubeconfig(kubeconfig);
  installKubeconfig(workstation, learner, admin);
  nodes.get('controlplane')?.machine.files.writeFile('/etc/kubernetes/admin.conf', admin, undefined, 0o600);
  applyAll(cluster, addons);
  world.loop.runUntil(world.now + SETTLE_TIME);
  return { world, workstation, learner, clusters: [cluster] };
}

/** The packet filter of a node: the kubelet's chains, and what kube-proxy will work with. */
function nodeProxy(world: World, cluster: Cluster, { machine, options }: ClusterNode): NodeProxy {
  const client = cluster.client('system:serviceaccount:kube-system:kube-proxy', ['system:masters'], 'kube-proxy');
  const random = world.random.fork(`kube-proxy/${options.name}`);
  const proxy = new ServiceProxy(client, options.name, random, machine.network);
  if (machine.network.tables) writeKubeletBase(machine.network.tables);
  return { client, proxy };
}

/** The routes of a node to the Pods of the others. */
function joinCluster({ machine, options }: ClusterNode): void {
  const { network } = machine;
  const link = network.link('eth0');
  for (const other of NODES) {
    const range = cidr(other.podCidr);
    if (range && link && other.name !== options.name) network.routes.add({ ...range, via: other.address, link });
  }
}

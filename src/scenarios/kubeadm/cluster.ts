import { bootstrapKubeadm, keepApiServerEndpoints } from '../../cluster/bootstrap/bootstrap.ts';
import { Cluster, type ClusterOptions } from '../../cluster/cluster.ts';
import { startControllerManager } from '../../cluster/controllers/controllers.ts';
import { writeKubeletBase } from '../../cluster/network/service-proxy/base-rules.ts';
import { ServiceProxy } from '../../cluster/network/service-proxy.ts';
import { ImageCatalog } from '../../cluster/node/images/catalog.ts';
import { KubeletConnector } from '../../cluster/node/kubelet/connector.ts';
import { startScheduler } from '../../cluster/scheduler/scheduler.ts';
import { cniPrograms } from '../../programs/cni/index.ts';
import { crictlProgram } from '../../programs/containers/crictl.ts';
import { ingressPrograms } from '../../programs/ingress/index.ts';
import { kubeadmProgram } from '../../programs/kubeadm/kubeadm.ts';
import { metallbPrograms } from '../../programs/metallb/index.ts';
import { cidr } from '../../world/network/address.ts';
import { type Program, ProgramTable } from '../../world/program.ts';
import type { World } from '../../world/world.ts';
import { localPathProgram } from '../addons/local-path.ts';
import { metricsServerProgram } from '../addons/metrics-server.ts';
import { corednsProgram } from '../components/coredns.ts';
import { ClusterEtcd, etcdProgram } from '../components/etcd.ts';
import { kubeProxyProgram, type NodeProxy } from '../components/kube-proxy.ts';
import { checkedApiServer, leadingProgram } from '../components/static-component.ts';
import { imageDefinitions } from '../images/images.ts';
import { adminKubeconfig } from '../workstation.ts';
import { leaveTraces } from './join.ts';
import { kubeletProgram } from './kubelet-unit.ts';
import { addNode, type ClusterNode, type NodeHardware, type NodeOptions } from './node.ts';
import { authorityOf } from './pki.ts';
import { socketProblem } from './runtime.ts';

/** Until the control plane is up, ms. */
const CONTROL_PLANE_TIME = 12_000;

export interface PlannedNode {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
  readonly controlPlane: boolean;
  readonly labels?: NodeOptions['labels'];
}

/** A cluster that kubeadm, or something that uses kubeadm, has made. */
export interface ClusterPlan extends ClusterOptions {
  /** The first is the control plane; the others join when it is up. */
  readonly nodes: readonly PlannedNode[];
  readonly hardware: NodeHardware;
  readonly withCni: boolean;
  /** The way out of the nodes' network. */
  readonly gateway: string;
  /** Whether Pods may run on the control plane: it has no taint then. */
  readonly schedulable?: boolean;
  /** What differs from the recorded files and objects of kubeadm: text for text. */
  readonly changes?: readonly (readonly [string, string])[];
  /** Programs of images that only this cluster's Pods run. */
  readonly programs?: (cluster: Cluster) => readonly Program[];
}

/** A cluster whose nodes are not there yet. */
export interface PlannedCluster {
  readonly plan: ClusterPlan;
  readonly cluster: Cluster;
  readonly etcd: ClusterEtcd;
  readonly nodes: Map<string, ClusterNode>;
  readonly proxies: Map<string, NodeProxy>;
  /** Those of the world and those that belong to this cluster. */
  readonly programs: ProgramTable;
  readonly catalog: ImageCatalog;
}

/** The state of the API server, and the programs of the cluster's machines. */
export function planCluster(world: World, plan: ClusterPlan): PlannedCluster {
  const cluster = new Cluster(world, plan);
  bootstrapKubeadm(cluster.server, (json) => adapt(plan, json));
  keepApiServerEndpoints(cluster.server, () => cluster.apiServerRunning && cluster.etcdUp);
  const etcd = new ClusterEtcd(cluster);
  const nodes = new Map<string, ClusterNode>();
  const proxies = new Map<string, NodeProxy>();
  const programs = new ProgramTable(world.programs);
  programs.add(
    etcdProgram(etcd),
    checkedApiServer(cluster),
    kubeletProgram,
    leadingProgram(cluster, 'kube-controller-manager', 10257, () => startControllerManager(cluster)),
    leadingProgram(cluster, 'kube-scheduler', 10259, (answered) =>
      startScheduler(cluster, plan.nodes[0]?.name, answered ? 'events.k8s.io' : 'core'),
    ),
    kubeProxyProgram(proxies),
    ...ingressPrograms(cluster),
    ...cniPrograms(cluster),
    ...metallbPrograms(cluster),
    corednsProgram(cluster.client('system:serviceaccount:kube-system:coredns', ['system:masters'], 'coredns')),
    crictlProgram((machine) => {
      const node = nodes.get(machine.hostname);
      if (node?.machine !== machine) return undefined;
      const { kubelet, runtime } = node;
      return { kubelet, ...runtime, socketProblem: () => socketProblem(machine, runtime.unit) };
    }),
    kubeadmProgram(cluster, (file) => authorityOf(cluster, file)),
    localPathProgram(cluster),
    metricsServerProgram(cluster, () =>
      [...nodes.values()].map(({ options: { name, address }, machine, kubelet }) => ({
        name,
        address,
        machine,
        kubelet,
      })),
    ),
    ...(plan.programs?.(cluster) ?? []),
  );
  const catalog = new ImageCatalog(imageDefinitions(programs.names()), world.now);
  return { plan, cluster, etcd, nodes, proxies, programs, catalog };
}

/** Recorded text of kubeadm's as this cluster has it. */
function adapt({ changes = [] }: ClusterPlan, text: string): string {
  let adapted = text;
  for (const [from, to] of changes) adapted = adapted.replaceAll(from, to);
  return adapted;
}

/** Adds the nodes, the workers when the control plane is up. The value is the text of admin.conf. */
export function bootCluster(
  world: World,
  { plan, cluster, etcd, nodes, proxies, programs, catalog }: PlannedCluster,
): string {
  const hosts = hostsOf(plan);
  for (const planned of plan.nodes) {
    const options: NodeOptions = {
      labels: {},
      ...planned,
      withCni: plan.withCni,
      gateway: plan.gateway,
      hosts,
      taints:
        planned.controlPlane && !plan.schedulable
          ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]
          : [],
      adapt: (text) => adapt(plan, text),
    };
    const node = addNode(world, cluster, options, plan.hardware, catalog, programs);
    nodes.set(options.name, node);
    proxies.set(options.name, nodeProxy(world, cluster, node));
    if (plan.withCni) addRoutes(node, plan.nodes);
    if (options.controlPlane) etcd.placeIn(node.machine, '/var/lib/etcd');
    if (options.controlPlane) world.loop.runUntil(world.now + CONTROL_PLANE_TIME);
  }
  leaveTraces(cluster, plan.nodes);
  cluster.server.connector = new KubeletConnector((name) => {
    const node = nodes.get(name);
    return node && { kubelet: node.kubelet, address: node.options.address, up: node.kubelet.running };
  });
  const admin = adminKubeconfig({
    cluster: 'kubernetes',
    server: `https://${cluster.options.address}`,
    user: 'kubernetes-admin',
    authority: cluster.authority,
    organization: 'kubeadm:cluster-admins',
  });
  for (const { options, machine } of nodes.values())
    if (options.controlPlane) machine.files.writeFile('/etc/kubernetes/admin.conf', admin, undefined, 0o600);
  return admin;
}

/** Lines of /etc/hosts for the nodes of a cluster. */
export function hostsOf({ nodes }: ClusterPlan): string {
  return nodes.map(({ name, address }) => `${address} ${name}\n`).join('');
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
function addRoutes({ machine, options }: ClusterNode, nodes: readonly PlannedNode[]): void {
  const { network } = machine;
  const link = network.link('eth0');
  for (const other of nodes) {
    const range = cidr(other.podCidr);
    if (!range || !link || other.name === options.name) continue;
    network.routes.add({ network: range.network, prefix: range.prefix, via: other.address, link });
  }
}

import type { World } from '../../world/world.ts';
import { applyAll, type Manifest } from '../addons/manifests.ts';
import type { BuiltWorld } from '../build.ts';
import { addDockerHost } from '../docker-host.ts';
import { bootCluster, type ClusterPlan, hostsOf, planCluster } from '../kubeadm/cluster.ts';
import type { NodeHardware } from '../kubeadm/node.ts';
import { addWorkstation, installKubeconfig } from '../workstation.ts';

/** It is the router of the data centre too. */
const WORKSTATION = '192.168.64.1';
const NODES = [
  { name: 'controlplane', address: '192.168.64.10', podCidr: '10.244.0.0/24', controlPlane: true },
  { name: 'node01', address: '192.168.64.11', podCidr: '10.244.1.0/24', controlPlane: false },
  { name: 'node02', address: '192.168.64.12', podCidr: '10.244.2.0/24', controlPlane: false },
];
/** Until the control plane, CoreDNS and kube-proxy are up and the cluster is at rest, ms. */
const SETTLE_TIME = 40_000;
/** No node: the cluster does not know it. */
const DOCKER_HOST = { name: 'docker01', address: '192.168.64.20' };
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

/** Nodes with CRI-O, whose containers may do less, and beside them a plain Docker host. */
export function buildCrio(world: World): BuiltWorld {
  return build(world, true, [], { ...HARDWARE, containerRuntimeVersion: 'cri-o://1.36.0' }, DOCKER_HOST);
}

function build(
  world: World,
  withCni: boolean,
  addons: readonly Manifest[] = [],
  hardware: NodeHardware = HARDWARE,
  dockerHost?: typeof DOCKER_HOST,
): BuiltWorld {
  const plan: ClusterPlan = {
    name: 'kubernetes',
    address: '192.168.64.10:6443',
    serviceCidr: '10.96.0.0/12',
    gateway: WORKSTATION,
    nodes: NODES,
    hardware,
    withCni,
  };
  const planned = planCluster(world, plan);
  const { machine: workstation, learner } = addWorkstation(world, WORKSTATION);
  workstation.files.appendFile('/etc/hosts', hostsOf(plan));
  installKubeconfig(workstation, learner, bootCluster(world, planned));
  applyAll(planned.cluster, addons);
  if (dockerHost) {
    const hosts = `${dockerHost.address} ${dockerHost.name}\n`;
    workstation.files.appendFile('/etc/hosts', hosts);
    addDockerHost(world, { ...dockerHost, ...planned, hosts, gateway: WORKSTATION });
  }
  world.loop.runUntil(world.now + SETTLE_TIME);
  return { world, workstation, learner, clusters: [planned.cluster] };
}

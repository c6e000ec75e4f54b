import { ENDPOINT_SLICES, ENDPOINTS, EVENTS, NODES } from '../../cluster/api/kinds.ts';
import { Cluster } from '../../cluster/cluster.ts';
import { startControllerManager } from '../../cluster/controllers/controllers.ts';
import { startKwok } from '../../cluster/node/kwok.ts';
import { startScheduler } from '../../cluster/scheduler/scheduler.ts';
import type { World } from '../../world/world.ts';
import type { BuiltWorld } from '../build.ts';
import { ClusterEtcd, etcdProgram } from '../components/etcd.ts';
import { apiServerProgram, componentProgram } from '../control-plane.ts';
import { addWorkstation, adminKubeconfig, installKubeconfig } from '../workstation.ts';

const WORKSTATION = '192.168.64.1';
const NODE_LIST = [
  { name: 'controlplane', address: '192.168.64.10', podCidr: '10.244.0.0/24', controlPlane: true },
  { name: 'node01', address: '192.168.64.11', podCidr: '10.244.1.0/24', controlPlane: false },
  { name: 'node02', address: '192.168.64.12', podCidr: '10.244.2.0/24', controlPlane: false },
];
const RESOURCES = { cpu: '4', 'ephemeral-storage': '50Gi', memory: '8Gi', pods: '110' };
/** Until everything that a new cluster does by itself has happened, ms. */
const SETTLE_TIME = 30_000;

/** A control plane and three nodes without kubelets: Pods become Running and Ready a second after they are bound. */
export function buildBare(world: World): BuiltWorld {
  const cluster = new Cluster(world, {
    name: 'kubernetes',
    address: '192.168.64.10:6443',
    serviceCidr: '10.96.0.0/12',
  });
  world.programs.add(
    etcdProgram(new ClusterEtcd(cluster)),
    apiServerProgram(cluster),
    componentProgram('kube-controller-manager', () => startControllerManager(cluster)),
    componentProgram('kube-scheduler', () => startScheduler(cluster)),
    componentProgram('kwok', () => startKwok(cluster)),
  );
  const controlplane = world.addMachine({ hostname: 'controlplane' });
  world.network.attach('192.168.64.10', controlplane.network);
  for (const name of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok']) {
    const program = world.programs.get(name);
    if (program) controlplane.spawn({ argv: [name], main: program.main });
  }
  world.loop.runUntil(world.now + 100);
  registerNodes(cluster);
  withoutApiServerEndpoints(cluster);
  const { machine: workstation, learner } = addWorkstation(world, WORKSTATION);
  const kubeconfig = {
    cluster: 'kubernetes',
    server: 'https://192.168.64.10:6443',
    user: 'kubernetes-admin',
    authority: cluster.authority,
    organization: 'system:masters',
  };
  installKubeconfig(workstation, learner, adminKubeconfig(kubeconfig));
  world.loop.runUntil(world.now + SETTLE_TIME);
  withoutEvents(cluster);
  return { world, workstation, learner, clusters: [cluster] };
}

function registerNodes(cluster: Cluster): void {
  const client = cluster.client('kubernetes-admin', ['system:masters'], 'kubectl-create');
  for (const { name, address, podCidr, controlPlane } of NODE_LIST) {
    client.create(NODES, '', {
      metadata: {
        name,
        labels: {
          'beta.kubernetes.io/arch': 'amd64',
          'beta.kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          ...(controlPlane
            ? {
                'node-role.kubernetes.io/control-plane': '',
                'node.kubernetes.io/exclude-from-external-load-balancers': '',
              }
            : {}),
        },
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
      },
      spec: {
        podCIDR: podCidr,
        podCIDRs: [podCidr],
        taints: controlPlane ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] : undefined,
      },
      status: {
        allocatable: { ...RESOURCES },
        capacity: { ...RESOURCES },
        addresses: [
          { type: 'InternalIP', address },
          { type: 'Hostname', address: name },
        ],
        nodeInfo: {
          architecture: 'amd64',
          bootID: '',
          containerRuntimeVersion: 'containerd://2.1.4',
          kernelVersion: '6.8.0-71-generic',
          kubeProxyVersion: '',
          kubeletVersion: 'v1.36.4',
          machineID: '',
          operatingSystem: 'linux',
          osImage: 'Ubuntu 24.04.2 LTS',
          systemUUID: '',
        },
      },
    });
  }
}

/** The recordings' API server keeps no endpoints of itself (--endpoint-reconciler-type=none). */
function withoutApiServerEndpoints(cluster: Cluster): void {
  const client = cluster.client('kubernetes-admin', ['system:masters'], 'kubectl');
  client.delete(ENDPOINTS, 'default', 'kubernetes');
  client.delete(ENDPOINT_SLICES, 'default', 'kubernetes');
}

/** Recordings begin without events. */
function withoutEvents(cluster: Cluster): void {
  const client = cluster.client('kubernetes-admin', ['system:masters'], 'kubectl');
  for (const { metadata } of client.list(EVENTS)) client.delete(EVENTS, metadata.namespace ?? '', metadata.name);
}

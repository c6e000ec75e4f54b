import { PODS } from '../../cluster/api/kinds.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { ContainerNetwork } from '../../cluster/network/cni.ts';
import type { ImageCatalog } from '../../cluster/node/images/catalog.ts';
import { Kubelet } from '../../cluster/node/kubelet/kubelet.ts';
import type { NodeFacts } from '../../cluster/node/kubelet/node-object.ts';
import { sshdUnit } from '../../programs/ssh/sshd.ts';
import type { Machine } from '../../world/machine.ts';
import type { ProgramTable } from '../../world/program.ts';
import type { World } from '../../world/world.ts';
import { klogLine } from '../components/klog.ts';
import { untilStopped } from '../control-plane.ts';
import { linuxLayer } from '../linux-layer.ts';
import { showContainerLogs } from './container-files.ts';
import { NODE_FILES } from './files.generated.ts';
import { showKubeletFiles } from './kubelet-files.ts';
import { type KubeletPages, serveKubelet } from './kubelet-server.ts';
import { kubeletSettings } from './kubelet-start.ts';
import { strayKubelet } from './kubelet-stray.ts';
import { KUBELET_DROP_IN, KUBELET_UNIT, kubeletCommand, writeKubeletUnit } from './kubelet-unit.ts';
import { writePki } from './pki.ts';
import { addRuntime, endpointError, type RuntimeChoice, runtimeError, runtimeOf } from './runtime.ts';

export interface NodeOptions {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
  readonly controlPlane: boolean;
  /** Whether /etc/cni/net.d has the configuration of the plugin bridge. */
  readonly withCni: boolean;
  /** Its way out: the router of the data centre. */
  readonly gateway: string;
  /** /etc/hosts beside localhost. */
  readonly hosts: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: NodeFacts['taints'];
  /** Makes a recorded file of kubeadm's that of this node. */
  readonly adapt: (text: string) => string;
}

/** What the nodes of a kubeadm cluster are, as the recordings saw them. */
export interface NodeHardware {
  readonly cpu: string;
  readonly memory: string;
  readonly allocatableMemory: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly containerRuntimeVersion: string;
  /** ephemeral-storage; the recorded nodes report none. */
  readonly storage?: string;
  readonly allocatableStorage?: string;
}

/** A node of a kubeadm cluster: the machine and its kubelet. */
export interface ClusterNode {
  readonly options: NodeOptions;
  readonly machine: Machine;
  readonly kubelet: Kubelet;
  readonly runtime: RuntimeChoice;
}

const CONTROL_PLANE_IMAGES = [
  'kube-apiserver:v1.36.4',
  'kube-controller-manager:v1.36.4',
  'kube-scheduler:v1.36.4',
  'etcd:3.6.8-0',
];
const NODE_IMAGES = ['kube-proxy:v1.36.4', 'pause:3.10.2', 'coredns/coredns:v1.14.2'];

export function addNode(
  world: World,
  cluster: Cluster,
  options: NodeOptions,
  hardware: NodeHardware,
  catalog: ImageCatalog,
  programs: ProgramTable,
): ClusterNode {
  const machine = world.addMachine({
    hostname: options.name,
    protectsInit: true,
    image: linuxLayer(programs.names(), world.now),
    programs,
    facts: {
      os: hardware.osImage,
      kernel: hardware.kernelVersion,
      arch: 'x86_64',
      runtime: hardware.containerRuntimeVersion.split('://')[0] ?? '',
    },
  });
  world.network.attach(options.address, machine.network);
  machine.network.forwarding = true;
  machine.files.settings = true;
  const link = machine.network.link('eth0');
  if (link) machine.network.routes.add({ network: 0, prefix: 0, via: options.gateway, link });
  machine.files.writeFile('/etc/hostname', `${options.name}\n`);
  machine.files.writeFile('/etc/hosts', `127.0.0.1 localhost\n${options.hosts}`);
  machine.files.writeFile('/etc/resolv.conf', `nameserver ${options.gateway}\n`);
  writeNodeFiles(machine, options, visibleSocket(runtimeOf(hardware.containerRuntimeVersion)));
  writePki(cluster, machine, options);
  showContainerLogs(machine, () => kubelet);
  const containers = new ContainerNetwork(machine, options.podCidr);
  const images = [...NODE_IMAGES, ...(options.controlPlane ? CONTROL_PLANE_IMAGES : [])];
  const runtime = runtimeOf(hardware.containerRuntimeVersion);
  showKubeletFiles(machine, visibleSocket(runtime), () => kubelet);
  const manifests = { folder: '/etc/kubernetes/manifests' };
  const kubelet = new Kubelet({
    manifests,
    log: (text) =>
      machine.units.find('kubelet')?.log('kubelet', machine.units.find('kubelet')?.process?.pid ?? 0, text),
    runtimeCapabilities: () => runtime.capabilities,
    cluster,
    node: machine,
    nodeIP: options.address,
    facts: nodeFacts(options, hardware),
    catalog,
    pulled: new Set(images.map((image) => `registry.k8s.io/${image}`)),
    clusterDns: '10.96.0.10',
    clusterDomain: 'cluster.local',
    setUpNetwork: (sandbox, hostNetwork, ports) => {
      if (hostNetwork) return { ip: options.address };
      return containers.add(sandbox, ports);
    },
    tearDownNetwork: (sandbox) => containers.remove(sandbox),
    networkProblem: () => containers.problem,
    runtimeError: () => runtimeError(machine, runtime),
  });
  const client = cluster.client(`system:node:${options.name}`, ['system:nodes'], 'kubelet');
  addUnits(
    machine,
    kubelet,
    runtime,
    {
      pods: () => [...client.onNode(PODS, options.name)],
      authority: cluster.authority,
      socket: visibleSocket(runtime),
      server: `https://${cluster.options.address}`,
    },
    manifests,
  );
  return { options, machine, kubelet, runtime };
}

/** As kubeadm writes it. */
const visibleSocket = ({ socket }: RuntimeChoice) => socket.replace(/^\/run\//, '/var/run/');

const storageOf = (ephemeralStorage: string | undefined) =>
  ephemeralStorage === undefined ? {} : { ephemeralStorage };

function nodeFacts(options: NodeOptions, hardware: NodeHardware): NodeFacts {
  return {
    capacity: { cpu: hardware.cpu, memory: hardware.memory, pods: '110', ...storageOf(hardware.storage) },
    allocatable: {
      cpu: hardware.cpu,
      memory: hardware.allocatableMemory,
      ...storageOf(hardware.allocatableStorage ?? hardware.storage),
    },
    osImage: hardware.osImage,
    kernelVersion: hardware.kernelVersion,
    containerRuntimeVersion: hardware.containerRuntimeVersion,
    kubeletVersion: 'v1.36.4',
    labels: {
      ...(options.controlPlane
        ? { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' }
        : {}),
      ...options.labels,
    },
    taints: options.taints,
  };
}

function writeNodeFiles(
  machine: Machine,
  { controlPlane, podCidr, withCni, adapt: ofCluster }: NodeOptions,
  socket: string,
): void {
  const { files } = machine;
  const adapt = (text: string) =>
    ofCluster(text).replace(
      /^(containerRuntimeEndpoint: unix:\/\/)(\/var)?\/run\/containerd\/containerd\.sock$/m,
      (_, key: string) => key + socket,
    );
  const write = (path: string, text: string) => {
    files.makeDirectories(path.slice(0, path.lastIndexOf('/')));
    files.writeFile(path, text, undefined, path.startsWith('/etc/kubernetes') ? 0o600 : 0o644);
  };
  write('/var/lib/kubelet/kubeadm-flags.env', 'KUBELET_KUBEADM_ARGS=""\n');
  for (const [path, text] of Object.entries(NODE_FILES['node01'] ?? {})) {
    if (!path.startsWith('/etc/cni/')) write(path, adapt(text));
    else if (withCni) write(path, text.replace('10.244.1.0/24', podCidr));
  }
  if (controlPlane)
    for (const [path, text] of Object.entries(NODE_FILES['controlplane'] ?? {})) write(path, adapt(text));
  if (controlPlane) files.makeDirectories('/etc/kubernetes/manifests', undefined, 0o700);
}

function addUnits(
  machine: Machine,
  kubelet: Kubelet,
  runtime: RuntimeChoice,
  pages: KubeletPages & { readonly server: string },
  manifests: { folder: string },
): void {
  addRuntime(machine, runtime);
  writeKubeletUnit(machine);
  machine.units.add({
    name: 'kubelet.service',
    description: 'kubelet: The Kubernetes Node Agent',
    argv: [
      '/usr/bin/kubelet',
      '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf',
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
      '--config=/var/lib/kubelet/config.yaml',
    ],
    command: () => kubeletCommand(machine),
    path: KUBELET_UNIT,
    dropIns: [KUBELET_DROP_IN],
    documentation: 'https://kubernetes.io/docs/',
    restartDelay: 10_000,
    *main(process) {
      const log = (severity: 'I' | 'E', place: string, text: string) =>
        process.printError(klogLine(severity, process.now, process.pid, place, text));
      const failed = (text: string) => log('E', 'run.go:72', `"command failed" err=${JSON.stringify(text)}`);
      const settings = kubeletSettings(process.argv, machine.files);
      if (typeof settings === 'string') {
        yield* failed(settings);
        return 1;
      }
      yield* log('I', 'server.go:545', '"Kubelet version" kubeletVersion="v1.36.4"');
      const endpoint = settings.runtimeEndpoint || `unix://${runtime.socket}`;
      const error = endpointError(machine, runtime, endpoint);
      if (error !== undefined) {
        yield* failed(
          `failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint "${endpoint}": ${error}`,
        );
        return 1;
      }
      yield* log('I', 'server.go:1285', '"Started kubelet"');
      if (settings.server !== pages.server) return yield* strayKubelet(process, settings.server, machine.hostname);
      manifests.folder = settings.staticPodPath;
      kubelet.start();
      const close = serveKubelet(process, pages);
      try {
        return yield* untilStopped(process);
      } finally {
        close();
        kubelet.stop();
      }
    },
  });
  // The first process is init's, and a machine that has been up for a while does not count from 1.
  machine.spawn({ argv: ['/sbin/init'], main: (init) => untilStopped(init), session: { tty: undefined } });
  machine.skipPids(640);
  machine.units.add(sshdUnit).start();
  machine.units.find(runtime.unit)?.start();
  machine.units.find('kubelet')?.start();
}

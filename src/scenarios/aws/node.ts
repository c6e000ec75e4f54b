import { INSTANCE_TYPES } from '../../cloud/aws/prices.ts';
import type { Region } from '../../cloud/aws/region.ts';
import { NODE_IMAGES, nodeImageOf } from '../../cloud/aws/services/eks/versions.ts';
import type { Instance } from '../../cloud/aws/types/ec2.ts';
import type { EksCluster, NodeTaint } from '../../cloud/aws/types/eks.ts';
import { validateLabelValue } from '../../cluster/apimachinery/names.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { ImageCatalog } from '../../cluster/node/images/catalog.ts';
import { Kubelet } from '../../cluster/node/kubelet/kubelet.ts';
import type { NodeFacts } from '../../cluster/node/kubelet/node-object.ts';
import type { Inode } from '../../world/files/inode.ts';
import type { Machine } from '../../world/machine.ts';
import type { Link } from '../../world/network/link.ts';
import type { NetworkNamespace } from '../../world/network/namespace.ts';
import { joinRouted, leaveRouted } from '../../world/network/topology.ts';
import type { World } from '../../world/world.ts';
import { untilStopped } from '../control-plane.ts';
import { linuxLayer } from '../linux-layer.ts';
import type { VpcNetwork } from './vpc.ts';

const KERNEL = '6.12.42-58.142.amzn2023.x86_64';
const RUNTIME = 'containerd://2.1.4';
/** ms from the start of the instance to the kubelet's: cloud-init and nodeadm. */
const BOOT = 18_000;

/** A node of EKS: an instance that runs a kubelet. */
export interface EksNode {
  readonly instance: Instance;
  readonly machine: Machine;
  readonly kubelet: Kubelet;
  readonly link: Link;
  cniReady: boolean;
  readonly powerOff: () => void;
}

export interface NodeOptions {
  readonly world: World;
  readonly region: Region;
  readonly eks: EksCluster;
  readonly cluster: Cluster;
  readonly vpc: VpcNetwork;
  readonly catalog: ImageCatalog;
  readonly csiVolume: (instance: Instance, driver: string, handle: string) => Inode | string;
}

export function addNode(options: NodeOptions, instance: Instance): EksNode {
  const { world, region, cluster, vpc } = options;
  const address = instance.PrivateIpAddress ?? '';
  const machine = world.addMachine({
    hostname: instance.PrivateDnsName,
    protectsInit: true,
    // The workstation's docker is not on nodes.
    image: linuxLayer(
      world.programs.names().filter((name) => name !== 'docker'),
      world.now,
    ),
    facts: { os: imageOf(options, instance).os, kernel: KERNEL, arch: 'x86_64' },
  });
  const link = vpc.join(machine.network, address);
  machine.network.forwarding = true;
  machine.files.settings = true;
  machine.files.writeFile('/etc/hostname', `${instance.PrivateDnsName}\n`);
  machine.files.writeFile('/etc/hosts', '127.0.0.1 localhost\n');
  machine.files.writeFile('/etc/resolv.conf', `search ${region.name}.compute.internal\nnameserver ${vpc.resolver}\n`);
  machine.files.makeDirectories('/var/lib/kubelet');
  const pods = new PodInterfaces(options, machine, link, instance);
  const kubelet = new Kubelet({
    cluster,
    node: machine,
    nodeIP: address,
    facts: nodeFacts(options, instance),
    catalog: options.catalog,
    pulled: new Set(),
    clusterDns: cluster.options.serviceCidr.replace(/\.\d+\/\d+$/, '.10'),
    clusterDomain: 'cluster.local',
    setUpNetwork: (sandbox, hostNetwork) => (hostNetwork ? { ip: address } : pods.add(sandbox)),
    tearDownNetwork: (sandbox) => pods.remove(sandbox),
    csiVolume: (driver, handle) => options.csiVolume(instance, driver, handle),
    networkProblem: () => (node.cniReady ? undefined : 'Network plugin returns error: cni plugin not initialized'),
  });
  const node: EksNode = {
    instance,
    machine,
    kubelet,
    link,
    cniReady: false,
    powerOff() {
      kubelet.powerOff();
      machine.killAll();
      pods.removeAll();
      vpc.leave(machine.network, link);
      world.machines.delete(machine.hostname);
    },
  };
  machine.spawn({ argv: ['/sbin/init'], main: (init) => untilStopped(init), session: { tty: undefined } });
  machine.units.add({
    name: 'kubelet.service',
    description: 'Kubernetes Kubelet',
    argv: ['/usr/bin/kubelet', '--config=/etc/kubernetes/kubelet/config.json'],
    path: '/etc/systemd/system/kubelet.service',
    documentation: 'https://github.com/kubernetes/kubernetes',
    restartDelay: 5000,
    *main(process) {
      kubelet.start();
      try {
        return yield* untilStopped(process);
      } finally {
        kubelet.stop();
      }
    },
  });
  world.loop.after(BOOT, () => {
    if (world.machines.get(machine.hostname) === machine) machine.units.find('kubelet')?.start();
  });
  return node;
}

/** What the instance was made of. */
function imageOf({ eks }: NodeOptions, { ImageId }: Instance) {
  return NODE_IMAGES.find(({ ami }) => ami === ImageId) ?? nodeImageOf(eks.version);
}

/** Reserved as the AMI reserves: 255 MiB and 11 MiB a Pod, 100 MiB that eviction keeps. amazon-eks-ami: nodeadm kubelet config */
function nodeFacts(options: NodeOptions, instance: Instance): NodeFacts {
  const { region, eks } = options;
  const [cpus, mib, , pods] = INSTANCE_TYPES[instance.InstanceType] ?? [2, 4096, 0, 17];
  const memory = Math.floor(mib * 1024 * 0.955);
  const reserved = (255 + 11 * pods + 100) * 1024;
  const groupName = tag(instance, 'eks:nodegroup-name');
  const group = eks.nodegroups.get(groupName);
  const zone = instance.Placement.AvailabilityZone;
  const type = instance.InstanceType;
  const image = imageOf(options, instance);
  const zoneId = region.zones.find((one) => one.name === zone)?.id ?? '';
  const disk = region.volumes.get(instance.volumes[0] ?? '')?.Size ?? 20;
  return {
    capacity: {
      cpu: String(cpus),
      memory: `${memory}Ki`,
      pods: String(pods),
      ephemeralStorage: `${disk * 1024 * 1024 - 82_000}Ki`,
    },
    allocatable: { cpu: `${cpus * 1000 - 70}m`, memory: `${memory - reserved}Ki` },
    osImage: image.os,
    kernelVersion: KERNEL,
    containerRuntimeVersion: RUNTIME,
    kubeletVersion: image.kubelet,
    labels: {
      ...group?.labels,
      'beta.kubernetes.io/instance-type': type,
      'eks.amazonaws.com/capacityType': group?.capacityType ?? 'ON_DEMAND',
      // A name that may be no label's value would keep the node from the cluster.
      ...(validateLabelValue(groupName).length === 0 ? { 'eks.amazonaws.com/nodegroup': groupName } : {}),
      'eks.amazonaws.com/nodegroup-image': instance.ImageId,
      ...(group?.launchTemplate
        ? {
            'eks.amazonaws.com/sourceLaunchTemplateId': group.launchTemplate.id,
            'eks.amazonaws.com/sourceLaunchTemplateVersion': group.launchTemplate.version,
          }
        : {}),
      'failure-domain.beta.kubernetes.io/region': region.name,
      'failure-domain.beta.kubernetes.io/zone': zone,
      'node.kubernetes.io/instance-type': type,
      'topology.ebs.csi.aws.com/zone': zone,
      'topology.k8s.aws/zone-id': zoneId,
      'topology.kubernetes.io/region': region.name,
      'topology.kubernetes.io/zone': zone,
    },
    taints: (group?.taints ?? []).map(taintOf),
    cloud: {
      providerID: `aws:///${zone}/${instance.InstanceId}`,
      addresses: [
        ...(instance.PublicIpAddress === undefined ? [] : [{ type: 'ExternalIP', address: instance.PublicIpAddress }]),
        { type: 'InternalDNS', address: instance.PrivateDnsName },
        ...(instance.PublicDnsName === '' ? [] : [{ type: 'ExternalDNS', address: instance.PublicDnsName }]),
      ],
    },
  };
}

export function tag(instance: Instance, key: string): string {
  return instance.Tags?.find((one) => one.Key === key)?.Value ?? '';
}

/** What the VPC CNI does: a Pod has an address of its node's subnet, and the VPC brings its packets to the node. */
class PodInterfaces {
  private readonly known = new Map<NetworkNamespace, { ip: string; outer: Link }>();

  constructor(
    private readonly options: NodeOptions,
    private readonly machine: Machine,
    private readonly link: Link,
    private readonly instance: Instance,
  ) {}

  add(sandbox: NetworkNamespace): { ip: string } | { error: string } {
    const { region, vpc, world } = this.options;
    const subnet = region.subnets.get(this.instance.SubnetId ?? '');
    const most = (INSTANCE_TYPES[this.instance.InstanceType]?.[3] ?? 17) - 2;
    if (!subnet || this.known.size >= most)
      return {
        error: `plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container`,
      };
    const ip = region.takeAddress(subnet);
    const outer = joinRouted(this.machine.network, sandbox, {
      address: ip,
      name: `eni${world.random.fork(ip).hex(11)}`,
      random: world.random,
    });
    vpc.segment.owners.set(ip, this.link);
    world.network.register(ip, sandbox);
    this.known.set(sandbox, { ip, outer });
    return { ip };
  }

  remove(sandbox: NetworkNamespace): void {
    const { region, vpc, world } = this.options;
    const found = this.known.get(sandbox);
    if (!found) return;
    this.known.delete(sandbox);
    leaveRouted(this.machine.network, found.outer);
    if (vpc.segment.owners.get(found.ip) === this.link) vpc.segment.owners.delete(found.ip);
    if (world.network.namespaceOf(found.ip) === sandbox) world.network.detach(found.ip);
    region.releaseAddress(region.subnets.get(this.instance.SubnetId ?? ''), found.ip);
  }

  removeAll(): void {
    for (const sandbox of [...this.known.keys()]) this.remove(sandbox);
  }
}

type Taint = NodeFacts['taints'][number];

const EFFECTS: Readonly<Record<string, Taint['effect']>> = {
  NO_EXECUTE: 'NoExecute',
  PREFER_NO_SCHEDULE: 'PreferNoSchedule',
};

/** A taint of a node group as a node has it. */
export function taintOf({ key, value, effect }: NodeTaint): Taint {
  const taint = { key, effect: EFFECTS[effect] ?? 'NoSchedule' };
  return value === undefined ? taint : { ...taint, value };
}

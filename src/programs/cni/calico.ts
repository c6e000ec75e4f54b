import type { Cluster } from '../../cluster/cluster.ts';
import { PolicyEnforcer } from '../../cluster/network/policy/enforcer.ts';
import { Errno } from '../../world/errno.ts';
import { cidr, ipv4Text, networkOf } from '../../world/network/address.ts';
import { Link, Segment } from '../../world/network/link.ts';
import type { NetworkNamespace } from '../../world/network/namespace.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { untilSignal } from '../servers/support.ts';
import { type Agent, followNodes, makeAgent, masquerade, reportNetwork } from './agent.ts';

/** What kubeadm was told the Pods' network is: calico-node finds it out when nobody says it. */
const POD_NETWORK = '10.244.0.0/16';
/** A node gets blocks of 64 addresses. */
const BLOCK_BITS = 26;
const TUNNEL_TIME = 0.33;
const TUNNEL_ADDRESS = 'projectcalico.org/IPv4IPIPTunnelAddr';

/** install-cni: puts the configuration and the plugins on the node. calico: cni-plugin/pkg/install */
const install: Program = {
  name: 'images/calico-cni-install',
  *main(process) {
    const { files } = process.machine;
    const config = process.env.get('CNI_NETWORK_CONFIG');
    const name = process.env.get('CNI_CONF_NAME') ?? '10-calico.conflist';
    if (config === undefined) {
      yield* process.printError('No CNI network config template is specified\n');
      return 1;
    }
    try {
      for (const plugin of ['calico', 'calico-ipam'])
        files.writeFile(`/host/opt/cni/bin/${plugin}`, '', undefined, 0o755);
      const text = config
        .replaceAll('__KUBERNETES_NODE_NAME__', process.env.get('KUBERNETES_NODE_NAME') ?? process.machine.hostname)
        .replaceAll('__CNI_MTU__', process.env.get('CNI_MTU') ?? '0')
        .replaceAll('__KUBECONFIG_FILEPATH__', '/etc/cni/net.d/calico-kubeconfig');
      files.writeFile(
        '/host/etc/cni/net.d/calico-kubeconfig',
        '# Kubeconfig file for Calico CNI plugin.\n',
        undefined,
        0o600,
      );
      files.writeFile(`/host/etc/cni/net.d/${name}`, text);
      yield* process.printError(`Created /host/etc/cni/net.d/${name}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* process.printError(`Failed to write CNI config file: ${error.message}\n`);
      return 1;
    }
  },
};

/** calico-node: routes and tunnels to the other nodes, and the policies of its own Pods (felix, bird). */
function calicoNode(cluster: Cluster): Program {
  const tunnels = new Segment('tunl0', TUNNEL_TIME);
  const masked = new Set<NetworkNamespace>();
  const enforcers = new Map<NetworkNamespace, PolicyEnforcer>();
  return {
    name: 'images/calico-node',
    *main(process) {
      if (process.argv.includes('-init')) return 0;
      if (process.argv.some((word) => word.endsWith('-live') || word.endsWith('-ready')))
        return enforcers.get(process.machine.network)?.running ? 0 : 1;
      const agent = makeAgent(process, cluster, 'kube-system:calico-node');
      const { network, nodeName } = agent;
      const pool = process.env.get('CALICO_IPV4POOL_CIDR') ?? POD_NETWORK;
      const tunnel = tunnelLink(agent, tunnels, pool);
      if (!tunnel) {
        yield* process.printError(`Invalid CIDR specified in CALICO_IPV4POOL_CIDR '${pool}'\n`);
        return 1;
      }
      if (!masked.has(network)) masquerade(network, pool);
      masked.add(network);
      network.forwarding = true;
      process.machine.files.makeDirectories('/var/lib/calico');
      process.machine.files.writeFile('/var/lib/calico/nodename', nodeName);
      const enforcer = enforcers.get(network) ?? new PolicyEnforcer(agent.client, nodeName, network.filter);
      enforcers.set(network, enforcer);
      enforcer.start();
      const annotations = {
        'projectcalico.org/IPv4Address': `${network.primaryAddress}/24`,
        [TUNNEL_ADDRESS]: tunnel.addresses[0]?.address ?? '',
      };
      reportNetwork(agent, annotations, 'CalicoIsUp', 'Calico is running on this node');
      const stop = followNodes(agent, (node, gone) => {
        const there = cidr(`${node.metadata.annotations?.[TUNNEL_ADDRESS] ?? ''}/${BLOCK_BITS}`);
        const via = node.metadata.annotations?.['projectcalico.org/IPv4Address']?.replace(/\/.*/, '');
        if (!there || via === undefined) return;
        network.routes.remove((route) => route.link === tunnel && route.network === there.network);
        if (!gone) network.routes.add({ ...there, via, link: tunnel, protocol: 'bird', onlink: true });
      });
      try {
        yield* untilSignal(process);
        return 0;
      } finally {
        // What is written stays: packets are passed and refused as before.
        enforcer.stop();
        stop();
      }
    },
  };
}

function tunnelLink({ network, process, nodeName }: Agent, tunnels: Segment, pool: string): Link | undefined {
  const known = network.link('tunl0');
  if (known) return known;
  const range = cidr(pool);
  if (!range || range.prefix > BLOCK_BITS) return undefined;
  const { random } = process.machine.world;
  const blocks = 2 ** (BLOCK_BITS - range.prefix);
  const block =
    range.network + freeBlock(tunnels, range.network, random.fork(`calico/${nodeName}`).integer(blocks), blocks);
  const link = network.addLink(new Link({ name: 'tunl0', kind: 'ipip', mtu: 1480, random }));
  link.segment = tunnels;
  link.addAddress(ipv4Text(block), 32);
  // Peers are found by the address of their node.
  if (network.primaryAddress !== undefined) tunnels.owners.set(network.primaryAddress, link);
  network.routes.add({
    network: networkOf(block, BLOCK_BITS),
    prefix: BLOCK_BITS,
    link,
    type: 'blackhole',
    protocol: 'bird',
  });
  return link;
}

/** Offset of a block that no other node has, from `wanted` on. */
function freeBlock(tunnels: Segment, base: number, wanted: number, blocks: number): number {
  for (let index = 0; index < blocks; index++) {
    const offset = ((wanted + index) % blocks) * 2 ** (32 - BLOCK_BITS);
    if (!tunnels.owners.has(ipv4Text(base + offset))) return offset;
  }
  return 0;
}

/** calico-kube-controllers: nothing of what it cleans up is modelled, so it only runs. */
const controllers: Program = {
  name: 'images/calico-kube-controllers',
  *main(process: Process) {
    yield* untilSignal(process);
    return 0;
  },
};

/** `check-status -r`, `-l`: the probes of calico-kube-controllers. */
const checkStatus: Program = {
  name: 'images/calico-check-status',
  *main() {
    return 0;
  },
};

const upgradeIpam: Program = {
  name: 'images/calico-ipam',
  *main(process) {
    yield* process.printError('migration from host-local is not needed\n');
    return 0;
  },
};

export function calicoPrograms(cluster: Cluster): Program[] {
  return [install, calicoNode(cluster), controllers, checkStatus, upgradeIpam];
}

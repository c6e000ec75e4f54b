import { NODES } from '../../cluster/api/kinds.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { cidr, ipv4Text } from '../../world/network/address.ts';
import { Link, Segment } from '../../world/network/link.ts';
import type { NetworkNamespace } from '../../world/network/namespace.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';
import { untilSignal } from '../servers/support.ts';
import { type Agent, followNodes, makeAgent, masquerade, reportNetwork } from './agent.ts';

const NET_CONF = '/etc/kube-flannel/net-conf.json';
const SUBNET_FILE = '/run/flannel/subnet.env';
/** An Ethernet frame of the wire less what VXLAN adds. */
const MTU = 1450;
/** From node to node, in a tunnel, ms. */
const TUNNEL_TIME = 0.35;

/** flanneld: gives its node a subnet file and tunnels to the others. flannel: main.go, pkg/backend/vxlan */
export function flanneldProgram(cluster: Cluster): Program {
  const tunnel = new Segment('flannel.1', TUNNEL_TIME);
  const masked = new Set<NetworkNamespace>();
  return {
    name: 'images/flanneld',
    *main(process) {
      const agent = makeAgent(process, cluster, 'kube-flannel:flannel');
      const { network, nodeName } = agent;
      yield* log(process, 'I', 'main.go:211', 'CLI flags config: {ipMasq:true kubeSubnetMgr:true}');
      const pool = poolOf(process);
      if (pool === undefined) {
        yield* log(
          process,
          'E',
          'main.go:245',
          `Failed to create SubnetManager: failed to read net conf: open ${NET_CONF}: no such file or directory`,
        );
        return 1;
      }
      const subnet = cidr(agent.client.get(NODES, '', nodeName)?.spec?.podCIDR ?? '');
      if (!subnet) {
        yield* log(
          process,
          'E',
          'main.go:359',
          `Error registering network: failed to acquire lease: node ${JSON.stringify(nodeName)} pod cidr not assigned`,
        );
        return 1;
      }
      const link = tunnelLink(agent, tunnel, ipv4Text(subnet.network));
      if (!masked.has(network)) masquerade(network, pool);
      masked.add(network);
      network.forwarding = true;
      writeSubnetFile(process, pool, `${ipv4Text(subnet.network + 1)}/${subnet.prefix}`);
      reportNetwork(agent, annotationsOf(agent, link), 'FlannelIsUp', 'Flannel is running on this node');
      const stop = followNodes(agent, (node, gone) => {
        const range = cidr(node.spec?.podCIDR ?? '');
        if (!range) return;
        network.routes.remove((route) => route.link === link && route.network === range.network);
        if (gone || node.metadata.annotations?.[`${DOMAIN}/kube-subnet-manager`] !== 'true') return;
        network.routes.add({ ...range, via: ipv4Text(range.network), link, onlink: true });
      });
      yield* log(process, 'I', 'main.go:464', 'Running backend.');
      try {
        yield* untilSignal(process);
        return 0;
      } finally {
        // What is written stays: the tunnels go on without the agent.
        stop();
      }
    },
  };
}

const DOMAIN = 'flannel.alpha.coreos.com';

function annotationsOf({ network }: Agent, link: Link): Record<string, string> {
  return {
    [`${DOMAIN}/backend-data`]: `{"VNI":1,"VtepMAC":"${link.mac}"}`,
    [`${DOMAIN}/backend-type`]: 'vxlan',
    [`${DOMAIN}/kube-subnet-manager`]: 'true',
    [`${DOMAIN}/public-ip`]: network.primaryAddress ?? '',
  };
}

function tunnelLink({ network, process }: Agent, segment: Segment, address: string): Link {
  const known = network.link('flannel.1');
  if (known) return known;
  const { random } = process.machine.world;
  const link = network.addLink(new Link({ name: 'flannel.1', kind: 'vxlan', mtu: MTU, queueLength: 0, random }));
  link.segment = segment;
  link.addAddress(address, 32);
  return link;
}

function poolOf({ machine }: Process): string | undefined {
  if (!machine.files.tryStat(NET_CONF)) return undefined;
  return /"Network":\s*"([^"]+)"/.exec(machine.files.readText(NET_CONF))?.[1];
}

function writeSubnetFile({ machine }: Process, pool: string, subnet: string): void {
  machine.files.makeDirectories('/run/flannel');
  machine.files.writeFile(
    SUBNET_FILE,
    `FLANNEL_NETWORK=${pool}\nFLANNEL_SUBNET=${subnet}\nFLANNEL_MTU=${MTU}\nFLANNEL_IPMASQ=true\n`,
  );
}

function* log(process: Process, severity: string, place: string, text: string): Task {
  const iso = new Date(process.now).toISOString();
  const stamp = `${iso.slice(5, 10).replace('-', '')} ${iso.slice(11, 23)}000`;
  yield* process.printError(`${severity}${stamp}       1 ${place}] ${text}\n`);
}

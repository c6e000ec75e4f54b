import type { Client } from '../../cluster/api/client.ts';
import { NODES } from '../../cluster/api/kinds.ts';
import type { Stored } from '../../cluster/api/object.ts';
import type { Node } from '../../cluster/api/types.generated.ts';
import { toSeconds } from '../../cluster/apimachinery/time.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { cidr, contains, ipv4 } from '../../world/network/address.ts';
import type { NetworkNamespace } from '../../world/network/namespace.ts';
import type { Process } from '../../world/process.ts';

/** An agent of a CNI on one node: its process runs in the network of the node. */
export interface Agent {
  readonly process: Process;
  readonly client: Client;
  readonly network: NetworkNamespace;
  readonly nodeName: string;
}

export function makeAgent(process: Process, cluster: Cluster, account: string): Agent {
  const nodeName = process.env.get('NODENAME') ?? process.env.get('NODE_NAME') ?? process.machine.hostname;
  const client = cluster.client(
    `system:serviceaccount:${account}`,
    ['system:masters'],
    account.split(':')[1] ?? account,
  );
  return { process, client, network: process.machine.network, nodeName };
}

/** Says on the Node that its network is there: the annotations, and the condition NetworkUnavailable. */
export function reportNetwork(
  { client, nodeName, process }: Agent,
  annotations: Readonly<Record<string, string>>,
  reason: string,
  message: string,
): void {
  if (!client.available || !client.get(NODES, '', nodeName)) return;
  client.modify(NODES, '', nodeName, (old) => ({
    ...old,
    metadata: { ...old.metadata, annotations: { ...old.metadata.annotations, ...annotations } },
  }));
  const time = toSeconds(process.now);
  const condition = {
    type: 'NetworkUnavailable',
    status: 'False',
    reason,
    message,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  };
  client.modify(
    NODES,
    '',
    nodeName,
    (old) => ({
      ...old,
      status: {
        ...old.status,
        conditions: [condition, ...(old.status?.conditions ?? []).filter(({ type }) => type !== condition.type)],
      },
    }),
    'status',
  );
}

/** Calls `changed` for every other node, now and at each change. Returns how to stop. */
export function followNodes(
  { client, nodeName }: Agent,
  changed: (node: Stored<Node>, gone: boolean) => void,
): () => void {
  for (const node of client.list(NODES)) if (node.metadata.name !== nodeName) changed(node, false);
  return client.watch(NODES, ({ type, object }) => {
    if (object.metadata.name !== nodeName) changed(object, type === 'DELETED');
  });
}

/** Packets from Pods to the world outside of `range` leave with the address of the node. */
export function masquerade(network: NetworkNamespace, range: string): void {
  const inside = cidr(range);
  const isInside = (address: string) => {
    const value = ipv4(address);
    return inside !== undefined && value !== undefined && contains(inside, value);
  };
  network.nat.push((packet) =>
    isInside(packet.source) && !isInside(packet.address) && !network.isLocal(packet.address)
      ? { address: packet.address, port: packet.port, masquerade: true }
      : undefined,
  );
}

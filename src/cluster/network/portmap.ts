import { cidr, contains, ipv4, isLoopback } from '../../world/network/address.ts';
import type { NetworkNamespace, Protocol } from '../../world/network/namespace.ts';
import type { NatRule } from '../../world/network/packet.ts';
import type { Pod } from '../api/types.generated.ts';

/** A port of the node that leads into a Pod. */
export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: Protocol;
  /** An address of the node; undefined for all of them. */
  readonly hostIP: string | undefined;
}

/** What a kubelet asks of the plugin for a Pod. kubernetes: pkg/kubelet/kuberuntime MakePortMappings */
export function portMappings({ spec }: Pod): PortMapping[] {
  if (!spec || spec.hostNetwork) return [];
  const sidecars = (spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  const ports = [...spec.containers, ...sidecars].flatMap((container) => container.ports ?? []);
  return ports.flatMap(({ hostPort, containerPort, protocol = 'TCP', hostIP }) => {
    if (!hostPort || (protocol !== 'TCP' && protocol !== 'UDP')) return [];
    const any = hostIP === undefined || hostIP === '' || hostIP === '0.0.0.0';
    const known: Protocol = protocol === 'TCP' ? 'tcp' : 'udp';
    return [{ hostPort, containerPort, protocol: known, hostIP: any ? undefined : hostIP }];
  });
}

/**
 * The CNI plugin portmap: packets to a port of the node go into the Pod. Those from the Pods of the node and from the
 * node's loopback leave with the address of the node, or the answer would not come back. Returns how to undo it.
 * containernetworking: plugins/meta/portmap/portmap_iptables.go
 */
export function mapPorts(
  node: NetworkNamespace,
  mappings: readonly PortMapping[],
  /** Address of the Pod, and the range that it shares with the other Pods of the node: `10.244.1.0/24`. */
  to: { readonly ip: string; readonly range: string },
): () => void {
  if (mappings.length === 0) return () => {};
  const range = cidr(to.range);
  const near = (source: string) => {
    const value = ipv4(source);
    return isLoopback(source) || (range !== undefined && value !== undefined && contains(range, value));
  };
  const rule: NatRule = ({ protocol, address, port, source }) => {
    if (!node.isLocal(address)) return undefined;
    const found = mappings.find(
      (one) => one.hostPort === port && one.protocol === protocol && (one.hostIP ?? address) === address,
    );
    return found && { address: to.ip, port: found.containerPort, masquerade: near(source) };
  };
  node.nat.push(rule);
  return () => {
    const at = node.nat.indexOf(rule);
    if (at >= 0) node.nat.splice(at, 1);
  };
}

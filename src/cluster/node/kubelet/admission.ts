import { NODES } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Node, Pod } from '../../api/types.generated.ts';
import { nodeFitsAffinity } from '../../controllers/node/node-affinity.ts';
import { untolerated } from '../../controllers/node/taints.ts';
import { podInfo, portsConflict } from '../../scheduler/pod-info.ts';
import { type Amounts, add, amountsOf, podRequests } from '../../scheduler/resources.ts';
import type { KubeletHost } from './host.ts';

/** Why a kubelet does not run a Pod that was bound to its node. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/**
 * Whether a node can run a Pod beside those that it has. Whoever binds a Pod by hand finds out here.
 * kubernetes: pkg/kubelet/lifecycle/predicate.go Admit, pkg/kubelet/sysctl/allowlist.go Admit
 */
export function rejectionOf(
  host: KubeletHost,
  pod: Stored<Pod>,
  others: readonly Stored<Pod>[],
): Rejection | undefined {
  const node = host.client.get(NODES, '', host.nodeName);
  if (!node) return undefined;
  return insufficient(node, pod, others) ?? misplaced(node, pod, others) ?? forbiddenSysctl(pod);
}

function insufficient(node: Stored<Node>, pod: Stored<Pod>, others: readonly Stored<Pod>[]): Rejection | undefined {
  const capacity = amountsOf(node.status?.allocatable);
  const used: Amounts = new Map();
  for (const other of others) add(used, podRequests(other));
  const limit = capacity.get('pods') ?? 0;
  if (others.length + 1 > limit) return outOf('pods', 1, others.length, limit);
  for (const [name, requested] of podRequests(pod)) {
    // What the node does not know of is left to the scheduler. kubernetes: predicate.go removeMissingExtendedResources
    const total = capacity.get(name);
    const taken = used.get(name) ?? 0;
    if (requested > 0 && total !== undefined && requested > total - taken) return outOf(name, requested, taken, total);
  }
  return undefined;
}

function outOf(resource: string, requested: number, used: number, capacity: number): Rejection {
  const amounts = `requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${resource}`, message: `Node didn't have enough resource: ${resource}, ${amounts}` };
}

function misplaced(node: Stored<Node>, pod: Stored<Pod>, others: readonly Stored<Pod>[]): Rejection | undefined {
  if (!nodeFitsAffinity(pod, node))
    return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  const taken = others.flatMap((other) => podInfo(other).ports);
  if (podInfo(pod).ports.some((port) => taken.some((other) => portsConflict(port, other))))
    return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  if (untolerated(node.spec?.taints, pod.spec?.tolerations, ['NoExecute']))
    return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  return undefined;
}

function predicate(reason: string, why: string): Rejection {
  return { reason, message: `Predicate ${reason} failed: ${why}` };
}

/** kubernetes: pkg/kubelet/sysctl/safe_sysctls.go */
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);

function forbiddenSysctl({ spec }: Stored<Pod>): Rejection | undefined {
  for (const { name } of spec?.securityContext?.sysctls ?? []) {
    const dotted = name.replaceAll('/', '.');
    if (!SAFE_SYSCTLS.has(dotted))
      return { reason: 'SysctlForbidden', message: `forbidden sysctl: ${JSON.stringify(dotted)} not allowlisted` };
  }
  return undefined;
}

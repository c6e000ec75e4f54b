import { cidr, contains, ipv4 } from '../../../world/network/address.ts';
import type { Stored } from '../../api/object.ts';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../api/types.generated.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';

type Labels = Readonly<Record<string, string>>;

export type PolicyDirection = 'ingress' | 'egress';

/** A Pod as policies see it. */
export interface PolicyPod {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
  readonly node: string;
  readonly labels: Labels;
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly number: number }[];
}

/** One end of a conversation: an address, and the Pod that has it. */
export interface PolicyEnd {
  readonly address: string;
  readonly pod: PolicyPod | undefined;
}

export interface Flow {
  /** `TCP`, `UDP`, `SCTP` or `ICMP`. */
  readonly protocol: string;
  readonly from: PolicyEnd;
  readonly to: PolicyEnd;
  /** Of the receiver. */
  readonly port: number;
}

/** The policy that allows a flow, or those that isolate the Pod and do not. */
export interface Judgement {
  readonly allowed: boolean;
  readonly policies: readonly Stored<NetworkPolicy>[];
}

/** Whether a policy isolates the Pods that it selects in a direction. kubernetes: NetworkPolicySpec.policyTypes */
export function isolates({ spec }: Stored<NetworkPolicy>, direction: PolicyDirection): boolean {
  const types = spec?.policyTypes ?? ['Ingress', ...(spec?.egress ? ['Egress'] : [])];
  return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
}

/**
 * Judges a flow by the policies that isolate a Pod in a direction: it passes when a rule of any of them allows it.
 * Undefined when there are none: then everything passes.
 */
export function judge(
  policies: readonly Stored<NetworkPolicy>[],
  direction: PolicyDirection,
  flow: Flow,
  namespaceLabels: (name: string) => Labels,
): Judgement | undefined {
  if (policies.length === 0) return undefined;
  const other = direction === 'ingress' ? flow.from : flow.to;
  for (const policy of policies) {
    const namespace = policy.metadata.namespace ?? '';
    const allows = (peers: readonly NetworkPolicyPeer[] | undefined, ports: readonly NetworkPolicyPort[] | undefined) =>
      portsMatch(ports, flow) &&
      (!peers?.length || peers.some((peer) => peerMatches(peer, namespace, other, namespaceLabels)));
    const { ingress, egress } = policy.spec ?? {};
    const matches =
      direction === 'ingress'
        ? ingress?.some((rule) => allows(rule.from, rule.ports))
        : egress?.some((rule) => allows(rule.to, rule.ports));
    if (matches) return { allowed: true, policies: [policy] };
  }
  return { allowed: false, policies };
}

function peerMatches(
  peer: NetworkPolicyPeer,
  namespace: string,
  { address, pod }: PolicyEnd,
  namespaceLabels: (name: string) => Labels,
): boolean {
  if (peer.ipBlock) return inBlock(peer.ipBlock, address);
  if (!pod) return false;
  const inNamespace = peer.namespaceSelector
    ? labelSelectorAsSelector(peer.namespaceSelector).matches(namespaceLabels(pod.namespace))
    : pod.namespace === namespace;
  return inNamespace && (!peer.podSelector || labelSelectorAsSelector(peer.podSelector).matches(pod.labels));
}

function inBlock(block: { readonly cidr: string; readonly except?: readonly string[] | undefined }, address: string) {
  const value = ipv4(address);
  const inside = (text: string) => {
    const range = cidr(text);
    return range !== undefined && value !== undefined && contains(range, value);
  };
  return inside(block.cidr) && !block.except?.some(inside);
}

function portsMatch(ports: readonly NetworkPolicyPort[] | undefined, flow: Flow): boolean {
  return !ports?.length || ports.some((port) => portMatches(port, flow));
}

function portMatches({ port, endPort, protocol = 'TCP' }: NetworkPolicyPort, flow: Flow): boolean {
  if (protocol !== flow.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'number')
    return endPort === undefined ? port === flow.port : port <= flow.port && flow.port <= endPort;
  return (
    flow.to.pod?.ports.some((one) => one.name === port && one.protocol === protocol && one.number === flow.port) ===
    true
  );
}

import type { FilterRule, FilterVerdict } from '../../../world/network/packet.ts';
import type { Client } from '../../api/client.ts';
import type { Judgement, PolicyDirection } from './judge.ts';
import { Policies } from './policies.ts';

/**
 * The agent of a CNI that enforces NetworkPolicies, on one node: it judges what its own Pods send, and what is sent to
 * them from elsewhere. What the node itself sends to its Pods passes, or probes would fail. When the agent stops, the
 * rules stay as they are. calico: felix
 */
export class PolicyEnforcer {
  private readonly policies = new Policies();
  private stopFollowing: (() => void) | undefined;
  private installed = false;

  constructor(
    private readonly client: Client,
    readonly nodeName: string,
    /** Where its rules are kept: the table filter of the node. */
    private readonly filter: FilterRule[],
  ) {}

  start(): void {
    this.stopFollowing?.();
    this.stopFollowing = this.policies.follow(this.client);
    if (!this.installed) this.filter.push(this.rule);
    this.installed = true;
  }

  stop(): void {
    this.stopFollowing?.();
    this.stopFollowing = undefined;
  }

  get running(): boolean {
    return this.stopFollowing !== undefined;
  }

  private readonly rule: FilterRule = (packet) => {
    if (packet.hook === 'output') return undefined;
    const { source, address, port } = packet;
    const flow = {
      protocol: packet.protocol.toUpperCase(),
      from: this.policies.end(source),
      to: this.policies.end(address),
      port,
    };
    const out = flow.from.pod?.node === this.nodeName ? this.policies.judge('egress', flow) : undefined;
    if (out && !out.allowed) return verdictOf('egress', out);
    const arrives = packet.hook === 'forward' && flow.to.pod?.node === this.nodeName;
    const into = arrives ? this.policies.judge('ingress', flow) : undefined;
    if (into) return verdictOf('ingress', into);
    return out && verdictOf('egress', out);
  };
}

function verdictOf(direction: PolicyDirection, { allowed, policies }: Judgement): FilterVerdict {
  const name = policies.map((policy) => policy.metadata.name).join(', ');
  const namespace = policies[0]?.metadata.namespace ?? '';
  return {
    verdict: allowed ? 'accept' : 'drop',
    by: { kind: 'NetworkPolicy', namespace, name, detail: direction },
  };
}

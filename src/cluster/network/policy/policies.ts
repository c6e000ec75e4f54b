import type { Client } from '../../api/client.ts';
import { NAMESPACES, NETWORK_POLICIES, PODS } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Namespace, NetworkPolicy, Pod } from '../../api/types.generated.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import {
  type Flow,
  isolates,
  type Judgement,
  judge,
  type PolicyDirection,
  type PolicyEnd,
  type PolicyPod,
} from './judge.ts';

type Labels = Readonly<Record<string, string>>;
const NO_LABELS: Labels = {};

/** The policies, Pods and namespaces of a cluster as an agent on a node knows them: it follows them while it runs. */
export class Policies {
  private readonly pods = new Map<string, PolicyPod>();
  private readonly namespaces = new Map<string, Labels>();
  /** By namespace, then name. */
  private readonly policies = new Map<string, Map<string, Stored<NetworkPolicy>>>();
  /** Which policies isolate a Pod; forgotten when policies change. */
  private selected = new WeakMap<PolicyPod, Record<PolicyDirection, readonly Stored<NetworkPolicy>[]>>();

  /** Follows a cluster. Returns how to stop: what is known then stays. */
  follow(client: Client): () => void {
    this.pods.clear();
    this.namespaces.clear();
    this.policies.clear();
    for (const namespace of client.list(NAMESPACES)) this.setNamespace(namespace);
    for (const pod of client.list(PODS)) this.setPod(pod);
    for (const policy of client.list(NETWORK_POLICIES)) this.setPolicy(policy);
    const stops = [
      client.watch(NAMESPACES, ({ type, object }) => {
        if (type !== 'DELETED') this.setNamespace(object);
        else this.namespaces.delete(object.metadata.name);
      }),
      client.watch(PODS, ({ type, object, old }) => {
        if (old?.status?.podIP && (type === 'DELETED' || old.status.podIP !== object.status?.podIP))
          this.forgetPod(old);
        if (type !== 'DELETED') this.setPod(object);
      }),
      client.watch(NETWORK_POLICIES, ({ type, object }) => {
        if (type === 'DELETED') this.removePolicy(object);
        else this.setPolicy(object);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  setNamespace({ metadata }: Stored<Namespace>): void {
    this.namespaces.set(metadata.name, metadata.labels ?? NO_LABELS);
  }

  setPod(pod: Stored<Pod>): void {
    const { spec, status, metadata } = pod;
    const address = status?.podIP;
    // Policies are not about Pods in the network of their node; addresses of ended Pods are free for others.
    if (!address || spec?.hostNetwork) return;
    if (status.phase === 'Succeeded' || status.phase === 'Failed') return this.forgetPod(pod);
    const { namespace = '', name, labels = NO_LABELS } = metadata;
    const known = this.pods.get(address);
    if (known?.name === name && known.namespace === namespace && known.labels === labels) return;
    const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
    const ports = containers.flatMap((container) =>
      (container.ports ?? []).map((port) => ({
        name: port.name ?? '',
        protocol: port.protocol ?? 'TCP',
        number: port.containerPort,
      })),
    );
    this.pods.set(address, { namespace, name, address, node: spec?.nodeName ?? '', labels, ports });
  }

  private forgetPod({ metadata, status }: Stored<Pod>): void {
    const known = this.pods.get(status?.podIP ?? '');
    if (known?.name === metadata.name && known.namespace === metadata.namespace) this.pods.delete(known.address);
  }

  setPolicy(policy: Stored<NetworkPolicy>): void {
    const { namespace = '', name } = policy.metadata;
    let own = this.policies.get(namespace);
    if (!own) {
      own = new Map();
      this.policies.set(namespace, own);
    }
    own.set(name, policy);
    this.selected = new WeakMap();
  }

  private removePolicy({ metadata }: Stored<NetworkPolicy>): void {
    this.policies.get(metadata.namespace ?? '')?.delete(metadata.name);
    this.selected = new WeakMap();
  }

  end(address: string): PolicyEnd {
    return { address, pod: this.pods.get(address) };
  }

  /** Undefined when no policy isolates the Pod at that end of the flow. */
  judge(direction: PolicyDirection, flow: Flow): Judgement | undefined {
    const { pod } = direction === 'ingress' ? flow.to : flow.from;
    if (!pod) return undefined;
    return judge(this.isolating(pod)[direction], direction, flow, (name) => this.namespaces.get(name) ?? NO_LABELS);
  }

  private isolating(pod: PolicyPod): Record<PolicyDirection, readonly Stored<NetworkPolicy>[]> {
    const known = this.selected.get(pod);
    if (known) return known;
    const all = [...(this.policies.get(pod.namespace)?.values() ?? [])];
    const own = all.filter(({ spec }) => labelSelectorAsSelector(spec?.podSelector ?? {}).matches(pod.labels));
    const found = {
      ingress: own.filter((policy) => isolates(policy, 'ingress')),
      egress: own.filter((policy) => isolates(policy, 'egress')),
    };
    this.selected.set(pod, found);
    return found;
  }
}

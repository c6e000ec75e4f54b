import type { Stored } from '../api/object.ts';
import type { Pod, PodAffinityTerm } from '../api/types.generated.ts';
import { LabelSelector } from '../apimachinery/label-selector.ts';
import { labelSelectorAsSelector } from '../apimachinery/labels.ts';
import { type Amounts, podRequests } from './resources.ts';

/** A host port that a Pod takes. */
export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** A term of inter-Pod affinity, ready to be matched. */
export interface AffinityTerm {
  /** Equal for equal terms. */
  readonly key: string;
  readonly topologyKey: string;
  readonly selector: LabelSelector;
  /** Empty: any namespace that `namespaceSelector` selects. */
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: LabelSelector | undefined;
  readonly weight: number;
}

/** What the scheduler works out once for a Pod. It is kept by the Pod's spec, which seldom changes. */
export interface PodInfo {
  readonly requests: Amounts;
  readonly nonZeroRequests: Amounts;
  readonly ports: readonly HostPort[];
  readonly priority: number;
  readonly affinity: readonly AffinityTerm[];
  readonly antiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];
}

const known = new WeakMap<object, PodInfo>();

export function podInfo(pod: Stored<Pod>): PodInfo {
  const key = pod.spec ?? pod;
  let info = known.get(key);
  if (!info) {
    info = makeInfo(pod);
    known.set(key, info);
  }
  return info;
}

export function priorityOf(pod: Pod): number {
  return pod.spec?.priority ?? 0;
}

function makeInfo(pod: Stored<Pod>): PodInfo {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  const term = (given: PodAffinityTerm, weight = 0) => affinityTerm(pod, given, weight);
  const plain = (given: PodAffinityTerm) => term(given);
  return {
    requests: podRequests(pod),
    nonZeroRequests: podRequests(pod, true),
    ports: hostPorts(pod),
    priority: priorityOf(pod),
    affinity: (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(plain),
    antiAffinity: (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(plain),
    preferredAffinity: (podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((w) =>
      term(w.podAffinityTerm, w.weight),
    ),
    preferredAntiAffinity: (podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((w) =>
      term(w.podAffinityTerm, w.weight),
    ),
  };
}

function hostPorts(pod: Pod): HostPort[] {
  const containers = [
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always'),
  ];
  return containers.flatMap((container) =>
    (container.ports ?? []).flatMap((port) =>
      port.hostPort ? [{ ip: port.hostIP || '0.0.0.0', protocol: port.protocol ?? 'TCP', port: port.hostPort }] : [],
    ),
  );
}

export function portsConflict(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0';
}

function affinityTerm(pod: Stored<Pod>, term: PodAffinityTerm, weight: number): AffinityTerm {
  const own = pod.metadata.namespace ?? '';
  const namespaces = term.namespaces ?? [];
  const everywhere = term.namespaceSelector !== undefined;
  const selector = withMatchLabelKeys(labelSelectorAsSelector(term.labelSelector), pod, term);
  const effective = namespaces.length === 0 && !everywhere ? [own] : namespaces;
  return {
    key: JSON.stringify([
      effective,
      term.namespaceSelector,
      term.topologyKey,
      selector.toString(),
      selector.nothing,
      weight,
    ]),
    topologyKey: term.topologyKey,
    selector,
    namespaces: new Set(effective),
    namespaceSelector: everywhere ? labelSelectorAsSelector(term.namespaceSelector) : undefined,
    weight,
  };
}

function withMatchLabelKeys(selector: LabelSelector, pod: Stored<Pod>, term: PodAffinityTerm): LabelSelector {
  const { matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (selector.nothing || (matchLabelKeys.length === 0 && mismatchLabelKeys.length === 0)) return selector;
  const requirement = (operator: 'in' | 'notin') => (key: string) => {
    const value = pod.metadata.labels?.[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  };
  return new LabelSelector([
    ...selector.requirements,
    ...matchLabelKeys.flatMap(requirement('in')),
    ...mismatchLabelKeys.flatMap(requirement('notin')),
  ]);
}

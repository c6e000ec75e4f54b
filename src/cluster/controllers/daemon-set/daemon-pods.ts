import type { Stored } from '../../api/object.ts';
import type { Affinity, DaemonSet, Node, Pod, PodTemplateSpec, Toleration } from '../../api/types.generated.ts';
import { nodeFitsAffinity } from '../node/node-affinity.ts';
import { untolerated } from '../node/taints.ts';

export const HASH_LABEL = 'controller-revision-hash';
export const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

/** Taints that the Pods of every DaemonSet bear. kubernetes: daemon/util AddOrUpdateDaemonPodTolerations */
const TOLERATED: readonly (readonly [string, 'NoExecute' | 'NoSchedule'])[] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
];

/** The template of a DaemonSet's Pods on any node; it shares with the DaemonSet what is the same in both. kubernetes: daemon/util CreatePodTemplate */
export function daemonTemplate(set: Stored<DaemonSet>, hash: string): PodTemplateSpec {
  const template = set.spec?.template ?? {};
  const generation = set.metadata.annotations?.[GENERATION_ANNOTATION];
  const tolerations: Toleration[] = [...(template.spec?.tolerations ?? [])];
  const taints = template.spec?.hostNetwork
    ? [...TOLERATED, ['node.kubernetes.io/network-unavailable', 'NoSchedule'] as const]
    : TOLERATED;
  for (const [key, effect] of taints) {
    const same = tolerations.findIndex(
      (toleration) => toleration.key === key && toleration.effect === effect && toleration.operator === 'Exists',
    );
    if (same < 0) tolerations.push({ key, operator: 'Exists', effect });
  }
  return {
    metadata: {
      ...template.metadata,
      labels: {
        ...template.metadata?.labels,
        ...(generation === undefined ? {} : { 'pod-template-generation': generation }),
        [HASH_LABEL]: hash,
      },
    },
    spec: { ...template.spec, containers: template.spec?.containers ?? [], tolerations },
  };
}

/** Nails a Pod to a node by its affinity; the scheduler does the rest. kubernetes: ReplaceDaemonSetPodNodeNameNodeAffinity */
export function affinityTo(affinity: Affinity | undefined, node: string): Affinity {
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
      },
    },
  };
}

/** The node that a Pod runs on, or is nailed to. */
export function targetNode(pod: Pod): string {
  if (pod.spec?.nodeName) return pod.spec.nodeName;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const term of required?.nodeSelectorTerms ?? []) {
    for (const field of term.matchFields ?? []) {
      if (field.key === 'metadata.name' && field.operator === 'In') return field.values?.[0] ?? '';
    }
  }
  return '';
}

const templates = new WeakMap<Stored<DaemonSet>, PodTemplateSpec>();

/** The template without a hash, which is asked for once a node. */
function anyTemplate(set: Stored<DaemonSet>): PodTemplateSpec {
  const known = templates.get(set);
  if (known) return known;
  const template = daemonTemplate(set, '');
  templates.set(set, template);
  return template;
}

/** Whether a Pod should start on a node, and whether one that runs there may stay. kubernetes: NodeShouldRunDaemonPod */
export function nodeVerdict(set: Stored<DaemonSet>, node: Stored<Node>): { run: boolean; stay: boolean } {
  const template = anyTemplate(set);
  const named = template.spec?.nodeName;
  if (named && named !== node.metadata.name) return { run: false, stay: false };
  if (!nodeFitsAffinity({ spec: template.spec }, node)) return { run: false, stay: false };
  const { tolerations } = template.spec ?? {};
  const { taints } = node.spec ?? {};
  if (!untolerated(taints, tolerations, ['NoExecute', 'NoSchedule'])) return { run: true, stay: true };
  return { run: false, stay: !untolerated(taints, tolerations, ['NoExecute']) };
}

import { REPLICA_SETS, REPLICATION_CONTROLLERS, SERVICES, STATEFUL_SETS } from '../../api/kinds.ts';
import { controllerOf } from '../../api/object.ts';
import type { ReplicaSet, StatefulSet, TopologySpreadConstraint } from '../../api/types.generated.ts';
import { LabelSelector } from '../../apimachinery/label-selector.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import { nodeFitsAffinity } from '../../controllers/node/node-affinity.ts';
import { untolerated } from '../../controllers/node/taints.ts';
import type { NodeInfo } from '../node-info.ts';
import { type Cycle, type FilterPlugin, resolvable, type ScorePlugin, unresolvable } from '../plugin.ts';

const HOSTNAME = 'kubernetes.io/hostname';
const MISMATCH = "node(s) didn't match pod topology spread constraints";

interface Constraint {
  readonly key: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: LabelSelector;
  readonly honoursAffinity: boolean;
  readonly honoursTaints: boolean;
}

/** kubernetes: plugins/podtopologyspread/filtering.go */
export const podTopologySpread: FilterPlugin = {
  name: 'PodTopologySpread',
  preFilter(cycle) {
    const constraints = constraintsOf(cycle, 'DoNotSchedule');
    if (constraints.length === 0) return undefined;
    const nodes = [...cycle.cache.nodes.values()];
    const domains = constraints.map((constraint) => domainsOf(cycle, constraint, constraints, nodes));
    const lowest = domains.map((counts, index) =>
      counts.size < (constraints[index]?.minDomains ?? 1) ? 0 : Math.min(...counts.values()),
    );
    return (node) => {
      for (const [index, constraint] of constraints.entries()) {
        const value = node.labels[constraint.key];
        if (value === undefined) return unresolvable(`${MISMATCH} (missing required label)`);
        const self = constraint.selector.matches(cycle.pod.metadata.labels) ? 1 : 0;
        const skew = (domains[index]?.get(value) ?? 0) + self - (lowest[index] ?? 0);
        if (skew > constraint.maxSkew) return resolvable(MISMATCH);
      }
      return undefined;
    };
  },
};

function constraintsOf({ pod }: Cycle, when: 'DoNotSchedule' | 'ScheduleAnyway'): Constraint[] {
  return (pod.spec?.topologySpreadConstraints ?? [])
    .filter((constraint) => constraint.whenUnsatisfiable === when)
    .map((constraint) => ({
      key: constraint.topologyKey,
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      selector: selectorOf(constraint, pod.metadata.labels ?? {}),
      honoursAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
      honoursTaints: constraint.nodeTaintsPolicy === 'Honor',
    }));
}

function selectorOf(constraint: TopologySpreadConstraint, labels: { [key: string]: string }): LabelSelector {
  const selector = labelSelectorAsSelector(constraint.labelSelector);
  const keys = (constraint.matchLabelKeys ?? []).filter((key) => labels[key] !== undefined);
  if (selector.nothing || keys.length === 0) return selector;
  const more = keys.map((key) => ({ key, operator: 'in' as const, values: [labels[key] ?? ''] }));
  return new LabelSelector([...selector.requirements, ...more]);
}

/** Matching Pods in each domain of a constraint, over the nodes that count. */
function domainsOf(
  cycle: Cycle,
  constraint: Constraint,
  all: readonly Constraint[],
  nodes: readonly NodeInfo[],
): Map<string, number> {
  const perNode = cycle.cache.counts.matching(cycle.pod.metadata.namespace ?? '', constraint.selector);
  const domains = new Map<string, number>();
  for (const node of nodes) {
    const value = node.labels[constraint.key];
    if (value === undefined || all.some((other) => node.labels[other.key] === undefined)) continue;
    if (!counts(cycle, constraint, node)) continue;
    const away = cycle.without?.node === node.name ? thoughtAway(cycle, constraint) : 0;
    domains.set(value, (domains.get(value) ?? 0) + (perNode.get(node.name) ?? 0) - away);
  }
  return domains;
}

function thoughtAway({ pod, without }: Cycle, constraint: Constraint): number {
  let count = 0;
  for (const victim of without?.pods ?? []) {
    if (victim.metadata.namespace !== pod.metadata.namespace || victim.metadata.deletionTimestamp) continue;
    if (constraint.selector.matches(victim.metadata.labels)) count++;
  }
  return count;
}

function counts({ pod }: Cycle, constraint: Constraint, { node }: NodeInfo): boolean {
  if (constraint.honoursAffinity && !nodeFitsAffinity(pod, node)) return false;
  return (
    !constraint.honoursTaints || !untolerated(node.spec?.taints, pod.spec?.tolerations, ['NoSchedule', 'NoExecute'])
  );
}

/** kubernetes: plugins/podtopologyspread/scoring.go */
export const preferSpread: ScorePlugin = {
  name: 'PodTopologySpread',
  weight: 2,
  score(cycle, nodes) {
    const own = (cycle.pod.spec?.topologySpreadConstraints?.length ?? 0) > 0;
    const constraints = own ? constraintsOf(cycle, 'ScheduleAnyway') : defaultConstraints(cycle);
    if (constraints.length === 0) return undefined;
    const ignored = nodes.map((node) => own && constraints.some(({ key }) => node.labels[key] === undefined));
    const all = [...cycle.cache.nodes.values()];
    const terms = constraints.map((constraint) => term(cycle, constraint, own ? constraints : [], all, nodes, ignored));
    const scores = nodes.map((node, index) => {
      if (ignored[index]) return undefined;
      return Math.round(terms.reduce((sum, count) => sum + count(node), 0));
    });
    return inverted(scores);
  },
};

/** How one constraint counts for a node. */
function term(
  cycle: Cycle,
  constraint: Constraint,
  required: readonly Constraint[],
  all: readonly NodeInfo[],
  nodes: readonly NodeInfo[],
  ignored: readonly boolean[],
): (node: NodeInfo) => number {
  const candidates = nodes.filter((_, index) => !ignored[index]);
  const perNode = cycle.cache.counts.matching(cycle.pod.metadata.namespace ?? '', constraint.selector);
  const byHost = constraint.key === HOSTNAME;
  const values = new Set(candidates.map((node) => node.labels[constraint.key] ?? ''));
  const domains = byHost ? undefined : domainsOf(cycle, constraint, required, all);
  const weight = Math.log((byHost ? candidates.length : values.size) + 2);
  return (node) => {
    const value = node.labels[constraint.key];
    if (value === undefined) return 0;
    const count = domains ? (domains.get(value) ?? 0) : (perNode.get(node.name) ?? 0);
    return count * weight + constraint.maxSkew - 1;
  };
}

function inverted(scores: readonly (number | undefined)[]): number[] {
  const given = scores.filter((score) => score !== undefined);
  const most = Math.max(0, ...given);
  const least = Math.min(...given);
  return scores.map((score) => {
    if (score === undefined) return 0;
    return most === 0 ? 100 : Math.floor((100 * (most + least - score)) / most);
  });
}

/** Without constraints of its own, a Pod is spread among its like, by zone and node. kubernetes: systemDefaultConstraints */
function defaultConstraints(cycle: Cycle): Constraint[] {
  const selector = defaultSelector(cycle);
  if (!selector) return [];
  const constraint = (key: string, maxSkew: number): Constraint => ({
    key,
    maxSkew,
    minDomains: 1,
    selector,
    honoursAffinity: true,
    honoursTaints: false,
  });
  return [constraint(HOSTNAME, 3), constraint('topology.kubernetes.io/zone', 5)];
}

/** What the Services and the controller of a Pod select. kubernetes: plugins/helper/spread.go DefaultSelector */
function defaultSelector({ pod, client }: Cycle): LabelSelector | undefined {
  const { namespace = '', labels } = pod.metadata;
  const requirements = [];
  for (const service of client.list(SERVICES, namespace)) {
    const chosen = service.spec?.selector;
    if (!chosen || Object.keys(chosen).length === 0) continue;
    const selector = LabelSelector.ofSet(chosen);
    if (selector.matches(labels)) requirements.push(...selector.requirements);
  }
  const owner = controllerOf(pod);
  if (owner?.kind === 'ReplicationController') {
    const controller = client.get(REPLICATION_CONTROLLERS, namespace, owner.name);
    requirements.push(...LabelSelector.ofSet(controller?.spec?.selector ?? {}).requirements);
  } else if (owner?.kind === 'ReplicaSet' || owner?.kind === 'StatefulSet') {
    const kind = owner.kind === 'ReplicaSet' ? REPLICA_SETS : STATEFUL_SETS;
    const set = client.get<ReplicaSet | StatefulSet>(kind, namespace, owner.name);
    if (set) requirements.push(...labelSelectorAsSelector(set.spec?.selector).requirements);
  }
  return requirements.length > 0 ? new LabelSelector(requirements) : undefined;
}

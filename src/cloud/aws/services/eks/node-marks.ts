import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { objectOf, objectsOf, tagMap, textOf, textsOf } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { EksCluster, Nodegroup, NodeTaint } from '../../types/eks.ts';
import { controlPlaneOf } from './find.ts';

/** ms until the nodes have what was asked for. */
const MARK_TIME = 5000;

export function taintsOf(params: JsonObject, name: string): NodeTaint[] {
  return objectsOf(params, name).map((taint) => {
    const value = textOf(taint, 'value');
    const key = textOf(taint, 'key') ?? '';
    const effect = textOf(taint, 'effect') ?? '';
    return value === undefined ? { key, effect } : { key, value, effect };
  });
}

/**
 * Labels and taints of a node group that change: nodes that are there get them a little later, new ones begin with them.
 * EKS API: UpdateNodegroupConfig, "to be applied to the nodes in the node group after the update"
 */
export function changeMarks(region: Region, cluster: EksCluster, group: Nodegroup, params: JsonObject): void {
  const labels = objectOf(params, 'labels');
  const taints = objectOf(params, 'taints');
  const added = tagMap(labels['addOrUpdateLabels']);
  const removed = textsOf(labels, 'removeLabels').filter((name) => !(name in added));
  const tainted = taintsOf(taints, 'addOrUpdateTaints');
  const untainted = taintsOf(taints, 'removeTaints').filter((one) => !tainted.some((other) => isSame(one, other)));
  group.labels = Object.fromEntries(
    Object.entries({ ...group.labels, ...added }).filter(([name]) => !removed.includes(name)),
  );
  const others = group.taints.filter((one) => ![...tainted, ...untainted].some((other) => isSame(one, other)));
  group.taints = [...others, ...tainted];
  region.account.after(MARK_TIME, () => {
    for (const id of region.autoScalingGroups.get(group.group)?.instances ?? []) {
      const instance = region.instances.get(id);
      if (instance) controlPlaneOf(cluster)?.mark(instance, { added, removed, tainted, untainted });
    }
  });
}

/** A node has a key with an effect once. */
function isSame(a: NodeTaint, b: NodeTaint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

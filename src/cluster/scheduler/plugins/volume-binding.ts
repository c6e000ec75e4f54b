import type { Client } from '../../api/client.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, STORAGE_CLASSES } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/types.generated.ts';
import {
  BIND_COMPLETED,
  classOf,
  findVolume,
  nodeReaches,
  reserve,
  SELECTED_NODE,
} from '../../controllers/storage/match.ts';
import { type FilterPlugin, unresolvable } from '../plugin.ts';

const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** What a Pod's claims need: volumes that are there, and claims that wait for a node. */
interface Needs {
  readonly volumes: readonly (Stored<PersistentVolume> | undefined)[];
  readonly waiting: readonly {
    readonly claim: Stored<PersistentVolumeClaim>;
    readonly provisioner: string | undefined;
  }[];
}

/** Names of the claims that a Pod mounts; those of its ephemeral volumes are made by a controller. */
export function claimNames(pod: Stored<Pod>): string[] {
  return (pod.spec?.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim) return [volume.persistentVolumeClaim.claimName];
    return volume.ephemeral ? [`${pod.metadata.name}-${volume.name}`] : [];
  });
}

export function isBound(claim: Stored<PersistentVolumeClaim>): boolean {
  return Boolean(claim.spec?.volumeName) && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

/** kubernetes: plugins/volumebinding */
export const volumeBinding: FilterPlugin = {
  name: 'VolumeBinding',
  preFilter({ pod, client }) {
    const names = claimNames(pod);
    if (names.length === 0) return undefined;
    const needs = needsOf(client, pod, names);
    if (typeof needs === 'string') return needs;
    return ({ node }) => {
      for (const volume of needs.volumes) {
        if (!volume) return unresolvable('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
        if (!nodeReaches(volume, node)) return unresolvable("node(s) didn't match PersistentVolume's node affinity");
      }
      return plan(client, needs, node)
        ? undefined
        : unresolvable("node(s) didn't find available persistent volumes to bind");
    };
  },
};

function needsOf(client: Client, pod: Stored<Pod>, names: readonly string[]): Needs | string {
  const volumes: (Stored<PersistentVolume> | undefined)[] = [];
  const waiting: { claim: Stored<PersistentVolumeClaim>; provisioner: string | undefined }[] = [];
  // A claim that is missing is told of before one that waits.
  let immediate = false;
  for (const name of names) {
    const claim = client.get(PERSISTENT_VOLUME_CLAIMS, pod.metadata.namespace ?? '', name);
    if (!claim) return `persistentvolumeclaim "${name}" not found`;
    if (claim.status?.phase === 'Lost') {
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName}"`;
    }
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
    if (isBound(claim)) {
      volumes.push(client.get(PERSISTENT_VOLUMES, '', claim.spec?.volumeName ?? ''));
      continue;
    }
    const storageClass = client.get<StorageClass>(STORAGE_CLASSES, '', classOf(claim));
    const delayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && !claim.spec?.volumeName;
    if (!delayed) immediate = true;
    else waiting.push({ claim, provisioner: storageClass.provisioner });
  }
  return immediate ? 'pod has unbound immediate PersistentVolumeClaims' : { volumes, waiting };
}

/** The volume for each waiting claim on a node: null when one is to be provisioned. Undefined: it cannot be done. */
function plan(client: Client, needs: Needs, node: Stored<Node>): (Stored<PersistentVolume> | null)[] | undefined {
  if (needs.waiting.length === 0) return [];
  let free = client.list(PERSISTENT_VOLUMES);
  const chosen: (Stored<PersistentVolume> | null)[] = [];
  for (const { claim, provisioner } of needs.waiting) {
    const volume = findVolume(claim, free, node);
    if (!volume && (!provisioner || provisioner === NO_PROVISIONER)) return undefined;
    free = free.filter((candidate) => candidate !== volume);
    chosen.push(volume ?? null);
  }
  return chosen;
}

/** Reserves volumes and asks for new ones. True when the Pod must wait until its claims are bound. */
export function bindVolumes(client: Client, pod: Stored<Pod>, node: Stored<Node>): boolean {
  const names = claimNames(pod);
  if (names.length === 0) return false;
  const needs = needsOf(client, pod, names);
  if (typeof needs === 'string' || needs.waiting.length === 0) return false;
  const chosen = plan(client, needs, node) ?? [];
  for (const [index, { claim }] of needs.waiting.entries()) {
    const volume = chosen[index];
    if (volume) {
      client.modify(PERSISTENT_VOLUMES, '', volume.metadata.name, (old) => reserve(old, claim));
      continue;
    }
    client.modify(PERSISTENT_VOLUME_CLAIMS, claim.metadata.namespace ?? '', claim.metadata.name, (old) => ({
      ...old,
      metadata: {
        ...old.metadata,
        annotations: { ...old.metadata.annotations, [SELECTED_NODE]: node.metadata.name },
      },
    }));
  }
  return true;
}

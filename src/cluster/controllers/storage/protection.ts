import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS } from '../../api/kinds.ts';
import { keyOf, type Stored, splitKey } from '../../api/object.ts';
import type { Pod } from '../../api/types.generated.ts';
import type { Controller } from '../controller.ts';
import { controllerReference } from '../ownership.ts';
import { isPodTerminal } from '../pods.ts';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

interface Finalized {
  readonly metadata: { finalizers?: string[] | undefined };
}

function withFinalizer<T extends Stored>(object: T, finalizer: string): T {
  return {
    ...object,
    metadata: { ...object.metadata, finalizers: [...(object.metadata.finalizers ?? []), finalizer] },
  };
}

function withoutFinalizer<T extends Stored>(object: T, finalizer: string): T {
  const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
  return { ...object, metadata: { ...object.metadata, finalizers } };
}

const has = (object: Finalized, finalizer: string): boolean => object.metadata.finalizers?.includes(finalizer) ?? false;

/** Names of the claims that a Pod uses. */
function claimsOf(pod: Stored<Pod>): string[] {
  return (pod.spec?.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim) return [volume.persistentVolumeClaim.claimName];
    return volume.ephemeral ? [`${pod.metadata.name}-${volume.name}`] : [];
  });
}

/** Keeps a claim while a Pod uses it. kubernetes: pkg/controller/volume/pvcprotection */
export const pvcProtectionController: Controller = {
  name: 'pvc-protection-controller',
  start(context) {
    const { client } = context;
    const queue = context.queue((key) => {
      const { namespace, name } = splitKey(key);
      const claim = client.get(PERSISTENT_VOLUME_CLAIMS, namespace, name);
      if (!claim) return;
      if (!claim.metadata.deletionTimestamp) {
        if (has(claim, CLAIM_FINALIZER)) return;
        client.modify(PERSISTENT_VOLUME_CLAIMS, namespace, name, (old) => withFinalizer(old, CLAIM_FINALIZER));
        return;
      }
      if (!has(claim, CLAIM_FINALIZER)) return;
      const used = client
        .list(PODS, namespace)
        .some((pod) => Boolean(pod.spec?.nodeName) && !isPodTerminal(pod) && claimsOf(pod).includes(name));
      if (used) return;
      client.modify(PERSISTENT_VOLUME_CLAIMS, namespace, name, (old) => withoutFinalizer(old, CLAIM_FINALIZER));
    });
    context.enqueue(PERSISTENT_VOLUME_CLAIMS, queue);
    context.informer(PODS, ({ type, object }) => {
      if (type !== 'DELETED' && !isPodTerminal(object)) return;
      for (const name of claimsOf(object)) queue.add(`${object.metadata.namespace}/${name}`);
    });
  },
};

/** Keeps a volume while a claim is bound to it. kubernetes: pkg/controller/volume/pvprotection */
export const pvProtectionController: Controller = {
  name: 'pv-protection-controller',
  start(context) {
    const { client } = context;
    const queue = context.queue((name) => {
      const volume = client.get(PERSISTENT_VOLUMES, '', name);
      if (!volume) return;
      if (!volume.metadata.deletionTimestamp) {
        if (has(volume, VOLUME_FINALIZER)) return;
        client.modify(PERSISTENT_VOLUMES, '', name, (old) => withFinalizer(old, VOLUME_FINALIZER));
      } else if (has(volume, VOLUME_FINALIZER) && volume.status?.phase !== 'Bound') {
        client.modify(PERSISTENT_VOLUMES, '', name, (old) => withoutFinalizer(old, VOLUME_FINALIZER));
      }
    });
    context.enqueue(PERSISTENT_VOLUMES, queue);
  },
};

/** Makes the claims of ephemeral volumes. kubernetes: pkg/controller/volume/ephemeral */
export const ephemeralVolumeController: Controller = {
  name: 'ephemeral-volume-controller',
  start(context) {
    const { client } = context;
    const queue = context.queue((key) => {
      const { namespace, name } = splitKey(key);
      const pod = client.get(PODS, namespace, name);
      if (!pod || pod.metadata.deletionTimestamp) return;
      for (const volume of pod.spec?.volumes ?? []) {
        const template = volume.ephemeral?.volumeClaimTemplate;
        const claim = `${name}-${volume.name}`;
        if (!template || client.get(PERSISTENT_VOLUME_CLAIMS, namespace, claim)) continue;
        const { labels, annotations } = template.metadata ?? {};
        client.create(PERSISTENT_VOLUME_CLAIMS, namespace, {
          metadata: { name: claim, labels, annotations, ownerReferences: [controllerReference(pod)] },
          spec: template.spec,
        });
      }
    });
    context.informer(PODS, ({ type, object }) => {
      if (type === 'ADDED' && object.spec?.volumes?.some((volume) => volume.ephemeral)) queue.add(keyOf(object));
    });
  },
};

import type { Client } from '../../api/client.ts';
import { PERSISTENT_VOLUME_CLAIMS, PODS } from '../../api/kinds.ts';
import { deepCopy, type OwnerReference, type Stored } from '../../api/object.ts';
import type { PersistentVolumeClaim, Pod, PodTemplateSpec, StatefulSet } from '../../api/types.generated.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { controllerReference } from '../ownership.ts';
import { podFromTemplate } from '../pod-control.ts';

export const REVISION_LABEL = 'controller-revision-hash';

/** The number at the end of a Pod's name; -1 when it is none of the set's. */
export function ordinalOf(pod: Stored<Pod>, set: Stored<StatefulSet>): number {
  const { name } = pod.metadata;
  const match = /^(.*)-([0-9]+)$/.exec(name);
  return match?.[1] === set.metadata.name ? Number(match[2]) : -1;
}

export function claimName(template: PersistentVolumeClaim, set: Stored<StatefulSet>, ordinal: number): string {
  return `${template.metadata?.name}-${set.metadata.name}-${ordinal}`;
}

/** The Pod with an ordinal, as a revision's template has it. kubernetes: stateful_set_utils.go newStatefulSetPod */
export function statefulPod(
  set: Stored<StatefulSet>,
  template: PodTemplateSpec,
  revision: string,
  ordinal: number,
): Pod {
  const pod = podFromTemplate(template, set);
  const name = `${set.metadata.name}-${ordinal}`;
  const claims = set.spec?.volumeClaimTemplates ?? [];
  const volumes = claims.map((claim) => ({
    name: claim.metadata?.name ?? '',
    persistentVolumeClaim: { claimName: claimName(claim, set, ordinal) },
  }));
  const others = (pod.spec?.volumes ?? []).filter((volume) => volumes.every((claim) => claim.name !== volume.name));
  const all = [...volumes, ...others];
  return {
    metadata: {
      ...pod.metadata,
      generateName: `${set.metadata.name}-`,
      name,
      labels: {
        ...pod.metadata?.labels,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [REVISION_LABEL]: revision,
        'statefulset.kubernetes.io/pod-name': name,
      },
    },
    spec: {
      ...pod.spec,
      containers: pod.spec?.containers ?? [],
      hostname: name,
      subdomain: set.spec?.serviceName,
      volumes: all.length > 0 ? all : undefined,
    },
  };
}

/** Creates and deletes the Pods of a StatefulSet and their claims. kubernetes: stateful_pod_control.go */
export class StatefulPodControl {
  constructor(
    private readonly client: Client,
    private readonly recorder: EventRecorder,
  ) {}

  create(set: Stored<StatefulSet>, pod: Pod, ordinal: number): void {
    const name = pod.metadata?.name ?? '';
    this.tell(set, 'create', name, () => {
      this.createClaims(set, ordinal, name);
      this.client.create(PODS, set.metadata.namespace ?? '', pod);
    });
  }

  delete(set: Stored<StatefulSet>, pod: Stored<Pod>): void {
    const { namespace = '', name } = pod.metadata;
    this.tell(set, 'delete', name, () => this.client.delete(PODS, namespace, name));
  }

  createClaims(set: Stored<StatefulSet>, ordinal: number, podName: string): void {
    const namespace = set.metadata.namespace ?? '';
    for (const template of set.spec?.volumeClaimTemplates ?? []) {
      const name = claimName(template, set, ordinal);
      if (this.client.get(PERSISTENT_VOLUME_CLAIMS, namespace, name)) continue;
      const claim: PersistentVolumeClaim = {
        metadata: {
          ...template.metadata,
          name,
          namespace,
          labels: { ...template.metadata?.labels, ...set.spec?.selector.matchLabels },
          ownerReferences: retentionOwners(set),
        },
        spec: deepCopy(template.spec),
      };
      try {
        this.client.create(PERSISTENT_VOLUME_CLAIMS, namespace, claim);
        const text = `Create Claim ${name} Pod ${podName} in StatefulSet ${set.metadata.name} success`;
        this.recorder.event(set, 'Normal', 'SuccessfulCreate', text);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        const text = `Create Claim ${name} for Pod ${podName} in StatefulSet ${set.metadata.name} failed error: ${error.message}`;
        this.recorder.event(set, 'Warning', 'FailedCreate', text);
        throw error;
      }
    }
  }

  /** With whenScaled: Delete, the claim of a Pod that is scaled away goes with the Pod. */
  condemnClaims(set: Stored<StatefulSet>, pod: Stored<Pod>, ordinal: number): void {
    if (set.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return;
    const namespace = set.metadata.namespace ?? '';
    const owner: OwnerReference = { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid };
    for (const template of set.spec.volumeClaimTemplates ?? []) {
      const name = claimName(template, set, ordinal);
      if (!this.client.get(PERSISTENT_VOLUME_CLAIMS, namespace, name)) continue;
      this.client.modify(PERSISTENT_VOLUME_CLAIMS, namespace, name, (old) => ({
        ...old,
        metadata: { ...old.metadata, ownerReferences: [owner] },
      }));
    }
  }

  private tell(set: Stored<StatefulSet>, verb: 'create' | 'delete', pod: string, run: () => void): void {
    const title = verb === 'create' ? 'Create' : 'Delete';
    const subject = `${title} Pod ${pod} in StatefulSet ${set.metadata.name}`;
    try {
      run();
      this.recorder.event(set, 'Normal', `Successful${title}`, `${subject} successful`);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.reason !== 'AlreadyExists') {
        this.recorder.event(set, 'Warning', `Failed${title}`, `${subject} failed error: ${error.message}`);
      }
      throw error;
    }
  }
}

function retentionOwners(set: Stored<StatefulSet>): OwnerReference[] | undefined {
  return set.spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete'
    ? [controllerReference(set)]
    : undefined;
}

import type { Client } from '../api/client.ts';
import { PODS } from '../api/kinds.ts';
import { deepCopy, type Stored } from '../api/object.ts';
import type { Pod, PodTemplateSpec } from '../api/types.generated.ts';
import { StatusError } from '../apimachinery/errors.ts';
import type { EventRecorder } from './event-recorder.ts';
import { controllerReference } from './ownership.ts';

/** A Pod as a template describes it, not yet created. kubernetes: controller.GetPodFromTemplate */
export function podFromTemplate(template: PodTemplateSpec | undefined, owner: Stored): Pod {
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    metadata: {
      generateName: `${owner.metadata.name}-`,
      labels: { ...labels },
      annotations: annotations ? { ...annotations } : undefined,
      finalizers: finalizers ? [...finalizers] : undefined,
      ownerReferences: [controllerReference(owner)],
    },
    spec: deepCopy(template?.spec) ?? { containers: [] },
  };
}

/** Whether a create failed because its namespace is going: nothing to tell then. */
export function namespaceIsGoing(error: unknown): boolean {
  return (
    error instanceof StatusError &&
    (error.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') === true ||
      / because it is being terminated$/.test(error.message))
  );
}

/** Creates and deletes Pods for a controller, with its events. kubernetes: controller.RealPodControl */
export class PodControl {
  constructor(
    private readonly client: Client,
    private readonly recorder: EventRecorder,
  ) {}

  create(owner: Stored, pod: Pod): Stored<Pod> {
    try {
      const created = this.client.create(PODS, owner.metadata.namespace ?? '', pod);
      this.recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
      return created;
    } catch (error) {
      if (error instanceof StatusError && !namespaceIsGoing(error)) {
        this.recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      }
      throw error;
    }
  }

  delete(owner: Stored, pod: Stored<Pod>): void {
    const { namespace = '', name } = pod.metadata;
    if (!this.client.get(PODS, namespace, name)) return;
    this.client.delete(PODS, namespace, name);
    this.recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  }
}

/**
 * Calls `create` `count` times, in batches of 1, 2, 4 …; a failure ends it after its batch. The first error, if any.
 * kubernetes: replicaset slowStartBatch
 */
export function slowStart(count: number, create: (index: number) => void): unknown {
  let index = 0;
  for (let batch = 1; index < count; batch *= 2) {
    const end = Math.min(index + batch, count);
    let failure: unknown;
    for (; index < end; index++) {
      try {
        create(index);
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) return failure;
  }
  return undefined;
}

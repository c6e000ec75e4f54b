import { SECRETS } from '../../api/kinds.ts';
import { deepEqual, type Stored } from '../../api/object.ts';
import type { Container as ContainerSpec, Pod } from '../../api/types.generated.ts';
import { type ContainerRole, ContainerState } from './container-state.ts';
import type { KubeletHost } from './host.ts';

/** Makes a state for each container of a Pod that has none yet. */
export function addContainers({ spec }: Stored<Pod>, containers: ContainerState[]): void {
  const add = (container: ContainerSpec, role: ContainerRole) => {
    if (!containers.some((known) => known.name === container.name))
      containers.push(new ContainerState(container, role));
  };
  for (const container of spec?.initContainers ?? [])
    add(container, container.restartPolicy === 'Always' ? 'sidecar' : 'init');
  for (const container of spec?.containers ?? []) add(container, 'app');
  for (const container of spec?.ephemeralContainers ?? []) add({ ...container, name: container.name }, 'ephemeral');
  for (const state of containers) {
    if (!state.waiting && !state.current)
      state.waiting = {
        // kubernetes: pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses
        reason: spec?.initContainers?.length ? 'PodInitializing' : 'ContainerCreating',
      };
  }
}

/** kubernetes: kubelet_pods.go getPullSecretsForPod */
export function checkPullSecrets({ client, recorder }: KubeletHost, pod: Stored<Pod>): void {
  const names = (pod.spec?.imagePullSecrets ?? []).map((secret) => secret.name ?? '');
  const missing = names.filter((name) => !client.get(SECRETS, pod.metadata.namespace ?? '', name));
  if (missing.length > 0)
    recorder.event(
      pod,
      'Warning',
      'FailedToRetrieveImagePullSecret',
      `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`,
    );
}

/** Whether more than the status has changed. kubernetes: pkg/kubelet/config/config.go checkAndUpdatePod */
export function isUpdate(old: Stored<Pod>, pod: Stored<Pod>): boolean {
  const { metadata } = old;
  return (
    metadata.generation !== pod.metadata.generation ||
    metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    !deepEqual(metadata.labels, pod.metadata.labels) ||
    !deepEqual(metadata.annotations, pod.metadata.annotations)
  );
}

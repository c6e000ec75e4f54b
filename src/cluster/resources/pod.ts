import type { Stored } from '../api/object.ts';
import type { Strategy } from '../api/resource.ts';
import type { Pod, PodCondition } from '../api/types.generated.ts';
import { toSeconds } from '../apimachinery/time.ts';
import { setPodDefaults } from './defaults/pod.ts';
import { podColumns } from './pod-columns.ts';
import { qosClassOf } from './qos.ts';
import {
  validateEphemeralUpdate,
  validatePod,
  validatePodResize,
  validatePodStatusUpdate,
  validatePodUpdate,
} from './validation/pod.ts';
import { keepResize } from './validation/pod-resize.ts';
import { podWarnings } from './validation/pod-warnings.ts';

/** kubernetes: pkg/registry/core/pod/strategy.go applySchedulingGatedCondition */
const GATED: PodCondition = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

/** kubernetes: pkg/registry/core/pod/strategy.go */
export const podStrategy: Strategy<Pod> = {
  setDefaults: setPodDefaults,
  generation: true,
  prepareForCreate(pod, { now }) {
    pod.status = { phase: 'Pending', qosClass: qosClassOf(pod.spec) };
    if ((pod.spec?.schedulingGates ?? []).length > 0)
      pod.status.conditions = [
        Object.assign({ ...GATED, lastTransitionTime: toSeconds(now) }, { lastProbeTime: null }),
      ];
  },
  prepareForUpdate(pod, old, { now, subresource }) {
    // kubernetes: dropNonEphemeralContainerUpdates
    if (subresource === 'ephemeralcontainers' && old.spec)
      pod.spec = { ...old.spec, ephemeralContainers: pod.spec?.ephemeralContainers };
    if (subresource === 'resize' && old.spec) pod.spec = keepResize(pod.spec, old.spec);
    pod.status = pod.spec?.nodeName && !old.spec?.nodeName ? boundStatus(old, now) : old.status;
  },
  validate: validatePod,
  validateUpdate(pod, old, { subresource }) {
    if (subresource === 'ephemeralcontainers') return validateEphemeralUpdate(pod, old);
    return subresource === 'resize' ? validatePodResize(pod, old) : validatePodUpdate(pod, old);
  },
  validateStatusUpdate: validatePodStatusUpdate,
  warnings: podWarnings,
  columns: podColumns,
  selectableFields: (pod) => ({
    'spec.nodeName': pod.spec?.nodeName ?? '',
    'spec.restartPolicy': pod.spec?.restartPolicy ?? '',
    'spec.schedulerName': pod.spec?.schedulerName ?? '',
    'spec.serviceAccountName': pod.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': String(pod.spec?.hostNetwork ?? false),
    'status.phase': pod.status?.phase ?? '',
    'status.podIP': pod.status?.podIP ?? '',
    'status.podIPs': pod.status?.podIP ?? '',
    'status.nominatedNodeName': pod.status?.nominatedNodeName ?? '',
  }),
  // kubernetes: podStrategy.CheckGracefulDelete
  gracePeriod(pod, requested) {
    let period = requested ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
    if (!pod.spec?.nodeName) period = 0;
    const phase = pod.status?.phase;
    if (phase === 'Failed' || phase === 'Succeeded') period = 0;
    return period < 0 ? 1 : period;
  },
};

/** What binding does to the status. kubernetes: pkg/registry/core/pod/storage/storage.go setPodNodeAndMetadata */
function boundStatus(pod: Stored<Pod>, now: number): Pod['status'] {
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastTransitionTime: toSeconds(now),
  };
  // Go always writes this time.
  Object.assign(scheduled, { lastProbeTime: null });
  const others = (pod.status?.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled');
  return { ...pod.status, nominatedNodeName: undefined, conditions: [...others, scheduled] };
}

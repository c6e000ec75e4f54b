import { deepCopy, type Stored } from '../../api/object.ts';
import type { Container, Job, Pod } from '../../api/types.generated.ts';
import { podFromTemplate } from '../pod-control.ts';
import { isPodTerminal } from '../pods.ts';
import { INDEX } from './indexes.ts';

export const TRACKING = 'batch.kubernetes.io/job-tracking';

/** How often Pods of an index failed, where a limit counts. kubernetes: indexed_job_utils.go addIndexFailureCountAnnotation */
const FAILURES = 'batch.kubernetes.io/job-index-failure-count';

/** A Pod of a Job; `index` for Indexed ones, with how often it `failed`. kubernetes: job_controller.go manageJob */
export function jobPod(job: Stored<Job>, index: number | undefined, failed: number): Pod {
  const pod = podFromTemplate(job.spec?.template, job);
  const metadata = { ...pod.metadata, finalizers: [...(pod.metadata?.finalizers ?? []), TRACKING] };
  if (index === undefined) return { ...pod, metadata };
  const { name } = job.metadata;
  const suffix = `-${index}-`;
  const spec = { ...deepCopy(pod.spec), containers: deepCopy(pod.spec?.containers) ?? [] };
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) addIndexVariable(container);
  return {
    metadata: {
      ...metadata,
      generateName: `${name.slice(0, 58 - suffix.length)}${suffix}`,
      annotations: {
        ...metadata.annotations,
        [INDEX]: String(index),
        ...(job.spec?.backoffLimitPerIndex === undefined ? {} : { [FAILURES]: String(failed) }),
      },
      labels: { ...metadata.labels, [INDEX]: String(index) },
    },
    spec: { ...spec, hostname: `${name}-${index}` },
  };
}

function addIndexVariable(container: Container): void {
  if (container.env?.some((variable) => variable.name === 'JOB_COMPLETION_INDEX')) return;
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX}']` };
  container.env = [...(container.env ?? []), { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef } }];
}

export function isTracked(pod: Stored<Pod>): boolean {
  return pod.metadata.finalizers?.includes(TRACKING) ?? false;
}

/** With a failure policy, or when only failed Pods are replaced, a Pod that is going has not failed yet. */
export function replacesOnlyFailed(job: Job): boolean {
  return job.spec?.podReplacementPolicy === 'Failed' || job.spec?.podFailurePolicy !== undefined;
}

export function hasFailed(pod: Stored<Pod>, job: Job): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (replacesOnlyFailed(job)) return false;
  return pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded';
}

/** When a Pod ended, ms; undefined when nothing says so. */
export function isOver(pod: Stored<Pod>, job: Job): boolean {
  return isPodTerminal(pod) || hasFailed(pod, job);
}

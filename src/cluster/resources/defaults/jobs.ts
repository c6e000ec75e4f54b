import type { CronJob, Job, JobSpec } from '../../api/types.generated.ts';
import { validateLabelValue } from '../../apimachinery/names.ts';
import { setPodTemplateDefaults } from './pod.ts';

/** kubernetes: pkg/apis/batch/v1/defaults.go */
export function setJobDefaults(job: Job): void {
  if (!job.spec) return;
  setJobSpecDefaults(job.spec);
  job.spec.manualSelector ??= false;
  const labels = job.spec.template?.metadata?.labels;
  const own = job.metadata?.labels;
  if (labels && (!own || Object.keys(own).length === 0)) job.metadata = { ...job.metadata, labels: { ...labels } };
}

function setJobSpecDefaults(spec: JobSpec): void {
  if (spec.completions === undefined && spec.parallelism === undefined) {
    spec.completions = 1;
    spec.parallelism = 1;
  }
  spec.parallelism ??= 1;
  if (spec.backoffLimitPerIndex !== undefined) spec.backoffLimit ??= 2_147_483_647;
  spec.backoffLimit ??= 6;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  for (const rule of spec.podFailurePolicy?.rules ?? [])
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
  setPodTemplateDefaults(spec.template);
}

/** A Job selects its own Pods by its uid. kubernetes: pkg/registry/batch/job/strategy.go generateSelector */
export function prepareJob(job: Job): void {
  const { spec, metadata } = job;
  if (!spec || spec.manualSelector || !metadata?.uid) return;
  const uid = metadata.uid;
  const generated = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': metadata.name ?? '',
    'controller-uid': uid,
    'job-name': metadata.name ?? '',
  };
  spec.template.metadata = { ...spec.template.metadata, labels: { ...spec.template.metadata?.labels, ...generated } };
  // Read back from the store, a Job without labels has those of its template by default.
  // A name that is no label's value is found fault with in the template only.
  const fits = validateLabelValue(metadata.name ?? '').length === 0;
  if (fits && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...spec.template.metadata.labels };
  spec.selector ??= {};
  spec.selector.matchLabels = { ...spec.selector.matchLabels, 'batch.kubernetes.io/controller-uid': uid };
}

export function setCronJobDefaults(cronJob: CronJob): void {
  const spec = cronJob.spec;
  if (!spec) return;
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  setPodTemplateDefaults(spec.jobTemplate?.spec?.template);
}

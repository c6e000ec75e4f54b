import type { Stored } from '../api/object.ts';
import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type { Job } from '../api/types.generated.ts';
import { humanDuration } from '../apimachinery/duration.ts';
import { parseTime } from '../apimachinery/time.ts';
import { prepareJob, setJobDefaults } from './defaults/jobs.ts';
import { validateJob, validateJobUpdate } from './validation/jobs.ts';
import { podTemplateWarnings } from './validation/pod-warnings.ts';
import { containerColumns } from './workload-columns.ts';

/** kubernetes: pkg/registry/batch/job/strategy.go */
export const jobStrategy: Strategy<Job> = {
  setDefaults: setJobDefaults,
  generation: true,
  defaultPropagation: 'Orphan',
  prepareForCreate(job) {
    job.status = {};
    prepareJob(job);
  },
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  warnings: (job) => podTemplateWarnings(job.spec?.template, 'spec.template'),
  fieldLabelError: (label) => `field label ${JSON.stringify(label)} not supported for Job`,
  selectableFields: (job) => ({ 'status.successful': String(job.status?.succeeded ?? 0) }),
  columns: [
    nameColumn,
    { name: 'Status', value: statusOf },
    { name: 'Completions', value: completionsOf },
    { name: 'Duration', value: durationOf },
    ageColumn,
    ...containerColumns<Job>(
      (job) => job.spec?.template?.spec,
      (job) => job.spec?.selector,
    ),
  ],
};

function has(job: Stored<Job>, type: string): boolean {
  return (job.status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
}

function statusOf(job: Stored<Job>): string {
  if (has(job, 'Complete')) return 'Complete';
  if (has(job, 'Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp) return 'Terminating';
  if (has(job, 'Suspended')) return 'Suspended';
  if (has(job, 'FailureTarget')) return 'FailureTarget';
  return has(job, 'SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completionsOf(job: Stored<Job>): string {
  const succeeded = job.status?.succeeded ?? 0;
  if (job.spec?.completions !== undefined) return `${succeeded}/${job.spec.completions}`;
  const parallelism = job.spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationOf(job: Stored<Job>, now: number): string {
  const { startTime, completionTime } = job.status ?? {};
  if (!startTime) return '';
  return humanDuration((completionTime ? parseTime(completionTime) : now) - parseTime(startTime));
}

import { deepCopy, deepEqual, type Stored } from '../../api/object.ts';
import type { CronJob, Job, JobSpec, LabelSelector, PodSpec } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { byteLength } from '../../apimachinery/json-value.ts';
import { labelSelectorMatches } from '../../apimachinery/labels.ts';
import { validateDns1123Label } from '../../apimachinery/names.ts';
import { CronError, parseCron } from './cron-schedule.ts';
import { domainPrefixedPath, type Errors, immutable, nonNegative, oneOf, optionalOneOf } from './field.ts';
import { internalPodSpec, internalPodTemplate } from './internal-form.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './job-policies.ts';
import { validatePodTemplate } from './pod.ts';
import { validateLabelSelector } from './selectors.ts';

// kubernetes: pkg/apis/batch/validation/validation.go

/** Pods of a CronJob's Jobs get `-` and ten digits appended. */
const MAX_CRON_JOB_NAME = 52;
const MAX_INDEXED_PARALLELISM = 100_000;

export function validateJob(job: Job): Errors {
  const spec = job.spec;
  const errors = [...validateGeneratedSelector(job), ...validateJobWithSelector(spec)];
  if (spec?.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
    const name = job.metadata?.name ?? '';
    const last = `${name}-${(spec.completions ?? 0) - 1}`;
    if (validateDns1123Label(last).length > 0) {
      errors.push(
        FieldError.invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${last}`),
      );
    }
  }
  return errors;
}

/** A Job selects by its own uid unless the manifest says `manualSelector`. */
function validateGeneratedSelector(job: Job): Errors {
  const selector = job.spec?.selector;
  if (job.spec?.manualSelector || !selector) return [];
  const uid = job.metadata?.uid ?? '';
  const name = job.metadata?.name ?? '';
  const generated = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  return matches(selector, generated)
    ? []
    : [FieldError.invalid('spec.selector', selector, '`selector` not auto-generated')];
}

function validateJobWithSelector(spec: JobSpec | undefined): Errors {
  const errors = validateJobSpec(spec, 'spec');
  if (!spec?.selector) errors.push(FieldError.required('spec.selector'));
  else errors.push(...validateLabelSelector(spec.selector, 'spec.selector'));
  const labels = spec?.template?.metadata?.labels;
  if (!spec?.selector || !matches(spec.selector, labels ?? {})) {
    errors.push(
      FieldError.invalid(
        'spec.template.metadata.labels',
        labels ?? null,
        '`selector` does not match template `labels`',
      ),
    );
  }
  return errors;
}

function matches(selector: LabelSelector, labels: { [key: string]: string }): boolean {
  try {
    return labelSelectorMatches(selector, labels);
  } catch {
    return true;
  }
}

function validateJobSpec(spec: JobSpec | undefined, path: string): Errors {
  const errors: Errors = [];
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const) {
    if (spec?.[field] !== undefined) errors.push(...nonNegative(spec[field], `${path}.${field}`));
  }
  if (spec?.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(FieldError.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  }
  errors.push(...validateManagedBy(spec?.managedBy, `${path}.managedBy`));
  const mode = spec?.completionMode;
  errors.push(...optionalOneOf(mode, ['NonIndexed', 'Indexed'], `${path}.completionMode`));
  if (mode === 'Indexed') errors.push(...validateIndexed(spec, path));
  else if (mode === undefined || mode === 'NonIndexed') {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
      const value = spec?.[field];
      if (value !== undefined)
        errors.push(FieldError.invalid(`${path}.${field}`, value, 'requires indexed completion mode'));
    }
  }
  errors.push(...validatePodFailurePolicy(spec, `${path}.podFailurePolicy`));
  errors.push(...validateSuccessPolicy(spec, `${path}.successPolicy`));
  errors.push(
    ...validateReplacement(spec, `${path}.podReplacementPolicy`),
    ...validatePodTemplate(spec?.template, `${path}.template`),
  );
  return [...errors, ...validateRestartPolicy(spec, `${path}.template.spec.restartPolicy`)];
}

const MAX_MANAGED_BY = 63;

function validateManagedBy(value: string | undefined, path: string): Errors {
  if (value === undefined) return [];
  const errors = domainPrefixedPath(value, path);
  return byteLength(value) > MAX_MANAGED_BY ? [...errors, FieldError.tooLong(path, value, MAX_MANAGED_BY)] : errors;
}

function validateIndexed(spec: JobSpec | undefined, path: string): Errors {
  const errors: Errors = [];
  const { completions, parallelism, maxFailedIndexes } = spec ?? {};
  if (completions === undefined)
    errors.push(FieldError.required(`${path}.completions`, 'when completion mode is Indexed'));
  if (parallelism !== undefined && parallelism > MAX_INDEXED_PARALLELISM) {
    const must = `must be less than or equal to ${MAX_INDEXED_PARALLELISM} when completion mode is Indexed`;
    errors.push(FieldError.invalid(`${path}.parallelism`, parallelism, must));
  }
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions) {
    errors.push(
      FieldError.invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions'),
    );
  }
  return errors;
}

function validateReplacement(spec: JobSpec | undefined, path: string): Errors {
  const policy = spec?.podReplacementPolicy;
  if (policy === undefined) return [];
  if (spec?.podFailurePolicy) return policy === 'Failed' ? [] : [FieldError.notSupported(path, policy, ['Failed'])];
  return optionalOneOf(policy, ['Failed', 'TerminatingOrFailed'], path);
}

function validateRestartPolicy(spec: JobSpec | undefined, path: string): Errors {
  const policy: string = spec?.template?.spec?.restartPolicy ?? '';
  if (policy === 'Always' || policy === '') return [FieldError.required(path, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never')
    return [FieldError.notSupported(path, policy, ['OnFailure', 'Never'])];
  if (!spec?.podFailurePolicy || policy === 'Never') return [];
  return [FieldError.invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')];
}

export function validateJobUpdate(job: Job, old: Stored<Job>): Errors {
  const spec = job.spec;
  const before = old.spec;
  return [
    ...validateGeneratedSelector(job),
    ...validateJobWithSelector(spec),
    ...validateCompletions(spec, before),
    ...immutable(spec?.selector, before?.selector, 'spec.selector'),
    ...validateTemplateUpdate(spec, before, old),
    ...immutable(spec?.completionMode, before?.completionMode, 'spec.completionMode'),
    ...immutable(spec?.podFailurePolicy, before?.podFailurePolicy, 'spec.podFailurePolicy'),
    ...immutable(spec?.backoffLimitPerIndex, before?.backoffLimitPerIndex, 'spec.backoffLimitPerIndex'),
    ...immutable(spec?.managedBy, before?.managedBy, 'spec.managedBy'),
    ...immutable(spec?.successPolicy, before?.successPolicy, 'spec.successPolicy'),
  ];
}

function validateCompletions(spec: JobSpec | undefined, old: JobSpec | undefined): Errors {
  if (spec?.completionMode !== 'Indexed') return immutable(spec?.completions, old?.completions, 'spec.completions');
  if (spec.completions === undefined || spec.completions === old?.completions || spec.completions === spec.parallelism)
    return [];
  return [
    FieldError.invalid('spec.completions', spec.completions, 'can only be modified in tandem with spec.parallelism'),
  ];
}

/** A suspended Job that has not started may still change where its Pods go. */
function validateTemplateUpdate(spec: JobSpec | undefined, before: JobSpec | undefined, old: Stored<Job>): Errors {
  const template = spec?.template;
  let allowed = before?.template;
  if (before?.suspend && !old.status?.startTime && allowed?.spec && template?.spec) {
    const { affinity, nodeSelector, tolerations, schedulingGates } = template.spec;
    allowed = {
      metadata: { ...allowed.metadata, labels: template.metadata?.labels, annotations: template.metadata?.annotations },
      spec: {
        ...allowed.spec,
        affinity: { ...allowed.spec.affinity, nodeAffinity: affinity?.nodeAffinity },
        nodeSelector,
        tolerations,
        schedulingGates,
      },
    };
    if (!affinity && !before.template.spec?.affinity)
      allowed.spec = { ...allowed.spec, containers: allowed.spec?.containers ?? [], affinity: undefined };
  }
  if (deepEqual(template, allowed)) return [];
  if (before?.suspend && !old.status?.startTime && template?.spec && allowed?.spec) {
    // What its Pods ask for may change too.
    if (deepEqual(template.spec, withResources(allowed.spec, template.spec))) return [];
    return [FieldError.invalid('spec.template.spec', internalPodSpec(template.spec), 'field is immutable')];
  }
  return [FieldError.invalid('spec.template', template ? internalPodTemplate(template) : null, 'field is immutable')];
}

/** A spec with the resources that another one's containers of the same names have. */
function withResources(spec: PodSpec, other: PodSpec): PodSpec {
  const copy = deepCopy(spec);
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [i, container] of (copy[list] ?? []).entries()) {
      const given = other[list]?.[i];
      if (given?.name === container.name) container.resources = given.resources;
    }
  }
  return copy;
}

export function validateCronJob(cronJob: CronJob): Errors {
  const errors = validateCronJobSpec(cronJob, undefined);
  const name = cronJob.metadata?.name ?? '';
  if (name.length > MAX_CRON_JOB_NAME)
    errors.push(FieldError.invalid('metadata.name', name, 'must be no more than 52 characters'));
  return errors;
}

export function validateCronJobUpdate(cronJob: CronJob, old: Stored<CronJob>): Errors {
  return validateCronJobSpec(cronJob, old);
}

function validateCronJobSpec(cronJob: CronJob, old: CronJob | undefined): Errors {
  const spec = cronJob.spec;
  const errors: Errors = [];
  if (!spec?.schedule) errors.push(FieldError.required('spec.schedule'));
  else errors.push(...validateSchedule(spec.schedule));
  if (spec?.startingDeadlineSeconds !== undefined)
    errors.push(...nonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'));
  if (!old || old.spec?.timeZone !== spec?.timeZone) errors.push(...validateTimeZone(spec?.timeZone));
  errors.push(...oneOf(spec?.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'], 'spec.concurrencyPolicy'));
  const job = spec?.jobTemplate?.spec;
  errors.push(...validateJobSpec(job, 'spec.jobTemplate.spec'));
  if (job?.selector)
    errors.push(
      FieldError.invalid('spec.jobTemplate.spec.selector', job.selector, '`selector` will be auto-generated'),
    );
  if (job?.manualSelector)
    errors.push(FieldError.notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']));
  for (const field of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const) {
    if (spec?.[field] !== undefined) errors.push(...nonNegative(spec[field], `spec.${field}`));
  }
  return errors;
}

function validateSchedule(schedule: string): Errors {
  const errors: Errors = [];
  try {
    parseCron(schedule);
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    errors.push(FieldError.invalid('spec.schedule', schedule, error.message));
  }
  if (schedule.includes('TZ')) {
    const why = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    errors.push(FieldError.invalid('spec.schedule', schedule, why));
  }
  return errors;
}

function validateTimeZone(zone: string | undefined): Errors {
  if (zone === undefined) return [];
  const path = 'spec.timeZone';
  if (zone === '') return [FieldError.invalid(path, zone, 'timeZone must be nil or non-empty string')];
  if (zone.toLowerCase() === 'local') {
    return [
      FieldError.invalid(
        path,
        zone,
        'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ),
    ];
  }
  return isTimeZone(zone) ? [] : [FieldError.invalid(path, zone, `unknown time zone ${zone}`)];
}

/** Names of zones are those of files: their case counts, and `+09:00` is none. */
function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9._+/-]*$/.test(zone)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    return timeZone.toLowerCase() !== zone.toLowerCase() || timeZone === zone;
  } catch {
    return false;
  }
}

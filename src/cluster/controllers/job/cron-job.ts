import { CRON_JOBS, JOBS } from '../../api/kinds.ts';
import { controllerOf, deepCopy, keyOf, type Stored, splitKey } from '../../api/object.ts';
import type { CronJob, CronJobStatus, Job, ObjectReference } from '../../api/types.generated.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { parseTime, toSeconds } from '../../apimachinery/time.ts';
import { CronError, type CronSchedule, parseCron } from '../../resources/validation/cron-schedule.ts';
import { isTrue } from '../conditions.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { controllerReference } from '../ownership.ts';
import { namespaceIsGoing } from '../pod-control.ts';
import type { WorkQueue } from '../work-queue.ts';
import { formatIn, nextTime } from './cron-time.ts';
import { isFinished } from './job.ts';

/** Jobs start a little after their time. */
const DELTA = 100;
const MANY_MISSED = 100;

/** Starts Jobs at their times. kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go */
export const cronJobController: Controller = {
  name: 'cronjob-controller',
  start: (context) => new CronJobController(context).start(),
};

class CronJobController {
  private readonly queue: WorkQueue;
  private readonly recorder: EventRecorder;

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((key) => this.sync(key));
    this.recorder = context.recorder('cronjob-controller');
  }

  start(): void {
    this.context.enqueue(CRON_JOBS, this.queue);
    this.context.informer(JOBS, ({ object }) => {
      const owner = controllerOf(object);
      if (owner?.kind === 'CronJob') this.queue.add(`${object.metadata.namespace}/${owner.name}`);
    });
  }

  private sync(key: string): void {
    const { namespace, name } = splitKey(key);
    const { client } = this.context;
    const cronJob = client.get(CRON_JOBS, namespace, name);
    if (!cronJob) return;
    const jobs = [...client.ownedBy(JOBS, cronJob.metadata.uid)];
    const status: CronJobStatus = { ...cronJob.status, active: [...(cronJob.status?.active ?? [])] };
    const rest = this.cleanUp(cronJob, jobs, status);
    this.noteJobs(cronJob, rest, status);
    let failure: unknown;
    try {
      if (!cronJob.metadata.deletionTimestamp) this.schedule(cronJob, status);
    } catch (error) {
      failure = error;
    }
    const written = { ...status, active: status.active?.length ? status.active : undefined };
    client.modify(CRON_JOBS, namespace, name, (old) => ({ ...old, status: written }), 'status');
    if (failure !== undefined && !namespaceIsGoing(failure)) throw failure;
  }

  /** Takes finished Jobs off the list of active ones. */
  private noteJobs(cronJob: Stored<CronJob>, jobs: readonly Stored<Job>[], status: CronJobStatus): void {
    const listed = (job: Stored<Job>) => status.active?.some(({ uid }) => uid === job.metadata.uid) ?? false;
    for (const job of jobs) {
      const { name, uid } = job.metadata;
      if (!isFinished(job)) {
        if (listed(job)) continue;
        const text = `Saw a job that the controller did not create or forgot: ${name}`;
        this.recorder.event(cronJob, 'Warning', 'UnexpectedJob', text);
        continue;
      }
      if (listed(job)) {
        const condition = isTrue(job.status?.conditions, 'Complete') ? 'Complete' : 'Failed';
        status.active = status.active?.filter((reference) => reference.uid !== uid);
        this.recorder.event(
          cronJob,
          'Normal',
          'SawCompletedJob',
          `Saw completed job: ${name}, condition: ${condition}`,
        );
      }
      const { completionTime } = job.status ?? {};
      if (completionTime && (!status.lastSuccessfulTime || completionTime > status.lastSuccessfulTime)) {
        status.lastSuccessfulTime = completionTime;
      }
    }
    for (const { uid, name } of status.active ?? []) {
      if (jobs.some((job) => job.metadata.uid === uid)) continue;
      if (this.context.client.get(JOBS, cronJob.metadata.namespace ?? '', name ?? '')) continue;
      status.active = status.active?.filter((reference) => reference.uid !== uid);
      this.recorder.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
    }
  }

  private schedule(cronJob: Stored<CronJob>, status: CronJobStatus): void {
    const { spec } = cronJob;
    if (!spec || spec.suspend) return;
    const schedule = this.parse(cronJob, spec.schedule);
    if (!schedule) return;
    const zone = spec.timeZone ?? '';
    const { now } = this.context;
    const next = nextTime(schedule, now, zone);
    if (next !== undefined) this.queue.addAfter(keyOf(cronJob), next + DELTA - now);
    const time = this.due(cronJob, schedule, zone);
    if (time === undefined) return;
    if (spec.startingDeadlineSeconds !== undefined && time + spec.startingDeadlineSeconds * 1000 < now) {
      const text = `Missed scheduled time to start a job: ${rfc1123(time)}`;
      this.recorder.event(cronJob, 'Warning', 'MissSchedule', text);
      return;
    }
    const started = status.lastScheduleTime !== undefined && parseTime(status.lastScheduleTime) === time;
    const jobName = `${cronJob.metadata.name}-${Math.floor(time / 60_000)}`;
    if (started || status.active?.some(({ name }) => name === jobName)) return;
    if (spec.concurrencyPolicy === 'Forbid' && (status.active?.length ?? 0) > 0) {
      const text = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      this.recorder.event(cronJob, 'Normal', 'JobAlreadyActive', text);
      return;
    }
    if (spec.concurrencyPolicy === 'Replace') {
      for (const { name } of status.active ?? []) this.deleteJob(cronJob, name ?? '');
      status.active = [];
    }
    const reference = this.startJob(cronJob, jobName, time, zone);
    if (!reference) return;
    status.active = [...(status.active ?? []), reference];
    status.lastScheduleTime = toSeconds(time);
  }

  private parse(cronJob: Stored<CronJob>, text: string): CronSchedule | undefined {
    try {
      return parseCron(text);
    } catch (error) {
      if (!(error instanceof CronError)) throw error;
      const message = `unparseable schedule: ${JSON.stringify(text)} : ${error.message}`;
      this.recorder.event(cronJob, 'Warning', 'UnparseableSchedule', message);
      return undefined;
    }
  }

  /** The last time that has come and may still be kept. kubernetes: mostRecentScheduleTime */
  private due(cronJob: Stored<CronJob>, schedule: CronSchedule, zone: string): number | undefined {
    const { now } = this.context;
    const { lastScheduleTime } = cronJob.status ?? {};
    let earliest = parseTime(lastScheduleTime ?? cronJob.metadata.creationTimestamp);
    const deadline = cronJob.spec?.startingDeadlineSeconds;
    if (deadline !== undefined) earliest = Math.max(earliest, now - deadline * 1000);
    const first = nextTime(schedule, earliest, zone);
    if (first === undefined || first > now) return undefined;
    const second = nextTime(schedule, first, zone) ?? Number.POSITIVE_INFINITY;
    if (second > now) return first;
    const missed = Math.floor((now - first) / (second - first)) + 1;
    let last: number | undefined;
    let time = nextTime(schedule, first + (missed - 2) * (second - first), zone);
    while (time !== undefined && time <= now) {
      last = time;
      time = nextTime(schedule, time, zone);
    }
    if (missed > MANY_MISSED) {
      const text = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      this.recorder.event(cronJob, 'Warning', 'TooManyMissedTimes', text);
    }
    return last;
  }

  private startJob(cronJob: Stored<CronJob>, name: string, time: number, zone: string): ObjectReference | undefined {
    const { client } = this.context;
    const { namespace = '' } = cronJob.metadata;
    const template = cronJob.spec?.jobTemplate;
    try {
      const job = client.create(
        JOBS,
        namespace,
        {
          metadata: {
            name,
            labels: { ...template?.metadata?.labels },
            annotations: {
              ...template?.metadata?.annotations,
              'batch.kubernetes.io/cronjob-scheduled-timestamp': formatIn(time, zone),
            },
            ownerReferences: [controllerReference(cronJob)],
          },
          spec: deepCopy(template?.spec),
        },
        true,
      );
      this.recorder.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
      const { uid, resourceVersion } = job.metadata;
      return { kind: 'Job', apiVersion: 'batch/v1', namespace, name, uid, resourceVersion };
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.reason === 'AlreadyExists') return undefined;
      if (!namespaceIsGoing(error)) {
        this.recorder.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
      }
      throw error;
    }
  }

  private deleteJob(cronJob: Stored<CronJob>, name: string): void {
    const { namespace = '' } = cronJob.metadata;
    if (!this.context.client.get(JOBS, namespace, name)) return;
    this.context.client.delete(JOBS, namespace, name, { propagationPolicy: 'Background' });
    this.recorder.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  }

  /** Deletes finished Jobs beyond the history limits; the Jobs that are left. */
  private cleanUp(cronJob: Stored<CronJob>, jobs: readonly Stored<Job>[], status: CronJobStatus): Stored<Job>[] {
    const gone = new Set<Stored<Job>>();
    const limits = [
      ['Complete', cronJob.spec?.successfulJobsHistoryLimit],
      ['Failed', cronJob.spec?.failedJobsHistoryLimit],
    ] as const;
    for (const [type, limit] of limits) {
      if (limit === undefined) continue;
      const finished = jobs
        .filter((job) => isTrue(job.status?.conditions, type))
        .sort((a, b) => ((a.status?.startTime ?? '') < (b.status?.startTime ?? '') ? -1 : 1));
      for (const job of finished.slice(0, Math.max(0, finished.length - limit))) {
        const { uid, name } = job.metadata;
        status.active = status.active?.filter((reference) => reference.uid !== uid);
        this.deleteJob(cronJob, name);
        gone.add(job);
      }
    }
    return jobs.filter((job) => !gone.has(job));
  }
}

/** `Sat, 21 Nov 2026 04:15:00 +0000`. */
function rfc1123(time: number): string {
  return new Date(time).toUTCString().replace('GMT', '+0000');
}

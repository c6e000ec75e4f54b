import type { Stored } from '../../api/object.ts';
import type { Job, JobCondition, JobStatus, Pod } from '../../api/types.generated.ts';
import { parseTime, toSeconds } from '../../apimachinery/time.ts';
import { findCondition, isTrue, withoutCondition } from '../conditions.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { namespaceIsGoing, type PodControl, slowStart } from '../pod-control.ts';
import { isPodActive, isPodReady, isPodTerminating, restartsOf } from '../pods.ts';
import { podsToDelete } from '../replica-set/deletion-order.ts';
import { judge } from './failure-policy.ts';
import { formatIndexes, indexOf, isIndexed, parseIndexes } from './indexes.ts';
import type { FailureRecord } from './job.ts';
import { hasFailed, isOver, isTracked, jobPod, replacesOnlyFailed } from './job-pods.ts';

/** First wait after a failed Pod and longest wait, ms. */
const BACKOFF = 10_000;
const MAX_BACKOFF = 600_000;
const MAX_CREATE = 500;

/** One look at a Job and its Pods: works out the new status, makes and deletes Pods. kubernetes: syncJob */
export class JobRound {
  readonly status: JobStatus;
  /** Pods that are counted now and need not be kept any longer. */
  readonly counted: Stored<Pod>[] = [];
  /** When to look again, ms from now. */
  readonly waits: number[] = [];
  private active: Stored<Pod>[];
  private readonly succeededIndexes: Set<number>;
  private readonly failedIndexes: Set<number>;
  private finished: JobCondition | undefined;

  constructor(
    private readonly job: Stored<Job>,
    private readonly pods: readonly Stored<Pod>[],
    private readonly record: FailureRecord,
    private readonly control: PodControl,
    private readonly recorder: EventRecorder,
    private readonly now: number,
  ) {
    this.status = { ...job.status, uncountedTerminatedPods: {} };
    this.active = pods.filter(isPodActive);
    this.succeededIndexes = parseIndexes(job.status?.completedIndexes);
    this.failedIndexes = parseIndexes(job.status?.failedIndexes);
  }

  /** The error that stopped it, if any. */
  run(): unknown {
    const suspended = this.job.spec?.suspend === true;
    if (!this.status.startTime && !suspended) this.status.startTime = toSeconds(this.now);
    this.countFinished();
    let failure: unknown;
    let terminating = this.pods.filter(isPodTerminating).length;
    const ending = this.endingCondition();
    if (ending) {
      terminating += this.deleteAll(this.active);
      // Pods that were stopped count as failed.
      if (ending.type === 'FailureTarget') this.countStopped();
      this.status.conditions = [...withoutCondition(this.status.conditions, ending.type), ending];
    } else if (!this.job.metadata.deletionTimestamp) {
      const before = this.active.length;
      failure = this.manage(suspended, terminating);
      terminating += Math.max(0, before - this.active.length);
      if (this.isComplete()) {
        const text = 'Reached expected number of succeeded pods';
        this.status.conditions = [
          ...(this.status.conditions ?? []),
          this.condition('SuccessCriteriaMet', 'CompletionsReached', text),
        ];
      } else this.noteSuspension(suspended);
    }
    this.status.active = this.active.length || undefined;
    this.status.ready = this.active.filter(isPodReady).length;
    this.status.terminating = terminating;
    this.finish(terminating);
    return failure;
  }

  /** The events of the end, after the status was written. */
  announce(): void {
    if (!this.finished) return;
    const { type, reason = '', message = '' } = this.finished;
    if (type === 'Complete') this.recorder.event(this.job, 'Normal', 'Completed', 'Job completed');
    else this.recorder.event(this.job, 'Warning', reason, message);
  }

  private condition(type: string, reason: string, message: string, status = 'True'): JobCondition {
    const time = toSeconds(this.now);
    return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
  }

  // ---- counting ----

  private countFinished(): void {
    for (const pod of this.pods) {
      if (!isTracked(pod) || !isOver(pod, this.job)) continue;
      this.counted.push(pod);
      if (pod.status?.phase === 'Succeeded') this.countSuccess(pod);
      else if (hasFailed(pod, this.job)) this.countFailure(pod);
    }
    if (!isIndexed(this.job)) return;
    this.status.succeeded = this.succeededIndexes.size || undefined;
    this.status.completedIndexes = formatIndexes(this.succeededIndexes) || undefined;
    if (this.job.spec?.backoffLimitPerIndex !== undefined)
      this.status.failedIndexes = formatIndexes(this.failedIndexes);
  }

  private countSuccess(pod: Stored<Pod>): void {
    this.record.failures = 0;
    if (!isIndexed(this.job)) this.status.succeeded = (this.status.succeeded ?? 0) + 1;
    else if (indexOf(pod) >= 0 && indexOf(pod) < (this.job.spec?.completions ?? 0))
      this.succeededIndexes.add(indexOf(pod));
  }

  private countFailure(pod: Stored<Pod>): void {
    this.record.failures++;
    this.record.last = this.now;
    const { action } = judge(this.job, pod);
    if (action === 'Ignore') return;
    this.status.failed = (this.status.failed ?? 0) + 1;
    const limit = this.job.spec?.backoffLimitPerIndex;
    if (limit === undefined) return;
    const index = indexOf(pod);
    if (this.failuresOf(index) > limit || action === 'FailIndex') this.failedIndexes.add(index);
  }

  private failuresOf(index: number): number {
    return this.pods.filter((pod) => indexOf(pod) === index && hasFailed(pod, this.job)).length;
  }

  private countStopped(): void {
    for (const pod of this.pods) {
      if (!isTracked(pod) || this.counted.includes(pod) || !isPodActive(pod)) continue;
      this.counted.push(pod);
      this.status.failed = (this.status.failed ?? 0) + 1;
    }
  }

  // ---- the end ----

  /** Why the Job ends, when it does; once it has begun to end it goes on. */
  private endingCondition(): JobCondition | undefined {
    const { spec } = this.job;
    for (const type of ['SuccessCriteriaMet', 'FailureTarget']) {
      const begun = findCondition(this.status.conditions, type);
      if (begun?.status === 'True') return begun;
    }
    const fail = (reason: string, message: string) => this.condition('FailureTarget', reason, message);
    for (const pod of this.pods) {
      if (!hasFailed(pod, this.job) || !spec?.podFailurePolicy) continue;
      const { action, message } = judge(this.job, pod);
      if (action === 'FailJob') return fail('PodFailurePolicy', message);
    }
    if ((this.status.failed ?? 0) > (spec?.backoffLimit ?? 6) || this.restartedTooOften()) {
      return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
    }
    if (this.isPastDeadline()) return fail('DeadlineExceeded', 'Job was active longer than specified deadline');
    if (!isIndexed(this.job)) return undefined;
    return this.indexedEnd(fail);
  }

  private indexedEnd(fail: (reason: string, message: string) => JobCondition): JobCondition | undefined {
    const { spec } = this.job;
    const failed = this.failedIndexes.size;
    if (spec?.maxFailedIndexes !== undefined && failed > spec.maxFailedIndexes) {
      return fail('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
    }
    if (failed > 0 && failed + this.succeededIndexes.size >= (spec?.completions ?? 0)) {
      return fail('FailedIndexes', 'Job has failed indexes');
    }
    for (const [index, rule] of (spec?.successPolicy?.rules ?? []).entries()) {
      const named = rule.succeededIndexes === undefined ? undefined : parseIndexes(rule.succeededIndexes);
      const matched = [...this.succeededIndexes].filter((each) => !named || named.has(each)).length;
      const needed = rule.succeededCount ?? named?.size ?? 0;
      if (needed > 0 && matched >= needed) {
        return this.condition('SuccessCriteriaMet', 'SuccessPolicy', `Matched rules at index ${index}`);
      }
    }
    return undefined;
  }

  private restartedTooOften(): boolean {
    const { spec } = this.job;
    if (spec?.template.spec?.restartPolicy !== 'OnFailure') return false;
    let restarts = 0;
    for (const pod of this.pods) {
      if (pod.status?.phase === 'Running' || pod.status?.phase === 'Pending') restarts += restartsOf(pod);
    }
    const limit = spec.backoffLimit ?? 6;
    return limit === 0 ? restarts > 0 : restarts >= limit;
  }

  private isPastDeadline(): boolean {
    const seconds = this.job.spec?.activeDeadlineSeconds;
    const { startTime } = this.status;
    if (seconds === undefined || !startTime || this.job.spec?.suspend) return false;
    const left = parseTime(startTime) + seconds * 1000 - this.now;
    if (left <= 0) return true;
    this.waits.push(left);
    return false;
  }

  private isComplete(): boolean {
    const { completions } = this.job.spec ?? {};
    const succeeded = this.status.succeeded ?? 0;
    if (this.active.length > 0) return false;
    return completions === undefined ? succeeded > 0 : succeeded >= completions;
  }

  /** The last condition comes when no Pod is left that is going. */
  private finish(terminating: number): void {
    const { conditions } = this.status;
    const target = findCondition(conditions, 'FailureTarget') ?? findCondition(conditions, 'SuccessCriteriaMet');
    if (target?.status !== 'True' || terminating > 0 || this.active.length > 0) return;
    const type = target.type === 'FailureTarget' ? 'Failed' : 'Complete';
    this.finished = this.condition(type, target.reason ?? '', target.message ?? '');
    this.status.conditions = [...(conditions ?? []), this.finished];
    if (type === 'Complete') this.status.completionTime = toSeconds(this.now);
  }

  private noteSuspension(suspended: boolean): void {
    const current = findCondition(this.status.conditions, 'Suspended');
    if (suspended === isTrue(this.status.conditions, 'Suspended') || (!current && !suspended)) return;
    const condition = suspended
      ? this.condition('Suspended', 'JobSuspended', 'Job suspended')
      : this.condition('Suspended', 'JobResumed', 'Job resumed', 'False');
    this.status.conditions = [...withoutCondition(this.status.conditions, 'Suspended'), condition];
    const event = suspended ? 'Suspended' : 'Resumed';
    this.recorder.event(this.job, 'Normal', event, condition.message ?? '');
    this.status.startTime = suspended ? undefined : toSeconds(this.now);
  }

  // ---- Pods ----

  private deleteAll(pods: readonly Stored<Pod>[]): number {
    for (const pod of pods) this.control.delete(this.job, pod);
    const gone = new Set(pods);
    this.active = this.active.filter((pod) => !gone.has(pod));
    return pods.length;
  }

  private manage(suspended: boolean, terminating: number): unknown {
    if (suspended) {
      this.deleteAll(this.active);
      return undefined;
    }
    const wanted = this.wantedActive();
    const surplus = this.surplus(wanted);
    if (surplus.length > 0) {
      this.deleteAll(surplus);
      return undefined;
    }
    const missing = wanted - this.active.length - (replacesOnlyFailed(this.job) ? terminating : 0);
    if (missing <= 0) return undefined;
    const wait = this.backoffLeft();
    if (wait > 0) {
      this.waits.push(wait);
      return undefined;
    }
    const indexes = isIndexed(this.job) ? this.pendingIndexes(missing) : undefined;
    const made: Stored<Pod>[] = [];
    const failure = slowStart(Math.min(indexes?.length ?? missing, MAX_CREATE), (number) => {
      try {
        const index = indexes?.[number];
        const counts = index !== undefined && this.job.spec?.backoffLimitPerIndex !== undefined;
        const failed = counts ? this.failuresOf(index) : 0;
        made.push(this.control.create(this.job, jobPod(this.job, index, failed)));
      } catch (error) {
        if (!namespaceIsGoing(error)) throw error;
      }
    });
    this.active = [...this.active, ...made];
    return failure;
  }

  private wantedActive(): number {
    const { completions, parallelism = 1 } = this.job.spec ?? {};
    const succeeded = this.status.succeeded ?? 0;
    if (completions === undefined) return succeeded > 0 ? this.active.length : parallelism;
    return Math.max(0, Math.min(completions - succeeded - this.failedIndexes.size, parallelism));
  }

  private surplus(wanted: number): Stored<Pod>[] {
    const remove = new Set<Stored<Pod>>();
    if (isIndexed(this.job)) {
      const seen = new Set<number>();
      for (const pod of this.active) {
        const index = indexOf(pod);
        const useless = index < 0 || index >= (this.job.spec?.completions ?? 0) || this.succeededIndexes.has(index);
        if (useless || seen.has(index)) remove.add(pod);
        seen.add(index);
      }
    }
    const rest = this.active.filter((pod) => !remove.has(pod));
    const count = rest.length - wanted;
    if (count > 0) for (const pod of podsToDelete(rest, count, () => 0, this.now)) remove.add(pod);
    return [...remove];
  }

  private pendingIndexes(count: number): number[] {
    const busy = new Set(this.active.map(indexOf));
    const indexes: number[] = [];
    for (let index = 0; index < (this.job.spec?.completions ?? 0) && indexes.length < count; index++) {
      if (!busy.has(index) && !this.succeededIndexes.has(index) && !this.failedIndexes.has(index)) indexes.push(index);
    }
    return indexes;
  }

  private backoffLeft(): number {
    const { failures, last } = this.record;
    if (failures === 0) return 0;
    return last + Math.min(BACKOFF * 2 ** (failures - 1), MAX_BACKOFF) - this.now;
  }
}

import { JOBS, PODS } from '../../api/kinds.ts';
import { controllerOf, keyOf, type Stored, splitKey } from '../../api/object.ts';
import type { Job, Pod } from '../../api/types.generated.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import { isTrue } from '../conditions.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { claim } from '../ownership.ts';
import { PodControl } from '../pod-control.ts';
import { PodIndex } from '../pod-index.ts';
import type { WorkQueue } from '../work-queue.ts';
import { isTracked, TRACKING } from './job-pods.ts';
import { JobRound } from './round.ts';

/** Changes of Pods are looked at together once a second. */
const BATCH_PERIOD = 1000;

/** Runs Pods to completion. kubernetes: pkg/controller/job/job_controller.go */
export const jobController: Controller = {
  name: 'job-controller',
  start: (context) => new JobController(context).start(),
};

/** When Pods of a Job failed last, and how often in a row. */
export interface FailureRecord {
  failures: number;
  last: number;
}

export function isFinished(job: Job): boolean {
  return isTrue(job.status?.conditions, 'Complete') || isTrue(job.status?.conditions, 'Failed');
}

/** How Jobs are tried again that the API refused something. kubernetes: job_controller.go DefaultJobApiBackOff, MaxJobApiBackOff */
const API_BACK_OFF = { base: 1000, max: 60_000 };

class JobController {
  private readonly queue: WorkQueue;
  private readonly orphans: WorkQueue;
  private readonly recorder: EventRecorder;
  private readonly control: PodControl;
  private readonly failures = new Map<string, FailureRecord>();
  private index: PodIndex | undefined;

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((key) => this.sync(key), API_BACK_OFF);
    this.orphans = context.queue((key) => this.releaseOrphan(key));
    this.recorder = context.recorder('job-controller');
    this.control = new PodControl(context.client, this.recorder);
  }

  start(): void {
    const { context, queue } = this;
    context.informer(JOBS, ({ type, object, old }) => {
      const sameSpec = old && old.metadata.generation === object.metadata.generation;
      queue.addAfter(keyOf(object), sameSpec ? BATCH_PERIOD : 0);
      if (type !== 'DELETED') return;
      this.failures.delete(object.metadata.uid);
      for (const pod of context.client.ownedBy(PODS, object.metadata.uid)) this.orphans.add(keyOf(pod));
    });
    this.index = new PodIndex(context, ({ type, object, old }) => {
      const { namespace = '' } = object.metadata;
      const owner = controllerOf(object);
      const before = old && controllerOf(old);
      for (const reference of [owner, before]) {
        if (reference?.kind !== 'Job') continue;
        if (context.client.get(JOBS, namespace, reference.name)?.metadata.uid === reference.uid) {
          queue.addAfter(`${namespace}/${reference.name}`, BATCH_PERIOD);
        } else if (type !== 'DELETED') this.orphans.add(keyOf(object));
      }
      if (owner || type === 'DELETED') return;
      if (isTracked(object)) this.orphans.add(keyOf(object));
      for (const job of context.client.list(JOBS, namespace)) {
        if (labelSelectorAsSelector(job.spec?.selector).matches(object.metadata.labels)) queue.add(keyOf(job));
      }
    });
  }

  /** A Pod that no Job counts must not be kept for it. */
  private releaseOrphan(key: string): void {
    const { namespace, name } = splitKey(key);
    const { client } = this.context;
    const pod = client.get(PODS, namespace, name);
    if (!pod || !isTracked(pod)) return;
    const owner = controllerOf(pod);
    if (owner?.kind === 'Job' && client.get(JOBS, namespace, owner.name)?.metadata.uid === owner.uid) return;
    client.modify(PODS, namespace, name, withoutTracking);
  }

  private sync(key: string): void {
    const { namespace, name } = splitKey(key);
    const { client, now } = this.context;
    const job = client.get(JOBS, namespace, name);
    if (!job || !this.index || isFinished(job)) return;
    if (job.spec?.managedBy && job.spec.managedBy !== 'kubernetes.io/job-controller') return;
    const selector = labelSelectorAsSelector(job.spec?.selector);
    const pods = claim(client, PODS, job, selector, this.index.candidates(job));
    const record = this.failures.get(job.metadata.uid) ?? { failures: 0, last: 0 };
    this.failures.set(job.metadata.uid, record);
    const round = new JobRound(job, pods, record, this.control, this.recorder, now);
    const failure = round.run();
    for (const pod of round.counted) this.release(pod);
    client.modify(JOBS, namespace, name, (old) => ({ ...old, status: round.status }), 'status');
    round.announce();
    for (const wait of round.waits) this.queue.addAfter(key, wait);
    if (failure !== undefined) throw failure;
  }

  private release(pod: Stored<Pod>): void {
    const { namespace = '', name } = pod.metadata;
    if (this.context.client.get(PODS, namespace, name))
      this.context.client.modify(PODS, namespace, name, withoutTracking);
  }
}

function withoutTracking(pod: Stored<Pod>): Stored<Pod> {
  const finalizers = (pod.metadata.finalizers ?? []).filter((name) => name !== TRACKING);
  return { ...pod, metadata: { ...pod.metadata, finalizers: finalizers.length > 0 ? finalizers : undefined } };
}

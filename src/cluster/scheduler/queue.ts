import { keyOf, type Stored } from '../api/object.ts';
import type { Pod } from '../api/types.generated.ts';
import { priorityOf } from './pod-info.ts';

/** First wait after a failed attempt and longest wait, ms. */
const INITIAL_BACKOFF = 1000;
const MAX_BACKOFF = 10_000;

export interface QueuedPod {
  readonly key: string;
  pod: Stored<Pod>;
  attempts: number;
  /** Until when the last failure is held against it, ms. */
  backoffUntil: number;
  /** When it was put aside, ms. */
  parkedAt: number;
  /** Which plugins refused it. */
  plugins: ReadonlySet<string>;
  readonly sequence: number;
}

/**
 * Pods that wait to be scheduled: active ones by priority and age, ones that back off, and ones that nothing has
 * happened to help yet. When nothing is active those that back off are tried. kubernetes: pkg/scheduler/backend/queue
 */
export class SchedulingQueue {
  readonly unschedulable = new Map<string, QueuedPod>();
  private readonly active = new Map<string, QueuedPod>();
  private readonly backoff = new Map<string, QueuedPod>();
  private order: QueuedPod[] | undefined;
  private sequence = 0;

  constructor(private readonly onWork: () => void) {}

  get isEmpty(): boolean {
    return this.active.size === 0 && this.backoff.size === 0;
  }

  find(key: string): QueuedPod | undefined {
    return this.active.get(key) ?? this.backoff.get(key) ?? this.unschedulable.get(key);
  }

  add(pod: Stored<Pod>): void {
    const key = keyOf(pod);
    const known = this.find(key);
    if (known) {
      known.pod = pod;
      return;
    }
    this.activate({
      key,
      pod,
      attempts: 0,
      backoffUntil: 0,
      parkedAt: 0,
      plugins: new Set(),
      sequence: this.sequence++,
    });
  }

  remove(key: string): void {
    if (this.active.delete(key)) this.order = undefined;
    this.backoff.delete(key);
    this.unschedulable.delete(key);
  }

  /** The next Pod to try. */
  pop(): QueuedPod | undefined {
    this.order ??= [...this.active.values()].sort(
      (a, b) => priorityOf(a.pod) - priorityOf(b.pod) || b.sequence - a.sequence,
    );
    const next = this.order.pop() ?? this.firstToBackOff();
    if (!next) return undefined;
    this.active.delete(next.key);
    this.backoff.delete(next.key);
    next.attempts++;
    return next;
  }

  /** Puts a Pod aside until something happens that may help. */
  park(item: QueuedPod, plugins: ReadonlySet<string>, now: number): void {
    item.plugins = plugins;
    item.parkedAt = now;
    item.backoffUntil = now + Math.min(INITIAL_BACKOFF * 2 ** Math.max(0, item.attempts - 1), MAX_BACKOFF);
    this.unschedulable.set(item.key, item);
  }

  /** Something happened that may help. */
  wake(item: QueuedPod, now: number): void {
    if (!this.unschedulable.delete(item.key)) return;
    if (item.backoffUntil > now) {
      this.backoff.set(item.key, item);
      this.onWork();
    } else this.activate(item);
  }

  private firstToBackOff(): QueuedPod | undefined {
    let first: QueuedPod | undefined;
    for (const item of this.backoff.values()) if (!first || item.backoffUntil < first.backoffUntil) first = item;
    return first;
  }

  private activate(item: QueuedPod): void {
    this.active.set(item.key, item);
    this.order = undefined;
    this.onWork();
  }
}

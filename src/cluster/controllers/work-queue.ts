import type { EventLoop, Timer } from '../../world/loop.ts';

/** How long the first retry waits, each further one twice as long, and the longest, ms. */
export interface BackOff {
  readonly base: number;
  readonly max: number;
}
/** client-go: DefaultTypedControllerRateLimiter */
const DEFAULT_BACK_OFF: BackOff = { base: 5, max: 1_000_000 };
/** Time between a change and its reconcile, ms: what an informer and a queue take. */
const LATENCY = 4;

/**
 * A rate-limited queue of keys with one worker. Each key is there at most once; reconciling is synchronous.
 * An error raised by `reconcile` puts the key back with back-off.
 */
export class WorkQueue {
  private readonly queued = new Set<string>();
  private readonly delayed = new Map<string, Timer>();
  private readonly failures = new Map<string, number>();
  private timer: Timer | undefined;
  private running = true;

  constructor(
    private readonly loop: EventLoop,
    private readonly reconcile: (key: string) => void,
    private readonly onError: (key: string, error: unknown) => void = () => {},
    private readonly backOff: BackOff = DEFAULT_BACK_OFF,
  ) {}

  add(key: string): void {
    if (!this.running) return;
    this.queued.add(key);
    this.timer ??= this.loop.after(LATENCY, () => this.work());
  }

  /** Adds the key after `delay` ms; an earlier wish for the same key stays. */
  addAfter(key: string, delay: number): void {
    if (!this.running) return;
    if (delay <= 0) return this.add(key);
    const time = this.loop.now + delay;
    const earlier = this.delayed.get(key);
    if (earlier?.pending && earlier.time <= time) return;
    earlier?.cancel();
    this.delayed.set(
      key,
      this.loop.at(time, () => {
        this.delayed.delete(key);
        this.add(key);
      }),
    );
  }

  addRateLimited(key: string): void {
    const count = this.failures.get(key) ?? 0;
    this.failures.set(key, count + 1);
    this.addAfter(key, Math.min(this.backOff.base * 2 ** count, this.backOff.max));
  }

  forget(key: string): void {
    this.failures.delete(key);
  }

  stop(): void {
    this.running = false;
    this.timer?.cancel();
    for (const timer of this.delayed.values()) timer.cancel();
    this.delayed.clear();
    this.queued.clear();
  }

  private work(): void {
    this.timer = undefined;
    const keys = [...this.queued];
    this.queued.clear();
    for (const key of keys) {
      if (!this.running) return;
      try {
        this.reconcile(key);
        this.forget(key);
      } catch (error) {
        this.onError(key, error);
        this.addRateLimited(key);
      }
    }
  }
}

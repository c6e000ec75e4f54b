/** Growing waits, forgotten after a quiet time. client-go: util/flowcontrol/backoff.go */
export class Backoff {
  private readonly entries = new Map<string, { delay: number; updated: number }>();

  /** `first`, `max`: ms. */
  constructor(
    private readonly first: number,
    private readonly max: number,
  ) {}

  /** ms that are left until the next try, 0 when it may be now. `since`: when the last try ended. */
  left(key: string, since: number, now: number): number {
    const entry = this.entries.get(key);
    if (!entry || now - entry.updated > 2 * this.max) return 0;
    return Math.max(0, since + entry.delay - now);
  }

  delay(key: string): number {
    return this.entries.get(key)?.delay ?? 0;
  }

  /** Notes a try. */
  next(key: string, now: number): void {
    const entry = this.entries.get(key);
    if (!entry || now - entry.updated > 2 * this.max) this.entries.set(key, { delay: this.first, updated: now });
    else this.entries.set(key, { delay: Math.min(entry.delay * 2, this.max), updated: now });
  }

  reset(key: string): void {
    this.entries.delete(key);
  }
}

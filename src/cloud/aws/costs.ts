import type { Usage } from './types/usage.ts';

const HOUR = 3_600_000;

/** What of an account costs money, and what it has cost. */
export class Costs {
  private readonly usages: Usage[] = [];

  start(id: string, service: string, usageType: string, rate: number, now: number): void {
    this.usages.push({ id, service, usageType, rate, from: now });
  }

  /** Everything that runs under this id ends. */
  stop(id: string, now: number): void {
    for (const usage of this.usages) if (usage.id === id && usage.to === undefined) usage.to = now;
  }

  /** What costs money now, dearest first. */
  running(): readonly Usage[] {
    return this.usages.filter((usage) => usage.to === undefined).sort((a, b) => b.rate - a.rate);
  }

  /** Dollars between two times, by service. Hours are counted by the second, as most of AWS does. */
  byService(from: number, to: number): Map<string, number> {
    const sums = new Map<string, number>();
    for (const usage of this.usages) {
      const start = Math.max(usage.from, from);
      const end = Math.min(usage.to ?? to, to);
      if (end <= start) continue;
      sums.set(usage.service, (sums.get(usage.service) ?? 0) + ((end - start) / HOUR) * usage.rate);
    }
    return sums;
  }

  costOf(usage: Usage, now: number): number {
    return (((usage.to ?? now) - usage.from) / HOUR) * usage.rate;
  }

  total(now: number): number {
    return this.usages.reduce((sum, usage) => sum + this.costOf(usage, now), 0);
  }
}

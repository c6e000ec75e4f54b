import type { ClusterView } from '../world-source.ts';
import { type Bounds, within } from './count.ts';
import type { HistoryCheck, Moment } from './history.ts';
import { select } from './selection.ts';

/** Watches a condition from the start of a step: its state is a function of the changes it saw. */
export class HistoryMonitor {
  /** What has to become true before it watches, in this order. */
  private readonly waits: Moment[];
  /** First time, ms, at which the condition was false (true for `never` and `eventually`), and the count then. */
  broken: { readonly time: number; readonly count: number } | undefined;
  met: { readonly time: number; readonly count: number } | undefined;
  lowest = Number.POSITIVE_INFINITY;
  highest = 0;
  private readonly moment: Moment;
  private readonly stops: readonly (() => void)[];

  constructor(
    check: HistoryCheck,
    private readonly view: ClusterView,
    private readonly now: () => number,
  ) {
    this.moment = check.never ?? check.always ?? check.eventually ?? { kind: 'Pod' };
    this.waits = [check.after ?? []].flat();
    const kinds = new Set([this.moment, ...this.waits].map((moment) => moment.kind));
    this.look();
    this.stops = [...kinds].map((kind) => view.onChange(kind, () => this.look()));
  }

  /** Whether it is watching already. */
  get started(): boolean {
    return this.waits.length === 0;
  }

  /** What it waits for before it watches. */
  get awaited(): Moment | undefined {
    return this.waits[0];
  }

  private look(): void {
    for (let next = this.waits[0]; next; next = this.waits[0]) {
      if (!within(select(this.view, next).length, boundsOf(next))) return;
      this.waits.shift();
    }
    const count = select(this.view, this.moment).length;
    this.lowest = Math.min(this.lowest, count);
    this.highest = Math.max(this.highest, count);
    const holds = within(count, boundsOf(this.moment));
    if (holds) this.met ??= { time: this.now(), count };
    else this.broken ??= { time: this.now(), count };
  }

  close(): void {
    for (const stop of this.stops) stop();
  }
}

export function boundsOf(moment: Moment): Bounds {
  return moment.count ?? {};
}

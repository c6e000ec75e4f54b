import type { ClusterView } from '../world-source.ts';
import { type Bounds, within } from './count.ts';
import type { HistoryCheck, Moment } from './history.ts';
import { select } from './selection.ts';

/** Watches a condition from the start of a step: its state is a function of the changes it saw. */
export class HistoryMonitor {
  /** Whether it is watching already: `after` has been true. */
  started: boolean;
  /** First time, ms, at which the condition was false (true for `never` and `eventually`), and the count then. */
  broken: { readonly time: number; readonly count: number } | undefined;
  met: { readonly time: number; readonly count: number } | undefined;
  lowest = Number.POSITIVE_INFINITY;
  highest = 0;
  private readonly moment: Moment;
  private readonly stops: readonly (() => void)[];

  constructor(
    private readonly check: HistoryCheck,
    private readonly view: ClusterView,
    private readonly now: () => number,
  ) {
    this.moment = check.never ?? check.always ?? check.eventually ?? { kind: 'Pod' };
    this.started = check.after === undefined;
    this.look();
    const kinds = new Set([this.moment.kind, ...(check.after ? [check.after.kind] : [])]);
    this.stops = [...kinds].map((kind) => view.onChange(kind, () => this.look()));
  }

  private look(): void {
    const { after } = this.check;
    if (!this.started && after) this.started = within(select(this.view, after).length, boundsOf(after));
    if (!this.started) return;
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

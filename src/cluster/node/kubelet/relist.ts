import type { Timer } from '../../../world/loop.ts';
import type { KubeletHost } from './host.ts';

/** How often a kubelet asks its runtime what has started or ended. kubernetes: pkg/kubelet/kubelet.go genericPlegRelistPeriod */
const RELIST_PERIOD = 1000;

/** What the relist asks of its Pod's worker. */
export interface RelistHost {
  readonly later: (ms: number, run: () => void) => Timer;
  readonly sync: () => void;
}

/** When a Pod's worker hears of what its containers did. kubernetes: pkg/kubelet/pleg/generic.go */
export class Relist {
  private timer: Timer | undefined;
  /** Containers of which the next relist has news. */
  private readonly news = new Set<string>();
  /** A round is still to come: two pieces of news at once make two, each after a relist of its own. */
  private moreNews = false;

  constructor(
    private readonly kubelet: KubeletHost,
    private readonly host: RelistHost,
  ) {}

  /** A container has started or ended: the next relist finds it. */
  tell(...news: readonly string[]): void {
    for (const one of news) this.news.add(one);
    this.await();
  }

  /** The worker syncs at the next relist, news or none. */
  await(): void {
    if (this.timer?.run) return;
    const phase = (this.kubelet.world.now + this.kubelet.relistPhase) % RELIST_PERIOD;
    this.timer = this.host.later(RELIST_PERIOD - phase, () => this.fire());
  }

  private fire(): void {
    this.timer = undefined;
    const rounds = this.news.size + (this.moreNews ? 1 : 0);
    this.news.clear();
    this.moreNews = rounds > 1;
    this.host.sync();
    if (this.moreNews) this.await();
  }
}

/** CFS looks back over periods of this length: who has used little may catch up within one, ms. */
const PERIOD = 100;
/** CPU ms between two looks at how busy the machine is. */
const LOOK = 1000;
/** After so many looks without a pause its loops are taken in coarser steps, and how much coarser. */
const PATIENCE = 10;
const COARSE = 32;
/** The part of the time that counts as all of it. */
const FULL = 0.9;

export interface CoresOptions {
  /** Cores that its processes may use together; without it, one each. */
  readonly limit?: number | undefined;
  /**
   * A loop that has computed without a pause for a while does less in the same virtual time: what it takes of the
   * processor is the same, and what it costs the host is not.
   */
  readonly coarse?: boolean;
}

/** The processor time of a machine or a container. Linux: kernel/sched/fair.c, cpu.max */
export class Cores {
  /** Virtual ms of CPU that its processes have used, those that are gone too. */
  used = 0;
  private freeAt = 0;
  private factor = 1;
  private fullLooks = 0;
  private sinceLook = 0;
  private lastLook: number;

  constructor(
    private readonly now: () => number,
    private readonly options: CoresOptions,
  ) {
    this.lastLook = now();
  }

  /** Accounts for work of `ms`; the value is what it has taken. */
  take(ms: number): number {
    const taken = ms * this.factor;
    this.used += taken;
    if (this.options.coarse) {
      this.sinceLook += taken;
      if (this.sinceLook >= LOOK) this.look();
    }
    return taken;
  }

  /** How long `ms` of work last when they begin now. */
  timeFor(ms: number): number {
    const { limit } = this.options;
    if (limit === undefined) return ms;
    const now = this.now();
    this.freeAt = Math.max(this.freeAt, now - PERIOD) + ms / limit;
    return Math.max(ms, this.freeAt - now);
  }

  private look(): void {
    const now = this.now();
    const most = this.sinceLook / Math.min(1, this.options.limit ?? 1);
    this.fullLooks = (now - this.lastLook) * FULL <= most ? this.fullLooks + 1 : 0;
    this.factor = this.fullLooks >= PATIENCE ? COARSE : 1;
    this.lastLook = now;
    this.sinceLook = 0;
  }
}

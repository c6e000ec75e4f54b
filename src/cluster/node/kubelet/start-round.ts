import type { ContainerState } from './container-state.ts';

/** What a round asks of its Pod's worker. */
export interface RoundHost {
  readonly mayStart: () => boolean;
  /** Begins to start a container; `done`: the next one may be started. */
  readonly start: (state: ContainerState, done: () => void) => void;
  readonly sync: () => void;
}

/** The containers that one sync of a Pod starts, one after the other. kubernetes: kuberuntime_manager.go SyncPod */
export class StartRound {
  private waiting: ContainerState[] | undefined;
  private missed = false;

  constructor(private readonly host: RoundHost) {}

  /** Whether one is under way: nothing else is begun, and nothing is reported. */
  get isUnderWay(): boolean {
    return this.waiting !== undefined;
  }

  /** Somebody wants another sync when this round is over. */
  miss(): void {
    this.missed = true;
  }

  begin(states: ContainerState[]): void {
    if (states.length === 0) return;
    this.waiting = states;
    this.next();
  }

  /** The Pod has to end: what was not started is not. */
  abandon(): void {
    this.waiting = undefined;
  }

  private next(): void {
    const { waiting } = this;
    if (!waiting || !this.host.mayStart()) return;
    const state = waiting.shift();
    if (!state) return this.end();
    let over = false;
    this.host.start(state, () => {
      if (over || this.waiting !== waiting) return;
      over = true;
      this.next();
    });
  }

  private end(): void {
    this.waiting = undefined;
    const { missed } = this;
    this.missed = false;
    if (missed) this.host.sync();
  }
}

import { formatDuration } from '../../apimachinery/duration.ts';

/** How long a runtime may be silent before the kubelet says so, ms. kubernetes: pkg/kubelet/kubelet.go maxWaitForContainerRuntime */
const RUNTIME_PATIENCE = 30_000;
/** kubernetes: pkg/kubelet/kubelet.go genericPlegRelistThreshold, ms */
const RELIST_THRESHOLD = 180_000;

/** What a kubelet knows of its container runtime. kubernetes: pkg/kubelet/runtime.go */
export class RuntimeState {
  private lastSeen: number;
  /** Whether it did not answer when it was last asked. */
  private silent = false;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly now: () => number,
    /** What a call to the runtime fails with; undefined while it answers. */
    readonly callError: () => string | undefined,
  ) {
    this.lastSeen = now();
  }

  /** Asks the runtime how it is. True when it answers again after a silence. */
  check(): boolean {
    const wasSilent = this.silent;
    this.silent = this.callError() !== undefined;
    if (this.silent) return false;
    this.lastSeen = this.now();
    for (const run of this.waiting.splice(0)) run();
    return wasSilent;
  }

  /** Why the node is not ready and Pods are not synced; undefined while all is well. */
  get problem(): string | undefined {
    const silence = this.now() - this.lastSeen;
    if (silence < RUNTIME_PATIENCE || this.callError() === undefined) return undefined;
    const down = 'container runtime is down';
    if (silence <= RELIST_THRESHOLD) return down;
    return `[${down}, PLEG is not healthy: pleg was last seen active ${formatDuration(silence)} ago; threshold is ${formatDuration(RELIST_THRESHOLD)}]`;
  }

  /** Does now or later what only a runtime that answers can do. */
  whenUp(run: () => void): void {
    if (this.callError() === undefined) run();
    else this.waiting.push(run);
  }
}

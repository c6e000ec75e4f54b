/** A scheduled event. `cancel` is idempotent and works after the event has run. */
export class Timer {
  constructor(
    readonly time: number,
    readonly sequence: number,
    public run: (() => void) | undefined,
  ) {}

  cancel(): void {
    this.run = undefined;
  }

  get pending(): boolean {
    return this.run !== undefined;
  }
}

/**
 * The one event loop of a world. Events run in the order of (virtual time, sequence), each to its end, so the
 * same inputs always lead to the same world. Times are milliseconds since 1970; fractions are allowed.
 */
export class EventLoop {
  private heap: Timer[] = [];
  private sequence = 0;
  private executed = 0;

  /** The event that runs is the end of a wait and nothing else. Whoever goes on in it takes this back. */
  direct = false;

  constructor(private time: number) {}

  /** Virtual time, ms since 1970. */
  get now(): number {
    return this.time;
  }

  /** How many events have run: part of the world's description. */
  get count(): number {
    return this.executed;
  }

  /** Runs `run` at `time`, or now if that has passed, after everything already scheduled for that time. */
  at(time: number, run: () => void): Timer {
    const timer = new Timer(Math.max(time, this.time), this.sequence++, run);
    push(this.heap, timer);
    return timer;
  }

  after(delay: number, run: () => void): Timer {
    return this.at(this.time + Math.max(0, delay), run);
  }

  soon(run: () => void): Timer {
    return this.at(this.time, run);
  }

  /** Time of the next event, or undefined when nothing will ever happen by itself. */
  nextTime(): number | undefined {
    for (let top = this.heap[0]; top; top = this.heap[0]) {
      if (top.pending) return top.time;
      pop(this.heap);
    }
    return undefined;
  }

  /** Runs the next event. False when there is none. */
  step(): boolean {
    while (this.heap.length > 0) {
      const timer = pop(this.heap);
      const run = timer?.run;
      if (!timer || !run) continue;
      timer.run = undefined;
      this.time = Math.max(this.time, timer.time);
      this.executed++;
      run();
      return true;
    }
    return false;
  }

  /**
   * Runs every event up to and including `time`, then sets the clock to it.
   * `mayGoOn` is asked between two events; when it says no, the loop stops where it is and returns false:
   * a later call with the same `time` goes on as if there had been no pause.
   */
  runUntil(time: number, mayGoOn: () => boolean = () => true): boolean {
    for (let next = this.nextTime(); next !== undefined && next <= time; next = this.nextTime()) {
      if (!mayGoOn()) return false;
      this.step();
    }
    this.time = Math.max(this.time, time);
    return true;
  }
}

const before = (a: Timer, b: Timer): boolean => a.time < b.time || (a.time === b.time && a.sequence < b.sequence);

function push(heap: Timer[], timer: Timer): void {
  let at = heap.length;
  heap.push(timer);
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (!parent || !before(timer, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): Timer | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (!last || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let down = 2 * at + 1;
    const left = heap[down];
    if (!left) break;
    let child = left;
    const right = heap[down + 1];
    if (right && before(right, left)) {
      child = right;
      down++;
    }
    if (!before(child, last)) break;
    heap[at] = child;
    at = down;
  }
  heap[at] = last;
  return top;
}

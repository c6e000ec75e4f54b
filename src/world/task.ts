/**
 * Something a process waits for. `arm` registers the wake-up, to be called at most once (it may be called before
 * `arm` returns), and gives back how to disarm it.
 */
export interface Wait<T> {
  arm(wake: (value: T) => void): () => void;
}

/** A coroutine of the world: yields whenever it must wait. Composed with `yield*`. */
export type Task<T = void> = Generator<Wait<unknown>, T, unknown>;

/** Waits, and gives the value it was woken with. */
export function* wait<T>(condition: Wait<T>): Task<T> {
  return (yield condition as Wait<unknown>) as T;
}

/** The first of several waits, with its index; the others are disarmed. */
export function anyOf<T>(...waits: readonly Wait<T>[]): Wait<{ index: number; value: T }> {
  return {
    arm(wake) {
      const disarms: (() => void)[] = [];
      let over = false;
      const disarmAll = () => {
        over = true;
        for (const disarm of disarms) disarm();
      };
      waits.forEach((condition, index) => {
        if (over) return;
        const disarm = condition.arm((value) => {
          if (over) return;
          disarmAll();
          wake({ index, value });
        });
        if (over) disarm();
        else disarms.push(disarm);
      });
      return disarmAll;
    },
  };
}

/** What `task` gives, or undefined when `limit` comes first: the task is ended then. */
export function* within<T>(limit: Wait<void>, task: Task<T>): Task<{ readonly value: T } | undefined> {
  const abandoned: Task<T | undefined> = task;
  let late = false;
  let stopWaiting = () => {};
  const disarm = limit.arm(() => {
    late = true;
    stopWaiting();
  });
  try {
    let step = task.next();
    while (!step.done) {
      if (late) return undefined;
      const inner = step.value;
      const woken = yield* wait<{ readonly value: unknown } | undefined>({
        arm(wake) {
          let over = false;
          const end = (result: { readonly value: unknown } | undefined) => {
            if (over) return;
            over = true;
            wake(result);
          };
          const disarmInner = inner.arm((value) => end({ value }));
          stopWaiting = () => {
            disarmInner();
            end(undefined);
          };
          return disarmInner;
        },
      });
      if (!woken) return undefined;
      step = task.next(woken.value);
    }
    return { value: step.value };
  } finally {
    disarm();
    abandoned.return(undefined);
  }
}

/** Something that happens again and again and that several may wait for. */
export class Condition<T = void> implements Wait<T> {
  private waiting = new Set<(value: T) => void>();

  arm(wake: (value: T) => void): () => void {
    // A function of its own for each wait: the same callback may be armed twice.
    const once = (value: T) => wake(value);
    this.waiting.add(once);
    return () => this.waiting.delete(once);
  }

  /** Wakes everyone who waits now. */
  notify(value: T): void {
    if (this.waiting.size === 0) return;
    const all = this.waiting;
    this.waiting = new Set();
    for (const wake of all) wake(value);
  }

  get waited(): boolean {
    return this.waiting.size > 0;
  }
}

/** A queue between tasks: `push` never waits, `next` does; undefined after the end. */
export class Channel<T> {
  private readonly items: T[] = [];
  private ended = false;
  private readonly changed = new Condition();
  /** Called once when the reader loses interest. */
  onClose: (() => void) | undefined;
  private closedByReader = false;

  push(item: T): void {
    if (this.ended || this.closedByReader) return;
    this.items.push(item);
    this.changed.notify();
  }

  /** No more items come; those already there are still read. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.changed.notify();
  }

  /** The reader's side gives up. */
  close(): void {
    if (this.closedByReader) return;
    this.closedByReader = true;
    this.items.length = 0;
    this.onClose?.();
    this.end();
  }

  get done(): boolean {
    return this.ended && this.items.length === 0;
  }

  get length(): number {
    return this.items.length;
  }

  get isEnded(): boolean {
    return this.ended;
  }

  /** The next item if one is there. */
  poll(): T | undefined {
    return this.items.shift();
  }

  /** Wakes when something can be polled or the end is reached. */
  readonly readable: Wait<void> = {
    arm: (wake) => {
      if (this.items.length > 0 || this.ended) {
        wake();
        return () => {};
      }
      return this.changed.arm(wake);
    },
  };

  *next(): Task<T | undefined> {
    while (this.items.length === 0 && !this.ended) yield* wait(this.readable);
    return this.items.shift();
  }
}

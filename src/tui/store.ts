/** Holds the state; tells its listeners at most thirty times a second, however much happens in between. */
import { layout } from './layout.ts';
import { type Event, reduce } from './reducer.ts';
import type { TuiState } from './state.ts';

/** Real time between two notifications, in ms. */
const INTERVAL = 33;

export class Store {
  #state: TuiState;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(state: TuiState) {
    this.#state = state;
  }

  /** The state now; listeners may not have heard of it yet. */
  get state(): TuiState {
    return this.#state;
  }

  readonly snapshot = (): TuiState => this.#state;

  dispatch(event: Event): void {
    const { columns, rows, layout: preferences } = this.#state;
    const next = reduce(this.#state, event, layout(columns, rows, preferences).arrangement === 'single');
    if (next === this.#state) return;
    this.#state = next;
    if (this.#timer || this.#immediate) return;
    const wait = this.#last + INTERVAL - performance.now();
    if (wait <= 0) this.#immediate = setImmediate(() => this.notify());
    else this.#timer = setTimeout(() => this.notify(), wait);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Tells everybody at once what is waiting. */
  notify(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
    this.#last = performance.now();
    for (const listener of this.#listeners) listener();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#listeners.clear();
  }
}

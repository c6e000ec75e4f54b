/** A session on the screen: emulator, pump, snapshots for the store. */
import type { ActionResult, SessionAction, SessionPort } from './port.ts';
import type { SessionSnapshot } from './state.ts';
import { TerminalPane } from './terminal-pane.ts';

/** Parts of a snapshot that are worked out only while somebody looks at them. */
export interface Watched {
  readonly map: boolean;
  /** The request whose way is shown. */
  readonly trace: { readonly words: string; readonly luck: string } | undefined;
}

export interface RunnerOptions {
  readonly session: SessionPort;
  readonly columns: number;
  readonly rows: number;
  readonly coloured: boolean;
  /** The emulator's screen changed. */
  readonly drawn: () => void;
  readonly snapshot: (snapshot: SessionSnapshot) => void;
  /** What else of the session is looked at now. */
  readonly watched: () => Watched;
}

/** Real times in ms: between two looks at the session, and the longest sleep of the pump. */
const LOOK = 100;
const LONGEST_SLEEP = 100;
/** A burst of sizes (a window being dragged) is one input of the world. */
const RESIZE_REST = 60;

export class SessionRunner {
  readonly session: SessionPort;
  readonly pane: TerminalPane;
  readonly #options: RunnerOptions;
  readonly #unsubscribe: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #resize: NodeJS.Timeout | undefined;
  #lastLook = Number.NEGATIVE_INFINITY;
  #changed = true;
  #seen = '';
  #lessonSeen = '';
  #lesson: SessionSnapshot['lesson'] | undefined;
  #closed = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.session = options.session;
    const { session, columns, rows, coloured, drawn } = options;
    this.pane = new TerminalPane({ columns, rows, coloured, respond: (bytes) => this.type(bytes), changed: drawn });
    this.pane.replay(session.terminal.replayScreen());
    this.#unsubscribe.push(
      session.terminal.onOutput((bytes) => this.pane.write(bytes)),
      session.subscribe((event) => {
        if (event.type === 'changed') this.#changed = true;
        if (event.type === 'terminal-reset') {
          this.pane.reset();
          this.pane.replay(session.terminal.replayScreen());
        }
      }),
    );
    // Only now: the world answers to the new size at once, with the first prompt of a shell for example.
    session.terminal.resize(columns, rows);
    this.#schedule(0);
  }

  type(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.session.terminal.write(bytes);
    this.#schedule(0);
  }

  /** The emulator follows at once, the world when the size rests. */
  resize(columns: number, rows: number): void {
    if (columns === this.pane.columns && rows === this.pane.height) return;
    this.pane.resize(columns, rows);
    clearTimeout(this.#resize);
    this.#resize = setTimeout(() => {
      this.session.terminal.resize(columns, rows);
      this.#schedule(0);
    }, RESIZE_REST);
  }

  perform(action: SessionAction): Promise<ActionResult> {
    const result = this.session.perform(action);
    this.#changed = true;
    this.#schedule(0);
    return result.finally(() => this.look());
  }

  /** Takes a snapshot and hands it on if it differs from the last one. */
  look(): void {
    if (this.#closed) return;
    this.#lastLook = performance.now();
    this.#changed = false;
    const { session } = this;
    const lesson = session.lesson;
    const lessonSeen = JSON.stringify(lesson);
    if (lessonSeen !== this.#lessonSeen || !this.#lesson) this.#lesson = lesson;
    this.#lessonSeen = lessonSeen;
    const busy = session.busy;
    const { map, trace } = this.#options.watched();
    const rest = {
      clock: { now: Math.floor(session.clock.now / 1000) * 1000, speed: session.clock.speed },
      health: session.health,
      journal: session.journal,
      busy: busy && 'fraction' in busy ? { ...busy, fraction: Math.floor(busy.fraction * 100) / 100 } : busy,
      ended: session.terminal.ended,
      maps: map ? session.maps() : undefined,
      trace: trace && session.trace(trace.words, trace.luck),
    };
    const seen = lessonSeen + JSON.stringify(rest);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#options.snapshot({ lesson: this.#lesson, ...rest });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancel();
    clearTimeout(this.#resize);
    for (const stop of this.#unsubscribe) stop();
    this.session.close();
    this.pane.dispose();
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }

  /** `delay` in ms of real time; 0 lets keys and frames through first. */
  #schedule(delay: number): void {
    if (this.#closed || this.#immediate) return;
    this.#cancel();
    if (delay <= 0) this.#immediate = setImmediate(this.#turn);
    else this.#timer = setTimeout(this.#turn, Math.min(delay, LONGEST_SLEEP));
  }

  readonly #turn = (): void => {
    this.#cancel();
    if (this.#closed) return;
    // The world waits while the emulator is behind: `yes` must not fill the memory.
    const next = this.pane.congested ? 5 : this.session.pump();
    if (this.#changed || performance.now() - this.#lastLook >= LOOK) this.look();
    this.#schedule(next);
  };
}

/** Screen, keyboard and Ink together: entering, leaving, suspending; the terminal is always given back. */
import { EventEmitter } from 'node:events';
import { type Instance, render } from 'ink';
import { createElement } from 'react';
import { App } from './app.tsx';
import type { Host } from './host.ts';
import { Input } from './input.ts';
import type { Key } from './key-parser.ts';
import { messages } from './locale/locale.ts';
import { Screen } from './screen.ts';
import { layersOf, type PaneSource } from './screen-plan.ts';
import type { Store } from './store.ts';

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export interface DisplayOptions {
  readonly host: Host;
  readonly store: Store;
  readonly onKey: (key: Key) => void;
  readonly pane: () => PaneSource | undefined;
}

/** Ink wants a `tty.WriteStream`; in debug mode it uses no more of it than Screen has. */
function isWriteStream(stream: unknown): stream is NodeJS.WriteStream {
  return stream instanceof EventEmitter && 'columns' in stream && 'write' in stream;
}

export class Display {
  readonly screen: Screen;
  readonly #input: Input;
  readonly #host: Host;
  readonly #store: Store;
  readonly #stops: (() => void)[] = [];
  #ink: Instance | undefined;

  constructor({ host, store, onKey, pane }: DisplayOptions) {
    this.#host = host;
    this.#store = store;
    this.screen = new Screen(host.stdout);
    this.#input = new Input(host.stdin, onKey);
    // The layers belong to the state that Ink has drawn, not to one that it will hear of in some milliseconds.
    let drawn = store.state;
    this.#stops.push(
      store.subscribe(() => {
        drawn = store.state;
        this.screen.refresh();
      }),
    );
    this.screen.setLayers(() => layersOf(drawn, pane()));
    this.screen.on('resize', () => {
      store.dispatch({ type: 'resized', columns: this.screen.columns, rows: this.screen.rows });
      store.notify();
    });
  }

  start(): void {
    const { screen } = this;
    if (!isWriteStream(screen)) throw new TypeError('Screen is no stream');
    this.#guard();
    screen.enter();
    this.#input.start();
    // Debug mode: whole frames as strings; Ink neither moves the cursor nor reads keys.
    this.#ink = render(createElement(App, { store: this.#store }), {
      stdout: screen,
      debug: true,
      patchConsole: false,
      exitOnCtrlC: false,
    });
  }

  /** Restores the terminal for good. */
  stop(): void {
    this.#leave();
    for (const stop of this.#stops.splice(0)) stop();
    this.#ink?.unmount();
  }

  redraw(): void {
    this.screen.redraw();
  }

  /** Ctrl-Z: to the shell and back. */
  async suspend(): Promise<void> {
    await this.#input.stop();
    this.screen.leave();
    this.#host.suspend();
    // Here the process has been continued, or the host cannot suspend.
    this.#enterAgain();
  }

  /** Lends the terminal to another program; keys typed meanwhile are its own. */
  async lend<T>(use: () => Promise<T>): Promise<T> {
    await this.#input.stop();
    this.screen.leave();
    // Ctrl-C belongs to the program; ours ends by its own keys.
    this.#lent = true;
    try {
      return await use();
    } finally {
      this.#lent = false;
      this.#enterAgain();
    }
  }

  #lent = false;

  #enterAgain(): void {
    this.screen.enter();
    this.#input.start();
    this.#store.dispatch({ type: 'resized', columns: this.screen.columns, rows: this.screen.rows });
    this.#store.notify();
  }

  #leave(): void {
    this.#input.release();
    this.screen.leave();
  }

  #guard(): void {
    const host = this.#host;
    for (const [signal, number] of Object.entries(SIGNALS) as [keyof typeof SIGNALS, number][]) {
      this.#stops.push(
        host.onSignal(signal, () => {
          if (this.#lent && signal === 'SIGINT') return;
          this.#leave();
          host.exit(128 + number);
        }),
      );
    }
    this.#stops.push(
      host.onSignal('SIGCONT', () => {
        if (this.#lent || !this.screen.active) return;
        this.#input.resume();
        this.screen.leave();
        this.screen.enter();
      }),
      host.onExit(() => this.#leave()),
      host.onCrash((error) => {
        this.#leave();
        const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
        host.stderr.write(`${messages(this.#store.state.language).crashed}\n${stack}\n`);
        host.exit(1);
      }),
    );
  }
}

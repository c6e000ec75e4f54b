/** The host's keyboard: raw stdin in flowing mode, so that an editor of the host can take it over without losing a key. */
import { type Key, KeyParser } from './key-parser.ts';

/** The part of `process.stdin` that is used. */
export interface InputStream {
  readonly isTTY?: boolean;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  off(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  resume(): unknown;
  pause(): unknown;
  setRawMode?(raw: boolean): unknown;
}

/** Real time after which a lone Escape is a key, in ms: below what a person notices in vi, above a split read over ssh. */
const ESCAPE_TIMEOUT = 40;

export class Input {
  readonly #stream: InputStream;
  readonly #onKey: (key: Key) => void;
  readonly #parser = new KeyParser();
  #timer: NodeJS.Timeout | undefined;
  #active = false;

  constructor(stream: InputStream, onKey: (key: Key) => void) {
    this.#stream = stream;
    this.#onKey = onKey;
  }

  start(): void {
    if (this.#active) return;
    this.#active = true;
    this.#stream.setRawMode?.(true);
    this.#stream.on('data', this.#data);
    this.#stream.resume();
  }

  /** After the process was stopped and continued: the shell has changed the mode of the terminal. */
  resume(): void {
    if (!this.#active) return;
    this.#stream.setRawMode?.(false);
    this.#stream.setRawMode?.(true);
  }

  /** Gives the keyboard back. After the promise no read of ours is pending: the next byte belongs to somebody else. */
  async stop(): Promise<void> {
    this.release();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** The same at once, for the end of the process. */
  release(): void {
    if (!this.#active) return;
    this.#active = false;
    clearTimeout(this.#timer);
    this.#stream.off('data', this.#data);
    this.#stream.pause();
    this.#stream.setRawMode?.(false);
  }

  readonly #data = (chunk: Uint8Array): void => {
    clearTimeout(this.#timer);
    this.#deliver(this.#parser.feed(chunk));
    if (this.#parser.pending) this.#timer = setTimeout(() => this.#deliver(this.#parser.flush()), ESCAPE_TIMEOUT);
  };

  #deliver(keys: readonly Key[]): void {
    for (const key of keys) if (this.#active) this.#onKey(key);
  }
}

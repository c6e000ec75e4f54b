/**
 * Keys from a terminal's bytes: a state machine written as a generator over single bytes.
 * It knows the encodings of xterm, rxvt, the Linux console, tmux, screen and the kitty protocol, keeps each key's
 * bytes for forwarding, and swallows what no person typed (mouse, focus, answers to queries).
 */
import { CONTROL_NAMES, csiKey, ss3Key } from './key-names.ts';

export interface Key {
  /** A printable character, or `up`, `enter`, `escape`, `f1`, `paste`, … Control and Alt keys carry the letter. */
  readonly name: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  /** What a text field inserts: the character, the pasted text, or nothing. */
  readonly text: string;
  /** The bytes as they came. */
  readonly raw: Uint8Array;
}

/** What the generator gets when no byte came in time: an Escape stands alone then. */
const TIMEOUT = -1;
const ESC = 0x1b;
const PASTE_LIMIT = 1_000_000;
const PASTE_END = [ESC, 0x5b, 0x32, 0x30, 0x31, 0x7e];
const STRING_STARTS = new Set([0x5d, 0x50, 0x5f, 0x5e, 0x58]);

type Emit = (key: Omit<Key, 'raw'>) => void;
type State = Generator<undefined, number | undefined, number>;

const plain = { ctrl: false, alt: false, shift: false, text: '' };

export class KeyParser {
  #keys: Key[] = [];
  #raw: number[] = [];
  readonly #machine: State;

  constructor() {
    this.#machine = run(
      (key) => {
        this.#keys.push({ ...key, raw: Uint8Array.from(this.#raw) });
        this.#raw = [];
      },
      (keep) => {
        this.#raw = keep === undefined ? [] : [keep];
      },
      () => {
        this.#raw.pop();
      },
      () => this.#raw.length,
    );
    this.#machine.next();
  }

  /** Whether bytes of an unfinished key are held back. */
  get pending(): boolean {
    return this.#raw.length > 0;
  }

  feed(bytes: Uint8Array): Key[] {
    for (const byte of bytes) {
      this.#raw.push(byte);
      this.#machine.next(byte);
    }
    return this.#take();
  }

  /** No more bytes came: what is held back is a key of its own. */
  flush(): Key[] {
    if (this.pending) this.#machine.next(TIMEOUT);
    return this.#take();
  }

  #take(): Key[] {
    const keys = this.#keys;
    this.#keys = [];
    return keys;
  }
}

/** Each round reads one key; a round that read a byte too many returns it to the next. */
function* run(emit: Emit, drop: (keep?: number) => void, unread: () => void, length: () => number): State {
  let next: number | undefined;
  for (;;) {
    const first = next ?? (yield);
    next = undefined;
    if (first === TIMEOUT) continue;
    // The byte that belongs to the next key is not part of this one's raw bytes.
    const emitBefore: Emit = (key) => {
      unread();
      emit(key);
    };
    next = yield* one(first, emit, emitBefore, length);
    if (next === TIMEOUT) next = undefined;
    drop(next);
  }
}

function* one(first: number, emit: Emit, emitBefore: Emit, length: () => number): State {
  if (first === ESC) return yield* afterEscape(emit, emitBefore, length);
  if (first < 0x20 || first === 0x7f) {
    const name = CONTROL_NAMES[first];
    if (name) emit({ ...plain, ...name });
    return undefined;
  }
  return yield* character(first, emit, emitBefore, false);
}

/** One UTF-8 character; a broken one becomes U+FFFD. */
function* character(first: number, emit: Emit, emitBefore: Emit, alt: boolean): State {
  const size = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  const bytes = [first];
  for (let i = 0; i < size; i++) {
    const byte = yield;
    if (byte === TIMEOUT) {
      i--; // a slow line: the rest of the character is still coming
      continue;
    }
    if ((byte & 0xc0) !== 0x80) {
      emitBefore({ ...plain, name: '\ufffd', text: '\ufffd', alt });
      return byte;
    }
    bytes.push(byte);
  }
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  const shift = text.length === 1 && text >= 'A' && text <= 'Z';
  emit({ ...plain, name: text === ' ' ? 'space' : text, alt, shift, text: alt ? '' : text });
  return undefined;
}

function* afterEscape(emit: Emit, emitBefore: Emit, length: () => number): State {
  const alone = { ...plain, name: 'escape' };
  const byte = yield;
  if (byte === TIMEOUT) {
    emit(alone);
    return undefined;
  }
  if (byte === ESC) {
    emitBefore(alone);
    return ESC;
  }
  if (byte === 0x5b) return yield* csi(emit, length);
  if (byte === 0x4f) return yield* ss3(emit);
  if (STRING_STARTS.has(byte)) return yield* string(byte, emit);
  if (byte < 0x20 || byte === 0x7f) {
    const name = CONTROL_NAMES[byte];
    if (name) emit({ ...plain, ...name, text: '', alt: true });
    return undefined;
  }
  return yield* character(byte, emit, emitBefore, true);
}

function* ss3(emit: Emit): State {
  let modifier = '';
  for (;;) {
    const byte = yield;
    if (byte === TIMEOUT) {
      if (modifier === '') emit({ ...plain, name: 'O', alt: true, shift: true });
      return undefined;
    }
    if (byte >= 0x30 && byte <= 0x39 && modifier === '') {
      modifier = String.fromCharCode(byte);
      continue;
    }
    const key = ss3Key(String.fromCharCode(byte), modifier);
    if (key) emit({ ...plain, ...key });
    return byte === ESC ? ESC : undefined;
  }
}

function* csi(emit: Emit, length: () => number): State {
  let parameters = '';
  let intermediates = '';
  for (;;) {
    const byte = yield;
    if (byte === TIMEOUT) {
      if (parameters + intermediates === '') emit({ ...plain, name: '[', alt: true });
      return undefined;
    }
    // ESC or a control character in the middle: the sequence was broken off.
    if (byte < 0x20 || byte > 0x7e) return byte;
    const char = String.fromCharCode(byte);
    if (byte < 0x30 && intermediates.length < 4) {
      // `CSI 5 $` is rxvt's Shift-PageUp: `$` ends it unless a query's answer goes on.
      if (char === '$' && /^\d+$/.test(parameters)) {
        const key = csiKey(parameters, '', char);
        if (key) emit({ ...plain, ...key });
        return undefined;
      }
      intermediates += char;
      continue;
    }
    if (byte < 0x40 && intermediates === '' && parameters.length < 32) {
      parameters += char;
      continue;
    }
    if (char === '[' && parameters === '' && length() === 3) {
      const console = yield;
      const key = console === TIMEOUT ? undefined : csiKey('[', '', String.fromCharCode(console));
      if (key) emit({ ...plain, ...key });
      return console === ESC ? ESC : undefined;
    }
    if (char === 'M' && parameters === '') return yield* swallow(3);
    if (char === '~' && parameters === '200') return yield* paste(emit);
    const key = csiKey(parameters, intermediates, char);
    if (key) emit({ ...plain, ...key });
    return undefined;
  }
}

/** The old mouse report: three bytes after `CSI M`. */
function* swallow(count: number): State {
  for (let i = 0; i < count; i++) if ((yield) === TIMEOUT) return undefined;
  return undefined;
}

/** Bracketed paste up to its end mark; a time-out inside is a slow line, not an end. */
function* paste(emit: Emit): State {
  const bytes: number[] = [];
  let matched = 0;
  while (matched < PASTE_END.length && bytes.length < PASTE_LIMIT) {
    const byte = yield;
    if (byte === TIMEOUT) continue;
    bytes.push(byte);
    matched = byte === PASTE_END[matched] ? matched + 1 : byte === ESC ? 1 : 0;
  }
  const text = new TextDecoder().decode(Uint8Array.from(bytes.slice(0, bytes.length - matched)));
  emit({ ...plain, name: 'paste', text });
  return undefined;
}

/** OSC, DCS, APC, PM, SOS: answers of the terminal, up to BEL or ST. Nothing more within the time: it was Alt-`]`. */
function* string(start: number, emit: Emit): State {
  const name = String.fromCharCode(start);
  for (let count = 0; count < 4096; count++) {
    const byte = yield;
    if (byte === TIMEOUT) {
      if (count === 0) emit({ ...plain, name, alt: true, shift: name >= 'A' && name <= 'Z' });
      return undefined;
    }
    if (byte === 0x07) return undefined;
    if (byte === ESC) {
      const after = yield;
      return after === 0x5c || after === TIMEOUT ? undefined : after;
    }
  }
  return undefined;
}

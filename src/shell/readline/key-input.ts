import type { Pressed } from './editor.ts';
import type { Keymap } from './keymap.ts';

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';

/** The keys of a terminal that are not used yet: decoded, and told apart by what is bound to them. */
export class KeyInput {
  private readonly decoder = new TextDecoder();
  private pending = '';

  get empty(): boolean {
    return this.pending === '';
  }

  push(bytes: Uint8Array): void {
    this.pending += this.decoder.decode(bytes, { stream: true });
  }

  typeAhead(keys: string): void {
    this.pending = keys + this.pending;
  }

  /** Whether a bracketed paste begins in these bytes. */
  static pastes(bytes: Uint8Array): boolean {
    return bytes.length >= PASTE_START.length && new TextDecoder().decode(bytes).includes(PASTE_START);
  }

  /** One character. */
  takeCharacter(): string | undefined {
    const code = this.pending.codePointAt(0);
    return code === undefined ? undefined : this.take(code > 0xffff ? 2 : 1);
  }

  /** What was pasted, when all of it is here. */
  takePaste(): string | undefined {
    const end = this.pending.indexOf(PASTE_END);
    if (end < 0) return undefined;
    const text = this.take(end).replace(/\r\n?/g, '\n');
    this.take(PASTE_END.length);
    return text;
  }

  /**
   * The next keys that are bound to something, or that never will be; undefined while more may belong to them.
   * A key that does something by itself and begins longer ones does it when nothing follows at once.
   */
  takeBound(keymap: Keymap): Pressed | undefined {
    const { pending } = this;
    let bound: string | undefined;
    let at = 0;
    while (at < pending.length) {
      const first = at === 0;
      at += (pending.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      const keys = pending.slice(0, at);
      if (keymap.get(keys)) bound = keys;
      else if (first && !keymap.continues(keys)) return this.unbound(keys);
      if (!keymap.continues(keys)) return bound === undefined ? this.unbound(keys) : this.pressed(keymap, bound);
    }
    return bound === undefined ? undefined : this.pressed(keymap, bound);
  }

  private pressed(keymap: Keymap, keys: string): Pressed {
    const binding = keymap.get(keys);
    if (binding?.kind !== 'function' || binding.name !== 'do-lowercase-version')
      return { keys: this.take(keys.length), binding };
    this.typeAhead(this.take(keys.length).slice(0, -1) + keys.slice(-1).toLowerCase());
    return this.takeBound(keymap) ?? { keys, binding: undefined };
  }

  /** Keys that nothing is bound to: an escape sequence goes as a whole. */
  private unbound(keys: string): Pressed | undefined {
    const sequence = /^\x1b(?:\[[\d;?<=>]*[ -/]*[@-~]|O[\s\S]|[^[O])/.exec(this.pending)?.[0];
    if (sequence === undefined && /^\x1b[[O][\d;?<=> -/]{0,30}$/.test(this.pending)) return undefined;
    return { keys: this.take((sequence ?? keys).length), binding: undefined };
  }

  private take(length: number): string {
    const taken = this.pending.slice(0, length);
    this.pending = this.pending.slice(length);
    return taken;
  }
}

/** A key as readline sees it: a character, `C-a`, `M-b`, `up`, `paste` … */
export interface Key {
  readonly name: string;
  /** Text of characters and pastes. */
  readonly text: string;
}

const NAMED: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  '[H': 'home',
  '[F': 'end',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[4~': 'end',
  '[7~': 'home',
  '[8~': 'end',
  '[3~': 'delete',
  '[2~': 'insert',
  '[5~': 'page-up',
  '[6~': 'page-down',
  '[Z': 'back-tab',
  '[1;5C': 'M-f',
  '[1;5D': 'M-b',
  '[1;3C': 'M-f',
  '[1;3D': 'M-b',
  '[5C': 'M-f',
  '[5D': 'M-b',
  Oc: 'M-f',
  Od: 'M-b',
  '[3;5~': 'M-d',
  '[3;3~': 'M-d',
  '[1;5H': 'home',
  '[1;5F': 'end',
};

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';

/** Turns the bytes of a terminal into keys; what is unfinished waits for the next bytes. */
export class KeyDecoder {
  private readonly decoder = new TextDecoder();
  private pending = '';

  /** Whether a bracketed paste is under way, or begins in these bytes. */
  pasting(bytes: Uint8Array): boolean {
    return this.pending.startsWith(PASTE_START) || new TextDecoder().decode(bytes).includes(PASTE_START);
  }

  push(bytes: Uint8Array): Key[] {
    this.pending += this.decoder.decode(bytes, { stream: true });
    const keys: Key[] = [];
    for (;;) {
      const key = this.take();
      if (!key) return keys;
      keys.push(key);
    }
  }

  private consume(length: number, name: string, text = ''): Key {
    this.pending = this.pending.slice(length);
    return { name, text };
  }

  private take(): Key | undefined {
    const { pending } = this;
    if (pending === '') return undefined;
    if (pending.startsWith('\x1b')) return this.takeEscape();
    const char = String.fromCodePoint(pending.codePointAt(0) ?? 0);
    return this.consume(char.length, control(char) ?? char, control(char) ? '' : char);
  }

  private takeEscape(): Key | undefined {
    const { pending } = this;
    if (pending.startsWith(PASTE_START)) {
      const end = pending.indexOf(PASTE_END);
      if (end < 0) return undefined;
      const text = pending.slice(PASTE_START.length, end).replace(/\r\n?/g, '\n');
      return this.consume(end + PASTE_END.length, 'paste', text);
    }
    if (pending.length === 1 || PASTE_START.startsWith(pending)) return undefined;
    const second = pending[1] ?? '';
    if (second === '[') {
      const sequence = /^\x1b\[([\d;?]*[ -/]*[@-~])/.exec(pending);
      if (!sequence) return pending.length > 30 ? this.consume(1, 'ignored') : undefined;
      return this.consume(sequence[0].length, NAMED[`[${sequence[1]}`] ?? 'ignored');
    }
    if (second === 'O') {
      if (pending.length < 3) return undefined;
      return this.consume(3, NAMED[pending.slice(1, 3)] ?? 'ignored');
    }
    if (second === '\x1b') return this.consume(1, 'ignored');
    const char = String.fromCodePoint(pending.codePointAt(1) ?? 0);
    return this.consume(1 + char.length, `M-${control(char) ?? char.toLowerCase()}`, char);
  }
}

function control(char: string): string | undefined {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x7f || code === 8) return 'backspace';
  if (code === 9) return 'tab';
  if (code === 10 || code === 13) return 'enter';
  if (code === 0x1f) return 'C-_';
  return code < 0x20 ? `C-${String.fromCharCode(code + 0x60)}` : undefined;
}

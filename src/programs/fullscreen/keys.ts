/** Keys by name: a character stands for itself, others are `<Esc>`, `<CR>`, `<C-r>`, `<Up>` and so on. */
const SEQUENCES: Readonly<Record<string, string>> = {
  A: '<Up>',
  B: '<Down>',
  C: '<Right>',
  D: '<Left>',
  H: '<Home>',
  F: '<End>',
  '1~': '<Home>',
  '2~': '<Insert>',
  '3~': '<Del>',
  '4~': '<End>',
  '5~': '<PageUp>',
  '6~': '<PageDown>',
  '7~': '<Home>',
  '8~': '<End>',
};

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';

const CONTROLS: Readonly<Record<number, string>> = {
  8: '<BS>',
  9: '<Tab>',
  10: '<NL>',
  13: '<CR>',
  27: '<Esc>',
  127: '<BS>',
};

/** Turns the bytes of a raw terminal into keys; a character cut in two waits for its rest. */
export class KeyDecoder {
  private readonly utf8 = new TextDecoder('utf-8');
  /** What has come of a text between the brackets of a paste. */
  private paste: string | undefined;

  /** An escape that nothing follows in the same read is the key Esc. */
  decode(bytes: Uint8Array): string[] {
    const text = this.utf8.decode(bytes, { stream: true });
    const keys: string[] = [];
    let at = 0;
    while (at < text.length) {
      if (this.paste !== undefined) {
        // The closing bracket may have come in two reads.
        const from = Math.max(0, this.paste.length - PASTE_END.length);
        const whole: string = this.paste + text.slice(at);
        const end = whole.indexOf(PASTE_END, from);
        this.paste = end < 0 ? whole : undefined;
        if (end < 0) break;
        keys.push(`<Paste>${whole.slice(0, end)}`);
        at = text.length - (whole.length - end - PASTE_END.length);
        continue;
      }
      if (text.startsWith(PASTE_START, at)) {
        this.paste = '';
        at += PASTE_START.length;
        continue;
      }
      const sequence = /^\x1b(?:\[(?:1;\d)?([A-DFH]|\d~)|O([A-DFH])|\[[\d;?]*[ -/]*[@-~])/.exec(
        text.slice(at, at + 16),
      );
      if (sequence) {
        const name = SEQUENCES[sequence[1] ?? sequence[2] ?? ''];
        if (name) keys.push(name);
        at += sequence[0].length;
        continue;
      }
      const code = text.codePointAt(at) ?? 0;
      const character = String.fromCodePoint(code);
      at += character.length;
      keys.push(CONTROLS[code] ?? (code < 32 ? controlName(code) : character));
    }
    return keys;
  }
}

function controlName(code: number): string {
  return `<C-${String.fromCharCode(code + 64).toLowerCase()}>`;
}

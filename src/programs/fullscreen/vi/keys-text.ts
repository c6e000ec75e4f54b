import { encode } from '../../../world/bytes.ts';
import { KeyDecoder } from '../keys.ts';

/** The keys that are more than one byte on a terminal of xterm's kind. */
const BYTES: Readonly<Record<string, string>> = {
  '<Esc>': '\x1b',
  '<CR>': '\r',
  '<NL>': '\n',
  '<Tab>': '\t',
  '<BS>': '\x7f',
  '<Up>': '\x1b[A',
  '<Down>': '\x1b[B',
  '<Right>': '\x1b[C',
  '<Left>': '\x1b[D',
  '<Home>': '\x1b[H',
  '<End>': '\x1b[F',
  '<Insert>': '\x1b[2~',
  '<Del>': '\x1b[3~',
  '<PageUp>': '\x1b[5~',
  '<PageDown>': '\x1b[6~',
};

/** What a key is as text: how a recorded macro stands in its register. */
export function textOfKey(key: string): string {
  const control = /^<C-(.)>$/.exec(key)?.[1];
  if (control !== undefined) return String.fromCharCode(control.toUpperCase().charCodeAt(0) - 64);
  return BYTES[key] ?? pastedText(key) ?? key;
}

/** The keys of a text, as if it had been typed: an escape in it is the key Esc. */
export function keysOfText(text: string): string[] {
  const decoder = new KeyDecoder();
  return text.split(/(?<=\x1b)/).flatMap((part) => decoder.decode(encode(part)));
}

/** A text that a terminal pasted between brackets; undefined for other keys. */
export function pastedText(key: string): string | undefined {
  return key.startsWith('<Paste>') ? key.slice('<Paste>'.length) : undefined;
}

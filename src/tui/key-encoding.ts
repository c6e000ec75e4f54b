/** What the world's tty gets for a key: its own bytes, unless the program asked for another form. */
import type { Key } from './key-parser.ts';

export interface TerminalModes {
  readonly applicationCursorKeys: boolean;
  readonly bracketedPaste: boolean;
}

const CURSOR_KEYS: Readonly<Record<string, string>> = {
  up: 'A',
  down: 'B',
  right: 'C',
  left: 'D',
  home: 'H',
  end: 'F',
};
const NUMBERED: Readonly<Record<string, number>> = { insert: 2, delete: 3, pageup: 5, pagedown: 6 };
const FUNCTION: Readonly<Record<string, string>> = {
  f1: 'OP',
  f2: 'OQ',
  f3: 'OR',
  f4: 'OS',
  f5: '[15~',
  f6: '[17~',
  f7: '[18~',
  f8: '[19~',
  f9: '[20~',
  f10: '[21~',
  f11: '[23~',
  f12: '[24~',
};
const encoder = new TextEncoder();

/** The bytes for `key` as an xterm sends them (the world's TERM is xterm-256color). */
export function encodeKey(key: Key, modes: TerminalModes): Uint8Array {
  if (key.name === 'paste') return encodePaste(key.text, modes.bracketedPaste);
  const text = xtermForm(key, modes);
  return text === undefined ? key.raw : encoder.encode(text);
}

function xtermForm(key: Key, modes: TerminalModes): string | undefined {
  const modifier = 1 + (key.shift ? 1 : 0) + (key.alt ? 2 : 0) + (key.ctrl ? 4 : 0);
  const cursor = CURSOR_KEYS[key.name];
  if (cursor !== undefined) {
    if (modifier > 1) return `\x1b[1;${modifier}${cursor}`;
    return modes.applicationCursorKeys ? `\x1bO${cursor}` : `\x1b[${cursor}`;
  }
  const number = NUMBERED[key.name];
  if (number !== undefined) return modifier > 1 ? `\x1b[${number};${modifier}~` : `\x1b[${number}~`;
  const f = FUNCTION[key.name];
  if (f !== undefined && modifier === 1) return `\x1b${f}`;
  // The kitty and modifyOtherKeys forms of control keys.
  if (key.ctrl && key.raw.length > 2 && /^[a-z\]\\^_]$/.test(key.name)) {
    return (key.alt ? '\x1b' : '') + String.fromCharCode(key.name.charCodeAt(0) & 0x1f);
  }
  return undefined;
}

/** A paste as xterm sends it: line ends become CR; nothing in it can end the brackets early. */
function encodePaste(text: string, bracketed: boolean): Uint8Array {
  const plain = text.replace(/\r?\n/g, '\r');
  return encoder.encode(bracketed ? `\x1b[200~${plain.replaceAll('\x1b', '')}\x1b[201~` : plain);
}

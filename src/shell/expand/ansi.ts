import { decodeText } from '../utilities/text.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

/** Bytes of numeric escapes, joined so that `\xea\xb0\x80` is one character. */
function bytesToText(bytes: readonly number[]): string {
  return decodeText(Uint8Array.from(bytes));
}

/**
 * Backslash escapes of `$'…'`, `echo -e`, `printf` and `%b`.
 * @param style `echo`: octal needs a leading 0, `\c` ends the output, quotes are not special; `printf`: octal without.
 */
export function unescapeAnsi(
  text: string,
  style: 'ansi' | 'echo' | 'printf' = 'ansi',
): { text: string; stopped: boolean } {
  let out = '';
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) out += bytesToText(bytes);
    bytes = [];
  };
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char !== '\\' || at + 1 >= text.length) {
      flush();
      out += char;
      at++;
      continue;
    }
    const rest = text.slice(at + 1, at + 12);
    const octal = style === 'ansi' || style === 'printf' ? /^[0-7]{1,3}/.exec(rest) : /^0[0-7]{0,3}/.exec(rest);
    const hex = /^x([0-9A-Fa-f]{1,2})/.exec(rest);
    const unicode = /^u([0-9A-Fa-f]{1,4})|^U([0-9A-Fa-f]{1,8})/.exec(rest);
    const letter = rest[0] ?? '';
    if (octal) {
      bytes.push(Number.parseInt(octal[0], 8) & 0xff);
      at += 1 + octal[0].length;
      continue;
    }
    if (hex) {
      bytes.push(Number.parseInt(hex[1] ?? '', 16));
      at += 1 + hex[0].length;
      continue;
    }
    flush();
    if (unicode) {
      const code = Number.parseInt(unicode[1] ?? unicode[2] ?? '', 16);
      out += code <= 0x10ffff ? String.fromCodePoint(code) : '';
      at += 1 + unicode[0].length;
    } else if (letter === 'c' && style !== 'ansi') return { text: out, stopped: true };
    else if (letter === 'c') {
      out += String.fromCharCode((rest.charCodeAt(1) || 0) & 0x1f);
      at += 3;
    } else if (Object.hasOwn(SIMPLE, letter) && (style !== 'echo' || !`'"?`.includes(letter))) {
      out += SIMPLE[letter] ?? '';
      at += 2;
    } else {
      out += `\\${letter}`;
      at += 2;
    }
  }
  flush();
  return { text: out, stopped: false };
}

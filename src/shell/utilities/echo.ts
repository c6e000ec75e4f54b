import { utility } from './utility.ts';

/** echo(1): the file; a shell's own echo is a builtin of it. */
export const echo = utility({
  name: 'echo',
  usage: '[SHORT-OPTION]... [STRING]...',
  about: 'Echo the STRING(s) to standard output.',
  *run(tool) {
    const words = [...tool.args];
    let newline = true;
    let escapes = false;
    while (/^-[neE]+$/.test(words[0] ?? '')) {
      for (const letter of words.shift()?.slice(1) ?? '') {
        if (letter === 'n') newline = false;
        else escapes = letter === 'e';
      }
    }
    const text = words.join(' ');
    if (!escapes) tool.put(text + (newline ? '\n' : ''));
    else {
      const { text: shown, stop } = unescapeEcho(text);
      tool.put(shown + (newline && !stop ? '\n' : ''));
    }
    return 0;
  },
});

const SIMPLE: Readonly<Record<string, string>> = {
  '\\': '\\',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The escapes of `echo -e` and of printf's `%b`; `\c` ends all output. */
export function unescapeEcho(text: string): { text: string; stop: boolean } {
  let shown = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character !== '\\' || at + 1 >= text.length) {
      shown += character;
      continue;
    }
    const rest = text.slice(at + 1);
    if (rest.startsWith('c')) return { text: shown, stop: true };
    const match = /^(?:0([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8}))/.exec(rest);
    if (match) {
      shown += match[1]
        ? byteText(Number.parseInt(match[1], 8))
        : match[2]
          ? byteText(Number.parseInt(match[2], 16))
          : codeText(match[3] ?? match[4] ?? '');
      at += match[0].length;
    } else if (rest.startsWith('0')) {
      shown += '\0';
      at++;
    } else {
      const simple = SIMPLE[rest[0] ?? ''];
      shown += simple ?? `\\${rest[0]}`;
      at++;
    }
  }
  return { text: shown, stop: false };
}

/** A byte in our lossless text: above 0x7f it is not a character of its own. */
export function byteText(byte: number): string {
  const value = byte & 0xff;
  return String.fromCharCode(value < 0x80 ? value : 0xdc00 + value);
}

export function codeText(hex: string): string {
  const code = Number.parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** Facts: which key each control character and escape sequence stands for. */
// xterm: ctlseqs (PC-style function keys, modifyOtherKeys); rxvt: rxvtref; kitty: keyboard protocol; console_codes(4).

export interface NamedKey {
  readonly name: string;
  readonly ctrl?: boolean;
  readonly alt?: boolean;
  readonly shift?: boolean;
  readonly text?: string;
}

/** Control characters by code. */
export const CONTROL_NAMES: Readonly<Record<number, NamedKey>> = {
  ...Object.fromEntries(
    Array.from({ length: 26 }, (_, i) => [i + 1, { name: String.fromCharCode(0x61 + i), ctrl: true }]),
  ),
  0: { name: 'space', ctrl: true },
  8: { name: 'backspace', ctrl: true },
  9: { name: 'tab' },
  13: { name: 'enter' },
  28: { name: '\\', ctrl: true },
  29: { name: ']', ctrl: true },
  30: { name: '^', ctrl: true },
  31: { name: '_', ctrl: true },
  127: { name: 'backspace' },
};

const LETTERS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'clear',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};
const NUMBERS: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};
const KEYPAD: Readonly<Record<string, string>> = {
  j: '*',
  k: '+',
  l: ',',
  m: '-',
  n: '.',
  o: '/',
  p: '0',
  q: '1',
  r: '2',
  s: '3',
  t: '4',
  u: '5',
  v: '6',
  w: '7',
  x: '8',
  y: '9',
};
const RXVT_ARROWS: Readonly<Record<string, string>> = { a: 'up', b: 'down', c: 'right', d: 'left' };
const LINUX_FUNCTION: Readonly<Record<string, string>> = { A: 'f1', B: 'f2', C: 'f3', D: 'f4', E: 'f5' };
const CODE_POINTS: Readonly<Record<number, string>> = {
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
};

/** xterm's modifier parameter: 1 + shift + 2·alt + 4·control; a `:` begins the kitty protocol's event type. */
function modifiers(parameter: string | undefined) {
  const bits = (Number.parseInt(parameter ?? '', 10) || 1) - 1;
  return { shift: (bits & 1) !== 0, alt: (bits & 2) !== 0 || (bits & 8) !== 0, ctrl: (bits & 4) !== 0 };
}

function codePoint(code: number, mods: ReturnType<typeof modifiers>): NamedKey | undefined {
  const special = CODE_POINTS[code];
  if (special) {
    const text = special === 'space' && !mods.ctrl && !mods.alt ? ' ' : '';
    return { name: special, ...mods, text };
  }
  if (code < 32 || code > 0x10ffff || (code >= 0xe000 && code <= 0xf8ff)) return undefined;
  const char = String.fromCodePoint(code);
  const name = mods.ctrl ? char.toLowerCase() : mods.shift ? char.toUpperCase() : char;
  return { name, ...mods, text: mods.ctrl || mods.alt ? '' : name };
}

/** The key of `CSI parameters intermediates final`, or undefined for what no person typed. */
export function csiKey(parameters: string, intermediates: string, final: string): NamedKey | undefined {
  if (parameters === '[') return named(LINUX_FUNCTION[final]);
  if (intermediates !== '' || /[<=>?]/.test(parameters)) return undefined;
  const [first, second, third] = parameters.split(';');
  const mods = modifiers(second?.split(':')[0]);
  const number = Number.parseInt(first ?? '', 10);
  switch (final) {
    case '~':
      if (number === 27 && third !== undefined) return codePoint(Number.parseInt(third, 10), mods);
      return named(NUMBERS[number], mods);
    case '^':
      return named(NUMBERS[number], { ctrl: true });
    case '$':
      return named(NUMBERS[number], { shift: true });
    case '@':
      return named(NUMBERS[number], { ctrl: true, shift: true });
    case 'u':
      // An event type of 3 is the release of a key.
      return second?.split(':')[1] === '3' ? undefined : codePoint(number, mods);
    case 'Z':
      return { name: 'tab', shift: true };
    case 'a':
    case 'b':
    case 'c':
    case 'd':
      return parameters === '' ? named(RXVT_ARROWS[final], { shift: true }) : undefined;
    case 'R':
      // Also the answer to "where is the cursor?", which has a row other than 1 or nobody asked for.
      return first === '' || (first === '1' && second !== undefined) ? named('f3', mods) : undefined;
    default:
      return final === 'M' || final === 'I' || final === 'O' ? undefined : named(LETTERS[final], mods);
  }
}

/** The key of `ESC O final`. */
export function ss3Key(final: string, modifier: string): NamedKey | undefined {
  const mods = modifier === '' ? {} : modifiers(modifier);
  if (final === 'M') return { name: 'enter', ...mods };
  const arrow = RXVT_ARROWS[final];
  if (arrow) return { name: arrow, ctrl: true };
  const digit = KEYPAD[final];
  return digit ? { name: digit, text: digit, ...mods } : named(LETTERS[final], mods);
}

const named = (name: string | undefined, mods: Omit<NamedKey, 'name'> = {}): NamedKey | undefined =>
  name === undefined ? undefined : { name, ...mods };

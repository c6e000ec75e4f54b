/** What `\M-x` makes of a character: a byte that a terminal with UTF-8 does not send. Kept apart from the letters of Latin-1. */
export const META = 0xf700;

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  d: '\x7f',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const NAMES: Readonly<Record<string, string>> = {
  del: '\x7f',
  esc: '\x1b',
  escape: '\x1b',
  lfd: '\n',
  newline: '\n',
  ret: '\r',
  return: '\r',
  rubout: '\x7f',
  space: ' ',
  spc: ' ',
  tab: '\t',
};
const SHOWN: Readonly<Record<string, string>> = { '\x1b': '\\e', '\x7f': '\\C-?', '"': '\\"', '\\': '\\\\' };

/** The keys of the inside of `"\C-x\e[A"`. readline: bind.c, rl_translate_keyseq */
export function keySequence(text: string): string {
  let keys = '';
  let control = false;
  let meta = false;
  const pattern = /\\(C-|M-|[0-7]{1,3}|x[0-9a-fA-F]{1,2}|[\s\S])|([\s\S])/gu;
  for (const [, escaped, plain] of text.matchAll(pattern)) {
    if (escaped === 'C-') control = true;
    else if (escaped === 'M-') meta = true;
    else {
      let key = plain ?? escapedKey(escaped ?? '');
      if (control) key = controlOf(key);
      if (meta) key = metaOf(key);
      keys += key;
      control = false;
      meta = false;
    }
  }
  return keys;
}

function escapedKey(name: string): string {
  if (/^[0-7]/.test(name)) return byte(Number.parseInt(name, 8) & 0xff);
  if (/^x./.test(name)) return byte(Number.parseInt(name.slice(1), 16));
  return ESCAPES[name] ?? name;
}

function byte(code: number): string {
  return String.fromCharCode(code < 0x80 ? code : META | code);
}

export function controlOf(key: string): string {
  if (key === '?') return '\x7f';
  const code = key.toUpperCase().charCodeAt(0);
  return code < 0x80 ? String.fromCharCode(code & 0x1f) : key;
}

function metaOf(key: string): string {
  const code = key.charCodeAt(0);
  return code < 0x80 ? byte(code | 0x80) : key;
}

/** The key of `Control-Meta-x`, `TAB`. readline: bind.c, glean_key_from_name */
export function namedKey(text: string): string {
  const name = /[^-]*-?$/.exec(text)?.[0] ?? '';
  const modifiers = text.slice(0, text.length - name.length).toLowerCase();
  let key = NAMES[name.toLowerCase()] ?? [...name][0] ?? '';
  if (/(?:^|-)(?:control|c)-/.test(modifiers)) key = controlOf(key);
  if (/(?:^|-)(?:meta|m)-/.test(modifiers)) key = metaOf(key);
  return key;
}

/** Keys as `bind -p` writes them. readline: bind.c, rl_untranslate_keyseq */
export function keyNotation(keys: string): string {
  return [...keys].map(notationOf).join('');
}

function notationOf(key: string): string {
  const shown = SHOWN[key];
  if (shown !== undefined) return shown;
  const code = key.charCodeAt(0);
  if (code >= (META | 0x80) && code <= (META | 0xff)) return `\\${(code & 0xff).toString(8)}`;
  if (code >= 0x20) return key;
  const letter = String.fromCharCode(code | 0x40).toLowerCase();
  return `\\C-${SHOWN[letter] ?? letter}`;
}

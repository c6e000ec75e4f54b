const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/** A POSIX extended regular expression as a JavaScript one; undefined when it is not valid. */
export function compileRegex(source: string, fold: boolean): RegExp | undefined {
  let out = '';
  let at = 0;
  while (at < source.length) {
    const char = source[at] ?? '';
    if (char === '\\') {
      const next = source[at + 1] ?? '\\';
      out += /[A-Za-z0-9]/.test(next) ? (/[bBwWsS]/.test(next) ? `\\${next}` : next) : `\\${next}`;
      at += 2;
    } else if (char === '[') {
      const set = bracket(source, at);
      if (!set) return undefined;
      out += set.text;
      at = set.end;
    } else {
      out += char === '/' ? '\\/' : char === '{' && !/^\{\d+(?:,\d*)?\}/.test(source.slice(at)) ? '\\{' : char;
      at++;
    }
  }
  try {
    return new RegExp(out, fold ? 'is' : 's');
  } catch {
    return undefined;
  }
}

function bracket(source: string, start: number): { text: string; end: number } | undefined {
  let at = start + 1;
  let text = '[';
  if (source[at] === '^') {
    text += '^';
    at++;
  }
  for (let first = true; ; first = false) {
    const char = source[at];
    if (char === undefined) return undefined;
    if (char === ']' && !first) return { text: `${text}]`, end: at + 1 };
    const name = /^\[:(\w+):\]/.exec(source.slice(at, at + 12));
    const known = name?.[1] === undefined ? undefined : CLASSES[name[1]];
    if (name && known !== undefined) {
      text += known;
      at += name[0].length;
    } else {
      text += char === '\\' || char === '[' || char === ']' ? `\\${char}` : char;
      at++;
    }
  }
}

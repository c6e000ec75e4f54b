/** `$'…'` for text with control characters. bash: lib/sh/strtrans.c ansic_quote */
export function ansiQuote(text: string): string {
  let out = "$'";
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const short = { 7: 'a', 8: 'b', 9: 't', 10: 'n', 11: 'v', 12: 'f', 13: 'r', 27: 'E' }[code];
    if (short) out += `\\${short}`;
    else if (code < 0x20 || code === 0x7f) out += `\\${code.toString(8).padStart(3, '0')}`;
    else out += char === "'" || char === '\\' ? `\\${char}` : char;
  }
  return `${out}'`;
}

const CONTROL = /[\x00-\x1f\x7f]/;

/** As `${x@Q}`, `set` and `export -p` quote: in single quotes. */
export function singleQuote(text: string): string {
  if (CONTROL.test(text)) return ansiQuote(text);
  return `'${text.replace(/'/g, `'\\''`)}'`;
}

/** As `printf %q` and completion quote: backslashes before what is special. bash: sh_backslash_quote */
export function backslashQuote(text: string): string {
  if (text === '') return "''";
  if (CONTROL.test(text)) return ansiQuote(text);
  return text.replace(/[ \t!"#$&'()*,;<>?[\\\]^`{|}]|^[~#]|(?<=[:=])~/g, (char, at: number) =>
    char === '#' && at > 0 ? char : `\\${char}`,
  );
}

/** As `declare -p` and `typeset` quote: in double quotes. */
export function doubleQuote(text: string): string {
  if (CONTROL.test(text)) return ansiQuote(text);
  return `"${text.replace(/[$`"\\]/g, '\\$&')}"`;
}

/** As `set` and `alias` in bash: quoted only where needed. */
export function quoteIfNeeded(text: string): string {
  if (CONTROL.test(text)) return ansiQuote(text);
  return text !== '' && !/[\s!"#$&'()*;<>?[\\\]^`{|}~]/.test(text) ? text : text === '' ? '' : singleQuote(text);
}

/** As `set -x` shows words. */
export function traceQuote(text: string): string {
  if (text === '') return "''";
  if (CONTROL.test(text)) return ansiQuote(text);
  return /[\s!"#$&'()*,;<>?[\\\]^`{|}]|^~|^#/.test(text) ? singleQuote(text) : text;
}

import { CurlError } from './curl-texts.ts';

/** More are refused, so that a pattern cannot fill the memory. */
const MOST = 10_000;

/** The URLs of `http://host/{a,b}/[1-3]`, the last pattern changing fastest. Raises CurlError. curl: src/tool_urlglob.c */
export function globbed(url: string): string[] {
  let found = [''];
  let at = 0;
  while (at < url.length) {
    const char = url[at] ?? '';
    let choices: readonly string[];
    if (char === '{') {
      const end = url.indexOf('}', at);
      if (end < 0) throw bad('unmatched brace', url, at + 1);
      choices = url.slice(at + 1, end).split(',');
      at = end + 1;
    } else if (char === '[' && !isAddress(url, at)) {
      const end = url.indexOf(']', at);
      const range = end < 0 ? undefined : rangeOf(url.slice(at + 1, end));
      if (!range) throw bad('bad range', url, /^\[\w+-\w+(?::\d+)?\]/.test(url.slice(at)) ? end + 2 : at + 2);
      choices = range;
      at = end + 1;
    } else {
      choices = [char];
      at++;
    }
    if (found.length * choices.length > MOST) throw bad('range overflow', url, at);
    found = found.flatMap((start) => choices.map((choice) => start + choice));
  }
  return found;
}

/** `[::1]`: an address, not a range. */
function isAddress(url: string, at: number): boolean {
  return /^\[[0-9a-f:.]*:[0-9a-f:.%a-z]*\]/i.test(url.slice(at));
}

/** `1-3`, `001-100`, `a-z`, `1-10:2` */
function rangeOf(text: string): string[] | undefined {
  const [, from = '', to = '', stride = '1'] = /^(\d+|[a-z]|[A-Z])-(\d+|[a-z]|[A-Z])(?::(\d+))?$/.exec(text) ?? [];
  const step = Number(stride);
  if (from === '' || step < 1) return undefined;
  if (/^\d/.test(from) !== /^\d/.test(to)) return undefined;
  const number = /^\d/.test(from);
  const first = number ? Number(from) : (from.codePointAt(0) ?? 0);
  const last = number ? Number(to) : (to.codePointAt(0) ?? 0);
  if (first > last || (last - first) / step > MOST) return undefined;
  const width = number && from.startsWith('0') ? from.length : 0;
  const values: string[] = [];
  for (let value = first; value <= last; value += step)
    values.push(number ? String(value).padStart(width, '0') : String.fromCodePoint(value));
  return values;
}

function bad(what: string, url: string, position: number): CurlError {
  return new CurlError(3, `${what} in URL position ${position}:\n${url}\n${' '.repeat(position - 1)}^`);
}

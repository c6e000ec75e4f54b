import { BoundedRegExp } from '../bounded-regex.ts';
import type { Json } from './json.ts';
import { isObject, JqError, shown } from './values.ts';

const CLASSES: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  digit: '0-9',
  alnum: '\\p{L}\\p{Nd}',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: '\\s',
  punct: '!-\\/:-@\\[-`\\{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
};

/** An Oniguruma pattern as one of the host. */
function compile(pattern: string, flags: string): RegExp {
  let source = pattern
    .replace(/\\h/g, '[0-9a-fA-F]')
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$')
    .replace(/\[:(\^?)(\w+):\]/g, (whole, _not: string, name: string) => CLASSES[name] ?? whole);
  let found = flags.replace(/[^gimsnxlp]/g, '');
  const inline = /^\(\?([imsx]+)\)/.exec(source);
  if (inline) {
    source = source.slice(inline[0].length);
    found += inline[1];
  }
  if (found.includes('x'))
    source = source.replace(/\\.|\[[^\]]*\]|\s+|#[^\n]*/g, (part) => (/^[\s#]/.test(part) ? '' : part));
  const js = `g${found.includes('i') ? 'i' : ''}${found.includes('s') || found.includes('p') ? 's' : ''}`;
  for (const unicode of ['u', '']) {
    try {
      return new BoundedRegExp(source, js + unicode);
    } catch {
      // Without the strict mode more escapes are allowed.
    }
  }
  throw new JqError(`${pattern} (at offset 0) is not a valid regex: invalid pattern`);
}

/** `match`, or with `testOnly` whether there is one. */
export function matchAll(input: Json, pattern: Json, flags: Json, testOnly: boolean): Json {
  let [re, options] = [pattern, flags];
  if (Array.isArray(pattern)) [re, options] = [pattern[0] ?? null, pattern[1] ?? flags];
  if (typeof input !== 'string') throw new JqError(`${shown(input)} cannot be matched, as it is not a string`);
  if (typeof re !== 'string') throw new JqError(`${shown(re)} cannot be matched, as it is not a string`);
  if (options !== null && typeof options !== 'string') throw new JqError(`${shown(options)} is not a string`);
  if (/[^gimsnxlp]/.test(options ?? '')) throw new JqError(`${options} is not a valid modifier string`);
  const compiled = compile(re, options ?? '');
  if (testOnly) return compiled.test(input);
  const global = (options ?? '').includes('g');
  const found: Json[] = [];
  const names = namesOf(re);
  for (const match of input.matchAll(compiled)) {
    if ((options ?? '').includes('n') && match[0] === '') continue;
    found.push(matchObject(input, match, names));
    if (!global || found.length > 1_000_000) break;
  }
  return found;
}

function namesOf(pattern: string): (string | null)[] {
  const names: (string | null)[] = [];
  for (const match of pattern.matchAll(/\\[\s\S]|\[[^\]]*\]|\((\?<([A-Za-z_]\w*)>|\?)?/g)) {
    if (!match[0].startsWith('(')) continue;
    if (match[2]) names.push(match[2]);
    else if (!match[1]) names.push(null);
  }
  return names;
}

function matchObject(text: string, match: RegExpExecArray, names: readonly (string | null)[]): Json {
  const offset = (index: number) => [...text.slice(0, index)].length;
  let from = match.index;
  const groups = match.slice(1).map((group: string | undefined, i): Json => {
    const at = group === undefined ? -1 : text.indexOf(group, from);
    if (group !== undefined && at >= 0 && at < match.index + match[0].length) from = group === '' ? from : at;
    return new Map<string, Json>([
      ['offset', group === undefined ? -1 : offset(at)],
      ['length', group === undefined ? 0 : [...group].length],
      ['string', group ?? null],
      ['name', names[i] ?? null],
    ]);
  });
  return new Map<string, Json>([
    ['offset', offset(match.index)],
    ['length', [...match[0]].length],
    ['string', match[0]],
    ['captures', groups],
  ]);
}

/** The named groups of a match as an object. */
export function captures(match: Json): Json {
  const groups = isObject(match) ? match.get('captures') : undefined;
  const named = new Map<string, Json>();
  for (const group of Array.isArray(groups) ? groups : []) {
    const name = isObject(group) ? group.get('name') : null;
    if (typeof name === 'string' && isObject(group)) named.set(name, group.get('string') ?? null);
  }
  return named;
}

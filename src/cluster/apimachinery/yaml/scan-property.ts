import { type Cursor, isBlank, isBlankOrEnd, isBreakOrEnd, type Mark, yamlError } from './cursor.ts';
import type { Token } from './tokens.ts';

const fail = (cursor: Cursor, context: Mark, problem: string) => yamlError(problem, 'scanner', cursor.mark, context);

function readWhile(cursor: Cursor, pattern: RegExp): string {
  let text = '';
  while (pattern.test(cursor.at())) text += cursor.read();
  return text;
}

/** `&anchor` or `*alias`. */
export function scanAnchor(cursor: Cursor): Token {
  const start = cursor.mark;
  const kind = cursor.read() === '&' ? 'anchor' : 'alias';
  const value = readWhile(cursor, /^[-0-9A-Za-z_]$/);
  if (value === '' || !(isBlankOrEnd(cursor.at()) || '?:,]}%@`'.includes(cursor.at()))) {
    throw fail(cursor, start, 'did not find expected alphabetic or numeric character');
  }
  return { kind, start, end: cursor.mark, value };
}

/** `!tag`, `!!tag`, `!handle!tag` or `!<uri>`. */
export function scanTag(cursor: Cursor): Token {
  const start = cursor.mark;
  let handle = '';
  let suffix: string;
  if (cursor.at(1) === '<') {
    cursor.skip(2);
    suffix = scanUri(cursor, start, '');
    if (cursor.at() !== '>') throw fail(cursor, start, "did not find the expected '>'");
    cursor.skip();
  } else {
    handle = scanHandle(cursor);
    if (handle.length > 1 && handle.endsWith('!')) suffix = scanUri(cursor, start, '');
    else {
      suffix = scanUri(cursor, start, handle);
      [handle, suffix] = suffix === '' ? ['', '!'] : ['!', suffix];
    }
  }
  if (!isBlankOrEnd(cursor.at())) throw fail(cursor, start, 'did not find expected whitespace or line break');
  return { kind: 'tag', start, end: cursor.mark, value: handle, suffix };
}

function scanHandle(cursor: Cursor): string {
  const handle = cursor.read() + readWhile(cursor, /^[-0-9A-Za-z_]$/);
  return cursor.at() === '!' ? handle + cursor.read() : handle;
}

function scanUri(cursor: Cursor, start: Mark, head: string): string {
  const rest = readWhile(cursor, /^[-0-9A-Za-z_;/?:@&=+$,.!~*'()[\]%]$/);
  if (head === '' && rest === '') throw fail(cursor, start, 'did not find expected tag URI');
  if (/%(?![0-9a-fA-F]{2})/.test(rest)) throw fail(cursor, start, 'did not find URI escaped octet');
  return head.slice(1) + rest.replace(/(?:%[0-9a-fA-F]{2})+/g, (escaped) => decodeOr(escaped));
}

function decodeOr(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped;
  }
}

/** `%YAML 1.1` or `%TAG ! prefix`. */
export function scanDirective(cursor: Cursor): Token {
  const start = cursor.mark;
  cursor.skip();
  const name = readWhile(cursor, /^[-0-9A-Za-z_]$/);
  if (name === '') throw fail(cursor, start, 'could not find expected directive name');
  if (!isBlankOrEnd(cursor.at())) throw fail(cursor, start, 'found unexpected non-alphabetical character');
  if (name !== 'YAML' && name !== 'TAG') throw fail(cursor, start, 'found unknown directive name');
  while (isBlank(cursor.at())) cursor.skip();
  const token = name === 'YAML' ? scanVersion(cursor, start) : scanTagDirective(cursor, start);
  while (isBlank(cursor.at())) cursor.skip();
  if (cursor.at() === '#') cursor.skipLine();
  if (!isBreakOrEnd(cursor.at())) throw fail(cursor, start, 'did not find expected comment or line break');
  cursor.readBreak();
  return token;
}

function scanVersion(cursor: Cursor, start: Mark): Token {
  const number = () => {
    const digits = readWhile(cursor, /^[0-9]$/);
    if (digits === '') throw fail(cursor, start, 'did not find expected version number');
    if (digits.length > 2) throw fail(cursor, start, 'found extremely long version number');
    return Number(digits);
  };
  const major = number();
  if (cursor.at() !== '.') throw fail(cursor, start, "did not find expected digit or '.' character");
  cursor.skip();
  return { kind: 'version-directive', start, value: `${major}.${number()}`, end: cursor.mark };
}

function scanTagDirective(cursor: Cursor, start: Mark): Token {
  if (cursor.at() !== '!') throw fail(cursor, start, "did not find expected '!'");
  const value = scanHandle(cursor);
  if (value !== '!' && !value.endsWith('!')) throw fail(cursor, start, "did not find expected '!'");
  if (!isBlank(cursor.at())) throw fail(cursor, start, 'did not find expected whitespace');
  while (isBlank(cursor.at())) cursor.skip();
  const suffix = scanUri(cursor, start, '');
  if (!isBlankOrEnd(cursor.at())) throw fail(cursor, start, 'did not find expected whitespace or line break');
  return { kind: 'tag-directive', start, end: cursor.mark, value, suffix };
}

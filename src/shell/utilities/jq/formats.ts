import { decode, encode } from '../../../world/bytes.ts';
import type { Json } from './json.ts';
import { JqError, shown, toJson } from './values.ts';

export type Format =
  | '@text'
  | '@json'
  | '@html'
  | '@uri'
  | '@csv'
  | '@tsv'
  | '@sh'
  | '@base64'
  | '@base64d'
  | '@base32'
  | '@base32d';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** `@csv` and the like. */
export function formatValue(format: Format, value: Json): Json {
  const text = typeof value === 'string' ? value : toJson(value);
  switch (format) {
    case '@text':
      return text;
    case '@json':
      return toJson(value);
    case '@html':
      return text.replace(
        /[<>&'"]/g,
        (c) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&quot;' })[c] ?? c,
      );
    case '@uri':
      return [...encode(text)]
        .map((byte) =>
          /[A-Za-z0-9\-_.~]/.test(String.fromCharCode(byte))
            ? String.fromCharCode(byte)
            : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
        )
        .join('');
    case '@csv':
    case '@tsv':
      return row(format, value);
    case '@sh':
      return (Array.isArray(value) ? value : [value]).map(shellWord).join(' ');
    case '@base64':
      return encodeBase(encode(text), BASE64, 6, 4);
    case '@base32':
      return encodeBase(encode(text), BASE32, 5, 8);
    case '@base64d':
      return decodeBase(text, BASE64, 6, value);
    case '@base32d':
      return decodeBase(text, BASE32, 5, value);
    default:
      throw new JqError(`${String(format).slice(1)} is not a valid format`);
  }
}

function row(format: '@csv' | '@tsv', value: Json): string {
  const name = format.slice(1);
  if (!Array.isArray(value)) throw new JqError(`${shown(value)} cannot be ${name}-formatted, only array`);
  return value
    .map((cell) => {
      if (cell === null) return '';
      if (typeof cell === 'number' || typeof cell === 'boolean') return toJson(cell);
      if (typeof cell !== 'string') throw new JqError(`${shown(cell)} is not valid in a csv row`);
      if (name === 'csv') return `"${cell.replaceAll('"', '""')}"`;
      return cell.replace(/[\\\t\n\r]/g, (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[c] ?? c);
    })
    .join(name === 'csv' ? ',' : '\t');
}

function shellWord(value: Json): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "'\\''")}'`;
  if (value !== null && typeof value === 'object') throw new JqError(`${shown(value)} can not be escaped for shell`);
  return toJson(value);
}

function encodeBase(bytes: Uint8Array, alphabet: string, bits: number, group: number): string {
  let text = '';
  let held = 0;
  let count = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    count += 8;
    while (count >= bits) {
      count -= bits;
      text += alphabet[(held >> count) & ((1 << bits) - 1)];
    }
  }
  if (count > 0) text += alphabet[(held << (bits - count)) & ((1 << bits) - 1)];
  return text + '='.repeat((group - (text.length % group)) % group);
}

function decodeBase(text: string, alphabet: string, bits: number, value: Json): string {
  const bytes: number[] = [];
  let held = 0;
  let count = 0;
  for (const character of text.replace(/=+$/, '')) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) throw new JqError(`${shown(value)} is not valid base64 data`);
    held = ((held << bits) | digit) & 0xffff;
    count += bits;
    if (count >= 8) {
      count -= 8;
      bytes.push((held >> count) & 255);
    }
  }
  if (bytes.length === 0 && text.replace(/=+$/, '') !== '')
    throw new JqError(`${shown(value)} is not valid base64 data`);
  return decode(Uint8Array.from(bytes));
}

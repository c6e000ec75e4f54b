import { md5, sha1 } from '@noble/hashes/legacy.js';
import { concat, encode } from '../../world/bytes.ts';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Whether a password fits what htpasswd stored: `$apr1$…`, `$1$…`, `{SHA}…`, `{PLAIN}…`. Others never fit: bcrypt is not modelled. */
export function passwordFits(password: string, stored: string): boolean {
  if (stored.startsWith('{SHA}')) return stored.slice(5) === sha1Base64(password);
  if (stored.startsWith('{PLAIN}')) return stored.slice(7) === password;
  const [, magic, salt] = /^\$(apr1|1)\$([^$]{0,8})\$/.exec(stored) ?? [];
  return magic !== undefined && salt !== undefined && md5Crypt(password, salt, `$${magic}$`) === stored;
}

function sha1Base64(text: string): string {
  return btoa(String.fromCharCode(...sha1(encode(text))));
}

/** crypt(3)'s MD5, with Apache's mark `$apr1$` or the usual `$1$`. */
export function md5Crypt(password: string, salt: string, magic = '$apr1$'): string {
  const secret = encode(password);
  const seasoning = encode(salt);
  let mixed = md5(concat([secret, seasoning, secret]));
  const parts = [secret, encode(magic), seasoning];
  for (let left = secret.length; left > 0; left -= 16) parts.push(mixed.subarray(0, Math.min(16, left)));
  for (let bits = secret.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? Uint8Array.of(0) : secret.subarray(0, 1));
  mixed = md5(concat(parts));
  for (let round = 0; round < 1000; round++) {
    const turn = [round & 1 ? secret : mixed];
    if (round % 3) turn.push(seasoning);
    if (round % 7) turn.push(secret);
    turn.push(round & 1 ? mixed : secret);
    mixed = md5(concat(turn));
  }
  return `${magic}${salt}$${digits(mixed)}`;
}

/** The digest's bytes in crypt's order, six bits a letter. */
function digits(digest: Uint8Array): string {
  const at = (index: number) => digest[index] ?? 0;
  let text = '';
  for (let first = 0; first < 5; first++) {
    const last = first === 4 ? 5 : first + 12;
    text += letters((at(first) << 16) | (at(first + 6) << 8) | at(last), 4);
  }
  return text + letters(at(11), 2);
}

function letters(value: number, count: number): string {
  let text = '';
  for (let left = value, i = 0; i < count; i++, left >>= 6) text += ALPHABET.charAt(left & 63);
  return text;
}

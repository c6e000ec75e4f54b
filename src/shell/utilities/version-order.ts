import { encode } from '../../world/bytes.ts';

const DOT = 0x2e;
const TILDE = 0x7e;
const ZERO = 0x30;

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= ZERO && byte <= 0x39;
const isLetter = (byte: number | undefined) => byte !== undefined && /[A-Za-z]/.test(String.fromCharCode(byte));

/**
 * The order of `ls -v` and `sort -V`: hidden names first, runs of digits by value, letters before everything else, and
 * what looks like the endings of files only where the rest is the same. gnulib: lib/filevercmp.c
 */
export function compareVersions(left: string, right: string): number {
  const hidden = Number(right.startsWith('.')) - Number(left.startsWith('.'));
  if (left === '' || right === '') return left === right ? 0 : left === '' ? -1 : 1;
  if (hidden !== 0) return hidden;
  for (const special of ['.', '..']) {
    const difference = Number(right === special) - Number(left === special);
    if (difference !== 0 || left === special) return difference;
  }
  const a = encode(left);
  const b = encode(right);
  return (
    compareRuns(a.subarray(0, lengthWithoutEndings(a)), b.subarray(0, lengthWithoutEndings(b))) || compareRuns(a, b)
  );
}

/** How much of a name is left without `(\.[A-Za-z~][A-Za-z0-9~]*)*` at its end. */
function lengthWithoutEndings(name: Uint8Array): number {
  let length = 0;
  for (let at = 0; at < name.length; ) {
    while (name[at] === DOT && (isLetter(name[at + 1]) || name[at + 1] === TILDE)) {
      at += 2;
      while (isLetter(name[at]) || isDigit(name[at]) || name[at] === TILDE) at++;
    }
    if (at < name.length) length = ++at;
  }
  return length;
}

/** As dpkg compares versions. */
function compareRuns(a: Uint8Array, b: Uint8Array): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a[i])) || (j < b.length && !isDigit(b[j]))) {
      const difference = rank(a[i]) - rank(b[j]);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    while (a[i] === ZERO) i++;
    while (b[j] === ZERO) j++;
    let first = 0;
    for (; isDigit(a[i]) && isDigit(b[j]); i++, j++) first ||= (a[i] ?? 0) - (b[j] ?? 0);
    if (isDigit(a[i])) return 1;
    if (isDigit(b[j])) return -1;
    if (first !== 0) return first;
  }
  return 0;
}

/** `undefined` is the end, which comes before all but a tilde. */
function rank(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (isDigit(byte)) return 0;
  if (byte === TILDE) return -2;
  return isLetter(byte) ? byte : byte + 256;
}

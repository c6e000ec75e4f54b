import { insertionSorted } from '../go-sort.ts';

const letter = /^\p{L}$/u;
const digit = /^\p{Nd}$/u;

/** Keys in their order. It is no strict one (`x9y`, `x10y`, `x1y`), so short lists are sorted by Go's algorithm for them. */
export function sortedForYaml(keys: string[]): string[] {
  if (keys.length < 2) return keys;
  if (keys.length > 12) return keys.sort(compareKeys);
  return insertionSorted(keys, (a, b) => compareKeys(a, b) < 0);
}

/** The order of keys in YAML: numbers in them by value, other characters before letters. go-yaml: sorter.go */
function compareKeys(left: string, right: string): number {
  if (left === right) return 0;
  const a = [...left];
  const b = [...right];
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a[i] ?? '';
    const y = b[i] ?? '';
    if (x === y) continue;
    const xLetter = isLetter(x);
    const yLetter = isLetter(y);
    if (xLetter && yLetter) return codeOf(x) - codeOf(y);
    if (xLetter || yLetter) return yLetter ? -1 : 1;
    return compareNumbers(a, b, i) || codeOf(x) - codeOf(y);
  }
  return a.length - b.length;
}

// The numbers that begin here, or that the difference is in the middle of.
function compareNumbers(a: string[], b: string[], at: number): number {
  let x = 0;
  let y = 0;
  if (a[at] === '0' || b[at] === '0') {
    for (let j = at - 1; j >= 0 && isDigit(a[j] ?? ''); j--) {
      if (a[j] === '0') continue;
      x = 1;
      y = 1;
      break;
    }
  }
  let i = at;
  for (; isDigit(a[i] ?? ''); i++) x = x * 10 + codeOf(a[i] ?? '') - 48;
  let j = at;
  for (; isDigit(b[j] ?? ''); j++) y = y * 10 + codeOf(b[j] ?? '') - 48;
  return x - y || i - j;
}

function isLetter(character: string): boolean {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || letter.test(character);
}

function isDigit(character: string): boolean {
  return (character >= '0' && character <= '9') || digit.test(character);
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

import { FormatError } from './format-error.ts';

/** Which suffixes a quantity is written with: `12M`, `12Mi` or `12e6`. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

interface SuffixMeaning {
  base: 2 | 10;
  exponent: number;
  format: QuantityFormat;
}

const decimalSuffixes = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const binarySuffixes = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
]);
const decimalByExponent = new Map([...decimalSuffixes].map(([suffix, exponent]) => [exponent, suffix]));
const binaryByExponent = new Map([...binarySuffixes].map(([suffix, exponent]) => [exponent, suffix]));

const wrongFormat = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Splits a quantity into sign, digits and suffix. kubernetes: parseQuantityString */
export function scanQuantity(text: string): { negative: boolean; integer: string; fraction: string; suffix: string } {
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/.exec(text);
  if (!match || text === '') throw new FormatError(wrongFormat);
  const [, sign, integer = '', fraction = '', suffix = ''] = match;
  const significant = integer.replace(/^0+/, '');
  return { negative: sign === '-', integer: significant === '' ? '0' : significant, fraction, suffix };
}

/** What a suffix means. FormatError when it is none. */
export function interpretSuffix(suffix: string): SuffixMeaning {
  const decimal = decimalSuffixes.get(suffix);
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = binarySuffixes.get(suffix);
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' };
  if (/^[eE][-+]?[0-9]+$/.test(suffix)) {
    const exponent = Number(suffix.slice(1));
    // Numbers of thousands of digits help nobody; upstream would compute them.
    if (Math.abs(exponent) <= 1000) return { base: 10, exponent, format: 'DecimalExponent' };
  }
  throw new FormatError("unable to parse quantity's suffix");
}

/** The suffix to write for a power; none when there is none. */
export function suffixFor(base: 2 | 10, exponent: number, format: QuantityFormat): string {
  if (base === 2) return binaryByExponent.get(exponent) ?? '';
  if (format === 'DecimalExponent') return exponent === 0 ? '' : `e${exponent}`;
  return decimalByExponent.get(exponent) ?? '';
}

import { floatText } from '../printf-format.ts';

/** Input that looks like a number: compares as one, shows as it was read. */
export class NumericText {
  constructor(
    readonly text: string,
    readonly number: number,
  ) {}
}

export type Value = number | string | NumericText | undefined;

const NUMBER = /^[ \t\n\r\f\v]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/;
const WHOLE_NUMBER = /^[ \t\n\r\f\v]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[ \t\n\r\f\v]*$/;

/** A value of the input: a field, a line of getline, an element of split. */
export function inputValue(text: string): Value {
  return WHOLE_NUMBER.test(text) ? new NumericText(text, Number(text)) : text;
}

export function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  if (value === undefined) return 0;
  if (value instanceof NumericText) return value.number;
  const match = NUMBER.exec(value);
  return match ? Number(match[0]) : 0;
}

export function toText(value: Value, format = '%.6g'): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  if (value instanceof NumericText) return value.text;
  if (Number.isInteger(value))
    return Math.abs(value) < 1e16
      ? String(value)
      : Math.abs(value) < 1e30
        ? BigInt(value).toString()
        : formatNumber(format, value);
  return formatNumber(format, value);
}

export function formatNumber(format: string, value: number): string {
  const match = /^%([-+ #0]*)(\d*)(?:\.(\d+))?([efgEFGd])$/.exec(format);
  if (!match?.[4]) return String(value);
  if (match[4] === 'd') return String(Math.trunc(value));
  return floatText(match[4], match[1] ?? '', match[3] === undefined ? undefined : Number(match[3]), value).padStart(
    Number(match[2]),
  );
}

export function isTrue(value: Value): boolean {
  if (typeof value === 'number') return value !== 0;
  if (value instanceof NumericText) return value.number !== 0;
  return value !== undefined && value !== '';
}

/** As numbers when both look like numbers, else as texts. */
export function compare(left: Value, right: Value, format: string): number {
  if (typeof left !== 'string' && typeof right !== 'string') {
    const a = toNumber(left);
    const b = toNumber(right);
    return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
  }
  const a = toText(left, format);
  const b = toText(right, format);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many arguments a format asks for. */
export function conversions(format: string): number {
  let count = 0;
  for (const match of format.matchAll(/%[-+ #0']*(\*|\d*)(?:\.(\*|\d*))?[hlLqjzt]*([a-zA-Z%])/g)) {
    if (match[3] !== '%') count++;
    if (match[1] === '*') count++;
    if (match[2] === '*') count++;
  }
  return count;
}

/** sprintf of awk. */
export function awkFormat(format: string, args: readonly Value[], convert: string): string {
  let next = 0;
  return format.replace(
    /%([-+ #0']*)(\*|\d*)(?:\.(\*|\d*))?([hlLqjzt]*)([a-zA-Z%])/g,
    (whole, flags: string, widthText: string, precisionText: string | undefined, _size: string, letter: string) => {
      if (letter === '%') return '%';
      let shownFlags = flags;
      let width = widthText === '*' ? Math.trunc(toNumber(args[next++])) : Number(widthText);
      const precision =
        precisionText === undefined
          ? undefined
          : precisionText === '*'
            ? Math.trunc(toNumber(args[next++]))
            : Number(precisionText);
      if (width < 0) {
        shownFlags += '-';
        width = -width;
      }
      const value = args[next++];
      let text: string;
      let zero = false;
      if (letter === 's')
        text = precision === undefined ? toText(value, convert) : toText(value, convert).slice(0, precision);
      else if (letter === 'c')
        text =
          typeof value === 'number'
            ? String.fromCodePoint(Math.max(0, Math.min(0x10ffff, Math.trunc(value))))
            : ([...toText(value, convert)][0] ?? '');
      else if ('dixXou'.includes(letter)) {
        text = integerText(letter, toNumber(value), shownFlags, precision);
        zero = shownFlags.includes('0') && precision === undefined;
      } else if ('eEfFgGa'.includes(letter)) {
        text = floatText(letter, shownFlags, precision, toNumber(value));
        zero = shownFlags.includes('0') && Number.isFinite(toNumber(value));
      } else return whole;
      if (text.length >= width) return text;
      if (shownFlags.includes('-')) return text.padEnd(width);
      if (!zero) return text.padStart(width);
      const sign = /^[-+ ]|^0[xX]/.exec(text)?.[0] ?? '';
      return sign + text.slice(sign.length).padStart(width - sign.length, '0');
    },
  );
}

function integerText(letter: string, number: number, flags: string, precision: number | undefined): string {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? 'nan' : number < 0 ? '-inf' : 'inf';
  const whole = BigInt(Math.trunc(number));
  const size = whole < 0n ? -whole : whole;
  const unsigned = whole < 0n ? whole + (1n << 64n) : whole;
  let text =
    letter === 'x'
      ? unsigned.toString(16)
      : letter === 'X'
        ? unsigned.toString(16).toUpperCase()
        : letter === 'o'
          ? unsigned.toString(8)
          : letter === 'u'
            ? unsigned.toString()
            : size.toString();
  if (precision !== undefined) text = text.padStart(precision, '0');
  if (flags.includes('#')) text = (letter === 'x' ? '0x' : letter === 'X' ? '0X' : letter === 'o' ? '0' : '') + text;
  if (letter !== 'd' && letter !== 'i') return text;
  return (whole < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + text;
}

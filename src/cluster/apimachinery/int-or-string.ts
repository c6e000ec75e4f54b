import { FormatError } from './format-error.ts';
import { goQuote } from './go-quote.ts';

/** A number, or a text such as `25%` or the name of a port. kubernetes: apimachinery/pkg/util/intstr */
export type IntOrString = number | string;

/** A number when the text is one that fits 32 bits, else the text. */
export function parseIntOrString(text: string): IntOrString {
  if (!/^[-+]?[0-9]+$/.test(text)) return text;
  const value = Number(text);
  return value >= -(2 ** 31) && value < 2 ** 31 ? value + 0 : text;
}

/** The percentage of `25%`, else undefined. */
export function percentOf(value: IntOrString): number | undefined {
  return typeof value === 'string' && /^[-+]?[0-9]+%$/.test(value) ? Number(value.slice(0, -1)) : undefined;
}

/** The number itself, or the percentage of `total`, rounded up or down. FormatError when it is neither. */
export function scaledValue(value: IntOrString, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value;
  const invalid = (why: string) => new FormatError(`invalid value for IntOrString: ${why}`);
  if (!value.endsWith('%')) throw invalid('invalid type: string is not a percentage');
  const percent = percentOf(value);
  if (percent === undefined) {
    const digits = value.slice(0, -1);
    throw invalid(`invalid value ${goQuote(value)}: strconv.Atoi: parsing ${goQuote(digits)}: invalid syntax`);
  }
  const exact = (percent * total) / 100;
  return (roundUp ? Math.ceil(exact) : Math.floor(exact)) + 0;
}

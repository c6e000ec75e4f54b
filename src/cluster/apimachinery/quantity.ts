import { FormatError } from './format-error.ts';
import type { Json } from './json-value.ts';
import { interpretSuffix, type QuantityFormat, scanQuantity, suffixFor } from './quantity-text.ts';

const maxInt64 = 2n ** 63n - 1n;
const nano = 9;

/**
 * An amount of a resource: `100m`, `1.5Gi`, `12e6`. Immutable. The number is `unscaled * 10^-scale`, exact.
 * kubernetes: staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go
 */
export class Quantity {
  readonly unscaled: bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
  private text: string | undefined;

  constructor(unscaled: bigint, scale: number, format: QuantityFormat, text?: string) {
    this.unscaled = unscaled;
    this.scale = scale;
    this.format = format;
    this.text = text;
  }

  /** Parses a quantity; FormatError with upstream's text when it is none. */
  static parse(text: string): Quantity {
    if (text === '0') return new Quantity(0n, 0, 'DecimalSI', '0');
    const scanned = scanQuantity(text);
    const suffix = interpretSuffix(scanned.suffix);
    if (scanned.integer === '' && scanned.fraction === '')
      throw new FormatError('unable to parse numeric part of quantity');
    const fast = parseFast(text, scanned, suffix);
    if (fast) return fast;
    const sign = scanned.negative ? -1n : 1n;
    let unscaled = BigInt(scanned.integer + scanned.fraction);
    let scale = scanned.fraction.length;
    if (suffix.base === 10) scale -= suffix.exponent;
    else unscaled <<= BigInt(suffix.exponent);
    // Too small an amount is rounded up to the smallest there is: who asks for a little gets a little.
    if (scale > nano) {
      unscaled = divideUp(unscaled, 10n ** BigInt(scale - nano));
      scale = nano;
    }
    let format = suffix.format;
    if (format === 'BinarySI' && compareDecimal(unscaled, scale, maxInt64, 0) > 0) {
      unscaled = maxInt64;
      scale = 0;
    }
    if (format === 'BinarySI' && unscaled > 0n && compareDecimal(unscaled, scale, 1n, 0) < 0) format = 'DecimalSI';
    return new Quantity(sign * unscaled, scale, format);
  }

  /** Like parse, of what a manifest may hold: a text (blanks around it are dropped) or a number. */
  static fromJson(value: Json | undefined): Quantity {
    if (value === null || value === undefined) return Quantity.zero;
    if (typeof value === 'string') return Quantity.parse(value.trim());
    if (typeof value === 'number') return Quantity.parse(String(value).replace('e+', 'e'));
    throw new FormatError(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  }

  /** Like fromJson, but undefined when it is no quantity. */
  static tryFromJson(value: Json | undefined): Quantity | undefined {
    try {
      return Quantity.fromJson(value);
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  /** A whole number. */
  static of(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(value), 0, format);
  }

  /** A number of thousandths. */
  static ofMilli(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(value), 3, format);
  }

  static readonly zero = new Quantity(0n, 0, 'DecimalSI', '0');

  get isZero(): boolean {
    return this.unscaled === 0n;
  }

  /** -1, 0 or 1. */
  get sign(): number {
    return this.unscaled < 0n ? -1 : this.unscaled > 0n ? 1 : 0;
  }

  /** Less than, equal to or greater than zero, as this is to `other`. */
  compare(other: Quantity): number {
    return compareDecimal(this.unscaled, this.scale, other.unscaled, other.scale);
  }

  /** The sum, in the format of this (of `other` when this is zero). */
  add(other: Quantity): Quantity {
    const scale = Math.max(this.scale, other.scale);
    const sum = rescale(this.unscaled, this.scale, scale) + rescale(other.unscaled, other.scale, scale);
    return new Quantity(sum, scale, this.isZero ? other.format : this.format);
  }

  /** The difference, in the format of this (of `other` when this is zero). */
  sub(other: Quantity): Quantity {
    return this.add(new Quantity(-other.unscaled, other.scale, other.format));
  }

  /** The product with a whole number. */
  mul(factor: number | bigint): Quantity {
    return new Quantity(this.unscaled * BigInt(factor), this.scale, this.format);
  }

  /** Rounded away from zero to so many decimal places (3: milli), as admission and defaults do. */
  roundUp(places: number): Quantity {
    if (this.scale <= places) return this;
    return new Quantity(this.scaledBigInt(places), places, this.format);
  }

  /** The number in units of 10^-places, rounded away from zero. */
  scaledBigInt(places: number): bigint {
    if (this.scale <= places) return rescale(this.unscaled, this.scale, places);
    const magnitude = this.unscaled < 0n ? -this.unscaled : this.unscaled;
    const rounded = divideUp(magnitude, 10n ** BigInt(this.scale - places));
    return this.unscaled < 0n ? -rounded : rounded;
  }

  /** The whole number, rounded away from zero. */
  value(): number {
    return Number(this.scaledBigInt(0));
  }

  /** Thousandths, rounded away from zero. */
  milliValue(): number {
    return Number(this.scaledBigInt(3));
  }

  /** The nearest floating point number. */
  toNumber(): number {
    return Number(this.unscaled) / 10 ** this.scale;
  }

  /** The canonical form. A text that was parsed and already had it is given back as it was. */
  toString(): string {
    this.text ??= canonical(this);
    return this.text;
  }

  toJSON(): string {
    return this.toString();
  }
}

type Scanned = ReturnType<typeof scanQuantity>;
type Suffix = ReturnType<typeof interpretSuffix>;

// Small numbers keep the text they were written with when it is canonical enough; upstream's rules for that, with all their quirks.
function parseFast(text: string, scanned: Scanned, suffix: Suffix): Quantity | undefined {
  const { integer, fraction } = scanned;
  let room = 18 - integer.length - fraction.length;
  let factor = 1n;
  let exponent = suffix.exponent - fraction.length;
  if (suffix.format === 'BinarySI') {
    if (fraction.length > 0) return undefined;
    room = 14 - integer.length - Math.trunc((suffix.exponent * 3) / 10);
    factor = 1n << BigInt(suffix.exponent);
    exponent = 0;
  }
  if (room < 0 || exponent < -nano) return undefined;
  const digits = integer + fraction;
  const value = BigInt(digits);
  const product = value * factor;
  if (product > maxInt64) return undefined;
  const keep =
    suffix.format === 'BinarySI'
      ? suffix.exponent % 10 === 0 && value % 8n !== 0n
      : exponent % 3 === 0 && !digits.endsWith('000') && digits[0] !== '0';
  return new Quantity(scanned.negative ? -product : product, -exponent, suffix.format, keep ? text : undefined);
}

function canonical(quantity: Quantity): string {
  if (quantity.isZero) return '0';
  if (quantity.format === 'BinarySI' && isLargeWhole(quantity)) {
    let mantissa = quantity.scaledBigInt(0);
    let exponent = 0;
    while (mantissa % 1024n === 0n) {
      mantissa /= 1024n;
      exponent += 10;
    }
    return mantissa + suffixFor(2, exponent, 'BinarySI');
  }
  let mantissa = quantity.unscaled;
  let exponent = -quantity.scale;
  while (mantissa % 10n === 0n) {
    mantissa /= 10n;
    exponent++;
  }
  for (; exponent % 3 !== 0; exponent--) mantissa *= 10n;
  return mantissa + suffixFor(10, exponent, quantity.format === 'BinarySI' ? 'DecimalSI' : quantity.format);
}

// Binary suffixes are for whole numbers beyond 1024; all else would lose precision or confuse.
function isLargeWhole({ unscaled, scale }: Quantity): boolean {
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  if (compareDecimal(magnitude, scale, 1024n, 0) < 0) return false;
  return scale <= 0 || magnitude % 10n ** BigInt(scale) === 0n;
}

function compareDecimal(a: bigint, aScale: number, b: bigint, bScale: number): number {
  const scale = Math.max(aScale, bScale);
  const x = rescale(a, aScale, scale);
  const y = rescale(b, bScale, scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

function rescale(unscaled: bigint, from: number, to: number): bigint {
  return from === to ? unscaled : unscaled * 10n ** BigInt(to - from);
}

function divideUp(magnitude: bigint, divisor: bigint): bigint {
  return (magnitude + divisor - 1n) / divisor;
}

/** Compares two quantities of an object: less than, equal to or greater than zero. FormatError when one is none. */
export function compareQuantities(a: Json, b: Json): number {
  return Quantity.fromJson(a).compare(Quantity.fromJson(b));
}

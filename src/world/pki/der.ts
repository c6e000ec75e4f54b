import { concat, encode } from '../bytes.ts';

/** Distinguished encoding of ASN.1, as far as certificates need it. */
function tlv(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const header =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return concat([Uint8Array.from(header), content]);
}

export const sequence = (...items: Uint8Array[]): Uint8Array => tlv(0x30, concat(items));
export const set = (...items: Uint8Array[]): Uint8Array => tlv(0x31, concat(items));
export const explicit = (tag: number, content: Uint8Array): Uint8Array => tlv(0xa0 | tag, content);
export const implicit = (tag: number, content: Uint8Array): Uint8Array => tlv(0x80 | tag, content);
export const octets = (content: Uint8Array): Uint8Array => tlv(0x04, content);
export const bits = (content: Uint8Array): Uint8Array => tlv(0x03, concat([Uint8Array.of(0), content]));
export const printable = (text: string): Uint8Array => tlv(0x13, encode(text));
export const boolean = (value: boolean): Uint8Array => tlv(0x01, Uint8Array.of(value ? 0xff : 0));
export const none = (): Uint8Array => tlv(0x05, new Uint8Array(0));

/** A non-negative integer from big-endian bytes. */
export function integer(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  return tlv(0x02, (trimmed[0] ?? 0) >= 0x80 ? concat([Uint8Array.of(0), trimmed]) : trimmed);
}

export function objectId(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let value = part >> 7; value > 0; value >>= 7) groups.unshift((value & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Uint8Array.from(bytes));
}

/** UTCTime, of ms since 1970. */
export function utcTime(ms: number): Uint8Array {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return tlv(0x17, encode(`${text}Z`));
}

export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** The element with its tag and length. */
  readonly whole: Uint8Array;
}

/** The elements of a sequence's content. Raises RangeError for broken encodings. */
export function parseElements(bytes: Uint8Array): Element[] {
  const elements: Element[] = [];
  let position = 0;
  while (position < bytes.length) {
    const start = position;
    const tag = bytes[position++] ?? 0;
    let length = bytes[position++] ?? 0;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count > 3) throw new RangeError('element too long');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[position++] ?? 0);
    }
    if (position + length > bytes.length) throw new RangeError('element ends early');
    elements.push({
      tag,
      content: bytes.subarray(position, position + length),
      whole: bytes.subarray(start, position + length),
    });
    position += length;
  }
  return elements;
}

import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encode } from '../../world/bytes.ts';

export interface Scope {
  /** `20260901T090000Z` */
  readonly time: string;
  readonly region: string;
  readonly service: string;
}

/** Signature Version 4 of a request that is written out as `text`. */
export function signature(secret: string, { time, region, service }: Scope, text: string): string {
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${bytesToHex(sha256(encode(text)))}`;
  let key: Uint8Array = encode(`AWS4${secret}`);
  for (const part of [day, region, service, 'aws4_request', toSign]) key = hmac(sha256, key, encode(part));
  return bytesToHex(key);
}

/** `20260901T090000Z` */
export function amzDate(now: number): string {
  return `${new Date(Math.floor(now)).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
}

/** ms since 1970 of such a text; NaN when it is none. */
export function parseAmzDate(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  return match ? Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}Z`) : Number.NaN;
}

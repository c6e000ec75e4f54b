import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encode } from '../../../world/bytes.ts';

/** The value of the cookie that leads back to a server. traefik: pkg/server/service/loadbalancer/sticky.go */
export function stickyValue(url: string): string {
  return bytesToHex(sha256(encode(url))).slice(0, 16);
}

/** The name of the cookie when nobody gave one. traefik: pkg/server/cookie/cookie.go GenerateName */
export function cookieName(service: string): string {
  return `_${bytesToHex(sha1(encode(`_TRAEFIK_BACKEND_${service}`)))}`.slice(0, 6);
}

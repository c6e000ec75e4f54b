import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { encode } from '../../../world/bytes.ts';
import { goJson } from '../../printers/go-value.ts';

const LETTERS: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/** The suffix of --append-hash: ten characters without vowels. kubernetes: kubectl/pkg/util/hash */
export function contentHash(content: JsonObject): string {
  const digest = sha256(encode(goJson(content)));
  const hex = bytesToHex(digest.subarray(0, 5));
  return [...hex].map((char) => LETTERS[char] ?? char).join('');
}

import { deepCopy } from '../api/object.ts';
import { marshal } from '../apimachinery/json.ts';
import { asJson } from '../apimachinery/json-value.ts';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The hash in names and labels of ReplicaSets and revisions. Upstream hashes a dump of Go's memory; this hashes the
 * object's JSON, so values differ from a real cluster's while their form is the same.
 * kubernetes: pkg/controller/controller_utils.go ComputeHash, apimachinery/pkg/util/rand SafeEncodeString
 */
export function hashOf(template: unknown, collisionCount?: number): string {
  let hash = fnv32a(0x811c9dc5, marshal(asJson(deepCopy(template))));
  if (collisionCount !== undefined) hash = fnv32a(hash, `#${collisionCount}`);
  return safeEncode(String(hash >>> 0));
}

function fnv32a(start: number, text: string): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

function safeEncode(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) out += ALPHABET[text.charCodeAt(i) % ALPHABET.length];
  return out;
}

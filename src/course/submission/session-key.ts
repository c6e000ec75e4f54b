import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { decode, encode } from '../../world/bytes.ts';
import type { Storage } from '../storage/storage.ts';

const NAME = 'keys/session.pem';

/** What this computer signs submissions with. A journal names the public half in its first line. */
export interface SessionKey {
  /** ed25519, base64url. */
  readonly publicKey: string;
  sign(text: string): string;
}

/** The key of this data folder; made when there is none. Raises StorageError. */
export function sessionKey(storage: Storage): SessionKey {
  const known = storage.read(NAME);
  const pair = known ? createPrivateKey(decode(known)) : generateKeyPairSync('ed25519').privateKey;
  if (!known) {
    const file = storage.append(NAME, 0);
    file.append(encode(pair.export({ type: 'pkcs8', format: 'pem' }).toString()));
    file.close();
  }
  return keyOf(pair);
}

/** A new key that nobody keeps: for tests and synthetic submissions. */
export function freshKey(): SessionKey {
  return keyOf(generateKeyPairSync('ed25519').privateKey);
}

function keyOf(pair: KeyObject): SessionKey {
  const { x } = createPublicKey(pair).export({ format: 'jwk' });
  return { publicKey: x ?? '', sign: (text) => sign(null, encode(text), pair).toString('base64url') };
}

/** Whether the owner of `publicKey` has signed `text`. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, encode(text), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

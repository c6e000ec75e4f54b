import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { decode, encode } from '../../world/bytes.ts';
import { type Storage, StorageError } from '../storage/storage.ts';

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
  // An empty file is what a kubetutor that was ended left before anything was signed.
  if (known && known.length > 0) return keyOf(storedKey(storage, known));
  const pair = generateKeyPairSync('ed25519').privateKey;
  // Under another name first: half a key would be none, and work is signed by the whole.
  const part = `${NAME}.part`;
  const file = storage.append(part, 0);
  file.append(encode(pair.export({ type: 'pkcs8', format: 'pem' }).toString()));
  file.close();
  storage.rename(part, NAME);
  return keyOf(pair);
}

function storedKey(storage: Storage, bytes: Uint8Array): KeyObject {
  try {
    return createPrivateKey(decode(bytes));
  } catch (error) {
    throw new StorageError(`${storage.place}/${NAME}`, error);
  }
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

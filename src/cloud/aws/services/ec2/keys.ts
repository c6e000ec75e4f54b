import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import type { Random } from '../../../../world/random.ts';
import { AwsError } from '../../errors.ts';
import { objectsOf, type Params, required, type Tag, tagsOf, textOf } from '../../params.ts';
import type { KeyPair } from '../../types/ec2.ts';
import type { Call, Service } from '../call.ts';

/** Length of the DER of an RSA key of 2048 bits. */
const RSA_BYTES = 1190;

/** The tags that TagSpecifications give to what is made. */
export function specifiedTags(params: Params): Tag[] {
  return objectsOf(params, 'TagSpecifications').flatMap((specification) => tagsOf(specification['Tags']));
}

function addKeyPair({ region, params, account }: Call, fingerprint: string, type: string): KeyPair {
  const name = required(params, 'KeyName');
  if (region.keyPairs.has(name)) throw new AwsError('InvalidKeyPair.Duplicate', 'The keypair already exists');
  const pair: KeyPair = {
    KeyPairId: region.id('key'),
    KeyFingerprint: fingerprint,
    KeyName: name,
    KeyType: type,
    Tags: specifiedTags(params),
    CreateTime: account.now,
  };
  region.keyPairs.set(name, pair);
  return pair;
}

function createKeyPair(call: Call): JsonObject {
  const { random } = call.account;
  const type = textOf(call.params, 'KeyType') ?? 'rsa';
  const pair = addKeyPair(call, type === 'rsa' ? colons(random, 20) : base64(random, 32).replace(/=+$/, ''), type);
  const { KeyFingerprint, KeyName, KeyPairId, Tags } = pair;
  return {
    KeyFingerprint,
    KeyMaterial: type === 'rsa' ? pem(random, 'RSA PRIVATE KEY', RSA_BYTES) : pem(random, 'OPENSSH PRIVATE KEY', 272),
    KeyName,
    KeyPairId,
    ...(Tags && Tags.length > 0 ? { Tags: Tags.map((tag) => ({ ...tag })) } : {}),
  };
}

function importKeyPair(call: Call): JsonObject {
  const encoded = required(call.params, 'PublicKeyMaterial');
  let text: string;
  try {
    text = atob(encoded);
  } catch {
    text = '';
  }
  const type = /^(ssh-rsa|ssh-ed25519) [A-Za-z0-9+/=]+/.exec(text.trim())?.[1];
  if (type === undefined) throw new AwsError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');
  const random = call.account.random.fork(text.trim());
  const pair = addKeyPair(
    call,
    type === 'ssh-rsa' ? colons(random, 16) : base64(random, 32).replace(/=+$/, ''),
    type.slice(4),
  );
  const { KeyFingerprint, KeyName, KeyPairId } = pair;
  return { KeyFingerprint, KeyName, KeyPairId };
}

/** Deleting what is not there is no error. */
function deleteKeyPair({ region, params }: Call): JsonObject {
  const id = textOf(params, 'KeyPairId');
  const name =
    textOf(params, 'KeyName') ?? [...region.keyPairs.values()].find((pair) => pair.KeyPairId === id)?.KeyName;
  const pair = name === undefined ? undefined : region.keyPairs.get(name);
  if (name !== undefined) region.keyPairs.delete(name);
  return { Return: true, ...(pair ? { KeyPairId: pair.KeyPairId } : {}) };
}

function colons(random: Random, bytes: number): string {
  return Array.from({ length: bytes }, () => random.hex(2)).join(':');
}

function base64(random: Random, length: number): string {
  return btoa(String.fromCharCode(...random.bytes(length)));
}

function pem(random: Random, label: string, length: number): string {
  const lines = base64(random, length).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----`;
}

export const keyOperations: Service = {
  CreateKeyPair: createKeyPair,
  ImportKeyPair: importKeyPair,
  DeleteKeyPair: deleteKeyPair,
};

import { bytesToHex } from '@noble/hashes/utils.js';
import type { Random } from '../random.ts';
import { fromPem, signatureOf, toPem } from './certificate.ts';
import * as der from './der.ts';

const RSA = '1.2.840.113549.1.1.1';
const SHA256_RSA = '1.2.840.113549.1.1.11';
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const EXPONENT = Uint8Array.of(1, 0, 1);
/** Numbers of a key shorter than this are no modulus, bytes. */
const SHORTEST_MODULUS = 64;
const DAY = 86_400_000;

/** A private key as PEM (PKCS #8) with random numbers in the place of primes: nothing in the world computes with them. */
export function makeKey(random: Random, bits: number): string {
  const size = Math.floor(bits / 8);
  const number = (bytes: number) => {
    const made = random.bytes(bytes);
    made[0] = (made[0] ?? 0) | 0x80;
    return der.integer(made);
  };
  const half = () => number(size / 2);
  const parts = [der.integer(Uint8Array.of(0)), number(size), der.integer(EXPONENT), number(size)];
  const key = der.sequence(...parts, half(), half(), half(), half(), half());
  const algorithm = der.sequence(der.objectId(RSA), der.none());
  return toPem('PRIVATE KEY', der.sequence(der.integer(Uint8Array.of(0)), algorithm, der.octets(key)));
}

/** The modulus in a key, certificate or request; undefined when there is none. */
export function modulusOf(pem: string): Uint8Array | undefined {
  const bytes = fromPem(pem);
  return bytes && findModulus(bytes);
}

function findModulus(bytes: Uint8Array): Uint8Array | undefined {
  let elements: readonly der.Element[];
  try {
    elements = der.parseElements(bytes);
  } catch {
    return undefined;
  }
  for (const { tag, content } of elements) {
    if (tag === 0x02 && content.length >= SHORTEST_MODULUS) return content[0] === 0 ? content.subarray(1) : content;
    const inner = tag === 0x03 ? content.subarray(1) : content;
    const found = tag === 0x30 || tag === 0x03 || tag === 0x04 ? findModulus(inner) : undefined;
    if (found) return found;
  }
  return undefined;
}

export function publicKeyOf(modulus: Uint8Array): Uint8Array {
  return der.sequence(
    der.sequence(der.objectId(RSA), der.none()),
    der.bits(der.sequence(der.integer(modulus), der.integer(EXPONENT))),
  );
}

/** A PKCS #10 request as PEM. `name`: the subject as DER; `extensions`: what it asks for, as DER, may be empty. */
export function makeRequest(modulus: Uint8Array, name: Uint8Array, extensions: readonly Uint8Array[]): string {
  const asked = der.sequence(der.objectId(EXTENSION_REQUEST), der.set(der.sequence(...extensions)));
  const attributes = der.explicit(0, extensions.length > 0 ? asked : new Uint8Array(0));
  const body = der.sequence(der.integer(Uint8Array.of(0)), name, publicKeyOf(modulus), attributes);
  const algorithm = der.sequence(der.objectId(SHA256_RSA), der.none());
  const signature = der.bits(signatureOf(modulus, body));
  return toPem('CERTIFICATE REQUEST', der.sequence(body, algorithm, signature));
}

export interface SignOptions {
  readonly issuer: Uint8Array;
  readonly issuerModulus: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly extensions: readonly Uint8Array[];
  readonly serial: Uint8Array;
  /** ms since 1970. */
  readonly now: number;
  readonly days: number;
}

/** A certificate as PEM, signed by whoever has the issuer's key. */
export function signCertificate(options: SignOptions): string {
  const { issuer, issuerModulus, subject, publicKey, extensions, serial, days } = options;
  const start = Math.floor(options.now / 1000) * 1000;
  const algorithm = der.sequence(der.objectId(SHA256_RSA), der.none());
  const version = extensions.length > 0 ? [der.explicit(0, der.integer(Uint8Array.of(2)))] : [];
  const body = der.sequence(
    ...version,
    der.integer(serial),
    algorithm,
    issuer,
    der.sequence(der.utcTime(start), der.utcTime(start + days * DAY)),
    subject,
    publicKey,
    ...(extensions.length > 0 ? [der.explicit(3, der.sequence(...extensions))] : []),
  );
  return toPem('CERTIFICATE', der.sequence(body, algorithm, der.bits(signatureOf(issuerModulus, body))));
}

export interface CertificateParts {
  readonly version: number;
  readonly serial: Uint8Array;
  /** DER of the names. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly extensions: readonly der.Element[];
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

/** What a certificate or a request is made of; undefined when the text is none. */
export function partsOf(pem: string): CertificateParts | undefined {
  const bytes = fromPem(pem);
  if (!bytes) return undefined;
  try {
    const [body, , signature] = der.parseElements(der.parseElements(bytes)[0]?.content ?? bytes);
    if (!body || !signature) return undefined;
    const fields = [...der.parseElements(body.content)];
    const none = new Uint8Array(0);
    const common = { body: body.whole, signature: signature.content.subarray(1) };
    if (pem.includes('CERTIFICATE REQUEST')) {
      const [, subject, publicKey, attributes] = fields;
      const list = attributes ? der.parseElements(attributes.content) : [];
      const [, values] = list[0] ? der.parseElements(list[0].content) : [];
      const [sequence] = values ? der.parseElements(values.content) : [];
      const extensions = sequence ? der.parseElements(sequence.content) : [];
      const whole = subject?.whole ?? none;
      return {
        ...common,
        version: 1,
        serial: none,
        issuer: whole,
        subject: whole,
        publicKey: publicKey?.whole ?? none,
        extensions,
      };
    }
    const version = fields[0]?.tag === 0xa0 ? 3 : 1;
    if (version === 3) fields.shift();
    const [serial, , issuer, , subject, publicKey, third] = fields;
    const [list] = third ? der.parseElements(third.content) : [];
    return {
      ...common,
      version,
      serial: serial?.content ?? none,
      issuer: issuer?.whole ?? none,
      subject: subject?.whole ?? none,
      publicKey: publicKey?.whole ?? none,
      extensions: list ? der.parseElements(list.content) : [],
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * Whether the holder of the issuer's key has signed a certificate. What was signed outside of the world, by a real key,
 * is believed by the issuer's name and the identifier of its key.
 */
export function isSignedBy(pem: string, issuerPem: string): boolean {
  const parts = partsOf(pem);
  const issuer = partsOf(issuerPem);
  if (!parts || !issuer) return false;
  const given = keyIdentifier(parts, AUTHORITY_KEY_IDENTIFIER);
  const sameName = bytesToHex(parts.issuer) === bytesToHex(issuer.subject);
  if (given !== '' && sameName && given === keyIdentifier(issuer, SUBJECT_KEY_IDENTIFIER)) return true;
  const modulus = modulusOf(issuerPem);
  if (!modulus) return false;
  const expected = signatureOf(modulus, parts.body);
  return expected.length === parts.signature.length && expected.every((byte, index) => byte === parts.signature[index]);
}

/** The key that an extension names, as hexadecimal digits; empty when there is none. */
function keyIdentifier({ extensions }: CertificateParts, id: string): string {
  const wanted = bytesToHex(der.objectId(id));
  for (const extension of extensions) {
    const elements = der.parseElements(extension.content);
    const value = elements.at(-1);
    if (!elements[0] || !value || bytesToHex(elements[0].whole) !== wanted) continue;
    const [inner] = der.parseElements(value.content);
    if (inner?.tag !== 0x30) return bytesToHex(inner?.content ?? new Uint8Array(0));
    return bytesToHex(der.parseElements(inner.content).find(({ tag }) => tag === 0x80)?.content ?? new Uint8Array(0));
  }
  return '';
}

/** All certificates of a file. */
export function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { concat, decode, EMPTY, encode } from '../bytes.ts';
import { memoize } from '../memoize.ts';
import type { Random } from '../random.ts';
import * as der from './der.ts';

export interface Subject {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

export interface Certificate {
  readonly subject: Subject;
  readonly issuer: Subject;
  /** ms since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly names: readonly string[];
  readonly serial: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Uint8Array;
}

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const SHA256_RSA = '1.2.840.113549.1.1.11';
const RSA = '1.2.840.113549.1.1.1';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_KEY_ID = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const AUTHORITY_KEY_ID = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
/** A bit string: digital signature, key encipherment. */
const SIGN_AND_ENCIPHER = Uint8Array.of(3, 2, 5, 0xa0);
/** As long as `openssl req -x509` makes them. */
const SERIAL_BYTES = 20;
const KEY_BYTES = 256;

/**
 * The signature of a certificate: X.509 in form, but made by a hash of the issuer's public key and the body instead of
 * by RSA, which would cost more than all the rest of a start. Programs of the world sign only with the private key.
 */
export function signatureOf(issuerModulus: Uint8Array, body: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let block = sha256(concat([issuerModulus, body]));
  for (let size = 0; size < KEY_BYTES; size += block.length) {
    parts.push(block);
    block = sha256(block);
  }
  return concat(parts);
}

/** An authority of the world. */
export class CertificateAuthority {
  readonly certificate: string;

  constructor(
    readonly subject: Subject,
    private readonly random: Random,
    private readonly now: () => number,
    years = 10,
  ) {
    random.bytes(32);
    const { certificate, key } = this.issue(subject, years * 365, [], true);
    this.certificate = certificate;
    this.key = key;
  }

  /** Its private key as PEM. */
  readonly key: string;
  private modulus: Uint8Array | undefined;

  /** A certificate and its key as PEM texts. */
  issue(
    subject: Subject,
    days: number,
    names: readonly string[] = [],
    authority = false,
    /** The public key (SubjectPublicKeyInfo) of who asks; without it a new one is made. */
    requested?: Uint8Array,
  ): { certificate: string; key: string } {
    const start = Math.floor(this.now() / 1000) * 1000;
    const modulus = this.random.bytes(KEY_BYTES);
    modulus[0] = (modulus[0] ?? 0) | 0x80;
    // The first that it issues is its own.
    this.modulus ??= modulus;
    const exponent = Uint8Array.of(1, 0, 1);
    const publicKey =
      requested ??
      der.sequence(
        der.sequence(der.objectId(RSA), der.none()),
        der.bits(der.sequence(der.integer(modulus), der.integer(exponent))),
      );
    const extensions = authority ? authorityExtensions(this.modulus) : leafExtensions(this.modulus, names);
    const algorithm = der.sequence(der.objectId(SHA256_RSA), der.none());
    const body = der.sequence(
      der.explicit(0, der.integer(Uint8Array.of(2))),
      der.integer(authority ? longSerial(this.random.bytes(8)) : this.random.bytes(8)),
      algorithm,
      nameOf(this.subject),
      der.sequence(der.utcTime(start), der.utcTime(start + days * 86_400_000)),
      nameOf(subject),
      publicKey,
      der.explicit(3, der.sequence(...extensions)),
    );
    const certificate = der.sequence(body, algorithm, der.bits(this.sign(body)));
    const key = der.sequence(
      der.integer(Uint8Array.of(0)),
      der.integer(modulus),
      der.integer(exponent),
      der.integer(this.random.bytes(KEY_BYTES)),
    );
    return { certificate: toPem('CERTIFICATE', certificate), key: toPem('RSA PRIVATE KEY', key) };
  }

  /** Whether this authority has issued the certificate and it is valid now. */
  verify(pem: string): 'valid' | 'unknown authority' | 'expired' {
    const bytes = fromPem(pem);
    const parsed = readCertificate(pem);
    if (!bytes || !parsed) return 'unknown authority';
    const [body, , signature] = der.parseElements(der.parseElements(bytes)[0]?.content ?? bytes);
    if (!body || !signature) return 'unknown authority';
    const expected = this.sign(body.whole);
    const given = signature.content.subarray(1);
    if (given.length !== expected.length || given.some((byte, index) => byte !== expected[index]))
      return 'unknown authority';
    const now = this.now();
    return now < parsed.notBefore || now > parsed.notAfter ? 'expired' : 'valid';
  }

  private sign(body: Uint8Array): Uint8Array {
    return signatureOf(this.modulus ?? new Uint8Array(0), body);
  }
}

function longSerial(bytes: Uint8Array): Uint8Array {
  const serial = sha256(bytes).subarray(0, SERIAL_BYTES);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** Of the authority itself, as `openssl req -x509` writes them. */
function authorityExtensions(modulus: Uint8Array): Uint8Array[] {
  return [
    extension(SUBJECT_KEY_ID, der.octets(keyIdentifier(modulus)), false),
    extension(AUTHORITY_KEY_ID, der.sequence(der.implicit(0, keyIdentifier(modulus))), false),
    extension(BASIC_CONSTRAINTS, der.sequence(der.boolean(true)), true),
  ];
}

/** Of a server, which has names, or of a client. kubernetes: cmd/kubeadm/app/util/pkiutil, pkg/controller/certificates/authority */
function leafExtensions(issuer: Uint8Array, names: readonly string[]): Uint8Array[] {
  const purpose = der.objectId(names.length > 0 ? SERVER_AUTH : CLIENT_AUTH);
  return [
    extension(KEY_USAGE, SIGN_AND_ENCIPHER, true),
    extension(EXTENDED_KEY_USAGE, der.sequence(purpose), false),
    extension(BASIC_CONSTRAINTS, der.sequence(), true),
    extension(AUTHORITY_KEY_ID, der.sequence(der.implicit(0, keyIdentifier(issuer))), false),
    ...(names.length > 0 ? [extension(SUBJECT_ALT_NAME, der.sequence(...names.map(alternativeName)), false)] : []),
  ];
}

function keyIdentifier(modulus: Uint8Array): Uint8Array {
  return sha256(modulus).subarray(0, 20);
}

function extension(id: string, value: Uint8Array, critical: boolean): Uint8Array {
  return der.sequence(der.objectId(id), ...(critical ? [der.boolean(true)] : []), der.octets(value));
}

function alternativeName(name: string): Uint8Array {
  const address = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(name);
  return address ? der.implicit(7, Uint8Array.from(address.slice(1).map(Number))) : der.implicit(2, encode(name));
}

function nameOf({ commonName, organizations }: Subject): Uint8Array {
  const attribute = (id: string, text: string) => der.set(der.sequence(der.objectId(id), der.printable(text)));
  return der.sequence(
    ...organizations.map((text) => attribute(ORGANIZATION, text)),
    attribute(COMMON_NAME, commonName),
  );
}

/** SHA-256 of a certificate's bytes, as hexadecimal digits; '' when the text is none. */
export function fingerprint(pem: string): string {
  const bytes = fromPem(pem);
  return bytes ? bytesToHex(sha256(bytes)) : '';
}

export function toPem(label: string, bytes: Uint8Array): string {
  const binary = String.fromCharCode(...bytes);
  const lines = btoa(binary).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

export function fromPem(pem: string): Uint8Array | undefined {
  const body = /-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END/.exec(pem)?.[1];
  if (body === undefined) return undefined;
  try {
    const binary = atob(body.replace(/\s/g, ''));
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index);
    return bytes;
  } catch {
    return undefined;
  }
}

/** What a certificate says; undefined when the text is none. */
export const readCertificate = memoize(32, (pem: string): Certificate | undefined => {
  const bytes = fromPem(pem);
  if (!bytes) return undefined;
  try {
    const [outer] = der.parseElements(bytes);
    const [body] = der.parseElements(outer?.content ?? bytes);
    const fields = der.parseElements(body?.content ?? bytes);
    // Version 1 has no version field.
    if (fields[0]?.tag !== 0xa0) fields.unshift({ tag: 0xa0, content: new Uint8Array(0), whole: new Uint8Array(0) });
    const [, serial, , issuer, validity, subject, key, extensions] = fields;
    const [notBefore, notAfter] = der.parseElements(validity?.content ?? new Uint8Array(0));
    return {
      subject: readName(subject),
      issuer: readName(issuer),
      notBefore: readTime(notBefore),
      notAfter: readTime(notAfter),
      names: extensions ? readAlternativeNames(extensions) : [],
      publicKeyInfo: key?.whole ?? new Uint8Array(0),
      serial: bytesToHex(serial?.content ?? EMPTY),
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
});

function readName(element: der.Element | undefined): Subject {
  const organizations: string[] = [];
  let commonName = '';
  const commonNameId = der.objectId(COMMON_NAME);
  for (const part of der.parseElements(element?.content ?? new Uint8Array(0))) {
    const [attribute] = der.parseElements(part.content);
    const [id, value] = der.parseElements(attribute?.content ?? new Uint8Array(0));
    const text = decode(value?.content ?? new Uint8Array(0));
    if (id?.whole.every((byte, index) => byte === commonNameId[index])) commonName = text;
    else organizations.push(text);
  }
  return { commonName, organizations };
}

function readTime(element: der.Element | undefined): number {
  const text = decode(element?.content ?? new Uint8Array(0));
  const parts = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)?.slice(1).map(Number);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts ?? [];
  return Date.UTC(2000 + year, month - 1, day, hour, minute, second);
}

function readAlternativeNames(extensions: der.Element): string[] {
  const id = der.objectId(SUBJECT_ALT_NAME);
  const [list] = der.parseElements(extensions.content);
  for (const item of der.parseElements(list?.content ?? new Uint8Array(0))) {
    const parts = der.parseElements(item.content);
    if (!parts[0]?.whole.every((byte, index) => byte === id[index])) continue;
    const [names] = der.parseElements(parts.at(-1)?.content ?? new Uint8Array(0));
    return der
      .parseElements(names?.content ?? new Uint8Array(0))
      .map((name) => (name.tag === 0x87 ? [...name.content].join('.') : decode(name.content)));
  }
  return [];
}

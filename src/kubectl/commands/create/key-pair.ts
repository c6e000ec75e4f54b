import { fromPem } from '../../../world/pki/certificate.ts';
import { type Element, parseElements } from '../../../world/pki/der.ts';
import { KubectlError } from '../../errors.ts';

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;
/** Context-specific elements that hold others: the curve and the public point of an elliptic key, extensions. */
const CONTEXT = 0xa0;
const UNCOMPRESSED_POINT = 0x04;
/** A modulus has at least this many bytes; other numbers of a key or certificate are shorter. */
const MODULUS_LENGTH = 128;

/** Refuses what is no certificate, no key, or not a pair of them. Raises KubectlError. Go: crypto/tls X509KeyPair */
export function checkKeyPair(certificate: string, key: string): void {
  const kinds = (pem: string) => [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map((match) => match[1] ?? '');
  const found = kinds(certificate);
  if (!found.includes('CERTIFICATE')) {
    if (found.length === 0) throw new KubectlError('tls: failed to find any PEM data in certificate input');
    if (found.length === 1 && found[0]?.endsWith('PRIVATE KEY'))
      throw new KubectlError(
        'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
      );
    throw new KubectlError(
      `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${found.join(' ')}]`,
    );
  }
  const keys = kinds(key);
  if (!keys.some((kind) => kind === 'PRIVATE KEY' || kind.endsWith(' PRIVATE KEY'))) {
    if (keys.length === 0) throw new KubectlError('tls: failed to find any PEM data in key input');
    if (keys.length === 1 && keys[0] === 'CERTIFICATE')
      throw new KubectlError('tls: found a certificate rather than a key in the PEM for the private key');
    throw new KubectlError(
      `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${keys.join(' ')}]`,
    );
  }
  const [own, other] = [certificate, key].map((pem) => publicPart(fromPem(lastBlock(pem))));
  if (own && other && !sameBytes(own, other)) throw new KubectlError('tls: private key does not match public key');
}

/** openssl writes the parameters of a curve before the key. */
function lastBlock(pem: string): string {
  const at = pem.lastIndexOf('-----BEGIN ');
  return at < 0 ? pem : pem.slice(at);
}

/** The RSA modulus or the public point of an elliptic key, wherever it stands; undefined for other kinds of keys. */
function publicPart(bytes: Uint8Array | undefined): Uint8Array | undefined {
  if (!bytes) return undefined;
  let elements: readonly Element[];
  try {
    elements = parseElements(bytes);
  } catch {
    return undefined;
  }
  for (const { tag, content } of elements) {
    if (tag === INTEGER && content.length >= MODULUS_LENGTH) return content;
    const inner = tag === BIT_STRING ? content.subarray(1) : content;
    if (tag === BIT_STRING && inner[0] === UNCOMPRESSED_POINT && [65, 97, 133].includes(inner.length)) return inner;
    if (tag === SEQUENCE || tag === BIT_STRING || tag === OCTET_STRING || (tag & 0xf0) === CONTEXT) {
      const found = publicPart(inner);
      if (found) return found;
    }
  }
  return undefined;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

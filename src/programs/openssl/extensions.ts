import { sha256 } from '@noble/hashes/sha2.js';
import { decode, encode } from '../../world/bytes.ts';
import * as der from '../../world/pki/der.ts';
import { same } from './names.ts';

const IDS = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

const TITLES: Readonly<Record<keyof typeof IDS, string>> = {
  subjectKeyIdentifier: 'X509v3 Subject Key Identifier',
  keyUsage: 'X509v3 Key Usage',
  subjectAltName: 'X509v3 Subject Alternative Name',
  basicConstraints: 'X509v3 Basic Constraints',
  authorityKeyIdentifier: 'X509v3 Authority Key Identifier',
  extendedKeyUsage: 'X509v3 Extended Key Usage',
};

function extension(name: keyof typeof IDS, value: Uint8Array, critical = false): Uint8Array {
  return der.sequence(der.objectId(IDS[name]), ...(critical ? [der.boolean(true)] : []), der.octets(value));
}

/** `subjectAltName=DNS:a,IP:1.2.3.4`, `basicConstraints=CA:FALSE`. Undefined for one that is not modelled. */
export function parseExtension(text: string): Uint8Array | undefined {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals).trim();
  const values = text
    .slice(equals + 1)
    .split(',')
    .map((value) => value.trim());
  if (name === 'subjectAltName') {
    const names = values.map((value) => {
      const [kind = '', rest = ''] = [value.slice(0, value.indexOf(':')), value.slice(value.indexOf(':') + 1)];
      return kind === 'IP'
        ? der.implicit(7, Uint8Array.from(rest.split('.').map(Number)))
        : der.implicit(kind === 'email' ? 1 : kind === 'URI' ? 6 : 2, encode(rest));
    });
    return extension('subjectAltName', der.sequence(...names));
  }
  if (name === 'basicConstraints') return constraints(values.includes('CA:TRUE'), values.includes('critical'));
  return undefined;
}

function constraints(authority: boolean, critical: boolean): Uint8Array {
  return extension('basicConstraints', authority ? der.sequence(der.boolean(true)) : der.sequence(), critical);
}

function keyIdentifier(modulus: Uint8Array): Uint8Array {
  return sha256(modulus).subarray(0, 20);
}

/** What a certificate that signs itself gets. */
export function authorityExtensions(modulus: Uint8Array): Uint8Array[] {
  const id = keyIdentifier(modulus);
  return [
    extension('subjectKeyIdentifier', der.octets(id)),
    extension('authorityKeyIdentifier', der.sequence(der.implicit(0, id))),
    constraints(true, true),
  ];
}

/** The lines of extensions in the text of a certificate. */
export function extensionLines(extensions: readonly der.Element[], indent: string): string[] {
  return extensions.flatMap((one) => {
    const parts = der.parseElements(one.content);
    const name = nameOf(parts[0]);
    if (!name) return [];
    const value = parts.at(-1)?.content ?? new Uint8Array(0);
    const critical = parts.length === 3 ? 'critical' : '';
    return [`${indent}${TITLES[name]}: ${critical}`, `${indent}    ${valueText(name, value)}`];
  });
}

function nameOf(id: der.Element | undefined): keyof typeof IDS | undefined {
  for (const name of Object.keys(IDS) as (keyof typeof IDS)[])
    if (same(der.objectId(IDS[name]), id?.whole)) return name;
  return undefined;
}

function valueText(name: keyof typeof IDS, value: Uint8Array): string {
  const [first] = der.parseElements(value);
  const content = first?.content ?? new Uint8Array(0);
  switch (name) {
    case 'basicConstraints':
      return `CA:${content.length > 0 ? 'TRUE' : 'FALSE'}`;
    case 'subjectAltName':
      return der
        .parseElements(content)
        .map(({ tag, content: text }) =>
          tag === 0x87
            ? `IP Address:${[...text].join('.')}`
            : `${tag === 0x81 ? 'email' : tag === 0x86 ? 'URI' : 'DNS'}:${decode(text)}`,
        )
        .join(', ');
    case 'subjectKeyIdentifier':
      return colons(content);
    case 'authorityKeyIdentifier':
      return colons(der.parseElements(content)[0]?.content ?? new Uint8Array(0));
    case 'extendedKeyUsage':
      return der.parseElements(content).map(purposeOf).join(', ');
    case 'keyUsage':
      return KEY_USAGES.filter((_, bit) => ((content[1] ?? 0) >> (7 - bit)) & 1).join(', ');
    default:
      return colons(value);
  }
}

/** In the order of the bits. */
const KEY_USAGES = [
  'Digital Signature',
  'Non Repudiation',
  'Key Encipherment',
  'Data Encipherment',
  'Key Agreement',
  'Certificate Sign',
  'CRL Sign',
];
const PURPOSES: readonly (readonly [id: string, title: string])[] = [
  ['1.3.6.1.5.5.7.3.1', 'TLS Web Server Authentication'],
  ['1.3.6.1.5.5.7.3.2', 'TLS Web Client Authentication'],
];

function purposeOf(element: der.Element): string {
  return PURPOSES.find(([id]) => same(der.objectId(id), element.whole))?.[1] ?? colons(element.content);
}

/** `DE:56:89`. */
export function colons(bytes: Uint8Array, upper = true): string {
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
  return upper ? text.toUpperCase() : text;
}

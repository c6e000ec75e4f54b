import { decode, encode } from '../../world/bytes.ts';
import * as der from '../../world/pki/der.ts';

/** Attributes of names, by what openssl calls them. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  emailAddress: '1.2.840.113549.1.9.1',
};

/** `/CN=john/O=dev` as DER; undefined when it cannot be read. */
export function parseSubject(text: string): Uint8Array | undefined {
  if (!text.startsWith('/')) return undefined;
  const parts: Uint8Array[] = [];
  for (const part of text.slice(1).split(/(?<!\\)\//)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const id = ATTRIBUTES[part.slice(0, equals)];
    if (equals < 0 || id === undefined) return undefined;
    parts.push(der.set(der.sequence(der.objectId(id), utf8(part.slice(equals + 1).replaceAll('\\/', '/')))));
  }
  return der.sequence(...parts);
}

function utf8(text: string): Uint8Array {
  const bytes = encode(text);
  const header = bytes.length < 128 ? [0x0c, bytes.length] : [0x0c, 0x81, bytes.length];
  return Uint8Array.from([...header, ...bytes]);
}

/** `CN = john, O = dev`. */
export function nameText(name: Uint8Array): string {
  const [outer] = der.parseElements(name);
  const parts = der.parseElements(outer?.content ?? new Uint8Array(0)).map((set) => {
    const [pair] = der.parseElements(set.content);
    const [id, value] = der.parseElements(pair?.content ?? new Uint8Array(0));
    const known = Object.entries(ATTRIBUTES).find(([, oid]) => same(der.objectId(oid), id?.whole));
    return `${known?.[0] ?? 'UNDEF'} = ${decode(value?.content ?? new Uint8Array(0))}`;
  });
  return parts.join(', ');
}

export function same(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return a.length === b?.length && a.every((byte, index) => byte === b[index]);
}

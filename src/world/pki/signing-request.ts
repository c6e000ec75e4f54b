import { bytesToHex } from '@noble/hashes/utils.js';
import { EMPTY } from '../bytes.ts';
import { fromPem, type Subject } from './certificate.ts';
import { type Element, parseElements } from './der.ts';

const COMMON_NAME = '550403';
const ORGANIZATION = '55040a';

/** Whom a PKCS #10 request (PEM in base64) is for; undefined when it is none. */
export function requestedSubject(request: string): Subject | undefined {
  try {
    const bytes = fromPem(atob(request));
    if (!bytes) return undefined;
    const [outer] = parseElements(bytes);
    const [info] = parseElements(outer?.content ?? bytes);
    const [, name] = parseElements(info?.content ?? bytes);
    let commonName = '';
    const organizations: string[] = [];
    for (const set of parseElements(name?.content ?? new Uint8Array(0))) {
      for (const attribute of parseElements(set.content)) {
        const [type, value] = parseElements(attribute.content);
        const id = bytesToHex(type?.content ?? EMPTY);
        const text = new TextDecoder().decode(value?.content);
        if (id === COMMON_NAME) commonName = text;
        else if (id === ORGANIZATION) organizations.push(text);
      }
    }
    return { commonName, organizations };
  } catch (error) {
    if (error instanceof RangeError || error instanceof DOMException) return undefined;
    throw error;
  }
}

const EXTENSION_REQUEST = '2a864886f70d01090e';
const SUBJECT_ALT_NAME = '551d11';

/** All that a PKCS #10 request says of its subject. */
export interface SigningRequest {
  /** Texts by the object id of the attribute in hex, the tags of DER left out: `550403` is the common name. */
  readonly subject: ReadonlyMap<string, readonly string[]>;
  readonly dnsNames: readonly string[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
  readonly addresses: readonly string[];
}

/** Reads a request (PEM in base64); undefined when it is none. */
export function readSigningRequest(request: string): SigningRequest | undefined {
  try {
    const bytes = fromPem(atob(request));
    if (!bytes) return undefined;
    const [outer] = parseElements(bytes);
    const [info] = parseElements(outer?.content ?? bytes);
    const [, name, , attributes] = parseElements(info?.content ?? bytes);
    const subject = new Map<string, string[]>();
    for (const set of childrenOf(name))
      for (const attribute of childrenOf(set)) {
        const [type, value] = childrenOf(attribute);
        const id = hex(type);
        subject.set(id, [...(subject.get(id) ?? []), textOf(value)]);
      }
    const names = alternativeNames(attributes);
    const tagged = (tag: number) => names.filter((one) => one.tag === tag);
    return {
      subject,
      emails: tagged(0x81).map(textOf),
      dnsNames: tagged(0x82).map(textOf),
      uris: tagged(0x86).map(textOf),
      addresses: tagged(0x87).map((one) => addressText(one.content)),
    };
  } catch (error) {
    if (error instanceof RangeError || error instanceof DOMException) return undefined;
    throw error;
  }
}

function childrenOf(element: Element | undefined): Element[] {
  return parseElements(element?.content ?? new Uint8Array(0));
}

function hex(element: Element | undefined): string {
  return bytesToHex(element?.content ?? EMPTY);
}

function textOf(element: Element | undefined): string {
  return new TextDecoder().decode(element?.content);
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const words: string[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2)
    words.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  return words.join(':').replace(/(^|:)0(:0)+(:|$)/, '::');
}

/** The names of the extension subjectAltName that the request asks for. */
function alternativeNames(attributes: Element | undefined): Element[] {
  for (const attribute of childrenOf(attributes)) {
    const [type, values] = childrenOf(attribute);
    if (hex(type) !== EXTENSION_REQUEST) continue;
    for (const extensions of childrenOf(values))
      for (const extension of childrenOf(extensions)) {
        const parts = childrenOf(extension);
        if (hex(parts[0]) === SUBJECT_ALT_NAME) return childrenOf(childrenOf(parts.at(-1))[0]);
      }
  }
  return [];
}

import { fromPem, type Subject } from './certificate.ts';
import { parseElements } from './der.ts';

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
        const id = [...(type?.content ?? [])].map((byte) => byte.toString(16).padStart(2, '0')).join('');
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

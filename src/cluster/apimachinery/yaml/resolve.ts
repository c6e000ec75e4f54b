import { FormatError } from '../format-error.ts';

/** What a scalar is, once its type is found out. go-yaml: resolve.go */
export type Scalar = null | boolean | number | string;

const prefix = 'tag:yaml.org,2002:';
const words = new Map<string, { tag: string; value: Scalar }>();
for (const [tag, value, texts] of [
  ['bool', true, 'y Y yes Yes YES true True TRUE on On ON'],
  ['bool', false, 'n N no No NO false False FALSE off Off OFF'],
  ['null', null, '~ null Null NULL'],
  ['float', Number.NaN, '.nan .NaN .NAN'],
  ['float', Number.POSITIVE_INFINITY, '.inf .Inf .INF +.inf +.Inf +.INF'],
  ['float', Number.NEGATIVE_INFINITY, '-.inf -.Inf -.INF'],
  ['merge', '<<', '<<'],
] as const) {
  for (const text of texts.split(' ')) words.set(text, { tag, value });
}
words.set('', { tag: 'null', value: null });

/** The value of a scalar with a tag ('' for none): YAML 1.1 as go-yaml v2 has it. FormatError when the tag does not fit. */
export function resolveScalar(tag: string, text: string): Scalar {
  const name = tag.startsWith(prefix) ? tag.slice(prefix.length) : tag;
  if (tag === `${prefix}binary`) return decodeBase64(text);
  if (tag !== '' && !(tag.startsWith(prefix) && ['str', 'bool', 'int', 'float', 'null', 'timestamp'].includes(name)))
    return text;
  if (name === 'str') return text;
  const found = implicitType(text);
  if (tag === '' || found.tag === name || (name === 'float' && found.tag === 'int')) return found.value;
  throw new FormatError(`yaml: cannot decode !!${found.tag} \`${text}\` as a !!${name}`);
}

/** Whether a text without quotes would be a text again. */
export function isPlainString(text: string): boolean {
  return implicitType(text).tag === 'str';
}

/** The type that a text without quotes has. */
export function implicitType(text: string): { tag: string; value: Scalar } {
  const first = text[0];
  if (first !== undefined && !/[-+0-9.~yYnNtTfFoO<]/.test(first)) return { tag: 'str', value: text };
  const word = words.get(text);
  // `<<` starts with a character that upstream does not look up.
  if (word && first !== '<') return word;
  if (first === '.') {
    if (/^\.[0-9]+([eE][-+]?[0-9]+)?$/.test(text)) return { tag: 'float', value: Number(text) };
  } else if (first !== undefined && /[-+0-9]/.test(first)) return numberOrText(text);
  return { tag: 'str', value: text };
}

function numberOrText(text: string): { tag: string; value: Scalar } {
  if (isTimestamp(text)) return { tag: 'timestamp', value: text };
  const plain = text.replaceAll('_', '');
  const integer = parseInteger(plain);
  if (integer !== undefined) return { tag: 'int', value: integer };
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(plain)) {
    const value = Number(plain);
    if (Number.isFinite(value)) return { tag: 'float', value };
  }
  return { tag: 'str', value: text };
}

// Go's strconv.ParseInt with base 0: decimal, 0x, 0o, 0b and octal with a leading 0; then those that fit 64 bits unsigned.
function parseInteger(text: string): number | undefined {
  const match = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))$/.exec(text);
  if (!match) return undefined;
  const [, sign, hex, octal, binary, decimal] = match;
  const digits = hex ?? octal ?? binary ?? decimal ?? '';
  const radix = hex !== undefined ? '0x' : octal !== undefined ? '0o' : binary !== undefined ? '0b' : '';
  const magnitude = BigInt(radix + digits);
  const fits = sign === '-' ? magnitude <= 2n ** 63n : magnitude < (sign === '+' ? 2n ** 63n : 2n ** 64n);
  if (!fits) return undefined;
  return sign === '-' && magnitude !== 0n ? -Number(magnitude) : Number(magnitude);
}

const timestamp =
  /^[0-9]{4}-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})| ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)?$/;

function isTimestamp(text: string): boolean {
  const match = timestamp.exec(text);
  if (!match) return false;
  const [, month, day, h1, m1, s1, h2, m2, s2] = match.map(Number);
  const inRange = (value: number | undefined, max: number) =>
    value === undefined || Number.isNaN(value) || value <= max;
  const days = new Date(Date.UTC(Number(text.slice(0, 4)), month ?? 0, 0)).getUTCDate();
  return (
    (month ?? 0) >= 1 &&
    (month ?? 0) <= 12 &&
    (day ?? 0) >= 1 &&
    (day ?? 0) <= days &&
    inRange(h1, 23) &&
    inRange(h2, 23) &&
    inRange(m1, 59) &&
    inRange(m2, 59) &&
    inRange(s1, 59) &&
    inRange(s2, 59)
  );
}

function decodeBase64(text: string): string {
  const compact = text.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)) {
    throw new FormatError('yaml: !!binary value contains invalid base64 data');
  }
  const bytes = Uint8Array.from(atob(compact), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

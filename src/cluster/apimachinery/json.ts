import { isObject, type Json, own, sortedKeys } from './json-value.ts';

// JSON as Go's encoding/json writes it: keys sorted, `<`, `>` and `&` escaped for HTML.

const needsEscape = /["\\\x00-\x1f<>&\u2028\u2029\ud800-\udfff]/;

/** A text as Go writes it in JSON. `html: false` leaves `<`, `>` and `&` alone (SetEscapeHTML(false)). */
export function quoteJson(text: string, html = true): string {
  if (!needsEscape.test(text)) return `"${text}"`;
  const quoted = JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[\u2028\u2029]/g, hexEscape);
  return html ? quoted.replace(/[<>&]/g, hexEscape) : quoted;
}

/** A number as Go writes it: like JavaScript, but exponents of one digit have no zero and `+` stays. */
export function formatNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Compact JSON with sorted keys: json.Marshal. */
export function marshal(value: Json, html = true): string {
  if (typeof value === 'string') return quoteJson(value, html);
  if (typeof value === 'number') return formatNumber(value);
  if (Array.isArray(value)) return `[${value.map((item) => marshal(item, html)).join(',')}]`;
  if (!isObject(value)) return String(value);
  const members = sortedKeys(value).map((key) => `${quoteJson(key, html)}:${marshal(own(value, key) ?? null, html)}`);
  return `{${members.join(',')}}`;
}

/** Indented JSON with sorted keys, without a line feed at its end: json.MarshalIndent, as `kubectl -o json` prints. */
export function marshalIndent(value: Json, indent = '    ', html = true): string {
  return indented(value, indent, '\n', html);
}

function indented(value: Json, indent: string, line: string, html: boolean): string {
  const inner = line + indent;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${inner}${value.map((item) => indented(item, indent, inner, html)).join(`,${inner}`)}${line}]`;
  }
  if (!isObject(value)) return marshal(value, html);
  const keys = sortedKeys(value);
  if (keys.length === 0) return '{}';
  const members = keys.map(
    (key) => `${quoteJson(key, html)}: ${indented(own(value, key) ?? null, indent, inner, html)}`,
  );
  return `{${inner}${members.join(`,${inner}`)}${line}}`;
}

function hexEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

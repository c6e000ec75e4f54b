import { goQuote } from '../../cluster/apimachinery/go-quote.ts';

/** A JSON document as it came from a server or a file. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value | undefined };
export type ObjectValue = { readonly [key: string]: Value | undefined };

export function isObject(value: Value | undefined): value is ObjectValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The keys as Go prints maps: sorted by their bytes; absent values are no keys. */
export function sortedKeys(value: ObjectValue): string[] {
  return Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(compareText);
}

/** Go compares strings by bytes; that is the order of code points. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const x = [...a];
  const y = [...b];
  for (let at = 0; at < x.length && at < y.length; at++) {
    const difference = (x[at]?.codePointAt(0) ?? 0) - (y[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

/** How Go names the type that encoding/json decodes this into. */
export function goType(value: Value | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return isList(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** fmt's %v. */
export function goPrint(value: Value | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return goNumber(value);
  if (isList(value)) return `[${value.map(goPrint).join(' ')}]`;
  const object = value as ObjectValue;
  return `map[${sortedKeys(object)
    .map((key) => `${key}:${goPrint(object[key])}`)
    .join(' ')}]`;
}

/** A number as %v prints an int64 or a float64. */
export function goNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return value.toFixed(0);
  if (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e21) return plain(value);
  return exponent(value);
}

function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text;
}

function exponent(value: number): string {
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** fmt's %#v. */
export function goSyntax(value: Value | undefined): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'boolean' || typeof value === 'number') return goPrint(value);
  if (isList(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  const object = value as ObjectValue;
  return `map[string]interface {}{${sortedKeys(object)
    .map((key) => `${goQuote(key)}:${goSyntax(object[key])}`)
    .join(', ')}}`;
}

/** encoding/json's Marshal, or MarshalIndent with `indent` and no prefix: sorted keys, `<`, `>`, `&` escaped. */
export function goJson(value: Value | undefined, indent = '', escapeHtml = true): string {
  return render(value ?? null, indent, '', escapeHtml);
}

function render(value: Value, indent: string, at: string, html: boolean): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return jsonNumber(value);
  if (typeof value === 'string') return jsonString(value, html);
  const inner = at + indent;
  const [open, separator, close] = indent === '' ? ['', ',', ''] : [`\n${inner}`, `,\n${inner}`, `\n${at}`];
  if (isList(value)) {
    if (value.length === 0) return '[]';
    return `[${open}${value.map((item) => render(item, indent, inner, html)).join(separator)}${close}]`;
  }
  const object = value as ObjectValue;
  const keys = sortedKeys(object);
  if (keys.length === 0) return '{}';
  const colon = indent === '' ? ':' : ': ';
  const entries = keys.map((key) => jsonString(key, html) + colon + render(object[key] ?? null, indent, inner, html));
  return `{${open}${entries.join(separator)}${close}}`;
}

function jsonNumber(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-6 && size < 1e21)) return Number.isInteger(value) ? value.toFixed(0) : String(value);
  return value.toExponential().replace(/e-0?/, 'e-');
}

/** A JSON string as encoding/json writes it. */
export function jsonString(text: string, html = true): string {
  const escaped = JSON.stringify(text)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
    .replace(/\x7f/g, '\x7f');
  return html ? escaped.replace(/</g, '\\u003c').replace(/>/g, '\\u003e').replace(/&/g, '\\u0026') : escaped;
}

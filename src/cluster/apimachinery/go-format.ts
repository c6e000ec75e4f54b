import { goQuote } from './go-quote.ts';
import { isObject, type Json, own, sortedKeys } from './json-value.ts';

/** A value as Go's `%v` prints it: `map[a:b c:[1 2]]`, `<nil>`. */
export function goFormat(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goFormat).join(' ')}]`;
  if (isObject(value))
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${goFormat(own(value, key))}`)
      .join(' ')}]`;
  return String(value);
}

/** The name of a value's type in Go, as encoding/json decodes it into an interface. */
export function goType(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** The name of a value's kind in Go's errors about JSON: `json: cannot unmarshal object into …`. */
export function goJsonKind(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isObject(value)) return 'object';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** A value as Go's `%#v` prints it inside an interface: `map[string]interface {}{"a":1}`. */
export function goSyntax(value: Json): string {
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isObject(value)) return String(value);
  const members = sortedKeys(value).map((key) => `${goQuote(key)}:${goSyntax(own(value, key) ?? null)}`);
  return `map[string]interface {}{${members.join(', ')}}`;
}

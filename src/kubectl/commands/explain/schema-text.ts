import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { compareText } from '../../printers/go-value.ts';
import { indent, wrap } from './wrap.ts';

/** An OpenAPI v3 document with its schemas by reference. */
export class Schemas {
  private readonly byName: JsonObject;

  constructor(document: JsonObject) {
    this.byName = objectAt(document, 'components', 'schemas');
  }

  /** The schema of a kind. */
  ofKind(group: string, version: string, kind: string): JsonObject | undefined {
    return Object.values(this.byName)
      .filter(isObject)
      .find((schema) =>
        listAt(schema, 'x-kubernetes-group-version-kind').some(
          (one) => textAt(one, 'group') === group && textAt(one, 'version') === version && textAt(one, 'kind') === kind,
        ),
      );
  }

  resolve(schema: JsonObject): JsonObject {
    const name = textAt(schema, '$ref').split('/').at(-1) ?? '';
    const found = name === '' ? undefined : this.byName[name];
    return isObject(found) ? found : schema;
  }
}

function additional(schema: JsonObject): JsonObject | undefined {
  const value = schema['additionalProperties'];
  return isObject(value) ? value : undefined;
}

function itemsOf(schema: JsonObject): JsonObject | undefined {
  return isObject(schema['items']) ? schema['items'] : undefined;
}

/** `Object`, `[]Container`, `map[string]string`. kubernetes: kubectl/pkg/explain/v2/templates/plaintext.tmpl typeGuess */
function typeGuess(schemas: Schemas, schema: JsonObject): string {
  const items = itemsOf(schema);
  if (items) return `[]${typeGuess(schemas, items)}`;
  const more = additional(schema);
  if (more) return `map[string]${typeGuess(schemas, more)}`;
  const all = listAt(schema, 'allOf');
  if (all.length === 1 && all[0] && !isObject(schema['properties'])) return typeGuess(schemas, all[0]);
  const reference = textAt(schema, '$ref');
  if (reference !== '') {
    const type = textAt(schemas.resolve(schema), 'type');
    return type === '' || type === 'object' ? (reference.split('/').at(-1)?.split('.').at(-1) ?? 'Object') : type;
  }
  const type = textAt(schema, 'type');
  return type === 'object' || type === '' ? 'Object' : type;
}

/** The descriptions of a schema and of what it is made of. */
function description(schemas: Schemas, schema: JsonObject): string {
  const resolved = schemas.resolve(schema);
  const own = textAt(resolved, 'description');
  const parts = [...listAt(resolved, 'allOf'), itemsOf(resolved), additional(resolved)].filter(isObject);
  return (own === '' ? '' : `${own}\n`) + parts.map((part) => description(schemas, part)).join('');
}

function enumText(schema: JsonObject, long: boolean, amount: number): string {
  const values = Array.isArray(schema['enum']) ? schema['enum'] : [];
  if (values.length === 0) return '';
  const show = (value: Json) => (value === '' ? '""' : String(value));
  if (long) return `ENUM:${values.map((value) => `\n    ${show(value)}`).join('')}`;
  const shown = values.slice(0, 4).map(show).join(', ');
  return `\n${' '.repeat(amount)}enum: ${shown}${values.length > 4 ? ', ....' : ''}`;
}

function fieldList(
  schemas: Schemas,
  schema: JsonObject,
  level: number,
  recursive: boolean,
  seen: readonly string[],
): string {
  const reference = textAt(schema, '$ref');
  if (reference !== '' && seen.includes(reference)) return '';
  const history = reference === '' ? seen : [...seen, reference];
  const resolved = schemas.resolve(schema);
  const properties = objectAt(resolved, 'properties');
  let out = '';
  for (const name of Object.keys(properties).sort(compareText)) {
    const field = objectAt(properties, name);
    out += fieldDetail(schemas, resolved, name, field, level, recursive);
    if (recursive) out += fieldList(schemas, field, level + 1, true, history);
  }
  for (const part of [...listAt(resolved, 'allOf'), itemsOf(resolved), additional(resolved)])
    if (isObject(part)) out += fieldList(schemas, part, level, recursive, history);
  return out;
}

function fieldDetail(
  schemas: Schemas,
  owner: JsonObject,
  name: string,
  field: JsonObject,
  level: number,
  short: boolean,
): string {
  const amount = level * 2;
  const required = Array.isArray(owner['required']) && owner['required'].includes(name) ? ' -required-' : '';
  const head = `${indent(amount, name)}\t<${typeGuess(schemas, field)}>${required}${enumText(field, false, amount)}\n`;
  if (short) return head;
  const text = textAt(field, 'description') || '<no description>';
  return `${head}${indent(amount + 2, wrap(78 - amount, text))}\n\n`;
}

/** What explain says of a field, or of the kind when no field is named; empty when there is no such field. */
export function explainText(
  schemas: Schemas,
  schema: JsonObject,
  fields: readonly string[],
  recursive: boolean,
  depth = 0,
): string {
  const resolved = schemas.resolve(schema);
  const [first, ...rest] = fields;
  if (first === undefined) {
    const text = wrap(76, description(schemas, resolved) || '<empty>');
    const list = fieldList(schemas, resolved, 1, recursive, []);
    return `DESCRIPTION:\n${indent(4, text)}\n${list === '' ? '' : `FIELDS:\n${list}`}`;
  }
  const properties = objectAt(resolved, 'properties');
  const field = properties[first];
  if (isObject(field)) {
    const head =
      rest.length === 0 ? `FIELD: ${first} <${typeGuess(schemas, field)}>\n${enumText(field, true, 0)}\n\n` : '';
    return head + explainText(schemas, field, rest, recursive, depth + 1);
  }
  // A schema that only refers to others may go in circles.
  if (depth > 64) return '';
  for (const part of [itemsOf(resolved), additional(resolved), ...listAt(resolved, 'allOf')]) {
    const text = isObject(part) ? explainText(schemas, part, fields, recursive, depth + 1) : '';
    if (text !== '') return text;
  }
  return '';
}

import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { apiVersionOf } from '../../mapper.ts';
import { compareText } from '../../printers/go-value.ts';
import type { Schemas } from './schema-text.ts';

// The format of `-o plaintext-openapiv2`. kubernetes: kubectl/pkg/explain: model_printer.go, fields_printer.go, formatter.go

const WIDTH = 80;
const DESCRIPTION_INDENT = 5;
const FIELD_INDENT = 3;

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** What a field's schema is when references and lone `allOf` are followed; each description on the way goes to `descriptions`. */
function followed(schemas: Schemas, schema: JsonObject, descriptions: string[] = []): JsonObject {
  const resolved = schemas.resolve(schema);
  const [only, ...others] = listAt(resolved, 'allOf');
  if (only && others.length === 0 && !isObject(resolved['properties'])) {
    descriptions.push(textAt(resolved, 'description'));
    return followed(schemas, only, descriptions);
  }
  return resolved;
}

/** `Object`, `[]Object`, `map[string]string`, `integer`: types of OpenAPI v2, which knows no names. */
function typeName(schemas: Schemas, schema: JsonObject): string {
  const resolved = followed(schemas, schema);
  const { items, additionalProperties: more } = resolved;
  if (isObject(items)) return `[]${typeName(schemas, items)}`;
  if (isObject(more)) return `map[string]${typeName(schemas, more)}`;
  // v2 has texts where v3 has one of several types.
  if (Array.isArray(resolved['oneOf'])) return 'string';
  const type = textAt(resolved, 'type');
  return type === 'object' || type === '' ? 'Object' : type;
}

/** The kind with properties that a schema ends in, through lists and maps; undefined for scalars and free forms. */
function kindBelow(schemas: Schemas, schema: JsonObject, descriptions: string[] = []): JsonObject {
  const resolved = followed(schemas, schema, descriptions);
  const below = resolved['items'] ?? resolved['additionalProperties'];
  if (!isObject(below)) return resolved;
  descriptions.push(textAt(resolved, 'description'));
  return kindBelow(schemas, below, descriptions);
}

/** What explain says in the older format of a kind, or of the field at the end of `fields`; empty when there is none. */
export function olderExplainText(
  schemas: Schemas,
  schema: JsonObject,
  kind: Kind,
  fields: readonly string[],
  recursive: boolean,
): string {
  let at = schema;
  for (const name of fields) {
    const field = objectAt(kindBelow(schemas, at), 'properties')[name];
    if (!isObject(field)) return '';
    at = field;
  }
  const descriptions: string[] = [];
  const last = kindBelow(schemas, at, descriptions);
  descriptions.push(textAt(last, 'description'));
  const type = typeName(schemas, at);
  const hasFields = isObject(last['properties']);
  const name = fields.at(-1);
  const head = [`KIND:     ${kind.kind}`, `VERSION:  ${apiVersionOf(kind)}`, ''];
  if (name !== undefined) head.push(`${hasFields ? 'RESOURCE: ' : 'FIELD:    '}${name} <${type}>`, '');
  const lines = [...head, 'DESCRIPTION:', ...descriptionLines(descriptions)];
  if (hasFields) lines.push('', 'FIELDS:', ...fieldLines(schemas, last, FIELD_INDENT, recursive, new Set()));
  return `${lines.join('\n')}\n`;
}

function descriptionLines(descriptions: readonly string[]): string[] {
  const given = descriptions.filter((text) => text !== '');
  if (given.length === 0) return indented(DESCRIPTION_INDENT, '<empty>');
  return given.flatMap((text, i) => {
    const lines = indented(DESCRIPTION_INDENT, text);
    return i === 0 && descriptions[0] !== '' ? lines : ['', ...lines];
  });
}

function fieldLines(
  schemas: Schemas,
  owner: JsonObject,
  indent: number,
  recursive: boolean,
  seen: ReadonlySet<JsonObject>,
): string[] {
  const properties = objectAt(owner, 'properties');
  const required = Array.isArray(owner['required']) ? owner['required'] : [];
  return Object.keys(properties)
    .sort(compareText)
    .flatMap((name) => {
      const field = objectAt(properties, name);
      const mark = required.includes(name) && !recursive ? ' -required-' : '';
      const head = `${' '.repeat(indent)}${name}\t<${typeName(schemas, field)}>${mark}`;
      if (!recursive) return [head, ...indented(indent + 2, textAt(field, 'description')), ''];
      const below = kindBelow(schemas, field);
      if (seen.has(below)) return [head];
      return [head, ...fieldLines(schemas, below, indent + FIELD_INDENT, true, new Set([...seen, below]))];
    });
}

function indented(amount: number, text: string): string[] {
  return wrapWords(text, WIDTH - amount).map((line) => (line === '' ? '' : ' '.repeat(amount) + line));
}

const BULLET = /^(\d+\.?|-|\*)\s/;

/** Words in lines of at most `width`; empty lines, lists and what is indented keep their lines. kubernetes: formatter.go wrapString */
function wrapWords(text: string, width: number): string[] {
  const out: string[] = [];
  let line = '';
  const flush = () => {
    if (line !== '') out.push(line);
    line = '';
  };
  for (const given of text.split('\n')) {
    const trimmed = given.trim();
    if (given.startsWith('    ') || (out.length > 0 && trimmed === '')) {
      flush();
      out.push(trimmed === '' ? '' : given);
      continue;
    }
    if (line.endsWith(':') || trimmed === '' || BULLET.test(trimmed)) flush();
    for (const word of trimmed.split(/\s+/).filter((one) => one !== '')) {
      if (line !== '' && line.length + 1 + word.length > width) flush();
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  flush();
  return out;
}

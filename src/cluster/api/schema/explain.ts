import { wordWrap } from './word-wrap.ts';

type Schema = { readonly [key: string]: unknown };

/** What to explain: a resource by its plural in a group and version, and the way to a field (`['spec', 'containers']`). */
export interface ExplainRequest {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly path: readonly string[];
  readonly recursive: boolean;
}

/** `error` comes after the text, as kubectl prints it while it goes. */
export interface Explanation {
  readonly text: string;
  readonly error: string | undefined;
}

/**
 * What `kubectl explain` prints, from the OpenAPI v3 document of the group and version.
 * kubernetes: kubectl/pkg/explain/v2/templates/plaintext.tmpl
 */
export function explain(document: unknown, request: ExplainRequest): Explanation {
  return new Explainer(asSchema(document), request).run();
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const GVK = 'x-kubernetes-group-version-kind';

class Explainer {
  constructor(
    private readonly document: Schema,
    private readonly request: ExplainRequest,
  ) {}

  run(): Explanation {
    const { group, version, resource, path } = this.request;
    const gvk = this.kind();
    if (!gvk) {
      const gvr = `${group}/${version}, Resource=${resource}`.replace(/^\//, '/');
      return { text: '', error: `error: GVR (${gvr}) not found in OpenAPI schema` };
    }
    const { kind } = gvk;
    const head = `${group === '' ? '' : `GROUP:      ${group}\n`}KIND:       ${String(kind)}\nVERSION:    ${version}\n\n`;
    const schema = Object.values(asSchema(at(this.document, 'components', 'schemas')))
      .map(asSchema)
      .find((candidate) => listOf(candidate[GVK]).some((own) => sameKind(asSchema(own), gvk)));
    if (!schema) return { text: head, error: `error: GVK ${mapText(gvk)} not found in OpenAPI schema` };
    const body = this.output(schema, path, new Set());
    if (body === '') return { text: head, error: `error: field "${path.at(-1) ?? ''}" does not exist` };
    return { text: `${head}${body}\n`, error: undefined };
  }

  private kind(): Schema | undefined {
    const { group, version, resource } = this.request;
    const prefix = `${group === '' ? '/api' : `/apis/${group}`}/${version}`;
    const paths = [`${prefix}/${resource}`, `${prefix}/namespaces/{namespace}/${resource}`];
    for (const path of paths.flatMap((base) => [base, `${base}/{name}`])) {
      const item = asSchema(at(this.document, 'paths', path));
      for (const method of METHODS) {
        const gvk = asSchema(item[method])[GVK];
        if (gvk) return asSchema(gvk);
      }
    }
    return undefined;
  }

  private resolve(schema: Schema): Schema {
    const ref = schema['$ref'];
    if (typeof ref !== 'string') return schema;
    return asSchema(at(this.document, ...ref.replace(/^#\//, '').split('/')));
  }

  /** Follows the path, then describes what it led to. '' when it leads nowhere. */
  private output(schema: Schema, path: readonly string[], history: ReadonlySet<string>): string {
    const ref = schema['$ref'];
    const resolved = this.resolve(schema);
    const [first, ...rest] = path;
    if (first === undefined) {
      const text = this.description(resolved) || '<empty>';
      const fields = this.fields(resolved, 1, new Set());
      return `DESCRIPTION:\n${indent(4, wordWrap(text, 76))}\n${fields === '' ? '' : `FIELDS:\n${fields}`}`;
    }
    if (typeof ref === 'string' && history.has(ref)) return '';
    const seen = typeof ref === 'string' ? new Set([...history, ref]) : history;
    const property = asSchema(resolved['properties'])[first];
    if (property !== undefined) {
      const field = asSchema(property);
      const values = rest.length === 0 ? this.longEnum(field) : '';
      const title = rest.length === 0 ? `FIELD: ${first} <${this.typeOf(field)}>\n${values}\n\n` : '';
      const below = this.output(field, rest, new Set());
      return title + below;
    }
    if (resolved['items']) return this.output(asSchema(resolved['items']), path, seen);
    if (isSchema(resolved['additionalProperties'])) return this.output(resolved['additionalProperties'], path, seen);
    for (const alternative of listOf(resolved['allOf'])) {
      const found = this.output(asSchema(alternative), path, seen);
      if (found !== '') return found;
    }
    return '';
  }

  private description(schema: Schema): string {
    const resolved = this.resolve(schema);
    const text = resolved['description'];
    let result = typeof text === 'string' && text !== '' ? `${text}\n` : '';
    for (const part of listOf(resolved['allOf'])) result += this.description(asSchema(part));
    if (resolved['items']) result += this.description(asSchema(resolved['items']));
    if (isSchema(resolved['additionalProperties'])) result += this.description(resolved['additionalProperties']);
    return result;
  }

  private fields(schema: Schema, level: number, history: ReadonlySet<string>): string {
    const ref = schema['$ref'];
    if (typeof ref === 'string' && history.has(ref)) return '';
    const seen = typeof ref === 'string' ? new Set([...history, ref]) : history;
    const resolved = this.resolve(schema);
    let result = '';
    const properties = asSchema(resolved['properties']);
    for (const name of Object.keys(properties).sort()) {
      const field = asSchema(properties[name]);
      result += this.fieldDetail(name, field, listOf(resolved['required']).includes(name), level);
      if (this.request.recursive) result += this.fields(field, level + 1, seen);
    }
    for (const part of listOf(resolved['allOf'])) result += this.fields(asSchema(part), level, seen);
    if (resolved['items']) result += this.fields(asSchema(resolved['items']), level, seen);
    if (isSchema(resolved['additionalProperties']))
      result += this.fields(resolved['additionalProperties'], level, seen);
    return result;
  }

  private fieldDetail(name: string, field: Schema, required: boolean, level: number): string {
    const column = level * 2;
    const title = `${indent(column, name)}\t<${this.typeOf(field)}>${required ? ' -required-' : ''}${shortEnum(field, column)}\n`;
    if (this.request.recursive) return title;
    const text = field['description'] || '<no description>';
    return `${title}${indent(column + 2, wordWrap(String(text), 78 - column))}\n\n`;
  }

  private typeOf(schema: Schema): string {
    if (schema['items']) return `[]${this.typeOf(asSchema(schema['items']))}`;
    if (isSchema(schema['additionalProperties'])) return `map[string]${this.typeOf(schema['additionalProperties'])}`;
    const allOf = listOf(schema['allOf']);
    if (allOf.length === 1 && !schema['properties']) return this.typeOf(asSchema(allOf[0]));
    const ref = schema['$ref'];
    if (typeof ref === 'string') {
      const { type } = this.resolve(schema);
      if (type !== undefined && type !== 'object') return String(type);
      return ref.split('/').at(-1)?.split('.').at(-1) || 'Object';
    }
    const { type } = schema;
    return type === 'object' || type === undefined ? 'Object' : String(type);
  }

  private longEnum(field: Schema): string {
    const values = listOf(field['enum']);
    return values.length === 0 ? '' : `ENUM:${values.map((value) => `\n    ${shownValue(value)}`).join('')}`;
  }
}

/** How many values of an enum a list of fields shows. */
const MAX_VALUES = 4;

function shortEnum(field: Schema, column: number): string {
  const values = listOf(field['enum']);
  if (values.length === 0) return '';
  const shown = values.slice(0, MAX_VALUES).map(shownValue);
  return `\n${' '.repeat(column)}enum: ${shown.join(', ')}${values.length > MAX_VALUES ? ', ....' : ''}`;
}

const shownValue = (value: unknown) => (value === '' ? '""' : String(value));

function indent(columns: number, text: string): string {
  const pad = ' '.repeat(columns);
  return pad + text.replaceAll('\n', `\n${pad}`);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((current, name) => asSchema(current)[name], value);
}

function sameKind(a: Schema, b: Schema): boolean {
  return a['group'] === b['group'] && a['version'] === b['version'] && a['kind'] === b['kind'];
}

function mapText(map: Schema): string {
  const pairs = Object.keys(map).sort();
  return `map[${pairs.map((name) => `${name}:${String(map[name])}`).join(' ')}]`;
}

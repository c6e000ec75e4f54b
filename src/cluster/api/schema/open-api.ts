import type { Resource } from '../resource.ts';
import { descriptionsOf } from './descriptions.ts';
import { allKinds, type Field, shortNameOfKind, type TypeSchema, typeNamed } from './schema.ts';
import type { Shape } from './shape.ts';

/** A schema as OpenAPI v3 has it. Plain data. */
export interface OpenApiSchema {
  [key: string]: unknown;
}

/** A custom resource that brings its own schema: the CRD's openAPIV3Schema. */
interface WithSchema {
  readonly openAPIV3Schema: OpenApiSchema;
}

const REF = '#/components/schemas/';

/**
 * The OpenAPI v3 documents of the server: `rest` is the path after /openapi. The list of documents for `v3`, the document of
 * one group and version for `v3/apis/apps/v1`; undefined for anything else.
 */
export function openApiDocument(rest: readonly string[], resources: readonly Resource[]): unknown {
  const [version, ...path] = rest;
  if (version !== 'v3') return undefined;
  const versions = [...new Set(resources.map(pathOf))];
  if (path.length === 0) {
    const links = versions
      .sort()
      .map((link) => [link, { serverRelativeURL: `/openapi/v3/${link}?hash=${hashOf(link)}` }]);
    return { paths: Object.fromEntries(links) };
  }
  const wanted = path.join('/');
  if (!versions.includes(wanted)) return undefined;
  return groupVersionDocument(resources.filter((resource) => pathOf(resource) === wanted));
}

/** `api/v1`, `apis/apps/v1` */
function pathOf(resource: { group: string; version: string }): string {
  return resource.group === '' ? `api/${resource.version}` : `apis/${resource.group}/${resource.version}`;
}

/** Clients keep a document for as long as its hash stays. */
function hashOf(text: string): string {
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash.toString(16).toUpperCase().padStart(8, '0');
}

/** The OpenAPI v3 document of the resources of one group and version. */
export function groupVersionDocument(resources: readonly Resource[]): { [key: string]: unknown } {
  const schemas: { [name: string]: OpenApiSchema } = {};
  const paths: { [path: string]: unknown } = {};
  for (const resource of resources) {
    const { group, version, kind } = resource;
    const short = shortNameOfKind(group, version, kind);
    if (short !== undefined) addType(typeNamed(short), schemas);
    else if (hasSchema(resource)) addCustom(resource, schemas);
    const base = `/${pathOf(resource)}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.plural}`;
    paths[base] = pathItem(resource, ['get', 'post']);
    paths[`${base}/{name}`] = pathItem(resource, ['get', 'put', 'patch', 'delete']);
  }
  addType(typeNamed('Status'), schemas);
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: '1.36' }, paths, components: { schemas } };
}

const VERBS: Readonly<Record<string, string>> = {
  get: 'get',
  post: 'create',
  put: 'update',
  patch: 'patch',
  delete: 'delete',
};

function pathItem(resource: Resource, methods: readonly string[]): OpenApiSchema {
  const gvk = { group: resource.group, version: resource.version, kind: resource.kind };
  const item: OpenApiSchema = {};
  for (const method of methods) {
    if (!resource.verbs.includes(VERBS[method] ?? '')) continue;
    const query = method === 'get' ? [] : ['dryRun', 'fieldManager', 'fieldValidation'];
    const parameters = query.map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } }));
    item[method] = { parameters, responses: { 200: { description: 'OK' } }, 'x-kubernetes-group-version-kind': gvk };
  }
  return item;
}

function hasSchema(resource: Resource): resource is Resource & WithSchema {
  return 'openAPIV3Schema' in resource && typeof resource.openAPIV3Schema === 'object';
}

function addCustom(resource: Resource & WithSchema, schemas: { [name: string]: OpenApiSchema }): void {
  const { group, version, kind } = resource;
  const name = `${group.split('.').reverse().join('.')}.${version}.${kind}`;
  const meta = descriptionsOf('Pod');
  const properties = resource.openAPIV3Schema['properties'];
  schemas[name] = {
    ...resource.openAPIV3Schema,
    properties: {
      ...(typeof properties === 'object' ? properties : {}),
      apiVersion: { type: 'string', description: meta.field('apiVersion') },
      kind: { type: 'string', description: meta.field('kind') },
      metadata: {
        description: `Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata`,
        allOf: [{ $ref: `${REF}${typeNamed('ObjectMeta').fullName}` }],
      },
    },
    'x-kubernetes-group-version-kind': [{ group, kind, version }],
  };
  addType(typeNamed('ObjectMeta'), schemas);
}

const PRIMITIVES: Readonly<Record<string, OpenApiSchema>> = {
  Quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  IntOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  Time: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time' },
  JSON: {},
  JSONSchemaPropsOrArray: {},
  JSONSchemaPropsOrBool: {},
  JSONSchemaPropsOrStringArray: {},
};

let kinds: Map<string, { group: string; kind: string; version: string }[]> | undefined;

function kindsOf(short: string): readonly { group: string; kind: string; version: string }[] {
  if (!kinds) {
    kinds = new Map();
    for (const gvk of allKinds()) {
      const [group = '', version = '', kind = ''] = gvk.split('/');
      const name = shortNameOfKind(group, version, kind) ?? '';
      kinds.set(name, [...(kinds.get(name) ?? []), { group, kind, version }]);
    }
  }
  return kinds.get(short) ?? [];
}

/** Adds a type, and all types that its fields have, unless they are there. */
function addType(type: TypeSchema, schemas: { [name: string]: OpenApiSchema }): void {
  if (schemas[type.fullName]) return;
  const texts = descriptionsOf(type.short);
  const primitive = PRIMITIVES[type.short];
  const properties: OpenApiSchema = {};
  const schema: OpenApiSchema = { description: texts.type, ...(primitive ?? { type: 'object' }) };
  schemas[type.fullName] = schema;
  const fields = [...type.fields.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const required = fields.filter((field) => field.required).map((field) => field.name);
  if (required.length > 0) schema['required'] = required;
  for (const field of fields) properties[field.name] = fieldSchema(field, texts.field(field.name), schemas);
  if (fields.length > 0) schema['properties'] = properties;
  if (type.mapType) schema['x-kubernetes-map-type'] = type.mapType;
  const own = kindsOf(type.short);
  if (own.length > 0) schema['x-kubernetes-group-version-kind'] = own;
}

function fieldSchema(field: Field, description: string, schemas: { [name: string]: OpenApiSchema }): OpenApiSchema {
  const own = shapeSchema(field.shape, schemas);
  const schema: OpenApiSchema = { description, ...('$ref' in own ? { allOf: [own] } : own) };
  if (field.default !== undefined) schema['default'] = field.default;
  if (field.enum.length > 0) {
    if (field.shape.form === 'list') schema['items'] = { type: 'string', enum: field.enum };
    else schema['enum'] = field.enum;
  }
  if (field.listType) schema['x-kubernetes-list-type'] = field.listType;
  if (field.listMapKeys.length > 0) schema['x-kubernetes-list-map-keys'] = field.listMapKeys;
  if (field.mapType) schema['x-kubernetes-map-type'] = field.mapType;
  if (field.patchMergeKey !== '') schema['x-kubernetes-patch-merge-key'] = field.patchMergeKey;
  if (field.patchStrategy.length > 0) schema['x-kubernetes-patch-strategy'] = field.patchStrategy.join(',');
  return schema;
}

function ref(short: string, schemas: { [name: string]: OpenApiSchema }): OpenApiSchema {
  const type = typeNamed(short);
  addType(type, schemas);
  return { $ref: `${REF}${type.fullName}` };
}

function shapeSchema(shape: Shape, schemas: { [name: string]: OpenApiSchema }): OpenApiSchema {
  switch (shape.form) {
    case 'string':
      return { type: 'string' };
    case 'bool':
      return { type: 'boolean' };
    case 'int32':
    case 'int64':
      return { type: 'integer', format: shape.form };
    case 'float64':
      return { type: 'number', format: 'double' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'quantity':
      return ref('Quantity', schemas);
    case 'int-or-string':
      return ref('IntOrString', schemas);
    case 'time':
      return ref('Time', schemas);
    case 'micro-time':
      return ref('MicroTime', schemas);
    case 'struct':
      return ref(shape.type.short, schemas);
    case 'list':
      return { type: 'array', items: shapeSchema(shape.items, schemas) };
    case 'map':
      return { type: 'object', additionalProperties: shapeSchema(shape.values, schemas) };
    case 'any':
      return shape.short === 'any' ? { type: 'object' } : ref(shape.short, schemas);
  }
}

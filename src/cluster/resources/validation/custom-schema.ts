import { isRecord } from '../../api/object.ts';
import { validateRules } from '../../api/schema/custom-rules.ts';
import { pruned, validateCustom } from '../../api/schema/custom-schema.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { asJson, compareStrings, equal } from '../../apimachinery/json-value.ts';

type Plain = { readonly [key: string]: unknown };

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

function plain(value: unknown): Plain {
  return isRecord(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Properties in the order of their names: Go's maps have none, and the server sorts what it can. */
function properties(schema: Plain): [string, Plain][] {
  const all = plain(schema['properties']);
  return Object.keys(all)
    .sort(compareStrings)
    .map((name) => [name, plain(all[name])]);
}

const nestedLists = ['allOf', 'anyOf', 'oneOf'] as const;

/**
 * What is wrong with the schema of a CRD's version. CEL rules are looked at only when all else is right.
 * kubernetes: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go validateCustomResourceDefinitionValidation
 */
export function validateSchema(given: unknown, path: string): FieldError[] {
  const schema = plain(given);
  const structural = [...structuralErrors(schema, 'root', path), ...completenessErrors(schema, path)].sort((a, b) =>
    compareStrings(String(a), String(b)),
  );
  const forms = schemaErrors(schema, path);
  // A schema that cannot be read as a structural one is not looked at as one.
  const readable = !forms.some((error) => error.type === 'FieldValueForbidden');
  const shown = readable ? (structural.length > 0 ? structural : defaultErrors(schema, path)) : [];
  const errors = [...shown, ...forms];
  return errors.length > 0 ? errors : validateRules(schema, path);
}

type Level = 'root' | 'item' | 'field';
const NO_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

/** kubernetes: apiextensions-apiserver/pkg/apiserver/schema/validation.go validateStructuralInvariants */
function structuralErrors(schema: Plain, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const type = text(schema['type']);
  if (type === 'array' && !schema['items']) errors.push(FieldError.required(`${path}.items`, 'must be specified'));
  if (isRecord(schema['items'])) errors.push(...structuralErrors(schema['items'], 'item', `${path}.items`));
  for (const [name, child] of properties(schema))
    errors.push(...structuralErrors(child, 'field', `${path}.properties[${name}]`));
  const extra = schema['additionalProperties'];
  if (isRecord(extra)) errors.push(...structuralErrors(extra, 'field', `${path}.additionalProperties`));
  errors.push(...extensionErrors(schema, path), ...valueErrors(schema, path));
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  if (embedded && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type === '' ? FieldError.required(`${path}.type`, why) : FieldError.invalid(`${path}.type`, type, why));
  } else if (type === '' && !isFree(schema)) errors.push(FieldError.required(`${path}.type`, NO_TYPE[level]));
  if (level !== 'root') return errors;
  if (type !== '' && type !== 'object')
    errors.push(FieldError.invalid(`${path}.type`, type, 'must be object at the root'));
  return [...errors, ...metadataErrors(plain(schema['properties']), path)];
}

function isFree(schema: Plain): boolean {
  return schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
}

function extensionErrors(schema: Plain, path: string): FieldError[] {
  if (schema['x-kubernetes-int-or-string'] !== true || !schema['type']) return [];
  return [FieldError.invalid(`${path}.type`, schema['type'], 'must be empty if x-kubernetes-int-or-string is true')];
}

function metadataErrors(fields: Plain, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['apiVersion', 'kind']) {
    const field = fields[name];
    if (isRecord(field) && field['type'] !== 'string')
      errors.push(FieldError.invalid(`${path}.properties[${name}].type`, field['type'] ?? '', 'must be string'));
  }
  const metadata = fields['metadata'];
  if (!isRecord(metadata)) return errors;
  const at = `${path}.properties[metadata]`;
  if (metadata['type'] !== 'object')
    errors.push(FieldError.invalid(`${at}.type`, metadata['type'] ?? '', 'must be object'));
  const known = Object.keys(plain(metadata['properties'])).every((name) => ['name', 'generateName'].includes(name));
  const others = Object.keys(metadata).some((key) => !['type', 'properties', 'description', 'default'].includes(key));
  if (!known || others)
    errors.push(
      FieldError.forbidden(
        at,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    );
  return errors;
}

/** Parts of anyOf and its like may only narrow values. */
function valueErrors(schema: Plain, path: string): FieldError[] {
  const nested = isRecord(schema['not']) ? nestedErrors(schema['not'], `${path}.not`) : [];
  for (const list of nestedLists) {
    const parts = schema[list];
    for (const [i, part] of (Array.isArray(parts) ? parts : []).entries())
      if (!(list === 'anyOf' && isIntOrString(schema)))
        nested.push(...nestedErrors(plain(part), `${path}.${list}[${i}]`));
  }
  return nested;
}

/** `anyOf: [{type: integer}, {type: string}]` beside the extension is what it stands for. */
function isIntOrString(schema: Plain): boolean {
  return (
    schema['x-kubernetes-int-or-string'] === true &&
    equal(asJson(schema['anyOf'] ?? null), [{ type: 'integer' }, { type: 'string' }])
  );
}

const MUST_BE: readonly (readonly [field: string, what: string])[] = [
  ['type', 'empty'],
  ['title', 'empty'],
  ['description', 'empty'],
  ['default', 'undefined'],
  ['nullable', 'false'],
  ['additionalProperties', 'undefined'],
  ['x-kubernetes-preserve-unknown-fields', 'false'],
  ['x-kubernetes-embedded-resource', 'false'],
  ['x-kubernetes-int-or-string', 'false'],
];

function nestedErrors(part: Plain, path: string): FieldError[] {
  const errors = valueErrors(part, path);
  for (const [name, child] of properties(part)) errors.push(...nestedErrors(child, `${path}.properties[${name}]`));
  if (isRecord(part['items'])) errors.push(...nestedErrors(part['items'], `${path}.items`));
  for (const [field, what] of MUST_BE)
    if (part[field]) errors.push(FieldError.forbidden(`${path}.${field}`, `must be ${what} to be structural`));
  return errors;
}

/** What anyOf and its like name must be in the schema too. kubernetes: apiserver/schema/complete.go */
function completenessErrors(schema: Plain, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const missing = (part: Plain, whole: unknown, at: string): void => {
    for (const [name, child] of properties(part)) {
      const own = plain(plain(whole)['properties'])[name] ?? plain(whole)['additionalProperties'];
      const below = `${at}.properties[${name}]`;
      if (own === undefined)
        errors.push(FieldError.required(below, `because it is defined in ${whereNested(at, name)}`));
      else missing(child, own, below);
    }
  };
  const whereNested = (at: string, name: string) => `${at}.properties[${name}]`;
  for (const list of nestedLists) {
    const parts = schema[list];
    for (const part of Array.isArray(parts) ? parts : []) missing(plain(part), schema, path);
  }
  return errors;
}

/** Defaults must be what the schema asks for. kubernetes: apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go */
function defaultErrors(schema: Plain, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const standard = schema['default'];
  if (standard !== undefined && standard !== null) {
    const at = `${path}.default`;
    const dropped: string[] = [];
    pruned(standard, schema, 'default', dropped);
    if (dropped.length > 0) errors.push(FieldError.invalid(at, standard, 'must not have unknown fields'));
    for (const error of validateCustom(standard, schema, ''))
      errors.push(
        new FieldError(
          error.type,
          error.field === '<nil>' ? at : `${at}.${error.field}`,
          error.value,
          error.detail.replace(/^<nil>/, ''),
        ),
      );
    return errors;
  }
  if (isRecord(schema['items'])) errors.push(...defaultErrors(schema['items'], `${path}.items`));
  for (const [name, child] of properties(schema)) errors.push(...defaultErrors(child, `${path}.properties[${name}]`));
  const extra = schema['additionalProperties'];
  if (isRecord(extra)) errors.push(...defaultErrors(extra, `${path}.additionalProperties`));
  return errors;
}

const NOT_SUPPORTED = ['additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref', 'id'];

/** kubernetes: ValidateCustomResourceDefinitionOpenAPISchema and specStandardValidatorV3 */
function schemaErrors(schema: Plain, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const type = text(schema['type']);
  if (type !== '' && !TYPES.includes(type)) errors.push(FieldError.notSupported(`${path}.type`, type, TYPES));
  for (const name of NOT_SUPPORTED)
    if (schema[name] !== undefined) errors.push(FieldError.forbidden(`${path}.${name}`, `${name} is not supported`));
  const { pattern } = schema;
  if (typeof pattern === 'string' && patternError(pattern) !== undefined)
    errors.push(
      FieldError.invalid(
        `${path}.pattern`,
        pattern,
        `must be a valid regular expression, but isn't: error parsing regexp: ${patternError(pattern)}`,
      ),
    );
  if (schema['uniqueItems'] === true)
    errors.push(
      FieldError.forbidden(
        `${path}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    );
  const extra = schema['additionalProperties'];
  if (extra !== undefined) {
    if (properties(schema).length > 0 && extra !== true)
      errors.push(
        FieldError.forbidden(
          `${path}.additionalProperties`,
          'additionalProperties and properties are mutual exclusive',
        ),
      );
    if (isRecord(extra)) errors.push(...schemaErrors(extra, `${path}.additionalProperties`));
  }
  for (const [name, child] of properties(schema)) errors.push(...schemaErrors(child, `${path}.properties[${name}]`));
  if (isRecord(schema['not'])) errors.push(...schemaErrors(schema['not'], `${path}.not`));
  for (const list of nestedLists) {
    const parts = schema[list];
    for (const [i, part] of (Array.isArray(parts) ? parts : []).entries())
      errors.push(...schemaErrors(plain(part), `${path}.${list}[${i}]`));
  }
  if (isRecord(schema['items'])) errors.push(...schemaErrors(schema['items'], `${path}.items`));
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.push(FieldError.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  return [...errors, ...mapTypeErrors(schema, path), ...listTypeErrors(schema, path), ...ruleFormErrors(schema, path)];
}

/** Go's words for the patterns that people leave open. Other mistakes are not looked at: kubetutor's expressions are JavaScript's. */
function patternError(pattern: string): string | undefined {
  try {
    RegExp(pattern, 'u');
    return undefined;
  } catch {
    if (/\[[^\]]*$/.test(pattern)) return `missing closing ]: \`${/\[[^\]]*$/.exec(pattern)?.[0] ?? ''}\``;
    if (/\(/.test(pattern) && !/\)/.test(pattern)) return `missing closing ): \`${pattern}\``;
    if (/^[*+?]/.test(pattern)) return `missing argument to repetition operator: \`${pattern.charAt(0)}\``;
    return undefined;
  }
}

function ofType(schema: Plain, wanted: string, why: string, path: string): FieldError[] {
  const type = text(schema['type']);
  if (type === wanted) return [];
  return [type === '' ? FieldError.required(`${path}.type`, why) : FieldError.invalid(`${path}.type`, type, why)];
}

function mapTypeErrors(schema: Plain, path: string): FieldError[] {
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType === undefined) return [];
  const errors = ofType(schema, 'object', 'must be object if x-kubernetes-map-type is specified', path);
  if (mapType !== 'atomic' && mapType !== 'granular')
    errors.push(FieldError.notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  return errors;
}

function listTypeErrors(schema: Plain, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const given = schema['x-kubernetes-list-map-keys'];
  const keys = Array.isArray(given) ? given.map(String) : [];
  const at = `${path}.x-kubernetes-list-type`;
  const needsMap = 'must be map if x-kubernetes-list-map-keys is non-empty';
  if (listType === undefined) return keys.length > 0 ? [FieldError.required(at, needsMap)] : [];
  const errors = ofType(schema, 'array', 'must be array if x-kubernetes-list-type is specified', path);
  const items = schema['items'];
  if (errors.length === 0 && listType === 'set') errors.push(...setErrors(plain(items), path));
  if (!['atomic', 'set', 'map'].includes(text(listType)))
    errors.push(FieldError.notSupported(at, listType, ['atomic', 'set', 'map']));
  if (keys.length > 0 && listType !== 'map') errors.push(FieldError.invalid(at, listType, needsMap));
  return listType === 'map' ? [...errors, ...mapListErrors(items, keys, path)] : errors;
}

/** Items of a set are compared as a whole. */
function setErrors(items: Plain, path: string): FieldError[] {
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items['x-kubernetes-list-type'];
  if (items['type'] === 'array' && listType !== undefined && listType !== 'atomic')
    return [FieldError.invalid(`${path}.items.x-kubernetes-list-type`, listType, why)];
  if (items['type'] === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    return [FieldError.invalid(`${path}.items.x-kubernetes-map-type`, listType ?? null, why)];
  return [];
}

function mapListErrors(items: unknown, keys: readonly string[], path: string): FieldError[] {
  const at = `${path}.x-kubernetes-list-map-keys`;
  const errors: FieldError[] = [];
  if (keys.length === 0) errors.push(FieldError.required(at, 'must not be empty if x-kubernetes-list-type is map'));
  if (!isRecord(items))
    return [...errors, FieldError.required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  if (items['type'] !== 'object')
    return [
      ...errors,
      FieldError.invalid(
        `${path}.items.type`,
        items['type'] ?? '',
        "must be object if parent array's x-kubernetes-list-type is map",
      ),
    ];
  const seen = new Set<string>();
  for (const key of keys) {
    const property = plain(items['properties'])[key];
    if (property === undefined)
      errors.push(FieldError.invalid(at, keys, 'entries must all be names of item properties'));
    else if (['array', 'object'].includes(text(plain(property)['type'])))
      errors.push(
        FieldError.invalid(
          `${path}.items.properties[${key}].type`,
          items['type'],
          "must be a scalar type if parent array's x-kubernetes-list-type is map",
        ),
      );
    if (seen.has(key)) errors.push(FieldError.invalid(at, keys, 'must not contain duplicate entries'));
    seen.add(key);
  }
  const required = Array.isArray(items['required']) ? items['required'] : [];
  for (const key of keys) {
    const property = plain(items['properties'])[key];
    if (isRecord(property) && property['default'] === undefined && !required.includes(key))
      errors.push(
        FieldError.required(
          `${path}.items.properties[${key}].default`,
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      );
  }
  return errors;
}

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** What is wrong with rules before anybody reads their expressions. */
function ruleFormErrors(schema: Plain, path: string): FieldError[] {
  const rules = schema['x-kubernetes-validations'];
  return (Array.isArray(rules) ? rules : []).flatMap((rule, i) =>
    ruleFormError(plain(rule), schema, `${path}.x-kubernetes-validations[${i}]`),
  );
}

function ruleFormError(rule: Plain, schema: Plain, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const expression = text(rule['rule']).trim();
  const given = text(rule['message']);
  const message = given.trim();
  if (expression === '') errors.push(FieldError.required(`${path}.rule`, 'rule is not specified'));
  else if (given !== '' && message === '')
    errors.push(FieldError.invalid(`${path}.message`, given, 'must be non-empty if specified'));
  else if (message.includes('\n'))
    errors.push(FieldError.invalid(`${path}.message`, given, 'must not contain line breaks'));
  else if (expression.includes('\n') && message === '')
    errors.push(FieldError.required(`${path}.message`, 'message must be specified if rule contains line breaks'));
  if (text(rule['messageExpression']) !== '' && text(rule['messageExpression']).trim() === '')
    errors.push(FieldError.required(`${path}.messageExpression`, 'must be non-empty if specified'));
  const { reason } = rule;
  if (reason !== undefined && !REASONS.includes(text(reason)))
    errors.push(FieldError.notSupported(`${path}.reason`, reason, REASONS));
  const field = text(rule['fieldPath']);
  if (field === '') return errors;
  if (field.trim() === '')
    errors.push(FieldError.invalid(`${path}.fieldPath`, field, 'must be non-empty if specified'));
  if (field.includes('\n')) errors.push(FieldError.invalid(`${path}.fieldPath`, field, 'must not contain line breaks'));
  if (!schemaAt(schema, field)) errors.push(FieldError.invalid(`${path}.fieldPath`, field, 'must be a valid path'));
  return errors;
}

/**
 * The part of a schema at a simple path such as `.spec.a['b-c']`; undefined when it leads nowhere.
 * kubernetes: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go ValidFieldPath
 */
export function schemaAt(schema: Plain, path: string): Plain | undefined {
  const steps = [...path.matchAll(/\.([A-Za-z_]\w*)|\['([^']+)'\]/gy)];
  if (steps.length === 0 || steps.reduce((length, [whole]) => length + whole.length, 0) !== path.length)
    return undefined;
  let current: Plain | undefined = schema;
  for (const [, dotted, quoted] of steps) {
    const name = dotted ?? quoted ?? '';
    const next: unknown = plain(current['properties'])[name] ?? current['additionalProperties'];
    if (!isRecord(next)) return undefined;
    current = next;
  }
  return current;
}

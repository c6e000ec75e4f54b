import { parseDuration } from '../../apimachinery/duration.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { goQuote } from '../../apimachinery/go-quote.ts';
import { parseCidr, parseIp } from '../../apimachinery/ip.ts';
import { asJson, byteLength, compareStrings, equal } from '../../apimachinery/json-value.ts';
import { at, isRecord } from '../object.ts';

/** Formats of texts that are looked at; any other format says nothing. kubernetes: kube-openapi/pkg/validation/strfmt */
const FORMATS: Readonly<Record<string, (value: string) => boolean>> = {
  'date-time': (value) =>
    /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/.test(value) && !Number.isNaN(Date.parse(value)),
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)),
  duration: isDuration,
  byte: (value) => /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0,
  email: (value) => /^[^@\s]+@[^@\s]+$/.test(value),
  hostname: (value) =>
    /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(value),
  ipv4: (value) => parseIp(value)?.family === 'IPv4',
  ipv6: (value) => value.includes(':') && parseIp(value) !== undefined,
  cidr: (value) => parseCidr(value) !== undefined,
  mac: (value) => /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(value),
  uuid: (value) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(value),
  uri: (value) => /^[A-Za-z][A-Za-z0-9+.-]*:|^\//.test(value),
};

function isDuration(value: string): boolean {
  try {
    parseDuration(value);
    return true;
  } catch {
    return false;
  }
}

/** A schema of a CRD, as plain data. */
export type CustomSchema = { readonly [key: string]: unknown };

function schemaOf(value: unknown): CustomSchema {
  return isRecord(value) ? value : {};
}

function children(schema: CustomSchema): { [key: string]: unknown } {
  return isRecord(schema['properties']) ? schema['properties'] : {};
}

const preserves = (schema: CustomSchema) => schema['x-kubernetes-preserve-unknown-fields'] === true;
/** Fields that every object has: they are not the CRD's. */
const OBJECT_FIELDS = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * A value without what its schema does not know, and with the schema's defaults. Paths of dropped fields go to `dropped`.
 * kubernetes: apiextensions-apiserver/pkg/apiserver/schema/pruning, defaulting
 */
export function pruned(given: unknown, of: unknown, path: string, dropped: string[]): unknown {
  const schema = schemaOf(of);
  if (Array.isArray(given)) return given.map((item, i) => pruned(item, schema['items'], `${path}[${i}]`, dropped));
  if (!isRecord(given)) return given;
  const known = children(schema);
  const extra = schema['additionalProperties'];
  const result: { [key: string]: unknown } = {};
  for (const key of Object.keys(given).sort(compareStrings)) {
    const at = path === '' ? key : `${path}.${key}`;
    const value = given[key];
    const root = path === '' && OBJECT_FIELDS.has(key);
    if (root) result[key] = value;
    else if (key in known) {
      if (value !== null || schemaOf(known[key])['nullable'] === true)
        result[key] = pruned(value, known[key], at, dropped);
    } else if (extra) result[key] = extra === true ? value : pruned(value, extra, at, dropped);
    else if (preserves(schema)) result[key] = value;
    else dropped.push(`unknown field "${at}"`);
  }
  for (const [key, child] of Object.entries(known)) {
    const standard = schemaOf(child)['default'];
    if (standard !== undefined && result[key] === undefined) result[key] = structuredCopy(standard);
  }
  return result;
}

function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy);
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, structuredCopy(item)]))
    : value;
}

/** What is wrong with a value. kubernetes: kube-openapi/pkg/validation/validate, apiextensions-apiserver/pkg/apiserver/validation */
export function validateCustom(value: unknown, of: unknown, path: string, old?: unknown): FieldError[] {
  // What was wrong before and did not change is let be. kubernetes: CRDValidationRatcheting
  if (old !== undefined && equal(asJson(value), asJson(old))) return [];
  const schema = schemaOf(of);
  const at = path === '' ? '<nil>' : path;
  if (value === null && schema['nullable'] === true) return [];
  const wrongType = typeError(value, schema, at);
  if (wrongType) return [wrongType];
  const errors = enumError(value, schema, at);
  if (typeof value === 'string') errors.push(...stringErrors(value, schema, at));
  if (typeof value === 'number') errors.push(...numberErrors(value, schema, at));
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      errors.push(...validateCustom(item, schema['items'], `${path}[${i}]`, correlated(schema, item, old)));
    errors.push(...countErrors(value.length, schema['minItems'], schema['maxItems'], at, value));
  }
  if (isRecord(value)) errors.push(...objectErrors(value, schema, path, schemaOf(old)));
  return errors;
}

/** Items of lists with keys are the same ones before and after; others are nobody's. */
export function correlated(schema: CustomSchema, item: unknown, old: unknown): unknown {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(keys) || !Array.isArray(old)) return undefined;
  return old.find((other) => keys.every((key) => at(other, String(key)) === at(item, String(key))));
}

function objectErrors(
  value: { [key: string]: unknown },
  schema: CustomSchema,
  path: string,
  old: CustomSchema,
): FieldError[] {
  const errors: FieldError[] = [];
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  const known = children(schema);
  for (const key of Object.keys(known).sort(compareStrings)) {
    if (path === '' && OBJECT_FIELDS.has(key)) continue;
    if (value[key] !== undefined) errors.push(...validateCustom(value[key], known[key], below(key), old[key]));
  }
  const extra = schema['additionalProperties'];
  if (isRecord(extra)) {
    for (const key of Object.keys(value))
      if (!(key in known)) errors.push(...validateCustom(value[key], extra, below(key), old[key]));
  }
  const required = schema['required'];
  for (const name of Array.isArray(required) ? required.map(String) : []) {
    if (value[name] === undefined) errors.push(FieldError.required(below(name)));
  }
  return [
    ...errors,
    ...countErrors(Object.keys(value).length, schema['minProperties'], schema['maxProperties'], path, value),
  ];
}

function typeError(value: unknown, schema: CustomSchema, path: string): FieldError | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return typeof value === 'string' || Number.isInteger(value) ? undefined : wrongType(value, path, 'integer,string');
  }
  const { type } = schema;
  const actual = typeOf(value);
  if (type === undefined || type === actual || (type === 'number' && actual === 'integer')) return undefined;
  return wrongType(value, path, String(type));
}

function wrongType(value: unknown, path: string, type: string): FieldError {
  const actual = typeOf(value);
  return FieldError.typeInvalid(path, actual, `${path} in body must be of type ${type}: "${actual}"`);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function enumError(value: unknown, schema: CustomSchema, path: string): FieldError[] {
  const values = schema['enum'];
  if (!Array.isArray(values) || values.includes(value)) return [];
  return [FieldError.notSupported(path, value, values.map(String))];
}

function stringErrors(value: string, schema: CustomSchema, path: string): FieldError[] {
  const { maxLength, minLength, pattern, format } = schema;
  const length = [...value].length;
  if (typeof format === 'string' && FORMATS[format]?.(value) === false)
    return [FieldError.typeInvalid(path, value, `${path} in body must be of type ${format}: ${goQuote(value)}`)];
  if (typeof maxLength === 'number' && length > maxLength) return [FieldError.tooLong(path, value, maxLength)];
  if (typeof minLength === 'number' && length < minLength) {
    return [FieldError.invalid(path, value, `${path} in body should be at least ${minLength} chars long`)];
  }
  if (typeof pattern !== 'string' || byteLength(pattern) === 0 || matches(pattern, value)) return [];
  return [FieldError.invalid(path, value, `${path} in body should match '${pattern}'`)];
}

/** A pattern that is none here lets everything pass. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

function numberErrors(value: number, schema: CustomSchema, path: string): FieldError[] {
  const { minimum, maximum, multipleOf } = schema;
  const errors: FieldError[] = [];
  const should = (text: string) => errors.push(FieldError.invalid(path, value, `${path} in body should be ${text}`));
  if (typeof maximum === 'number') {
    if (schema['exclusiveMaximum'] === true ? value >= maximum : value > maximum) {
      should(schema['exclusiveMaximum'] === true ? `less than ${maximum}` : `less than or equal to ${maximum}`);
    }
  }
  if (typeof minimum === 'number') {
    if (schema['exclusiveMinimum'] === true ? value <= minimum : value < minimum) {
      should(schema['exclusiveMinimum'] === true ? `greater than ${minimum}` : `greater than or equal to ${minimum}`);
    }
  }
  if (typeof multipleOf === 'number' && value % multipleOf !== 0) should(`a multiple of ${multipleOf}`);
  return errors;
}

function countErrors(count: number, min: unknown, max: unknown, path: string, value: unknown): FieldError[] {
  if (typeof max === 'number' && count > max) return [FieldError.tooMany(path, count, max)];
  if (typeof min !== 'number' || count >= min) return [];
  const what = Array.isArray(value) ? 'items' : 'properties';
  return [FieldError.invalid(path, count, `${path} in body should have at least ${min} ${what}`)];
}

/**
 * Items of sets and keys of maps that are there twice. kubernetes: apiextensions-apiserver/pkg/apiserver/schema/listtype
 */
export function duplicateErrors(value: unknown, of: unknown, path: string): FieldError[] {
  const schema = schemaOf(of);
  if (Array.isArray(value))
    return [
      ...duplicatesIn(value, schema, path),
      ...value.flatMap((item, i) => duplicateErrors(item, schema['items'], `${path}[${i}]`)),
    ];
  if (!isRecord(value)) return [];
  const known = children(schema);
  return Object.keys(value)
    .sort(compareStrings)
    .flatMap((key) =>
      duplicateErrors(value[key], known[key] ?? schema['additionalProperties'], path === '' ? key : `${path}.${key}`),
    );
}

function duplicatesIn(items: readonly unknown[], schema: CustomSchema, path: string): FieldError[] {
  const keys = schema['x-kubernetes-list-map-keys'];
  const isSet = schema['x-kubernetes-list-type'] === 'set';
  if (!isSet && !(schema['x-kubernetes-list-type'] === 'map' && Array.isArray(keys))) return [];
  const seen = new Set<string>();
  return items.flatMap((item, i) => {
    const names = Array.isArray(keys) ? keys.map(String).sort(compareStrings) : [];
    const shown =
      isSet || !isRecord(item)
        ? item
        : Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
    const key = JSON.stringify(shown);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [FieldError.duplicate(`${path}[${i}]`, shown)];
  });
}

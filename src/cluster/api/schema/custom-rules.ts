import { celErrorAt, compileCel } from '../../apimachinery/cel/compile.ts';
import { CelError } from '../../apimachinery/cel/error.ts';
import { celValue } from '../../apimachinery/cel/value.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { asJson, compareStrings, equal } from '../../apimachinery/json-value.ts';
import { isRecord } from '../object.ts';
import { correlated } from './custom-schema.ts';

type Plain = { readonly [key: string]: unknown };
const RULES = 'x-kubernetes-validations';
const VARIABLES = ['self', 'oldSelf'];

function plain(value: unknown): Plain {
  return isRecord(value) ? value : {};
}

function rulesOf(schema: Plain): readonly Plain[] {
  const rules = schema[RULES];
  return Array.isArray(rules) ? rules.map(plain) : [];
}

function textOf(rule: Plain, field: string): string {
  const text = rule[field];
  return typeof text === 'string' ? text.trim() : '';
}

/**
 * What the rules of a CRD say against a value. `old` is undefined where nothing was, and then rules about `oldSelf` are silent.
 * kubernetes: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go
 */
export function ruleErrors(value: unknown, old: unknown, of: unknown, path = ''): FieldError[] {
  const schema = plain(of);
  if (value === null || value === undefined) return [];
  const same = old !== undefined && equal(asJson(value), asJson(old));
  const errors = rulesOf(schema).flatMap((rule) => ruleError(rule, { value, old, same, schema, path }) ?? []);
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      errors.push(...ruleErrors(item, correlated(schema, item, old), schema['items'], `${path}[${i}]`));
  } else if (isRecord(value)) {
    const properties = plain(schema['properties']);
    const before = plain(old);
    const below = (key: string) => (path === '' ? key : `${path}.${key}`);
    for (const key of Object.keys(properties).sort(compareStrings))
      if (value[key] !== undefined) errors.push(...ruleErrors(value[key], before[key], properties[key], below(key)));
    const extra = schema['additionalProperties'];
    if (isRecord(extra))
      for (const [key, item] of Object.entries(value))
        if (!(key in properties)) errors.push(...ruleErrors(item, before[key], extra, `${path}[${key}]`));
  }
  return errors;
}

interface Place {
  readonly value: unknown;
  readonly old: unknown;
  /** Nothing changed here: only rules about changes are looked at. kubernetes: CRDValidationRatcheting */
  readonly same: boolean;
  readonly schema: Plain;
  readonly path: string;
}

function ruleError(rule: Plain, { value, old, same, schema, path }: Place): FieldError | undefined {
  const text = textOf(rule, 'rule');
  const transition = /\boldSelf\b/.test(text);
  if (transition ? old === undefined : same) return undefined;
  const program = compileCel(text, VARIABLES);
  if (typeof program === 'string') return undefined;
  const variables = { self: celValue(value, schema), oldSelf: celValue(old, schema) };
  const field = path === '' ? '<nil>' : path;
  try {
    if (program.run(variables) === true) return undefined;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const what = textOf(rule, 'message') || text;
    return FieldError.invalid(field, kindOf(value), `${error.message} evaluating rule: ${what}`);
  }
  return reported(rule, `${path}${textOf(rule, 'fieldPath')}` || '<nil>', value, messageOf(rule, variables));
}

/** Errors of evaluation say what the value is, as the schema calls it. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function messageOf(rule: Plain, variables: Readonly<Record<string, unknown>>): string {
  const expression = textOf(rule, 'messageExpression');
  if (expression !== '') {
    const program = compileCel(expression, VARIABLES);
    try {
      const text = typeof program === 'string' ? '' : program.run(variables);
      if (typeof text === 'string' && text.trim() !== '' && !text.includes('\n')) return text.trim();
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
    }
  }
  return textOf(rule, 'message') || `failed rule: ${textOf(rule, 'rule')}`;
}

/** Objects and lists are not shown. */
function reported(rule: Plain, field: string, value: unknown, message: string): FieldError {
  const shown = typeof value === 'object' ? undefined : value;
  switch (rule['reason']) {
    case 'FieldValueForbidden':
      return FieldError.forbidden(field, message);
    case 'FieldValueRequired':
      return FieldError.required(field, message);
    case 'FieldValueDuplicate':
      return new FieldError('FieldValueDuplicate', field, shown, message);
    default:
      return FieldError.invalid(field, shown, message);
  }
}

/** Which expressions of rules are wrong. kubernetes: apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go */
export function validateRules(of: unknown, path: string): FieldError[] {
  const schema = plain(of);
  const errors = rulesOf(schema).flatMap((rule, i) => wrongRule(rule, schema, `${path}.${RULES}[${i}]`));
  const properties = plain(schema['properties']);
  for (const key of Object.keys(properties).sort(compareStrings))
    errors.push(...validateRules(properties[key], `${path}.properties[${key}]`));
  if (schema['items']) errors.push(...validateRules(schema['items'], `${path}.items`));
  if (isRecord(schema['additionalProperties']))
    errors.push(...validateRules(schema['additionalProperties'], `${path}.additionalProperties`));
  return errors;
}

function wrongRule(rule: Plain, schema: Plain, path: string): FieldError[] {
  const expression = textOf(rule, 'messageExpression');
  const checks = [wrongExpression(rule, schema, textOf(rule, 'rule'), `${path}.rule`, RULE)];
  if (expression !== '') checks.push(wrongExpression(rule, schema, expression, `${path}.messageExpression`, MESSAGE));
  return checks.filter((error) => error !== undefined);
}

const RULE = { prefix: '', type: 'bool', otherwise: 'cel expression must evaluate to a bool' };
const MESSAGE = {
  prefix: 'messageExpression ',
  type: 'string',
  otherwise: 'messageExpression must evaluate to a string',
};

function wrongExpression(
  rule: Plain,
  schema: Plain,
  text: string,
  field: string,
  { prefix, type, otherwise }: typeof RULE,
): FieldError | undefined {
  const program = compileCel(text, VARIABLES);
  const fault = typeof program === 'string' ? program : selectionError(program, schema);
  if (fault !== undefined)
    return FieldError.invalid(field, internalRule(rule), `${prefix}compilation failed: ${fault}`);
  if (typeof program !== 'string' && ![type, 'dyn'].includes(program.type))
    return FieldError.invalid(field, internalRule(rule), otherwise);
  return undefined;
}

type Program = Exclude<ReturnType<typeof compileCel>, string>;
const SCALARS: Readonly<Record<string, string>> = {
  integer: 'int',
  string: 'string',
  boolean: 'bool',
  number: 'double',
};

/** A field that the schema does not have. */
function selectionError({ expression, selections }: Program, root: Plain): string | undefined {
  for (const { variable, fields } of selections) {
    if (!VARIABLES.includes(variable)) continue;
    let schema = root;
    for (const { name, at: dot } of fields) {
      const scalar = SCALARS[String(schema['type'])];
      if (scalar) return celErrorAt(expression, dot, `type '${scalar}' does not support field selection`);
      const { properties } = schema;
      if (!isRecord(properties) || schema['x-kubernetes-preserve-unknown-fields'] === true) break;
      if (!(name in properties)) {
        if (OBJECT_FIELDS.has(name)) break;
        return celErrorAt(expression, dot, `undefined field '${name}'`);
      }
      schema = plain(properties[name]);
    }
  }
  return undefined;
}

const OBJECT_FIELDS = new Set(['apiVersion', 'kind', 'metadata']);

/** The rule as Go's internal type writes it. */
export function internalRule(rule: Plain) {
  return {
    Rule: rule['rule'] ?? '',
    Message: rule['message'] ?? '',
    MessageExpression: rule['messageExpression'] ?? '',
    Reason: rule['reason'] ?? null,
    FieldPath: rule['fieldPath'] ?? '',
    OptionalOldSelf: rule['optionalOldSelf'] ?? null,
  };
}

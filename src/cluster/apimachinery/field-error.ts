import { goQuote } from './go-quote.ts';
import { marshal } from './json.ts';
import { asJson, isObject, type Json } from './json-value.ts';

/** What is wrong with a field, and the reason of the cause in a Status. */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTooFew'
  | 'FieldValueTooShort'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

const words: Record<FieldErrorType, string> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTooFew: 'Too few',
  FieldValueTooShort: 'Too short',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};
const withoutValue = new Set<FieldErrorType>([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'FieldValueTooShort',
  'InternalError',
]);
const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/**
 * One complaint about one field. Fields are paths such as `spec.containers[0].name`; field-path.ts joins them.
 * A value of undefined is not shown.
 * kubernetes: apimachinery/pkg/util/validation/field/errors.go
 */
export class FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  readonly value: unknown;
  readonly detail: string;

  constructor(type: FieldErrorType, field: string, value: unknown, detail: string) {
    this.type = type;
    this.field = field;
    this.value = value;
    this.detail = detail;
  }

  /** The complaint without the field's name: `Invalid value: -1: must be greater than or equal to 0`. */
  get body(): string {
    const word = words[this.type];
    const shown =
      withoutValue.has(this.type) || this.value === undefined ? word : `${word}: ${formatValue(this.value)}`;
    return this.detail === '' ? shown : `${shown}: ${this.detail}`;
  }

  toString(): string {
    return `${this.field}: ${this.body}`;
  }

  static invalid(field: string, value: unknown, detail: string): FieldError {
    return new FieldError('FieldValueInvalid', field, value, detail);
  }

  static typeInvalid(field: string, value: unknown, detail: string): FieldError {
    return new FieldError('FieldValueTypeInvalid', field, value, detail);
  }

  static required(field: string, detail = ''): FieldError {
    return new FieldError('FieldValueRequired', field, '', detail);
  }

  static forbidden(field: string, detail: string): FieldError {
    return new FieldError('FieldValueForbidden', field, '', detail);
  }

  static duplicate(field: string, value: unknown): FieldError {
    return new FieldError('FieldValueDuplicate', field, value, '');
  }

  static notFound(field: string, value: unknown): FieldError {
    return new FieldError('FieldValueNotFound', field, value, '');
  }

  static internal(field: string, message: string): FieldError {
    return new FieldError('InternalError', field, undefined, message);
  }

  /** Supported values are listed in the order given (upstream sorts sets before it calls). */
  static notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
    const detail = supported.length > 0 ? `supported values: ${supported.map(goQuote).join(', ')}` : '';
    return new FieldError('FieldValueNotSupported', field, value, detail);
  }

  /** Too long in bytes; the value is not shown. A negative maximum is not told. */
  static tooLong(field: string, _value: unknown, max: number): FieldError {
    const detail = max < 0 ? 'value is too long' : `may not be more than ${plural(max, 'byte')}`;
    return new FieldError('FieldValueTooLong', field, undefined, detail);
  }

  /** Too long in characters. */
  static tooLongCharacters(field: string, _value: unknown, max: number): FieldError {
    const detail = max < 0 ? 'value is too long' : `may not be more than ${plural(max, 'character')}`;
    return new FieldError('FieldValueTooLong', field, undefined, detail);
  }

  static tooShort(field: string, value: unknown, min: number): FieldError {
    return new FieldError('FieldValueTooShort', field, value, `must be at least ${plural(min, 'character')}`);
  }

  /** A negative actual number or maximum is not told. */
  static tooMany(field: string, actual: number, max: number): FieldError {
    const detail = max < 0 ? 'has too many items' : `must have at most ${plural(max, 'item')}`;
    return new FieldError('FieldValueTooMany', field, actual < 0 ? undefined : actual, detail);
  }

  static tooFew(field: string, actual: number, min: number): FieldError {
    return new FieldError('FieldValueTooFew', field, actual, `must have at least ${plural(min, 'item')}`);
  }
}

/** A value as errors show it: texts quoted as Go does, all else as compact JSON. */
export function formatValue(value: unknown): string {
  return typeof value === 'string' ? goQuote(value) : inGoOrder(asJson(value));
}

/** Objects were decoded in the order of Go's structs, with sorted maps: members stay where they are. */
function inGoOrder(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inGoOrder).join(',')}]`;
  if (!isObject(value)) return marshal(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${marshal(key)}:${inGoOrder(member)}`).join(',')}}`;
}

/** Several errors as one text: one as it is, more as `[a, b]`, the same one told once, '' for none. */
export function aggregate(errors: readonly { toString(): string }[]): string {
  const messages = [...new Set(errors.map(String))];
  return messages.length > 1 ? `[${messages.join(', ')}]` : (messages[0] ?? '');
}

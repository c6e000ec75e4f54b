import { FormatError } from '../../apimachinery/format-error.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { parseTime, toMicroseconds, toSeconds } from '../../apimachinery/time.ts';
import { base64Error } from './base64.ts';
import type { Field, TypeSchema } from './schema.ts';
import type { Shape } from './shape.ts';

/** A body that does not fit its type: the whole request fails. The message is upstream's. */
export class DecodeError extends Error {
  override name = 'DecodeError';
}

/** Complaints about fields that the type does not have, at most as many as the server keeps. */
const MAX_STRICT_ERRORS = 100;

type Plain = { [key: string]: unknown };

/**
 * Turns plain JSON into what the API server holds after it decoded the same bytes: unknown fields are gone, nulls and
 * zero values that Go would not print are gone, structs that it always prints are there, numbers, times and quantities
 * are canonical, and fields have the order of the Go struct.
 *
 * `json` complains as sigs.k8s.io/json does, in the order of the document; `converter` as
 * runtime.DefaultUnstructuredConverter does, which decodes the result of a strategic merge patch.
 */
export class ValueDecoder {
  readonly strictErrors: string[] = [];
  /** Where the decoder is, for strict errors: `spec.containers[0]`. */
  private path = '';
  /** The same as encoding/json tells it: field names and embedded structs, without positions. */
  private readonly stack: string[] = [];
  private struct = '';

  constructor(private readonly style: 'json' | 'converter') {}

  object(type: TypeSchema, body: Plain): Plain {
    return this.structValue(type, body);
  }

  private structValue(type: TypeSchema, body: Plain): Plain {
    const { path, struct } = this;
    const decoded = new Map<string, unknown>();
    for (const name of Object.keys(body)) {
      const value = body[name];
      const field = type.field(name);
      this.path = path === '' ? name : `${path}.${name}`;
      if (!field) this.complain(`unknown field "${this.path}"`);
      else if (value !== null && value !== undefined) {
        this.struct = type.name;
        const depth = this.stack.length;
        if (field.via !== '') this.stack.push(field.via);
        this.stack.push(name);
        decoded.set(name, this.value(field.shape, value));
        this.stack.length = depth;
      }
      this.path = path;
    }
    this.struct = struct;
    const result: Plain = {};
    for (const field of type.fields.values()) {
      const value = printed(field, decoded.get(field.name));
      if (value !== undefined) result[field.name] = value;
    }
    return result;
  }

  private value(shape: Shape, value: unknown): unknown {
    switch (shape.form) {
      case 'any':
        return value;
      case 'string':
        return typeof value === 'string' ? value : this.mismatch(shape.goType, 'string', value);
      case 'bool':
        return typeof value === 'boolean' ? value : this.mismatch(shape.goType, 'bool', value);
      case 'int32':
      case 'int64':
        return this.integer(shape, value);
      case 'float64':
        return typeof value === 'number' ? value : this.mismatch(shape.goType, 'float64', value);
      case 'bytes':
        return this.bytes(shape, value);
      case 'quantity':
        return canonicalQuantity(value);
      case 'int-or-string':
        return typeof value === 'string' ? value : this.integer({ form: 'int32', goType: 'int32' }, value, true);
      case 'time':
      case 'micro-time':
        return this.time(shape, value);
      case 'struct':
        if (!isPlain(value)) return this.mismatch(shape.goType, 'struct', value);
        return this.structValue(shape.type, value);
      case 'list':
        return Array.isArray(value) ? this.list(shape, value) : this.mismatch(shape.goType, 'slice', value);
      case 'map':
        return isPlain(value) ? this.map(shape, value) : this.mismatch(shape.goType, 'map', value);
    }
  }

  private integer(shape: Shape, value: unknown, own = false): unknown {
    if (typeof value !== 'number') return this.mismatch(shape.goType, shape.form, value, own);
    const limit = shape.form === 'int32' ? 2 ** 31 : 2 ** 63;
    if (Number.isInteger(value) && value >= -limit && value < limit) return value;
    if (this.style === 'converter' && !own) {
      if (Number.isInteger(value)) return value;
      throw new DecodeError(`cannot convert float64 to ${shape.goType}`);
    }
    throw this.unmarshalError(`number ${value}`, shape.goType, own);
  }

  private bytes(shape: Shape, value: unknown): unknown {
    if (typeof value !== 'string') return this.mismatch(shape.goType, 'slice', value);
    const wrong = base64Error(value);
    if (wrong === undefined) return value.replace(/[\r\n]/g, '');
    throw new DecodeError(this.style === 'json' ? wrong : `error decoding from json: ${wrong}`);
  }

  private time(shape: Shape, value: unknown): unknown {
    if (typeof value !== 'string') return this.mismatch('string', 'string', value, true);
    return shape.form === 'time' ? toSeconds(parsedTime(value)) : toMicroseconds(parsedMicroTime(value));
  }

  private list(shape: Shape & { form: 'list' }, values: readonly unknown[]): unknown[] {
    const { path } = this;
    const result = values.map((value, index) => {
      this.path = `${path}[${index}]`;
      return value === null || value === undefined ? zeroOf(shape.items) : this.value(shape.items, value);
    });
    this.path = path;
    return result;
  }

  private map(shape: Shape & { form: 'map' }, values: Plain): Plain {
    const { path } = this;
    const result: Plain = {};
    // Go prints the keys of a map sorted.
    const keys = this.style === 'json' ? Object.keys(values) : Object.keys(values).sort();
    const decoded = new Map<string, unknown>();
    for (const key of keys) {
      const value = values[key];
      this.path = `${path}.${key}`;
      decoded.set(key, value === null || value === undefined ? zeroOf(shape.values) : this.value(shape.values, value));
    }
    for (const key of [...decoded.keys()].sort()) {
      const value = decoded.get(key);
      Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true });
    }
    this.path = path;
    return result;
  }

  private complain(message: string): void {
    if (this.strictErrors.length < MAX_STRICT_ERRORS && !this.strictErrors.includes(message))
      this.strictErrors.push(message);
  }

  /** `own`: the type reads JSON by itself, so that its complaint is encoding/json's even in the converter. */
  private mismatch(goType: string, kind: string, value: unknown, own = false): never {
    if (this.style === 'converter' && !own) throw converterError(goType, kind, value);
    throw this.unmarshalError(jsonKind(value), goType, own);
  }

  private unmarshalError(what: string, goType: string, own: boolean): DecodeError {
    const plain = this.style === 'converter' && own;
    const where =
      plain || this.stack.length === 0 ? 'Go value' : `Go struct field ${this.struct}.${this.stack.join('.')}`;
    return new DecodeError(`json: cannot unmarshal ${what} into ${where} of type ${goType}`);
  }
}

/** How encoding/json names a value. */
export function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

// kubernetes: apimachinery/pkg/runtime/converter.go fromUnstructured
function converterError(goType: string, kind: string, value: unknown): DecodeError {
  const from = goKind(value);
  if (kind === 'map' || kind === 'slice') return new DecodeError(`cannot restore ${kind} from ${from}`);
  if (kind === 'struct') return new DecodeError(`cannot restore struct from: ${from}`);
  if (kind === 'string' && from === 'int64') return new DecodeError(`cannot convert int64 to ${goType}`);
  return new DecodeError(`unrecognized type: ${kind}`);
}

function goKind(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return Array.isArray(value) ? 'slice' : 'map';
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function canonicalQuantity(value: unknown): string {
  const given = typeof value === 'string' || typeof value === 'number' ? value : false;
  return translated(() => Quantity.fromJson(given).toString());
}

function parsedTime(text: string): number {
  return translated(() => parseTime(text));
}

function parsedMicroTime(text: string): number {
  try {
    return parseTime(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new DecodeError(error.message.replace('04:05Z07:00"', '04:05.000000Z07:00"'));
  }
}

function translated<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof FormatError) throw new DecodeError(error.message);
    throw error;
  }
}

/** What stands for Go's zero value of a type in JSON. */
function zeroOf(shape: Shape): unknown {
  switch (shape.form) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'float64':
    case 'int-or-string':
      return 0;
    case 'quantity':
      return '0';
    case 'struct':
      return zeroStruct(shape.type);
    default:
      return null;
  }
}

function zeroStruct(type: TypeSchema): Plain {
  const result: Plain = {};
  for (const field of type.fields.values()) {
    const value = printed(field, undefined);
    if (value !== undefined) result[field.name] = value;
  }
  return result;
}

/** The value of a field as Go prints it; undefined where it prints none. */
function printed(field: Field, given: unknown): unknown {
  const { shape } = field;
  const value = given === undefined && field.default !== undefined && !isEmptyStruct(field) ? field.default : given;
  if (field.pointer) return value !== undefined || field.omitEmpty || field.omitZero ? value : null;
  if (value === undefined) {
    if (field.omitZero) return undefined;
    const scalarOrSlice = shape.form !== 'struct' && shape.form !== 'quantity' && shape.form !== 'int-or-string';
    const prints =
      shape.form === 'time' ||
      shape.form === 'micro-time' ||
      (shape.form === 'any' && shape.goType === 'runtime.RawExtension');
    return scalarOrSlice && field.omitEmpty && !prints ? undefined : zeroOf(shape);
  }
  if (field.omitZero && isPlain(value) && Object.keys(value).length === 0) return undefined;
  if (!isEmpty(value, shape)) return value;
  if (field.omitEmpty) return undefined;
  // What is stored and read again has no empty lists and maps.
  return Array.isArray(value) || shape.form === 'map' ? null : value;
}

const isEmptyStruct = (field: Field) => field.shape.form === 'struct';

function isEmpty(value: unknown, shape: Shape): boolean {
  if (value === '' || value === false) return shape.form !== 'int-or-string';
  if (value === 0) return shape.form !== 'int-or-string';
  if (Array.isArray(value)) return value.length === 0;
  return shape.form === 'map' && isPlain(value) && Object.keys(value).length === 0;
}

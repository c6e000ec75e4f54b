import { deepEqual } from '../../api/object.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import * as names from '../../apimachinery/names.ts';
import { Quantity } from '../../apimachinery/quantity.ts';

// Rules that many kinds share. kubernetes: apimachinery/pkg/api/validation, pkg/apis/core/validation

export type Errors = FieldError[];

/** A value that is wrong in each of the ways named; none when the list is empty. */
export function invalid(path: string, value: unknown, messages: readonly string[]): Errors {
  return messages.map((message) => FieldError.invalid(path, value, message));
}

export function nonNegative(value: number | undefined, path: string): Errors {
  const given = value ?? 0;
  return given < 0 ? [FieldError.invalid(path, given, 'must be greater than or equal to 0')] : [];
}

export function positive(value: number | undefined, path: string): Errors {
  const given = value ?? 0;
  return given <= 0 ? [FieldError.invalid(path, given, 'must be greater than zero')] : [];
}

export function nonNegativeQuantity(value: string, path: string): Errors {
  return (Quantity.tryFromJson(value)?.sign ?? 0) < 0
    ? [FieldError.invalid(path, value, 'must be greater than or equal to 0')]
    : [];
}

/** The new value is shown. */
export function immutable(value: unknown, old: unknown, path: string): Errors {
  return deepEqual(value, old) ? [] : [FieldError.invalid(path, value ?? null, 'field is immutable')];
}

export function dnsLabel(value: string, path: string): Errors {
  return invalid(path, value, names.validateDns1123Label(value));
}

export function dnsSubdomain(value: string, path: string): Errors {
  return invalid(path, value, names.validateDns1123Subdomain(value));
}

const DOMAIN_PATH = 'must be a domain-prefixed path (such as "acme.io/foo")';

/** `acme.io/foo`. kubernetes: apimachinery/pkg/util/validation IsDomainPrefixedPath */
export function domainPrefixedPath(value: string, path: string): Errors {
  const slash = value.indexOf('/');
  if (slash <= 0 || slash === value.length - 1) return [FieldError.invalid(path, value, DOMAIN_PATH)];
  const host = value.slice(0, slash);
  const rest = value.slice(slash + 1);
  const errors = invalid(path, host, names.validateDns1123Subdomain(host));
  if (/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest)) return errors;
  const regex = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
  return [...errors, FieldError.invalid(path, rest, regex)];
}

export function qualifiedName(value: string, path: string): Errors {
  return invalid(path, value, names.validateQualifiedName(value));
}

export function labels(given: { [key: string]: string } | undefined, path: string): Errors {
  const errors: Errors = [];
  for (const key of Object.keys(given ?? {}).sort()) {
    const value = given?.[key] ?? '';
    errors.push(...qualifiedName(key, path), ...invalid(path, value, names.validateLabelValue(value)));
  }
  return errors;
}

export function annotations(given: { [key: string]: string } | undefined, path: string): Errors {
  return Object.keys(given ?? {})
    .sort()
    .flatMap((key) => invalid(path, key, names.validateQualifiedName(key.toLowerCase())));
}

/** One of a list of values, told in the order given. Empty and absent values are required first. */
export function oneOf(value: string | undefined, supported: readonly string[], path: string): Errors {
  if (!value) return [FieldError.required(path)];
  return supported.includes(value) ? [] : [FieldError.notSupported(path, value, supported)];
}

/** The same for a field that may be absent. */
export function optionalOneOf(value: string | undefined, supported: readonly string[], path: string): Errors {
  return value === undefined || supported.includes(value) ? [] : [FieldError.notSupported(path, value, supported)];
}

/** The text is there; otherwise the field is required. */
export function required(value: string | undefined, path: string, detail = ''): Errors {
  return value ? [] : [FieldError.required(path, detail)];
}

import { byteLength } from './json-value.ts';
import { inclusiveRangeError, maxLengthError, regexError } from './names.ts';

// Rules for ports, keys, variables, ids. Each function gives the list of what is wrong: empty when all is well.
// kubernetes: apimachinery/pkg/util/validation/validation.go

/** The number of a port. */
export function validatePortNumber(port: number): string[] {
  return validateInRange(port, 1, 65535);
}

/** A number between two others, both included. */
export function validateInRange(value: number, low: number, high: number): string[] {
  return value >= low && value <= high ? [] : [inclusiveRangeError(low, high)];
}

/** runAsUser and the like. */
export function validateUserId(id: number): string[] {
  return validateInRange(id, 0, 2 ** 31 - 1);
}

/** runAsGroup, fsGroup and the like. */
export function validateGroupId(id: number): string[] {
  return validateInRange(id, 0, 2 ** 31 - 1);
}

/** The name of a port of a container or Service. */
export function validatePortName(port: string): string[] {
  const errors: string[] = [];
  if (byteLength(port) > 15) errors.push(maxLengthError(15));
  if (!/^[-a-z0-9]+$/.test(port)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(port)) errors.push('must contain at least one letter (a-z)');
  if (port.includes('--')) errors.push('must not contain consecutive hyphens');
  if (port.startsWith('-') || port.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

/** A percentage: `25%`. */
export function validatePercent(value: string): string[] {
  const rule = "a valid percent string must be a numeric string followed by an ending '%'";
  return /^[0-9]+%$/.test(value) ? [] : [regexError(rule, '[0-9]+%', '1%', '93%')];
}

/** The name of an HTTP header. */
export function validateHttpHeaderName(value: string): string[] {
  const rule = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return /^[-A-Za-z0-9]+$/.test(value) ? [] : [regexError(rule, '[-A-Za-z0-9]+', 'X-Header-Name')];
}

/** The name of an environment variable, as kubectl's generators check it. */
export function validateEnvVarName(value: string): string[] {
  const rule =
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit";
  const pattern = '[-._a-zA-Z][-._a-zA-Z0-9]*';
  const valid = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(value);
  const errors = valid ? [] : [regexError(rule, pattern, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1')];
  return [...errors, ...climbs(value)];
}

/** The name of an environment variable, as the API server checks it. */
export function validateRelaxedEnvVarName(value: string): string[] {
  if (value === '') return ['environment variable name must be non-empty'];
  if (/^[\x20-\x3c\x3e-\x7e]+$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A key of a ConfigMap or Secret. */
export function validateConfigMapKey(value: string): string[] {
  const rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
  const errors: string[] = [];
  if (byteLength(value) > 253) errors.push(maxLengthError(253));
  if (!/^[-._a-zA-Z0-9]+$/.test(value))
    errors.push(regexError(rule, '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name'));
  return [...errors, ...climbs(value)];
}

function climbs(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

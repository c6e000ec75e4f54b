import { FieldError } from '../../apimachinery/errors.ts';
import { formatIp, parseCidr, parseIp } from '../../apimachinery/ip.ts';
import type { Errors } from './field.ts';

// kubernetes: apimachinery/pkg/util/validation/ip.go

const INVALID_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const INVALID_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

const hasLeadingZeros = (text: string) => /(^|\.)0\d/.test(text) && !text.includes(':');

/** An address in a field that once took more than it should. */
export function legacyIp(value: string | undefined, path: string): Errors {
  const text = value ?? '';
  const ip = parseIp(text);
  if (!ip) return [FieldError.invalid(path, text, INVALID_IP)];
  if (hasLeadingZeros(text)) return [FieldError.invalid(path, text, 'must not have leading 0s')];
  return ip.mapped ? [FieldError.invalid(path, text, 'must not be an IPv4-mapped IPv6 address')] : [];
}

/** An address in canonical form. */
export function strictIp(value: string, path: string): Errors {
  const errors = legacyIp(value, path);
  const ip = parseIp(value);
  if (errors.length > 0 || !ip) return errors;
  const canonical = formatIp(ip.family, ip.bits);
  return canonical === value ? [] : [FieldError.invalid(path, value, `must be in canonical form ("${canonical}")`)];
}

export function legacyCidr(value: string | undefined, path: string): Errors {
  const text = value ?? '';
  const cidr = parseCidr(text);
  if (!cidr) return [FieldError.invalid(path, text, INVALID_CIDR)];
  const [address = '', length = ''] = text.split('/');
  if (hasLeadingZeros(address) || /^0\d/.test(length)) {
    return [FieldError.invalid(path, text, 'must not have leading 0s in IP or prefix length')];
  }
  const size = cidr.family === 'IPv4' ? 32n : 128n;
  const rest = (1n << (size - BigInt(cidr.length))) - 1n;
  return (cidr.bits & rest) === 0n
    ? []
    : [FieldError.invalid(path, text, 'must not have bits set beyond the prefix length')];
}

/** Addresses of endpoints: not of this machine, not for many. kubernetes: ValidateEndpointIP */
export function endpointIp(value: string, path: string): Errors {
  const ip = parseIp(value);
  if (!ip) return [FieldError.invalid(path, value, 'must be a valid IP address')];
  const { family, bits } = ip;
  const first = family === 'IPv4' ? bits >> 24n : bits >> 120n;
  const wrong = (what: string) => [FieldError.invalid(path, value, what)];
  if (bits === 0n) return wrong(`may not be unspecified (${value})`);
  if (family === 'IPv4' ? first === 127n : bits === 1n)
    return wrong('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  const linkLocal = family === 'IPv4' ? bits >> 16n === 0xa9fen : bits >> 118n === 0x3fan;
  if (linkLocal) return wrong('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  const multicast = family === 'IPv4' ? bits >> 8n === 0xe00000n : bits >> 112n === 0xff02n;
  return multicast ? wrong('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)') : [];
}
